//! What the network needs to know besides its parts and weights, as a model's card has it.

use cantus::corpus::hands::Hands;
use serde::{Deserialize, Serialize};

use super::cells::{FIRST_VOICE, MAX_LINES};
use super::generator::Sizes;
use super::gestures::Pattern;
use super::policy::Policy;
use super::sheet::DENSITIES;
use crate::error::Error;
use crate::networks::drummer::DrummerSettings;

/// A voice of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceSpec {
    /// Which of the parts it belongs to.
    pub part: usize,
    /// The lowest MIDI pitch it strikes.
    pub low: u8,
    /// The highest.
    pub high: u8,
}

/// What the network itself needs to know besides its parts and weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How large the layers are.
    #[serde(default)]
    pub sizes: Sizes,
    /// The voices, in the order in which they are written: the bass first.
    pub lines: Vec<VoiceSpec>,
    /// Melodies whose middle lies below are heard an octave or more higher.
    pub melody_low: u8,
    /// Melodies whose middle lies above are heard lower.
    pub melody_high: u8,
    /// Whether voices strike what sounds already; some sources fuse repeated notes.
    #[serde(default)]
    pub repeats: bool,
    /// How choices are made.
    #[serde(default)]
    pub policy: Policy,
    /// How many drafts of a melody grow side by side.
    #[serde(default = "usual_drafts")]
    pub drafts: usize,
    /// The share of bars in which each part is to be silent by plan; empty where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests: Vec<f32>,
    /// What the voices of parts do in a bar, as people keep it up; empty where there is no such plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<Pattern>,
    /// Where in a quarter its second eighth is played, in styles that swing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swing: Option<f32>,
    /// How people play each part; a pianist's hands where nobody did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hands: Vec<Option<Hands>>,
    /// Who plays the kit, where there is one; the voices hear it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drummer: Option<DrummerSettings>,
}

const fn usual_drafts() -> usize {
    6
}

impl Settings {
    /// How many lines there are: the melody, the chords, and the voices.
    pub const fn line_count(&self) -> usize {
        FIRST_VOICE + self.lines.len()
    }

    /// The level of density of a slider from 0 to 1, whose middle is none in particular.
    pub fn density(&self, slider: f32) -> u8 {
        let slider = slider.clamp(0.0, 1.0);
        if (slider - 0.5).abs() < 0.05 { 0 } else { 1 + (slider * f32::from(DENSITIES - 2)).round() as u8 }
    }

    /// Whether a model may have them.
    ///
    /// # Errors
    /// What makes no sense.
    pub fn check(&self, parts: usize) -> Result<(), Error> {
        let refuse = |what: &str| Err(Error::Request(format!("the model's settings make no sense: {what}")));
        if !self.sizes.are_sane() {
            return refuse("the layers' sizes");
        }
        if self.lines.is_empty() || self.line_count() > MAX_LINES {
            return refuse("the number of voices");
        }
        if self.lines.iter().any(|line| line.part >= parts || line.low > line.high) {
            return refuse("the voices");
        }
        if !self.policy.is_sane() || !(1..=32).contains(&self.drafts) {
            return refuse("how choices are made");
        }
        if let Some(drummer) = &self.drummer {
            drummer.check(parts)?;
        }
        let voices = |part: usize| self.lines.iter().filter(|line| line.part == part).count();
        if !self.patterns.iter().all(|pattern| pattern.is_sane(voices(pattern.part))) {
            return refuse("the patterns");
        }
        if self.rests.len() > parts || !self.rests.iter().all(|share| (0.0..=1.0).contains(share)) {
            return refuse("the parts’ rests");
        }
        if !self.swing.is_none_or(|swing| (0.5..=0.8).contains(&swing)) {
            return refuse("the swing");
        }
        if self.hands.len() > parts || !self.hands.iter().flatten().all(Hands::are_sane) {
            return refuse("the parts’ hands");
        }
        if self.melody_low > self.melody_high || self.melody_high - self.melody_low < 12 {
            return refuse("the melody's range");
        }
        Ok(())
    }
}
