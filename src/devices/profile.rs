//! What the controls of known keyboards mean, and the user's own assignments (MIDI learn).

use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

/// A button that drives the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportButton {
    /// Play or pause.
    Play,
    /// Stop.
    Stop,
    /// Start or end a recording.
    Record,
}

/// A knob or wheel with a meaning in the studio. Its messages are music, too, and still reach the sinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knob {
    /// Controller 7.
    Volume,
    /// The endless encoder.
    Encoder,
    /// The first of the row.
    One,
    /// The second.
    Two,
    /// The third.
    Three,
    /// Reverb on (64) or off (0).
    Reverb,
}

/// What a button sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonMode {
    /// 64 or more when pressed, less when released.
    #[default]
    Momentary,
    /// Every press toggles the value: high, low, high.
    Toggle,
}

impl ButtonMode {
    /// Whether a value, after the one before it, is a press.
    pub(super) const fn is_press(self, before: u8, value: u8) -> bool {
        match self {
            Self::Momentary => value >= 64,
            Self::Toggle => (value >= 64) != (before >= 64),
        }
    }
}

/// What a controller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Button { button: TransportButton, mode: ButtonMode },
    Knob(Knob),
}

/// Which controllers are the transport's buttons; from a profile, or learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ButtonMap {
    /// Controller number of play.
    pub play: Option<u8>,
    /// Controller number of stop.
    pub stop: Option<u8>,
    /// Controller number of record.
    pub record: Option<u8>,
    /// What they send.
    pub mode: ButtonMode,
}

impl ButtonMap {
    /// The button of a controller number.
    pub fn button(self, number: u8) -> Option<TransportButton> {
        let is = |button: Option<u8>| button == Some(number);
        match () {
            () if is(self.play) => Some(TransportButton::Play),
            () if is(self.stop) => Some(TransportButton::Stop),
            () if is(self.record) => Some(TransportButton::Record),
            () => None,
        }
    }

    pub(super) fn control(self, number: u8) -> Option<Control> {
        let mode = self.mode;
        self.button(number).map(|button| Control::Button { button, mode })
    }
}

/// A button map that drivers' threads read while it is replaced: three controller numbers and the mode, a byte each.
#[derive(Debug)]
pub(super) struct SharedButtons(AtomicU32);

impl SharedButtons {
    /// No controller has this number.
    const NONE: u8 = u8::MAX;

    pub fn new(map: Option<ButtonMap>) -> Self {
        let shared = Self(AtomicU32::new(0));
        shared.set(map);
        shared
    }

    pub fn set(&self, map: Option<ButtonMap>) {
        let ButtonMap { play, stop, record, mode } = map.unwrap_or_default();
        let [play, stop, record] = [play, stop, record].map(|button| button.unwrap_or(Self::NONE));
        let mode = u8::from(mode == ButtonMode::Toggle);
        self.0.store(u32::from_le_bytes([play, stop, record, mode]), Ordering::Relaxed);
    }

    pub fn get(&self) -> ButtonMap {
        let [play, stop, record, mode] = self.0.load(Ordering::Relaxed).to_le_bytes();
        let [play, stop, record] = [play, stop, record].map(|number| (number != Self::NONE).then_some(number));
        let mode = if mode == 0 { ButtonMode::Momentary } else { ButtonMode::Toggle };
        ButtonMap { play, stop, record, mode }
    }
}

/// A keyboard we know.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// What people call it.
    pub name: &'static str,
    /// Words of which one is in the names of its ports.
    matches: &'static [&'static str],
    /// Its transport buttons.
    pub buttons: ButtonMap,
    knobs: &'static [(u8, Knob)],
    /// Its lowest and highest key, without octave shift.
    pub keys: (u8, u8),
}

/// The AWS `DeepComposer` keyboard: a re-badged MIDIPLUS AKM322. Some units have their third knob on 24 instead of 23.
static AKM322: Profile = Profile {
    name: "DeepComposer keyboard (AKM322)",
    matches: &["akm322", "midiplus", "deepcomposer"],
    buttons: ButtonMap { play: Some(105), stop: Some(106), record: Some(107), mode: ButtonMode::Momentary },
    knobs: &[
        (7, Knob::Volume),
        (10, Knob::Encoder),
        (21, Knob::One),
        (22, Knob::Two),
        (23, Knob::Three),
        (24, Knob::Three),
        (91, Knob::Reverb),
    ],
    keys: (41, 72),
};

impl Profile {
    /// The profile for an input of that name, if we know the keyboard.
    pub fn find(input_name: &str) -> Option<&'static Self> {
        let name = input_name.to_lowercase();
        AKM322.matches.iter().any(|word| name.contains(word)).then_some(&AKM322)
    }

    /// The knob of a controller number.
    pub fn knob(&self, number: u8) -> Option<Knob> {
        self.knobs.iter().find(|(of, _)| *of == number).map(|(_, knob)| *knob)
    }

    pub(super) fn control(&self, number: u8) -> Option<Control> {
        self.buttons.control(number).or_else(|| self.knob(number).map(Control::Knob))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyboard_is_known_by_either_name() {
        for name in ["AKM322 MIDI 1", "MIDIPLUS AKM 32", "midiplus usb"] {
            assert_eq!(Profile::find(name).map(|profile| profile.keys), Some((41, 72)), "{name}");
        }
        assert_eq!(Profile::find("Launchkey Mini"), None);
    }

    #[test]
    fn its_controls() {
        let profile = Profile::find("AKM322").expect("it is known");
        let buttons = [105, 106, 107, 64].map(|number| profile.buttons.button(number));
        let [play, stop, record] = [TransportButton::Play, TransportButton::Stop, TransportButton::Record].map(Some);
        assert_eq!(buttons, [play, stop, record, None]);
        assert_eq!(profile.knob(23), Some(Knob::Three));
        assert_eq!(profile.knob(24), Some(Knob::Three));
        assert_eq!(profile.knob(1), None);
    }

    #[test]
    fn shared_buttons_are_those_that_were_set() {
        let shared = SharedButtons::new(None);
        assert_eq!(shared.get(), ButtonMap::default());
        let map = ButtonMap { play: Some(0), stop: None, record: Some(127), mode: ButtonMode::Toggle };
        shared.set(Some(map));
        assert_eq!(shared.get(), map);
        shared.set(None);
        assert_eq!(shared.get(), ButtonMap::default());
    }

    #[test]
    fn presses_in_both_modes() {
        let presses = |mode: ButtonMode, values: &[u8]| {
            let mut before = 0;
            let is_press = |value: &u8| mode.is_press(std::mem::replace(&mut before, *value), *value);
            values.iter().map(is_press).collect::<Vec<_>>()
        };
        assert_eq!(presses(ButtonMode::Momentary, &[127, 0, 64, 63]), [true, false, true, false]);
        assert_eq!(presses(ButtonMode::Toggle, &[127, 0, 127]), [true, true, true]);
    }
}
