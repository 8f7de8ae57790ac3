//! The studio's own network: it writes all parts at once over the whole melody, in drafts that it revises.
//!
//! The generator sees the melody and those cells of the other parts that are known already, and proposes the rest; some
//! proposals are unmasked, and so on until all are, and then some beats are masked and drawn again among all others (as
//! `Coconet`, Huang et al. 2017, does with chorales, and `MaskGIT`, Chang et al. 2022, with pictures). It is trained
//! adversarially against a critic that judges the finished drafts. Pitches are channels and convolutions run over time
//! only, so length is free; the key is moved to C major or A minor on the way in and back on the way out.

pub mod drafts;
pub mod features;
pub mod layers;
pub mod lines;
pub mod plan;
pub mod settings;
pub mod tokens;
pub mod training;

use cantus::engine_client::ModelCard;
use cantus::music::{Chord, Grid, Role};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use self::drafts::{BARE_PASSES, Drafting};
use self::features::Place;
use self::layers::{BEAT, Critic, Dropout, Generator};
use self::lines::LineSpec;
use self::plan::PLAN;
use self::settings::Settings;
use crate::composing::finishing::Finishing;
use crate::error::Error;
use crate::key::{octaves_to_range, semitones_to_c};
use crate::network::{
    GenerateContext, Loaded, MAX_STEPS, ModelFiles, Network, PartSampling, PartSpec, Written, settings_of, steps_of,
};
use crate::networks::lines::{LineStep, lines_of_part, melody_line};
use crate::random::{Purpose, Source};
use crate::weights;

/// What the generator sees of some windows.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Tokens of the melody, \[n, 1, steps\].
    pub melody: &'a Tensor,
    /// Tokens of the lines, which count where they are known, \[n, lines, steps\].
    pub lines: &'a Tensor,
    /// 1 where they are, \[n, lines, steps\].
    pub known: &'a Tensor,
    /// \[n, PLACE, steps\], see [`features::place`].
    pub place: &'a Tensor,
    /// \[n, PLAN, steps\], see [`plan::channels`].
    pub plan: &'a Tensor,
}

/// Loads a model of this network.
///
/// # Errors
/// The card's settings make no sense, or the files cannot be read or are not for this network.
pub fn load(card: &ModelCard, files: &ModelFiles, device: Device) -> Loaded {
    Ok(Box::new(Cantus::load(card.parts.clone(), settings_of(card)?, files, device)?))
}

/// The generator, with a critic where one was kept.
#[derive(Debug)]
pub struct Cantus {
    parts: Vec<PartSpec>,
    settings: Settings,
    generator_store: VarStore,
    generator: Generator,
    critic: Option<(VarStore, Critic)>,
}

impl Cantus {
    /// A new network with its first weights.
    ///
    /// # Errors
    /// Settings out of bounds.
    pub fn new(parts: Vec<PartSpec>, settings: Settings, seed: u64, device: Device) -> Result<Self, Error> {
        let mut network = Self::blank(parts, settings, device)?;
        weights::glorot_uniform(&network.generator_store, &mut Source::new(seed, Purpose::GeneratorWeights, 0));
        let (store, critic) = network.new_critic();
        weights::glorot_uniform(&store, &mut Source::new(seed, Purpose::CriticWeights, 0));
        network.critic = Some((store, critic));
        Ok(network)
    }

    /// Loads a model's weights.
    ///
    /// # Errors
    /// Settings out of bounds, or files that cannot be read or are not for this network.
    pub fn load(parts: Vec<PartSpec>, settings: Settings, files: &ModelFiles, device: Device) -> Result<Self, Error> {
        let mut network = Self::blank(parts, settings, device)?;
        weights::load(&files.generator, &weights::sorted(&network.generator_store))?;
        if let Some(path) = &files.critic {
            let (store, critic) = network.new_critic();
            weights::load(path, &weights::sorted(&store))?;
            network.critic = Some((store, critic));
        }
        Ok(network)
    }

    fn blank(parts: Vec<PartSpec>, settings: Settings, device: Device) -> Result<Self, Error> {
        settings.check(parts.len())?;
        let generator_store = VarStore::new(device);
        let plan = if settings.progressions.is_some() { PLAN } else { 0 };
        let generator = Generator::new(&generator_store.root(), settings.lines.len() as i64, plan, settings.sizes);
        Ok(Self { parts, settings, generator_store, generator, critic: None })
    }

    fn new_critic(&self) -> (VarStore, Critic) {
        let store = VarStore::new(self.generator_store.device());
        let critic = Critic::new(&store.root(), self.settings.lines.len() as i64, self.settings.sizes);
        (store, critic)
    }

    /// What it needs to know besides its parts and weights.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Draws and revises its drafts in another way from now on.
    pub const fn set_drafting(&mut self, drafting: Drafting) {
        self.settings.drafting = drafting;
    }

    /// Draws its parts in these samplings from now on.
    pub fn set_sampling(&mut self, of_parts: &[PartSampling]) {
        self.settings.sampling = of_parts.to_vec();
    }

    /// The generator's weights.
    pub const fn generator_store(&self) -> &VarStore {
        &self.generator_store
    }

    /// The critic's weights, where there is one.
    pub fn critic_store(&self) -> Option<&VarStore> {
        self.critic.as_ref().map(|(store, _)| store)
    }

    /// Logits (\[n, lines, VOCABULARY, steps\]) of all cells, from what is seen. Whole beats.
    pub fn predict(&self, seen: &Seen<'_>, dropout: &mut Dropout<'_>) -> Tensor {
        let melody_known = seen.melody.ones_like().to_kind(Kind::Float);
        let mut inputs = vec![
            features::known_lines(seen.melody, &melody_known),
            features::known_lines(seen.lines, seen.known),
            seen.place.shallow_clone(),
        ];
        if self.settings.progressions.is_some() {
            inputs.push(seen.plan.shallow_clone());
        }
        self.generator.forward(&inputs, dropout)
    }

    /// Scores (\[n, 1\]) of lines beside their melody, both as [`features::lines`] has them. Whole spans of 16 steps.
    ///
    /// # Errors
    /// No critic was kept.
    pub fn critic(&self, lines: &Tensor, melody: &Tensor, place: &Tensor) -> Result<Tensor, Error> {
        match &self.critic {
            Some((_, critic)) => Ok(critic.forward(lines, melody, place)),
            None => Err(Error::Request("this model came without its critic".into())),
        }
    }

    /// How many semitones up its key is moved, and the melody altogether.
    fn shifts(&self, melody: &Grid) -> (i32, i32) {
        let key = semitones_to_c(&[melody]);
        let (low, high) = (i32::from(self.settings.melody_low), i32::from(self.settings.melody_high));
        (key, key + 12 * octaves_to_range(melody, low - key, high - key))
    }

    /// The lines' ranges for a piece that is moved: what a line strikes at home in C, and its part in any key.
    fn ranges(&self, key_shift: i32) -> Vec<LineSpec> {
        let moved = |pitch: u8, part: &PartSpec| {
            if part.is_drum { pitch } else { (i32::from(pitch) + key_shift).clamp(0, 127) as u8 }
        };
        let range = |line: &LineSpec| {
            let part = &self.parts[line.part];
            let low = line.low.max(moved(part.low, part));
            let high = line.high.min(moved(part.high, part));
            // an octave at least, or a line could not go anywhere
            if low + 11 <= high { LineSpec { low, high, ..*line } } else { *line }
        };
        self.settings.lines.iter().map(range).collect()
    }

    fn place(&self, steps: usize, padded: usize, steps_per_bar: usize) -> Tensor {
        let place = Place { first: 0, steps_per_bar, piece_steps: steps, bars_known: true };
        Tensor::from_slice(&features::place(place, padded))
            .view([1, features::PLACE, padded as i64])
            .to_device(self.generator_store.device())
    }

    fn plan(&self, chord_of: &dyn Fn(usize) -> Option<Chord>, padded: usize) -> Tensor {
        Tensor::from_slice(&plan::channels(chord_of, padded))
            .view([1, PLAN, padded as i64])
            .to_device(self.generator_store.device())
    }

    /// The tokens of a part's lines, at home in C.
    fn part_tokens(&self, part: usize, grid: &Grid, padded: usize, key_shift: i32) -> Vec<Vec<i64>> {
        let is_drum = self.parts[part].is_drum;
        let lines = self.settings.lines.iter().filter(|line| line.part == part).count();
        let shift = if is_drum { 0 } else { key_shift };
        lines_of_part(grid, lines, is_drum)
            .iter()
            .map(|line| tokens::tokens_from_line(line, 0, padded, shift))
            .collect()
    }

    /// Has the draft keep what the context says stays.
    fn keep(&self, draft: &mut drafts::Draft<'_>, context: &GenerateContext<'_>, key_shift: i32) {
        let mut first_line = 0;
        for part in 0..self.parts.len() {
            let lines = self.settings.lines.iter().filter(|line| line.part == part).count();
            if let Some(Some(kept)) = context.kept.get(part) {
                for (line, tokens) in
                    self.part_tokens(part, &kept.grid, kept.grid.steps(), key_shift).iter().enumerate()
                {
                    draft.keep(first_line + line, tokens, &kept.written);
                }
            }
            first_line += lines;
        }
    }

    fn melody_tokens(line: &[LineStep], padded: usize, shift: i32, device: Device) -> Tensor {
        Tensor::from_slice(&tokens::tokens_from_line(line, 0, padded, shift)).view([1, 1, -1]).to_device(device)
    }
}

impl Network for Cantus {
    fn parts(&self) -> &[PartSpec] {
        &self.parts
    }

    fn generate(&self, melody: &Grid, context: &GenerateContext<'_>) -> Result<Written, Error> {
        let steps = steps_of(melody)?;
        let mut grids = vec![Grid::silent(steps); self.parts.len()];
        if steps == 0 {
            return Ok(grids.into());
        }
        let (key_shift, melody_shift) = self.shifts(melody);
        let line = melody_line(melody);
        let padded = steps.next_multiple_of(BEAT as usize);
        let device = self.generator_store.device();
        let melody_tokens = Self::melody_tokens(&line, padded, melody_shift, device);
        let place = self.place(steps, padded, context.steps_per_bar);
        let bars = drafts::Bars::new(&line, context.steps_per_bar, melody_shift);
        let ranges = self.ranges(key_shift);
        let mut draft = drafts::Draft::new(&ranges, self.settings.drafting, bars, self.settings.repeats, steps, padded);
        self.keep(&mut draft, context, key_shift);
        let lines = || self.settings.lines.iter();
        let sampling = |line: &LineSpec| self.settings.sampling.get(line.part).copied().unwrap_or_default();
        draft
            .set_sampling(lines().map(sampling).collect(), lines().map(|line| self.parts[line.part].is_drum).collect());
        let sings = |line: &LineSpec| matches!(self.parts[line.part].role, Role::Alto | Role::Tenor);
        draft.keep_below(lines().map(sings).collect(), &line, key_shift);
        let logits = |draft: &drafts::Draft<'_>, plan: &Tensor| -> Result<Vec<f32>, Error> {
            let (lines, known) = draft.tensors(device);
            let seen = Seen { melody: &melody_tokens, lines: &lines, known: &known, place: &place, plan };
            let logits = tch::no_grad(|| self.predict(&seen, &mut Dropout(None)));
            Ok(Vec::<f32>::try_from(logits.to_device(Device::Cpu).contiguous().view(-1))?)
        };
        let mut plan = self.plan(&|_| None, padded);
        if let Some(progressions) = self.settings.progressions.as_ref().filter(|_| self.settings.drafting.planned) {
            let melody = tokens::tokens_from_line(&line, 0, padded, melody_shift);
            let trusted = self.settings.drafting.trust > 0.0;
            let expected = trusted.then(|| logits(&draft, &plan)).transpose()?;
            let planned = draft.plan(progressions, expected, &melody, context);
            plan = self.plan(&|step| planned.get(step / 4).copied(), padded);
        }
        let passes = self.settings.drafting.passes();
        let mut last = passes;
        let mut pass = 0;
        while pass < last {
            if (context.cancel)() {
                return Err(Error::Cancelled);
            }
            draft.unmask(pass, &mut logits(&draft, &plan)?, context);
            pass += 1;
            (context.progress)(pass.min(passes) as u64, passes as u64);
            if pass == passes && draft.remask_bare_bars(&line) {
                last = passes + BARE_PASSES;
            }
        }
        for (line, spec) in draft.lines().zip(&self.settings.lines) {
            let shift = if self.parts[spec.part].is_drum { 0 } else { key_shift };
            let line = if self.settings.repeats { line.to_vec() } else { tokens::fuse_repeats(line) };
            tokens::write_tokens(&mut grids[spec.part], &line, shift);
        }
        Ok(grids.into())
    }

    fn swing(&self) -> f32 {
        self.settings.swing.unwrap_or(0.5)
    }

    fn finishing(&self, wished: Finishing) -> Finishing {
        let staccato = self.settings.staccato;
        Finishing {
            move_clashes: wished.move_clashes && !self.settings.dissonant,
            bridge_gaps: wished.bridge_gaps && !staccato,
            drop_lone: wished.drop_lone && !staccato,
            ..wished
        }
    }

    fn is_small(&self) -> bool {
        true
    }

    fn sustained(&self) -> &[bool] {
        &self.settings.sustained
    }

    fn rate(&self, melody: &Grid, parts: &[Grid]) -> Result<f32, Error> {
        let steps = melody.steps().min(MAX_STEPS);
        let Some((store, critic)) = &self.critic else {
            return Ok(0.0);
        };
        if steps == 0 || parts.len() != self.parts.len() {
            return Ok(0.0);
        }
        let (key_shift, melody_shift) = self.shifts(melody);
        let padded = steps.next_multiple_of(16);
        let line = melody_line(melody);
        let melody = Self::melody_tokens(&line, padded, melody_shift, store.device());
        let lines: Vec<Vec<i64>> =
            (0..parts.len()).flat_map(|part| self.part_tokens(part, &parts[part], padded, key_shift)).collect();
        let all = lines.concat();
        let lines = Tensor::from_slice(&all).view([1, -1, padded as i64]).to_device(store.device());
        let score = tch::no_grad(|| {
            critic.forward(
                &features::lines(&features::one_hot(&lines), &lines),
                &features::lines(&features::one_hot(&melody), &melody),
                &self.place(steps, padded, 16),
            )
        });
        Ok(score.double_value(&[0, 0]) as f32)
    }
}

#[cfg(test)]
mod tests;
