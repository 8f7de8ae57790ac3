//! A file's ticks and ours.

use crate::music::fine::FINE;
use crate::music::{MAX_TICK, TICKS_PER_QUARTER, TempoMap, Tick};

/// What a file's ticks mean.
#[derive(Clone, Debug)]
pub enum FileTime {
    /// So many make a quarter.
    PerQuarter(u64),
    /// They are times, laid out by tempi.
    PerSeconds {
        /// Ticks…
        ticks: u64,
        /// …in so many seconds.
        seconds: u64,
        /// From a tick of the file on: microseconds since the beginning, our tick, and the tempo.
        tempi: Vec<(f64, f64, f64)>,
    },
}

impl FileTime {
    /// Musical time.
    pub const fn per_quarter(ticks: u16) -> Self {
        Self::PerQuarter(ticks as u64)
    }

    /// Clock time, with the file's tempi at its ticks, in order.
    pub fn per_seconds(ticks: u32, seconds: u32, changes: Vec<(u64, u32)>) -> Self {
        let (ticks, seconds) = (u64::from(ticks), u64::from(seconds));
        let micros_of = |tick: u64| tick as f64 * 1e6 * seconds as f64 / ticks as f64;
        let mut tempi = vec![(0.0, 0.0, f64::from(TempoMap::DEFAULT_MICROS))];
        for (at, tempo) in changes {
            let now = micros_of(at);
            let (since, tick, before) = tempi[tempi.len() - 1];
            let tick = tick + (now - since) * f64::from(TICKS_PER_QUARTER) / before;
            tempi.push((now, tick, f64::from(tempo)));
        }
        Self::PerSeconds { ticks, seconds, tempi }
    }

    /// The ticks a quarter has in the file; ours, where it has none.
    pub fn resolution(&self) -> u16 {
        match self {
            Self::PerQuarter(ticks) => *ticks as u16,
            Self::PerSeconds { .. } => TICKS_PER_QUARTER as u16,
        }
    }

    /// The nearest tick of ours, or `None` beyond [`MAX_TICK`].
    pub fn tick(&self, file_tick: u64) -> Option<Tick> {
        let tick = match self {
            // a file has at most 16 Mi events of 28 bits each: far from overflowing
            Self::PerQuarter(per_quarter) => (file_tick * u64::from(TICKS_PER_QUARTER) + per_quarter / 2) / per_quarter,
            Self::PerSeconds { ticks, seconds, tempi } => {
                let now = file_tick as f64 * 1e6 * *seconds as f64 / *ticks as f64;
                let next = tempi.partition_point(|(since, ..)| *since <= now);
                let (since, tick, tempo) = tempi[next.saturating_sub(1)];
                (tick + (now - since) * f64::from(TICKS_PER_QUARTER) / tempo).round() as u64
            }
        };
        Tick::try_from(tick).ok().filter(|tick| *tick <= MAX_TICK)
    }
}

/// How much later than one of our ticks a tick of a file with that many ticks a quarter is, in [`FINE`]ths of ours; 0
/// where ours are finer.
pub fn fine_of(file_tick: u64, tick: Tick, resolution: u16) -> i16 {
    if u32::from(resolution) <= TICKS_PER_QUARTER {
        return 0;
    }
    let exact = file_tick as f64 * f64::from(TICKS_PER_QUARTER) / f64::from(resolution);
    ((exact - f64::from(tick)) * f64::from(FINE)).round() as i16
}

/// The tick of a file with that many ticks a quarter that is nearest to one of ours and some [`FINE`]ths.
pub fn file_tick(tick: Tick, fine: i16, resolution: u16) -> u64 {
    let sum = i64::from(tick) * i64::from(FINE) + i64::from(fine);
    let whole = i64::from(FINE) * i64::from(TICKS_PER_QUARTER);
    (sum * i64::from(resolution) + whole / 2).div_euclid(whole).max(0) as u64
}
