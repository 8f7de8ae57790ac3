//! Judged on the built-in chorales, with generators whose worth is known.

use super::*;
use crate::corpus::builtin::Style;
use crate::corpus::{ReadOptions, decide_split};

const ROLES: [Role; 3] = [Role::Alto, Role::Tenor, Role::Bass];

fn plan() -> Plan {
    let mut pieces: Vec<_> = (0..80).map(|number| Style::Chorale.piece(2, number)).collect();
    let options = ReadOptions { valid_one_in: 4, ..ReadOptions::default() };
    decide_split(&mut pieces, &options);
    let dataset = Dataset { pieces, ..Dataset::default() };
    Plan::new(dataset, &ROLES, 12, 1).unwrap()
}

fn real(plan: &Plan) -> Vec<Vec<Grid>> {
    plan.pieces().map(|piece| ROLES.iter().map(|&role| piece.part(role).unwrap().clone()).collect()).collect()
}

#[test]
fn the_real_parts_are_real_and_the_controls_in_order() {
    let plan = plan();
    assert_eq!(plan.pieces().len(), 12);
    let written: Vec<Vec<Vec<Grid>>> = real(&plan).into_iter().map(|parts| vec![parts.clone(), parts]).collect();
    let evaluation = plan.evaluate(&written);
    assert_eq!((evaluation.pieces, evaluation.takes), (12, 2));
    assert!(evaluation.model.similarity.similarity > 0.9, "{evaluation:?}");
    assert_eq!(evaluation.model.similarity, evaluation.real.similarity);
    assert_eq!(evaluation.model.parts, evaluation.real.parts);
    assert_eq!(evaluation.model.variety, Some(0.0));
    let s = |name: &str| evaluation.controls[name].similarity.similarity;
    assert!(s("random_training_accompaniment") < 0.75, "{evaluation:?}");
    assert!(s("nearest_melody") > s("random_training_accompaniment"), "{evaluation:?}");
    assert!(s("noise") < 0.1 && s("silence") == 0.0, "{evaluation:?}");
    assert_eq!(evaluation.controls["nearest_melody"].copying, 1.0);
    let dissonant = evaluation.controls["random_training_accompaniment"].dissonance;
    assert!(dissonant > evaluation.real.dissonance);
}

#[test]
fn only_what_the_melody_spans_is_judged() {
    let mut piece = Style::Chorale.piece(2, 5);
    let whole = piece.clone();
    trim(&mut piece);
    let (bar, bars) = (whole.steps_per_bar, whole.bars());
    assert_eq!(piece.bars(), bars, "a chorale begins and ends with its melody");
    let mut late = whole.clone();
    for step in (0..2 * bar).chain((bars - 1) * bar..bars * bar) {
        for pitch in 0..128 {
            late.melody.set(step, pitch, crate::music::Cell::Silent);
        }
    }
    trim(&mut late);
    assert_eq!(late.bars(), bars - 3);
    let alto = |piece: &Piece| piece.part(Role::Alto).unwrap().clone();
    assert_eq!(alto(&late), alto(&whole).window(2 * bar, (bars - 3) * bar));
}

#[test]
fn takes_that_differ_have_variety() {
    let plan = plan();
    let mut others = real(&plan);
    others.rotate_left(1);
    let fitted =
        |parts: Vec<Grid>, steps: usize| -> Vec<Grid> { parts.iter().map(|grid| grid.window(0, steps)).collect() };
    let written: Vec<Vec<Vec<Grid>>> = real(&plan)
        .into_iter()
        .zip(others)
        .map(|(own, other)| {
            let steps = own[0].steps();
            vec![own, fitted(other, steps)]
        })
        .collect();
    let evaluation = plan.evaluate(&written);
    assert!(evaluation.model.variety.unwrap() > 0.8);
    assert!(evaluation.model.similarity.similarity < evaluation.real.similarity.similarity);
}

#[test]
fn nothing_to_compare_is_told() {
    let mut pieces = vec![Style::Chorale.piece(1, 1)];
    let alone = Dataset { pieces: pieces.clone(), ..Dataset::default() };
    assert!(matches!(Plan::new(alone, &ROLES, 9, 1), Err(EvaluateError::NothingHeldOut)));
    pieces[0].split = Split::Valid;
    let chorale = Dataset { pieces, ..Dataset::default() };
    let error = Plan::new(chorale, &[Role::Drums], 9, 1).unwrap_err();
    assert_eq!(error.to_string(), "the held-out pieces have none of the parts that this model writes (drums)");
}
