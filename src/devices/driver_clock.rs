//! A driver's stamps on the program's clock.
//!
//! Messages arrive after they happened, by as much as the driver and the scheduler please; and two clocks never run
//! quite alike. Knows numbers only, and asks no clock.

/// Maps a driver's stamps, counted from an origin of its own, to the program's clock.
///
/// Each arrival bounds where the driver's origin can be; the lowest bound holds, so that late deliveries move nothing.
/// Where the driver's clock runs slower than the program's, all bounds rise: then the line under the lowest ones of the
/// last minute is followed, too slowly to be heard (S. Moon, P. Skelly, D. Towsley, "Estimation and removal of clock skew
/// from network delay measurements", 1999).
///
/// Stamps never go back: where the bound falls, the stamp becomes the time of arrival, and that is later than all before.
#[derive(Clone, Debug, Default)]
pub struct DriverClock {
    line: Option<Line>,
    /// The lowest bound of each of the last stretches of time, the oldest first.
    lowest: [Bound; STRETCHES],
    known: usize,
    /// The lowest of the present stretch, and when that began.
    present: Option<(Bound, i64)>,
    /// The driver's origin has been told.
    is_bounded: bool,
    /// How much of the present error is still to be made up for.
    to_rise: f64,
}

/// The program's time less the driver's, in microseconds, at a time of the driver's.
#[derive(Clone, Copy, Debug, Default)]
struct Bound {
    driver: f64,
    offset: f64,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    at: Bound,
    /// Offset gained per microsecond.
    slope: f64,
}

impl Line {
    fn offset(&self, driver: f64) -> f64 {
        self.at.offset + (driver - self.at.driver) * self.slope
    }
}

/// Stretches looked back on, and how long each is.
const STRETCHES: usize = 32;
const STRETCH_MICROS: i64 = 2_000_000;
/// So many say something about drift.
const ENOUGH: usize = 8;
/// Below this nothing is done: notes keep their distances exactly.
const TOLERATED_MICROS: f64 = 100.0;
/// No two clocks drift apart faster.
const STEEPEST: f64 = 500e-6;
/// How fast an error is made up for: by half a millisecond in a second.
const RISE: f64 = 500e-6;
/// An offset that jumps by this is another origin: the driver has begun anew.
const BREAK_MICROS: f64 = 5e6;

impl DriverClock {
    /// Tells that the driver's origin lies before that time on the program's clock. Said once, it holds; the largest
    /// number says nothing.
    pub fn begins_before(&mut self, program_micros: u64) {
        if self.is_bounded || program_micros == u64::MAX {
            return;
        }
        self.is_bounded = true;
        let offset = program_micros as f64;
        let line = self.line.get_or_insert(Line { at: Bound { driver: 0.0, offset }, slope: 0.0 });
        line.at.offset = line.at.offset.min(offset);
    }

    /// A driver's stamp, delivered now, on the program's clock.
    pub fn to_program(&mut self, driver_micros: u64, now_micros: u64) -> u64 {
        let driver = driver_micros as f64;
        let bound = Bound { driver, offset: now_micros as f64 - driver };
        let mut line = self.line.unwrap_or(Line { at: bound, slope: 0.0 });
        if bound.offset - line.offset(driver) > BREAK_MICROS && driver < line.at.driver {
            *self = Self::default();
            line = Line { at: bound, slope: 0.0 };
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
        self.learn(bound, now_micros);
        (driver + line.at.offset).max(0.0).round() as u64
    }

    fn learn(&mut self, bound: Bound, now_micros: u64) {
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

    /// Takes over the drift where the line has fallen behind it.
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
fn line_below(bounds: &[Bound]) -> Option<Line> {
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
    (run > 0.0).then(|| Line { at: edge[0], slope: (edge[1].offset - edge[0].offset) / run })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Recorder, Stamped, TempoMap, recorder::Origin};

    #[test]
    fn late_delivery_does_not_move_stamps() {
        let mut clock = DriverClock::default();
        clock.begins_before(5_000_300); // connected at 5,000,000, and the call took 300 microseconds
        let late = clock.to_program(1_000_000, 6_050_000); // 50 ms late
        assert_eq!(late, 6_000_300);
        let sharp = clock.to_program(1_100_000, 6_100_010);
        assert_eq!(sharp, 6_100_010); // the bound falls to 10 microseconds
        assert_eq!(clock.to_program(1_200_000, 6_290_000), 6_200_010);
    }

    #[test]
    fn a_driver_that_counts_from_long_ago() {
        let mut clock = DriverClock::default();
        clock.begins_before(700);
        assert_eq!(clock.to_program(90_000_000_000, 1_000), 1_000);
        assert_eq!(clock.to_program(90_000_000_500, 9_000), 1_500);
    }

    #[test]
    fn a_driver_that_begins_anew() {
        let mut clock = DriverClock::default();
        clock.to_program(90_000_000, 100_000_000);
        assert_eq!(clock.to_program(1_000, 120_000_000), 120_000_000);
        assert_eq!(clock.to_program(2_000, 120_004_000), 120_001_000);
    }

    #[test]
    fn stamps_never_go_back() {
        let mut clock = DriverClock::default();
        let mut last = 0;
        for (driver, delay) in [(0, 500), (100, 450), (150, 2_000), (2_200, 3), (2_250, 800), (3_100, 0)] {
            let stamp = clock.to_program(driver, 10_000 + driver + delay);
            assert!(stamp >= last, "{stamp} after {last}");
            last = stamp;
        }
    }

    /// Ten minutes of messages, a tenth of a second apart, from a driver that runs `ppm` too fast and hands over up to
    /// 20 ms late, every third time within 30 microseconds: by how much each stamp is wrong, in microseconds.
    fn errors(ppm: f64) -> Vec<f64> {
        let mut clock = DriverClock::default();
        let mut random = fastrand::Rng::with_seed(3);
        (0..6000)
            .map(|index| {
                let truth = 1e6 + f64::from(index) * 100_000.0;
                let late = if index % 3 == 0 { random.f64() * 30.0 } else { random.f64() * 20_000.0 };
                let stamp = clock.to_program((truth * (1.0 + ppm * 1e-6)) as u64, (truth + late) as u64);
                stamp as f64 - truth
            })
            .collect()
    }

    /// By how much the onsets of a recording are wrong, in milliseconds: two minutes of notes, five a second, by a driver
    /// that hands every one over up to 20 ms late and runs a little fast.
    fn onset_errors_ms(begin_is_known: bool) -> Vec<f64> {
        let mut clock = DriverClock::default();
        if begin_is_known {
            clock.begins_before(10_000_200);
        }
        let origin = Origin::At { stamp_micros: 11_000_000, tick: 0.0 };
        let mut recorder = Recorder::new(TempoMap::default(), origin);
        let mut random = fastrand::Rng::with_seed(7);
        let truths_ms: Vec<f64> = (0..600).map(|index| f64::from(index) * 200.0 + random.f64() * 50.0).collect();
        for truth_ms in &truths_ms {
            // the driver counts from 10 s
            let program = 11e6 + truth_ms * 1e3;
            let driver = (program - 10e6) * (1.0 + 20e-6);
            let delivered = program + random.f64() * 20_000.0;
            let stamp_micros = clock.to_program(driver as u64, delivered as u64);
            for message in [[0x90, 60, 80], [0x80, 60, 0]] {
                recorder.push(Stamped { stamp_micros, message });
            }
        }
        let notes = recorder.stop(u64::MAX).notes;
        assert_eq!(notes.len(), truths_ms.len());
        let onset_ms = |note: &Note| TempoMap::default().seconds_from_tick(note.start) * 1e3;
        notes.iter().zip(truths_ms).map(|(note, truth)| onset_ms(note) - truth).collect()
    }

    #[test]
    fn recorded_onsets_are_true_though_delivery_is_late_and_uneven() {
        for begin_is_known in [true, false] {
            let errors = onset_errors_ms(begin_is_known);
            let mean = errors.iter().map(|error| error.abs()).sum::<f64>() / errors.len() as f64;
            assert!(mean < 1.0, "{mean} ms where the begin is known: {begin_is_known}");
        }
    }

    #[test]
    fn clocks_that_run_alike_keep_every_distance() {
        let errors = errors(0.0);
        let (least, most) = errors[20..]
            .iter()
            .fold((f64::MAX, f64::MIN), |(least, most), error| (least.min(*error), most.max(*error)));
        // less than a frame at 48 kHz
        assert!(most - least < 20.0 && most < 25.0, "{least} to {most}");
    }

    #[test]
    fn drift_is_followed_without_a_jump() {
        for ppm in [-120.0, -30.0, 30.0, 120.0] {
            let errors = errors(ppm);
            let worst = errors.iter().fold(0.0_f64, |worst, error| worst.max(error.abs()));
            assert!(worst < 2500.0, "{ppm}: {worst}");
            let late = errors[1500..].iter().fold(0.0_f64, |worst, error| worst.max(error.abs()));
            assert!(late < 250.0, "{ppm}: {late} after a while");
            let jump = errors.windows(2).fold(0.0_f64, |jump, pair| jump.max((pair[1] - pair[0]).abs()));
            assert!(jump < 60.0, "{ppm}: {jump}");
        }
    }
}
