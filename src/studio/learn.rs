//! MIDI learn: which of a keyboard's buttons drive the transport, which of its knobs turn what.
//!
//! The next control that is moved is the one that was meant.

use eframe::egui::{RichText, Ui};
use serde::{Deserialize, Serialize};

use super::{
    preferences::Preferences,
    settings_page::row,
    state::Studio,
    theme::{Icon, Theme},
    toasts::Tone,
    widgets,
};
use crate::devices::{ButtonMap, ButtonMode, KeyboardEvent, Knob, Profile, TransportButton};

/// What a knob can turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turned {
    /// How bold a composition is.
    Surprise,
    /// How busy it is.
    Density,
    /// How loud the click is.
    Metronome,
}

impl Turned {
    const ALL: [Self; 3] = [Self::Surprise, Self::Density, Self::Metronome];

    const fn title(self) -> &'static str {
        match self {
            Self::Surprise => "Surprise",
            Self::Density => "Density",
            Self::Metronome => "Metronome volume",
        }
    }
}

/// The user's own assignments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assignments {
    /// The transport's buttons; those of the keyboard's profile without.
    pub buttons: Option<ButtonMap>,
    /// Controller numbers of knobs, and what they turn.
    pub knobs: Vec<(u8, Turned)>,
}

/// What is being learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learning {
    /// A button of the transport.
    Button(TransportButton),
    /// A knob.
    Knob(Turned),
}

const BUTTONS: [(TransportButton, &str); 3] = [
    (TransportButton::Play, "Play"),
    (TransportButton::Stop, "Stop"),
    (TransportButton::Record, "Record"),
];

impl Studio {
    /// Takes a control that was moved, if one is being learned or turned; tells whether it was meant for here.
    pub(super) fn learn(&mut self, event: &KeyboardEvent) -> bool {
        let Some((number, value)) = controller_of(event, self.preferences.assignments.buttons) else {
            return false;
        };
        match self.learning {
            // the release of the key that opened the page is no answer
            Some(_) if value == 0 => true,
            Some(learning) => {
                self.assign(learning, number);
                true
            }
            None => {
                let turned = self.preferences.assignments.knobs.iter().find(|(of, _)| *of == number);
                if let Some((_, turned)) = turned.copied() {
                    let share = f32::from(value) / 127.0;
                    self.change_preferences(|preferences| match turned {
                        Turned::Surprise => preferences.surprise = share,
                        Turned::Density => preferences.density = share,
                        Turned::Metronome => preferences.metronome_volume = share,
                    });
                }
                false
            }
        }
    }

    fn assign(&mut self, learning: Learning, number: u8) {
        self.learning = None;
        let what = match learning {
            Learning::Button(button) => {
                let mut map = self.preferences.assignments.buttons.unwrap_or_default();
                for place in [&mut map.play, &mut map.stop, &mut map.record] {
                    *place = place.filter(|other| *other != number); // a button does one thing
                }
                *match button {
                    TransportButton::Play => &mut map.play,
                    TransportButton::Stop => &mut map.stop,
                    TransportButton::Record => &mut map.record,
                } = Some(number);
                self.change_preferences(|preferences| preferences.assignments.buttons = Some(map));
                BUTTONS.iter().find(|(of, _)| *of == button).map_or("", |(_, title)| title)
            }
            Learning::Knob(turned) => {
                self.change_preferences(|preferences| {
                    let knobs = &mut preferences.assignments.knobs;
                    knobs.retain(|(of, other)| *of != number && *other != turned);
                    knobs.push((number, turned));
                });
                turned.title()
            }
        };
        self.keyboards.set_buttons(self.preferences.assignments.buttons);
        self.toasts.add(Tone::Good, format!("Controller {number} is {what} now"));
    }

    /// The rows of the settings page.
    pub(super) fn learn_settings(&mut self, ui: &mut Ui, preferences: &mut Preferences) {
        let before = preferences.assignments.buttons;
        row(
            ui,
            "Transport buttons",
            "Known keyboards bring their own; others are learned",
            |ui| {
                for (button, title) in BUTTONS {
                    let map = preferences.assignments.buttons.unwrap_or_default();
                    let number = match button {
                        TransportButton::Play => map.play,
                        TransportButton::Stop => map.stop,
                        TransportButton::Record => map.record,
                    };
                    self.learn_button(ui, Learning::Button(button), title, number);
                }
                if preferences.assignments.buttons.is_some() && ui.button("Forget").on_hover_text("Back to the keyboard's own").clicked() {
                    preferences.assignments.buttons = None;
                }
            },
        );
        row(
            ui,
            "Buttons send",
            "Some keyboards send on press and release, others turn over at each press",
            |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let mut mode = preferences.assignments.buttons.unwrap_or_default().mode;
                let shown = mode;
                ui.selectable_value(&mut mode, ButtonMode::Momentary, "Press and release");
                ui.selectable_value(&mut mode, ButtonMode::Toggle, "On and off in turn");
                if mode != shown {
                    // the numbers of the keyboard's own buttons, in the other mode
                    let known = self
                        .keyboards
                        .status()
                        .inputs
                        .iter()
                        .find_map(|input| input.profile)
                        .map(|profile| profile.buttons);
                    let map = preferences.assignments.buttons.or(known).unwrap_or_default();
                    preferences.assignments.buttons = Some(ButtonMap { mode, ..map });
                }
            },
        );
        row(ui, "Knobs", "What a knob of the keyboard turns", |ui| {
            for turned in Turned::ALL {
                let number = preferences
                    .assignments
                    .knobs
                    .iter()
                    .find(|(_, other)| *other == turned)
                    .map(|(number, _)| *number);
                self.learn_button(ui, Learning::Knob(turned), turned.title(), number);
            }
        });
        if before != preferences.assignments.buttons {
            self.keyboards.set_buttons(preferences.assignments.buttons);
        }
    }

    fn learn_button(&mut self, ui: &mut Ui, learning: Learning, title: &str, number: Option<u8>) {
        let theme = Theme::of(ui);
        if self.learning == Some(learning) {
            if ui
                .button(RichText::new(format!("{title}: move it…")).color(theme.accent))
                .on_hover_text("Press the button or turn the knob on the keyboard; click again to leave it")
                .clicked()
            {
                self.learning = None;
            }
            return;
        }
        let shown = number.map_or_else(|| title.to_owned(), |number| format!("{title}: {number}"));
        if widgets::text_button(ui, Icon::Radio, &shown, None)
            .on_hover_text("Learn it: click, then move the control on the keyboard")
            .clicked()
        {
            self.learning = Some(learning);
        }
    }
}

/// The controller number and value behind an event.
fn controller_of(event: &KeyboardEvent, own: Option<ButtonMap>) -> Option<(u8, u8)> {
    match event {
        KeyboardEvent::Controller { number, value, .. } => Some((*number, *value)),
        KeyboardEvent::Button { name, button, .. } => {
            let known = Profile::find(name).map(|profile| profile.buttons);
            let number = |map: ButtonMap| match button {
                TransportButton::Play => map.play,
                TransportButton::Stop => map.stop,
                TransportButton::Record => map.record,
            };
            let number = own.and_then(number).or_else(|| known.and_then(number))?;
            Some((number, 127))
        }
        KeyboardEvent::Knob { knob, value, .. } => {
            let number = match knob {
                Knob::Volume => 7,
                Knob::Encoder => 10,
                Knob::One => 21,
                Knob::Two => 22,
                Knob::Three => 23,
                Knob::Reverb => 91,
            };
            Some((number, *value))
        }
        _ => None,
    }
}
