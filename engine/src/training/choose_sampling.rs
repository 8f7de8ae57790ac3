//! How a trained network is to sample: tried on melodies it has not learned from, when its iterations are done.

use std::cell::RefCell;

use cantus::corpus::Dataset;

use super::measure::{Comparison, Measure, PartProfile};
use super::trainable::TrainableNetwork;
use crate::error::Error;
use crate::network::PartSampling;

/// Trainings shorter than this end at once: nothing that they compose is worth choosing from.
pub const WORTH_CHOOSING: u64 = 200;

/// One setting of [`PartSampling`], the values that are tried for it, and what tells how well they do.
struct Sweep {
    name: &'static str,
    /// From the mildest on; the first changes nothing.
    values: &'static [f32],
    set: fn(&mut PartSampling, f32),
    of: fn(&PartProfile) -> Option<f64>,
    /// How near to the data is near enough: the mildest value that comes so near is taken, or the one that comes
    /// nearest.
    tolerance: f64,
    /// What it may cost of the score in all; where it costs more, nothing is changed. `None` for what is there for the
    /// score's sake: whatever scores highest is kept, one value for all parts or each part's own.
    max_cost: Option<f64>,
}

/// How much sounds is chosen before what comes back, and that before where it falls.
const SWEEPS: [Sweep; 5] = [
    Sweep {
        name: "rest",
        values: &[0.0, -0.5, 0.5, -1.0, -1.5],
        set: |sampling, value| sampling.rest = value,
        of: |profile| profile.sounding,
        tolerance: 0.05,
        max_cost: None,
    },
    Sweep {
        name: "hold",
        values: &[0.0, -0.4, 0.4, 0.8],
        set: |sampling, value| sampling.hold = value,
        of: |profile| profile.notes,
        tolerance: 0.1,
        max_cost: None,
    },
    Sweep {
        name: "steadiness",
        values: &[0.0, 0.3, 0.6, 0.8, 1.0],
        set: |sampling, value| sampling.steadiness = value,
        of: |profile| profile.groove,
        tolerance: 0.03,
        max_cost: Some(0.1),
    },
    Sweep {
        name: "sixteenths",
        values: &[0.0, -0.6, 0.6, -1.2, -2.0],
        set: |sampling, value| sampling.sixteenths = value,
        of: |profile| profile.eighths,
        tolerance: 0.02,
        max_cost: Some(0.1),
    },
    Sweep {
        name: "boldness",
        values: &[0.0, 0.4, -0.5, 0.8, -1.0, 1.2],
        set: |sampling, value| sampling.boldness = value,
        of: |profile| profile.scale,
        tolerance: 0.02,
        max_cost: Some(0.02),
    },
];

impl Sweep {
    /// The value for a part, from what each of [`Self::values`] made of it.
    fn choose(&self, made: &[Option<f64>], wanted: Option<f64>) -> f32 {
        let mut best = (f64::INFINITY, self.values[0]);
        for (&value, made) in self.values.iter().zip(made) {
            let distance = made.zip(wanted).map_or(f64::INFINITY, |(made, wanted)| (made - wanted).abs());
            let beyond = (distance - self.tolerance).max(0.0);
            if beyond < best.0 {
                best = (beyond, value);
            }
        }
        best.1
    }
}

/// Has a network compose in the variant that is most like the data, and each part rest, hold and come back as often as
/// the data's. `progress` is told how far it is; where `stop` says so, what was chosen till then stays.
///
/// # Errors
/// What the network says.
pub fn choose_sampling(
    trainable: &mut dyn TrainableNetwork,
    measure: &Measure,
    dataset: &Dataset,
    progress: &mut dyn FnMut(String),
    stop: &mut dyn FnMut() -> bool,
) -> Result<(), Error> {
    let variants = trainable.variants();
    if variants < 2 {
        return Ok(());
    }
    let stop = RefCell::new(stop);
    let cancel = || (stop.borrow_mut())();
    let trials = variants + SWEEPS.iter().map(|sweep| sweep.values.len() + 1).sum::<usize>();
    let mut done = 0;
    let data = measure.target(dataset);
    let mut compare = |trainable: &dyn TrainableNetwork| -> Result<Option<Comparison>, Error> {
        done += 1;
        progress(format!("Choosing how to sample ({done} of {trials})"));
        match measure.compare(dataset, trainable.network(), &data, &cancel) {
            Err(Error::Cancelled) => Ok(None),
            compared => compared.map(Some),
        }
    };
    let parts = trainable.network().parts().len();
    trainable.set_sampling(&[]);
    let mut best = (f64::NEG_INFINITY, 0);
    for variant in 0..variants {
        trainable.use_variant(variant);
        let Some(compared) = compare(trainable)? else { break };
        log::info!("variant {variant}: similarity {:.3}, score {:.3}", compared.similarity, compared.score);
        if compared.score > best.0 {
            best = (compared.score, variant);
        }
    }
    trainable.use_variant(best.1);
    let mut chosen = vec![PartSampling::default(); parts];
    for sweep in &SWEEPS {
        let all = |value: f32| {
            let mut tried = chosen.clone();
            for sampling in &mut tried {
                (sweep.set)(sampling, value);
            }
            tried
        };
        // the score of each value, and what it made of each part
        let (mut scores, mut made) = (Vec::new(), vec![Vec::new(); parts]);
        for &value in sweep.values {
            trainable.set_sampling(&all(value));
            let Some(compared) = compare(trainable)? else {
                trainable.set_sampling(&chosen);
                return Ok(());
            };
            let Comparison { score, similarity, .. } = compared;
            log::info!("{} {value}: similarity {similarity:.3}, score {score:.3}", sweep.name);
            scores.push(score);
            made.iter_mut().zip(&compared.profiles).for_each(|(made, profile)| made.push((sweep.of)(profile)));
        }
        let mut own = chosen.clone();
        for ((sampling, made), profile) in own.iter_mut().zip(&made).zip(&data.profiles) {
            let (wanted, value) = ((sweep.of)(profile), sweep.choose(made, (sweep.of)(profile)));
            log::info!("{} {value} of {made:.3?} for {wanted:.3?}", sweep.name);
            (sweep.set)(sampling, value);
        }
        trainable.set_sampling(&own);
        let with_own = compare(trainable)?.map_or(f64::NEG_INFINITY, |compared| compared.score);
        log::info!("{}: score {with_own:.3} with each part's own", sweep.name);
        let best = (0..scores.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
        chosen = match sweep.max_cost {
            Some(cost) if with_own >= scores[0] - cost => own,
            Some(_) => all(sweep.values[0]),
            None if with_own > scores[best] => own,
            None => all(sweep.values[best]),
        };
        trainable.set_sampling(&chosen);
    }
    Ok(())
}
