use super::rules::is_parallel;
use super::*;
use crate::networks::autoregressive::cells::index_from_pitch;
use crate::networks::autoregressive::cells::{CHORD, FIRST_VOICE, MELODY, PITCHES};
use crate::networks::autoregressive::chords::chord_value;
use crate::networks::autoregressive::gestures::{Gesture, Wished};
use crate::networks::autoregressive::melody::Analysis;
use crate::networks::autoregressive::melody::Scale;
use crate::networks::autoregressive::sheet::Sheet;
use crate::networks::autoregressive::sheet::{Hidden, Piece};
use crate::networks::lines::LineStep;

#[test]
fn parallels_are_told() {
    assert!(is_parallel(10, 17, 12, 19)); // fifths up
    assert!(is_parallel(10, 34, 8, 20)); // octaves down, from two to one
    assert!(!is_parallel(10, 17, 10, 17)); // nothing moves
    assert!(!is_parallel(10, 15, 12, 17)); // fourths
    assert!(!is_parallel(10, 17, 12, 7)); // contrary
    assert!(!is_parallel(0, 17, 12, 19));
}

const G_MINOR: u8 = chord_value(7, 1);

/// A tune in C over three voices, in bars of common time; its last note, a phrase of its own, is this long.
fn sheet(last: usize) -> Sheet {
    let note = |pitch: Option<u8>, length: usize| {
        (0..length).map(move |step| LineStep { pitch, struck: pitch.is_some() && step == 0 })
    };
    let sung = [(Some(72), 8), (Some(70), 8), (Some(74), 8), (Some(71), 8), (Some(72), last), (None, 16 - last)];
    let melody: Vec<LineStep> = sung.into_iter().flat_map(|(pitch, length)| note(pitch, length)).collect();
    let voices = vec![vec![LineStep::default(); melody.len()]; 3];
    let home = Scale { tonic: 0, minor: false };
    let phrases = |first: u32, second: u32| [vec![first; 32], vec![second; 16]].concat();
    let analysis = Analysis {
        home,
        scale: vec![home; 48],
        phrase_start: phrases(0, 32),
        phrase_end: phrases(32, 48),
        echo: vec![0; 48],
    };
    let chords = vec![G_MINOR; melody.len()];
    let piece = Piece { steps_per_bar: 16, analysis, chords, voices, melody, density: 0, kit: vec![1; 48] };
    Sheet::new(&piece, 0..48, 0, &Hidden::default())
}

fn at(bias: &[f32; PITCHES], pitch: i32) -> f32 {
    bias[usize::from(index_from_pitch(pitch)) - 1]
}

#[test]
fn a_band_closes_together_and_holds() {
    let (together, mut sheet) = (Policy { suspends: false, ..Policy::default() }, sheet(8));
    let later = Policy { suspends: true, ..Policy::default() };
    let (bass, other, silent) = (FIRST_VOICE, FIRST_VOICE + 1, FIRST_VOICE + 2);
    sheet.cells.write(31, bass, index_from_pitch(43), true);
    sheet.cells.write(31, other, index_from_pitch(64), true);
    assert_eq!(together.action_bias(&sheet, 32, other)[..2], [NEVER, NEVER], "what fits is struck again");
    assert!(later.action_bias(&sheet, 32, other)[0] > NEVER, "not yet");
    assert_eq!(together.action_bias(&sheet, 32, silent), [NEVER, 0.0, NEVER], "who has rested does not come in");
    for step in 32..40 {
        sheet.cells.write(step, bass, index_from_pitch(48), step == 32);
        sheet.cells.write(step, other, index_from_pitch(64), step == 32);
    }
    assert_eq!(together.action_bias(&sheet, 33, bass)[1..], [NEVER, NEVER]);
    assert_eq!(together.action_bias(&sheet, 40, other), [0.0, NEVER, NEVER], "a band rings on");
    sheet.kit = [].into();
    assert_eq!(together.action_bias(&sheet, 40, other), [NEVER, 0.0, NEVER], "others end with the melody");
}

#[test]
fn a_chord_gives_way_to_the_third_that_is_sung_and_to_time() {
    let mut sheet = sheet(16);
    let policy = Policy { thirds: 2.0, lingering: 0.5, ..Policy::default() };
    let bias = |policy: &Policy| policy.pitch_bias(&sheet, 9, FIRST_VOICE + 1, (48, 72));
    let either = Policy { thirds: 0.0, ..policy };
    let less = [58, 59].map(|pitch| (at(&bias(&policy), pitch) - at(&bias(&either), pitch)).round());
    assert_eq!(less, [0.0, -2.0], "B flat is sung to G minor");
    let g_minor = usize::from(G_MINOR);
    let plain = Policy { ending: false, ..policy };
    assert_eq!(plain.chord_bias(&sheet, 28)[g_minor], 0.0);
    assert_eq!([32, 36].map(|step| plain.chord_bias(&sheet, step)[g_minor]), [-0.5, -1.0]);
    sheet.cells.write(31, CHORD, chord_value(0, 0), true);
    assert_eq!(plain.chord_bias(&sheet, 32)[g_minor], 0.0, "it has changed");
}

#[test]
fn a_band_has_ninths_and_thirteenths_over_its_last_dominant() {
    let mut sheet = sheet(16);
    let band = Policy::default();
    let choir = Policy { suspends: true, ..band };
    let of_fifth = [chord_value(7, 0), chord_value(7, 3)];
    let mut sung = |pitch: i32| {
        for step in 24..32 {
            sheet.cells.write(step, MELODY, index_from_pitch(pitch), step == 24);
        }
        let is_of_fifth = |policy: &Policy| {
            policy.dominants(&sheet, 29).is_some_and(|found| found.iter().all(|value| of_fifth.contains(value)))
        };
        [is_of_fifth(&band), is_of_fifth(&choir)]
    };
    assert_eq!([71, 65, 69, 76].map(&mut sung), [[true, true], [true, true], [true, false], [true, false]]);
    assert_eq!(sung(72), [false, false], "the fourth above it");
}

#[test]
fn a_part_that_is_called_for_and_rests_is_to_play() {
    let mut sheet = sheet(16);
    let (lines, voice) = (sheet.lines(), FIRST_VOICE + 1);
    let mut called = vec![0; sheet.steps() * lines];
    for step in 16..32 {
        called[step * lines..][voice..voice + 2].fill(2);
    }
    sheet.called = called.into();
    let policy = Policy { presence: 4.0, ..Policy::PLAIN };
    let rest = |sheet: &Sheet, step: usize| policy.action_bias(sheet, step, voice)[1];
    assert_eq!([15, 16, 20, 32].map(|step| rest(&sheet, step)), [0.0, -6.0, -6.5, 0.0]);
    assert_eq!(policy.action_bias(&sheet, 20, FIRST_VOICE)[1], 0.0, "another part");
    sheet.cells.write(18, voice + 1, index_from_pitch(60), true);
    assert_eq!([20, 26, 27].map(|step| rest(&sheet, step)), [0.0, 0.0, -5.0], "half a bar after its other voice");
    for step in 0..31 {
        sheet.cells.write(step, voice, index_from_pitch(55), step == 0);
    }
    let mut called = vec![0; sheet.steps() * lines];
    called[44 * lines..][voice..voice + 2].fill(2);
    sheet.called = called.into();
    assert_eq!(rest(&sheet, 44), -5.5);
    sheet.cells.write(31, voice, index_from_pitch(55), false);
    assert_eq!(rest(&sheet, 44), 0.0, "it was heard for two bars");
}

#[test]
fn chords_come_back_with_their_tune() {
    let mut sheet = sheet(16);
    let then = chord_value(5, 0);
    for step in [4, 9] {
        sheet.cells.write(step, CHORD, then, true);
    }
    let mut figure = vec![0; 48];
    (figure[40], figure[41]) = (36, 32);
    sheet.figure = figure.into();
    sheet.last_onset = None;
    let policy = Policy { reprise: 4.0, ..Policy::PLAIN };
    let bias = [40, 41, 42].map(|step| policy.chord_bias(&sheet, step));
    assert_eq!(bias.map(|bias| bias[usize::from(then)]), [4.0, 0.0, 0.0], "a figure of two bars ago only goes on");
    assert_eq!(bias[0].iter().sum::<f32>(), 4.0);
    sheet.last_onset = Some(32);
    assert_eq!(policy.chord_bias(&sheet, 40)[usize::from(then)], 0.0, "the close is free");
    let keeps = |manners: Manners, has_kit: bool| Policy::for_style(manners, has_kit).reprise > 0.0;
    let lively = Manners { short: 0.3, ..Manners::default() };
    assert!(keeps(lively, true) && !keeps(lively, false) && !keeps(Manners::default(), true));
}

#[test]
fn no_key_is_struck_twice_by_voices_that_keep_a_pattern_up() {
    let mut sheet = sheet(16);
    let gestures = vec![vec![Some(Gesture::Hold); 48]; 2];
    sheet.follow(&[Wished { lines: vec![1, 2], gestures }]);
    sheet.cells.write(8, FIRST_VOICE + 1, index_from_pitch(60), true);
    let policy = Policy { pattern: 5.0, ..Policy::PLAIN };
    let bias = |step: usize, line: usize| at(&policy.pitch_bias(&sheet, step, line, (48, 72)), 60);
    assert_eq!(bias(8, FIRST_VOICE + 2), -4.0, "both hands on one key");
    assert_eq!(bias(11, FIRST_VOICE + 2), -4.0);
    assert_eq!(bias(11, FIRST_VOICE), 0.0, "the bass keeps nothing up");
    assert_eq!(bias(8 + 17, FIRST_VOICE + 2), 0.0, "a bar later");
}

#[test]
fn voices_rest_with_a_phrase_and_a_bass_travels() {
    let mut sheet = sheet(16);
    let policy = Policy { breath: 2.0, rocking: 1.5, narrow: 3.0, ..Policy::default() };
    let strike = |policy: &Policy, step: usize| policy.action_bias(&sheet, step, FIRST_VOICE)[2];
    let less = |step: usize| strike(&policy, step) - strike(&Policy { breath: 0.0, ..policy }, step);
    assert_eq!([24, 25, 29, 30].map(less), [0.0, -2.0, -2.0, 0.0]);
    sheet.cells.write(10, FIRST_VOICE, index_from_pitch(45), true);
    sheet.cells.write(11, FIRST_VOICE, index_from_pitch(47), true);
    let bass = |policy: &Policy| policy.pitch_bias(&sheet, 12, FIRST_VOICE, (40, 60));
    let back = Policy { rocking: 0.0, ..policy };
    let less = [45, 48, 49].map(|pitch| ((at(&bass(&policy), pitch) - at(&bass(&back), pitch)) * 2.0).round());
    assert_eq!(less, [-3.0, 0.0, 0.0], "twice as much is a whole number");
    sheet.cells.write(12, FIRST_VOICE, index_from_pitch(47), true);
    sheet.cells.write(12, FIRST_VOICE + 1, index_from_pitch(60), true);
    let upper = |policy: &Policy| policy.pitch_bias(&sheet, 12, FIRST_VOICE + 2, (48, 72));
    let any = Policy { narrow: 0.0, ..policy };
    let less = [59, 61, 62].map(|pitch| (at(&upper(&policy), pitch) - at(&upper(&any), pitch)).round());
    assert_eq!(less, [-3.0, -3.0, 0.0], "B and C sharp are beside C");
}

#[test]
fn a_style_gets_what_its_music_does() {
    let travels = Policy::for_style(Manners::default(), true);
    let rocks = Policy::for_style(Manners { rocks: 0.2, ..Manners::default() }, true);
    assert!(travels.rocking > 0.0 && rocks.rocking == 0.0);
    let calm = Policy::for_style(Manners::default(), false);
    assert!(calm.suspends && calm.breath > 0.0 && calm.lingering == 0.0 && !travels.suspends);
}
