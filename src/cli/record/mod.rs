//! `cantus record`: a keyboard into a MIDI file, without a window.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::clock;
use crate::devices::{
    Inputs, KeyboardEvent, Keyboards, KeyboardsOptions, MidiBackend, Sink, Tap, TransportButton, alsa_backend, tap,
};
use crate::music::recorder::Origin;
use crate::music::{
    Metre, MetreMap, Performance, Recorder, Role, Score, Stamped, TICKS_PER_QUARTER, TempoMap, midi_file,
};
use crate::plural::counted;
use crate::sound::{Buffer, LiveInputs, OutputState, Player, PlayerOptions};
use crate::whole_file::folder_of;

use super::interrupts::Interrupts;
use super::values::{number_in, positive_up_to};
use super::{files, sound_output};

/// Arguments of `cantus record`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The MIDI file to write
    #[arg(long, value_name = "OUT.mid")]
    out: PathBuf,
    /// Record only from keyboards with these words in their name
    #[arg(long, value_name = "NAME")]
    input: Option<String>,
    /// Stop after this many seconds
    #[arg(long, value_name = "N", value_parser = |text: &str| positive_up_to(86_400.0, text))]
    seconds: Option<f64>,
    /// Bars of count-in, with the metronome on from there; without it, the recording starts on the first note
    #[arg(long, value_name = "BARS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=8))]
    count_in: u32,
    /// Hear what is played
    #[arg(long)]
    monitor: bool,
    /// Tempo in quarter notes per minute
    #[arg(long, value_name = "QPM", default_value_t = 120.0, value_parser = |text: &str| number_in(10.0..=400.0, text))]
    tempo: f64,
    /// The sound output, by part of its name
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Buffer size in frames: smaller for less latency, larger against dropouts
    #[arg(long, value_name = "FRAMES", default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=4096))]
    buffer: u32,
    /// The SoundFont to play with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
}

/// Runs `cantus record`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let interrupts = Interrupts::watch()?;
    let player = || (arguments.monitor || arguments.count_in > 0).then(|| Arc::new(start_player(arguments)));
    record(arguments, alsa_backend(), player, &interrupts, &mut tell)
}

#[expect(clippy::print_stderr, reason = "the command's own messages")]
fn tell(message: &str) {
    eprintln!("{message}");
}

/// How long between two looks at what came. Stamps are the driver's, so it shows in nothing but Ctrl-C.
const LOOK: Duration = Duration::from_millis(5);
/// How much a crash may cost.
const AUTOSAVE: Duration = Duration::from_secs(1);
/// How long the count-in may take to begin.
const STARTING: Duration = Duration::from_secs(5);

/// Records until something ends it, and writes the file. The player is started once all else is known to be there.
fn record(
    arguments: &Arguments,
    mut backend: Box<dyn MidiBackend>,
    player: impl FnOnce() -> Option<Arc<Player>>,
    interrupts: &Interrupts,
    tell: &mut dyn FnMut(&str),
) -> anyhow::Result<()> {
    let files = OutputFiles::new(&arguments.out, tell)?;
    backend.input_names()?;
    let player = player();
    let tempo = TempoMap::constant(arguments.tempo);
    let (feeder, tap) = tap();
    let monitor = player.as_ref().filter(|_| arguments.monitor).map(|player| player.live_inputs());
    let sinks = Box::new(move |_: &str| -> Sink {
        let mut to_recorder = feeder.sink();
        let mut to_sound = monitor.as_ref().map(LiveInputs::take);
        Box::new(move |stamped: Stamped| {
            if let Some(live) = &mut to_sound {
                live.send(stamped.stamp_micros, stamped.message);
            }
            to_recorder(stamped);
        })
    });
    let mut options = KeyboardsOptions::new(sinks);
    if let Some(words) = &arguments.input {
        options.inputs = Inputs::Matching(words.clone());
    }
    let keyboards = Keyboards::start(backend, options);
    tell("Waiting for a keyboard. To stop recording, press Ctrl-C or the keyboard's stop button");
    let origin = match &player {
        Some(player) if arguments.count_in > 0 => count_in(player, arguments.count_in, &tempo, interrupts, tell),
        _ => Origin::FirstNote { tick: 0.0 },
    };
    let recorder = Recorder::new(tempo.clone(), origin);
    let mut session = Session { keyboards, tap, recorder, tempo, files, saved: (0, 0) };
    let limit = arguments.seconds.map(Duration::from_secs_f64);
    let stop_micros = session.run(limit, interrupts, tell)?;
    session.finish(stop_micros, tell)
}

/// Clicks the count-in and gives the moment at which the music begins.
fn count_in(
    player: &Player,
    bars: u32,
    tempo: &TempoMap,
    interrupts: &Interrupts,
    tell: &mut dyn FnMut(&str),
) -> Origin {
    let score = Score { tempo: tempo.clone(), metre: MetreMap::constant(Metre::FOUR_FOUR), ..Score::default() };
    player.set_score(&score);
    player.set_metronome(true, 0.7);
    player.play_with_count_in(bars);
    let micros_per_tick = f64::from(tempo.change_at(0).micros_per_quarter) / f64::from(TICKS_PER_QUARTER);
    let length = f64::from(bars * Metre::FOUR_FOUR.bar_ticks()) * micros_per_tick / 1e6;
    let give_up = Instant::now() + Duration::from_secs_f64(length) + STARTING;
    let mut last = None;
    while Instant::now() < give_up && !interrupts.any() {
        let now = Instant::now();
        let position = player.position_at(now);
        if position.playing && position.tick >= 0.0 && position.count_in_beats_left.is_none() {
            let since = (position.tick * micros_per_tick) as u64;
            let stamp_micros = clock::micros_from(now).saturating_sub(since);
            return Origin::At { stamp_micros, tick: 0.0 };
        }
        if let Some(left) = position.count_in_beats_left
            && last != Some(left)
        {
            last = Some(left);
            tell(&format!("{left}…"));
        }
        std::thread::sleep(LOOK);
    }
    Origin::At { stamp_micros: clock::now_micros(), tick: 0.0 }
}

struct Session {
    keyboards: Keyboards,
    tap: Tap,
    recorder: Recorder,
    tempo: TempoMap,
    files: OutputFiles,
    /// Notes and controls in the last autosave.
    saved: (usize, usize),
}

impl Session {
    /// Records until Ctrl-C, the stop button or the time; gives the moment of the end.
    fn run(
        &mut self,
        limit: Option<Duration>,
        interrupts: &Interrupts,
        tell: &mut dyn FnMut(&str),
    ) -> anyhow::Result<u64> {
        let began_micros = clock::now_micros();
        let end_micros = limit.map(|limit| began_micros.saturating_add(limit.as_micros() as u64));
        let mut next_save = Instant::now() + AUTOSAVE;
        loop {
            let now_micros = clock::now_micros();
            if let Some(end) = end_micros.filter(|end| now_micros >= *end) {
                return Ok(end);
            }
            if interrupts.any() {
                return Ok(now_micros);
            }
            self.tap.drain(|stamped| self.recorder.push(stamped));
            while let Ok(event) = self.keyboards.events().try_recv() {
                if let Some(stop_micros) = handle(event, tell)? {
                    return Ok(stop_micros);
                }
            }
            if Instant::now() >= next_save {
                next_save = Instant::now() + AUTOSAVE;
                self.autosave(now_micros, tell);
            }
            std::thread::sleep(LOOK);
        }
    }

    fn autosave(&mut self, now_micros: u64, tell: &mut dyn FnMut(&str)) {
        let has_held = self.recorder.held(now_micros).next().is_some();
        let now = (self.recorder.notes().len(), self.recorder.controls().len());
        if now == self.saved && !has_held {
            return;
        }
        self.saved = now;
        let score = self.score(self.recorder.snapshot(now_micros));
        if let Err(error) = self.files.write_part(&score) {
            tell(&format!("Couldn't save the recording so far ({error:#}); it is kept in memory"));
        }
    }

    fn score(&self, performance: Performance) -> Score {
        let mut part = performance.into_part("Keyboard", 0);
        part.role = Role::Melody;
        Score {
            title: self.files.title(),
            tempo: self.tempo.clone(),
            parts: vec![Arc::new(part)],
            melody: Some(0),
            ..Score::default()
        }
    }

    fn finish(mut self, stop_micros: u64, tell: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
        // what was played before the stop but not yet looked at
        self.tap.drain(|stamped| {
            if stamped.stamp_micros <= stop_micros {
                self.recorder.push(stamped);
            }
        });
        let dropped = self.tap.dropped();
        if dropped > 0 {
            tell(&format!(
                "{} lost: they came faster than they could be recorded",
                counted(dropped as usize, "message")
            ));
        }
        if self.recorder.is_full() {
            tell("The recording reached its limit; what was played after that is missing");
        }
        let take = self.recorder.clone().stop(stop_micros);
        let (notes, controls) = (take.notes.len(), take.controls.len());
        if notes + controls == 0 {
            anyhow::bail!("nothing was played, so no file was saved: {}", self.files.out.display());
        }
        self.files.write(&self.score(take))?;
        let (notes, controls) = (counted(notes, "note"), counted(controls, "controller event"));
        tell(&format!("Recorded {notes} and {controls}: {}", self.files.out.display()));
        Ok(())
    }
}

/// Tells what happened to the keyboards; gives the moment of a press of the stop button.
fn handle(event: KeyboardEvent, tell: &mut dyn FnMut(&str)) -> anyhow::Result<Option<u64>> {
    match event {
        KeyboardEvent::Connected { name, .. } => tell(&format!("Recording from {name}")),
        KeyboardEvent::Lost { name } => {
            tell(&format!("{name} was unplugged; what was played is kept, and the recording goes on when it is back"));
        }
        KeyboardEvent::Failed { reason, .. } => tell(&format!("Trying again: {reason}")),
        KeyboardEvent::Unavailable { reason } => anyhow::bail!("{reason}"),
        KeyboardEvent::Button { button: TransportButton::Stop, stamp_micros, .. } => return Ok(Some(stamp_micros)),
        KeyboardEvent::Button { .. } | KeyboardEvent::Knob { .. } | KeyboardEvent::Controller { .. } => {}
    }
    Ok(None)
}

fn start_player(arguments: &Arguments) -> Player {
    let soundfont = match sound_output::choose_soundfont(arguments.soundfont.as_deref()) {
        Ok(soundfont) => Some(soundfont),
        Err(error) => {
            tell(&format!("Recording without sound: {error:#}"));
            None
        }
    };
    let player = Player::start(PlayerOptions {
        soundfont,
        device: arguments.device.clone(),
        buffer: Buffer::Frames(arguments.buffer),
        ..PlayerOptions::default()
    });
    match sound_output::wait_until_open(&player) {
        OutputState::Running { device, .. } => tell(&format!("Playing through {device}")),
        OutputState::NoDevice { reason } => tell(&format!("Recording without sound: {reason}")),
        OutputState::Opening => tell("The sound output is still opening"),
    }
    player
}

/// Where the recording is kept: as it grows, and at the end.
struct OutputFiles {
    out: PathBuf,
    /// Rewritten as the recording grows, so that a crash costs a second at most; gone when `out` is written.
    part: PathBuf,
}

impl OutputFiles {
    fn new(out: &Path, tell: &mut dyn FnMut(&str)) -> anyhow::Result<Self> {
        anyhow::ensure!(out.file_name().is_some(), "not a file name: {}", out.display());
        anyhow::ensure!(!out.is_dir(), "this is a folder, not a file: {}", out.display());
        let folder = folder_of(out);
        anyhow::ensure!(folder.is_dir(), "there is no such folder: {}", folder.display());
        let part = part_name(out, 0);
        let mut files = Self { out: out.to_owned(), part };
        // what a crash left behind is kept
        let mut number = 0;
        while files.part.exists() {
            if number == 0 {
                tell(&format!("An earlier recording that was interrupted is kept in {}", files.part.display()));
            }
            number += 1;
            files.part = part_name(out, number);
        }
        Ok(files)
    }

    fn title(&self) -> String {
        self.out.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn write_part(&self, score: &Score) -> anyhow::Result<()> {
        files::write_whole(&self.part, &midi_file::write(score))
    }

    fn write(&self, score: &Score) -> anyhow::Result<()> {
        files::write_whole(&self.out, &midi_file::write(score)).or_else(|error| {
            self.write_part(score)
                .map_err(|_| anyhow::anyhow!("{error:#}"))
                .and_then(|()| Err(error.context(format!("the recording is kept in {}", self.part.display()))))
        })?;
        match std::fs::remove_file(&self.part) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("saved, but couldn't remove {}", self.part.display()))
            }
            _ => Ok(()),
        }
    }
}

fn part_name(out: &Path, number: u32) -> PathBuf {
    let mut name = OsString::from(out);
    name.push(".part");
    if number > 0 {
        name.push(format!("-{}", number + 1));
    }
    name.into()
}

#[cfg(test)]
mod tests;
