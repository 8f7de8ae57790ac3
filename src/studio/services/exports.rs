//! Files out: what is chosen for them, and the work beside the window. [`crate::studio::dialogs::export`] draws it.

use std::{
    ops::{ControlFlow, Range},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use crate::studio::{services::session, state::Studio, toasts::Tone};
use crate::{
    music::{Score, Tick, excerpt, midi_file},
    sound::export::{self, Depth, ExportError, ExportOptions, Exported, Format, Loudness},
};

/// What the window is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Some parts or bars as MIDI.
    Midi,
}

/// What is chosen for sound.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioChoice {
    /// The kind of file; the others' qualities are remembered below.
    pub format: Format,
    /// Of WAV.
    pub wav_depth: Depth,
    /// Of FLAC.
    pub flac_depth: Depth,
    /// Of Ogg Vorbis, 0 to 10.
    pub ogg_quality: f32,
    /// Of MP3.
    pub mp3_kbps: u16,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// A file for each part, too.
    pub stems: bool,
    /// Whether `loudness` is asked for.
    pub normalise: bool,
    /// How loud.
    pub loudness: Loudness,
    /// Only the loop's range.
    pub loop_only: bool,
}

impl Default for AudioChoice {
    fn default() -> Self {
        Self {
            format: Format::Wav(Depth::Bits16),
            wav_depth: Depth::Bits16,
            flac_depth: Depth::Bits16,
            ogg_quality: 6.0,
            mp3_kbps: 256,
            sample_rate_hz: 44_100,
            stems: false,
            normalise: false,
            loudness: Loudness::default(),
            loop_only: false,
        }
    }
}

/// What is chosen for MIDI.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MidiChoice {
    /// Only the loop's range.
    pub loop_only: bool,
    /// Parts that are left out, by index.
    pub left_out: Vec<usize>,
}

/// How far sound being written is.
#[derive(Debug, Default)]
pub struct Running {
    thousandths: AtomicU32,
    cancelled: AtomicBool,
}

impl Running {
    /// 0 to 1.
    pub fn share(&self) -> f32 {
        self.thousandths.load(Ordering::Relaxed) as f32 / 1000.0
    }

    /// Ends it; nothing is written.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Files out, as the window shows them.
#[derive(Debug, Default)]
pub struct Exports {
    /// What the window is open for, if it is open.
    pub open: Option<Kind>,
    /// What is chosen for sound.
    pub audio: AudioChoice,
    /// What is chosen for MIDI.
    pub midi: MidiChoice,
    /// Sound being written, if it is.
    pub running: Option<Arc<Running>>,
    /// What was written last.
    pub done: Option<Exported>,
    /// Why nothing was.
    pub failed: Option<String>,
}

impl Studio {
    /// Opens the window.
    pub(in crate::studio) fn open_exports(&mut self, kind: Kind) {
        self.services.exports.open = Some(kind);
        self.services.exports.midi = MidiChoice::default(); // parts may be others by now
        self.services.exports.done = None;
        self.services.exports.failed = None;
    }

    /// The loop's range, where there is one.
    pub(in crate::studio) fn loop_range(&self) -> Option<Range<Tick>> {
        self.document.transport.loop_range.clone().filter(|range| range.start < range.end)
    }

    /// What is asked of the sound's file, as chosen.
    pub(in crate::studio) fn audio_options(&self) -> ExportOptions {
        let choice = &self.services.exports.audio;
        ExportOptions {
            format: choice.format,
            sample_rate_hz: choice.sample_rate_hz,
            stems: choice.stems,
            loudness: choice.normalise.then_some(choice.loudness),
            range: self.loop_range().filter(|_| choice.loop_only),
        }
    }

    /// Seconds of music to be written, its tail not counted.
    pub(in crate::studio) fn seconds_to_export(&self) -> f64 {
        let score = self.document.history.committed();
        let range = self.audio_options().range.unwrap_or(0..score.end());
        score.tempo.seconds_from_tick(range.end) - score.tempo.seconds_from_tick(range.start)
    }

    /// The files that sound written there makes: the mix, then the stems.
    pub(in crate::studio) fn audio_places(&self, path: &Path) -> Vec<PathBuf> {
        let mut options = self.audio_options();
        let mix = with_ending(path, &mut options.format);
        let score = self.document.history.committed();
        let cut = options.range.clone().map(|range| excerpt::excerpt(score, range));
        let stems = export::stem_paths(cut.as_ref().unwrap_or(score), &mix, &options);
        [mix].into_iter().chain(stems.into_iter().map(|(_, path)| path)).collect()
    }

    /// Writes sound there.
    pub(in crate::studio) fn export_audio(&mut self, path: &Path) {
        self.keep_audition();
        let Some(font) = self.services.sound.font.clone() else {
            self.fail("Audio needs a SoundFont: choose one in Settings");
            return;
        };
        if self.services.exports.running.is_some() {
            self.fail("Audio is being written already");
            return;
        }
        let mut options = self.audio_options();
        let path = with_ending(path, &mut options.format);
        let score = Arc::clone(self.document.history.committed());
        let running = Arc::new(Running::default());
        self.services.exports.running = Some(Arc::clone(&running));
        self.services.exports.done = None;
        self.services.exports.failed = None;
        self.services.jobs.spawn("exporting audio", move |poster| {
            // whatever happens in there, the window must not show it as running for ever
            let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                export::export(&score, &font, &path, &options, &mut |share| {
                    running.thousandths.store((share * 1000.0) as u32, Ordering::Relaxed);
                    if running.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })
            }));
            poster.post(move |studio| match written {
                Ok(written) => studio.audio_written(written),
                Err(_) => studio.audio_failed("Something went wrong in the encoder; nothing was written".into()),
            });
        });
    }

    fn audio_written(&mut self, written: Result<Exported, ExportError>) {
        match written {
            Ok(exported) => {
                self.services.exports.running = None;
                let (path, more) = (exported.files[0].display(), exported.files.len() - 1);
                self.tell(match more {
                    0 => format!("Written: {path}"),
                    1 => format!("Written, with one stem: {path}"),
                    _ => format!("Written, with {more} stems: {path}"),
                });
                self.services.exports.done = Some(exported);
            }
            Err(ExportError::Cancelled) => {
                self.services.exports.running = None;
                self.services.toasts.add(Tone::Plain, "The export was cancelled; nothing was written");
            }
            Err(error) => self.audio_failed(crate::studio::status_bar::sentence(&error.to_string())),
        }
    }

    fn audio_failed(&mut self, reason: String) {
        self.services.exports.running = None;
        self.services.exports.failed = Some(reason.clone());
        self.fail(reason);
    }

    /// Writes the whole score as MIDI.
    pub(in crate::studio) fn export_midi(&mut self, path: PathBuf) {
        self.keep_audition();
        let score = Arc::clone(self.document.history.committed());
        self.write_midi(path, score);
    }

    /// Writes the chosen parts and bars as MIDI.
    pub(in crate::studio) fn export_some_midi(&mut self, path: PathBuf) {
        self.keep_audition();
        let score = self.chosen_midi();
        self.services.exports.open = None;
        self.write_midi(path, Arc::new(score));
    }

    /// The chosen parts and bars as a score.
    pub(in crate::studio) fn chosen_midi(&self) -> Score {
        let choice = &self.services.exports.midi;
        let some = excerpt::with_parts(self.document.history.committed(), |index| !choice.left_out.contains(&index));
        match self.loop_range().filter(|_| choice.loop_only) {
            Some(range) => excerpt::excerpt(&some, range),
            None => some,
        }
    }

    fn write_midi(&mut self, path: PathBuf, score: Arc<Score>) {
        self.services.jobs.spawn("exporting MIDI", move |poster| {
            let written = session::write_whole(&path, &midi_file::write(&score));
            poster.post(move |studio| match written {
                Ok(()) => {
                    studio.tell(format!("Written: {}", path.display()));
                    studio.remember_file(path);
                }
                Err(error) => studio.fail(format!("The MIDI file could not be written ({error}): {}", path.display())),
            });
        });
    }

    /// Shows the folder a file lies in, by the desktop's own program.
    pub(in crate::studio) fn show_folder_of(&mut self, path: &Path) {
        let folder = crate::whole_file::folder_of(path).to_owned();
        self.services.jobs.spawn("showing a folder", move |poster| {
            let shown = std::process::Command::new("xdg-open")
                .arg(&folder)
                .stdin(std::process::Stdio::null())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .status();
            if !shown.is_ok_and(|status| status.success()) {
                poster.post(move |studio| {
                    studio.services.toasts.add(
                        Tone::Plain,
                        format!("No program on this computer shows folders; it lies in {}", folder.display()),
                    );
                });
            }
        });
    }
}

/// The path with an ending that says what is in the file: the chosen format's, or, where another one's was typed, that one.
fn with_ending(path: &Path, format: &mut Format) -> PathBuf {
    let typed = path.extension().and_then(|ending| Format::from_ending(&ending.to_string_lossy()));
    match typed {
        Some(typed) if typed.ending() == format.ending() => path.to_owned(),
        Some(typed) => {
            *format = typed;
            path.to_owned()
        }
        None => {
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(format.ending());
            name.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_is_in_the_file() {
        let ending = |path: &str| {
            let mut format = Format::Flac(Depth::Bits24);
            (with_ending(Path::new(path), &mut format), format)
        };
        assert_eq!(ending("a/b"), ("a/b.flac".into(), Format::Flac(Depth::Bits24)));
        assert_eq!(ending("a/b.FLAC"), ("a/b.FLAC".into(), Format::Flac(Depth::Bits24)));
        assert_eq!(ending("a/Op. 1"), ("a/Op. 1.flac".into(), Format::Flac(Depth::Bits24)));
        assert_eq!(ending("a/b.mp3"), ("a/b.mp3".into(), Format::Mp3 { kbps: 256 }));
    }
}
