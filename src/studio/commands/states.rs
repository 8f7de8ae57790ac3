//! Which commands can be given in this frame, why others cannot, and which switches are on.

use std::collections::{HashMap, HashSet};

use super::{Command, table};
use crate::studio::words::lower_first;

/// The state of every command, for one frame.
#[derive(Debug, Default)]
pub struct CommandStates {
    reasons: HashMap<Command, String>,
    on: HashSet<Command>,
    /// What some of them would do now, after their titles.
    objects: HashMap<Command, String>,
}

impl CommandStates {
    /// Asks of each command why it cannot be given, if it cannot, and whether it is on.
    pub fn new(
        why_not: impl Fn(Command) -> Option<String>,
        is_on: impl Fn(Command) -> bool,
        undo: Option<&str>,
        redo: Option<&str>,
    ) -> Self {
        let commands = || table().iter().map(|entry| entry.command);
        Self {
            reasons: commands().filter_map(|command| Some((command, why_not(command)?))).collect(),
            on: commands().filter(|command| is_on(*command)).collect(),
            objects: [(Command::Undo, undo), (Command::Redo, redo)]
                .into_iter()
                .filter_map(|(command, label)| Some((command, lower_first(label?))))
                .collect(),
        }
    }

    /// Why a command cannot be given; `None` where it can.
    pub fn why_not(&self, command: Command) -> Option<&str> {
        self.reasons.get(&command).map(String::as_str)
    }

    /// Whether what a command switches is on.
    pub fn is_on(&self, command: Command) -> bool {
        self.on.contains(&command)
    }

    /// A command's title; undo and redo say what they take back.
    pub fn title(&self, command: Command) -> String {
        let title = command.entry().title;
        self.objects.get(&command).map_or_else(|| title.to_owned(), |what| format!("{title}: {what}"))
    }
}
