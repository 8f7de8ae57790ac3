//! Which lane is shown below the notes: velocities, or one controller or wheel.

use crate::music::{
    Part,
    edit::{self, ControlKind},
};

/// What the lane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lane {
    /// How hard notes are struck.
    #[default]
    Velocity,
    /// A controller or a wheel.
    Control(ControlKind),
}

impl Lane {
    /// What it is called.
    pub fn name(self) -> String {
        match self {
            Self::Velocity => "Velocity".to_owned(),
            Self::Control(kind) => kind.name(),
        }
    }

    /// What a screen reader says of it.
    pub fn label(self) -> String {
        match self {
            Self::Velocity => "Velocities".to_owned(),
            Self::Control(kind) => format!("{} lane", kind.name()),
        }
    }

    /// Those to choose from: velocities, what the part has, and what is usual.
    pub fn offered(part: &Part) -> Vec<Self> {
        let present = edit::kinds_present(part);
        let usual = ControlKind::USUAL.into_iter().filter(|kind| !present.contains(kind));
        let controls = present.iter().copied().chain(usual).map(Self::Control);
        std::iter::once(Self::Velocity).chain(controls).collect()
    }
}
