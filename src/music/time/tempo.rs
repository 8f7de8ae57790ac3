//! The tempo map.

use serde::{Deserialize, Serialize};

use super::{Change, TICKS_PER_QUARTER, Tick, in_order};

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

impl Change for TempoChange {
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
