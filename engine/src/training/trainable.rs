//! What a network must be able to do to be trained by the loop.

use cantus::engine_client::curves::CurveValues;
use cantus::engine_client::networks;
use cantus::engine_client::protocol::{TrainRequest, TrainStep};
use cantus::engine_client::run_folder::Tuning;
use serde::Serialize;
use serde_json::{Map, Value};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::adam::Adam;
use crate::error::Error;
use crate::network::{Network, PartSampling};
use crate::weights;

/// Tensors that a checkpoint keeps in a file of their own.
#[derive(Debug)]
pub struct TensorFile {
    /// The file's name without its ending, such as `generator`.
    pub name: &'static str,
    /// Whether the file is part of the model, too, and not of its training alone.
    pub is_of_model: bool,
    /// The tensors by name.
    pub tensors: Vec<(String, Tensor)>,
}

impl TensorFile {
    /// Whether all numbers are numbers.
    pub fn is_finite(&self) -> bool {
        let is_finite = |tensor: &Tensor| !tensor.is_floating_point() || tensor.isfinite().all().int64_value(&[]) == 1;
        self.tensors.iter().all(|(_, tensor)| is_finite(tensor))
    }
}

/// A network in training, with its optimisers.
pub trait TrainableNetwork {
    /// One iteration of those who are to learn; `iteration` counts from 0. What it came to: the network's own losses.
    ///
    /// # Errors
    /// What libtorch says.
    fn step(&mut self, iteration: u64, who: TrainStep) -> Result<CurveValues, Error>;

    /// The settings that may change between two iterations.
    fn tuning(&mut self) -> &mut Tuning;

    /// All tensors that the next iterations depend on; those of the model as they would be exported.
    fn tensors(&self) -> Vec<TensorFile>;

    /// The network as it would be exported.
    fn network(&self) -> &dyn Network;

    /// The card's `settings`.
    fn settings(&self) -> Map<String, Value>;

    /// Its own losses on held-out pieces, where it has such.
    fn held_out(&self) -> CurveValues {
        CurveValues::default()
    }

    /// How many iterations lie between two measurements; more in a long training.
    fn measured_every(&self) -> u64;

    /// In how many variants it can compose with the weights that it has; where there are several, the one that is most
    /// like the data on held-out melodies is kept when the training is over.
    fn variants(&self) -> usize {
        1
    }

    /// Whether how it samples is chosen when its training is over.
    fn chooses_sampling(&self) -> bool {
        true
    }

    /// Composes in one of its [`Self::variants`] from now on.
    fn use_variant(&mut self, _variant: usize) {}

    /// Samples its parts so from now on.
    fn set_sampling(&mut self, _of_parts: &[PartSampling]) {}
}

/// A network ready to learn, or why there is none.
pub type Trainable = Result<Box<dyn TrainableNetwork>, Error>;

/// The files of a checkpoint: the weights of the model, and all that its training needs besides.
pub fn tensor_files(
    generator: &VarStore,
    critic: Option<&VarStore>,
    training: Vec<(String, Tensor)>,
) -> Vec<TensorFile> {
    let file = |name, is_of_model, tensors| TensorFile { name, is_of_model, tensors };
    let critic = critic.map(weights::sorted).unwrap_or_default();
    vec![
        file("generator", true, weights::sorted(generator)),
        file("critic", true, critic),
        file("training", false, training),
    ]
}

/// How far the learning rate has risen and fallen: along a line to 1 in `warm_up` iterations, and along a cosine from
/// 1 to `last` in `iterations` (Loshchilov and Hutter 2017).
pub fn schedule(iteration: u64, iterations: u64, warm_up: f64, last: f64) -> f64 {
    let progress = (iteration as f64 / iterations.max(1) as f64).min(1.0);
    let cosine = 0.5 + 0.5 * (std::f64::consts::PI * progress).cos();
    let warm_up = ((iteration + 1) as f64 / warm_up).min(1.0);
    warm_up * (last + (1.0 - last) * cosine)
}

/// What a training keeps of weights that are averaged before they are exported, and of its optimisers.
pub fn training_tensors(trained: &VarStore, generator: &Adam, critic: &Adam) -> Vec<(String, Tensor)> {
    let trained = weights::sorted(trained).into_iter().map(|(name, tensor)| (format!("trained.{name}"), tensor));
    trained.chain(generator.state("generator_adam")).chain(critic.state("critic_adam")).collect()
}

/// A network's settings as its card has them, with how it was trained.
pub fn card_settings(settings: &impl Serialize, training: Value) -> Map<String, Value> {
    let mut settings = match serde_json::to_value(settings) {
        Ok(Value::Object(settings)) => settings,
        _ => Map::new(),
    };
    settings.insert("training".into(), training);
    settings
}

/// The settings that a training begins with.
pub fn first_tuning(request: &TrainRequest) -> Tuning {
    let network = networks::of(&request.network);
    Tuning {
        learning_rate: request.learning_rate.unwrap_or(network.learning_rate),
        update_ratio: request.update_ratio.unwrap_or(network.update_ratio).clamp(1, 100),
        batch: request.batch.unwrap_or(network.batch).clamp(1, 4096),
        iterations: request.iterations.max(1),
        wait_ms: 0,
    }
}

/// A few numbers of a device, fetched together: the one place of an iteration that waits for it.
///
/// # Errors
/// What libtorch says, or where there is another number of them.
pub fn fetch<const N: usize>(numbers: &Tensor) -> Result<[f64; N], Error> {
    let all = Vec::<f64>::try_from(numbers.to_device(Device::Cpu).to_kind(Kind::Double))?;
    all.try_into().map_err(|_| Error::Request("another number of losses came than there are".into()))
}
