//! A drummer: bars of a kit, each from a bar that it is to be like, then hands that decide how hard and how late.
//!
//! A *groove* is a bar played from nothing; what follows is a variation of it or a fill. Which bar is what, the form of
//! the song decides ([`crate::networks::autoregressive::form`]).

pub mod bars;
pub mod training;
pub mod writing;

use serde::{Deserialize, Serialize};
use tch::nn::{self, Path};
use tch::{Kind, Tensor};

use cantus::music::kit::Limb;

use self::bars::{Bar, KINDS, LIMBS, MOST_STEPS, PLACES, VELOCITIES};
use crate::error::Error;
use crate::networks::autoregressive::layers::{Gru, SummedEmbedding, choice, linear, norm};
use crate::networks::autoregressive::sheet::Columns;

/// Channels of the layers that choose strokes, and of those that play them.
const WIDTH: i64 = 192;
const HANDS: i64 = 96;
/// Families of drumming that are told apart; the first is the data set's own.
pub const FAMILIES: i64 = 24;

/// What a bar is to the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A groove of its own.
    Groove,
    /// Like another bar.
    Vary,
    /// A fill.
    Fill,
}

/// What a model's card says of its drummer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrummerSettings {
    /// Which of the parts the kit is; in a model that is there to be gone on from it may be none.
    pub part: Option<usize>,
    /// Whether the voices were trained with a kit, and hear it.
    #[serde(default = "usually")]
    pub is_heard: bool,
    /// The family whose grooves are played.
    pub family: i64,
    /// The family whose hands play them.
    pub hands: i64,
    /// How hard players of that family strike each limb, as levels of velocity: one of them is drawn by the seed.
    pub players: Vec<[u8; LIMBS]>,
}

/// By how many levels of velocity a kick may be quieter than the snare.
const QUIETER: u8 = 2;

const fn usually() -> bool {
    true
}

impl DrummerSettings {
    /// Those of the players whose kick is heard beside their snare; all, where no one's is. Who recorded with a quiet
    /// pad plays as they did, but on a kit whose sounds are of one loudness.
    pub fn balanced(&self) -> Vec<[u8; LIMBS]> {
        let [kick, snare] = [Limb::Kick, Limb::Snare].map(|limb| limb as usize);
        let is_heard = |player: &&[u8; LIMBS]| player[kick] + QUIETER >= player[snare];
        let balanced: Vec<[u8; LIMBS]> = self.players.iter().filter(is_heard).copied().collect();
        if balanced.is_empty() { self.players.clone() } else { balanced }
    }

    /// Whether a model may have them.
    ///
    /// # Errors
    /// What makes no sense.
    pub fn check(&self, parts: usize) -> Result<(), Error> {
        let sane = self.part.is_none_or(|part| part < parts)
            && (0..FAMILIES).contains(&self.family)
            && (0..FAMILIES).contains(&self.hands)
            && !self.players.is_empty()
            && self.players.len() <= 4096
            && self.players.iter().flatten().all(|level| i64::from(*level) < VELOCITIES);
        if sane { Ok(()) } else { Err(Error::Request("the model's settings make no sense: its drummer".into())) }
    }
}

/// What is known of a bar before it is played.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The bar that it is to be like; a groove has none.
    pub like: Option<&'a Bar>,
    /// The bar before.
    pub before: Option<&'a Bar>,
    /// What it is to the song.
    pub task: Task,
    /// Whether it begins with a crash.
    pub crash: bool,
    /// Its family.
    pub family: i64,
}

/// The network.
#[derive(Debug)]
pub struct Drummer {
    columns: SummedEmbedding,
    norm: nn::LayerNorm,
    memory: Gru,
    /// For each limb what it knows of the limbs before it in the step, and what it chooses.
    limbs: Vec<(SummedEmbedding, nn::Linear, nn::Linear)>,
    hands: SummedEmbedding,
    hands_norm: nn::LayerNorm,
    hands_memory: Gru,
    velocity: nn::Linear,
    place: nn::Linear,
}

fn columns(names: &[(&str, i64)], each_limb: &[(&str, i64)]) -> Columns {
    let of_limb =
        |(name, size): &(&str, i64)| (0..LIMBS).map(|limb| (format!("{name}{limb}"), *size)).collect::<Vec<_>>();
    let whole = names.iter().map(|(name, size)| ((*name).to_owned(), *size));
    whole.chain(each_limb.iter().flat_map(of_limb)).collect()
}

impl Drummer {
    /// A new one.
    pub fn new(path: &Path<'_>) -> Self {
        let bar = [("step", MOST_STEPS as i64), ("bar", MOST_STEPS as i64 + 1), ("family", FAMILIES)];
        let asked = [bar[0], bar[1], bar[2], ("task", 3), ("crash", 2)];
        let strokes = [("last", KINDS), ("like", KINDS + 1), ("next", KINDS + 1), ("before", KINDS + 1)];
        let limb = |limb: usize| {
            let path = path / format!("limb{limb}");
            let known = (0..limb).map(|other| (format!("now{other}"), KINDS)).chain([("bias".to_owned(), 1)]);
            (
                SummedEmbedding::new(&(&path / "known"), known.collect(), WIDTH),
                linear(&(&path / "mix"), WIDTH, WIDTH),
                choice(&(&path / "out"), WIDTH, KINDS),
            )
        };
        let played = [
            ("now", KINDS),
            ("next", KINDS),
            ("velocity", VELOCITIES + 1),
            ("place", PLACES + 1),
            ("player", VELOCITIES),
        ];
        let outputs = LIMBS as i64;
        Self {
            columns: SummedEmbedding::new(&(path / "columns"), columns(&asked, &strokes), WIDTH),
            norm: norm(&(path / "norm"), WIDTH),
            memory: Gru::new(&(path / "memory"), WIDTH),
            limbs: (0..LIMBS).map(limb).collect(),
            hands: SummedEmbedding::new(&(path / "hands"), columns(&bar, &played), HANDS),
            hands_norm: norm(&(path / "hands_norm"), HANDS),
            hands_memory: Gru::new(&(path / "hands_memory"), HANDS),
            velocity: choice(&(path / "velocity"), HANDS, outputs * VELOCITIES),
            place: choice(&(path / "place"), HANDS, outputs * PLACES),
        }
    }

    /// What is known before a step is written; `last` is what was struck a step ago.
    fn step_columns(asked: &Asked<'_>, step: usize, steps: usize, last: Option<&bars::Kinds>, out: &mut Vec<i64>) {
        let task = asked.task as i64;
        out.extend([step as i64, steps as i64, asked.family, task, i64::from(asked.crash)]);
        out.extend(last.copied().unwrap_or_default().map(i64::from));
        let at = |bar: Option<&Bar>, step: usize| {
            let kinds = bar.and_then(|bar| bar.kinds.get(step));
            kinds.map_or([0; LIMBS], |kinds| kinds.map(|kind| i64::from(kind) + 1))
        };
        out.extend(at(asked.like, step));
        out.extend(at(asked.like, step + 1));
        out.extend(at(asked.before, step));
    }

    /// What the hands know of a step; what they did a step ago is `last`.
    fn hand_columns(family: i64, player: [u8; LIMBS], bar: &Bar, step: usize, out: &mut Vec<i64>) {
        let steps = bar.steps();
        out.extend([step as i64, steps as i64, family]);
        out.extend(bar.kinds[step].map(i64::from));
        out.extend(bar.kinds.get(step + 1).copied().unwrap_or_default().map(i64::from));
        // what a limb did last, however long ago
        let last: [Option<usize>; LIMBS] =
            std::array::from_fn(|limb| (0..step).rev().find(|step| bar.kinds[*step][limb] > 0));
        out.extend((0..LIMBS).map(|limb| last[limb].map_or(0, |step| i64::from(bar.velocity[step][limb]) + 1)));
        out.extend((0..LIMBS).map(|limb| last[limb].map_or(0, |step| i64::from(bar.place[step][limb]) + 1)));
        out.extend(player.map(i64::from));
    }

    fn limb_logits(&self, state: &Tensor, limb: usize, known: &[i64]) -> Tensor {
        let (embedding, mix, out) = &self.limbs[limb];
        let size = state.size();
        let hidden = (state + embedding.forward(known, &size[..size.len() - 1])).gelu("none");
        (&hidden + hidden.apply(mix).gelu("none")).apply(out)
    }

    fn hand_logits(&self, state: &Tensor) -> (Tensor, Tensor) {
        let size = state.size();
        let shape = |last: i64| size[..size.len() - 1].iter().copied().chain([LIMBS as i64, last]).collect::<Vec<_>>();
        (
            state.apply(&self.velocity).view(shape(VELOCITIES).as_slice()),
            state.apply(&self.place).view(shape(PLACES).as_slice()),
        )
    }

    /// Where its weights are.
    fn device(&self) -> tch::Device {
        self.velocity.ws.device()
    }

    /// Kinds that a limb has, rests counted.
    fn kinds_of(limb: usize) -> i64 {
        cantus::music::kit::Limb::ALL[limb].keys().len() as i64 + 1
    }

    /// Logits of kinds that a limb lacks, -1e9.
    fn lacking(&self, limb: usize) -> Tensor {
        let values: Vec<f32> = (0..KINDS).map(|kind| if kind < Self::kinds_of(limb) { 0.0 } else { -1e9 }).collect();
        Tensor::from_slice(&values).to_device(self.device()).to_kind(Kind::Float)
    }
}

#[cfg(test)]
mod tests;
