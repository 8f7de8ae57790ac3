//! The grid that notes snap to: a note value, straight or triplet, counted from each bar's start.

use serde::{Deserialize, Serialize};

use crate::music::{MetreMap, TICKS_PER_QUARTER, Tick, edit::MAX_TICK};

/// What gestures snap to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Snap {
    /// Nothing: every tick.
    Off,
    /// A whole note.
    Whole,
    /// A half note.
    Half,
    /// A half note's triplet.
    HalfTriplet,
    /// A quarter note.
    Quarter,
    /// A quarter note's triplet.
    QuarterTriplet,
    /// An eighth.
    Eighth,
    /// An eighth's triplet.
    EighthTriplet,
    /// A sixteenth.
    Sixteenth,
    /// A sixteenth's triplet.
    SixteenthTriplet,
    /// A thirty-second.
    ThirtySecond,
    /// A thirty-second's triplet.
    ThirtySecondTriplet,
}

impl Snap {
    /// All values, as a menu lists them.
    pub const ALL: [Self; 12] = [
        Self::Whole,
        Self::Half,
        Self::HalfTriplet,
        Self::Quarter,
        Self::QuarterTriplet,
        Self::Eighth,
        Self::EighthTriplet,
        Self::Sixteenth,
        Self::SixteenthTriplet,
        Self::ThirtySecond,
        Self::ThirtySecondTriplet,
        Self::Off,
    ];

    /// Its name, such as `1/16` or `1/8 triplet`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Whole => "1/1",
            Self::Half => "1/2",
            Self::HalfTriplet => "1/2 triplet",
            Self::Quarter => "1/4",
            Self::QuarterTriplet => "1/4 triplet",
            Self::Eighth => "1/8",
            Self::EighthTriplet => "1/8 triplet",
            Self::Sixteenth => "1/16",
            Self::SixteenthTriplet => "1/16 triplet",
            Self::ThirtySecond => "1/32",
            Self::ThirtySecondTriplet => "1/32 triplet",
        }
    }

    /// The grid's step in ticks; 1 where it is off.
    pub const fn ticks(self) -> Tick {
        let whole = TICKS_PER_QUARTER * 4;
        match self {
            Self::Off => 1,
            Self::Whole => whole,
            Self::Half => whole / 2,
            Self::HalfTriplet => whole / 3,
            Self::Quarter => whole / 4,
            Self::QuarterTriplet => whole / 6,
            Self::Eighth => whole / 8,
            Self::EighthTriplet => whole / 12,
            Self::Sixteenth => whole / 16,
            Self::SixteenthTriplet => whole / 24,
            Self::ThirtySecond => whole / 32,
            Self::ThirtySecondTriplet => whole / 48,
        }
    }

    /// The step that arrows move by: the grid's, or a sixteenth where it is off.
    pub const fn nudge_ticks(self) -> Tick {
        match self {
            Self::Off => Self::Sixteenth.ticks(),
            _ => self.ticks(),
        }
    }

    /// The grid line at or before a tick.
    pub fn floor(self, metre: &MetreMap, tick: Tick) -> Tick {
        let (bar, next) = bar_around(metre, tick);
        let step = self.ticks();
        (bar + (tick - bar) / step * step).min(next)
    }

    /// The grid line at or after a tick; a bar line is one, too.
    pub fn ceil(self, metre: &MetreMap, tick: Tick) -> Tick {
        let before = self.floor(metre, tick);
        if before == tick { tick } else { self.after(metre, tick) }
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
    use crate::music::{Metre, MetreChange};

    #[test]
    fn lines_are_counted_from_the_bar() {
        let metre = MetreMap::constant(Metre::new(5, 8).unwrap()); // a bar of 1200 ticks
        assert_eq!(Snap::Quarter.floor(&metre, 1199), 960);
        assert_eq!(Snap::Quarter.round(&metre, 1150), 1200);
        assert_eq!(Snap::Quarter.floor(&metre, 1300), 1200);
        assert_eq!(Snap::Quarter.ceil(&metre, 1201), 1680);
        assert_eq!(Snap::Whole.round(&metre, 700), 1200, "a bar line is always a line");
    }

    #[test]
    fn every_value_rounds_to_itself_and_to_the_nearest() {
        let metre = MetreMap::from_changes(vec![MetreChange {
            tick: 3840,
            metre: Metre::new(3, 4).unwrap(),
        }]);
        for snap in Snap::ALL {
            for tick in (0..12_000).step_by(7) {
                let near = snap.round(&metre, tick);
                assert_eq!(snap.round(&metre, near), near, "{snap:?} {tick}");
                assert!(snap.floor(&metre, tick) <= tick && snap.ceil(&metre, tick) >= tick);
                assert!(near.abs_diff(tick) <= snap.ticks().div_ceil(2), "{snap:?} {tick}");
            }
        }
        assert_eq!(Snap::Off.round(&metre, 1234), 1234);
        assert_eq!(Snap::EighthTriplet.ticks() * 3, TICKS_PER_QUARTER);
    }

    #[test]
    fn distances_keep_the_offset() {
        assert_eq!(Snap::Sixteenth.round_distance(130.0), 120);
        assert_eq!(Snap::Sixteenth.round_distance(-61.0), -120);
        assert_eq!(Snap::Off.round_distance(-61.4), -61);
    }
}
