//! Time signatures, bars and beats.

use serde::{Deserialize, Serialize};

use super::{Change, TICKS_PER_QUARTER, Tick, in_order};

/// A time signature: `numerator` beats of 1/`denominator` note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(u8, u8)", into = "(u8, u8)")]
pub struct Metre {
    numerator: u8,
    denominator: u8,
}

impl Metre {
    /// Common time.
    pub const FOUR_FOUR: Self = Self { numerator: 4, denominator: 4 };

    /// A metre of 1 to 64 beats of a whole to a 64th note; `None` otherwise.
    pub fn new(numerator: u8, denominator: u8) -> Option<Self> {
        ((1..=64).contains(&numerator) && denominator.is_power_of_two() && denominator <= 64)
            .then_some(Self { numerator, denominator })
    }

    /// Beats in a bar.
    pub const fn numerator(self) -> u8 {
        self.numerator
    }

    /// The note a beat is: 4 for a quarter.
    pub const fn denominator(self) -> u8 {
        self.denominator
    }

    /// Ticks in a beat.
    pub const fn beat_ticks(self) -> Tick {
        TICKS_PER_QUARTER * 4 / self.denominator as Tick
    }

    /// Ticks in a bar.
    pub const fn bar_ticks(self) -> Tick {
        self.beat_ticks() * self.numerator as Tick
    }
}

impl TryFrom<(u8, u8)> for Metre {
    type Error = String;
    fn try_from((numerator, denominator): (u8, u8)) -> Result<Self, Self::Error> {
        Self::new(numerator, denominator).ok_or_else(|| format!("{numerator}/{denominator} is not a time signature"))
    }
}

impl From<Metre> for (u8, u8) {
    fn from(metre: Metre) -> Self {
        (metre.numerator, metre.denominator)
    }
}

/// From `tick` on, bars have this metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetreChange {
    /// Where a bar of the new metre begins.
    pub tick: Tick,
    /// The metre.
    pub metre: Metre,
}

/// A place counted in bars and beats, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BarPosition {
    /// Bars before this one.
    pub bar: u32,
    /// Beats of this bar before this one.
    pub beat: u32,
    /// Ticks since the beat.
    pub tick: Tick,
}

/// The metre of a whole score. Never empty, sorted, the first change is at tick 0, one change a tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<MetreChange>", into = "Vec<MetreChange>")]
pub struct MetreMap {
    changes: Vec<MetreChange>,
}

impl MetreMap {
    /// One metre throughout.
    pub fn constant(metre: Metre) -> Self {
        Self { changes: vec![MetreChange { tick: 0, metre }] }
    }

    /// A map from changes in any order; of several at one tick the last wins, and a start in 4/4 is added if there is
    /// none.
    pub fn from_changes(mut changes: Vec<MetreChange>) -> Self {
        let start = MetreChange { tick: 0, metre: Metre::FOUR_FOUR };
        changes.insert(0, start);
        Self { changes: in_order(changes) }
    }

    /// All changes, sorted, the first at tick 0.
    pub fn changes(&self) -> &[MetreChange] {
        &self.changes
    }

    /// The same map with the change in force at a tick turned to another metre; the others stay.
    #[must_use]
    pub fn with_metre_at(&self, tick: Tick, metre: Metre) -> Self {
        let mut changes = self.changes.clone();
        let after = changes.partition_point(|change| change.tick <= tick);
        changes[after.saturating_sub(1)].metre = metre;
        Self { changes }
    }

    /// The same map with a change at a tick; one that was there is replaced.
    #[must_use]
    pub fn with_change(&self, tick: Tick, metre: Metre) -> Self {
        Self::from_changes(self.changes.iter().copied().chain([MetreChange { tick, metre }]).collect())
    }

    /// The same map without the change at a tick; the first one stays.
    #[must_use]
    pub fn without_change(&self, tick: Tick) -> Self {
        Self {
            changes: self.changes.iter().filter(|change| change.tick == 0 || change.tick != tick).copied().collect(),
        }
    }

    /// The bar line at or before a tick.
    pub fn bar_floor(&self, tick: Tick) -> Tick {
        self.bar_start(self.position(tick).bar)
    }

    /// The first bar line behind a tick.
    pub fn bar_after(&self, tick: Tick) -> Tick {
        self.bar_start(self.position(tick).bar + 1)
    }

    /// The metre in force at a tick.
    pub fn metre_at(&self, tick: Tick) -> Metre {
        let after = self.changes.partition_point(|change| change.tick <= tick);
        self.changes[after.saturating_sub(1)].metre
    }

    /// Bar and beat of a tick. A change in the middle of a bar cuts that bar short.
    pub fn position(&self, tick: Tick) -> BarPosition {
        let mut bar = 0;
        for (index, change) in self.changes.iter().enumerate() {
            let length = change.metre.bar_ticks();
            match self.changes.get(index + 1) {
                Some(next) if next.tick <= tick => bar += (next.tick - change.tick).div_ceil(length),
                _ => {
                    let into = tick - change.tick;
                    let in_bar = into % length;
                    let beat = change.metre.beat_ticks();
                    return BarPosition { bar: bar + into / length, beat: in_bar / beat, tick: in_bar % beat };
                }
            }
        }
        BarPosition { bar, beat: 0, tick: 0 } // not reached: the last change has no end
    }

    /// The tick at which a bar, counted from 0, begins.
    pub fn bar_start(&self, bar: u32) -> Tick {
        let mut first = 0;
        for (index, change) in self.changes.iter().enumerate() {
            let length = change.metre.bar_ticks();
            let bars = self.changes.get(index + 1).map(|next| (next.tick - change.tick).div_ceil(length));
            match bars {
                Some(bars) if bar >= first + bars => first += bars,
                _ => return change.tick.saturating_add((bar - first).saturating_mul(length)),
            }
        }
        0 // not reached: the last change has no end
    }
}

impl Default for MetreMap {
    fn default() -> Self {
        Self::constant(Metre::FOUR_FOUR)
    }
}

impl From<Vec<MetreChange>> for MetreMap {
    fn from(changes: Vec<MetreChange>) -> Self {
        Self::from_changes(changes)
    }
}

impl From<MetreMap> for Vec<MetreChange> {
    fn from(map: MetreMap) -> Self {
        map.changes
    }
}

impl Change for MetreChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn moved_to(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }
}
