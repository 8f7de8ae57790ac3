//! Audio being written beside the window: how far it is, and what came of it.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use crate::sound::export::Exported;

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
