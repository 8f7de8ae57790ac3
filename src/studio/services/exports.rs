//! Audio being written beside the window: how far it is, and what came of it.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use serde::{Deserialize, Serialize};

use crate::sound::export::{Exported, Format, Loudness, RATES_HZ};

/// What is chosen for audio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioChoice {
    /// The kind of file, and its quality.
    pub format: Format,
    /// All kinds, each with the quality that was chosen for it last.
    #[serde(skip)]
    pub formats: [Format; Format::ALL.len()],
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// A file for each part, too.
    pub stems: bool,
    /// Whether `loudness` is asked for.
    pub normalise: bool,
    /// How loud.
    pub loudness: Loudness,
    /// Only the loop's range.
    #[serde(skip)]
    pub loop_only: bool,
}

impl Default for AudioChoice {
    fn default() -> Self {
        Self {
            format: Format::ALL[0],
            formats: Format::ALL,
            sample_rate_hz: 44_100,
            stems: false,
            normalise: false,
            loudness: Loudness::default(),
            loop_only: false,
        }
    }
}

impl AudioChoice {
    /// What can be written, whatever a file of settings said.
    #[must_use]
    pub fn in_range(mut self) -> Self {
        self.format = self.format.in_range();
        for format in self.formats.iter_mut().filter(|format| format.ending() == self.format.ending()) {
            *format = self.format;
        }
        if !RATES_HZ.contains(&self.sample_rate_hz) || !self.format.takes_rate(self.sample_rate_hz) {
            self.sample_rate_hz = 44_100;
        }
        self.loudness = self.loudness.in_range();
        self
    }
}

/// How far audio being written is.
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

    /// Takes note of how far it is; says whether it goes on.
    pub fn advance(&self, share: f32) -> ControlFlow<()> {
        self.thousandths.store((share * 1000.0) as u32, Ordering::Relaxed);
        if self.cancelled.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Audio being written, and what came of the last one.
#[derive(Debug, Default)]
pub struct Exports {
    /// Audio being written, if it is.
    pub running: Option<Arc<Running>>,
    /// What was written last.
    pub done: Option<Exported>,
    /// Why nothing was.
    pub failed: Option<String>,
}

impl Exports {
    /// Forgets what came of the last one.
    pub fn forget(&mut self) {
        self.done = None;
        self.failed = None;
    }
}
