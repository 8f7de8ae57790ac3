//! The grid that notes snap to: a note value, straight or triplet, counted from each bar's start.

use crate::music::{MetreMap, Tick, edit::MAX_TICK, quantise::GridStep};

/// What gestures snap to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snap {
    /// Nothing: every tick.
    Off,
    /// The lines of a grid.
    To(GridStep),
}

impl Snap {
    /// Sixteenths.
    pub const SIXTEENTH: Self = Self::To(GridStep::Sixteenth);

    /// All values, as a menu lists them.
    pub fn all() -> impl Iterator<Item = Self> {
        GridStep::ALL.into_iter().map(Self::To).chain([Self::Off])
    }

    /// Its name, such as `1/16` or `1/8 triplet`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::To(step) => step.name(),
        }
    }

    /// The grid's step in ticks; 1 where it is off.
    pub const fn ticks(self) -> Tick {
        match self {
            Self::Off => 1,
            Self::To(step) => step.ticks(),
        }
    }

    /// The grid's lines, or sixteenths where it is off.
    pub const fn step(self) -> GridStep {
        match self {
            Self::Off => GridStep::Sixteenth,
            Self::To(step) => step,
        }
    }

    /// The same, or sixteenths where it is off.
    #[must_use]
    pub const fn or_sixteenth(self) -> Self {
        Self::To(self.step())
    }

    /// The step that arrows move by: the grid's, or a sixteenth where it is off.
    pub const fn nudge_ticks(self) -> Tick {
        self.step().ticks()
    }

    /// The grid line at or before a tick.
    pub fn floor(self, metre: &MetreMap, tick: Tick) -> Tick {
        let (bar, next) = bar_around(metre, tick);
        let step = self.ticks();
        (bar + (tick - bar) / step * step).min(next)
    }

    /// The grid line nearest to a tick.
    pub fn round(self, metre: &MetreMap, tick: Tick) -> Tick {
        let (before, after) = (self.floor(metre, tick), self.after(metre, tick));
        if tick - before < after - tick { before } else { after }
    }

    /// The next grid line behind a tick.
    pub fn after(self, metre: &MetreMap, tick: Tick) -> Tick {
        let (_, next) = bar_around(metre, tick);
        self.floor(metre, tick).saturating_add(self.ticks()).min(next).clamp(1, MAX_TICK)
    }

    /// The multiple of the step nearest to a distance in ticks: what is off the grid keeps its offset.
    pub fn round_distance(self, ticks: f64) -> i64 {
        let step = f64::from(self.ticks());
        ((ticks / step).round() * step) as i64
    }
}

/// The starts of the bar that holds a tick and of the next.
fn bar_around(metre: &MetreMap, tick: Tick) -> (Tick, Tick) {
    let bar = metre.position(tick).bar;
    (metre.bar_start(bar), metre.bar_start(bar + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::metres;
    use crate::music::{Metre, TICKS_PER_QUARTER};

    #[test]
    fn lines_are_counted_from_the_bar() {
        let metre = MetreMap::constant(Metre::new(5, 8).unwrap()); // a bar of 1200 ticks
        assert_eq!(Snap::To(GridStep::Quarter).floor(&metre, 1199), 960);
        assert_eq!(Snap::To(GridStep::Quarter).round(&metre, 1150), 1200);
        assert_eq!(Snap::To(GridStep::Quarter).floor(&metre, 1300), 1200);
        assert_eq!(Snap::To(GridStep::Whole).round(&metre, 700), 1200, "a bar line is always a line");
    }

    #[test]
    fn every_value_rounds_to_itself_and_to_the_nearest() {
        let metre = metres(&[(3840, 3, 4)]);
        for snap in Snap::all() {
            for tick in (0..12_000).step_by(7) {
                let near = snap.round(&metre, tick);
                assert_eq!(snap.round(&metre, near), near, "{snap:?} {tick}");
                assert!(snap.floor(&metre, tick) <= tick);
                assert!(near.abs_diff(tick) <= snap.ticks().div_ceil(2), "{snap:?} {tick}");
            }
        }
        assert_eq!(Snap::Off.round(&metre, 1234), 1234);
        assert_eq!(Snap::To(GridStep::EighthTriplet).ticks() * 3, TICKS_PER_QUARTER);
    }

    #[test]
    fn distances_keep_the_offset() {
        assert_eq!(Snap::To(GridStep::Sixteenth).round_distance(130.0), 120);
        assert_eq!(Snap::To(GridStep::Sixteenth).round_distance(-61.0), -120);
        assert_eq!(Snap::Off.round_distance(-61.4), -61);
    }
}
