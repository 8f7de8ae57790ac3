//! Step entry: notes that are played go in at the playhead, each as long as a step of the grid, and the playhead goes
//! on.

use crate::music::{Pitch, Tick};

/// Where step entry is.
#[derive(Clone, Debug, Default)]
pub struct StepEntry {
    /// The keys that are held: what is struck meanwhile is a chord with them.
    held: Vec<Pitch>,
    /// Where the playhead was told to go and is not yet.
    going_to: Option<Tick>,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_one_step() {
        use StepKey::{Note, Nothing, Step};
        let mut entry = StepEntry::default();
        let [c, e] = [60, 64].map(Pitch::clamped);
        let keys = [(c, true), (e, true), (c, false), (c, false), (e, false), (c, true), (c, false)];
        let done = keys.map(|(pitch, is_down)| entry.take(pitch, is_down));
        assert_eq!(done, [Note, Note, Nothing, Nothing, Step, Note, Step]);
    }

    #[test]
    fn a_playhead_on_its_way_counts_as_there() {
        let mut entry = StepEntry::default();
        entry.go_to(120);
        assert_eq!([0, 0, 120, 960].map(|playhead| entry.tick(playhead)), [120, 120, 120, 960]);
    }
}
