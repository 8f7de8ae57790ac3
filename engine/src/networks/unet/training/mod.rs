//! Training of `unet` as `DeepComposer` did: Wasserstein with gradient penalty, five critic steps to one of the
//! generator, each on a fresh batch.

mod windows;

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__cpuid, __cpuid_count};

use serde_json::{Map, Value, json};
use tch::{Device, Tensor};

use self::windows::Windows;

use crate::error::Error;
use crate::network::Network;
use crate::networks::unet::{NOISE_SHAPE, TRACKS, UNet};
use crate::random::{Purpose, Source};
use crate::training::adam::{Adam, AdamSettings};
use crate::training::choose_parts::choose_parts;
use crate::training::losses::{critic_loss, generator_loss, mean_scores, no_scores, penalty, set_scores};
use crate::training::trainable::{TensorFile, Trainable, TrainableNetwork, fetch, first_tuning, tensor_files};
use crate::weights;
use cantus::corpus::Dataset;
use cantus::engine_client::curves::{Curve, CurveValues};
use cantus::engine_client::protocol::{Loss, TrainRequest, TrainStep};
use cantus::engine_client::run_folder::Tuning;
use cantus::music::Role;

/// Makes the network ready to learn from a data set.
///
/// # Errors
/// Nothing in the data to learn from, or the model to start from does not fit.
pub fn trainable(request: &TrainRequest, dataset: &Dataset, device: Device) -> Trainable {
    Ok(Box::new(TrainableUNet::new(request, dataset, device)?))
}

/// `unet` in training.
struct TrainableUNet {
    network: UNet,
    generator_adam: Adam,
    critic_adam: Adam,
    windows: Windows,
    tuning: Tuning,
    loss: Loss,
    /// The last losses: critic, penalty, generator.
    last: Tensor,
    seed: u64,
    mixed: bool,
    device: Device,
}

impl TrainableUNet {
    fn new(request: &TrainRequest, dataset: &Dataset, device: Device) -> Result<Self, Error> {
        let parts: Vec<_> =
            choose_parts(dataset, TRACKS as usize - 1, usize::MAX, 1)?.into_iter().map(|part| part.spec).collect();
        let roles: Vec<Role> = parts.iter().map(|part| part.role).collect();
        let windows = Windows::new(dataset, &roles, device);
        if windows.len() == 0 {
            return Err(Error::Request("no two bars of the data have a melody and other parts".into()));
        }
        let mut network = UNet::new(parts, request.seed, device)?;
        let mixed = request.mixed && (device != Device::Cpu || gains_by_bfloat16());
        network.set_mixed(mixed);
        if let Some(from) = &request.from {
            weights::start_from(from, network.generator_store(), network.critic_store())?;
        }
        let settings = AdamSettings { betas: (0.5, 0.9), epsilon: 1e-7, max_norm: None, weight_decay: 0.0 };
        let critic_store = network.critic_store().ok_or_else(|| Error::Request("no critic".into()))?;
        Ok(Self {
            generator_adam: Adam::new(network.generator_store(), settings),
            critic_adam: Adam::new(critic_store, settings),
            network,
            windows,
            tuning: first_tuning(request),
            loss: request.loss,
            last: Tensor::from_slice(&[0.0_f32; 3]).to_device(device),
            seed: request.seed,
            mixed,
            device,
        })
    }

    /// Melodies (\[n, 1, 32, 128\]) and real tracks (\[n, 4, 32, 128\]), each window in a key of its own.
    fn batch(&self, source: &mut Source) -> (Tensor, Tensor) {
        let tracks = self.windows.batch(self.tuning.batch as usize, source);
        (tracks.narrow(1, 0, 1), tracks)
    }

    fn noise(&self, source: &mut Source) -> Tensor {
        let [channels, steps, pitches] = NOISE_SHAPE;
        source.truncated_normal_tensor(&[i64::from(self.tuning.batch), channels, steps, pitches], self.device)
    }

    /// The loss, the penalty and the mean scores, left on the device: reading them would wait for it.
    fn critic_step(&mut self, source: &mut Source) -> Result<[Tensor; 3], Error> {
        let (melody, real) = self.batch(source);
        let noise = self.noise(source);
        let fake = tch::no_grad(|| self.network.generator(&melody, &noise, false));
        let epsilon = source.uniform_tensor(&[i64::from(self.tuning.batch), 1, 1, 1], 0.0, 1.0, self.device);
        let (fake_scores, real_scores) = (self.network.critic(&fake, &melody)?, self.network.critic(&real, &melody)?);
        let slope = |tracks: &Tensor| Ok(self.network.critic_slope(tracks, &melody));
        let penalty = penalty(self.loss, &slope, &real, &fake, &epsilon)?;
        let loss = critic_loss(self.loss, &fake_scores, &real_scores) + &penalty;
        let gradients = Tensor::f_run_backward(&[&loss], &self.critic_adam.parameters(), false, false)?;
        self.critic_adam.step(&gradients, self.tuning.learning_rate)?;
        Ok([loss.detach(), penalty.detach(), mean_scores(&real_scores, &fake_scores)])
    }

    fn generator_step(&mut self, source: &mut Source) -> Result<Tensor, Error> {
        let (melody, _) = self.batch(source);
        let noise = self.noise(source);
        let fake = self.network.generator(&melody, &noise, true);
        let loss = generator_loss(&self.network.critic(&fake, &melody)?);
        let gradients = Tensor::f_run_backward(&[&loss], &self.generator_adam.parameters(), false, false)?;
        self.generator_adam.step(&gradients, self.tuning.learning_rate)?;
        Ok(loss.detach())
    }
}

/// Whether this processor is faster in bfloat16. Not all that multiply in it are: an Intel one without tiles took 15.0
/// s an iteration where full precision took 12.5 s, an AMD one 3.7 s where it took 6.2 s, and one of Intel's with tiles
/// 5.3 s where it took 12.2 s.
#[cfg(target_arch = "x86_64")]
fn gains_by_bfloat16() -> bool {
    const TILES: u32 = 1 << 22; // AMX-BF16 in leaf 7, edx
    let is_amd = __cpuid(0).ebx == u32::from_le_bytes(*b"Auth");
    is_x86_feature_detected!("avx512bf16") && (is_amd || __cpuid_count(7, 0).edx & TILES != 0)
}

#[cfg(not(target_arch = "x86_64"))]
const fn gains_by_bfloat16() -> bool {
    false
}

impl TrainableNetwork for TrainableUNet {
    fn step(&mut self, iteration: u64, who: TrainStep) -> Result<CurveValues, Error> {
        let mut source = Source::new(self.seed, Purpose::Training, iteration);
        let mut scores = no_scores(self.device);
        if who != TrainStep::Generator {
            for number in 1..=self.tuning.update_ratio {
                let [loss, penalty, means] = self.critic_step(&mut source)?;
                if number == self.tuning.update_ratio {
                    scores = means;
                    self.last.narrow(0, 0, 2).copy_(&Tensor::stack(&[loss, penalty], 0));
                }
            }
        }
        if who != TrainStep::Critic {
            let loss = self.generator_step(&mut source)?;
            self.last.narrow(0, 2, 1).copy_(&loss.view([1]));
        }
        let [critic, penalty, generator, real, generated] = fetch(&Tensor::cat(&[&self.last, &scores], 0))?;
        let mut values = CurveValues::from([
            (Curve::DiscriminatorLoss, critic),
            (Curve::GeneratorLoss, generator),
            (Curve::GradientPenalty, penalty),
        ]);
        set_scores(&mut values, [real, generated]);
        Ok(values)
    }

    fn tuning(&mut self) -> &mut Tuning {
        &mut self.tuning
    }

    fn tensors(&self) -> Vec<TensorFile> {
        let mut training = self.generator_adam.state("generator_adam");
        training.extend(self.critic_adam.state("critic_adam"));
        training.push(("last".into(), self.last.shallow_clone()));
        tensor_files(self.network.generator_store(), self.network.critic_store(), training)
    }

    fn network(&self) -> &dyn Network {
        &self.network
    }

    fn settings(&self) -> Map<String, Value> {
        let settings = json!({
            "training": {
                "batch": self.tuning.batch,
                "update_ratio": self.tuning.update_ratio,
                "learning_rate": self.tuning.learning_rate,
                "loss": self.loss.to_string(),
                "windows": self.windows.len(),
                "mixed": self.mixed,
            }
        });
        settings.as_object().cloned().unwrap_or_default()
    }

    fn measured_every(&self) -> u64 {
        50
    }
}
