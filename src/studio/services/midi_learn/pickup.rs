//! How a knob takes hold of a value that stands elsewhere: nothing jumps when it is turned.
//!
//! A knob that says where it stands picks the value up where it meets it; one without ends says steps, which are added.
//! Knows neither what is turned nor who turns.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

/// How near a knob must stand to a value that it did not pass, of 127: hands and cheap knobs are no nearer.
const NEAR: u8 = 2;
/// How long it is said where a value is picked up.
const SAID: Duration = Duration::from_secs(3);

/// When a knob takes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takeover {
    /// Once it meets the value or passes it.
    #[default]
    PickUp,
    /// At once: the value jumps to it.
    Jump,
}

/// What a movement of a knob means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It says where it stands.
    Position(Takeover),
    /// It says by how much it was turned.
    Steps,
}

/// One knob.
#[derive(Clone, Copy, Debug, Default)]
struct Knob {
    /// Where it stood last.
    at: Option<u8>,
    /// What it last turned its value to; as long as that is so, it has hold of it.
    set: Option<u8>,
}

impl Knob {
    /// What a value becomes by a movement; `None` while the knob has no hold of it.
    fn moved(&mut self, meaning: Move, current: u8, message: u8) -> Option<u8> {
        let Move::Position(takeover) = meaning else {
            *self = Self::default(); // where it stands it does not say
            return Some((i16::from(current) + steps(message)).clamp(0, 127) as u8);
        };
        let before = self.at.replace(message);
        let passes = before.is_some_and(|before| (before.min(message)..=before.max(message)).contains(&current));
        let has_hold = takeover == Takeover::Jump || self.set == Some(current);
        let takes = has_hold || passes || message.abs_diff(current) <= NEAR;
        self.set = takes.then_some(message);
        self.set
    }
}

/// The steps in a message of a knob without ends: 1 up and 127 down, or 65 up and 63 down, as makers have it.
fn steps(message: u8) -> i16 {
    match message {
        0..=31 => i16::from(message),
        32..=95 => i16::from(message) - 64,
        _ => i16::from(message) - 128,
    }
}

/// All knobs, by their controller numbers, and what there is to say of the last one.
#[derive(Debug, Default)]
pub struct Pickup {
    knobs: BTreeMap<u8, Knob>,
    said: Option<(String, Instant)>,
}

impl Pickup {
    /// What a value becomes by a movement of a knob; `None` while the knob has no hold of it.
    pub fn moved(&mut self, number: u8, meaning: Move, current: u8, message: u8) -> Option<u8> {
        let value = self.knobs.entry(number).or_default().moved(meaning, current, message);
        if value.is_some() {
            self.said = None;
        }
        value
    }

    /// Remembers where a knob stands that turned nothing.
    pub fn stands(&mut self, number: u8, message: u8) {
        let knob = Knob { at: Some(message), set: None };
        self.knobs.insert(number, knob);
    }

    /// Says something of the knob that is turned, for a moment.
    pub fn say(&mut self, text: String) {
        self.said = Some((text, Instant::now()));
    }

    /// What is said, and for how long still.
    pub fn said(&self) -> Option<(&str, Duration)> {
        let (text, since) = self.said.as_ref()?;
        let left = SAID.checked_sub(since.elapsed())?;
        Some((text, left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a value goes through as a knob is turned.
    fn turned(meaning: Move, mut current: u8, messages: &[u8]) -> Vec<u8> {
        let mut knobs = Pickup::default();
        let turn = |message: &u8| {
            current = knobs.moved(21, meaning, current, *message).unwrap_or(current);
            current
        };
        messages.iter().map(turn).collect()
    }

    #[test]
    fn a_value_is_picked_up_where_the_knob_meets_or_passes_it() {
        let pick_up = Move::Position(Takeover::PickUp);
        assert_eq!(turned(pick_up, 80, &[10, 40, 77, 79, 70]), [80, 80, 80, 79, 70]);
        assert_eq!(turned(pick_up, 80, &[10, 100, 127]), [80, 100, 127], "passed within one movement");
        assert_eq!(turned(pick_up, 80, &[100, 90]), [80, 80], "the first message passes nothing");
        assert_eq!(turned(pick_up, 64, &[64, 65, 3]), [64, 65, 3], "an encoder that begins at 64");
        assert_eq!(turned(Move::Position(Takeover::Jump), 80, &[10, 40]), [10, 40]);
    }

    #[test]
    fn a_value_that_was_changed_elsewhere_is_let_go_of() {
        let mut knobs = Pickup::default();
        let pick_up = Move::Position(Takeover::PickUp);
        assert_eq!(knobs.moved(7, pick_up, 50, 51), Some(51));
        assert_eq!(knobs.moved(7, pick_up, 51, 55), Some(55));
        assert_eq!(knobs.moved(7, pick_up, 100, 58), None, "the mouse has turned it up");
        assert_eq!(knobs.moved(7, pick_up, 100, 104), Some(104));
        assert_eq!(knobs.moved(8, pick_up, 104, 3), None, "another knob stands where it stands");
        assert_eq!(knobs.moved(8, Move::Steps, 104, 1), Some(105));
        assert_eq!(knobs.moved(8, pick_up, 105, 3), None, "steps are no place where it stood");
    }

    #[test]
    fn knobs_without_ends_add_their_steps() {
        assert_eq!(turned(Move::Steps, 80, &[1, 3, 127, 125]), [81, 84, 83, 80]);
        assert_eq!(turned(Move::Steps, 80, &[65, 63, 62, 64]), [81, 80, 78, 78]);
        assert_eq!(turned(Move::Steps, 126, &[5, 5, 127]), [127, 127, 126]);
        assert_eq!(turned(Move::Steps, 1, &[120]), [0]);
    }
}
