//! Paths: asked for by the system's dialog or typed, dropped on the window, and handed to those who read and write
//! them.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{exports, imports, projects, publishing};
use crate::{
    library::project::EXTENSION,
    music::musicxml,
    studio::{
        actions::{FileAction, ModelsAction, SoundFontAction, TrainAction},
        dialogs::Dialog,
        page::Page,
        services::files::{Purpose, with_extension},
        state::Studio,
    },
    whole_file::name_from_title,
};

/// Sooner than this nobody has closed a dialog: there was none.
const NO_DIALOG: Duration = Duration::from_millis(400);

/// Carries out what is asked for around files.
pub fn execute(action: FileAction, studio: &mut Studio) {
    match action {
        FileAction::Ask(purpose) => ask(studio, purpose),
        FileAction::AskByField(purpose) => {
            let text = suggested_name(purpose, studio).map_or_else(String::new, |name| purpose.suggested_path(&name));
            studio.dialogs.open = Some(Dialog::Path { purpose, text });
        }
        FileAction::Take(purpose, paths) => take(studio, purpose, paths),
        FileAction::WriteUnlessThere { purpose, paths, agreed } => {
            write_unless_there(studio, purpose, paths, agreed);
        }
        FileAction::AskToReplace { purpose, path, there } => {
            studio.dialogs.open = Some(Dialog::Replace { purpose, path, there });
        }
        FileAction::Write(purpose, path) => carry_out(studio, purpose, vec![path]),
        FileAction::Import(paths) => import(studio, paths, false),
        FileAction::WriteProject(path, composition) => projects::write(&studio.services, path, composition),
        FileAction::ProjectWritten(path) => {
            studio.services.tell(format!("Saved: {}", path.display()));
            projects::note_recent(&studio.services, path);
        }
        FileAction::ProjectRead(path, composition) => {
            projects::note_recent(&studio.services, path);
            projects::open(studio, *composition);
        }
    }
}

/// Asks for a path by the system's dialog, and where none answers, by a field.
fn ask(studio: &mut Studio, purpose: Purpose) {
    let name = suggested_name(purpose, studio).unwrap_or_default();
    let format = studio.services.preferences.export_audio.format;
    studio.services.jobs.spawn("asking for a file", move |poster| {
        let dialog = rfd::FileDialog::new().set_title(purpose.asking().title);
        let midi = in_every_case(&["mid", "midi", "kar", "rmi"]);
        let asked = Instant::now();
        let one = |path: Option<PathBuf>| path.map(|path| vec![path]);
        let save = |dialog: rfd::FileDialog| one(dialog.set_file_name(&name).save_file());
        let paths = match purpose {
            Purpose::Import | Purpose::ImportIntoPresent => {
                dialog.add_filter("MIDI files", &midi).add_filter("All files", &["*"]).pick_files()
            }
            Purpose::OpenProject => one(dialog.add_filter("Cantus projects", &[EXTENSION]).pick_file()),
            Purpose::SaveProject => save(dialog.add_filter("Cantus projects", &[EXTENSION])),
            Purpose::ExportMidi | Purpose::ExportSomeMidi => save(dialog.add_filter("MIDI files", &["mid", "midi"])),
            Purpose::ExportSheet => save(dialog.add_filter("MusicXML", &[musicxml::EXTENSION])),
            Purpose::ExportPage => save(dialog.add_filter("Web pages", &["html"])),
            Purpose::SaveForUpload => save(dialog.add_filter("FLAC", &["flac"])),
            Purpose::ExportAudio => save(dialog.add_filter(format.name(), &[format.ending()])),
            Purpose::SoundFont => one(dialog
                .add_filter("SoundFonts", &in_every_case(&["sf2", "sf3"]))
                .add_filter("All files", &["*"])
                .pick_file()),
            Purpose::TrainingData | Purpose::Run | Purpose::ImportModel => one(dialog.pick_folder()),
            Purpose::ExportModel => save(dialog),
            Purpose::Curves => save(dialog.add_filter("Tables", &["csv"])),
            Purpose::Picture => save(dialog.add_filter("Pictures", &["png"])),
        };
        let at_once = asked.elapsed() < NO_DIALOG;
        poster.ask(match paths {
            // The system's dialog has asked about the very file, but knows nothing of endings and stems.
            Some(paths) if purpose.asking().writes => {
                FileAction::WriteUnlessThere { purpose, agreed: paths.first().cloned(), paths }
            }
            Some(paths) => FileAction::Take(purpose, paths),
            None if at_once => FileAction::AskByField(purpose),
            None => return,
        });
    });
}

/// What a file that is written is called, unless the user wants another name; `None` where files are read.
fn suggested_name(purpose: Purpose, studio: &Studio) -> Option<String> {
    let name = match purpose {
        Purpose::ExportModel => return Some(studio.pages.models.exported_name()),
        Purpose::Curves => "curves of all trainings".to_owned(),
        Purpose::Picture => {
            let picture = studio.pages.train.picture.as_ref();
            picture.map_or_else(|| "chart".to_owned(), |(name, _)| name_from_title(name))
        }
        _ => {
            Some(name_from_title(&studio.score().title)).filter(|name| !name.is_empty()).unwrap_or("composition".into())
        }
    };
    let format = studio.services.preferences.export_audio.format;
    let asking = purpose.asking();
    asking.writes.then(|| format!("{name}.{}", asking.ending.unwrap_or_else(|| format.ending())))
}

/// Endings as files have them: `mid`, `MID` and `Mid`. Some dialogs tell them apart.
fn in_every_case(endings: &[&str]) -> Vec<String> {
    let capital = |ending: &str| ending[..1].to_uppercase() + &ending[1..];
    let cases = |ending: &&str| [(*ending).to_owned(), ending.to_uppercase(), capital(ending)];
    endings.iter().flat_map(cases).collect()
}

/// Does with paths what they were asked for; where one alone can be asked for, the first counts. Files that are there
/// are replaced only once that was agreed to.
fn take(studio: &mut Studio, purpose: Purpose, paths: Vec<PathBuf>) {
    if purpose.asking().writes {
        write_unless_there(studio, purpose, paths, None);
        return;
    }
    carry_out(studio, purpose, paths);
}

fn carry_out(studio: &mut Studio, purpose: Purpose, paths: Vec<PathBuf>) {
    let Some(path) = paths.first().cloned() else { return };
    let Studio { document, services, dialogs, .. } = studio;
    match purpose {
        Purpose::Import => import(studio, paths, false),
        Purpose::ImportIntoPresent => import(studio, paths, true),
        Purpose::OpenProject => projects::read(services, path),
        Purpose::SaveProject => projects::save(studio, path),
        Purpose::ExportMidi => exports::write_midi(path, document, services),
        Purpose::ExportSomeMidi => exports::write_some_midi(path, &mut dialogs.export, document, services),
        Purpose::ExportSheet => exports::write_sheet(path, document, services),
        Purpose::ExportPage => exports::write_page(path, document, services),
        Purpose::SaveForUpload => publishing::save_for_upload(path, document, services),
        Purpose::ExportAudio => exports::write_audio(&path, document, services),
        Purpose::SoundFont => services.ask(SoundFontAction::Offer(path)),
        Purpose::TrainingData => services.ask(TrainAction::LearnFrom(path)),
        Purpose::Run => services.ask(TrainAction::OpenRun(path)),
        Purpose::Curves => services.ask(TrainAction::ExportCurves(path)),
        Purpose::Picture => services.ask(TrainAction::ExportPicture(path)),
        Purpose::ImportModel => services.ask(ModelsAction::Import(path)),
        Purpose::ExportModel => services.ask(ModelsAction::ExportTo(path)),
    }
}

/// Writes there where nothing lies that would be lost; else asks. `agreed` is the file that somebody agreed to have
/// replaced.
fn write_unless_there(studio: &mut Studio, purpose: Purpose, paths: Vec<PathBuf>, agreed: Option<PathBuf>) {
    let Some(path) = paths.into_iter().next() else { return };
    let path = match purpose.asking().ending {
        Some(ending) => with_extension(path, ending),
        None => path,
    };
    let places = match purpose {
        Purpose::ExportAudio => studio.services.preferences.export_audio.places(&path, &studio.document),
        _ => vec![path.clone()],
    };
    // Beside the window: disks may sleep, and networks hang.
    studio.services.jobs.spawn("looking for files that are there", move |poster| {
        let is_in_the_way = |place: &PathBuf| Some(place) != agreed.as_ref() && place.exists();
        let there: Vec<PathBuf> = places.into_iter().filter(is_in_the_way).collect();
        poster.ask(if there.is_empty() {
            FileAction::Write(purpose, path)
        } else {
            FileAction::AskToReplace { purpose, path, there }
        });
    });
}

/// Does with files of any kind what is meant by bringing them.
pub fn take_any(studio: &mut Studio, files: Vec<PathBuf>) {
    let mut music = Vec::new();
    for path in files {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("sf2" | "sf3") => take(studio, Purpose::SoundFont, vec![path]),
            _ if path.is_dir() => {
                take(studio, Purpose::TrainingData, vec![path]);
                studio.page = Page::Train;
            }
            _ => music.push(path),
        }
    }
    import(studio, music, false);
}

fn import(studio: &mut Studio, paths: Vec<PathBuf>, into_present: bool) {
    imports::begin(paths, into_present, &mut studio.dialogs, &studio.services);
}
