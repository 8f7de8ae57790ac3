//! Judged on the built-in chorales, with generators whose worth is known.

use super::*;
use crate::corpus::builtin::Style;
use crate::corpus::{ReadOptions, decide_split};
use crate::measures::musical::Measure;

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
    let s = |measured: &Measured| measured.similarity.similarity.unwrap();
    assert!(s(&evaluation.model.measured) > 0.9, "{evaluation:?}");
    assert_eq!(evaluation.model.measured.similarity, evaluation.real.similarity);
    assert_eq!(evaluation.model.measured.parts, evaluation.real.parts);
    assert_eq!(evaluation.model.measured.variety, Some(0.0));
    assert_eq!(evaluation.model.measured.musical.get(Measure::Agreement), Some(1.0));
    assert_eq!(
        evaluation.model.measured.musical.get(Measure::Stepwise),
        evaluation.real.musical.get(Measure::Stepwise)
    );
    let controls = &evaluation.controls;
    assert!(s(&controls["other_real_pieces"]) > 0.75, "{evaluation:?}");
    assert!(s(&controls["random_training_accompaniment"]) < 0.5, "{evaluation:?}");
    assert!(s(&controls["noise"]) < 0.1 && s(&controls["silence"]) == 0.0, "{evaluation:?}");
    assert_eq!(controls["nearest_melody"].copying, 1.0);
    assert!(controls["random_training_accompaniment"].dissonance > evaluation.real.dissonance);
    // what is measured cannot be told from itself, and lines without their order are no lines
    let passes = evaluation.model.passes_as_real.as_ref().unwrap();
    assert!(passes.auc.linear <= 0.5 && passes.auc.boosted <= 0.5, "{passes:?}");
    let broken = &evaluation.destroyed["lines"];
    assert_eq!(broken.similarity.similarity, Some(0.0));
    assert!(broken.musical.get(Measure::BassBits) > evaluation.real.musical.get(Measure::BassBits));
    assert!(!evaluation.destroyed.contains_key("kit"));
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
    assert!(evaluation.model.measured.variety.unwrap() > 0.8);
    assert!(evaluation.model.measured.similarity.similarity < evaluation.real.similarity.similarity);
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

#[test]
fn the_ends_of_the_keyboard_can_be_judged() {
    let plan = plan();
    let extreme = |piece: &Piece| {
        let mut grid = Grid::silent(piece.steps());
        (0..piece.steps()).for_each(|step| grid.set(step, step % 2 * 127, crate::music::Cell::Onset));
        vec![vec![grid.clone(), grid.clone(), grid]]
    };
    let written: Vec<Vec<Vec<Grid>>> = plan.pieces().map(extreme).collect();
    assert_eq!(plan.judge(&written).measured.similarity.similarity, Some(0.0));
}
