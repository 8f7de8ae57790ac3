//! `cantus play`: a MIDI file on the computer's sound output, to its end.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::bail;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::interrupts::Interrupts;
use super::{files, sound_output};
use crate::music::Score;
use crate::plural::counted;
use crate::sound::{Buffer, OutputEvent, Player, PlayerOptions};

/// Arguments of `cantus play`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The MIDI file
    #[arg(value_name = "FILE.mid")]
    input: PathBuf,
    /// The SoundFont to play with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// The sound output, by part of its name
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Buffer size in frames: smaller for less latency, larger against dropouts
    #[arg(long, value_name = "FRAMES", default_value_t = 512, value_parser = clap::value_parser!(u32).range(64..=4096))]
    buffer: u32,
}

/// How long the music may take to begin.
const STARTING: Duration = Duration::from_secs(10);
/// The last notes ring out this long at most.
const LONGEST_TAIL: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(50);
/// -60 dB: the tail is over.
const QUIET: f32 = 1e-3;

/// Runs `cantus play`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (score, _) = files::read_and_tell(&arguments.input)?;
    let soundfont = sound_output::choose_soundfont(arguments.soundfont.as_deref())?;
    sound_output::unheard(&soundfont, &score);
    let player = Player::start(PlayerOptions {
        soundfont: Some(soundfont),
        device: arguments.device.clone(),
        buffer: Buffer::Frames(arguments.buffer),
        ..PlayerOptions::default()
    });
    sound_output::open(&player)?;
    let interrupts = Interrupts::watch()?;
    player.set_score(&score);
    player.set_stop_at_end(true);
    player.play();
    let bar = bar(&score);
    let followed = follow(&player, &score, &interrupts, &bar);
    bar.finish_and_clear();
    followed?;
    match player.faults().overruns() {
        0 => {}
        overruns => tell(&bar, &format!("The sound was late {}", counted(overruns as usize, "time"))),
    }
    Ok(())
}

/// Shows where the music is until it has ended and rung out, or Ctrl-C is pressed.
fn follow(player: &Player, score: &Score, interrupts: &Interrupts, bar: &ProgressBar) -> anyhow::Result<()> {
    // The command takes a block to arrive; before it does, nothing plays yet.
    let give_up = Instant::now() + STARTING;
    let mut has_played = score.end() == 0;
    let mut ended = None;
    while !interrupts.any() {
        for event in player.events() {
            tell(
                bar,
                &match event {
                    OutputEvent::Lost { device, .. } => {
                        format!("{device} was disconnected; playing goes on when it is back")
                    }
                    OutputEvent::Back { device } => format!("{device} is back"),
                    OutputEvent::Measured { .. } => continue, // only with a measured buffer
                },
            );
        }
        let position = player.position();
        has_played |= position.playing;
        bar.set_position((score.tempo.seconds_from_tick(position.tick.max(0.0) as u32) * 1000.0) as u64);
        if position.playing {
            ended = None;
        } else if has_played {
            let since = *ended.get_or_insert_with(Instant::now);
            let quiet = player.peaks().master.iter().all(|peak| *peak < QUIET);
            if quiet || since.elapsed() > LONGEST_TAIL {
                return Ok(());
            }
        } else if Instant::now() > give_up {
            bail!("the sound output doesn't play");
        }
        std::thread::sleep(LOOK);
    }
    player.pause();
    std::thread::sleep(LOOK * 4); // let the releases be heard
    Ok(())
}

/// Says something on standard error, above the bar where there is one.
fn tell(bar: &ProgressBar, text: &str) {
    #[expect(clippy::print_stderr, reason = "this is what the command tells while it runs")]
    bar.suspend(|| eprintln!("{text}"));
}

/// Where the music is, on a terminal.
fn bar(score: &Score) -> ProgressBar {
    let length = (score.tempo.seconds_from_tick(score.end()) * 1000.0) as u64;
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let time = |milliseconds: u64| format!("{}:{:02}", milliseconds / 60_000, milliseconds / 1000 % 60);
    let style = ProgressStyle::with_template("{time} {wide_bar} {length}").map(|style| {
        style
            .with_key("time", move |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&time(state.pos()));
            })
            .with_key("length", move |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&time(state.len().unwrap_or(0)));
            })
    });
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
