use super::*;
use crate::music::testing::{metres, note};
use crate::music::{Chord, ChordChange, KeyChange, Lyric, MAX_TICK, Metre, MetreMap, Mode, TempoMap};

fn part(name: &str, program: u8, notes: Vec<Note>) -> Part {
    Part { notes, ..Part::new(name, program) }
}

fn score(parts: Vec<Part>) -> Score {
    Score { parts: parts.into_iter().map(Arc::new).collect(), ..Score::default() }
}

fn text(score: &Score) -> String {
    String::from_utf8(write(score, crate::music::key::found_in(score, None)).unwrap()).unwrap()
}

/// The key is the melody's, as the window says, whatever accompanies it.
#[test]
fn where_no_key_is_set_it_is_the_one_that_the_melody_suggests() {
    let tune = (0..).step_by(480).zip([66, 70, 73, 71, 70, 68, 65, 66]);
    let tune = tune.map(|(start, pitch)| note(start, 480, pitch)).collect();
    let drone = vec![note(0, 7680, 36), note(0, 7680, 40), note(0, 7680, 43)];
    let minor = Chord { root: 5, third: 3, fifth: 7, seventh: None };
    let score = Score {
        melody: Some(0),
        chords: vec![ChordChange { tick: 0, chord: Some(minor), bass: 5 }],
        ..score(vec![part("Lead", 0, tune), part("Drone", 32, drone)])
    };
    let xml = text(&score);
    assert_eq!((all(&xml, "fifths")[0], all(&xml, "root-step")[0], all(&xml, "root-alter")[0]), ("6", "E", "1"));
}

/// The texts of all elements of a name.
fn all<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap()).collect()
}

/// What each measure of each part lasts, voice by voice.
fn measures_add_up(xml: &str) {
    for measure in xml.split("<measure ").skip(1) {
        let measure = measure.split("</measure>").next().unwrap();
        let mut durations = Vec::new();
        for voice in measure.split("<backup>") {
            let voice = voice.replace("<note print-object=\"no\">", "<note>");
            let mut notes = voice.split("<note>").skip(1);
            let length = |note: &str| all(note, "duration")[0].parse::<u32>().unwrap();
            durations.push(notes.by_ref().filter(|note| !note.contains("<chord/>")).map(length).sum::<u32>());
        }
        assert!(durations.windows(2).all(|pair| pair[0] == pair[1]), "{durations:?} in {measure}");
    }
}

#[test]
fn words_stand_below_the_notes_that_sing_them() {
    let tune = vec![note(0, 480, 60), note(480, 480, 62), note(960, 2000, 64)];
    let chords = vec![note(0, 3840, 48), note(0, 3840, 52)];
    let mut sung = score(vec![part("Piano", 0, chords), part("Voice", 53, tune)]);
    let words = [(0, "Hel-"), (490, "lo "), (960, "big "), (970, "world")];
    sung.lyrics = words.map(|(tick, text)| Lyric { tick, text: text.into() }).to_vec();
    for melody in [None, Some(1)] {
        sung.melody = melody;
        let xml = text(&sung);
        let voice = xml.split("<part id=\"P2\">").nth(1).unwrap();
        assert_eq!(xml.matches("<lyric ").count(), 3, "one a note, not again where it is tied");
        assert_eq!(all(voice, "syllabic"), ["begin", "end", "single"]);
        assert_eq!(all(voice, "text"), ["Hel", "lo", "big world"]);
        let notes: Vec<&str> = voice.split("<note>").skip(1).collect();
        assert!(notes[1].contains("<step>D</step>") && notes[1].contains("<text>lo</text>"));
    }
}

#[test]
fn a_tune_is_written_with_key_metre_tempo_chords_and_ties() {
    let mut tune = score(vec![part("Tune", 73, vec![note(0, 480, 62), note(960, 1440, 66), note(2400, 240, 70)])]);
    tune.title = "A & B \u{1}<tune>".into();
    tune.keys = vec![KeyChange::new(0, Key { tonic: 2, mode: Mode::Major })];
    tune.tempo = TempoMap::constant(90.0);
    tune.chords = vec![
        ChordChange { tick: 0, chord: Some(Chord::minor(9)), bass: 0 },
        ChordChange { tick: 1920, chord: Some(Chord { seventh: Some(10), ..Chord::major(10) }), bass: 10 },
        ChordChange { tick: 2880, chord: None, bass: 0 },
    ];
    let xml = text(&tune);
    assert!(xml.contains("<work-title>A &amp; B &lt;tune&gt;</work-title>"));
    assert_eq!(all(&xml, "fifths"), ["2"]);
    assert_eq!((all(&xml, "beats"), all(&xml, "beat-type")), (vec!["4"], vec!["4"]));
    assert_eq!(all(&xml, "per-minute"), ["90"]);
    assert_eq!(all(&xml, "root-step"), ["A", "B", "C"]);
    assert_eq!(all(&xml, "root-alter"), ["-1"]);
    assert_eq!(all(&xml, "bass-step"), ["C"]);
    assert!(xml.contains("<kind text=\"N.C.\">none</kind>"));
    assert_eq!(all(&xml, "step"), ["D", "F", "F", "A"], "a tie over the bar line");
    assert_eq!(xml.matches("<tie type=\"start\"/>").count(), 1);
    let types = ["quarter", "quarter", "half", "quarter", "eighth", "eighth", "half"];
    assert_eq!(all(&xml, "type"), types, "rests show the beats, too");
    measures_add_up(&xml);
}

#[test]
fn swung_eighths_are_straight_with_a_mark() {
    let swung = (0..16)
        .map(|index| note(index / 2 * 480 + index % 2 * 315, 280 - index % 2 * 130, 60 + index as i32 % 5))
        .collect();
    let xml = text(&score(vec![part("Tune", 0, swung)]));
    assert_eq!(all(&xml, "words"), ["Swing eighths"]);
    assert!(all(&xml, "type").iter().all(|name| *name == "eighth"), "{:?}", all(&xml, "type"));
    assert!(!xml.contains("time-modification"));
}

#[test]
fn triplets_have_their_bracket_and_six_eighths_their_beat() {
    let triplets = (0..6).map(|index| note(index * 160, 160, 60 + index as i32)).collect();
    let xml = text(&score(vec![part("Tune", 0, triplets)]));
    assert_eq!(xml.matches("<tuplet type=\"start\"/>").count(), 2);
    assert_eq!(xml.matches("<tuplet type=\"stop\"/>").count(), 2);
    measures_add_up(&xml);
    let mut jig = score(vec![part("Jig", 0, vec![note(0, 720, 60), note(720, 480, 62), note(1200, 240, 64)])]);
    jig.metre = MetreMap::constant(Metre::new(6, 8).unwrap());
    let xml = text(&jig);
    assert_eq!(all(&xml, "type"), ["quarter", "quarter", "eighth"]);
    assert_eq!(xml.matches("<dot/>").count(), 1);
    assert!(xml.contains("<beat-unit-dot/>"));
}

#[test]
fn a_kit_is_a_drum_staff_and_a_piano_has_two() {
    let mut kit = part("Kit", 0, vec![note(0, 30, 36), note(0, 30, 42), note(240, 30, 42), note(480, 30, 38)]);
    kit.is_drum = true;
    let piano = part("Piano", 0, vec![note(0, 1920, 40), note(0, 1920, 72)]);
    let bass = part("Bass", 33, vec![note(0, 1920, 36)]);
    let xml = text(&score(vec![kit, piano, bass, part("Nothing", 0, Vec::new())]));
    assert_eq!(all(&xml, "part-name"), ["Kit", "Piano", "Bass"]);
    assert_eq!(all(&xml, "sign"), ["percussion", "G", "F", "F"]);
    assert_eq!(all(&xml, "clef-octave-change"), ["-1"]);
    assert_eq!(all(&xml, "midi-unpitched"), ["37", "39", "43"]);
    assert_eq!(all(&xml, "notehead"), ["x", "x", "normal", "normal"]);
    assert_eq!(all(&xml, "midi-channel")[..4], ["10", "10", "10", "1"]);
    assert_eq!(all(&xml, "staves"), ["2"]);
    measures_add_up(&xml);
}

#[test]
fn any_music_adds_up() {
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut notes: Vec<Note> = (0..random.usize(1..60))
            .map(|_| note(random.u32(0..9000), random.u32(1..3000), random.i32(0..128)))
            .collect();
        notes.sort_unstable();
        let mut piece = score(vec![part("Any", random.u8(0..128), notes.clone()), part("Kit", 0, notes)]);
        piece.part_mut(1).unwrap().is_drum = true;
        let signs = [(4, 4), (6, 8), (7, 8), (5, 16), (3, 2), (2, 4)];
        let (upper, lower) = signs[random.usize(..signs.len())];
        piece.metre = metres(&[(0, upper, lower), (random.u32(1..4000) / 120 * 120, 3, 4)]);
        measures_add_up(&text(&piece));
    }
}

#[test]
fn what_nobody_reads_is_refused_and_nothing_is_something() {
    let long = score(vec![part("Long", 0, vec![note(MAX_TICK - 10, 5, 60)]); 3]);
    assert_eq!(write(&long, None), Err(TooLong));
    let mut tiny = score(vec![part("Tiny", 0, vec![note(40_000_000, 5, 60)])]);
    tiny.metre = MetreMap::constant(Metre::new(1, 64).unwrap());
    assert_eq!(write(&tiny, None), Err(TooLong));
    assert!(text(&Score::default()).contains("<rest measure=\"yes\"/>"));
}
