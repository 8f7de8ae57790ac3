//! How a trained network is to compose: tried on melodies it has not learned from, when its iterations are done.

use std::cell::{Cell, RefCell};

use super::measure::{Comparison, PartWays};
use super::obey::Orders;
use super::{Run, Trainee};
use crate::GanError;
use crate::networks::cantus::drafts::Manner;

/// Trainings shorter than this end at once: nothing that they compose is worth choosing from.
pub const WORTH_CHOOSING: u64 = 200;

/// One trait of a manner, the values that are tried for it, and what tells how well they do.
struct Sweep {
    name: &'static str,
    /// From the mildest on; the first changes nothing.
    values: &'static [f32],
    set: fn(&mut Manner, f32),
    of: fn(&PartWays) -> Option<f64>,
    /// How near to the data is near enough: the mildest value that comes so near is taken, or the one that comes
    /// nearest.
    near: f64,
    /// What it may cost of the score in all; where it costs more, nothing is changed. `None` for what is there for the
    /// score's sake: whatever scores highest is kept, one value for all parts or each part's own.
    price: Option<f64>,
}

/// What sounds is settled before what comes back, and that before where it falls.
const SWEEPS: [Sweep; 5] = [
    Sweep {
        name: "rest",
        values: &[0.0, -0.5, 0.5, -1.0, -1.5],
        set: |manner, value| manner.rest = value,
        of: |ways| ways.sounding,
        near: 0.05,
        price: None,
    },
    Sweep {
        name: "hold",
        values: &[0.0, -0.4, 0.4, 0.8],
        set: |manner, value| manner.hold = value,
        of: |ways| ways.notes,
        near: 0.1,
        price: None,
    },
    Sweep {
        name: "steadiness",
        values: &[0.0, 0.3, 0.6, 0.8, 1.0],
        set: |manner, value| manner.steadiness = value,
        of: |ways| ways.groove,
        near: 0.03,
        price: Some(0.1),
    },
    Sweep {
        name: "sixteenths",
        values: &[0.0, -0.6, 0.6, -1.2, -2.0],
        set: |manner, value| manner.sixteenths = value,
        of: |ways| ways.eighths,
        near: 0.02,
        price: Some(0.1),
    },
    Sweep {
        name: "boldness",
        values: &[0.0, 0.4, -0.5, 0.8, -1.0, 1.2],
        set: |manner, value| manner.boldness = value,
        of: |ways| ways.scale,
        near: 0.02,
        price: Some(0.02),
    },
];

impl Sweep {
    /// The value for a part, from what each of [`Self::values`] made of it.
    fn choose(&self, made: &[Option<f64>], wanted: Option<f64>) -> f32 {
        let mut best = (f64::INFINITY, self.values[0]);
        for (&value, made) in self.values.iter().zip(made) {
            let distance = made.zip(wanted).map_or(f64::INFINITY, |(made, wanted)| (made - wanted).abs());
            let beyond = (distance - self.near).max(0.0);
            if beyond < best.0 {
                best = (beyond, value);
            }
        }
        best.1
    }
}

impl Run<'_> {
    /// Has the trainee compose in the way that is most like the data, and each part rest, hold and come back as often
    /// as the data's. Who stops it gets what was chosen till then.
    pub fn choose_way(&mut self, orders: &mut Orders<'_>) -> Result<(), GanError> {
        let ways = self.trainee.ways();
        let (Some(measure), true) = (&self.measure, ways > 1 && self.trainee.tuning().iterations >= WORTH_CHOOSING)
        else {
            return Ok(());
        };
        let orders = RefCell::new(orders);
        let cancel = || orders.borrow_mut().stop_is_wanted();
        let trials = ways + SWEEPS.iter().map(|sweep| sweep.values.len() + 1).sum::<usize>();
        let done = Cell::new(0);
        let data = measure.target(self.dataset);
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
            // the score of each value, and what it made of each part
            let (mut scores, mut made) = (Vec::new(), vec![Vec::new(); parts]);
            let all = |value: f32| {
                let mut tried = manners.clone();
                for manner in &mut tried {
                    (sweep.set)(manner, value);
                }
                tried
            };
            for &value in sweep.values {
                self.trainee.mind(&all(value));
                let Some(compared) = compare(self.trainee)? else {
                    self.trainee.mind(&manners);
                    return Ok(());
                };
                log::info!(
                    "{} {value}: similarity {:.3}, score {:.3}",
                    sweep.name,
                    compared.similarity,
                    compared.score
                );
                scores.push(compared.score);
                made.iter_mut().zip(&compared.ways).for_each(|(made, ways)| made.push((sweep.of)(ways)));
            }
            let mut own = manners.clone();
            for ((manner, made), ways) in own.iter_mut().zip(&made).zip(&data.ways) {
                let (wanted, value) = ((sweep.of)(ways), sweep.choose(made, (sweep.of)(ways)));
                log::info!("{} {value} of {made:.3?} for {wanted:.3?}", sweep.name);
                (sweep.set)(manner, value);
            }
            self.trainee.mind(&own);
            let with_own = compare(self.trainee)?.map_or(f64::NEG_INFINITY, |compared| compared.score);
            log::info!("{}: score {with_own:.3} with each part's own", sweep.name);
            let best = (0..scores.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
            manners = match sweep.price {
                Some(price) if with_own >= scores[0] - price => own,
                Some(_) => all(sweep.values[0]),
                None if with_own > scores[best] => own,
                None => all(sweep.values[best]),
            };
            self.trainee.mind(&manners);
        }
        Ok(())
    }
}
