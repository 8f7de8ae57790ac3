//! What is counted.

use crate::measures::lines::Voices;
use crate::measures::sample::{Layout, Sample};

/// A sample to be counted.
#[derive(Debug)]
pub struct Subject<'a> {
    /// It.
    pub sample: &'a Sample,
    /// What its parts are.
    pub layout: &'a Layout,
    /// Its voices.
    pub voices: Voices,
}

impl<'a> Subject<'a> {
    /// A sample whose first step begins a bar.
    pub fn new(sample: &'a Sample, layout: &'a Layout) -> Self {
        Self { sample, layout, voices: Voices::of(sample, layout) }
    }
}
