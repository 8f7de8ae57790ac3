//! How drafts are unmasked, with logits made up.

use super::*;
use crate::networks::lines::melody_line;
use crate::testing::tune;

const SPECS: [LineSpec; 2] = [LineSpec { part: 0, low: 50, high: 60 }, LineSpec { part: 1, low: 30, high: 40 }];

fn bars(steps: usize) -> Bars {
    Bars::new(&melody_line(&tune(steps)), 16, 0)
}

/// A draft of the first line alone.
fn alone(bars: Bars, steps: usize) -> Draft<'static> {
    Draft::new(&SPECS[..1], Drafting::default(), bars, true, steps, steps)
}

/// The first line, once all passes have drawn from the same logits.
fn drawn(mut draft: Draft<'_>, surprise: f32, logits: &[f32]) -> Vec<i64> {
    for pass in 0..Drafting::default().passes() {
        draft.unmask(pass, &mut logits.to_vec(), &GenerateContext { surprise, ..GenerateContext::new(3) });
    }
    draft.lines().next().unwrap().to_vec()
}

#[test]
fn equal_bars_are_answered_alike_and_what_is_kept_stays() {
    // four bars of 14 quarters; logits that differ from step to step without any order
    let (steps, bar) = (4 * 56, 56);
    let line = melody_line(&tune(steps));
    let mut draft = alone(Bars::new(&line, bar, 0), steps);
    assert_eq!(draft.bars.alike, [[0, 1, 2]]);
    let kept: Vec<i64> = (0..steps as i64).map(|step| FIRST_PITCH + 30 + step % 3).collect();
    draft.keep(0, &kept, &(0..3 * bar));
    let logits: Vec<f32> = (0..VOCABULARY as usize * steps).map(|index| 5.0 * uniform_of(index as u64)).collect();
    let written = drawn(draft, 0.0, &logits);
    assert_eq!(written[1..bar], written[bar + 1..2 * bar]); // but for the first step, which can hold nothing
    assert_eq!(written[bar..2 * bar], written[2 * bar..3 * bar]);
    assert_eq!(written[3 * bar..], kept[3 * bar..]);
    assert_ne!(written[..bar], kept[..bar]);
}

#[test]
fn all_is_unmasked_in_the_end_and_little_at_first() {
    let (steps, padded) = (30, 32);
    let mut draft = Draft::new(&SPECS, Drafting::default(), bars(steps), true, steps, padded);
    let mut logits = vec![0.0; 2 * VOCABULARY as usize * padded];
    let context = GenerateContext::new(1);
    let mut unknown = Vec::new();
    for pass in 0..Drafting::default().passes() {
        draft.unmask(pass, &mut logits, &context);
        unknown.push(draft.known.iter().filter(|known| **known < 0.5).count());
    }
    assert!(unknown[0] > 55 && unknown[8] > unknown[12], "{unknown:?}");
    assert_eq!(unknown.last(), Some(&0), "{unknown:?}");
    assert!(draft.lines().all(|line| line.len() == steps));
}

#[test]
fn the_likeliest_is_drawn_where_no_surprise_is_wanted() {
    let mut logits = vec![0.0; VOCABULARY as usize * 4];
    let favourite = FIRST_PITCH + 55 - i64::from(LOW);
    for step in 0..4 {
        logits[favourite as usize * 4 + step] = 8.0;
        logits[(favourite as usize + 30) * 4 + step] = 99.0; // out of the line's range
    }
    assert_eq!(drawn(alone(bars(4), 4), 0.0, &logits), [favourite; 4]);
}

#[test]
fn a_steady_line_keeps_its_rhythm_from_bar_to_bar() {
    let bars = SECTION + 1; // the last one begins another section, and ends
    let melody: Vec<LineStep> = (0..bars * 16)
        .map(|step| LineStep {
            pitch: Some(60 + (step / 16) as u8), // no bar is like another
            struck: step % 16 == 0,
        })
        .collect();
    let same = |steadiness: f32, is_drum: bool| {
        let steps = bars * 16;
        let mut draft = alone(Bars::new(&melody, 16, 0), steps);
        draft.set_sampling(vec![PartSampling { steadiness, ..PartSampling::default() }], vec![is_drum]);
        let written = drawn(draft, 0.5, &vec![0.0; VOCABULARY as usize * steps]); // the network has no opinion
        let rhythm = |token: &i64| (*token).min(FIRST_PITCH);
        let pairs = (1..bars * 16 - 32).filter(|step| step % 16 > 0).map(|step| (written[step], written[step + 16]));
        let pairs: Vec<(i64, i64)> = pairs.collect();
        let share = |alike: &dyn Fn(&(i64, i64)) -> bool| {
            pairs.iter().filter(|pair| alike(pair)).count() as f64 / pairs.len() as f64
        };
        (share(&|(a, b)| rhythm(a) == rhythm(b)), share(&|(a, b)| a == b))
    };
    let (rhythm, all) = same(1.0, false);
    assert!(rhythm == 1.0 && all < 0.95, "{rhythm} {all}");
    assert_eq!(same(1.0, true), (1.0, 1.0));
    let free = same(0.0, true);
    assert!(free.0 < 0.9 && free.1 < 0.6, "{free:?}");
    let half = same(0.6, true);
    assert!(free.1 < half.1 && half.1 < 1.0, "{free:?} {half:?}");
}

#[test]
fn voices_stay_below_the_melody_where_it_leaves_them_room() {
    let sung = |pitch| LineStep { pitch: Some(pitch), struck: true };
    // the ceiling of a beat is the lowest that is sung in the rest of it; 52 is too low for a line that begins at 50
    let melody = [[59, 59, 58, 59], [52; 4], [90; 4]].concat().into_iter().map(sung).collect::<Vec<_>>();
    let written = |below: bool| {
        let mut draft = alone(bars(12), 12);
        draft.keep_below(vec![below], &melody, 0);
        let mut logits = vec![0.0; VOCABULARY as usize * 12];
        for step in 0..12 {
            for pitch in 0..=60 - LOW as usize {
                logits[(FIRST_PITCH as usize + pitch) * 12 + step] = 20.0 + 3.0 * pitch as f32; // the higher the better
            }
        }
        let tokens = drawn(draft, 0.0, &logits);
        tokens.iter().map(|token| token - FIRST_PITCH + i64::from(LOW)).collect::<Vec<_>>()
    };
    assert_eq!(written(true), [58, 58, 58, 59, 60, 60, 60, 60, 60, 60, 60, 60]);
    assert_eq!(written(false), [60; 12]);
}

#[test]
fn sampling_makes_lines_rest_and_hold_more_or_less() {
    let counts = |rest: f32, hold: f32| {
        let steps = 320;
        let mut draft = alone(bars(steps), steps);
        draft.set_sampling(vec![PartSampling { rest, hold, ..PartSampling::default() }], vec![false]);
        let written = drawn(draft, 0.5, &vec![0.0; VOCABULARY as usize * steps]);
        let count = |token: i64| written.iter().filter(|other| **other == token).count();
        (count(REST), count(HOLD))
    };
    let (rests, holds) = counts(0.0, 0.0);
    assert!(counts(2.0, 0.0).0 > rests + 50 && counts(-2.0, 0.0).0 + 10 < rests);
    assert!(counts(0.0, 2.0).1 > holds + 50 && counts(0.0, -2.0).1 + 10 < holds);
}

#[test]
fn sampling_tames_sixteenths_and_pitches() {
    let written = |sampling: PartSampling| {
        let steps = 320;
        let mut draft = alone(bars(steps), steps);
        draft.set_sampling(vec![sampling], vec![false]);
        let mut logits = vec![0.0; VOCABULARY as usize * steps];
        let favourite = (FIRST_PITCH + 55 - i64::from(LOW)) as usize * steps;
        logits[favourite..favourite + steps].fill(2.0);
        drawn(draft, 0.5, &logits)
    };
    let plain = written(PartSampling::default());
    let between = |tokens: &[i64]| tokens.iter().skip(1).step_by(2).filter(|token| **token >= FIRST_PITCH).count();
    let on_eighths = |tokens: &[i64]| tokens.iter().step_by(2).filter(|token| **token >= FIRST_PITCH).count();
    let tame = written(PartSampling { sixteenths: -3.0, ..PartSampling::default() });
    assert!(between(&plain) > 80 && between(&tame) < between(&plain) / 2);
    assert!(on_eighths(&tame).abs_diff(on_eighths(&plain)) < 20);
    let strays = |boldness: f32| {
        let tokens = written(PartSampling { boldness, ..PartSampling::default() });
        let struck = tokens.iter().filter(|token| **token >= FIRST_PITCH);
        struck.filter(|token| **token != FIRST_PITCH + 55 - i64::from(LOW)).count()
    };
    let [timid, plain, bold] = [-2.0, 0.0, 2.0].map(strays);
    assert!(timid * 2 < plain && plain * 3 < bold * 2, "{timid} {plain} {bold}");
}

#[test]
fn bars_left_to_the_melody_alone_are_written_again() {
    let steps = 64;
    let melody = melody_line(&tune(steps));
    let mut draft = Draft::new(&SPECS, Drafting::default(), bars(steps), true, steps, steps);
    draft.keep(0, &[REST; 64], &(16..64)); // the first bar is somebody's rest
    let context = GenerateContext::new(3);
    // the network rests, but for the second line in the second bar
    let logits = || {
        let mut logits = vec![0.0; 2 * VOCABULARY as usize * steps];
        for step in 0..steps {
            for line in 0..2 {
                let strikes = line == 1 && (16..32).contains(&step);
                logits[(line * VOCABULARY as usize + REST as usize) * steps + step] = if strikes { -9.0 } else { 8.0 };
            }
        }
        logits
    };
    let passes = Drafting::default().passes();
    for pass in 0..passes {
        draft.unmask(pass, &mut logits(), &context);
    }
    let before: Vec<Vec<i64>> = draft.lines().map(<[i64]>::to_vec).collect();
    assert!(before[1][32..].iter().all(|token| *token == REST || *token == HOLD));
    assert!(draft.remask_bare_bars(&melody));
    for pass in passes..passes + BARE_PASSES {
        draft.unmask(pass, &mut logits(), &context);
    }
    let after: Vec<&[i64]> = draft.lines().collect();
    let strikes =
        |line: usize, range: Range<usize>| after[line][range].iter().filter(|token| **token >= FIRST_PITCH).count();
    assert_eq!(after[1][16..32], before[1][16..32], "what was answered stays");
    assert_eq!(after[0][..16], [REST; 16], "what is kept stays");
    assert!(strikes(1, 0..16) + strikes(0, 32..64) + strikes(1, 32..64) > 0);
    assert!(draft.known.iter().all(|known| *known > 0.5));
}
