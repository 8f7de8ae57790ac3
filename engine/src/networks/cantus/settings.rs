//! What the network needs to know besides its parts and weights, as a model's card has it.

use serde::{Deserialize, Serialize};

use super::drafts::Drafting;
use super::layers::Sizes;
use super::lines::{LineSpec, MAX_LINES};
use super::plan::Progressions;
use crate::error::Error;
use crate::network::PartSampling;

/// What the network itself needs to know besides its parts and weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How large the layers are.
    #[serde(default)]
    pub sizes: Sizes,
    /// The lines, in the order of the parts, the lowest voice of a part first.
    pub lines: Vec<LineSpec>,
    /// Melodies whose middle lies below are moved up by octaves.
    pub melody_low: u8,
    /// Melodies whose middle lies above are moved down by octaves.
    pub melody_high: u8,
    /// Whether lines strike what sounds already; some sources fuse repeated notes.
    #[serde(default)]
    pub repeats: bool,
    /// How drafts are drawn and revised.
    #[serde(default)]
    pub drafting: Drafting,
    /// How each part is sampled; as it comes where there are fewer than parts.
    #[serde(default, alias = "manners", skip_serializing_if = "Vec::is_empty")]
    pub sampling: Vec<PartSampling>,
    /// Whether the training pieces' parts clash with their melodies more than a little.
    #[serde(default, alias = "grates", skip_serializing_if = "std::ops::Not::not")]
    pub dissonant: bool,
    /// Whether many notes of the training pieces are as short as can be, so that such notes are no slips.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub staccato: bool,
    /// Which parts never play a note as short as can be, or once in a thousand; none where there are fewer than parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sustained: Vec<bool>,
    /// Where in a quarter its second eighth is played, in styles that swing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swing: Option<f32>,
    /// How the style's chords follow each other, where the network was given the chords of its training pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progressions: Option<Progressions>,
}

impl Settings {
    /// Whether a model may have them.
    ///
    /// # Errors
    /// What makes no sense.
    pub fn check(&self, parts: usize) -> Result<(), Error> {
        let refuse = |what: &str| Err(Error::Request(format!("the model's settings make no sense: {what}")));
        if !self.sizes.are_sane() {
            return refuse("the layers' sizes");
        }
        if !self.drafting.is_sane() {
            return refuse("how drafts are drawn");
        }
        if self.sampling.len() > parts || !self.sampling.iter().all(PartSampling::is_sane) {
            return refuse("how the parts are sampled");
        }
        if self.sustained.len() > parts {
            return refuse("the parts that hold their notes");
        }
        if !self.progressions.as_ref().is_none_or(Progressions::is_sane) {
            return refuse("the progressions");
        }
        if self.lines.is_empty() || self.lines.len() > MAX_LINES {
            return refuse("the number of lines");
        }
        let fits = |line: &LineSpec| line.part < parts && line.low <= line.high;
        if !self.lines.iter().all(fits) || (0..parts).any(|part| self.lines.iter().all(|line| line.part != part)) {
            return refuse("the lines");
        }
        if i32::from(self.melody_high) - i32::from(self.melody_low) < 12 {
            return refuse("the melody's range");
        }
        Ok(())
    }
}
