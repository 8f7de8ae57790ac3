//! The networks there are, and what their trainings begin with where nobody says otherwise. Knows no tensors, so that
//! the command line and the window can ask.

use super::curves::Curve;

/// What is to be known of a network without its tensors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkInfo {
    /// Its name in requests and cards.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// A line on what it is.
    pub about: &'static str,
    /// What it minimises or watches in training, besides what is measured of all networks.
    pub losses: &'static [Curve],
    /// Whether its training can be told which adversarial loss to use.
    pub chooses_loss: bool,
    /// Where the generator learns from the music alone at first: the shares of the iterations after which the
    /// discriminator begins to learn, and after which the generator learns from it.
    pub joins: Option<(f64, f64)>,
    /// Where the discriminator learns alone once more at the end, from what it chose among drafts: the share of the
    /// iterations after which.
    pub chooses_after: Option<f64>,
    /// How many iterations a training has.
    pub iterations: u64,
    /// The shipped model that a training goes on from, where there is one.
    pub base: Option<&'static str>,
    /// Step size of its optimisers.
    pub learning_rate: f64,
    /// Steps of its discriminator (critic) per generator step, where it has one.
    pub update_ratio: u32,
    /// Passages per step.
    pub batch: u32,
    /// Whether it can be trained in mixed precision.
    pub mixes: bool,
    /// Length of the windows that a pass counts, in bars.
    pub window_bars: usize,
}

/// What a generator that learns alone at first has losses in from its first iteration on.
pub const LEARNED_ALONE: [Curve; 2] = [Curve::Reconstruction, Curve::HeldOutReconstruction];

impl NetworkInfo {
    /// Whether a discriminator learns beside it.
    pub fn has_critic(&self) -> bool {
        self.losses.contains(&Curve::DiscriminatorLoss)
    }

    /// The iterations of a training of so many after which the discriminator begins to learn, and after which the
    /// generator learns from it, where that is later than at once.
    pub fn joins_at(&self, iterations: u64) -> Option<(u64, u64)> {
        self.joins.map(|(critic, generator)| (after(iterations, critic), after(iterations, generator)))
    }

    /// The iterations of a training of so many after which the discriminator learns alone from what it chose.
    pub fn chooses_at(&self, iterations: u64) -> Option<u64> {
        self.chooses_after.map(|share| after(iterations, share))
    }
}

/// A share of some iterations, in whole ones.
fn after(iterations: u64, share: f64) -> u64 {
    (iterations as f64 * share) as u64
}

/// The networks there are, the default first. The batch of `cantus` is such that two cores need half a second; the
/// settings of `unet` are `DeepComposer`'s.
pub const NETWORKS: [NetworkInfo; 3] = [
    NetworkInfo {
        name: "autoregressive",
        title: "Autoregressive",
        about: "Writes step by step, voice after voice; a discriminator teaches it and chooses among drafts; \
                drums have a network of their own",
        losses: &[
            Curve::DiscriminatorLoss,
            Curve::GeneratorLoss,
            Curve::Reconstruction,
            Curve::HeldOutReconstruction,
            Curve::DiscriminatorAuc,
            Curve::Agreement,
            Curve::Entropy,
            Curve::RealScore,
            Curve::GeneratedScore,
        ],
        chooses_loss: false,
        joins: Some((0.6, 0.66)),
        chooses_after: Some(0.92),
        iterations: 500,
        base: Some("base"),
        learning_rate: 1.5e-3,
        update_ratio: 2,
        batch: 8,
        mixes: false,
        window_bars: 4,
    },
    NetworkInfo {
        name: "cantus",
        title: "All at once",
        about: "Fills in all parts at once and revises them: any parts, drums too",
        losses: &[
            Curve::DiscriminatorLoss,
            Curve::GeneratorLoss,
            Curve::GradientPenalty,
            Curve::Reconstruction,
            Curve::HeldOutReconstruction,
            Curve::RealScore,
            Curve::GeneratedScore,
        ],
        chooses_loss: true,
        joins: None,
        chooses_after: None,
        iterations: 1000,
        base: None,
        learning_rate: 2e-3,
        update_ratio: 1,
        batch: 16,
        mixes: false,
        window_bars: 4, // half a window must be there
    },
    NetworkInfo {
        name: "unet",
        title: "U-Net",
        about: "The classic GAN that AWS DeepComposer used: two bars at a time, four tracks",
        losses: &[
            Curve::DiscriminatorLoss,
            Curve::GeneratorLoss,
            Curve::GradientPenalty,
            Curve::RealScore,
            Curve::GeneratedScore,
        ],
        chooses_loss: true,
        joins: None,
        chooses_after: None,
        iterations: 1000,
        base: None,
        learning_rate: 1e-3,
        update_ratio: 5,
        batch: 64,
        mixes: true,
        window_bars: 2,
    },
];

/// What is to be known of a network; of the default where there is none of that name.
pub fn of(network: &str) -> NetworkInfo {
    NETWORKS.into_iter().find(|known| known.name == network).unwrap_or(NETWORKS[0])
}
