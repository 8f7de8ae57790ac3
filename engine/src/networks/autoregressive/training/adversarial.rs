//! Generator and discriminator against each other.
//!
//! A draft's step is good if the discriminator takes what follows it more for real than what the other drafts of the
//! same melody have at the same place: each melody is its own baseline, and no network has to guess values. The
//! generator learns from that by policy gradient with a clipped ratio (PPO, Schulman et al. 2017), beside its
//! likelihood of real music, without which it drifts to whatever the discriminator of the day overrates.

use cantus::measures::discrimination;
use tch::{Device, Kind, Tensor};

use super::replay::{Pair, Place};
use super::set::{PASSAGE, TrainingSet, agreement};
use crate::error::Error;
use crate::networks::autoregressive::batch::Batch;
use crate::networks::autoregressive::critic::Critic;
use crate::networks::autoregressive::generator::Generator;
use crate::networks::autoregressive::layers::Dropout;
use crate::networks::autoregressive::policy::Policy;
use crate::networks::autoregressive::sheet::Sheet;
use crate::networks::autoregressive::writing::{self, Writer};
use crate::random::Source;
use crate::training::losses::mean_scores;

/// What the discriminator is told to say of real and of composed music: not to be quite sure.
const LABELS: (f64, f64) = (0.95, 0.05);
/// The discriminator hears windows of so many steps.
const WINDOW: (usize, usize) = (48, 96);
/// So many windows are the ends of their passages, for endings are few.
const ENDING_SHARE: f32 = 0.2;
/// Logits count as reward up to here.
const MOST_REWARD: f32 = 4.0;
/// A step answers for about so many steps around it, for what comes later twice as much.
const REACH: f32 = 12.0;
const CUT: i64 = 48;
/// Advantages are cut at so many deviations.
const MOST_ADVANTAGE: f32 = 3.0;
/// How far the ratio of new and old probability counts.
const CLIP: (f64, f64) = (0.8, 1.25);

/// The drafts of some melodies, side by side.
#[derive(Debug)]
pub struct Round {
    /// Where the melodies come from.
    pub places: Vec<Place>,
    /// The drafts, melody by melody.
    pub drafts: Vec<Sheet>,
    /// How likely each step of theirs was.
    pub logs: Vec<Vec<f32>>,
    /// How many each melody has.
    pub count: usize,
}

impl Round {
    /// Writes `count` drafts to each of `melodies` passages.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn write(
        (generator, policy): (&Generator, Policy),
        set: &TrainingSet,
        ranges: &[(u8, u8)],
        (melodies, count): (usize, usize),
        source: &mut Source,
    ) -> Result<Self, Error> {
        let (places, mut drafts) = passages(set, melodies, count, source);
        let writer = Writer { drafts: count, ..Writer::learning(generator, policy, ranges) };
        let logs = writer.write(&mut drafts, source)?;
        Ok(Self { places, drafts, logs, count })
    }

    /// Share of cells in which the first two drafts of a melody hold the same.
    pub fn agreement(&self) -> f64 {
        let pairs = self.drafts.chunks(self.count).filter(|drafts| drafts.len() > 1);
        let all: Vec<f64> = pairs.map(|drafts| agreement(&drafts[0], &drafts[1])).collect();
        all.iter().sum::<f64>() / all.len().max(1) as f64
    }

    /// How undecided the generator was, in nats a step.
    pub fn entropy(&self) -> f64 {
        let (sum, steps) =
            self.logs.iter().flatten().fold((0.0, 0), |(sum, steps), log| (sum - f64::from(*log), steps + 1));
        sum / f64::from(steps.max(1))
    }

    /// For each step of each draft how much better than the melody's others it is, in deviations.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn advantages(&self, critic: &Critic, device: Device) -> Result<Vec<Vec<f32>>, Error> {
        let passages: Vec<_> = self.drafts.iter().map(|draft| (draft, 0..draft.steps())).collect();
        let rewards: Vec<Vec<f32>> = critic.hear(&passages, device)?.iter().map(|logits| smooth(logits)).collect();
        let steps: usize = rewards.iter().map(Vec::len).sum();
        let mut advantages = Vec::with_capacity(rewards.len());
        for drafts in rewards.chunks(self.count) {
            let others = drafts.len() as f32 / (drafts.len().max(2) - 1) as f32;
            let length = drafts.iter().map(Vec::len).min().unwrap_or(0);
            let means: Vec<f32> = (0..length)
                .map(|step| drafts.iter().map(|rewards| rewards[step]).sum::<f32>() / drafts.len() as f32)
                .collect();
            advantages.extend(drafts.iter().map(|rewards| {
                rewards.iter().zip(&means).map(|(reward, mean)| (reward - mean) * others).collect::<Vec<f32>>()
            }));
        }
        let squares: f32 = advantages.iter().flatten().map(|advantage| advantage * advantage).sum();
        let deviation = (squares / steps.max(1) as f32).sqrt().max(1e-4);
        for advantage in advantages.iter_mut().flatten() {
            *advantage = (*advantage / deviation).clamp(-MOST_ADVANTAGE, MOST_ADVANTAGE);
        }
        Ok(advantages)
    }
}

/// Melodies by chance, and for each of them the sheets of its drafts, with nothing written yet.
fn passages(set: &TrainingSet, melodies: usize, count: usize, source: &mut Source) -> (Vec<Place>, Vec<Sheet>) {
    let place = |source: &mut Source| {
        let piece = set.draw(source);
        let passage = set.passage(piece, PASSAGE, source);
        Place { piece, start: passage.start, steps: passage.len(), shift: set.shift(piece, source) }
    };
    let places: Vec<Place> = (0..melodies).map(|_| place(source)).collect();
    let drafts = places.iter().flat_map(|place| std::iter::repeat_n(place.sheet(set), count)).collect();
    (places, drafts)
}

/// What the discriminator chooses among `count` drafts of each of `melodies` passages, as when composing.
///
/// # Errors
/// What libtorch says.
pub fn chosen(
    (generator, policy, critic): (&Generator, Policy, &Critic),
    set: &TrainingSet,
    ranges: &[(u8, u8)],
    (melodies, count): (usize, usize),
    source: &mut Source,
) -> Result<Vec<(Place, Sheet)>, Error> {
    let (places, mut drafts) = passages(set, melodies, count, source);
    let writer = Writer { drafts: count, critic: Some(critic), ..Writer::learning(generator, policy, ranges) };
    writer.write(&mut drafts, source)?;
    let chosen = |(place, drafts): (&Place, &[Sheet])| {
        let best = writing::most_real(critic, drafts, generator.device())?;
        Ok((*place, drafts[best].clone()))
    };
    places.iter().zip(drafts.chunks(count)).map(chosen).collect()
}

/// Each step's reward: the logits around it.
fn smooth(logits: &[f32]) -> Vec<f32> {
    let weight = |away: i64| (-(away.abs() as f32) / REACH).exp() * if away < 0 { 0.5 } else { 1.0 };
    let weights: Vec<f32> = (-CUT..=CUT).map(weight).collect();
    let total: f32 = weights.iter().sum();
    let around = |step: usize| {
        let heard = (-CUT..=CUT).zip(&weights).filter_map(|(away, weight)| {
            let at = usize::try_from(step as i64 + away).ok()?;
            Some(logits.get(at)?.clamp(-MOST_REWARD, MOST_REWARD) * weight)
        });
        heard.sum::<f32>() / total
    };
    (0..logits.len()).map(around).collect()
}

/// Rows of different lengths as one tensor, with zeros behind: \[rows, steps\].
fn padded(rows: &[&[f32]], steps: i64, device: Device) -> Tensor {
    let mut numbers = Vec::with_capacity(rows.len() * steps as usize);
    for row in rows {
        numbers.extend_from_slice(row);
        numbers.extend(std::iter::repeat_n(0.0, steps as usize - row.len()));
    }
    Tensor::from_slice(&numbers).view([rows.len() as i64, steps]).to_device(device)
}

/// What the generator minimises over some drafts: minus their advantage, by how much likelier they became, clipped.
///
/// The probabilities are those of the policy that drew the drafts ([`Policy::learning`]), with its temperatures and
/// penalties, and without dropout: before anything is learned the ratio is 1.
pub fn policy_loss(
    (generator, policy): (&Generator, Policy),
    drafts: &[&Sheet],
    logs: &[&[f32]],
    advantages: &[&[f32]],
    ranges: &[(u8, u8)],
) -> Tensor {
    let device = generator.device();
    let batch = Batch::new(drafts, policy, ranges, device);
    let of_lines = generator.log_probabilities(&batch, &mut Dropout(None));
    let new = of_lines.iter().skip(1).fold(of_lines[0].shallow_clone(), |sum, logs| sum + logs);
    let (old, advantage) = (padded(logs, batch.steps, device), padded(advantages, batch.steps, device));
    let ratio = (new - old).clamp(-2.0, 2.0).exp();
    let objective = (&ratio * &advantage).minimum(&(ratio.clamp(CLIP.0, CLIP.1) * &advantage));
    -(objective * batch.valid.squeeze_dim(-1)).sum(Kind::Float) / batch.valid_steps
}

/// What the discriminator minimises over pairs, of which the same windows are heard: the cross-entropy of each step and
/// of each window, and that the real one is liked better.
pub fn critic_loss(
    critic: &Critic,
    pairs: &[Pair],
    device: Device,
    dropout: &mut Dropout<'_>,
    source: &mut Source,
) -> (Tensor, Tensor) {
    let windows: Vec<_> = pairs
        .iter()
        .map(|pair| {
            let length = (WINDOW.0 + source.below(WINDOW.1 - WINDOW.0 + 1)).min(pair.real.steps());
            let spare = pair.real.steps() - length;
            let start = if source.uniform() < ENDING_SHARE { spare } else { source.below(spare + 1) };
            start..start + length
        })
        .collect();
    let real = pairs.iter().zip(&windows).map(|(pair, window)| (&pair.real, window.clone()));
    let drafts = pairs.iter().zip(&windows).map(|(pair, window)| (&pair.draft, window.clone()));
    let passages: Vec<_> = real.chain(drafts).collect();
    let (logits, valid) = critic.forward(&passages, device, dropout);
    let count = pairs.len() as i64;
    let labels = Tensor::cat(
        &[
            Tensor::full([count, 1], LABELS.0, (Kind::Float, device)),
            Tensor::full([count, 1], LABELS.1, (Kind::Float, device)),
        ],
        0,
    );
    let entropy = |logits: &Tensor, labels: &Tensor| logits.softplus() - logits * labels;
    let by_step = (entropy(&logits, &labels) * &valid).sum(Kind::Float) / valid.sum(Kind::Float);
    let sums = (&logits * &valid).sum_dim_intlist(1, false, Kind::Float);
    let of_windows = sums / valid.sum_dim_intlist(1, false, Kind::Float);
    let by_window = entropy(&(&of_windows * 2.0), &labels.squeeze_dim(1)).mean(Kind::Float);
    let (real, drafts) = (of_windows.narrow(0, 0, count), of_windows.narrow(0, count, count));
    let margin = &real - &drafts;
    let loss = by_step + by_window + (margin * -2.0).softplus().mean(Kind::Float) * 0.5;
    (loss, mean_scores(&real, &drafts))
}

/// How often a window of four bars of real music is liked better than a composed one: 0.5 is a discriminator that hears
/// no difference.
///
/// # Errors
/// What libtorch says.
pub fn auc(critic: &Critic, real: &[Sheet], drafts: &[Sheet], device: Device) -> Result<f64, Error> {
    let likes = |sheets: &[Sheet]| -> Result<Vec<f64>, Error> {
        let passages: Vec<_> = sheets.iter().map(|sheet| (sheet, 0..sheet.steps())).collect();
        let heard = critic.hear(&passages, device)?;
        let mut likes = Vec::new();
        for (sheet, logits) in sheets.iter().zip(&heard) {
            let windows = logits.chunks(4 * sheet.steps_per_bar);
            likes.extend(windows.map(|window| f64::from(window.iter().sum::<f32>() / window.len() as f32)));
        }
        Ok(likes)
    };
    let (real, drafts) = (likes(real)?, likes(drafts)?);
    let labels: Vec<f64> = real.iter().map(|_| 1.0).chain(drafts.iter().map(|_| 0.0)).collect();
    Ok(discrimination::auc(&[real, drafts].concat(), &labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_answers_for_what_follows_it() {
        let mut logits = vec![0.0; 40];
        logits[20] = 9.0;
        let reward = smooth(&logits);
        assert!(reward[18] > reward[22] && reward[22] > 0.0);
        assert!((reward[18] / reward[22] - 2.0).abs() < 1e-3);
        assert!((reward[20] - reward[18] * (2.0 / REACH).exp()).abs() < 1e-4);
    }
}
