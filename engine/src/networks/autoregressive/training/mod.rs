//! Training: by likelihood first; then the discriminator learns to tell drafts from real music; then both are trained
//! against each other, where there is no kit at last on drafts that are drawn as the model composes; at the end the
//! discriminator alone learns from what it chose among drafts itself, for what it likes by mistake, it would choose
//! again and again.

mod adversarial;
mod replay;
mod set;

use serde_json::{Map, Value, json};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use self::adversarial::{Round, auc, critic_loss, policy_loss};
use self::replay::{Pair, Replay};
use self::set::{PASSAGE, TrainingSet};
use super::batch::Batch;
use super::cells::FIRST_VOICE;
use super::generator::Sizes;
use super::layers::Dropout;
use super::policy::Policy;
use super::sheet::{Hidden, Sheet};
use super::writing::Writer;
use super::{Autoregressive, FULL_RANGE, load_folder};
use crate::error::Error;
use crate::network::{Network, PartSpec};
use crate::networks::drummer::{self, DrummerSettings};
use crate::random::{Purpose, Source};
use crate::training::adam::{Adam, AdamSettings};
use crate::training::choose_parts::choose_parts;
use crate::training::losses::set_scores;
use crate::training::trainable::{
    TensorFile, Trainable, TrainableNetwork, card_settings, fetch, first_tuning, schedule, tensor_files,
    training_tensors,
};
use crate::weights;
use cantus::corpus::drumming::read_drumming;
use cantus::corpus::{Dataset, Split};
use cantus::engine_client::curves::{Curve, CurveValues};
use cantus::engine_client::networks;
use cantus::engine_client::protocol::{Loss, TrainRequest, TrainStep};
use cantus::engine_client::run_folder::Tuning;
use cantus::measures::mean;
use cantus::music::Role;

/// Channels silenced in training.
const DROPOUT: f32 = 0.3;
/// The learning rate of likelihood falls along a cosine to this share of itself.
const LAST_RATE: f64 = 0.03;
const WARM_UP: f64 = 100.0;
/// Learning rates by that of likelihood: of the generator against the discriminator, of the discriminator before that,
/// and then.
const ADVERSARIAL_RATE: f64 = 0.25;
const FIRST_CRITIC_RATE: f64 = 0.75;
const CRITIC_RATE: f64 = 0.25;
/// How slowly the exported weights follow the trained ones, by likelihood and then.
const AVERAGED: f64 = 0.998;
const ADVERSARIAL_AVERAGED: f64 = 0.94;
/// What likelihood of real music counts beside the adversarial loss.
const ANCHOR: f64 = 0.5;
const ANCHOR_PIECES: usize = 4;
const ANCHOR_STEPS: usize = 128;
/// Drafts of each melody.
const DRAFTS: usize = 6;
const FIRST_DRAFTS: usize = 2;
/// Drafts in a step of the generator, pairs in one of the discriminator.
const DRAFTS_AT_ONCE: usize = 16;
const PAIRS_AT_ONCE: usize = 16;
/// Steps of the discriminator in an iteration while it learns alone.
const FIRST_CRITIC_STEPS: u32 = 10;
/// Steps of the discriminator in an iteration in which it learns from what it chose, and how many of the chosen drafts
/// count as the newest.
const LAST_CRITIC_STEPS: u32 = 6;
const CHOSEN: usize = 64;
/// Steps of the drummer in an iteration of likelihood, and its learning rate by that of likelihood.
const DRUMMER_STEPS: usize = 10;
const DRUMMER_RATE: f64 = 2.0;
/// Held-out passages that losses and the discriminator are measured on.
const HELD_OUT: usize = 24;
const HELD_OUT_STEPS: usize = 128;

/// Makes the network ready to learn from a data set.
///
/// # Errors
/// Nothing in the data to learn from, or the model to start from does not fit.
pub fn trainable(request: &TrainRequest, dataset: &Dataset, device: Device) -> Trainable {
    Ok(Box::new(TrainableAutoregressive::new(request, dataset, device)?))
}

/// Which lesson an iteration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Likelihood,
    CriticAlone,
    Adversarial,
    CriticChooses,
}

struct TrainableAutoregressive {
    network: Autoregressive,
    /// The running mean of its weights, which is what is measured and exported.
    averaged: Autoregressive,
    generator_adam: Adam,
    critic_adam: Adam,
    drummer_adam: Adam,
    /// How many drafts are written side by side, once there is a discriminator.
    composing_drafts: usize,
    /// The share of bars in which each part rests in the training pieces.
    rests_of_people: Vec<f32>,
    /// How much less its drafts rest than people do, by part.
    rests: Vec<f32>,
    train: TrainingSet,
    valid: TrainingSet,
    replay: Replay,
    tuning: Tuning,
    is_adversarial: bool,
    seed: u64,
    device: Device,
}

impl TrainableAutoregressive {
    fn new(request: &TrainRequest, dataset: &Dataset, device: Device) -> Result<Self, Error> {
        let chosen = choose_parts(dataset, 6, super::cells::MAX_LINES - super::cells::FIRST_VOICE, 1)?;
        let performances = match &request.drums {
            Some(folder) => {
                read_drumming(folder).map_err(|error| Error::Request(format!("{error}: {}", folder.display())))?
            }
            None => Vec::new(),
        };
        let train = TrainingSet::new(dataset, Split::Train, &chosen, &performances);
        if train.pieces.is_empty() {
            return Err(Error::Request("no training piece has a melody and other parts".into()));
        }
        let from = request.from.as_ref().map(|from| load_folder(from, device)).transpose()?;
        // what it goes on from says how large it is
        let sizes = from.as_ref().map_or_else(Sizes::default, |from| from.settings.sizes);
        let (policy, composing_drafts) = train.style();
        let mut settings = train.settings(dataset, sizes, policy);
        // a kit comes last
        let mut parts: Vec<_> = chosen.iter().filter(|part| !part.spec.is_drum).map(|part| part.spec.clone()).collect();
        if parts.is_empty() {
            return Err(Error::Request("this network needs a part besides drums to learn".into()));
        }
        if !train.drumming.is_empty() {
            let kit = chosen.iter().find(|part| part.spec.is_drum).map(|part| part.spec.clone());
            let (family, hands) = train.drumming.families();
            let players = train.drumming.players(hands);
            let (part, is_heard) = (Some(parts.len()), kit.is_some());
            settings.drummer = Some(DrummerSettings { part, is_heard, family, hands, players });
            parts.push(kit.unwrap_or_else(other_peoples_kit));
        }
        // earlier versions took the choice and did nothing with it
        if request.loss != Loss::default() && !request.resume {
            let reason = "this network's discriminator has a loss of its own: none can be chosen";
            return Err(Error::Request(reason.into()));
        }
        let network = Autoregressive::new(parts.clone(), settings.clone(), request.seed, device)?;
        if let Some(from) = &from {
            network.start_from(from);
        }
        let averaged = Autoregressive::new(parts, settings, request.seed, device)?;
        weights::copy(&network.store, &averaged.store);
        let valid = TrainingSet::new(dataset, Split::Valid, &chosen, &[]);
        let adam = |weight_decay| AdamSettings { betas: (0.9, 0.98), epsilon: 1e-8, max_norm: Some(1.0), weight_decay };
        let lines = network.settings.line_count();
        let critic = network.critic.as_ref().ok_or_else(|| Error::Request("no discriminator".into()))?;
        Ok(Self {
            generator_adam: Adam::of(&network.store, |name| !is_of_drummer(name), adam(0.02)),
            drummer_adam: Adam::of(&network.store, is_of_drummer, adam(0.01)),
            critic_adam: Adam::new(&critic.0, adam(0.05)),
            composing_drafts,
            rests_of_people: train.rests(),
            rests: Vec::new(),
            network,
            averaged,
            train,
            valid,
            replay: Replay::new(lines),
            tuning: first_tuning(request),
            is_adversarial: request.adversarial != Some(0.0),
            seed: request.seed,
            device,
        })
    }

    /// The iterations at which the discriminator begins to learn, and at which the generator does from it.
    fn phase_starts(&self) -> (u64, u64) {
        let total = self.tuning.iterations;
        let joins = networks::of("autoregressive").joins_at(total).filter(|_| self.is_adversarial);
        joins.unwrap_or((total, total))
    }

    /// The iteration at which the discriminator begins to learn from what it chose.
    fn choosing_start(&self) -> u64 {
        let total = self.tuning.iterations;
        let start = networks::of("autoregressive").chooses_at(total).filter(|_| self.is_adversarial);
        start.unwrap_or(total)
    }

    fn phase(&self, iteration: u64) -> Phase {
        let (critic, adversarial) = self.phase_starts();
        match iteration {
            _ if iteration < critic => Phase::Likelihood,
            _ if iteration < adversarial => Phase::CriticAlone,
            _ if iteration < self.choosing_start() => Phase::Adversarial,
            _ => Phase::CriticChooses,
        }
    }

    /// How drafts are drawn in an iteration: what is drawn coldly from the first shows little to learn from, and bands,
    /// which are drawn coldest, learn nothing from it.
    fn policy(&self, iteration: u64) -> Policy {
        let (_, adversarial) = self.phase_starts();
        let own = self.network.settings.policy;
        let is_late = iteration >= u64::midpoint(adversarial, self.choosing_start()) && self.network.drummer.is_none();
        if is_late { own.learning_late() } else { own.learning() }
    }

    fn full_ranges(&self) -> Vec<(u8, u8)> {
        vec![FULL_RANGE; self.network.settings.line_count() - 1]
    }

    fn likelihood_rate(&self, iteration: u64) -> f64 {
        let (end, _) = self.phase_starts();
        let warm_up = WARM_UP.min(end as f64 / 5.0).max(1.0);
        self.tuning.learning_rate * schedule(iteration, end, warm_up, LAST_RATE)
    }

    /// Cross-entropy of some lessons in nats a step.
    fn cross_entropy(
        network: &Autoregressive,
        sheets: &[&Sheet],
        ranges: &[(u8, u8)],
        dropout: &mut Dropout<'_>,
    ) -> Tensor {
        let batch = Batch::new(sheets, Policy::PLAIN, ranges, network.generator.device());
        let logs = network.generator.log_probabilities(&batch, dropout);
        let sums: Vec<Tensor> = logs.iter().map(|logs| logs.sum(Kind::Float)).collect();
        // a step in which half of the lines are known is half a step
        let voices = (batch.lines.len() - 2) as f64;
        let asked: Vec<Tensor> = batch.lines.iter().skip(2).map(|line| line.counted.sum(Kind::Float)).collect();
        let asked = Tensor::stack(&asked, 0).sum(Kind::Float) / voices;
        -Tensor::stack(&sums, 0).sum(Kind::Float) / asked.clamp_min(1.0)
    }

    /// Follows the trained weights.
    fn average(&self, keep: f64) {
        weights::average(&self.averaged.store, &self.network.store, keep);
    }

    fn likelihood_step(&mut self, iteration: u64, source: &mut Source) -> Result<CurveValues, Error> {
        let sheets: Vec<Sheet> = (0..self.tuning.batch).map(|_| self.train.lesson(PASSAGE, source)).collect();
        let sheets: Vec<&Sheet> = sheets.iter().collect();
        let ranges = self.full_ranges();
        let loss = Self::cross_entropy(&self.network, &sheets, &ranges, &mut Dropout(Some((source, DROPOUT))));
        let gradients = Tensor::f_run_backward(&[&loss], &self.generator_adam.parameters(), false, false)?;
        self.generator_adam.step(&gradients, self.likelihood_rate(iteration))?;
        self.drummer_steps(iteration, source)?;
        self.average(AVERAGED.min(iteration as f64 / (iteration + 30) as f64));
        Ok(CurveValues::from([(Curve::Reconstruction, loss.double_value(&[]))]))
    }

    fn drummer_steps(&mut self, iteration: u64, source: &mut Source) -> Result<(), Error> {
        let Some(drummer) = &self.network.drummer else { return Ok(()) };
        let rate = self.likelihood_rate(iteration) * DRUMMER_RATE;
        for _ in 0..DRUMMER_STEPS {
            let loss = drummer::training::loss(drummer, &self.train.drumming, source);
            let gradients = Tensor::f_run_backward(&[&loss], &self.drummer_adam.parameters(), false, false)?;
            self.drummer_adam.step(&gradients, rate)?;
        }
        Ok(())
    }

    /// Some steps of the discriminator; the means of its loss and of its scores of real and generated music.
    fn critic_steps(
        &mut self,
        steps: u32,
        rate: f64,
        newest: usize,
        source: &mut Source,
    ) -> Result<CurveValues, Error> {
        let mut values = CurveValues::default();
        let Some((_, critic)) = &self.network.critic else { return Ok(values) };
        let mut totals = [0.0; 3];
        for _ in 0..steps.max(1) {
            let pairs: Vec<Pair> = (0..PAIRS_AT_ONCE).map(|_| self.replay.draw(newest, &self.train, source)).collect();
            let mut masks = Source::new(self.seed, Purpose::Training, source.below(usize::MAX >> 1) as u64);
            let (loss, scores) =
                critic_loss(critic, &pairs, self.device, &mut Dropout(Some((&mut masks, DROPOUT))), source);
            let gradients = Tensor::f_run_backward(&[&loss], &self.critic_adam.parameters(), false, false)?;
            self.critic_adam.step(&gradients, rate)?;
            let step: [f64; 3] = fetch(&Tensor::cat(&[loss.detach().view([1]), scores], 0))?;
            totals = std::array::from_fn(|nth| totals[nth] + step[nth]);
        }
        let [loss, real, generated] = totals.map(|total| total / f64::from(steps.max(1)));
        values.set(Curve::DiscriminatorLoss, loss);
        set_scores(&mut values, [real, generated]);
        Ok(values)
    }

    fn write_round(&mut self, drafts: usize, policy: Policy, source: &mut Source) -> Result<Round, Error> {
        let ranges = self.network.ranges();
        let melodies = self.tuning.batch as usize;
        let generator = &self.network.generator;
        let round = Round::write((generator, policy), &self.train, &ranges, (melodies, drafts), source)?;
        self.plan_rests(&round);
        for (drafts, place) in round.drafts.chunks(drafts).zip(&round.places) {
            for draft in &drafts[..drafts.len().min(2)] {
                self.replay.take_in(*place, draft);
            }
        }
        Ok(round)
    }

    /// The network rests by itself, if less than people do: a plan makes up for the difference.
    fn plan_rests(&mut self, round: &Round) {
        let lines = &self.network.settings.lines;
        let parts = self.rests_of_people.iter().enumerate().map(|(part, of_people)| {
            let own: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].part == part).collect();
            let (mut silent, mut bars) = (0.0_f32, 0.0_f32);
            for draft in &round.drafts {
                for start in (0..draft.steps()).step_by(draft.steps_per_bar) {
                    let mut steps = start..(start + draft.steps_per_bar).min(draft.steps());
                    let plays =
                        steps.any(|step| own.iter().any(|line| draft.cells.value(step, FIRST_VOICE + line) > 0));
                    silent += if plays { 0.0 } else { 1.0 };
                    bars += 1.0;
                }
            }
            (of_people - silent / bars.max(1.0)).max(0.0)
        });
        let rests: Vec<f32> = parts.collect();
        let known = &mut self.rests;
        *known = if known.len() == rests.len() {
            known.iter().zip(rests).map(|(known, rests)| known + (rests - known) * 0.1).collect()
        } else {
            rests
        };
        // too little to be planned is not worth a silence
        let planned: Vec<f32> = known.iter().map(|share| if *share < 0.02 { 0.0 } else { *share }).collect();
        (self.network.settings.rests, self.averaged.settings.rests) = (planned.clone(), planned);
    }

    fn critic_alone(&mut self, source: &mut Source) -> Result<CurveValues, Error> {
        let round = self.write_round(FIRST_DRAFTS, self.network.settings.policy.learning(), source)?;
        let rate = self.tuning.learning_rate * FIRST_CRITIC_RATE;
        let mut values = self.critic_steps(FIRST_CRITIC_STEPS, rate, 96, source)?;
        values.set(Curve::Agreement, round.agreement());
        values.set(Curve::Entropy, round.entropy());
        Ok(values)
    }

    fn critic_chooses(&mut self, source: &mut Source) -> Result<CurveValues, Error> {
        let Some((_, critic)) = &self.network.critic else { return Ok(CurveValues::default()) };
        let ranges = self.averaged.ranges();
        let how = (&self.averaged.generator, self.averaged.settings.policy, critic);
        let size = (self.tuning.batch as usize, self.composing_drafts);
        for (place, draft) in adversarial::chosen(how, &self.train, &ranges, size, source)? {
            self.replay.take_in(place, &draft);
        }
        self.critic_steps(LAST_CRITIC_STEPS, self.tuning.learning_rate * CRITIC_RATE, CHOSEN, source)
    }

    fn adversarial_step(&mut self, who: TrainStep, policy: Policy, source: &mut Source) -> Result<CurveValues, Error> {
        let round = self.write_round(DRAFTS, policy, source)?;
        let Some((_, critic)) = &self.network.critic else { return Ok(CurveValues::default()) };
        let mut values = CurveValues::from([(Curve::Agreement, round.agreement()), (Curve::Entropy, round.entropy())]);
        let batches = round.drafts.len().div_ceil(DRAFTS_AT_ONCE);
        if who != TrainStep::Critic {
            let advantages = round.advantages(critic, self.device)?;
            // like lengths together
            let mut order: Vec<usize> = (0..round.drafts.len()).collect();
            order.sort_by_cached_key(|draft| (round.drafts[*draft].steps() + source.below(24), *draft));
            let (ranges, full) = (self.network.ranges(), self.full_ranges());
            let (mut of_policy, mut of_music) = (0.0, 0.0);
            for some in order.chunks(DRAFTS_AT_ONCE) {
                let drafts: Vec<&Sheet> = some.iter().map(|draft| &round.drafts[*draft]).collect();
                let logs: Vec<&[f32]> = some.iter().map(|draft| round.logs[*draft].as_slice()).collect();
                let above: Vec<&[f32]> = some.iter().map(|draft| advantages[*draft].as_slice()).collect();
                let loss = policy_loss((&self.network.generator, policy), &drafts, &logs, &above, &ranges);
                let real: Vec<Sheet> = (0..ANCHOR_PIECES).map(|_| self.train.lesson(ANCHOR_STEPS, source)).collect();
                let real: Vec<&Sheet> = real.iter().collect();
                let mut dropout = Dropout(Some((source, DROPOUT)));
                let likelihood = Self::cross_entropy(&self.network, &real, &full, &mut dropout);
                let both = &loss + &likelihood * ANCHOR;
                let gradients = Tensor::f_run_backward(&[&both], &self.generator_adam.parameters(), false, false)?;
                self.generator_adam.step(&gradients, self.tuning.learning_rate * ADVERSARIAL_RATE)?;
                self.average(ADVERSARIAL_AVERAGED);
                of_policy += loss.double_value(&[]) / batches as f64;
                of_music += likelihood.double_value(&[]) / batches as f64;
            }
            values.set(Curve::GeneratorLoss, of_policy);
            values.set(Curve::Reconstruction, of_music);
        }
        if who != TrainStep::Generator {
            let steps = batches as u32 * self.tuning.update_ratio;
            let rate = self.tuning.learning_rate * CRITIC_RATE;
            let newest = round.places.len() * 2;
            values.update(&self.critic_steps(steps, rate, newest, source)?);
        }
        Ok(values)
    }

    /// Passages of held-out pieces, always the same.
    fn held_out_sheets(&self) -> Vec<Sheet> {
        let set = if self.valid.pieces.is_empty() { &self.train } else { &self.valid };
        let count = set.pieces.len().min(HELD_OUT);
        let sheet = |number: usize| {
            let piece = &set.pieces[number * set.pieces.len() / count];
            let most = (HELD_OUT_STEPS / piece.steps_per_bar.max(1)).max(1) * piece.steps_per_bar;
            let start = if number.is_multiple_of(2) { 0 } else { piece.steps().saturating_sub(most) };
            let start = start.next_multiple_of(piece.steps_per_bar.max(1)).min(piece.steps() - 1);
            let start = start / piece.steps_per_bar.max(1) * piece.steps_per_bar;
            Sheet::new(piece, start..(start + most).min(piece.steps()), 0, &Hidden::default())
        };
        (0..count).map(sheet).collect()
    }

    fn held_out_auc(&self, real: &[Sheet]) -> Result<f64, Error> {
        let Some((_, critic)) = &self.network.critic else { return Ok(0.5) };
        let mut drafts = real.to_vec();
        let ranges = self.averaged.ranges();
        let writer = Writer::learning(&self.averaged.generator, self.averaged.settings.policy.learning(), &ranges);
        writer.write(&mut drafts, &mut Source::new(self.seed, Purpose::Measuring, 1))?;
        auc(critic, real, &drafts, self.device)
    }

    fn sync_critic(&mut self) {
        if let (Some((from, _)), Some((to, _))) = (&self.network.critic, &self.averaged.critic) {
            weights::copy(from, to);
        }
    }
}

/// A kit for music that has none, played by those whose performances go with it.
fn other_peoples_kit() -> PartSpec {
    PartSpec { role: Role::Drums, name: "Drums".into(), program: 0, is_drum: true, low: 35, high: 81 }
}

/// Whether a tensor of that name is the drummer's.
fn is_of_drummer(name: &str) -> bool {
    name.starts_with("drummer.")
}

fn store_of(network: &Autoregressive) -> Option<&VarStore> {
    network.critic.as_ref().map(|(store, _)| store)
}

impl TrainableNetwork for TrainableAutoregressive {
    fn step(&mut self, iteration: u64, who: TrainStep) -> Result<CurveValues, Error> {
        let mut source = Source::new(self.seed, Purpose::Training, iteration);
        let (critic_from, adversarial_from) = self.phase_starts();
        if self.is_adversarial && (iteration == critic_from || iteration == adversarial_from) {
            // what was averaged is what plays, and what learns on
            weights::copy(&self.averaged.store, &self.network.store);
            self.generator_adam.forget();
        }
        let values = match self.phase(iteration) {
            Phase::Likelihood => self.likelihood_step(iteration, &mut source)?,
            Phase::CriticAlone => self.critic_alone(&mut source)?,
            Phase::Adversarial => self.adversarial_step(who, self.policy(iteration), &mut source)?,
            Phase::CriticChooses => self.critic_chooses(&mut source)?,
        };
        self.sync_critic();
        // a discriminator that has not learned anything chooses nothing
        let drafts = if self.phase(iteration) == Phase::Likelihood { 1 } else { self.composing_drafts };
        (self.network.settings.drafts, self.averaged.settings.drafts) = (drafts, drafts);
        Ok(values)
    }

    fn tuning(&mut self) -> &mut Tuning {
        &mut self.tuning
    }

    fn tensors(&self) -> Vec<TensorFile> {
        let mut training = training_tensors(&self.network.store, &self.generator_adam, &self.critic_adam);
        training.extend(self.replay.tensors());
        if self.network.drummer.is_some() {
            training.extend(self.drummer_adam.state("drummer_adam"));
        }
        tensor_files(&self.averaged.store, store_of(&self.network), training)
    }

    #[expect(clippy::misnamed_getters, reason = "what is shown and exported is the averaged network")]
    fn network(&self) -> &dyn Network {
        &self.averaged
    }

    fn settings(&self) -> Map<String, Value> {
        let (critic_from, adversarial_from) = self.phase_starts();
        card_settings(
            self.network.settings(),
            json!({
                "batch": self.tuning.batch,
                "update_ratio": self.tuning.update_ratio,
                "learning_rate": self.tuning.learning_rate,
                "iterations": self.tuning.iterations,
                "critic_from": critic_from,
                "adversarial_from": adversarial_from,
                "chooses_from": self.choosing_start(),
                "pieces": self.train.pieces.len(),
                "dropout": DROPOUT,
            }),
        )
    }

    fn held_out(&self) -> CurveValues {
        let real = self.held_out_sheets();
        let ranges = self.full_ranges();
        let entropy = |some: &[Sheet]| {
            let sheets: Vec<&Sheet> = some.iter().collect();
            tch::no_grad(|| Self::cross_entropy(&self.averaged, &sheets, &ranges, &mut Dropout(None))).double_value(&[])
        };
        let losses = real.chunks(8).map(|some| Some(entropy(some)));
        let mut values = CurveValues::default();
        values.set(Curve::HeldOutReconstruction, mean(losses));
        if !self.replay.is_empty() {
            values.set(Curve::DiscriminatorAuc, self.held_out_auc(&real).ok());
        }
        values
    }

    fn measured_every(&self) -> u64 {
        (self.tuning.iterations / 12).clamp(25, 250)
    }

    fn chooses_sampling(&self) -> bool {
        false
    }
}
