//! The networks there are, and what their trainings begin with where nobody says otherwise. Knows no tensors, so that
//! the command line and the window can ask.

/// A network that can be trained, with its own settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkPlan {
    /// Its name in requests and cards.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// A line on what it is.
    pub about: &'static str,
    /// Step size of both optimisers.
    pub learning_rate: f64,
    /// Critic steps per generator step.
    pub update_ratio: u32,
    /// Windows per step.
    pub batch: u32,
    /// Whether it can be trained in mixed precision.
    pub mixes: bool,
    /// Length of the windows that a pass counts, in bars.
    pub window_bars: usize,
}

/// The networks there are, the default first. The batch of `cantus` is such that two cores need half a second; the
/// settings of `unet` are `DeepComposer`'s.
pub const NETWORKS: [NetworkPlan; 2] = [
    NetworkPlan {
        name: "cantus",
        title: "Cantus",
        about: "The studio's own: any parts, drums too, any melody length",
        learning_rate: 2e-3,
        update_ratio: 1,
        batch: 16,
        mixes: false,
        window_bars: 4, // half a window must be there
    },
    NetworkPlan {
        name: "unet",
        title: "U-Net",
        about: "As DeepComposer had it: windows of two bars, four tracks",
        learning_rate: 1e-3,
        update_ratio: 5,
        batch: 64,
        mixes: true,
        window_bars: 2,
    },
];

/// The plan of a network; the default's where there is none of that name.
pub fn of(network: &str) -> NetworkPlan {
    NETWORKS.into_iter().find(|plan| plan.name == network).unwrap_or(NETWORKS[0])
}
