//! Musical time: ticks, the tempo map and the metre map.

use serde::{Deserialize, Serialize};

use super::KeyChange;

/// A point or span in musical time; [`TICKS_PER_QUARTER`] make a quarter note.
pub type Tick = u32;

/// The resolution of every score in memory and of every file we write.
pub const TICKS_PER_QUARTER: Tick = 480;

/// The last tick at which anything may end: the longest time that one event of a MIDI file can wait, and 77 hours at
/// 120 quarters a minute.
pub const MAX_TICK: Tick = 0x0FFF_FFFF;

/// From `tick` on, quarters last this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TempoChange {
    /// Where the tempo begins.
    pub tick: Tick,
    /// Microseconds per quarter note, 1 to 16,777,215 (three bytes in a MIDI file).
    pub micros_per_quarter: u32,
}

/// The tempo of a whole score. Never empty, sorted, the first change is at tick 0, one change a tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<TempoChange>", into = "Vec<TempoChange>")]
pub struct TempoMap {
    changes: Vec<TempoChange>,
}

impl TempoMap {
    /// 120 quarters per minute, what a MIDI file without a tempo means.
    pub const DEFAULT_MICROS: u32 = 500_000;
    /// The longest quarter note a MIDI file can say.
    pub const MAX_MICROS: u32 = 0xFF_FFFF;

    /// The shortest quarter note that is taken from a MIDI file: 1000 quarters a minute.
    pub const MIN_READ_MICROS: u32 = 60_000;

    /// One tempo throughout, in quarters per minute.
    pub fn constant(qpm: f64) -> Self {
        Self::from_changes(vec![TempoChange { tick: 0, micros_per_quarter: micros_from_qpm(qpm) }])
    }

    /// A map from changes in any order; of several at one tick the last wins, and a start at 120 is added if there is
    /// none.
    pub fn from_changes(mut changes: Vec<TempoChange>) -> Self {
        for change in &mut changes {
            change.micros_per_quarter = change.micros_per_quarter.clamp(1, Self::MAX_MICROS);
        }
        let start = TempoChange { tick: 0, micros_per_quarter: Self::DEFAULT_MICROS };
        changes.insert(0, start);
        Self { changes: in_order(changes) }
    }

    /// All changes, sorted, the first at tick 0.
    pub fn changes(&self) -> &[TempoChange] {
        &self.changes
    }

    /// The tempo in force at a tick.
    pub fn change_at(&self, tick: Tick) -> TempoChange {
        let after = self.changes.partition_point(|change| change.tick <= tick);
        self.changes[after.saturating_sub(1)]
    }

    /// The same map with the change in force at a tick turned to another tempo, in quarters per minute; the others
    /// stay.
    #[must_use]
    pub fn with_qpm_at(&self, tick: Tick, qpm: f64) -> Self {
        let mut changes = self.changes.clone();
        let at = self.change_at(tick).tick;
        changes.push(TempoChange { tick: at, micros_per_quarter: micros_from_qpm(qpm) });
        Self::from_changes(changes)
    }

    /// The same map with a change at a tick, in quarters per minute; one that was there is replaced.
    #[must_use]
    pub fn with_change(&self, tick: Tick, qpm: f64) -> Self {
        let change = TempoChange { tick, micros_per_quarter: micros_from_qpm(qpm) };
        Self::from_changes(self.changes.iter().copied().chain([change]).collect())
    }

    /// The same map without the change at a tick; the first one stays.
    #[must_use]
    pub fn without_change(&self, tick: Tick) -> Self {
        Self {
            changes: self.changes.iter().filter(|change| change.tick == 0 || change.tick != tick).copied().collect(),
        }
    }

    /// Quarters per minute at a tick.
    pub fn qpm_at(&self, tick: Tick) -> f64 {
        60e6 / f64::from(self.change_at(tick).micros_per_quarter)
    }

    /// Exact time from the start in units of 1/480 microsecond.
    ///
    /// Integers, so that a sample position is the same however it is reached.
    pub fn exact_from_tick(&self, tick: Tick) -> u64 {
        let mut total = 0_u64;
        for (index, change) in self.changes.iter().enumerate() {
            if change.tick >= tick {
                break;
            }
            let end = self.changes.get(index + 1).map_or(tick, |next| next.tick.min(tick));
            total += u64::from(end - change.tick) * u64::from(change.micros_per_quarter);
        }
        total
    }

    /// Seconds from the start to a tick.
    pub fn seconds_from_tick(&self, tick: Tick) -> f64 {
        self.exact_from_tick(tick) as f64 / (f64::from(TICKS_PER_QUARTER) * 1e6)
    }

    /// The tick, with its fraction, at that many seconds from the start; 0 before it.
    pub fn tick_from_seconds(&self, seconds: f64) -> f64 {
        let mut at = seconds.max(0.0) * f64::from(TICKS_PER_QUARTER) * 1e6;
        for (index, change) in self.changes.iter().enumerate() {
            let per_tick = f64::from(change.micros_per_quarter);
            let span = self.changes.get(index + 1).map(|next| f64::from(next.tick - change.tick) * per_tick);
            match span {
                Some(span) if at >= span => at -= span,
                _ => return f64::from(change.tick) + at / per_tick,
            }
        }
        0.0 // not reached: the last change has no end
    }
}

impl Default for TempoMap {
    fn default() -> Self {
        Self::from_changes(Vec::new())
    }
}

impl From<Vec<TempoChange>> for TempoMap {
    fn from(changes: Vec<TempoChange>) -> Self {
        Self::from_changes(changes)
    }
}

impl From<TempoMap> for Vec<TempoChange> {
    fn from(map: TempoMap) -> Self {
        map.changes
    }
}

/// What is in force from a tick on, until the next of its kind.
pub(super) trait Change: Clone {
    /// Where it begins.
    fn tick(&self) -> Tick;

    /// The same from another tick on.
    fn moved_to(self, tick: Tick) -> Self;
}

/// Changes sorted by tick, the last of each tick only.
pub(super) fn in_order<C: Change>(mut changes: Vec<C>) -> Vec<C> {
    changes.reverse(); // the sort is stable: the last of a tick comes first and stays
    changes.sort_by_key(Change::tick);
    changes.dedup_by_key(|change| change.tick());
    changes
}

/// Sorted changes from a tick on, the one in force there moved to it.
pub(super) fn from_tick<C: Change>(changes: &[C], tick: Tick) -> Vec<C> {
    let after = changes.partition_point(|change| change.tick() <= tick);
    let in_force = after.checked_sub(1).map(|last| changes[last].clone().moved_to(tick));
    in_force.into_iter().chain(changes[after..].iter().cloned()).collect()
}

impl Change for TempoChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn moved_to(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }
}

impl Change for KeyChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn moved_to(self, tick: Tick) -> Self {
        Self { tick, ..self }
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

/// Microseconds per quarter from quarters per minute, within the range of a MIDI file.
fn micros_from_qpm(qpm: f64) -> u32 {
    if qpm.is_finite() && qpm > 0.0 {
        (60e6 / qpm).round().clamp(1.0, f64::from(TempoMap::MAX_MICROS)) as u32
    } else {
        TempoMap::DEFAULT_MICROS
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn two_tempi() -> TempoMap {
        TempoMap::from_changes(vec![TempoChange { tick: 960, micros_per_quarter: 1_000_000 }])
    }

    #[test]
    fn seconds_follow_tempo_changes() {
        let map = two_tempi();
        assert_eq!(map.seconds_from_tick(960), 1.0);
        assert_eq!(map.seconds_from_tick(960 + 480), 2.0);
        assert_eq!(map.tick_from_seconds(1.5), 960.0 + 240.0);
        assert_eq!(map.qpm_at(959), 120.0);
        assert_eq!(map.qpm_at(960), 60.0);
    }

    #[test]
    fn the_last_change_of_a_tick_wins() {
        let change = |micros_per_quarter| TempoChange { tick: 0, micros_per_quarter };
        let map = TempoMap::from_changes(vec![change(1), change(2)]);
        assert_eq!(map.changes(), &[change(2)]);
    }

    #[test]
    fn positions_across_metres() {
        let three = Metre::new(3, 4).expect("3/4 is a metre");
        let map = MetreMap::from_changes(vec![MetreChange { tick: 2 * 1920, metre: three }]);
        assert_eq!(map.position(1920 + 480), BarPosition { bar: 1, beat: 1, tick: 0 });
        assert_eq!(map.position(2 * 1920 + 1440 + 481), BarPosition { bar: 3, beat: 1, tick: 1 });
        assert_eq!(map.bar_start(3), 2 * 1920 + 1440);
        assert_eq!(map.bar_start(1), 1920);
    }

    #[test]
    fn one_change_is_turned_and_the_others_stay() {
        let map = two_tempi();
        let faster = map.with_qpm_at(1500, 90.0);
        assert_eq!([0, 959, 960, 5000].map(|tick| faster.qpm_at(tick).round()), [120.0, 120.0, 90.0, 90.0]);
        let slower = map.with_qpm_at(0, 30.0);
        assert_eq!([0, 960].map(|tick| slower.qpm_at(tick)), [30.0, 60.0]);
        assert_eq!(TempoMap::constant(90.0).with_qpm_at(77, 91.0), TempoMap::constant(91.0));

        let [three, two] =
            [(3, 4), (2, 4)].map(|(numerator, denominator)| Metre::new(numerator, denominator).expect("a metre"));
        let metres = MetreMap::from_changes(vec![MetreChange { tick: 1920, metre: three }]);
        let turned = metres.with_metre_at(1920, two);
        assert_eq!([0, 1919, 1920].map(|tick| turned.metre_at(tick)), [Metre::FOUR_FOUR, Metre::FOUR_FOUR, two]);
        assert_eq!(metres.with_metre_at(0, two).metre_at(1920), three);
    }

    #[test]
    fn nonsense_metres_do_not_exist() {
        assert!(Metre::new(0, 4).is_none() && Metre::new(4, 3).is_none() && Metre::new(4, 128).is_none());
    }
}
