//! How a trained network is to compose: tried on melodies it has not learned from, when its iterations are done.

use std::cell::{Cell, RefCell};

use super::measure::{Comparison, PartWays};
use super::obey::Orders;
use super::{Run, Trainee};
use crate::gan::GanError;
use crate::gan::cantus::drafts::Manner;

/// Trainings shorter than this end at once: nothing that they compose is worth choosing from.
pub const WORTH_CHOOSING: u64 = 200;

/// How much nearer to the data something must come to be worth a change.
const WORTH: f64 = 0.01;

/// One trait of a manner, the values that are tried for it, and what tells how well they do. The first value changes nothing, and is
/// kept where no other comes nearer by [`WORTH`].
struct Sweep {
    name: &'static str,
    values: &'static [f32],
    set: fn(&mut Manner, f32),
    of: fn(&PartWays) -> Option<f64>,
}

const SWEEPS: [Sweep; 5] = [
    Sweep {
        name: "rest",
        values: &[0.0, -0.5, -1.0, -1.5, 0.5],
        set: |manner, value| manner.rest = value,
        of: |ways| ways.sounding,
    },
    Sweep {
        name: "sixteenths",
        values: &[0.0, -0.6, -1.2, -2.0, 0.6],
        set: |manner, value| manner.sixteenths = value,
        of: |ways| ways.eighths,
    },
    Sweep {
        name: "hold",
        values: &[0.0, -0.4, 0.4, 0.8],
        set: |manner, value| manner.hold = value,
        of: |ways| ways.notes,
    },
    Sweep {
        name: "steadiness",
        values: &[0.0, 0.3, 0.6, 0.8, 1.0],
        set: |manner, value| manner.steadiness = value,
        of: |ways| ways.groove,
    },
    Sweep {
        name: "boldness",
        values: &[0.0, -1.0, -0.5, 0.4, 0.8, 1.2],
        set: |manner, value| manner.boldness = value,
        of: |ways| ways.scale,
    },
];

impl Run<'_> {
    /// Has the trainee compose in the way that is most like the data, and each part rest, hold and come back as often as the data's. Who
    /// stops it gets what was chosen till then.
    pub fn choose_way(&mut self, orders: &mut Orders<'_>) -> Result<(), GanError> {
        let ways = self.trainee.ways();
        let (Some(measure), true) = (&self.measure, ways > 1 && self.trainee.tuning().iterations >= WORTH_CHOOSING) else {
            return Ok(());
        };
        let orders = RefCell::new(orders);
        let cancel = || orders.borrow_mut().stop_is_wanted();
        let trials = ways + SWEEPS.iter().map(|sweep| sweep.values.len()).sum::<usize>();
        let done = Cell::new(0);
        let data = measure.target(self.dataset)?;
        let compare = |trainee: &dyn Trainee| -> Result<Option<Comparison>, GanError> {
            done.set(done.get() + 1);
            self.heart.status().message = format!("Trying ways to compose ({} of {trials})", done.get());
            match measure.compare(self.dataset, trainee.network(), &data, &cancel) {
                Err(GanError::Cancelled) => Ok(None),
                compared => compared.map(Some),
            }
        };
        let parts = self.trainee.network().parts().len();
        self.trainee.mind(&[]);
        let mut best = (f64::NEG_INFINITY, 0);
        for way in 0..ways {
            self.trainee.take_way(way);
            let Some(compared) = compare(self.trainee)? else { break };
            log::info!("way {way}: similarity {:.3}, score {:.3}", compared.similarity, compared.score);
            if compared.score > best.0 {
                best = (compared.score, way);
            }
        }
        self.trainee.take_way(best.1);
        let mut manners = vec![Manner::default(); parts];
        for sweep in &SWEEPS {
            let wanted: Vec<Option<f64>> = data.ways.iter().map(sweep.of).collect();
            let mut nearest = vec![(f64::INFINITY, 0.0); parts];
            for &value in sweep.values {
                let mut tried = manners.clone();
                for manner in &mut tried {
                    (sweep.set)(manner, value);
                }
                self.trainee.mind(&tried);
                let Some(compared) = compare(self.trainee)? else {
                    self.trainee.mind(&manners);
                    return Ok(());
                };
                let is: Vec<Option<f64>> = compared.ways.iter().map(sweep.of).collect();
                log::info!(
                    "{} {value}: similarity {:.3}, {is:.3?} of {wanted:.3?}",
                    sweep.name,
                    compared.similarity
                );
                let credit = if value == sweep.values[0] { WORTH } else { 0.0 };
                for ((nearest, is), wanted) in nearest.iter_mut().zip(is).zip(&wanted) {
                    let distance = is.zip(*wanted).map_or(f64::INFINITY, |(is, wanted)| (is - wanted).abs() - credit);
                    if distance < nearest.0 {
                        *nearest = (distance, value);
                    }
                }
            }
            manners
                .iter_mut()
                .zip(nearest)
                .for_each(|(manner, (_, value))| (sweep.set)(manner, value));
            self.trainee.mind(&manners);
        }
        Ok(())
    }
}
