//! What is worked on: the score and the way back, the chosen part, the loop, what is being recorded, the takes to
//! choose from. Knows no window and no service.

pub mod asked;
pub mod recording;
pub mod rests;
pub mod snap;
pub mod step_entry;
pub mod takes;
mod transport;
mod undone;
pub mod with_take;

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

use self::{
    recording::{Recent, RecordedTakes, Recording},
    step_entry::StepEntry,
    takes::{GeneratedTake, GeneratedTakes},
};
pub use self::{transport::LoopAndTaps, undone::Undone};
use crate::{
    library::store::{AsLeft, Composition},
    music::{Key, Outline, OwnMarks, Part, Role, Score, TempoMap, Tick, edit::TimeChange, history::History, key},
};

/// Of so many compositions that were left, the way back is kept.
const MOST_SHELVED: usize = 8;

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
    /// Takes and loops of compositions that were left and that an undo leads back to, by their ids.
    left: HashMap<u64, (GeneratedTakes, LoopAndTaps)>,
    /// Step entry, where it is on.
    pub step_entry: Option<StepEntry>,
    /// What undo or redo did last.
    pub undone: Option<Undone>,
    /// Counts the compositions that were opened, so that views know when to start anew.
    pub opened: u64,
    /// The compositions in which a take was kept, so that it can be made again.
    kept_in: HashSet<u64>,
    /// The number of a take that was kept because it was changed, until the user has been told.
    pub kept_by_change: Option<usize>,
    /// The steps of undo that changed the time, by their numbers.
    time_steps: HashMap<u64, TimeStep>,
    /// The way back of compositions that were left, the last one last: it is there when they are opened again.
    shelf: Vec<History>,
    /// The key that was found last of each composition, by their ids.
    keys: RefCell<HashMap<u64, FoundKey>>,
}

/// A step of undo that changed the time, and the loop on both sides of it.
#[derive(Debug)]
struct TimeStep {
    change: TimeChange,
    loops: [Option<Range<Tick>>; 2],
}

/// The key of a revision of a composition.
#[derive(Clone, Copy, Debug)]
struct FoundKey {
    /// `None` where it was found when the composition was open before.
    revision: Option<u64>,
    key: Option<Key>,
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

    /// The key in force at a tick, where any is set; else the one that the notes suggest.
    pub fn key_at(&self, tick: Tick) -> Option<Key> {
        self.history.committed().key_change_at(tick).map_or_else(|| self.found_key(), |change| Some(change.key))
    }

    /// The key that the notes suggest. Once found, it stays until another one fits clearly better; so it is kept with
    /// the composition.
    pub fn found_key(&self) -> Option<Key> {
        let revision = Some(self.history.revision());
        let score = self.history.committed();
        let known = self.keys.borrow().get(&score.id).copied();
        if let Some(known) = known.filter(|known| known.revision == revision) {
            return known.key;
        }
        let key = key::found_in(score, known.and_then(|known| known.key));
        self.keys.borrow_mut().insert(score.id, FoundKey { revision, key });
        key
    }

    /// What is kept of the composition beside its music.
    pub fn as_left(&self) -> AsLeft {
        let LoopAndTaps { loop_range, looping, .. } = &self.transport;
        AsLeft { found_key: self.found_key(), loop_range: loop_range.clone(), looping: *looping }
    }

    /// Whether a take was kept in the composition.
    pub fn has_kept_take(&self) -> bool {
        self.kept_in.contains(&self.history.committed().id)
    }

    /// The range that is looped, where the loop is on.
    pub fn active_loop(&self) -> Option<Range<Tick>> {
        self.transport.loop_range.clone().filter(|_| self.transport.looping)
    }

    /// The bars that are regenerated: those of the loop, where it is on, else the one under the playhead; from 0, the
    /// last one excluded.
    pub fn bars_to_regenerate(&self, playhead: Tick) -> (u32, u32) {
        let metre = &self.history.committed().metre;
        let bar_at = |tick| metre.position(tick).bar;
        match self.active_loop() {
            Some(range) => (bar_at(range.start), bar_at(range.end.saturating_sub(1)) + 1),
            None => (bar_at(playhead), bar_at(playhead) + 1),
        }
    }

    /// Keeps the chosen part one that there is.
    pub fn clamp_part(&mut self) {
        self.part = self.part.min(self.score().parts.len().saturating_sub(1));
    }

    /// The score that edits begin from: as it was last committed, with the take that is heard.
    pub fn base(&self) -> Arc<Score> {
        let committed = self.history.committed();
        self.takes
            .heard()
            .map_or_else(|| Arc::clone(committed), |heard| Arc::new(with_generated(committed, &self.takes, heard)))
    }

    /// Changes the score as one undo step.
    pub fn edit(&mut self, label: &str, change: impl FnOnce(&mut Score)) {
        let mut score = Score::clone(&self.base());
        change(&mut score);
        self.commit(label, score);
    }

    /// Makes this score the one that is worked on, as one undo step. Where a take is heard, a change of the mix goes on
    /// to all takes and the take stays one of several; any other change keeps it first.
    pub fn commit(&mut self, label: impl Into<String>, score: impl Into<Arc<Score>>) {
        let score = score.into();
        let label = label.into();
        let Some(heard) = self.takes.audition else {
            self.history.commit(label, score);
            return;
        };
        let before = self.base();
        if score == before {
            self.cancel_preview();
        } else if let Some(mixed) = self.mixed(&before, &score) {
            self.history.commit(label, mixed);
            self.choose_take(Some(heard));
        } else {
            self.kept_by_change = self.takes.heard().map(|heard| heard.number);
            self.keep_audition();
            self.history.commit(label, score);
        }
    }

    /// The score without the take that is heard, mixed as `now` is; `None` where that differs in more from what was
    /// `before`, both with the take.
    fn mixed(&mut self, before: &Score, now: &Score) -> Option<Score> {
        let is_mix = |(before, now): (&Arc<Part>, &Arc<Part>)| {
            let mut like = Part::clone(before);
            with_take::mixed_like(&mut like, now);
            like == **now
        };
        // what has moved behind an introduction is another score
        let is_in_place = self.takes.heard().is_none_or(|heard| heard.take.outline.bars_before == 0);
        let is_mixed = is_in_place
            && before.parts.len() == now.parts.len()
            && (before.melody, &before.chords, &before.sections) == (now.melody, &now.chords, &now.sections)
            && before.parts.iter().zip(&now.parts).all(is_mix);
        if !is_mixed {
            return None;
        }
        let committed = self.history.committed();
        let mut mixed = Score {
            parts: committed.parts.clone(),
            melody: committed.melody,
            chords: committed.chords.clone(),
            sections: committed.sections.clone(),
            ..Score::clone(now)
        };
        for (_, now) in before.parts.iter().zip(&now.parts).filter(|(before, now)| before != now) {
            let same = mixed.parts.iter().position(|part| with_take::is_same(part, now));
            if let Some(part) = same.and_then(|place| mixed.part_mut(place)) {
                with_take::mixed_like(part, now);
            } else if let Some(old) = replaced_by(now, committed, &self.takes).and_then(|place| mixed.part_mut(place)) {
                with_take::placed_like(old, now); // else it would go back to that of the old part
            }
            self.takes.mix_like(now);
        }
        Some(mixed)
    }

    /// Changes the time of the composition as one undo step. The loop stays on its bars, and takes stay beside the
    /// melody that they were written to.
    pub fn change_time(&mut self, label: impl Into<String>, change: TimeChange) {
        let revision = self.history.revision();
        let score = change.applied_to(&self.base());
        self.commit(label, score);
        let Some(step) = self.history.undo_step().filter(|_| self.history.revision() != revision) else { return };
        let before = self.transport.loop_range.clone();
        let after = before.as_ref().and_then(|range| change.range_after(range));
        self.transport.set_loop(after.clone());
        self.takes.go_with(&change);
        self.time_steps.insert(step, TimeStep { change, loops: [before, after] });
    }

    /// Takes the last step back.
    pub fn undo(&mut self) {
        let (step, before) = (self.history.undo_step(), self.history.committed().id);
        self.history.undo();
        self.follow(before);
        self.cross(step, TimeChange::reversed, [1, 0]);
    }

    /// Leaves takes and loop with their composition, for another one begins.
    pub fn leave(&mut self) {
        self.leave_with(self.history.committed().id);
    }

    fn leave_with(&mut self, composition: u64) {
        let left = (self.takes.leave(), std::mem::take(&mut self.transport));
        self.left.insert(composition, left);
    }

    /// Has takes and loop of the composition that a step led to, where that is another one.
    fn follow(&mut self, before: u64) {
        let now = self.history.committed().id;
        if now != before {
            self.leave_with(before);
            let (takes, transport) = self.left.remove(&now).unwrap_or_default();
            self.takes.return_to(takes);
            self.transport = transport;
        }
    }

    /// Makes the step again that was last taken back.
    pub fn redo(&mut self) {
        let (step, before) = (self.history.redo_step(), self.history.committed().id);
        self.history.redo();
        self.follow(before);
        self.cross(step, TimeChange::clone, [0, 1]);
    }

    /// Goes with the time where a step changed it: the loop is as it was on the other side, unless it was set anew.
    fn cross(&mut self, step: Option<u64>, change: impl Fn(&TimeChange) -> TimeChange, [here, there]: [usize; 2]) {
        let Some(TimeStep { change: made, loops }) = step.and_then(|step| self.time_steps.get(&step)) else { return };
        let change = change(made);
        let now = self.transport.loop_range.take();
        let after =
            if now == loops[here] { loops[there].clone() } else { now.and_then(|range| change.range_after(&range)) };
        self.transport.set_loop(after);
        self.takes.go_with(&change);
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
        let mut score = Score::clone(&self.base());
        change(&mut score);
        self.history.preview(score);
        self.preview_replaced();
    }

    /// Makes what is previewed one undo step; whether it changed anything.
    pub fn commit_preview(&mut self, label: impl Into<String>) -> bool {
        let (score, before) = (Arc::clone(self.history.score()), self.history.revision());
        self.commit(label, score);
        self.history.revision() != before
    }

    /// Goes back from what is previewed to the score, with the take that is heard.
    pub fn cancel_preview(&mut self) {
        self.history.cancel();
        self.audition(self.takes.audition);
    }

    /// Adds an empty part and chooses it.
    pub fn add_part(&mut self) {
        let mut part = Part::new(format!("Part {}", self.score().parts.len() + 1), 0);
        part.color = with_take::free_color(&self.score().parts);
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

    /// Puts a copy of a part below it and chooses that. The copy has no role, so that no take replaces both.
    pub fn duplicate_part(&mut self, index: usize) {
        let Some(original) = self.score().parts.get(index) else { return };
        let mut copy = Part::clone(original);
        copy.name = format!("{} copy", original.shown_name());
        copy.color = with_take::free_color(&self.score().parts);
        copy.role = Role::Other;
        self.edit("Duplicate part", |score| {
            score.parts.insert(index + 1, Arc::new(copy));
            score.melody = score.melody.map(|melody| melody + usize::from(melody > index));
        });
        self.part = index + 1;
    }

    /// Why a part cannot change places with the one above it, or below it; `None` where it can.
    pub fn why_not_move_part(&self, index: usize, is_up: bool) -> Option<&'static str> {
        if is_up {
            (index == 0).then_some("It is the first part")
        } else {
            (index + 1 >= self.score().parts.len()).then_some("It is the last part")
        }
    }

    /// Lets a part change places with the one above it, or below it, and chooses it.
    pub fn move_part(&mut self, index: usize, is_up: bool) {
        let other = if is_up { index.checked_sub(1) } else { Some(index + 1) };
        let count = self.score().parts.len();
        let Some(other) = other.filter(|other| index.max(*other) < count) else { return };
        self.edit(if is_up { "Move part up" } else { "Move part down" }, |score| {
            score.parts.swap(index, other);
            score.melody = score.melody.map(|melody| match melody {
                melody if melody == index => other,
                melody if melody == other => index,
                melody => melody,
            });
        });
        self.part = other;
    }

    /// Changes the tempo from the change of tempo on that `tick` is behind, as one undo step.
    pub fn set_tempo(&mut self, tick: Tick, qpm: f64) {
        self.edit("Tempo", |score| score.tempo = score.tempo.with_qpm_at(tick, qpm.clamp(20.0, 300.0)));
    }

    /// Plays and shows this take instead of the score as it was; `None` goes back to that.
    pub fn audition(&mut self, take: Option<usize>) {
        let score = take
            .and_then(|take| self.takes.all().get(take))
            .map(|heard| with_generated(self.history.committed(), &self.takes, heard));
        match score {
            Some(score) => {
                self.takes.audition = take;
                self.history.preview(score);
            }
            None => self.drop_audition(),
        }
    }

    /// The same, as the user wants it: nothing that is still written comes to be heard instead.
    pub fn choose_take(&mut self, take: Option<usize>) {
        self.takes.chosen = true;
        self.audition(take);
    }

    /// Goes back to the score as it was before the takes.
    pub fn drop_audition(&mut self) {
        if self.takes.audition.take().is_some() {
            self.history.cancel();
        }
    }

    /// Makes the take that is heard one undo step.
    pub fn keep_audition(&mut self) {
        let (score, number) = (self.base(), self.takes.heard().map(|heard| heard.number));
        if let (Some(take), Some(number)) = (self.takes.audition.take(), number) {
            self.takes.note_kept(take);
            self.kept_in.insert(score.id);
            self.history.commit(format!("Keep take {number}"), score);
        }
    }

    /// The take whose chords and sections are not all shown, since the user has set some: the one that is heard, else
    /// the one in the composition. Or why there is none.
    fn outlining_take(&self) -> Result<&GeneratedTake, &'static str> {
        let score = self.history.committed();
        if score.own.is_empty() {
            return Err("No chord or section here is yours instead of a take's");
        }
        let in_score = || self.takes.in_score(score).and_then(|take| self.takes.all().get(take));
        self.takes.heard().or_else(in_score).ok_or("Select a take first")
    }

    /// Why the chords and sections of a take cannot take the place of the user's; `None` where they can.
    pub fn why_no_take_outline(&self) -> Option<&'static str> {
        self.outlining_take().err()
    }

    /// Has the chords and sections of the take in place of those that the user has set, as one undo step.
    pub fn use_take_outline(&mut self) {
        let Ok(take) = self.outlining_take() else { return };
        let outline = Outline { bars_before: 0, ..take.now().outline.clone() }; // they are there already
        self.edit("Use the take's chords and sections", |score| {
            *score = outline.applied_to(&Score { own: OwnMarks::default(), ..score.clone() });
        });
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
        let mut melody = Part::new("Melody", 0);
        melody.role = Role::Melody;
        let score = named(Score {
            title: "New composition".into(),
            tempo: TempoMap::constant(100.0),
            parts: vec![Arc::new(melody)],
            melody: Some(0),
            ..Score::default()
        });
        self.history.commit("New composition", score);
        self.part = 0;
    }

    /// Puts away the way back of the composition that is left.
    fn shelve(&mut self) {
        let left = self.history.of_composition();
        self.shelf.retain(|other| other.committed().id != left.committed().id);
        self.shelf.push(left);
        let mut bytes: usize = self.shelf.iter().map(History::bytes).sum();
        while self.shelf.len() > MOST_SHELVED || (bytes > History::MAX_BYTES && self.shelf.len() > 1) {
            bytes -= self.shelf.remove(0).bytes();
        }
    }

    /// Works on a composition from now on. What was done to it since Cantus started can be undone, where it is still as
    /// it was left; so can a recording that was cut off.
    pub fn open(&mut self, composition: Composition) {
        self.shelve();
        self.takes = GeneratedTakes::from_kept(composition.takes.as_deref());
        self.left.clear();
        let AsLeft { found_key, loop_range, looping } = composition.left;
        self.keys.get_mut().insert(composition.score.id, FoundKey { revision: None, key: found_key });
        self.transport.looping = looping;
        self.transport.set_loop(loop_range);
        if !composition.kept_takes.is_empty() {
            self.kept_in.insert(composition.score.id);
        }
        let score = &composition.score;
        let shelved = self.shelf.iter().position(|left| left.committed().id == score.id);
        let mut left = shelved.map(|place| self.shelf.remove(place));
        if let Some(left) = &mut left {
            let title = left.committed().title.clone();
            left.retitle(score.id, &title, &score.title); // the Library may have given it another
        }
        match left.filter(|left| left.committed() == score) {
            Some(left) => self.history.resume(left),
            None => self.history.reset(Arc::clone(score)),
        }
        if let Some((position, part)) = composition.recording {
            self.history.edit("Record", |score| {
                if let Some(place) = score.parts.get_mut(position) {
                    *place = Arc::new(part);
                }
            });
        }
        self.part = composition.part;
        self.opened += 1;
    }
}

/// The score with a take in it.
fn with_generated(score: &Score, takes: &GeneratedTakes, heard: &GeneratedTake) -> Score {
    with_take::with_take(score, &heard.now(), &heard.settings.score, &heard.written(), was_generated(takes, heard))
}

/// The place in a score of the part that one of the take that is heard comes instead of.
fn replaced_by(part: &Part, score: &Score, takes: &GeneratedTakes) -> Option<usize> {
    let heard = takes.heard()?;
    with_take::replaced_by(part, score, &heard.now(), &heard.settings.score, was_generated(takes, heard))
}

/// Which parts a take replaces though it has none of their roles. Where only some bars are written anew, nothing goes
/// from the others.
fn was_generated(takes: &GeneratedTakes, heard: &GeneratedTake) -> impl Fn(&Part) -> bool {
    let is_whole = heard.settings.bars.is_none();
    move |part: &Part| is_whole && takes.wrote(part)
}

#[cfg(test)]
mod tests;
