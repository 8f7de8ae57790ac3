//! Notes on the grid, as postprocessing works on them.

/// A note in steps of the stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strike {
    /// Its first step.
    pub start: usize,
    /// The step after its last.
    pub end: usize,
    /// Its pitch number.
    pub pitch: u8,
}

impl Strike {
    /// Its length.
    pub const fn steps(self) -> usize {
        self.end - self.start
    }
}
