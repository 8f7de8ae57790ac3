//! How drafts are settled, with logits made up.

use super::*;
use crate::gan::cantus::tokens::melody_line;
use crate::gan::network::tests::tune;

const SPECS: [LineSpec; 2] = [
    LineSpec {
        part: 0,
        low: 50,
        high: 60,
    },
    LineSpec {
        part: 1,
        low: 30,
        high: 40,
    },
];

fn bars(steps: usize) -> Bars {
    Bars::new(&melody_line(&tune(steps)), 16, 0)
}

#[test]
fn equal_bars_are_answered_alike_and_what_is_kept_stays() {
    // four bars of 14 quarters; logits that differ from step to step without any order
    let (steps, bar) = (4 * 56, 56);
    let line = melody_line(&tune(steps));
    let mut draft = Draft::new(&SPECS[..1], Drafting::default(), Bars::new(&line, bar, 0), true, steps, steps);
    assert_eq!(draft.bars.alike, [[0, 1, 2]]);
    let kept: Vec<i64> = (0..steps as i64).map(|step| FIRST_PITCH + 30 + step % 3).collect();
    draft.keep(0, &kept, &(0..3 * bar));
    let context = GenerateContext {
        surprise: 0.0,
        ..GenerateContext::new(3)
    };
    for pass in 0..Drafting::default().passes() {
        let mut logits: Vec<f32> = (0..VOCABULARY as usize * steps).map(|index| 5.0 * hashed(index as u64)).collect();
        draft.settle(pass, &mut logits, &context);
    }
    let written = draft.lines().next().unwrap();
    assert_eq!(written[1..bar], written[bar + 1..2 * bar]); // but for the first step, which can hold nothing
    assert_eq!(written[bar..2 * bar], written[2 * bar..3 * bar]);
    assert_eq!(written[3 * bar..], kept[3 * bar..]);
    assert_ne!(written[..bar], kept[..bar]);
}

#[test]
fn all_is_settled_in_the_end_and_little_at_first() {
    let (steps, padded) = (30, 32);
    let mut draft = Draft::new(&SPECS, Drafting::default(), bars(steps), true, steps, padded);
    let mut logits = vec![0.0; 2 * VOCABULARY as usize * padded];
    let context = GenerateContext::new(1);
    let mut unknown = Vec::new();
    for pass in 0..Drafting::default().passes() {
        draft.settle(pass, &mut logits, &context);
        unknown.push(draft.known.iter().filter(|known| **known < 0.5).count());
    }
    assert!(unknown[0] > 55 && unknown[8] > unknown[12], "{unknown:?}");
    assert_eq!(unknown.last(), Some(&0), "{unknown:?}");
    assert!(draft.lines().all(|line| line.len() == steps));
}

#[test]
fn the_likeliest_is_drawn_where_no_surprise_is_wanted() {
    let mut draft = Draft::new(&SPECS[..1], Drafting::default(), bars(4), true, 4, 4);
    let mut logits = vec![0.0; VOCABULARY as usize * 4];
    let favourite = FIRST_PITCH + 55 - i64::from(LOW);
    for step in 0..4 {
        logits[favourite as usize * 4 + step] = 8.0;
        logits[(favourite as usize + 30) * 4 + step] = 99.0; // out of the line's range
    }
    let context = GenerateContext {
        surprise: 0.0,
        ..GenerateContext::new(3)
    };
    for pass in 0..Drafting::default().passes() {
        draft.settle(pass, &mut logits, &context);
    }
    assert_eq!(draft.lines().next().unwrap(), [favourite; 4]);
}

#[test]
fn a_steady_line_keeps_its_rhythm_from_bar_to_bar() {
    let bars = 16;
    let melody: Vec<LineStep> = (0..bars * 16)
        .map(|step| LineStep {
            pitch: Some(60 + (step / 16) as u8), // no bar is like another
            struck: step % 16 == 0,
        })
        .collect();
    let same = |steadiness: f32, is_drum: bool| {
        let steps = bars * 16;
        let mut draft = Draft::new(&SPECS[..1], Drafting::default(), Bars::new(&melody, 16, 0), true, steps, steps);
        draft.steady(vec![steadiness], vec![is_drum]);
        for pass in 0..Drafting::default().passes() {
            let mut logits = vec![0.0; VOCABULARY as usize * steps]; // the network has no opinion
            draft.settle(pass, &mut logits, &GenerateContext::new(3));
        }
        let written = draft.lines().next().unwrap();
        let rhythm = |token: &i64| (*token).min(FIRST_PITCH);
        let pairs = (1..bars * 16 - 16)
            .filter(|step| step % 16 > 0)
            .map(|step| (written[step], written[step + 16]));
        let pairs: Vec<(i64, i64)> = pairs.collect();
        let share = |alike: &dyn Fn(&(i64, i64)) -> bool| pairs.iter().filter(|pair| alike(pair)).count() as f64 / pairs.len() as f64;
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
    let sung = |pitch| LineStep {
        pitch: Some(pitch),
        struck: true,
    };
    // the ceiling of a beat is the lowest that is sung in the rest of it; 52 is too low for a line that begins at 50
    let melody = [[59, 59, 58, 59], [52; 4], [90; 4]]
        .concat()
        .into_iter()
        .map(sung)
        .collect::<Vec<_>>();
    let written = |below: bool| {
        let mut draft = Draft::new(&SPECS[..1], Drafting::default(), bars(12), true, 12, 12);
        draft.stay_below(vec![below], &melody, 0);
        let mut logits = vec![0.0; VOCABULARY as usize * 12];
        for step in 0..12 {
            for pitch in 0..=60 - LOW as usize {
                logits[(FIRST_PITCH as usize + pitch) * 12 + step] = 20.0 + 3.0 * pitch as f32; // the higher the better
            }
        }
        for pass in 0..Drafting::default().passes() {
            draft.settle(
                pass,
                &mut logits,
                &GenerateContext {
                    surprise: 0.0,
                    ..GenerateContext::new(1)
                },
            );
        }
        draft
            .lines()
            .next()
            .unwrap()
            .iter()
            .map(|token| token - FIRST_PITCH + i64::from(LOW))
            .collect::<Vec<_>>()
    };
    assert_eq!(written(true), [58, 58, 58, 59, 60, 60, 60, 60, 60, 60, 60, 60]);
    assert_eq!(written(false), [60; 12]);
}

#[test]
fn bars_of_the_same_notes_share_a_label() {
    let line = melody_line(&tune(16 * 14));
    let labels = bar_labels(&line, 14 * 4, 0);
    assert_eq!(labels.len(), 4);
    assert!(labels.iter().all(|label| *label == labels[0]));
    let labels = bar_labels(&line, 16, 0);
    assert_ne!(labels[0], labels[1]);
}
