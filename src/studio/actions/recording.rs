//! What is asked for around the takes that a recording left.

use std::ops::Range;

use crate::music::Tick;

/// What is asked for around the takes that a recording left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingAction {
    /// Put this take into the score; all of them where none is given.
    Choose(Option<usize>),
    /// Put the next take into the score.
    ChooseNext,
    /// Keep only what lies within these ticks.
    Trim(Range<Tick>),
    /// Keep only what lies behind a tick.
    TrimBefore(Tick),
    /// Keep only what lies before a tick.
    TrimAfter(Tick),
    /// Choose no more.
    Done,
}
