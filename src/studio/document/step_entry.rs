//! Step entry: notes that are played go in at the playhead, each as long as a step, and the playhead goes on. What it
//! entered can be taken back step by step, and nothing else.

use std::collections::HashMap;

use super::snap::Snap;
use crate::music::{MetreMap, Note, Pitch, Tick, quantise::GridStep};

/// Where step entry is.
#[derive(Clone, Debug)]
pub struct StepEntry {
    /// How long a step is: at first as the grid is.
    pub length: GridStep,
    /// The keys that are held: what is struck meanwhile is a chord with them.
    held: Vec<Pitch>,
    /// Where the playhead was told to go and is not yet.
    going_to: Option<Tick>,
    /// The steps that were entered and not taken back, the last one last.
    entered: Vec<EnteredStep>,
    /// What steps of undo did to them, by their numbers.
    changes: HashMap<u64, Change>,
    /// Whether it switched the computer keyboard on.
    pub switched_keys: bool,
}

/// A note, a chord or a rest that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredStep {
    /// The composition.
    pub composition: u64,
    /// The part.
    pub part: usize,
    /// Where it begins.
    pub start: Tick,
    /// Where the next one began then, however long a step is now.
    pub end: Tick,
    /// The notes that went in; none for a rest.
    pub notes: Vec<Note>,
    /// Those whose place they took.
    pub replaced: Vec<Note>,
    /// The step of undo that it is; `None` for a rest.
    pub undo: Option<u64>,
}

/// What a step of undo did.
#[derive(Clone, Debug)]
struct Change {
    /// Whether the step came in with it, or was taken back.
    enters: bool,
    step: EnteredStep,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKey {
    /// A note goes in.
    Note,
    /// The last key of a chord was let go: the playhead goes on.
    Step,
    /// Nothing yet.
    Nothing,
}

impl StepEntry {
    /// Begins with steps so long; whether it switched the computer keyboard on.
    pub fn new(length: GridStep, switched_keys: bool) -> Self {
        let (held, going_to, entered, changes) = Default::default();
        Self { length, held, going_to, entered, changes, switched_keys }
    }

    /// Where a step ends that begins at a tick. One that begins beside every note value ends on the next one.
    pub fn end_of_step(&self, metre: &MetreMap, start: Tick) -> Tick {
        let is_line = |step: &GridStep| Snap::To(*step).floor(metre, start) == start;
        if GridStep::ALL.iter().any(is_line) {
            start.saturating_add(self.length.ticks())
        } else {
            Snap::To(self.length).after(metre, start)
        }
    }

    /// Takes a key that goes down or up.
    pub fn take(&mut self, pitch: Pitch, is_down: bool) -> StepKey {
        let was_held = self.held.contains(&pitch);
        self.held.retain(|held| *held != pitch);
        if is_down {
            self.held.push(pitch);
            return StepKey::Note;
        }
        if was_held && self.held.is_empty() { StepKey::Step } else { StepKey::Nothing }
    }

    /// Where notes go in: where the playhead is, or will be once it has heard of it.
    pub fn tick(&mut self, playhead: Tick) -> Tick {
        self.going_to = self.going_to.filter(|tick| *tick != playhead);
        self.going_to.unwrap_or(playhead)
    }

    /// The playhead was told to go there.
    pub fn go_to(&mut self, tick: Tick) {
        self.going_to = Some(tick);
    }

    /// The step that was entered last, where it begins there.
    pub fn last_at(&self, start: Tick) -> Option<&EnteredStep> {
        self.entered.last().filter(|step| step.start == start)
    }

    /// The chord that is being struck there, where the last step of undo is its: a key that goes down belongs to it.
    pub fn open_chord(&self, start: Tick, last_undo: Option<u64>) -> Option<&EnteredStep> {
        self.last_at(start).filter(|step| self.held.len() > 1 && step.undo.is_some() && step.undo == last_undo)
    }

    /// A step went in; a chord that grew stands for itself as it was.
    pub fn enter(&mut self, step: EnteredStep) {
        if let Some(undo) = step.undo {
            self.changes.insert(undo, Change { enters: true, step: step.clone() });
        }
        self.entered.push(step);
    }

    /// Takes the step out that ends there and was entered last, if one does.
    pub fn take_back(&mut self, composition: u64, end: Tick) -> Option<EnteredStep> {
        let is_it = |step: &EnteredStep| step.composition == composition && step.end == end;
        let place = self.entered.iter().rposition(is_it)?;
        Some(self.entered.remove(place))
    }

    /// A step was taken back by a step of undo.
    pub fn note_taken_back(&mut self, step: EnteredStep, undo: u64) {
        self.changes.insert(undo, Change { enters: false, step });
    }

    /// A step of undo was taken back, or made again where `forward`: where the playhead goes with it, where it was step
    /// entry's.
    pub fn cross(&mut self, undo: u64, forward: bool) -> Option<Tick> {
        let Change { enters, step } = self.changes.get(&undo)?;
        if *enters == forward {
            self.entered.push(step.clone());
            return Some(step.end);
        }
        // rests behind it go with it
        let place = self.entered.iter().rposition(|entered| entered == step);
        self.entered.truncate(place.unwrap_or(self.entered.len()));
        Some(step.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_one_step() {
        use StepKey::{Note, Nothing, Step};
        let mut entry = StepEntry::new(GridStep::Sixteenth, false);
        let [c, e] = [60, 64].map(Pitch::clamped);
        let keys = [(c, true), (e, true), (c, false), (c, false), (e, false), (c, true), (c, false)];
        let done = keys.map(|(pitch, is_down)| entry.take(pitch, is_down));
        assert_eq!(done, [Note, Note, Nothing, Nothing, Step, Note, Step]);
    }

    #[test]
    fn a_step_is_as_long_as_it_says_wherever_it_begins() {
        let mut entry = StepEntry::new(GridStep::Quarter, false);
        let ends = |entry: &StepEntry| [0, 120, 160, 1800, 37].map(|at| entry.end_of_step(&MetreMap::default(), at));
        assert_eq!(ends(&entry), [480, 600, 640, 2280, 480], "beside every note value it leads to the next");
        entry.length = GridStep::Sixteenth;
        assert_eq!(ends(&entry), [120, 240, 280, 1920, 120]);
    }

    #[test]
    fn a_playhead_on_its_way_counts_as_there() {
        let mut entry = StepEntry::new(GridStep::Sixteenth, false);
        entry.go_to(120);
        assert_eq!([0, 0, 120, 960].map(|playhead| entry.tick(playhead)), [120, 120, 120, 960]);
    }

    #[test]
    fn steps_are_taken_back_by_their_own_lengths_and_come_and_go_with_undo() {
        let step = |start, end, undo| EnteredStep {
            composition: 1,
            part: 0,
            start,
            end,
            notes: Vec::new(),
            replaced: Vec::new(),
            undo,
        };
        let mut entry = StepEntry::new(GridStep::Sixteenth, false);
        entry.enter(step(0, 120, Some(7)));
        entry.enter(step(120, 360, None));
        entry.enter(step(360, 400, Some(8)));
        assert_eq!(entry.take_back(1, 360), Some(step(120, 360, None)), "what ends at the playhead");
        assert_eq!((entry.take_back(1, 360), entry.take_back(2, 400)), (None, None));
        let last = entry.take_back(1, 400).unwrap();
        entry.note_taken_back(last, 9);
        assert_eq!(
            (entry.cross(9, false), entry.cross(9, true), entry.cross(9, false)),
            (Some(400), Some(360), Some(400))
        );
        assert_eq!((entry.cross(8, false), entry.cross(7, false)), (Some(360), Some(0)));
        assert_eq!(
            (entry.take_back(1, 120), entry.cross(5, false)),
            (None, None),
            "nothing is left, and 5 is not ours"
        );
        assert_eq!(entry.cross(7, true), Some(120));
        assert!(entry.take_back(1, 120).is_some());
    }
}
