//! Small pieces whose measures can be counted by hand.

use super::*;
use crate::measures::lines::testing::{planes, quarters};
use crate::music::Role;

fn layout() -> Layout {
    Layout::new(&[Role::Alto, Role::Bass], 16)
}

fn tally_of(sample: &Sample, training: &[Sample]) -> Tally {
    Counting::new(training, &layout()).tally(sample, Some(0))
}

/// Two bars in C that end with G and C.
fn cadence() -> Sample {
    Sample {
        melody: quarters(&[76, 76, 77, 76, 74, 76, 74, 72]),
        parts: vec![quarters(&[67, 67, 69, 67, 67, 67, 71, 67]), quarters(&[48, 48, 53, 48, 47, 48, 55, 48])],
    }
}

#[test]
fn each_measure_has_its_row() {
    for (index, row) in MEASURES.iter().enumerate() {
        assert_eq!(row.measure as usize, index);
    }
    let keys: HashSet<&str> = MEASURES.iter().map(|row| row.key).collect();
    assert_eq!(keys.len(), MEASURES.len());
}

#[test]
fn a_cadence_by_hand() {
    let tally = tally_of(&cadence(), &[cadence()]);
    let of = |measure| tally.get(measure);
    // alto: 0 2 -2 0 0 4 -4, bass: 0 5 -5 -1 1 7 -7
    assert_eq!(of(Measure::Stepwise), Some(4.0 / 14.0));
    assert_eq!(of(Measure::BassStepwise), Some(2.0 / 7.0));
    assert_eq!(of(Measure::OddLeaps), Some(0.0));
    assert_eq!((of(Measure::FinalTriad), of(Measure::Cadence)), (Some(1.0), Some(1.0)));
    assert_eq!((of(Measure::Crossing), of(Measure::SemitoneInside)), (Some(0.0), Some(0.0)));
    assert_eq!(
        (of(Measure::Rests), of(Measure::OneStepNotes), of(Measure::NotesPerBar)),
        (Some(0.0), Some(0.0), Some(8.0))
    );
    assert_eq!((of(Measure::BarsCopied), of(Measure::BarsComeBack), of(Measure::Backbeat)), (Some(1.0), None, None));
}

#[test]
fn parallels_by_both_denominators() {
    // melody and bass in octaves: up, and then only the bass
    let sample = Sample {
        melody: quarters(&[72, 74, 74, 76]),
        parts: vec![quarters(&[67, 67, 67, 67]), quarters(&[48, 50, 52, 55])],
    };
    let tally = tally_of(&sample, &[]);
    assert_eq!(tally.get(Measure::ParallelsPerSteps), Some(100.0 / 3.0));
    assert_eq!(tally.get(Measure::ParallelsPerMoves), Some(50.0));
    assert_eq!(tally.get(Measure::FinalTriad), Some(1.0));
}

#[test]
fn the_last_chord_is_what_a_piece_comes_to_rest_on() {
    let ending = |alto: &[(usize, usize, usize)]| Sample {
        melody: planes(8, &[(0, 74, 4), (4, 72, 4)]),
        parts: vec![planes(8, alto), planes(8, &[(0, 43, 4), (4, 48, 4)])],
    };
    let is_tonic = |alto: &[(usize, usize, usize)]| {
        let tally = Counting::new(&[], &layout()).tally(&ending(alto), Some(0));
        tally.get(Measure::FinalTriad)
    };
    assert_eq!(is_tonic(&[(0, 65, 6), (6, 64, 2)]), Some(1.0)); // a suspension, resolved
    assert_eq!(is_tonic(&[(0, 65, 4), (4, 64, 2), (6, 65, 2)]), Some(0.0)); // and one that is not
    assert_eq!(is_tonic(&[(0, 65, 4), (4, 64, 3)]), Some(1.0)); // let go a little early
}

#[test]
fn crossings_go_by_what_is_usual() {
    let crossed = Sample { melody: quarters(&[60, 60]), parts: vec![quarters(&[67, 55]), quarters(&[48, 48])] };
    let usual = [cadence()];
    assert_eq!(tally_of(&crossed, &usual).get(Measure::Crossing), Some(0.5));
}

#[test]
fn expected_basses_have_few_bits() {
    let training = vec![cadence(); 4];
    let strange = Sample { parts: vec![quarters(&[67; 8]), quarters(&[48, 54, 41, 51, 61, 50, 49, 62])], ..cadence() };
    let bits = |sample: &Sample| tally_of(sample, &training).get(Measure::BassBits).unwrap();
    let (usual, strange) = (bits(&cadence()), bits(&strange));
    assert!(usual < 1.5 && strange > 5.0, "{usual}, {strange}");
}

#[test]
fn bars_come_back_and_copies_are_found_in_any_key() {
    let bar = |pitch: usize| [pitch, pitch + 4, pitch + 7, pitch + 4];
    let long = |pitches: &[usize]| {
        let part = quarters(&pitches.iter().flat_map(|pitch| bar(*pitch)).collect::<Vec<_>>());
        Sample { melody: part.transposed(12), parts: vec![part.clone(), part.transposed(-12)] }
    };
    let tally = tally_of(&long(&[60, 61, 62, 63, 64, 65, 66, 67, 60, 70]), &[long(&[50])]);
    assert_eq!(tally.get(Measure::BarsComeBack), Some(0.5));
    assert_eq!(tally.get(Measure::LikeEightBarsAgo), Some(0.5));
    assert_eq!(tally.get(Measure::BarsCopied), Some(1.0));
    let counting = Counting::new(&[], &layout());
    let [a, b] = [long(&[60, 61]), long(&[60, 70])];
    assert_eq!(counting.agreement(&a, &b).get(Measure::Agreement), Some(0.5));
}

#[test]
fn kits_are_counted_in_passages() {
    let layout = Layout::new(&[Role::Bass, Role::Drums], 16);
    let mut strokes = Vec::new();
    for bar in 0..16 {
        strokes.extend([(16 * bar, 36, 1), (16 * bar + 4, 38, 1), (16 * bar + 12, 38, 1)]);
        if bar % 8 == 7 {
            strokes.extend([(16 * bar + 8, 38, 1), (16 * bar + 10, 45, 1), (16 * bar + 14, 45, 1)]);
        }
        if bar == 8 {
            strokes.push((16 * bar, 49, 1));
        }
    }
    let bass: Vec<_> = (0..32).map(|half| (8 * half, 40, 8)).collect();
    let (melody, bass, kit) = (planes(256, &[(0, 70, 256)]), planes(256, &bass), planes(256, &strokes));
    let sample = Sample { melody, parts: vec![bass, kit] };
    let tally = Counting::new(&[], &layout).tally(&sample, None);
    let of = |measure| tally.get(measure).unwrap();
    assert_eq!((of(Measure::Fills), of(Measure::FillsOnOnePhase), of(Measure::CrashAfterFill)), (0.125, 1.0, 1.0));
    assert_eq!((of(Measure::Backbeat), of(Measure::BassOnKick), of(Measure::Rests)), (1.0, 0.5, 0.0));
    assert_eq!((of(Measure::KitDifferent), of(Measure::KitMostFrequent)), (3.0 / 16.0, 13.0 / 16.0));
    assert_eq!(of(Measure::KitDifferentByAQuarter), 2.0 / 16.0);
    assert_eq!(of(Measure::KitComesBack), 7.0 / 8.0);
    assert_eq!(tally.get(Measure::FinalTriad), None);
}

#[test]
fn the_last_bass_tells_related_keys_apart_in_a_style_that_ends_at_home() {
    // in C by its notes, and ends on A
    let relative = Sample {
        melody: quarters(&[72, 76, 79, 76, 77, 76, 74, 72]),
        parts: vec![quarters(&[64, 67, 72, 67, 69, 67, 65, 64]), quarters(&[48, 48, 52, 48, 53, 55, 55, 45])],
    };
    let layout = layout();
    assert_eq!(relative.key(&layout).unwrap().tonic, 0);
    assert_eq!(Counting::new(&vec![cadence(); 3], &layout).tonic(&relative), Some(9));
    assert_eq!(Counting::new(std::slice::from_ref(&relative), &layout).tonic(&relative), Some(0));
    assert_eq!(Counting::new(&[], &layout).tonic(&cadence()), Some(0));
}
