//! Training of `cantus`: first it learns to fill in what was hidden, then a critic that hears its drafts joins in.
//!
//! Both lessons act on the logits of one forward pass: the slope of the cross-entropy, and that of the adversarial loss
//! brought to a set share of the former's length, so that neither drowns the other whatever the critic's scale.

mod batch;

use serde_json::{Map, Value, json};
use tch::{Device, Kind, Tensor};

use self::batch::{Batch, TrainingSet};
use crate::error::Error;
use crate::network::{Network, PartSampling};
use crate::networks::cantus::Cantus;
use crate::networks::cantus::drafts::Drafting;
use crate::networks::cantus::features;
use crate::networks::cantus::layers::{Dropout, Sizes};
use crate::networks::cantus::lines::MAX_LINES;
use crate::networks::cantus::tokens::VOCABULARY;
use crate::networks::lines::KIT_LINES;
use crate::random::{Purpose, Source};
use crate::training::adam::{Adam, AdamSettings, norm};
use crate::training::choose_parts::choose_parts;
use crate::training::losses::{critic_loss, generator_loss, mean_scores, no_scores, penalty, set_scores, slope_of};
use crate::training::trainable::{
    TensorFile, Trainable, TrainableNetwork, card_settings, fetch, first_tuning, schedule, tensor_files,
    training_tensors,
};
use crate::weights;
use cantus::corpus::{Dataset, Split};
use cantus::engine_client::curves::{Curve, CurveValues};
use cantus::engine_client::protocol::{Loss, TrainRequest, TrainStep};
use cantus::engine_client::run_folder::Tuning;
use cantus::measures::mean;

const CRITIC_LEARNING_RATE_SHARE: f64 = 0.25;
/// The learning rate falls along a cosine to this share of itself.
const LAST_RATE: f64 = 0.05;
const WARM_UP: f64 = 20.0;
/// Channels silenced in training.
const DROPOUT: f32 = 0.1;
/// How slowly the exported weights follow the trained ones.
const AVERAGED: f64 = 0.999;
/// The critic joins in after this share of the iterations; until then it only learns, every fourth iteration.
const ADVERSARIAL_FROM: f64 = 0.5;
const CRITIC_EVERY: u64 = 4;
/// Length of the adversarial slope by that of the cross-entropy, once it has grown to it.
const ADVERSARIAL_SHARE: f64 = 0.3;
const ADVERSARIAL_GROWTH: f64 = 0.1;

/// Makes the network ready to learn from a data set.
///
/// # Errors
/// Nothing in the data to learn from, or the model to start from does not fit.
pub fn trainable(request: &TrainRequest, dataset: &Dataset, device: Device) -> Trainable {
    Ok(Box::new(TrainableCantus::new(request, dataset, device)?))
}

/// `cantus` in training.
struct TrainableCantus {
    network: Cantus,
    /// The running mean of its weights, which is what is measured and exported.
    averaged: Cantus,
    generator_adam: Adam,
    critic_adam: Adam,
    train: TrainingSet,
    held_out: Vec<Batch>,
    /// The losses that are not measured at each iteration: critic, generator, penalty.
    last: Tensor,
    tuning: Tuning,
    loss: Loss,
    adversarial: f64,
    seed: u64,
    device: Device,
}

impl TrainableCantus {
    fn new(request: &TrainRequest, dataset: &Dataset, device: Device) -> Result<Self, Error> {
        let chosen = choose_parts(dataset, 6, MAX_LINES, KIT_LINES)?;
        let train = TrainingSet::new(dataset, Split::Train, &chosen);
        if train.is_empty() {
            return Err(Error::Request("no training piece has a melody and other parts".into()));
        }
        let settings = train.settings(Sizes::default());
        let parts: Vec<_> = chosen.iter().map(|part| part.spec.clone()).collect();
        let network = Cantus::new(parts.clone(), settings.clone(), request.seed, device)?;
        if let Some(from) = &request.from {
            weights::start_from(from, network.generator_store(), network.critic_store())?;
        }
        let averaged = Cantus::new(parts, settings, request.seed, device)?;
        weights::copy(network.generator_store(), averaged.generator_store());
        let mut valid = TrainingSet::new(dataset, Split::Valid, &chosen);
        valid.augmented = false;
        let held_out = if valid.is_empty() {
            Vec::new()
        } else {
            let mut source = Source::new(request.seed, Purpose::Measuring, 0);
            (0..4).map(|_| valid.batch(8, &mut source, device)).collect()
        };
        let critic_store = network.critic_store().ok_or_else(|| Error::Request("no critic".into()))?;
        let adam = |betas, max_norm| AdamSettings { betas, epsilon: 1e-7, max_norm, weight_decay: 0.0 };
        Ok(Self {
            generator_adam: Adam::new(network.generator_store(), adam((0.9, 0.99), Some(1.0))),
            critic_adam: Adam::new(critic_store, adam((0.5, 0.9), None)),
            network,
            averaged,
            train,
            held_out,
            last: Tensor::from_slice(&[0.0_f32; 3]).to_device(device),
            tuning: first_tuning(request),
            loss: request.loss,
            adversarial: request.adversarial.unwrap_or(ADVERSARIAL_SHARE).clamp(0.0, 10.0),
            seed: request.seed,
            device,
        })
    }

    fn rate(&self, iteration: u64) -> f64 {
        self.tuning.learning_rate * schedule(iteration, self.tuning.iterations, WARM_UP, LAST_RATE)
    }

    fn adversarial_share(&self, iteration: u64) -> f64 {
        let progress = iteration as f64 / self.tuning.iterations as f64;
        self.adversarial * ((progress - ADVERSARIAL_FROM) / ADVERSARIAL_GROWTH).clamp(0.0, 1.0)
    }

    /// The batch's lines with its unknown cells drawn from the logits, as hard tokens through which slopes flow as
    /// through the softmax (straight-through Gumbel, Jang et al. 2017), in the critic's channels.
    fn drafts(logits: &Tensor, batch: &Batch, gumbel: &Tensor) -> Tensor {
        let soft = (logits + gumbel).softmax(2, Kind::Float);
        let drawn = soft.argmax(2, false);
        let unknown = batch.known.lt(0.5);
        let tokens = drawn.where_self(&unknown, &batch.lines);
        let slope = (&soft - soft.detach()) * unknown.unsqueeze(2).to_kind(Kind::Float);
        features::lines(&(features::one_hot(&tokens) + slope), &tokens)
    }

    fn gumbel(&self, batch: &Batch, source: &mut Source) -> Tensor {
        let size = batch.lines.size();
        source.gumbel_tensor(&[size[0], size[1], VOCABULARY, size[2]], self.device)
    }

    /// The losses that [`Self::last`] keeps and the mean scores, left on the device.
    fn critic_step(
        &mut self,
        batch: &Batch,
        fake: &Tensor,
        source: &mut Source,
        rate: f64,
    ) -> Result<[Tensor; 2], Error> {
        let real = features::lines(&features::one_hot(&batch.lines), &batch.lines);
        let melody = features::lines(&features::one_hot(&batch.melody), &batch.melody);
        let epsilon = source.uniform_tensor(&[real.size()[0], 1, 1, 1], 0.0, 1.0, self.device);
        let fake_scores = self.network.critic(fake, &melody, &batch.place)?;
        let real_scores = self.network.critic(&real, &melody, &batch.place)?;
        let network = &self.network;
        let scored = |lines: &Tensor| {
            let scores = network.critic(lines, &melody, &batch.place);
            scores.unwrap_or_else(|_| lines.zeros_like())
        };
        let penalty = penalty(self.loss, &|at| slope_of(&scored, at), &real, fake, &epsilon)?;
        let loss = critic_loss(self.loss, &fake_scores, &real_scores) + &penalty;
        let gradients = Tensor::f_run_backward(&[&loss], &self.critic_adam.parameters(), false, false)?;
        self.critic_adam.step(&gradients, rate * CRITIC_LEARNING_RATE_SHARE)?;
        let losses = Tensor::stack(&[loss, generator_loss(&fake_scores), penalty], 0).detach();
        Ok([losses, mean_scores(&real_scores, &fake_scores)])
    }

    /// Follows the trained weights, faster while they are young.
    fn average(&self, iteration: u64) {
        let keep = AVERAGED.min((1 + iteration) as f64 / (10 + iteration) as f64);
        weights::average(self.averaged.generator_store(), self.network.generator_store(), keep);
    }
}

/// Mean cross-entropy of the unknown cells, in nats.
fn cross_entropy(logits: &Tensor, batch: &Batch) -> Tensor {
    let unknown = batch.known.lt(0.5).to_kind(Kind::Float);
    let chosen = logits.log_softmax(2, Kind::Float).gather(2, &batch.lines.unsqueeze(2), false).squeeze_dim(2);
    -(chosen * &unknown).sum(Kind::Float) / unknown.sum(Kind::Float).clamp_min(1.0)
}

impl TrainableNetwork for TrainableCantus {
    fn step(&mut self, iteration: u64, who: TrainStep) -> Result<CurveValues, Error> {
        let mut source = Source::new(self.seed, Purpose::Training, iteration);
        let (rate, share) = (self.rate(iteration), self.adversarial_share(iteration));
        let batch_size = self.tuning.batch as usize;
        let batch = self.train.batch(batch_size, &mut source, self.device);
        let mut dropout = Dropout(Some((&mut source, DROPOUT)));
        let logits = self.network.predict(&batch.seen(), &mut dropout);
        let leaf = logits.detach().set_requires_grad(true);
        let reconstruction = cross_entropy(&leaf, &batch);
        let mut slope = Tensor::f_run_backward(&[&reconstruction], &[&leaf], false, false)?.remove(0);

        let mut scores = no_scores(self.device);
        if share > 0.0 || iteration.is_multiple_of(CRITIC_EVERY) || who == TrainStep::Critic {
            let gumbel = self.gumbel(&batch, &mut source);
            let drafts = Self::drafts(&leaf, &batch, &gumbel);
            if who != TrainStep::Generator {
                let mut judged = self.critic_step(&batch, &drafts.detach(), &mut source, rate)?;
                for _ in 1..self.tuning.update_ratio {
                    let other = self.train.batch(batch_size, &mut source, self.device);
                    let logits = tch::no_grad(|| self.network.predict(&other.seen(), &mut Dropout(None)));
                    let fake = Self::drafts(&logits, &other, &self.gumbel(&other, &mut source));
                    judged = self.critic_step(&other, &fake, &mut source, rate)?;
                }
                let [losses, means] = judged;
                self.last.copy_(&losses);
                scores = means;
            }
            if share > 0.0 && who != TrainStep::Critic {
                let melody = features::lines(&features::one_hot(&batch.melody), &batch.melody);
                let loss = generator_loss(&self.network.critic(&drafts, &melody, &batch.place)?);
                self.last.narrow(0, 1, 1).copy_(&loss.detach().view([1]));
                let adversarial = Tensor::f_run_backward(&[&loss], &[&leaf], false, false)?.remove(0);
                let [wanted, long] = [&slope, &adversarial].map(|slope| norm(std::slice::from_ref(slope)));
                slope += adversarial * (wanted * share / long.clamp_min(1e-12));
            }
        }

        if who != TrainStep::Critic {
            let pulled = (logits * slope).sum(Kind::Float);
            let gradients = Tensor::f_run_backward(&[pulled], &self.generator_adam.parameters(), false, false)?;
            self.generator_adam.step(&gradients, rate)?;
            self.average(iteration);
        }
        let [critic, generator, penalty, reconstruction, real, generated] =
            fetch(&Tensor::cat(&[&self.last, &reconstruction.view([1]), &scores], 0))?;
        let mut values = CurveValues::from([
            (Curve::DiscriminatorLoss, critic),
            (Curve::GeneratorLoss, generator),
            (Curve::GradientPenalty, penalty),
            (Curve::Reconstruction, reconstruction),
        ]);
        set_scores(&mut values, [real, generated]);
        Ok(values)
    }

    fn tuning(&mut self) -> &mut Tuning {
        &mut self.tuning
    }

    fn tensors(&self) -> Vec<TensorFile> {
        let trained = self.network.generator_store();
        let mut training = training_tensors(trained, &self.generator_adam, &self.critic_adam);
        training.push(("last".into(), self.last.shallow_clone()));
        tensor_files(self.averaged.generator_store(), self.network.critic_store(), training)
    }

    #[expect(clippy::misnamed_getters, reason = "what is shown and exported is the averaged network")]
    fn network(&self) -> &dyn Network {
        &self.averaged
    }

    fn settings(&self) -> Map<String, Value> {
        card_settings(
            self.network.settings(),
            json!({
                "batch": self.tuning.batch,
                "update_ratio": self.tuning.update_ratio,
                "learning_rate": self.tuning.learning_rate,
                "iterations": self.tuning.iterations,
                "loss": self.loss.to_string(),
                "windows": self.train.windows(),
                "dropout": DROPOUT,
                "adversarial_from": ADVERSARIAL_FROM,
                "adversarial_share": self.adversarial,
            }),
        )
    }

    fn held_out(&self) -> CurveValues {
        let network = &self.averaged;
        let losses: Vec<f64> = tch::no_grad(|| {
            let loss = |batch: &Batch| {
                let logits = network.predict(&batch.seen(), &mut Dropout(None));
                cross_entropy(&logits, batch).double_value(&[])
            };
            self.held_out.iter().map(loss).collect()
        });
        let mut values = CurveValues::default();
        values.set(Curve::HeldOutReconstruction, mean(losses.into_iter().map(Some)));
        values
    }

    fn variants(&self) -> usize {
        Drafting::TRIED
    }

    fn use_variant(&mut self, variant: usize) {
        for network in [&mut self.network, &mut self.averaged] {
            network.set_drafting(Drafting::tried(variant));
        }
    }

    fn set_sampling(&mut self, of_parts: &[PartSampling]) {
        for network in [&mut self.network, &mut self.averaged] {
            network.set_sampling(of_parts);
        }
    }

    fn measured_every(&self) -> u64 {
        (self.tuning.iterations / 8).clamp(50, 500) // measuring takes as long as thirty iterations
    }
}
