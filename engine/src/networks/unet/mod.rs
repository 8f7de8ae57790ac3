//! `DeepComposer`'s own network, exactly: a U-Net that writes two bars of four tracks, and its critic. The yardstick.
//!
//! One plane of cells in -1 and +1, 32 steps by 128 pitches, so that repeated notes fuse and the melody is drawn anew
//! (and thrown away: a composition keeps the user's).

mod layers;
pub(crate) mod training;
mod window;

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use self::layers::{Critic, Generator};
use crate::error::Error;
use crate::key::octaves_to_range;
use crate::network::{GenerateContext, Loaded, MAX_STEPS, ModelFiles, Network, PartSpec, Written, steps_of};
use crate::random::{Purpose, Source};
use crate::weights;
use cantus::engine_client::ModelCard;
use cantus::music::Grid;

pub use self::layers::{NOISE_SHAPE, TRACKS};
pub use self::window::{STEPS, cells_from_grid};

/// Windows that go through the network together.
const WINDOWS_AT_ONCE: usize = 16;

/// Loads a model of this network.
///
/// # Errors
/// The files cannot be read, or are not for this network.
pub fn load(card: &ModelCard, files: &ModelFiles, device: Device) -> Loaded {
    Ok(Box::new(UNet::load(card.parts.clone(), files, device)?))
}

/// The generator, with a critic where one was kept.
#[derive(Debug)]
pub struct UNet {
    parts: Vec<PartSpec>,
    generator_store: VarStore,
    generator: Generator,
    critic: Option<(VarStore, Critic)>,
}

impl UNet {
    /// A new network with its first weights. At most three parts, for the first of the four tracks is the melody's.
    ///
    /// # Errors
    /// More parts than tracks.
    pub fn new(parts: Vec<PartSpec>, seed: u64, device: Device) -> Result<Self, Error> {
        let mut network = Self::blank(parts, device)?;
        weights::glorot_uniform(&network.generator_store, &mut Source::new(seed, Purpose::GeneratorWeights, 0));
        let (store, critic) = new_critic(device);
        weights::glorot_uniform(&store, &mut Source::new(seed, Purpose::CriticWeights, 0));
        network.critic = Some((store, critic));
        Ok(network)
    }

    /// Loads a model's weights.
    ///
    /// # Errors
    /// The files cannot be read, or are not for this network.
    pub fn load(parts: Vec<PartSpec>, files: &ModelFiles, device: Device) -> Result<Self, Error> {
        let mut network = Self::blank(parts, device)?;
        weights::load(&files.generator, &weights::sorted(&network.generator_store))?;
        if let Some(path) = &files.critic {
            let (store, critic) = new_critic(device);
            weights::load(path, &weights::sorted(&store))?;
            network.critic = Some((store, critic));
        }
        Ok(network)
    }

    fn blank(parts: Vec<PartSpec>, device: Device) -> Result<Self, Error> {
        if parts.is_empty() || parts.len() >= TRACKS as usize {
            return Err(Error::Request(format!("this network writes 1 to 3 parts, not {}", parts.len())));
        }
        let generator_store = VarStore::new(device);
        let generator = Generator::new(&generator_store.root());
        Ok(Self { parts, generator_store, generator, critic: None })
    }

    /// The generator's weights.
    pub const fn generator_store(&self) -> &VarStore {
        &self.generator_store
    }

    /// The critic's weights, where there is one.
    pub fn critic_store(&self) -> Option<&VarStore> {
        self.critic.as_ref().map(|(store, _)| store)
    }

    /// Computes convolutions in half as many bits (bfloat16) from now on, or in full precision; weights are as exact as
    /// before.
    pub fn set_mixed(&mut self, mixed: bool) {
        let kind = if mixed { Kind::BFloat16 } else { Kind::Float };
        self.generator.kind = kind;
        if let Some((_, critic)) = &mut self.critic {
            critic.kind = kind;
        }
    }

    /// Four tracks from a melody (\[n, 1, 32, 128\]) and noise (\[n, 512, 2, 8\]): \[n, 4, 32, 128\], within -1 to 1.
    pub fn generator(&self, melody: &Tensor, noise: &Tensor, train: bool) -> Tensor {
        self.generator.forward(melody, noise, train)
    }

    /// Scores of tracks (\[n, 4, 32, 128\]) beside their melody (\[n, 1, 32, 128\]): \[n, 1\].
    ///
    /// # Errors
    /// No critic was kept.
    pub fn critic(&self, tracks: &Tensor, melody: &Tensor) -> Result<Tensor, Error> {
        match &self.critic {
            Some((_, critic)) => Ok(critic.forward(tracks, melody)),
            None => Err(Error::Request("this model came without its critic".into())),
        }
    }

    /// The slopes of [`Self::critic`]'s scores by the tracks, shaped as these are, that can be differentiated by the
    /// critic's weights; zeros where no critic was kept.
    pub fn critic_slope(&self, tracks: &Tensor, melody: &Tensor) -> Tensor {
        match &self.critic {
            Some((_, critic)) => critic.slope(tracks, melody),
            None => tracks.zeros_like(),
        }
    }

    /// The pitches the melody was trained in, or nearly.
    fn octaves(&self, melody: &Grid) -> i32 {
        let top = self.parts.iter().map(|part| i32::from(part.high)).max().unwrap_or(72);
        octaves_to_range(melody, (top - 12).clamp(48, 72), (top + 12).clamp(60, 84))
    }
}

fn new_critic(device: Device) -> (VarStore, Critic) {
    let store = VarStore::new(device);
    let critic = Critic::new(&store.root());
    (store, critic)
}

impl Network for UNet {
    fn parts(&self) -> &[PartSpec] {
        &self.parts
    }

    fn generate(&self, melody: &Grid, context: &GenerateContext<'_>) -> Result<Written, Error> {
        steps_of(melody)?;
        let device = self.generator_store.device();
        let shift = self.octaves(melody) * 12;
        let hop = window::hop(context.steps_per_bar);
        let starts: Vec<usize> = (0..melody.steps()).step_by(hop).collect();
        let mut grids = vec![Grid::silent(melody.steps()); self.parts.len()];
        let threshold = 1.2 * (0.5 - context.density.clamp(0.0, 1.0));
        for (done, chunk) in starts.chunks(WINDOWS_AT_ONCE).enumerate() {
            if (context.cancel)() {
                return Err(Error::Cancelled);
            }
            let windows: Vec<Vec<f32>> =
                chunk.iter().map(|&start| cells_from_grid(&melody.window(start, hop), shift)).collect();
            // equal music gets equal noise, so that A A B A stays A A B A
            let noise: Vec<Tensor> = windows
                .iter()
                .map(|cells| {
                    Source::new(context.seed, Purpose::Composing, window::label(cells))
                        .truncated_normal_tensor(&NOISE_SHAPE, device)
                })
                .collect();
            let scale = f64::from(2.0 * context.surprise.clamp(0.0, 1.0));
            let cells: Vec<f32> = windows.concat();
            let melodies =
                Tensor::from_slice(&cells).view([chunk.len() as i64, 1, STEPS as i64, 128]).to_device(device);
            let tracks = tch::no_grad(|| self.generator.forward(&melodies, &(Tensor::stack(&noise, 0) * scale), false));
            let written =
                Vec::<f32>::try_from(tracks.to_device(Device::Cpu).to_kind(Kind::Float).contiguous().view(-1))?;
            for (index, &start) in chunk.iter().enumerate() {
                for (part, grid) in grids.iter_mut().enumerate() {
                    let first = (index * TRACKS as usize + part + 1) * STEPS * 128;
                    window::write(grid, start, hop, &written[first..first + STEPS * 128], threshold, shift);
                }
            }
            (context.progress)(((done + 1) * WINDOWS_AT_ONCE).min(starts.len()) as u64, starts.len() as u64);
        }
        Ok(grids.into())
    }

    fn rate(&self, melody: &Grid, parts: &[Grid]) -> Result<f32, Error> {
        let Some((store, critic)) = &self.critic else {
            return Ok(0.0);
        };
        let shift = self.octaves(melody) * 12;
        let starts: Vec<usize> = (0..melody.steps().min(MAX_STEPS)).step_by(STEPS).collect();
        let mut total = 0.0;
        for chunk in starts.chunks(WINDOWS_AT_ONCE) {
            let mut cells = Vec::new();
            for &start in chunk {
                cells.extend(cells_from_grid(&melody.window(start, STEPS), shift));
                for track in 0..TRACKS as usize - 1 {
                    let part = parts.get(track).map_or_else(|| Grid::silent(STEPS), |part| part.window(start, STEPS));
                    cells.extend(cells_from_grid(&part, shift));
                }
            }
            let tracks = Tensor::from_slice(&cells)
                .view([chunk.len() as i64, TRACKS, STEPS as i64, 128])
                .to_device(store.device());
            let scores = tch::no_grad(|| critic.forward(&tracks, &tracks.narrow(1, 0, 1)));
            total += scores.sum(Kind::Float).double_value(&[]);
        }
        Ok((total / starts.len().max(1) as f64) as f32)
    }
}

#[cfg(test)]
mod tests;
