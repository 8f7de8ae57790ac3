//! Files in and out: MIDI read and written, audio rendered, dialogs asked, files dropped. All of it beside the window.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use eframe::egui::Context;

use super::{dialogs::Dialog, session, state::Studio, toasts::Tone};
use crate::{
    library::store::new_id,
    music::{Role, Score, midi_file},
    sound::{
        self,
        export::{Depth, ExportError, ExportOptions, Format},
    },
    whole_file::name_from_title,
};

/// What a path is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A MIDI file to open.
    Import,
    /// Where the MIDI file goes.
    ExportMidi,
    /// Where the audio goes.
    ExportAudio,
    /// A SoundFont to play with.
    SoundFont,
    /// A folder of MIDI files to train on.
    TrainingData,
    /// The folder of a training that was begun elsewhere.
    Run,
    /// Where the curves of all trainings go.
    Curves,
    /// Where the picture of a chart goes.
    Picture,
}

impl Purpose {
    /// The dialog's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Import => "Import a MIDI file",
            Self::ExportMidi => "Export as MIDI",
            Self::ExportAudio => "Export as audio",
            Self::SoundFont => "Choose a SoundFont",
            Self::TrainingData => "Choose a folder of MIDI files",
            Self::Run => "Choose the folder of a training",
            Self::Curves => "Write the curves of all trainings",
            Self::Picture => "Save the chart as a picture",
        }
    }

    /// What its button does.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Import => "Import",
            Self::ExportMidi | Self::ExportAudio => "Export",
            Self::Curves | Self::Picture => "Write",
            Self::SoundFont | Self::TrainingData | Self::Run => "Choose",
        }
    }

    /// What a path looks like.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Import => "~/Music/melody.mid",
            Self::ExportMidi => "~/Music/composition.mid",
            Self::ExportAudio => "~/Music/composition.wav",
            Self::SoundFont => "~/Music/piano.sf2",
            Self::TrainingData => "~/Music/midi",
            Self::Run => "~/models/my-model",
            Self::Curves => "~/curves.csv",
            Self::Picture => "~/chart.png",
        }
    }
}

/// Sooner than this nobody has closed a dialog: there was none.
const NO_DIALOG: Duration = Duration::from_millis(400);
/// What audio is rendered at.
const RATE_HZ: u32 = 44_100;

/// How far an export is.
#[derive(Debug, Default)]
pub struct Export {
    thousandths: AtomicU32,
    cancelled: AtomicBool,
}

impl Export {
    /// 0 to 1.
    pub fn share(&self) -> f32 {
        self.thousandths.load(Ordering::Relaxed) as f32 / 1000.0
    }

    /// Ends it; nothing is written.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Studio {
    pub(super) fn ask_for_import(&mut self) {
        self.ask(Purpose::Import);
    }

    pub(super) fn ask_for_export(&mut self, audio: bool) {
        self.ask(if audio { Purpose::ExportAudio } else { Purpose::ExportMidi });
    }

    /// Asks for a path by the system's dialog, and where none answers, by a field.
    pub(super) fn ask(&mut self, purpose: Purpose) {
        let title = self.score().title.clone();
        let name = match name_from_title(&title) {
            name if name.is_empty() => "composition".to_owned(),
            name => name,
        };
        self.jobs.spawn("asking for a file", move |poster| {
            let dialog = rfd::FileDialog::new().set_title(purpose.title());
            let midi = ["mid", "midi"];
            let asked = Instant::now();
            let path = match purpose {
                Purpose::Import => dialog.add_filter("MIDI files", &midi).pick_file(),
                Purpose::ExportMidi => dialog
                    .add_filter("MIDI files", &midi)
                    .set_file_name(format!("{name}.mid"))
                    .save_file(),
                Purpose::ExportAudio => dialog
                    .add_filter("WAV audio", &["wav"])
                    .set_file_name(format!("{name}.wav"))
                    .save_file(),
                Purpose::SoundFont => dialog.add_filter("SoundFonts", &["sf2", "sf3"]).pick_file(),
                Purpose::TrainingData | Purpose::Run => dialog.pick_folder(),
                Purpose::Curves => dialog.add_filter("Tables", &["csv"]).set_file_name("curves.csv").save_file(),
                Purpose::Picture => dialog.add_filter("Pictures", &["png"]).set_file_name("chart.png").save_file(),
            };
            let at_once = asked.elapsed() < NO_DIALOG;
            poster.post(move |studio| match path {
                Some(path) => studio.take_path(purpose, path),
                None if at_once => {
                    studio.dialog = Some(Dialog::Path {
                        purpose,
                        text: String::new(),
                    });
                }
                None => {}
            });
        });
    }

    /// Does with a path what it was asked for.
    pub fn take_path(&mut self, purpose: Purpose, path: PathBuf) {
        match purpose {
            Purpose::Import => self.import(path),
            Purpose::ExportMidi => self.export_midi(with_extension(path, "mid")),
            Purpose::ExportAudio => self.export_audio(with_extension(path, "wav")),
            Purpose::SoundFont => self.sound.load_font(&self.jobs, path),
            Purpose::TrainingData => self.learn_from(path),
            Purpose::Run => self.open_run(path),
            Purpose::Curves => self.export_curves(with_extension(path, "csv")),
            Purpose::Picture => self.export_picture(with_extension(path, "png")),
        }
    }

    pub(super) fn take_dropped_files(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> = ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        for path in dropped {
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
            match extension.as_deref() {
                Some("sf2" | "sf3") => self.take_path(Purpose::SoundFont, path),
                _ if path.is_dir() => {
                    self.take_path(Purpose::TrainingData, path);
                    self.page = super::state::Page::Train;
                }
                _ => self.import(path),
            }
        }
    }

    /// Reads a MIDI file beside the window; several parts are asked about.
    pub(super) fn import(&mut self, path: PathBuf) {
        self.jobs.spawn("importing", move |poster| {
            let name = path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let read = read_midi(&path);
            poster.post(move |studio| match read {
                Err(reason) => studio.fail(format!("{name} could not be imported, the score is as it was: {reason}")),
                Ok(score) => studio.imported(name, score),
            });
        });
    }

    fn imported(&mut self, name: String, score: Score) {
        let sounding: Vec<usize> = (0..score.parts.len())
            .filter(|&index| !score.parts[index].notes.is_empty())
            .collect();
        match sounding.as_slice() {
            [] => self.fail(format!("{name} holds no notes, the score is as it was")),
            [one] => self.take_score(&name, score.clone(), Some(*one), false),
            _ if score.melody.is_some() => {
                // written by this program: it says itself which part leads
                let melody = score.melody;
                self.take_score(&name, score, melody, false);
            }
            _ => {
                let melody = propose_melody(&score);
                self.dialog = Some(Dialog::PickMelody {
                    name,
                    score: Arc::new(score),
                    melody,
                });
            }
        }
    }

    /// Works on another score from now on, as one undo step.
    pub(super) fn take_score(&mut self, name: &str, mut score: Score, melody: Option<usize>, alone: bool) {
        if self.recording.is_some() {
            self.stop_recording();
        }
        self.drop_audition();
        self.generate.results.clear();
        self.sound.with_player(crate::sound::Player::stop);
        self.sound.seek(0);
        score.id = new_id(); // a composition of its own
        score.melody = melody;
        if let Some(melody) = melody {
            if alone {
                score.parts = score.parts.into_iter().skip(melody).take(1).collect();
                score.melody = Some(0);
            }
            if let Some(part) = score.melody.and_then(|melody| score.part_mut(melody)) {
                part.role = Role::Melody;
            }
        }
        if score.title.is_empty() {
            score.title = Path::new(name)
                .file_stem()
                .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        }
        for index in 0..score.parts.len() {
            if let Some(part) = score.part_mut(index).filter(|part| part.color == 0) {
                part.color = (index % super::theme::PART_COLORS) as u8;
            }
        }
        self.part = score.melody.unwrap_or(0);
        self.history.commit(format!("Import {name}"), score);
        self.transport.loop_range = None;
        self.transport.looping = false;
        self.roll.show_all = true;
        self.page = super::state::Page::Studio;
        self.tell(format!("{name} is open"));
    }

    fn export_midi(&mut self, path: PathBuf) {
        self.keep_audition();
        let score = Arc::clone(self.history.committed());
        self.jobs.spawn("exporting MIDI", move |poster| {
            let written = session::write_whole(&path, &midi_file::write(&score));
            poster.post(move |studio| match written {
                Ok(()) => studio.tell(format!("Written: {}", path.display())),
                Err(error) => studio.fail(format!("The MIDI file could not be written ({error}): {}", path.display())),
            });
        });
    }

    fn export_audio(&mut self, path: PathBuf) {
        self.keep_audition();
        let Some(font) = self.sound.font.clone() else {
            self.fail("Audio needs a SoundFont: choose one in Settings");
            return;
        };
        let score = Arc::clone(self.history.committed());
        let export = Arc::new(Export::default());
        self.export = Some(Arc::clone(&export));
        self.jobs.spawn("exporting audio", move |poster| {
            let options = ExportOptions {
                format: Format::Wav(Depth::Bits16),
                sample_rate_hz: RATE_HZ,
                stems: false,
                loudness: None,
                range: None,
            };
            let written = sound::export::export(&score, &font, &path, &options, &mut |share| {
                export.thousandths.store((share * 1000.0) as u32, Ordering::Relaxed);
                if export.cancelled.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            poster.post(move |studio| {
                studio.export = None;
                match written {
                    Ok(_) => studio.tell(format!("Written: {}", path.display())),
                    Err(ExportError::Cancelled) => studio.toasts.add(Tone::Plain, "The export was cancelled; nothing was written"),
                    Err(error) => studio.fail(super::status::sentence(&error.to_string())),
                }
            });
        });
    }
}

fn read_midi(path: &Path) -> Result<Score, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no file".into());
    }
    if metadata.len() > midi_file::MAX_FILE_BYTES as u64 {
        return Err(format!("it is larger than {} MiB", midi_file::MAX_FILE_BYTES >> 20));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    midi_file::read(&bytes).map_err(|error| error.to_string())
}

/// The part most like a tune: high, one note at a time, and there most of the time; a name that says so wins.
pub fn propose_melody(score: &Score) -> usize {
    let end = f64::from(score.end().max(1));
    let mark = |index: usize| -> f64 {
        let part = &score.parts[index];
        if part.notes.is_empty() || part.is_drum {
            return f64::MIN;
        }
        let name = part.name.to_lowercase();
        let named = ["melod", "vocal", "voice", "lead", "sopran", "tune", "solo"]
            .iter()
            .any(|word| name.contains(word));
        let count = part.notes.len() as f64;
        let pitch = part.notes.iter().map(|note| f64::from(note.pitch.get())).sum::<f64>() / count;
        let overlaps = part.notes.windows(2).filter(|pair| pair[1].start < pair[0].end()).count() as f64 / count;
        let sounding = part.notes.iter().map(|note| f64::from(note.duration)).sum::<f64>() / end;
        pitch / 12.0 - 4.0 * overlaps + 2.0 * sounding.min(1.0) + if named { 10.0 } else { 0.0 }
    };
    (0..score.parts.len()).max_by(|&a, &b| mark(a).total_cmp(&mark(b))).unwrap_or(0)
}

fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    if path.extension().is_some() {
        path
    } else {
        path.with_extension(extension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Part, Pitch, Velocity};

    fn part(name: &str, pitch: i32, together: bool) -> Part {
        let mut part = Part::new(name, 0);
        part.notes = (0..8)
            .map(|index| Note {
                start: if together { index / 2 * 480 } else { index * 480 },
                pitch: Pitch::clamped(pitch + i32::try_from(index).unwrap()),
                duration: 480,
                velocity: Velocity::DEFAULT,
            })
            .collect();
        part
    }

    fn score(parts: Vec<Part>) -> Score {
        Score {
            parts: parts.into_iter().map(Arc::new).collect(),
            ..Score::default()
        }
    }

    #[test]
    fn the_proposed_melody_is_the_tune() {
        let mut drums = part("", 80, false);
        drums.is_drum = true;
        let chords = part("", 70, true);
        assert_eq!(
            propose_melody(&score(vec![part("", 40, false), chords.clone(), part("", 66, false), drums])),
            2
        );
        assert_eq!(propose_melody(&score(vec![part("Lead vocal", 50, false), chords])), 0);
    }

    #[test]
    fn a_name_without_an_ending_gets_one() {
        assert_eq!(with_extension("a/b".into(), "mid"), PathBuf::from("a/b.mid"));
        assert_eq!(with_extension("a/b.midi".into(), "mid"), PathBuf::from("a/b.midi"));
    }
}
