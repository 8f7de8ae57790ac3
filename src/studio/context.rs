//! What pages, dialogs and bars are drawn from: read-only, but for the one way to ask for something.

use eframe::egui::Response;

use super::{
    actions::{Action, Actions},
    commands::{Command, CommandStates},
    document::Document,
    page::Page,
    services::{Services, preferences::Preferences},
    toasts::{ToastAnswer, Tone},
};
use crate::music::{Part, Score};

/// Everything that is shown, for one frame. What is to be changed is asked for, and done when all is drawn.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What is worked on.
    pub document: &'a Document,
    /// What runs beside the window, and what the user chose.
    pub services: &'a Services,
    /// Which commands can be given, and which are on.
    pub commands: &'a CommandStates,
    /// The page that is shown.
    pub page: Page,
}

impl Context<'_> {
    /// Asks for something, to be done after this frame's drawing.
    pub fn ask(&self, action: impl Into<Action>) {
        self.actions().ask(action);
    }

    /// Where actions are asked for, for those who outlive the frame.
    pub fn actions(&self) -> &Actions {
        &self.services.actions
    }

    /// What the user chose.
    pub fn preferences(&self) -> &Preferences {
        &self.services.preferences
    }

    /// Why a command cannot be given now; `None` where it can.
    pub fn why_not(&self, command: Command) -> Option<String> {
        self.commands.why_not(command).map(str::to_owned)
    }

    /// Whether what a command switches is on.
    pub fn is_on(&self, command: Command) -> bool {
        self.commands.is_on(command)
    }

    /// Changes what the user chose, and keeps it.
    pub fn change_preferences(&self, change: impl FnOnce(&mut Preferences) + Send + 'static) {
        self.ask(Action::ChangePreferences(Box::new(change)));
    }

    /// Changes the score as one undo step.
    pub fn edit(&self, label: &'static str, change: impl FnOnce(&mut Score) + Send + 'static) {
        self.ask(Action::Edit { label, change: Box::new(change) });
    }

    /// Changes a part as one undo step.
    pub fn edit_part(&self, index: usize, label: &'static str, change: impl FnOnce(&mut Part) + Send + 'static) {
        self.edit(label, move |score| {
            if let Some(part) = score.part_mut(index) {
                change(part);
            }
        });
    }

    /// Changes the score by a control: shown and heard while it is dragged, one undo step when it is let go. `changed`
    /// says whether the control has another value than the score.
    pub fn edit_by_control(
        &self,
        control: &Response,
        label: &'static str,
        changed: bool,
        change: impl FnOnce(&mut Score) + Send + 'static,
    ) {
        if changed && control.dragged() {
            self.ask(Action::Preview(Box::new(change)));
        } else if changed {
            self.edit(label, change);
        }
        if control.drag_stopped() {
            self.ask(Action::CommitPreview(label));
        }
    }

    /// Does what a message is asked for.
    pub fn answer(&self, answer: ToastAnswer) {
        match answer {
            ToastAnswer::Close(id) => self.ask(Action::CloseMessage(id)),
            ToastAnswer::Undo => self.ask(Command::Undo),
        }
    }

    /// Says something in passing.
    pub fn say(&self, tone: Tone, text: impl Into<String>) {
        self.ask(Action::Say(tone, text.into()));
    }
}
