//! Files out: audio and MIDI are written beside the window.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    music::{Key, Score, midi_file, musicxml},
    plural::counted,
    sound::{
        SoundFont,
        export::{self, ExportError, Exported},
        page,
    },
    studio::{
        actions::{Action, ExportAction},
        dialogs::export::state::{ExportKind, ExportWindow, MidiChoice},
        document::Document,
        pages::compose::editor::Editor,
        services::{Services, exports::Running, session::write_whole},
        toasts::Tone,
        words::sentence,
    },
    system_open, whole_file,
};

/// Carries out what is asked for around exports.
pub fn execute(action: ExportAction, services: &mut Services) {
    match action {
        ExportAction::Cancel => {
            if let Some(running) = &services.exports.running {
                running.cancel();
            }
        }
        ExportAction::AudioWritten(exported) => audio_written(exported, services),
        ExportAction::AudioCancelled => {
            services.exports.running = None;
            services.say(Tone::Plain, "Export cancelled; no file was written");
        }
        ExportAction::AudioFailed(reason) => {
            services.exports.running = None;
            services.exports.failed = Some(reason.clone());
            services.fail(reason);
        }
        ExportAction::MidiWritten(path) => {
            services.tell(format!("Saved to {}", path.display()));
            services.change_preferences(|preferences| preferences.remember_file(path));
        }
        ExportAction::ShowFolder(path) => show_folder_of(&path, services),
    }
}

/// Opens the window.
pub fn open(kind: ExportKind, window: &mut ExportWindow, services: &mut Services) {
    window.open = Some(kind);
    services.exports.forget();
}

/// Opens the window for some parts or bars, on those that are selected.
pub fn open_midi(window: &mut ExportWindow, document: &Document, editor: &Editor, services: &mut Services) {
    let score = document.score();
    let selected = editor.bars_of_selection(score, document.part);
    window.midi = selected.map_or_else(MidiChoice::default, |bars| MidiChoice::of_bars(bars, score.parts.len()));
    open(ExportKind::Midi, window, services);
}

/// Writes audio there.
pub fn write_audio(path: &Path, document: &mut Document, services: &mut Services) {
    let (path, options) = services.preferences.export_audio.options_for(path, document);
    write_sound(document, services, move |score, font, on| export::export(score, font, &path, &options, on));
}

/// How far it is; says whether it goes on.
type OnProgress<'a> = &'a mut dyn FnMut(f32) -> ControlFlow<()>;

/// Writes files with sound beside the window.
pub(super) fn write_sound(
    document: &mut Document,
    services: &mut Services,
    write: impl FnOnce(&Score, &SoundFont, OnProgress<'_>) -> Result<Exported, ExportError> + Send + 'static,
) {
    let Some(font) = services.sound.font.clone() else {
        return services.fail("Audio needs a SoundFont: choose one in Settings");
    };
    if services.exports.running.is_some() {
        return services.fail("Audio is being exported already");
    }
    let score = document.base();
    let running = Arc::new(Running::default());
    services.exports.forget();
    services.exports.running = Some(Arc::clone(&running));
    services.jobs.spawn("exporting audio", move |poster| {
        // whatever happens in there, the window must not show it as running for ever
        let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            write(&score, &font, &mut |share| running.advance(share))
        }));
        poster.ask(match written {
            Ok(Ok(exported)) => ExportAction::AudioWritten(exported),
            Ok(Err(ExportError::Cancelled)) => ExportAction::AudioCancelled,
            Ok(Err(error)) => ExportAction::AudioFailed(sentence(&error.to_string())),
            Err(_) => ExportAction::AudioFailed("Something went wrong in the encoder; no file was written".into()),
        });
    });
}

fn audio_written(exported: Exported, services: &mut Services) {
    services.exports.running = None;
    let path = exported.files[0].display();
    services.toasts.add(
        Tone::Good,
        match exported.files.len() - 1 {
            0 => format!("Saved to {path}"),
            stems => format!("Saved with {} to {path}", counted(stems, "stem")),
        },
    );
    services.exports.done = Some(exported);
}

/// Writes the whole score as MIDI.
pub fn write_midi(path: PathBuf, document: &mut Document, services: &Services) {
    write_score(path, document.base(), document.found_key(), services);
}

/// Writes the chosen parts and bars as MIDI, and closes the window.
pub fn write_some_midi(path: PathBuf, window: &mut ExportWindow, document: &mut Document, services: &Services) {
    window.open = None;
    write_score(path, Arc::new(window.midi.score(document)), document.found_key(), services);
}

/// Writes the whole score as sheet music.
pub fn write_sheet(path: PathBuf, document: &mut Document, services: &Services) {
    let (score, found) = (document.base(), document.found_key());
    services.jobs.spawn("exporting sheet music", move |poster| {
        let written = musicxml::write(&score, found).map_err(|error| error.to_string());
        let written = written.and_then(|sheet| write_whole(&path, &sheet).map_err(|error| error.to_string()));
        poster.ask(match written {
            Ok(()) => Action::Say(Tone::Good, format!("Saved to {}", path.display())),
            Err(error) => {
                Action::Say(Tone::Error, format!("Couldn't write the sheet music ({error}): {}", path.display()))
            }
        });
    });
}

/// Writes the whole score as a web page.
pub fn write_page(path: PathBuf, document: &mut Document, services: &mut Services) {
    let found = document.found_key();
    write_sound(document, services, move |score, font, on| page::write((score, found), font, &path, on));
}

/// Writes it with the names of its parts as the window shows them, also of those that have none of their own.
fn write_score(path: PathBuf, mut score: Arc<Score>, found: Option<Key>, services: &Services) {
    services.jobs.spawn("exporting MIDI", move |poster| {
        for part in Arc::make_mut(&mut score).parts.iter_mut().filter(|part| part.name.trim().is_empty()) {
            let part = Arc::make_mut(part);
            part.name = part.shown_name().to_owned();
        }
        poster.ask(match write_whole(&path, &midi_file::write_in(&score, found)) {
            Ok(()) => Action::Export(ExportAction::MidiWritten(path)),
            Err(error) => {
                Action::Say(Tone::Error, format!("Couldn't write the MIDI file ({error}): {}", path.display()))
            }
        });
    });
}

fn show_folder_of(path: &Path, services: &Services) {
    let folder = whole_file::folder_of(path).to_owned();
    services.jobs.spawn("showing a folder", move |poster| {
        if !system_open::open(&folder) {
            let text = format!("This computer has no program that shows folders; the file is in {}", folder.display());
            poster.ask(Action::Say(Tone::Plain, text));
        }
    });
}
