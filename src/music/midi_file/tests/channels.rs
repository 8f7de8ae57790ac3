//! Instruments and drums as the whole of a file means them.

use super::{END, file, note, with_end};
use crate::music::midi_file::{read, write};
use crate::music::{Control, ControlEvent, Part, Score};

/// A quarter on a channel.
fn quarter(channel: u8, key: u8) -> [u8; 7] {
    [0, 0x90 | channel, key, 64, 96, key, 0]
}

fn parts(tracks: &[&[u8]]) -> Vec<Part> {
    let with_ends: Vec<Vec<u8>> = tracks.iter().map(|events| with_end(events)).collect();
    let tracks: Vec<&[u8]> = with_ends.iter().map(Vec::as_slice).collect();
    read(&file(1, 96, &tracks)).unwrap().parts.iter().map(|part| Part::clone(part)).collect()
}

#[test]
fn a_program_counts_for_every_track_of_its_channel_from_its_time_on() {
    let strings = [&[0, 0xC0, 48, 0, 0xB0, 64, 127][..], &quarter(0, 60), &[0, 0xC0, 49][..]].concat();
    let found = parts(&[&strings, &[quarter(0, 48), quarter(0, 50)].concat()]);
    assert_eq!([found[0].program, found[1].program], [48, 48]);
    let pedal = Control::Controller { number: 64, value: 127 };
    let controls =
        [ControlEvent { tick: 0, control: pedal }, ControlEvent { tick: 480, control: Control::Program(49) }];
    assert_eq!([&found[0].controls[..], &found[1].controls], [controls, controls]);
    // a program in the middle, said by the other track
    let later = [&quarter(0, 40)[..], &[0, 0xC0, 56], &quarter(0, 41)].concat();
    let found = parts(&[&[quarter(0, 60), quarter(0, 62)].concat(), &later]);
    assert_eq!([found[0].program, found[1].program], [0, 0]);
    assert_eq!(found[0].controls, [ControlEvent { tick: 480, control: Control::Program(56) }]);
}

#[test]
fn two_programs_at_once_follow_the_order_of_the_tracks() {
    let first = [&[0, 0xC0, 56][..], &quarter(0, 60), &quarter(0, 62)].concat();
    let second = [&[0, 0xC0, 0][..], &quarter(0, 48), &quarter(0, 50)].concat();
    let found = parts(&[&first, &second]);
    assert_eq!([found[0].program, found[1].program], [56, 0]);
    // the trumpet's first note still is one: the other program comes a tick of the file later
    assert_eq!(found[0].controls, [ControlEvent { tick: 5, control: Control::Program(0) }]);
    assert!(found[1].controls.is_empty());
}

#[test]
fn a_part_begins_with_what_is_set_at_its_first_note() {
    let events = [&[0, 0xB0, 0, 8, 0, 0xC0, 4, 0, 0xC0, 16, 0, 0xB0, 7, 10, 48, 7, 90][..], &quarter(0, 60)].concat();
    let found = parts(&[&events]);
    assert_eq!((found[0].program, found[0].volume), (16, 90));
    let bank = Control::Controller { number: 0, value: 8 };
    assert_eq!(found[0].controls, [ControlEvent { tick: 0, control: bank }]);
    // in the file that comes of it, the bank is said before the program
    let score = Score { parts: vec![found[0].clone().into()], ..Score::default() };
    let bytes = write(&score);
    let at = |status: &[u8]| bytes.windows(status.len()).position(|window| window == status).unwrap();
    assert!(at(&[0xB0, 0, 8]) < at(&[0xC0, 16]));
    assert_eq!(read(&bytes).unwrap().parts[0].controls, found[0].controls);
}

#[test]
fn a_bank_waits_for_the_next_program() {
    let controls = |events: &[&[u8]]| parts(&[&events.concat()])[0].controls.clone();
    let bank = |tick, value| ControlEvent { tick, control: Control::Controller { number: 0, value } };
    let late: [&[u8]; 3] = [&[0, 0xB0, 0, 2, 0, 0xC0, 4, 0, 0xB0, 0, 8], &quarter(0, 60), &quarter(0, 60)];
    let found = parts(&[&late.concat()]);
    assert_eq!((found[0].program, &found[0].controls[..]), (4, &[bank(0, 2), bank(5, 8)][..]));
    let score = Score { parts: vec![found[0].clone().into()], ..Score::default() };
    assert_eq!(read(&write(&score)).unwrap().parts, score.parts);
    // it comes with the next program, though that is the same one
    let program = ControlEvent { tick: 480, control: Control::Program(4) };
    assert_eq!(controls(&[late[0], late[1], &[0, 0xC0, 4], late[2]]), [bank(0, 2), bank(5, 8), program]);
    // no program, no other sound
    assert_eq!(controls(&[&[0, 0xB0, 0, 8], late[1]]), [bank(5, 8)]);
}

#[test]
fn ports_are_other_sets_of_channels() {
    let port = |number: u8| [0, 0xFF, 0x21, 1, number];
    let flute = [&port(0)[..], &[0, 0xC0, 73], &quarter(0, 72)].concat();
    let second = [&port(0)[..], &quarter(0, 67)].concat();
    let strings = [&port(1)[..], &[0, 0xC0, 48], &quarter(0, 60)].concat();
    let drums = [&port(1)[..], &quarter(9, 36)].concat();
    let found = parts(&[&flute, &second, &strings, &drums]);
    assert_eq!(found.iter().map(|part| part.program).collect::<Vec<_>>(), [73, 73, 48, 0]);
    assert_eq!(found.iter().map(|part| part.is_drum).collect::<Vec<_>>(), [false, false, false, true]);
}

#[test]
fn a_channel_may_be_set_up_before_its_port_is_said() {
    // as MuseScore writes them
    let track = |port: u8, program: u8| {
        [&[0, 0xB5, 7, 90, 0, 0xC5, program, 0, 0xFF, 0x21, 1, port][..], &quarter(5, 60)].concat()
    };
    let found = parts(&[&track(0, 73), &track(1, 40), &track(2, 47)]);
    let set_up = found.iter().map(|part| (part.program, part.volume, part.controls.len())).collect::<Vec<_>>();
    assert_eq!(set_up, [(73, 90, 0), (40, 90, 0), (47, 90, 0)]);
    // a track that goes to another port on the way stays where it was until then
    let moving = [&[0, 0xC0, 73][..], &quarter(0, 72), &[0, 0xFF, 0x21, 1, 1, 0, 0xC0, 40], &quarter(0, 60)].concat();
    assert_eq!(parts(&[&moving]).iter().map(|part| part.program).collect::<Vec<_>>(), [73, 40]);
}

fn exclusive(data: &[u8]) -> Vec<u8> {
    [&[0, 0xF0, data.len() as u8 + 1], data, &[0xF7]].concat()
}

#[test]
fn gs_xg_and_gm2_say_where_drums_are() {
    let gs = |block: u8, mode: u8| exclusive(&[0x41, 0x10, 0x42, 0x12, 0x40, 0x10 | block, 0x15, mode, 0x0F]);
    let are_drums = |tracks: &[&[u8]]| parts(tracks).iter().map(|part| part.is_drum).collect::<Vec<_>>();
    // blocks: 0 is channel 10, A is channel 11, 1 is channel 1
    assert_eq!(are_drums(&[&gs(0xA, 2), &quarter(10, 36), &quarter(9, 36)]), [true, true]);
    assert_eq!(are_drums(&[&gs(0, 0), &quarter(9, 60)]), [false]);
    assert_eq!(are_drums(&[&gs(1, 1), &quarter(0, 36), &quarter(1, 60)]), [true, false]);
    // XG: bank 127, or part mode; on a Roland bank 127 is something else
    let xg_on = exclusive(&[0x43, 0x10, 0x4C, 0, 0, 0x7E, 0]);
    let bank = |channel: u8, bank: u8| {
        [&[0, 0xB0 | channel, 0, bank, 0, 0xC0 | channel, 8][..], &quarter(channel, 36)].concat()
    };
    assert_eq!(are_drums(&[&xg_on, &bank(10, 127)]), [true]);
    assert_eq!(are_drums(&[&gs(3, 0), &bank(10, 127)]), [false]);
    assert_eq!(are_drums(&[&exclusive(&[0x43, 0x10, 0x4C, 8, 11, 7, 2]), &quarter(11, 36)]), [true]);
    // an ordinary bank makes channel 10 melodic in XG, once a program follows
    assert_eq!(are_drums(&[&xg_on, &bank(9, 0)]), [false]);
    assert_eq!(are_drums(&[&xg_on, &[&[0, 0xB9, 0, 0][..], &quarter(9, 36)].concat()]), [true]);
    assert_eq!(are_drums(&[&bank(9, 0)]), [true]);
    assert_eq!(are_drums(&[&xg_on, &gs(3, 0), &bank(9, 0)]), [true]);
    let both = [bank(2, 127), bank(2, 0)].concat();
    assert_eq!(are_drums(&[&xg_on, &both]), [false, true]);
    // GM2
    assert_eq!(are_drums(&[&bank(3, 120), &bank(9, 121)]), [true, false]);
    let kit = &parts(&[&xg_on, &bank(10, 127)])[0];
    assert_eq!((kit.program, kit.controls.len()), (8, 0), "a kit's bank says no more");
}

#[test]
fn system_on_sets_drums_back_to_channel_10() {
    let gs = |block: u8, mode: u8| exclusive(&[0x41, 0x10, 0x42, 0x12, 0x40, 0x10 | block, 0x15, mode, 0x0F]);
    let kinds =
        |tracks: &[&[u8]]| parts(tracks).iter().map(|part| (part.is_drum, part.notes[0].start)).collect::<Vec<_>>();
    let systems: [&[u8]; 4] = [
        &[0x7E, 0x7F, 9, 1],
        &[0x7E, 0x7F, 9, 3],
        &[0x41, 0x10, 0x42, 0x12, 0x40, 0, 0x7F, 0, 0x41],
        &[0x43, 0x10, 0x4C, 0, 0, 0x7E, 0],
    ];
    for system in systems.map(exclusive) {
        let both = |channel| [quarter(channel, 36), quarter(channel, 38)].concat();
        assert_eq!(kinds(&[&gs(1, 1), &system, &both(0)]), [(false, 0)]);
        assert_eq!(kinds(&[&[gs(0, 0), system.clone(), both(9)].concat()]), [(true, 0)]);
        assert_eq!(kinds(&[&[system.clone(), gs(1, 1), both(0)].concat()]), [(true, 0)]);
        // on the way, by the one track for the other
        let reset = [&[96][..], &system[1..]].concat();
        assert_eq!(kinds(&[&[gs(1, 1), reset].concat(), &both(0)]), [(false, 480), (true, 0)]);
    }
    // the bank that a reset sets back is no choice of an instrument
    let bank = [&[0, 0xB9, 0, 126, 0, 0xC9, 0][..], &quarter(9, 36), &exclusive(systems[3]), &quarter(9, 36)].concat();
    assert_eq!(kinds(&[&exclusive(systems[3]), &bank]), [(true, 0)]);
}

#[test]
fn a_channel_that_becomes_drums_is_two_parts() {
    let events = [&quarter(4, 60)[..], &[0, 0xB4, 0, 120, 0, 0xC4, 0], &quarter(4, 36)].concat();
    let found = parts(&[&events]);
    assert_eq!(found.iter().map(|part| (part.is_drum, part.notes.len())).collect::<Vec<_>>(), [(false, 1), (true, 1)]);
}

#[test]
fn many_parts_have_places_of_their_own_for_every_player() {
    let line = |program: u8| Part { notes: vec![note(0, 480, 60, 9), note(480, 480, 60, 9)], ..Part::new("", program) };
    let mut kits = [line(0), line(8)];
    for kit in &mut kits {
        kit.is_drum = true;
    }
    let all = (0..33).map(|index| line(index * 3)).chain(kits);
    let score = Score { parts: all.map(Into::into).collect(), ..Score::default() };
    let bytes = write(&score);
    assert_eq!(read(&bytes).unwrap(), score);
    let smf = midly::Smf::parse(&bytes).unwrap();
    let mut places = std::collections::BTreeSet::new();
    // what a player hears that knows no ports: events by tick, then track
    let mut events = Vec::new();
    for (index, track) in smf.tracks[1..].iter().enumerate() {
        let (mut now, mut port) = (0, 0);
        for event in track {
            now += event.delta.as_int();
            match event.kind {
                midly::TrackEventKind::Meta(midly::MetaMessage::MidiPort(number)) => port = number.as_int(),
                midly::TrackEventKind::Midi { channel, message } => {
                    places.insert((port, channel.as_int(), index));
                    events.push((now, index, channel.as_int(), message));
                }
                _ => {}
            }
        }
    }
    assert_eq!(places.len(), 35);
    let of_ports: std::collections::BTreeSet<(u8, u8)> =
        places.iter().map(|&(port, channel, _)| (port, channel)).collect();
    assert_eq!(of_ports.len(), 35, "each has its own");
    events.sort_by_key(|&(tick, index, ..)| (tick, index));
    let mut programs = [0; 16];
    for (_, index, channel, message) in events {
        match message {
            midly::MidiMessage::ProgramChange { program } => programs[usize::from(channel)] = program.as_int(),
            midly::MidiMessage::NoteOn { .. } => {
                assert_eq!(programs[usize::from(channel)], score.parts[index].program, "part {index}");
            }
            _ => {}
        }
    }
}

#[test]
fn hostile_files_do_not_multiply_their_controllers() {
    let controls: Vec<u8> = (0..20_000).flat_map(|index: u32| [0, 0xB0, 1, (index % 128) as u8]).collect();
    let line = quarter(0, 60);
    let mut tracks: Vec<Vec<u8>> = vec![with_end(&[&quarter(0, 50)[..], &controls].concat())];
    tracks.extend((0..500).map(|_| with_end(&line)));
    let tracks: Vec<&[u8]> = tracks.iter().map(Vec::as_slice).collect();
    let read = crate::music::midi_file::read_file(&file(1, 96, &tracks)).unwrap();
    let copies: usize = read.score.parts.iter().map(|part| part.controls.len()).sum();
    assert!(copies <= 20_000 * 6, "{copies}");
    assert!(read.notices.contains(&crate::music::midi_file::Notice::TooManyControls));
    assert_eq!(END.len(), 4);
}
