//! What the editor keeps from one frame to the next: the roll, its tool, the piano.

use eframe::egui::{Rect, Ui};

use crate::{
    clock,
    music::{Pitch, Stamped},
    studio::{
        actions::{Actions, ComposeAction},
        pages::compose::{
            piano::{ComputerKeys, Piano, PianoEvent},
            roll::{PitchSet, Roll, Tool},
        },
    },
};

/// The roll's view, tool and selection, and the piano's.
#[derive(Debug, Default)]
pub struct Editor {
    /// The widget.
    pub roll: Roll,
    /// What the pointer does.
    pub tool: Tool,
    /// Put the view on the score's beginning at the next frame.
    pub show_all: bool,
    /// The strip of keys below.
    pub piano: Piano,
    /// The computer keyboard as a piano.
    pub computer_keys: ComputerKeys,
    /// Keys held by mouse or computer keyboard.
    pub(super) held: PitchSet,
    /// The note of the roll that is heard while a gesture is on it.
    pub auditioned: Option<Pitch>,
    /// Where the roll was drawn last.
    pub(super) roll_place: Option<Rect>,
}

impl Editor {
    /// Lets the computer keyboard play the piano. Before anything else reads the keys.
    pub fn take_computer_keys(&mut self, ui: &Ui, actions: &Actions) {
        let events = self.computer_keys.update(ui);
        self.play(events, actions);
    }

    /// Lets go of every key of the on-screen piano and the computer keyboard.
    pub fn release_keys(&mut self, actions: &Actions) {
        let mut events = self.computer_keys.release_all();
        events.extend(self.piano.release());
        self.play(events, actions);
    }

    /// Asks for what keys play.
    pub(super) fn play(&mut self, events: impl IntoIterator<Item = PianoEvent>, actions: &Actions) {
        for PianoEvent { pitch, velocity, on } in events {
            let message = if on {
                self.held.insert(pitch);
                [0x90, pitch.get(), velocity.get()]
            } else {
                self.held.remove(pitch);
                [0x80, pitch.get(), 64]
            };
            actions.ask(ComposeAction::PlayKey(Stamped { stamp_micros: clock::now_micros(), message }));
        }
    }

    /// Whether the pointer was pressed over the roll, in the layer of `ui`. Asked before the roll is drawn.
    pub fn is_roll_pressed(&self, ui: &Ui) -> bool {
        let is_over = |place| ui.rect_contains_pointer(place);
        ui.input(|input| input.pointer.any_pressed()) && self.roll_place.is_some_and(is_over)
    }
}
