//! Converts a driver's stamps to the program's clock.
//!
//! Messages arrive some time after they happened, depending on the driver and the scheduler; and no two clocks run at
//! quite the same rate. Knows numbers only, and reads no clock.

/// Maps a driver's stamps, counted from an origin of its own, to the program's clock.
///
/// Each arrival bounds where the driver's origin can be; the lowest bound counts, so that late deliveries change
/// nothing. If the driver's clock runs slower than the program's, all bounds rise: then the line under the lowest ones
/// of the last minute is followed, too slowly to be heard (S. Moon, P. Skelly, D. Towsley, "Estimation and removal of
/// clock skew from network delay measurements", 1999).
///
/// Stamps never go back: when the bound falls, the stamp becomes the time of arrival, which is later than all before.
#[derive(Clone, Debug, Default)]
pub struct DriverClock {
    line: Option<OffsetLine>,
    /// The lowest bound of each of the last stretches of time, the oldest first.
    lowest: [Bound; STRETCHES],
    known: usize,
    /// The lowest of the present stretch, and when that began.
    present: Option<(Bound, i64)>,
    /// The driver's origin is known.
    is_bounded: bool,
    /// How much of the present error is still to be corrected.
    to_rise: f64,
}

/// The program's time less the driver's, in microseconds, at a time of the driver's.
#[derive(Clone, Copy, Debug, Default)]
struct Bound {
    driver: f64,
    offset: f64,
}

#[derive(Clone, Copy, Debug)]
struct OffsetLine {
    at: Bound,
    /// Offset gained per microsecond.
    slope: f64,
}

impl OffsetLine {
    fn offset(&self, driver: f64) -> f64 {
        self.at.offset + (driver - self.at.driver) * self.slope
    }
}

/// Stretches looked back on, and how long each is.
const STRETCHES: usize = 32;
const STRETCH_MICROS: i64 = 2_000_000;
/// So many are enough to estimate the drift.
const ENOUGH: usize = 8;
/// Below this nothing is done: notes keep their distances exactly.
const TOLERATED_MICROS: f64 = 100.0;
/// No two clocks drift apart faster.
const STEEPEST: f64 = 500e-6;
/// How fast an error is corrected: half a millisecond per second.
const RISE: f64 = 500e-6;
/// An offset that jumps by this is another origin: the driver has restarted.
const BREAK_MICROS: f64 = 5e6;

impl DriverClock {
    /// The driver's origin is known to be before that time on the program's clock. Only the first call counts; the
    /// largest number means that it is not known.
    pub fn begins_before(&mut self, program_micros: u64) {
        if self.is_bounded || program_micros == u64::MAX {
            return;
        }
        self.is_bounded = true;
        let offset = program_micros as f64;
        let line = self.line.get_or_insert(OffsetLine { at: Bound { driver: 0.0, offset }, slope: 0.0 });
        line.at.offset = line.at.offset.min(offset);
    }

    /// A driver's stamp, delivered now, on the program's clock.
    pub fn to_program(&mut self, driver_micros: u64, now_micros: u64) -> u64 {
        let driver = driver_micros as f64;
        let bound = Bound { driver, offset: now_micros as f64 - driver };
        let mut line = self.line.unwrap_or(OffsetLine { at: bound, slope: 0.0 });
        if bound.offset - line.offset(driver) > BREAK_MICROS && driver < line.at.driver {
            *self = Self::default();
            line = OffsetLine { at: bound, slope: 0.0 };
        }
        let passed = (driver - line.at.driver).max(0.0);
        let rise = self.to_rise.min(passed * RISE);
        self.to_rise -= rise;
        let followed = line.offset(driver) + rise;
        if bound.offset < followed {
            self.to_rise = 0.0;
        }
        line.at = Bound { driver, offset: followed.min(bound.offset) };
        self.line = Some(line);
        self.record(bound, now_micros);
        (driver + line.at.offset).max(0.0).round() as u64
    }

    fn record(&mut self, bound: Bound, now_micros: u64) {
        let now = i64::try_from(now_micros).unwrap_or(i64::MAX);
        let (lowest, began) = *self.present.get_or_insert((bound, now));
        if now.saturating_sub(began) < STRETCH_MICROS {
            if bound.offset < lowest.offset {
                self.present = Some((bound, began));
            }
            return;
        }
        self.present = Some((bound, now));
        if self.known == STRETCHES {
            self.lowest.rotate_left(1);
            self.known -= 1;
        }
        self.lowest[self.known] = lowest;
        self.known += 1;
        if self.known >= ENOUGH {
            self.follow_drift(bound.driver);
        }
    }

    /// Follows the drift once the line has fallen behind it.
    fn follow_drift(&mut self, driver: f64) {
        let Some(line) = &mut self.line else { return };
        let Some(below) = line_below(&self.lowest[..self.known]) else {
            return;
        };
        let behind = below.offset(driver) - line.offset(driver) - self.to_rise;
        if behind.abs() > TOLERATED_MICROS {
            line.slope = below.slope.clamp(-STEEPEST, STEEPEST);
            self.to_rise = (self.to_rise + behind).max(0.0);
        }
    }
}

/// The line that lies under all bounds and closest to them: of their lower hull, the edge under their middle.
fn line_below(bounds: &[Bound]) -> Option<OffsetLine> {
    let mut hull = [Bound::default(); STRETCHES];
    let mut corners = 0;
    for &bound in bounds {
        while corners >= 2 {
            let (a, b) = (hull[corners - 2], hull[corners - 1]);
            let left =
                (b.driver - a.driver) * (bound.offset - a.offset) - (b.offset - a.offset) * (bound.driver - a.driver);
            if left > 0.0 {
                break;
            }
            corners -= 1;
        }
        hull[corners] = bound;
        corners += 1;
    }
    let middle = bounds.iter().map(|bound| bound.driver).sum::<f64>() / bounds.len() as f64;
    let edge = hull[..corners].windows(2).find(|edge| edge[1].driver >= middle)?;
    let run = edge[1].driver - edge[0].driver;
    (run > 0.0).then(|| OffsetLine { at: edge[0], slope: (edge[1].offset - edge[0].offset) / run })
}

#[cfg(test)]
mod tests;
