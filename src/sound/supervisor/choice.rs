//! Which output is wanted, and with which buffer size.

use std::collections::BTreeMap;

use crate::sound::output::BUFFER_FRAMES;

/// Until a device has been measured.
const UNMEASURED_FRAMES: u32 = 256;

/// How many frames an output is to request at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Buffer {
    /// So many, 64 to 4,096.
    Frames(u32),
    /// The fewest that each device keeps up with. A device whose name is not among these is measured when nothing
    /// plays: a second or two of silence, and then an [`OutputEvent::Measured`](super::super::OutputEvent::Measured).
    Measured(BTreeMap<String, u32>),
}

impl Buffer {
    /// For a device by that name; whether it is known for it.
    pub(in crate::sound) fn frames(&self, device: &str) -> (u32, bool) {
        let (frames, known) = match self {
            Self::Frames(frames) => (*frames, true),
            Self::Measured(known) => known.get(device).map_or((UNMEASURED_FRAMES, false), |frames| (*frames, true)),
        };
        (frames.clamp(*BUFFER_FRAMES.start(), *BUFFER_FRAMES.end()), known)
    }
}

/// Which output is wanted, and how.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sound) struct Choice {
    /// Part of its name; the default without.
    pub device: Option<String>,
    pub buffer: Buffer,
    /// Whether another one may be used while that one cannot.
    pub falls_back: bool,
}
