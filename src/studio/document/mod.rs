//! What is worked on: the score and the way back, the chosen part, the loop, what is being recorded, the takes to
//! choose from. Knows no window and no service.

pub mod recording;
pub mod snap;
pub mod takes;
mod transport;

use std::{cell::Cell, ops::Range, sync::Arc};

pub use self::transport::LoopAndTaps;
use self::{
    recording::{Recent, RecordedTakes, Recording},
    takes::GeneratedTakes,
};
use crate::{
    library::store::Composition,
    music::{Key, Part, Score, TempoMap, Tick, history::History, key},
};

/// What is worked on.
#[derive(Debug, Default)]
pub struct Document {
    /// The score and the way back.
    pub history: History,
    /// The part that is edited and recorded into.
    pub part: usize,
    /// Where it loops.
    pub transport: LoopAndTaps,
    /// The take being played in, if one is.
    pub recording: Option<Recording>,
    /// The takes that the last recording left to choose from.
    pub recorded_takes: RecordedTakes,
    /// What was played while nothing was recorded.
    pub recent: Recent,
    /// What a model wrote, to choose from.
    pub takes: GeneratedTakes,
    /// Counts the compositions that were opened, so that views know when to start anew.
    pub opened: u64,
    /// The key of a revision of the score.
    key: Cell<(Option<u64>, Option<Key>)>,
}

impl Document {
    /// The score as shown and heard.
    pub fn score(&self) -> &Arc<Score> {
        self.history.score()
    }

    /// The part that is edited, if there is one.
    pub fn chosen_part(&self) -> Option<&Arc<Part>> {
        self.score().parts.get(self.part)
    }

    /// The key that is set, or that the notes suggest.
    pub fn key(&self) -> Option<Key> {
        let revision = Some(self.history.revision());
        let (known, key) = self.key.get();
        if known == revision {
            return key;
        }
        let score = self.history.committed();
        let notes = score.parts.iter().filter(|part| !part.is_drum).flat_map(|part| &part.notes);
        let key = score.keys.first().map(|change| change.key).or_else(|| key::detect(notes));
        self.key.set((revision, key));
        key
    }

    /// The range that is looped, where the loop is on.
    pub fn active_loop(&self) -> Option<Range<Tick>> {
        self.transport.loop_range.clone().filter(|_| self.transport.looping)
    }

    /// Keeps the chosen part one that there is.
    pub fn clamp_part(&mut self) {
        self.part = self.part.min(self.score().parts.len().saturating_sub(1));
    }

    /// Changes the score as one undo step; a take that is heard is kept first.
    pub fn edit(&mut self, label: &str, change: impl FnOnce(&mut Score)) {
        self.keep_audition();
        self.history.edit(label, change);
    }

    /// Changes a part as one undo step.
    pub fn edit_part(&mut self, index: usize, label: &str, change: impl FnOnce(&mut Part)) {
        self.edit(label, |score| {
            if let Some(part) = score.part_mut(index) {
                change(part);
            }
        });
    }

    /// Shows and plays a change of the score until it is committed or cancelled.
    pub fn preview(&mut self, change: impl FnOnce(&mut Score)) {
        self.keep_audition();
        let mut score = Score::clone(self.history.committed());
        change(&mut score);
        self.history.preview(score);
        self.preview_replaced();
    }

    /// Adds an empty part and chooses it.
    pub fn add_part(&mut self) {
        let mut part = Part::new(format!("Part {}", self.score().parts.len() + 1), 0);
        part.color = takes::free_color(&self.score().parts);
        self.edit("Add part", |score| {
            score.parts.push(Arc::new(part));
            if score.melody.is_none() {
                score.melody = Some(score.parts.len() - 1);
            }
        });
        self.part = self.score().parts.len() - 1;
    }

    /// Takes a part out of the score.
    pub fn remove_part(&mut self, index: usize) {
        self.edit("Remove part", |score| {
            if index < score.parts.len() {
                score.parts.remove(index);
                score.melody = match score.melody {
                    Some(melody) if melody == index => None,
                    Some(melody) if melody > index => Some(melody - 1),
                    same => same,
                };
            }
        });
        self.clamp_part();
    }

    /// Changes the tempo from the change of tempo on that `tick` is behind, as one undo step.
    pub fn set_tempo(&mut self, tick: Tick, qpm: f64) {
        self.edit("Tempo", |score| score.tempo = score.tempo.with_qpm_at(tick, qpm.clamp(20.0, 300.0)));
    }

    /// Plays and shows this take instead of the score as it was; `None` goes back to that.
    pub fn audition(&mut self, take: Option<usize>) {
        let score = take
            .and_then(|take| self.takes.results.get(take))
            .map(|result| takes::with_take(self.history.committed(), result));
        match score {
            Some(score) => {
                self.takes.audition = take;
                self.history.preview(score);
            }
            None => self.drop_audition(),
        }
    }

    /// Goes back to the score as it was before the takes.
    pub fn drop_audition(&mut self) {
        if self.takes.audition.take().is_some() {
            self.history.cancel();
        }
    }

    /// Makes the take that is heard one undo step. Whatever edits the score while one is heard keeps it first.
    pub fn keep_audition(&mut self) {
        if let Some(take) = self.takes.audition.take() {
            self.takes.note_kept(take);
            let score = Arc::clone(self.history.score());
            self.history.commit(format!("Keep take {}", take + 1), score);
        }
    }

    /// Shows again what a recording that replaces has taken away, after something else was previewed.
    pub fn preview_replaced(&mut self) {
        if let Some(recording) = &mut self.recording {
            recording.preview_replaced();
        }
    }

    /// Forgets the takes of the last recording once the score was changed otherwise.
    pub fn settle_recorded_takes(&mut self) {
        self.recorded_takes.settle(&self.history);
    }

    /// Begins an empty composition, to be named by the library.
    pub fn begin_empty(&mut self, named: impl FnOnce(Score) -> Arc<Score>) {
        self.drop_audition();
        self.takes.results.clear();
        let mut melody = Part::new("Melody", 0);
        melody.role = crate::music::Role::Melody;
        let score = named(Score {
            title: "New composition".into(),
            tempo: TempoMap::constant(100.0),
            parts: vec![Arc::new(melody)],
            melody: Some(0),
            ..Score::default()
        });
        self.history.commit("New composition", score);
        self.part = 0;
        self.transport.loop_range = None;
        self.transport.looping = false;
    }

    /// Works on a composition from now on; there is nothing to undo but a recording that was cut off.
    pub fn open(&mut self, composition: Composition) {
        self.takes = GeneratedTakes::from_kept(composition.takes.as_deref());
        self.history.reset(Arc::clone(&composition.score));
        if let Some((position, part)) = composition.recording {
            self.history.edit("Record", |score| {
                if let Some(place) = score.parts.get_mut(position) {
                    *place = Arc::new(part);
                }
            });
        }
        self.part = composition.part;
        self.transport.loop_range = None;
        self.transport.looping = false;
        self.opened += 1;
    }
}
