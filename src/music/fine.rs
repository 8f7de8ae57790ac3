//! Times finer than a tick: what was read from files of more ticks a quarter goes back into files as it came.
//!
//! Everything else in the program counts in whole ticks. What is edited counts in whole ticks from then on.

use serde::{Deserialize, Serialize};

use super::{ControlEvent, Note};

/// Parts of a tick that are told apart: enough for the finest files there are (32,767 ticks a quarter).
pub const FINE: i16 = 256;

/// Where some notes and controls of a part lie beside their ticks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FineTimes {
    /// A note as it was read, and by how many [`FINE`]ths of a tick it begins and ends later; sorted.
    notes: Vec<(Note, i16, i16)>,
    /// The same of a control; sorted by tick.
    controls: Vec<(ControlEvent, i16)>,
}

impl FineTimes {
    /// Of notes and controls with their fractions, in any order. Those of 0 need not be kept.
    pub fn new(mut notes: Vec<(Note, i16, i16)>, mut controls: Vec<(ControlEvent, i16)>) -> Self {
        notes.retain(|(_, begins, ends)| (*begins, *ends) != (0, 0));
        controls.retain(|(_, fine)| *fine != 0);
        notes.sort_unstable();
        controls.sort_by_key(|(event, _)| event.tick);
        Self { notes, controls }
    }

    /// Whether everything lies on its tick.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.controls.is_empty()
    }

    /// How much later than its ticks a note begins and ends. Notes are asked for in order, and `at` begins with 0.
    pub fn of_note(&self, note: &Note, at: &mut usize) -> (i16, i16) {
        *at += self.notes[*at..].iter().take_while(|(other, ..)| other < note).count();
        match self.notes.get(*at) {
            Some((other, begins, ends)) if other == note => {
                *at += 1;
                (*begins, *ends)
            }
            _ => (0, 0),
        }
    }

    /// How much later than its tick a control comes. Controls are asked for in order, and `at` begins with 0.
    pub fn of_control(&self, event: &ControlEvent, at: &mut usize) -> i16 {
        *at += self.controls[*at..].iter().take_while(|(other, _)| other.tick < event.tick).count();
        match self.controls.get(*at) {
            Some((other, fine)) if other == event => {
                *at += 1;
                *fine
            }
            _ => 0,
        }
    }
}
