//! Everything that pages, dialogs, keys and services can ask of the studio; [`super::commands::execute`] does it.
//!
//! Holds data, and knows neither who asks nor what is done.

mod compose;
mod exports;
mod files;
mod generate;
mod imports;
mod library;
mod listen;
mod midi_learn;
mod models;
mod note_tools;
mod publish;
mod recording;
mod roll;
mod session;
mod sound;
mod soundfonts;
mod train;

use std::cell::RefCell;

pub use self::{
    compose::{ComposeAction, WelcomeAction},
    exports::ExportAction,
    files::FileAction,
    generate::{EngineAction, GenerateAction},
    imports::ImportAction,
    library::{LibraryAction, Listing},
    listen::ListenAction,
    midi_learn::MidiLearnAction,
    models::ModelsAction,
    note_tools::NoteToolAction,
    publish::{PublishAction, Secret},
    recording::RecordingAction,
    roll::RollAction,
    session::{Opened, SessionAction},
    sound::SoundAction,
    soundfonts::SoundFontAction,
    train::TrainAction,
};

use super::{commands::Command, services::preferences::Preferences, toasts::Tone};
use crate::music::Score;

/// A change of what the user chose.
pub type PreferencesChange = Box<dyn FnOnce(&mut Preferences) + Send>;
/// A change of the score.
pub type ScoreChange = Box<dyn FnOnce(&mut Score) + Send>;

/// Something the studio is asked to do.
pub enum Action {
    /// What the table of commands names.
    Command(Command),
    /// Change what the user chose, make it felt and keep it.
    ChangePreferences(PreferencesChange),
    /// Change the score, as one undo step.
    Edit {
        /// What undo will say.
        label: &'static str,
        /// The change.
        change: ScoreChange,
    },
    /// Show and play a change of the score until it is committed.
    Preview(ScoreChange),
    /// Make what is previewed one undo step, and what undo will say.
    CommitPreview(&'static str),
    /// Say something in passing.
    Say(Tone, String),
    /// Close a message, by its number.
    CloseMessage(u64),
    /// What the generate panel asks for.
    Generate(GenerateAction),
    /// The engine that composes, and the models it composes with.
    Engine(EngineAction),
    /// What is asked for around a keyboard's buttons and knobs.
    MidiLearn(MidiLearnAction),
    /// Files in and out.
    File(FileAction),
    /// The takes that a recording left.
    Recording(RecordingAction),
    /// What the library's thread and other windows tell.
    Session(SessionAction),
    /// What is asked for around the library.
    Library(LibraryAction),
    /// What the compose page asks for.
    Compose(ComposeAction),
    /// What the first steps ask for.
    Welcome(WelcomeAction),
    /// What the roll asks for.
    Roll(RollAction),
    /// What is asked for around training.
    Train(TrainAction),
    /// The models on their page.
    Models(ModelsAction),
    /// The SoundFonts there are.
    SoundFont(SoundFontAction),
    /// The sound output.
    Sound(SoundAction),
    /// Hearing something else than the score.
    Listen(ListenAction),
    /// What is asked for around exports.
    Export(ExportAction),
    /// Publishing to SoundCloud.
    Publish(PublishAction),
    /// What is asked for around imports.
    Import(ImportAction),
    /// What the window of a tool for notes asks for.
    NoteTool(NoteToolAction),
}

/// Lets a kind of action be asked for by itself.
macro_rules! kinds {
    ($($kind:ident: $type:ty),* $(,)?) => {
        $(impl From<$type> for Action {
            fn from(action: $type) -> Self {
                Self::$kind(action)
            }
        })*
    };
}
kinds!(
    Command: Command,
    Generate: GenerateAction,
    Engine: EngineAction,
    MidiLearn: MidiLearnAction,
    File: FileAction,
    Recording: RecordingAction,
    Session: SessionAction,
    Library: LibraryAction,
    Compose: ComposeAction,
    Welcome: WelcomeAction,
    Roll: RollAction,
    Train: TrainAction,
    Models: ModelsAction,
    SoundFont: SoundFontAction,
    Sound: SoundAction,
    Listen: ListenAction,
    Export: ExportAction,
    Publish: PublishAction,
    Import: ImportAction,
    NoteTool: NoteToolAction,
);

/// What was asked for and is not done yet, in the order of asking.
#[derive(Default)]
pub struct Actions(RefCell<Vec<Action>>);

impl Actions {
    /// Asks for something.
    pub fn ask(&self, action: impl Into<Action>) {
        self.0.borrow_mut().push(action.into());
    }

    /// What was asked for since the last call.
    pub fn take(&self) -> Vec<Action> {
        self.0.take()
    }
}
