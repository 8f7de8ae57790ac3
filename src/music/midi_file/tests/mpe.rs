//! Files of controllers with a channel for each note (MIDI Polyphonic Expression).

use super::{file, with_end};
use crate::music::midi_file::{Notice, read_file, write};
use crate::music::{Control, Part};

/// Gives the zone of a manager's channel so many members.
fn zone(manager: u8, members: u8) -> Vec<u8> {
    let status = 0xB0 | manager;
    vec![0, status, 101, 0, 0, status, 100, 6, 0, status, 6, members]
}

/// The range of a channel's bends, in semitones.
fn range(channel: u8, semitones: u8) -> Vec<u8> {
    let status = 0xB0 | channel;
    vec![0, status, 101, 0, 0, status, 100, 0, 0, status, 6, semitones]
}

fn on(wait: u8, channel: u8, key: u8) -> [u8; 4] {
    [wait, 0x90 | channel, key, 64]
}

fn off(wait: u8, channel: u8, key: u8) -> [u8; 4] {
    [wait, 0x80 | channel, key, 0]
}

/// The pitch wheel of a channel, -8192 to 8191.
fn bend(wait: u8, channel: u8, bend: i16) -> [u8; 4] {
    let value = (bend + 8192) as u16;
    [wait, 0xE0 | channel, (value & 0x7F) as u8, (value >> 7) as u8]
}

/// The parts of a file with these tracks, of 96 ticks a quarter, and what was odd about it.
fn parts(tracks: &[Vec<u8>]) -> (Vec<Part>, Vec<Notice>) {
    let with_ends: Vec<Vec<u8>> = tracks.iter().map(|events| with_end(events)).collect();
    let tracks: Vec<&[u8]> = with_ends.iter().map(Vec::as_slice).collect();
    let read = read_file(&file(1, 96, &tracks)).unwrap();
    // written as one channel each, they come back as they are
    assert_eq!(super::read(&write(&read.score)).unwrap(), read.score);
    (read.score.parts.iter().map(|part| Part::clone(part)).collect(), read.notices)
}

fn keys(part: &Part) -> Vec<u8> {
    part.notes.iter().map(|note| note.pitch.get()).collect()
}

/// What the wheel of a part does: when, and by how many cents.
fn bends(part: &Part) -> Vec<(u32, i32)> {
    let range = part.controls.iter().find_map(|event| match event.control {
        Control::Controller { number: 6, value } => Some(i32::from(value)),
        _ => None,
    });
    let cents = |bend: i16| (f64::from(i32::from(bend) * range.unwrap_or(2)) * 100.0 / 8192.0).round() as i32;
    let bends = part.controls.iter().filter_map(|event| match event.control {
        Control::PitchBend(bend) => Some((event.tick, cents(bend))),
        _ => None,
    });
    bends.collect()
}

#[test]
fn a_zone_is_one_part_with_its_managers_instrument() {
    let setup = [&[0, 0xC0, 88, 0, 0xB0, 7, 90][..], &zone(0, 15)].concat();
    // a chord of four, one of them on channel 10, which has no drums here; then another
    let chord = |channels: [u8; 4]| {
        let keys = [60, 64, 67, 72];
        let ons = channels.iter().zip(keys).flat_map(|(channel, key)| on(0, *channel, key));
        let offs =
            channels.iter().zip(keys).flat_map(|(channel, key)| off(if key == 60 { 96 } else { 0 }, *channel, key));
        ons.chain(offs).collect::<Vec<u8>>()
    };
    let track = [&setup[..], &chord([1, 2, 3, 4]), &chord([5, 9, 12, 15])].concat();
    let (found, notices) = parts(&[track]);
    let [part] = found.as_slice() else { panic!("{} parts", found.len()) };
    assert_eq!((part.program, part.volume, part.is_drum, part.notes.len()), (88, 90, false, 8));
    assert!(part.controls.is_empty() && notices.is_empty(), "{:?} {notices:?}", part.controls);
    // without the message, or with one that ends the zone, channels are parts
    assert_eq!(parts(&[chord([1, 2, 3, 4])]).0.len(), 4);
    assert_eq!(parts(&[[zone(0, 15), zone(0, 0), chord([1, 2, 3, 4])].concat()]).0.len(), 4);
    // a channel of its own, a track each
    let of = |channel: u8, key: u8| [&on(0, channel, key)[..], &off(96, channel, key)].concat();
    assert_eq!(parts(&[setup.clone(), of(1, 60), of(2, 64), of(3, 67)]).0.len(), 1);
    // two tracks that use the same channels are two instruments
    let both = parts(&[setup, chord([1, 2, 3, 4]), chord([2, 3, 4, 5])]).0;
    assert_eq!(both.iter().map(|part| (part.program, part.notes.len())).collect::<Vec<_>>(), [(88, 4), (88, 4)]);
}

#[test]
fn two_zones_share_the_channels() {
    let notes: Vec<u8> = (1..15).flat_map(|channel| on(0, channel, 40 + channel)).collect();
    let ends: Vec<u8> = (1..15).flat_map(|channel| off(u8::from(channel == 1) * 96, channel, 40 + channel)).collect();
    let music = [notes, ends].concat();
    let sizes = |setup: &[Vec<u8>]| {
        let found = parts(&[[setup.concat(), music.clone()].concat()]).0;
        found.iter().map(|part| part.notes.len()).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&[zone(0, 7), zone(15, 7)]), [7, 7]);
    assert_eq!(sizes(&[zone(15, 14)]), [14]);
    assert_eq!(sizes(&[zone(0, 15), zone(15, 4)]), [10, 4], "what one takes, the other loses");
    assert_eq!(sizes(&[zone(0, 11)]), [11, 1, 1, 1]);
}

#[test]
fn a_line_keeps_the_bends_of_each_note() {
    // slides up by a semitone, then the next note begins while the first is just let go; the whole is bent by a tone
    let track = [
        &zone(0, 15)[..],
        &range(1, 24),
        &on(0, 1, 60),
        &bend(24, 1, 8192 / 24 / 2),
        &bend(24, 1, 8192 / 24),
        &bend(40, 2, -8192 / 24),
        &on(0, 2, 65),
        &off(8, 1, 60),
        &bend(40, 0, 8191),
        &off(48, 2, 65),
    ]
    .concat();
    let (found, notices) = parts(&[track]);
    assert_eq!((found.len(), keys(&found[0]), notices), (1, vec![60, 65], Vec::new()));
    assert_eq!(bends(&found[0]), [(120, 50), (240, 100), (440, -100), (680, 100)]);
}

#[test]
fn what_a_chord_says_note_by_note_is_told() {
    // C, E bent by a quarter tone, and G as a C bent by seven semitones
    let track = [
        &zone(0, 15)[..],
        &[0, 0xD1, 50],
        &bend(0, 2, 8192 / 48 / 2),
        &bend(0, 3, (8192 * 7 / 48) as i16),
        &on(0, 1, 60),
        &on(0, 2, 64),
        &on(0, 3, 60),
        &off(96, 1, 60),
        &off(0, 2, 64),
        &off(0, 3, 60),
        // alone, the quarter tone is there
        &on(0, 2, 64),
        &off(96, 2, 64),
    ]
    .concat();
    let (found, notices) = parts(&[track]);
    assert_eq!((found.len(), keys(&found[0])), (1, vec![60, 64, 67, 64]));
    assert_eq!(bends(&found[0]), [(480, 50)]);
    assert_eq!(notices, [Notice::Expression { bends: 1, others: 1 }]);
    let words = "MPE: notes that sound together can't each have their own expression; left out: the bends of 1 note, \
                 the pressure and slide of 1 note";
    assert_eq!(notices[0].to_string(), words);
}

#[test]
fn a_chord_that_is_bent_as_one_stays_so() {
    let bent =
        |channel: u8| [&bend(0, channel, -2048)[..], &[0, 0xD0 | channel, 30, 0, 0xB0 | channel, 74, 90]].concat();
    let track =
        [&zone(15, 3)[..], &bent(12), &bent(13), &on(0, 12, 60), &on(0, 13, 64), &off(96, 12, 60), &off(0, 13, 64)]
            .concat();
    let (found, notices) = parts(&[track]);
    assert_eq!((bends(&found[0]), notices), (vec![(0, -1200)], Vec::new()));
    let has = |control| found[0].controls.iter().any(|event| event.control == control);
    assert!(has(Control::Pressure(30)) && has(Control::Controller { number: 74, value: 90 }));
}

#[test]
fn a_key_held_on_two_channels_ends_in_order() {
    let track = [&zone(0, 5)[..], &on(0, 1, 60), &on(24, 2, 60), &off(24, 2, 60), &off(48, 1, 60)].concat();
    let (found, _) = parts(&[track]);
    let spans: Vec<(u32, u32)> = found[0].notes.iter().map(|note| (note.start, note.end())).collect();
    assert_eq!(spans, [(0, 240), (120, 480)]);
}
