//! Ctrl-C, for commands that keep what they have when they are stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;

/// How often Ctrl-C was pressed.
#[derive(Clone, Debug, Default)]
pub struct Interrupts(Arc<AtomicUsize>);

impl Interrupts {
    /// Counts Ctrl-C from now on; it does not end the program any more.
    pub fn watch() -> anyhow::Result<Self> {
        let interrupts = Self::default();
        let counted = interrupts.clone();
        ctrlc::set_handler(move || counted.press()).context("couldn't set up Ctrl-C")?;
        Ok(interrupts)
    }

    /// Counts one more.
    pub fn press(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// How often it was pressed.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    /// Whether it was pressed at all.
    pub fn any(&self) -> bool {
        self.count() > 0
    }
}
