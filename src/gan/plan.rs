//! What trainings begin with where nobody says otherwise, and how many iterations a pass over the data takes. Knows no tensors,
//! so that the command line and the window can ask.

use super::dataset::{Dataset, Split, WindowShape};

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
    window_bars: usize,
}

/// The networks there are, the default first. The batch of `cantus` is such that two cores need half a second; the settings of
/// `unet` are `DeepComposer`'s.
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

/// Iterations in which as many windows go through the network as the training pieces have (eight bars of `cantus`, two of
/// `unet`, from each bar on); at least 1.
pub fn iterations_per_epoch(dataset: &Dataset, network: &str, batch: Option<u32>) -> u64 {
    let plan = of(network);
    let shape = WindowShape { bars: plan.window_bars, hop_bars: 1, steps_per_bar: None };
    let windows = dataset.windows(Split::Train, shape).len() as u64;
    windows.div_ceil(u64::from(batch.unwrap_or(plan.batch).max(1))).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gan::train::tests::chorales;

    #[test]
    fn an_epoch_covers_the_windows() {
        let dataset = chorales(6); // five to learn from, of four bars
        assert_eq!(iterations_per_epoch(&dataset, "unet", Some(4)), 4);
        assert_eq!(iterations_per_epoch(&dataset, "cantus", Some(4)), 2);
        assert_eq!(iterations_per_epoch(&Dataset::default(), "unet", None), 1);
    }
}
