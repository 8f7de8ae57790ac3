//! Windows of music as they are compared.

use crate::corpus::{Dataset, Planes, Window};
use crate::music::{Grid, Role};

/// A melody and what accompanies it, on planes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The tune.
    pub melody: Planes,
    /// The parts, in the order of the reference's roles.
    pub parts: Vec<Planes>,
}

impl Sample {
    /// Takes planes from grids.
    pub fn new(melody: &Grid, parts: &[Grid]) -> Self {
        Self { melody: melody.into(), parts: parts.iter().map(Planes::from).collect() }
    }

    /// The window of a piece.
    pub fn from_window(dataset: &Dataset, window: &Window, roles: &[Role]) -> Self {
        Self {
            melody: (&window.melody(dataset)).into(),
            parts: roles.iter().map(|&role| (&window.part(dataset, role)).into()).collect(),
        }
    }
}
