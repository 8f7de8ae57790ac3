//! What connects the audio callback with everybody else: commands in, trash and published state out.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};

use rtrb::{Consumer, Producer};

use crate::music::Tick;
use crate::sound::block::MAX_PARTS;
use crate::sound::clock::PublicClock;
use crate::sound::live::LiveMessage;
use crate::sound::preview::Phrase;
use crate::sound::schedule::{Exact, Schedule};
use crate::sound::stream::StreamMonitor;
use crate::sound::synth::Synth;

/// What other threads ask of the callback.
pub(in crate::sound) enum Command {
    Schedule(Arc<Schedule>),
    Play,
    PlayWithCountIn(u32),
    /// Where the music was shown last, if that is ahead of what has been rendered.
    Pause(Option<Exact>),
    Stop,
    Seek(Tick),
    Loop(Option<Range<Tick>>),
    StopAtEnd(bool),
    Metronome(Option<f32>),
    Panic,
    Synth(Box<dyn Synth>),
    LiveInput(Consumer<LiveMessage>),
    LiveInstrument {
        program: u8,
        is_drum: bool,
    },
    Preview(Option<Phrase>),
}

/// What the callback no longer needs and must not drop itself. Only ever dropped.
#[expect(dead_code, reason = "held to be dropped elsewhere")]
pub(in crate::sound) enum Trash {
    Schedule(Arc<Schedule>),
    Synth(Box<dyn Synth>),
    LiveInput(Consumer<LiveMessage>),
    Phrase(Phrase),
}

/// What the callback publishes.
#[derive(Debug)]
pub(in crate::sound) struct Shared {
    pub clock: Arc<PublicClock>,
    /// The bits of an f32 each.
    pub peaks: [AtomicU32; 2],
    /// The same for each part, after its fader.
    pub part_peaks: Box<[[AtomicU32; 2]]>,
    /// The limiter's gain.
    pub limiter_gain: AtomicU32,
    /// Blocks rendered.
    pub blocks: AtomicU64,
    /// What the stream reports that drives the callback.
    pub stream: Arc<StreamMonitor>,
    /// Live messages that did not fit.
    pub lost: Arc<AtomicU64>,
    /// Live messages that came after they should have sounded.
    pub late: AtomicU64,
}

impl Shared {
    pub fn new() -> Self {
        Self {
            clock: Arc::new(PublicClock::new()),
            peaks: Default::default(),
            part_peaks: (0..MAX_PARTS).map(|_| Default::default()).collect(),
            limiter_gain: AtomicU32::new(1.0_f32.to_bits()),
            blocks: AtomicU64::default(),
            stream: Arc::default(),
            lost: Arc::default(),
            late: AtomicU64::default(),
        }
    }
}

/// A way to send commands, for all threads but the callback's.
#[derive(Clone)]
pub(in crate::sound) struct Commands(Arc<Mutex<Producer<Command>>>);

impl Commands {
    pub fn new(commands: Producer<Command>) -> Self {
        Self(Arc::new(Mutex::new(commands)))
    }

    /// Sends a command; false where there are too many already, which is logged.
    pub fn send(&self, command: Command) -> bool {
        let sent = self.0.lock().unwrap_or_else(PoisonError::into_inner).push(command).is_ok();
        if !sent {
            log::warn!("the sound output takes no commands");
        }
        sent
    }
}

/// The ends outside of the callback. Whoever has them empties the trash now and then.
pub(in crate::sound) struct Link {
    pub commands: Commands,
    pub trash: Consumer<Trash>,
    pub shared: Arc<Shared>,
}
