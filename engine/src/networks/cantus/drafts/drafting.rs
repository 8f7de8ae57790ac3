//! How drafts are drawn and revised, as a model has it.

use serde::{Deserialize, Serialize};

/// How drafts are drawn and revised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Drafting {
    /// Passes in which cells are unmasked: drawn, and known from then on.
    #[serde(alias = "settling")]
    pub unmasking_passes: usize,
    /// Passes after them that draw some beats again among all others: what is drawn at once cannot agree with itself.
    #[serde(alias = "revising")]
    pub revising_passes: usize,
    /// Share of beats drawn again in the first revising pass.
    #[serde(alias = "first_share")]
    pub first_remasked_share: f32,
    /// The same in the last.
    #[serde(alias = "last_share")]
    pub last_remasked_share: f32,
    /// Temperature of pitches at a surprise of 0.5, while unmasking.
    #[serde(alias = "warmth")]
    pub temperature: f32,
    /// The same while revising.
    #[serde(alias = "revising_warmth")]
    pub revising_temperature: f32,
    /// Whether the network is given a plan of chords, where it knows how.
    pub planned: bool,
    /// How much that plan trusts what the network expects, 0 to 1, beside the style's melodies and progressions.
    pub trust: f32,
}

impl Default for Drafting {
    fn default() -> Self {
        Self::SINGING
    }
}

impl Drafting {
    /// For voices that always sing: their pitches gain by being drawn again.
    pub const SINGING: Self = Self {
        unmasking_passes: 12,
        revising_passes: 8,
        first_remasked_share: 0.4,
        last_remasked_share: 0.1,
        temperature: 0.6,
        revising_temperature: 0.5,
        planned: true,
        trust: 0.3,
    };
    /// For bands and orchestras, whose parts rest: drawn again among cautious others they would fall silent one after
    /// another.
    pub const PLAYING: Self = Self {
        unmasking_passes: 12,
        revising_passes: 0,
        first_remasked_share: 0.4,
        last_remasked_share: 0.1,
        temperature: 1.0,
        revising_temperature: 1.0,
        planned: true,
        trust: 0.3,
    };

    /// How many variants a training tries when it is over; which of them serves best differs from style to style.
    pub const TRIED: usize = Self::VARIANTS.len() * Self::PLANS.len();

    /// One of them.
    pub const fn tried(number: usize) -> Self {
        let (planned, trust) = Self::PLANS[number % Self::PLANS.len()];
        Self { planned, trust, ..Self::VARIANTS[number / Self::PLANS.len()] }
    }

    /// Plans of chords that are tried: whether there is one, and how far it trusts the network.
    const PLANS: [(bool, f32); 4] = [(true, 0.3), (true, 1.0), (true, 0.0), (false, 0.0)];

    const VARIANTS: [Self; 7] = [
        Self::SINGING,
        Self::PLAYING,
        Self { unmasking_passes: 16, ..Self::SINGING },
        Self { temperature: 0.8, revising_temperature: 0.8, ..Self::SINGING },
        Self {
            revising_passes: 6,
            temperature: 0.9,
            revising_temperature: 0.7,
            first_remasked_share: 0.3,
            ..Self::SINGING
        },
        Self {
            unmasking_passes: 14,
            revising_passes: 10,
            temperature: 1.0,
            revising_temperature: 0.9,
            ..Self::SINGING
        },
        Self { unmasking_passes: 16, temperature: 0.7, ..Self::PLAYING },
    ];

    /// Whether a model may ask for it.
    pub fn is_sane(&self) -> bool {
        let shares = [self.first_remasked_share, self.last_remasked_share];
        let temperatures = [self.temperature, self.revising_temperature];
        (1..=100).contains(&self.unmasking_passes)
            && self.revising_passes <= 100
            && (0.0..=1.0).contains(&self.trust)
            && shares.iter().all(|share| (0.0..=1.0).contains(share))
            && temperatures.iter().all(|temperature| (0.0..=2.0).contains(temperature))
    }

    /// Passes in all.
    pub const fn passes(&self) -> usize {
        self.unmasking_passes + self.revising_passes
    }

    /// The temperature of pitches in a pass: a quarter of it without surprise, a little above 1 with all of it.
    pub fn temperature_at(&self, pass: usize, surprise: f32) -> f32 {
        let temperature = if pass < self.unmasking_passes { self.temperature } else { self.revising_temperature };
        if surprise <= 0.5 {
            temperature * (0.25 + 1.5 * surprise)
        } else {
            temperature + (temperature.max(1.1) - temperature) * (2.0 * surprise - 1.0)
        }
    }

    /// Share of the beats to be drawn again after a revising pass, or the last unmasking one.
    pub fn remasked_share(&self, pass: usize) -> f32 {
        let done = (pass + 1 - self.unmasking_passes) as f32 / self.revising_passes.max(1) as f32;
        self.first_remasked_share + (self.last_remasked_share - self.first_remasked_share) * done
    }
}
