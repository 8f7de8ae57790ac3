//! How large batches are and how many iterations a pass over the data takes. Knows no tensors, so that the command line can ask.

use super::dataset::{Dataset, Split, WindowShape};

/// Windows per step of `unet`, as `DeepComposer` had it.
pub const UNET_BATCH: u32 = 64;
/// Windows per step of `cantus`, so that two cores need half a second.
pub const CANTUS_BATCH: u32 = 16;

/// Iterations in which as many windows go through the network as the training pieces have (eight bars of `cantus`, two of
/// `unet`, from each bar on); at least 1.
pub fn iterations_per_epoch(dataset: &Dataset, network: &str, batch: Option<u32>) -> u64 {
    let (bars, batch) = match network {
        "unet" => (2, batch.unwrap_or(UNET_BATCH)),
        _ => (4, batch.unwrap_or(CANTUS_BATCH)), // half a window must be there
    };
    let shape = WindowShape {
        bars,
        hop_bars: 1,
        steps_per_bar: None,
    };
    let windows = dataset.windows(Split::Train, shape).len() as u64;
    windows.div_ceil(u64::from(batch.max(1))).max(1)
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
