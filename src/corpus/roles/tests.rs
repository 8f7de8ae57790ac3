//! Tracks as they are found in files.

use super::*;
use crate::music::testing::note;

fn part(name: &str, program: u8, pitches: &[i32], chord: &[i32]) -> Arc<Part> {
    let mut part = Part::new(name, program);
    for index in 0..32 {
        for above in chord {
            part.notes.push(note(index * 480, 480, pitches[index as usize % pitches.len()] + above));
        }
    }
    part.sort();
    Arc::new(part)
}

fn roles(parts: &[Arc<Part>]) -> Vec<Role> {
    find(parts, false).into_iter().map(|(role, _)| role).collect()
}

const TUNE: [i32; 8] = [72, 74, 76, 77, 79, 77, 76, 71];
const LOW: [i32; 4] = [36, 43, 41, 43];

#[test]
fn names_decide_first() {
    let parts = [
        part("Melody (soprano)", 52, &TUNE, &[0]),
        part("Alto", 52, &TUNE, &[-7]),
        part("Tenor", 52, &TUNE, &[-14]),
        part("Bass", 52, &LOW, &[0]),
    ];
    assert_eq!(roles(&parts), [Role::Melody, Role::Alto, Role::Tenor, Role::Bass]);
}

#[test]
fn unnamed_tracks_are_told_by_program_and_texture() {
    let mut drums = Part::clone(&part("", 0, &[36, 38], &[0]));
    drums.is_drum = true;
    let parts = [
        part("", 0, &LOW, &[24, 28, 31]),
        part("", 33, &LOW, &[0]),
        part("", 73, &TUNE, &[0]),
        Arc::new(drums),
        part("", 48, &LOW, &[24, 31]),
    ];
    assert_eq!(roles(&parts), [Role::Chords, Role::Bass, Role::Melody, Role::Drums, Role::Pad]);
}

#[test]
fn a_quartet_is_four_voices_by_register() {
    let parts =
        [part("", 41, &TUNE, &[-14]), part("", 40, &TUNE, &[0]), part("", 42, &LOW, &[0]), part("", 40, &TUNE, &[-5])];
    assert_eq!(roles(&parts), [Role::Tenor, Role::Melody, Role::Bass, Role::Alto]);
}

#[test]
fn only_chords_have_no_melody() {
    let parts = [part("", 0, &LOW, &[24, 28, 31]), part("", 33, &LOW, &[0])];
    assert!(!roles(&parts).contains(&Role::Melody));
}

#[test]
fn a_tune_on_a_track_named_piano_is_a_melody() {
    let parts = [part("Piano", 0, &TUNE, &[0]), part("Chords", 0, &LOW, &[24, 28, 31])];
    assert_eq!(roles(&parts), [Role::Melody, Role::Chords]);
}

#[test]
fn of_two_leads_one_is_the_melody() {
    let parts = [part("Lead 2", 80, &[72, 72], &[0]), part("Lead 1", 80, &TUNE, &[0]), part("Base", 0, &LOW, &[0])];
    let found = find(&parts, false);
    assert_eq!(found.iter().filter(|(role, _)| *role == Role::Melody).count(), 1);
    assert_eq!(found[1].0, Role::Melody);
    assert_eq!(found[2], (Role::Bass, "named “Base”".into()));
    assert!(find(&parts, true).iter().all(|(role, _)| *role != Role::Melody));
}

#[test]
fn an_alto_saxophone_is_no_voice_of_a_chorale() {
    let parts = [part("Alto Sax", 65, &TUNE, &[0]), part("Piano", 0, &LOW, &[24, 28, 31])];
    assert_eq!(roles(&parts), [Role::Melody, Role::Chords]);
}

#[test]
fn a_melody_is_proposed_wherever_there_are_notes() {
    let score = |parts: Vec<Arc<Part>>| Score { parts, ..Score::default() };
    let chords = part("", 0, &LOW, &[24, 28, 31]);
    let mut drums = Part::clone(&part("", 0, &TUNE, &[12]));
    drums.is_drum = true;
    let (drums, empty) = (Arc::new(drums), Arc::new(Part::new("Melody", 0)));
    assert_eq!(propose_melody(&score(vec![chords.clone(), part("", 73, &TUNE, &[0])])), Some(1));
    assert_eq!(propose_melody(&score(vec![drums.clone(), part("", 33, &LOW, &[0]), chords.clone()])), Some(2));
    assert_eq!(propose_melody(&score(vec![drums, empty])), None);
    let mut said = score(vec![chords, part("", 73, &TUNE, &[0])]);
    said.melody = Some(0);
    assert_eq!(propose_melody(&said), Some(0));
    said.melody = Some(7);
    assert_eq!(propose_melody(&said), Some(1));
}

#[test]
fn names_that_only_tell_the_instrument_say_nothing() {
    let oohs = |name: &str| [part("", 73, &TUNE, &[0]), part(name, 53, &LOW, &[24, 28, 31])];
    assert_eq!(roles(&oohs("")), [Role::Melody, Role::Pad]);
    assert_eq!(roles(&oohs("Voice Oohs")), [Role::Melody, Role::Pad]);
    let guitar = [part("Steel-str.Gt.", 25, &LOW, &[24, 28, 31]), part("Flute", 73, &TUNE, &[0])];
    assert_eq!(roles(&guitar), [Role::Guitar, Role::Melody]);
}

#[test]
fn a_tune_is_found_wherever_it_stands_whoever_plays_it() {
    for program in [0, 11, 24, 56, 65, 73, 80] {
        let parts =
            [part("", program, &LOW, &[24, 28, 31]), part("", program, &LOW, &[0]), part("", program, &TUNE, &[0])];
        assert_eq!(propose_melody(&Score { parts: parts.to_vec(), ..Score::default() }), Some(2), "{program}");
    }
}

#[test]
fn notes_lead_where_their_part_has_the_tune() {
    // the oboe sings above the others for most of the piece; the violin is busier, and sings for the rest
    let (mut oboe, mut violin) = (Part::new("", 68), Part::new("", 40));
    for index in 0..96 {
        let tune = note(index * 480, 480, TUNE[index as usize % TUNE.len()] + 12);
        if index < 56 {
            oboe.notes.push(tune);
            violin.notes.extend([note(index * 480, 240, 67), note(index * 480 + 240, 240, 67)]);
        } else {
            violin.notes.push(tune);
        }
    }
    let low = |program: u8, pitch: i32| {
        let mut part = Part::new("", program);
        part.notes = (0..96).map(|index| note(index * 480, 480, pitch)).collect();
        Arc::new(part)
    };
    let parts = [Arc::new(oboe), Arc::new(violin), low(41, 60), low(42, 48), low(43, 36), low(60, 55)];
    let led: Vec<f64> = textures(&parts).iter().map(|texture| texture.led).collect();
    assert!(led[0] > led[1] && led[0] > 20.0, "{led:?}");
    assert!((15.0..30.0).contains(&led[1]), "{led:?}");
    assert!(led[2..].iter().all(|led| *led < 2.0), "{led:?}");
}

#[test]
fn parts_that_double_each_other_lead_alike() {
    let others = [part("", 41, &[60], &[0]), part("", 42, &[48], &[0]), part("", 43, &[36], &[0])];
    let doubled = [part("", 73, &TUNE, &[0]), part("", 73, &TUNE, &[0])];
    let parts: Vec<_> = doubled.into_iter().chain(others).collect();
    let led: Vec<f64> = textures(&parts).iter().map(|texture| texture.led).collect();
    assert!((led[0] - led[1]).abs() < 1e-9, "{led:?}");
    assert!(led[2..].iter().all(|other| led[0] > 10.0 * other), "{led:?}");
}

#[test]
fn ensembles_are_the_violins_of_an_orchestra_and_fill_in_elsewhere() {
    // the strings have the tune, and for a while flute and oboe sing along above them
    let (mut flute, mut oboe) = (Part::new("", 73), Part::new("", 68));
    flute.notes = (0..16).map(|index| note(index * 480, 480, TUNE[index as usize % TUNE.len()] + 12)).collect();
    oboe.notes = (0..32).map(|index| note(index * 480, 480, TUNE[index as usize % TUNE.len()] - 12)).collect();
    let (flute, oboe) = (Arc::new(flute), Arc::new(oboe));
    let strings = [part("", 48, &TUNE, &[0]), part("", 48, &[60, 59], &[0]), part("", 48, &LOW, &[0])];
    let proposed = |winds: Vec<Arc<Part>>| {
        let parts = winds.into_iter().chain(strings.clone()).collect();
        propose_melody(&Score { parts, ..Score::default() })
    };
    assert_eq!(proposed(vec![flute.clone(), oboe]), Some(2));
    assert_eq!(proposed(vec![flute]), Some(0));
}
