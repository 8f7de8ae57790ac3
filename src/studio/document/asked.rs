//! The score as the engine is asked about it: what it is not to write is locked there.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    takes::GeneratedTakes,
    with_take::{self, Foreseen},
};
use crate::{
    engine_client::PartSpec,
    music::{Part, Role, Score},
};

/// Whether no locked part of a score stands where a model of these parts would write one of them.
pub fn is_free(part: &PartSpec, parts: &[PartSpec], score: &Score) -> bool {
    let mut others = score.parts.iter().enumerate().filter(|(index, _)| Some(*index) != score.melody);
    !others.any(|(_, other)| other.locked && plays(other, part, parts))
}

/// Whether a part of a score is the one that a model of these parts would write: the one of its role, and where several
/// are of that role, of its name.
fn plays(part: &Part, wanted: &PartSpec, parts: &[PartSpec]) -> bool {
    let is_only = || wanted.role != Role::Other && parts.iter().filter(|part| part.role == wanted.role).count() == 1;
    part.role == wanted.role && (part.name == wanted.name || is_only())
}

/// What takes of a model of these parts would leave of a score, with an introduction of so many bars.
pub fn foreseen(
    score: &Score,
    takes: &GeneratedTakes,
    parts: &[PartSpec],
    left_out: &BTreeSet<String>,
    introduction: u32,
) -> Foreseen {
    let written: Vec<Role> = (parts.iter())
        .filter(|part| !left_out.contains(&part.name) && is_free(part, parts, score))
        .map(|part| part.role)
        .collect();
    let asked = asked_score(score, parts, left_out);
    with_take::foreseen(score, &asked, introduction, |role| written.contains(&role), |part| takes.wrote(part))
}

/// The score as the engine is asked about it: a part that is not to be written is locked, or where there is none, an
/// empty one stands for it. Who leaves one out wants the others written and nothing else changed: then what none of
/// them plays is locked, too.
pub fn asked_score(score: &Score, parts: &[PartSpec], left_out: &BTreeSet<String>) -> Score {
    let mut asked = score.clone();
    for wanted in parts.iter().filter(|part| left_out.contains(&part.name)) {
        let mut others = asked.parts.iter().enumerate().filter(|(index, _)| Some(*index) != score.melody);
        let place = others.find(|(_, part)| plays(part, wanted, parts)).map(|(index, _)| index);
        if let Some(part) = place.and_then(|place| asked.part_mut(place)) {
            part.locked = true;
        } else {
            let role = wanted.role;
            asked.parts.push(Arc::new(Part { role, locked: true, ..Part::new(&wanted.name, wanted.program) }));
        }
    }
    let is_written =
        |part: &Part| parts.iter().any(|wanted| !left_out.contains(&wanted.name) && plays(part, wanted, parts));
    if parts.iter().any(|part| left_out.contains(&part.name)) {
        for index in (0..score.parts.len()).filter(|index| Some(*index) != score.melody) {
            if !score.parts[index].notes.is_empty() && !is_written(&score.parts[index]) {
                asked.parts[index] = Arc::new(Part { locked: true, ..Part::clone(&score.parts[index]) });
            }
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;

    fn spec(role: Role, name: &str) -> PartSpec {
        PartSpec { role, name: name.into(), program: 0, is_drum: false, low: 0, high: 127 }
    }

    #[test]
    fn a_part_that_is_left_out_is_locked_for_the_engine_alone() {
        let mut bass = Part::new("Bass", 32);
        (bass.role, bass.notes) = (Role::Bass, vec![note(0, 480, 40)]);
        let score = Score { parts: vec![Arc::new(Part::new("Tune", 0)), Arc::new(bass)], ..Score::default() };
        let specs = [spec(Role::Bass, "Bass"), spec(Role::Drums, "Drums"), spec(Role::Guitar, "Guitar")];
        let left_out = ["Bass", "Drums"].map(str::to_owned).into();
        let asked = asked_score(&score, &specs, &left_out);
        let locked: Vec<_> = asked.parts.iter().filter(|part| part.locked).map(|part| part.name.as_str()).collect();
        assert_eq!(locked, ["Bass", "Drums"]);
        assert_eq!((asked.parts[1].notes.len(), asked.parts[2].role), (1, Role::Drums));
        assert!(score.parts.iter().all(|part| !part.locked));
        assert_eq!(specs.each_ref().map(|spec| is_free(spec, &specs, &asked)), [false, false, true]);
        assert_eq!(asked_score(&score, &specs, &BTreeSet::new()), score);
        // what no part plays that is to be written stays as it is, too
        let mut choir = Part::new("Choir", 52);
        (choir.role, choir.notes) = (Role::Pad, vec![note(0, 480, 60)]);
        let with_choir = Score { parts: [score.parts.clone(), vec![Arc::new(choir)]].concat(), ..score };
        let is_locked = |left_out| asked_score(&with_choir, &specs, left_out).parts[2].locked;
        assert_eq!([&left_out, &BTreeSet::new()].map(is_locked), [true, false]);
        // a melody for strings is no part of a model
        let melody = Score { melody: Some(1), ..with_choir };
        let asked = asked_score(&melody, &specs, &left_out);
        assert_eq!(asked.parts.iter().map(|part| part.locked).collect::<Vec<_>>(), [false, false, true, true, true]);
    }
}
