//! Moves by keys, one after the other: what lies on their way stays whole, and only where they end notes are cut, as
//! under the mouse.

use std::sync::Arc;

use super::{interface::RollInput, state::Roll};
use crate::{
    music::{
        Key, Part, Score,
        edit::{self, ChosenNotes, Selection},
    },
    plural::counted,
};

/// How far notes are moved.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    /// In time and pitch.
    TicksAndSemitones(i64, i32),
    /// By steps of the scale.
    ScaleSteps(i32),
}

impl By {
    /// Both together; `None` where they are of two kinds.
    fn and(self, more: Self) -> Option<Self> {
        match (self, more) {
            (Self::TicksAndSemitones(ticks, semitones), Self::TicksAndSemitones(more_ticks, more_semitones)) => {
                Some(Self::TicksAndSemitones(ticks + more_ticks, semitones + more_semitones))
            }
            (Self::ScaleSteps(steps), Self::ScaleSteps(more)) => Some(Self::ScaleSteps(steps + more)),
            _ => None,
        }
    }

    /// `None` where a note would leave the range of pitches.
    fn apply(self, part: &mut Part, selection: &Selection, key: Option<Key>) -> Option<Selection> {
        match self {
            Self::TicksAndSemitones(ticks, semitones) => {
                let (_, possible) = selection.clamped_move(ticks, semitones);
                (possible == semitones).then(|| edit::move_by(part, selection, ticks, semitones))
            }
            Self::ScaleSteps(steps) => edit::transpose_in_scale(part, selection, key?, steps),
        }
    }
}

/// Notes that were moved by keys, and from where.
#[derive(Debug)]
pub(super) struct Journey {
    /// The score and its notes before the first move.
    before: Arc<Score>,
    chosen: ChosenNotes,
    by: By,
    /// What the last move left.
    parts: Vec<Arc<Part>>,
    moved: ChosenNotes,
}

impl Journey {
    /// Whether nothing has happened since but that.
    fn goes_on(&self, score: &Score, chosen: &ChosenNotes) -> bool {
        self.moved == *chosen && self.parts == score.parts
    }
}

impl Roll {
    /// Moves notes as one step of the history; of one journey with the moves before it where nothing came between.
    pub(super) fn move_chosen(&mut self, input: &RollInput<'_>, verb: &str, chosen: ChosenNotes, by: By) {
        let journey = self.journey.take().filter(|journey| journey.goes_on(input.score, &chosen));
        let further = journey.as_ref().and_then(|journey| {
            let by = journey.by.and(by)?;
            Some((Arc::clone(&journey.before), journey.chosen.clone(), by))
        });
        let (before, chosen, by) = further.unwrap_or_else(|| (Arc::clone(input.score), chosen, by));
        let mut score = Score::clone(input.score);
        score.parts.clone_from(&before.parts);
        let moved = chosen.edit(&mut score, |part, selection| by.apply(part, selection, input.key));
        let Some(moved) = moved.filter(|_| score.parts != input.score.parts) else {
            self.journey = journey; // it has come to an end of time or pitch
            return;
        };
        let count = if moved.is_empty() { chosen.len() } else { moved.len() };
        let selection = input.bars.is_none().then(|| moved.in_part(input.part));
        self.journey = Some(Journey { before, chosen, by, parts: score.parts.clone(), moved });
        self.commit(input, format!("{verb} {}", counted(count, "note")), score, selection);
    }
}
