//! Drawing a draft: which of the proposed cells are unmasked in which pass, and with which noise.

mod bars;
mod drafting;
mod noise;

use std::ops::Range;

use tch::{Device, Tensor};

pub use self::bars::Bars;
pub use self::drafting::Drafting;
use self::noise::Noise;
use crate::network::{GenerateContext, PartSampling};
use crate::networks::cantus::lines::LineSpec;
use crate::networks::cantus::plan::{Evidence, Progressions};
use crate::networks::cantus::tokens::{FIRST_PITCH, HOLD, LOW, REST, VOCABULARY};
use crate::networks::lines::LineStep;
use crate::random::uniform_of;
use cantus::music::Chord;

/// The lines as far as they are written.
#[derive(Debug)]
pub struct Draft<'a> {
    specs: &'a [LineSpec],
    drafting: Drafting,
    bars: Bars,
    /// Whether lines may strike what sounds already.
    repeats: bool,
    steps: usize,
    padded: usize,
    tokens: Vec<i64>,
    known: Vec<f32>,
    /// Cells that were there before and stay.
    kept: Vec<bool>,
    /// Lines of a kit, whose keys are as steady as their rhythm.
    is_drum: Vec<bool>,
    /// How each line is drawn.
    samplings: Vec<PartSampling>,
    /// Bars that were left without anything but the melody, and are written again with little rest.
    bare: Vec<bool>,
    /// Lines that do not rise above the melody.
    below: Vec<bool>,
    /// The token of the lowest that the melody sings in the rest of each step's beat, where it sings.
    ceiling: Vec<Option<i64>>,
}

/// Passes in which bars are written again that were left to the melody alone, and what is taken from the logits of
/// their rests.
pub const BARE_PASSES: usize = 4;
const BARE_REST: f32 = 3.0;
/// Bars after which a steady line looks for another rhythm.
const SECTION: usize = 8;
/// The pass that the noise of the plan is drawn in, beyond all others.
const PLANNING: usize = 1000;
/// Room that a line keeps below a ceiling, in semitones; a lower ceiling is none.
const HEADROOM: i64 = 7;

impl<'a> Draft<'a> {
    /// Nothing written yet; silence beyond `steps` up to `padded`.
    pub fn new(
        specs: &'a [LineSpec],
        drafting: Drafting,
        bars: Bars,
        repeats: bool,
        steps: usize,
        padded: usize,
    ) -> Self {
        let mut known = vec![0.0; specs.len() * padded];
        for line in known.chunks_mut(padded) {
            line[steps..].fill(1.0);
        }
        Self {
            specs,
            drafting,
            bars,
            repeats,
            steps,
            padded,
            tokens: vec![REST; specs.len() * padded],
            known,
            kept: vec![false; specs.len() * padded],
            is_drum: vec![false; specs.len()],
            samplings: vec![PartSampling::default(); specs.len()],
            bare: Vec::new(),
            below: vec![false; specs.len()],
            ceiling: vec![None; steps],
        }
    }

    /// Has each line drawn with its sampling; those of a kit have the noise of their keys with that of their rhythm.
    pub fn set_sampling(&mut self, samplings: Vec<PartSampling>, is_drum: Vec<bool>) {
        (self.samplings, self.is_drum) = (samplings, is_drum);
    }

    /// Masks again what the pitched lines do in bars in which the melody sounds alone, to be written again in
    /// [`BARE_PASSES`] more passes. Returns whether there are any.
    pub fn remask_bare_bars(&mut self, melody: &[LineStep]) -> bool {
        self.bare = vec![false; self.bars.labels.len()];
        let pitched: Vec<usize> = (0..self.specs.len()).filter(|&line| !self.is_drum[line]).collect();
        let mut sounding = vec![false; self.steps];
        for &line in &pitched {
            let mut sounds = false;
            for (step, any) in sounding.iter_mut().enumerate() {
                match self.tokens[line * self.padded + step] {
                    HOLD => {}
                    token => sounds = token != REST,
                }
                *any |= sounds;
            }
        }
        for bar in 0..self.bare.len() {
            let steps = self.steps_of(bar);
            let melody = melody.get(steps.clone()).unwrap_or_default();
            self.bare[bar] =
                melody.iter().any(|step| step.pitch.is_some()) && !steps.clone().any(|step| sounding[step]);
            if !self.bare[bar] {
                continue;
            }
            for cell in pitched.iter().flat_map(|line| steps.clone().map(move |step| (line, step))) {
                let cell = cell.0 * self.padded + cell.1;
                if !self.kept[cell] {
                    self.known[cell] = 0.0;
                }
            }
        }
        self.bare.contains(&true)
    }

    /// Has some lines strike nothing above the melody, `shift` semitones higher than it is.
    pub fn keep_below(&mut self, below: Vec<bool>, melody: &[LineStep], shift: i32) {
        self.below = below;
        for (step, ceiling) in self.ceiling.iter_mut().enumerate() {
            let rest_of_beat = step..(step / 4 + 1) * 4;
            let sung = melody.get(step..rest_of_beat.end.min(melody.len())).unwrap_or_default();
            let lowest = sung.iter().filter_map(|step| step.pitch).min();
            *ceiling = lowest.map(|pitch| FIRST_PITCH + i64::from(i32::from(pitch) + shift - LOW));
        }
    }

    /// Keeps a line as it is outside of `written`.
    pub fn keep(&mut self, line: usize, tokens: &[i64], written: &Range<usize>) {
        for (step, &token) in tokens.iter().enumerate().take(self.steps) {
            if !written.contains(&step) {
                let cell = line * self.padded + step;
                (self.tokens[cell], self.known[cell], self.kept[cell]) = (token, 1.0, true);
            }
        }
    }

    /// Tokens and what of them is known, both \[1, lines, padded\].
    pub fn tensors(&self, device: Device) -> (Tensor, Tensor) {
        let shape = [1, self.specs.len() as i64, self.padded as i64];
        let tokens = Tensor::from_slice(&self.tokens).view(shape).to_device(device);
        (tokens, Tensor::from_slice(&self.known).view(shape).to_device(device))
    }

    /// The lines' tokens.
    pub fn lines(&self) -> impl Iterator<Item = &[i64]> {
        self.tokens.chunks(self.padded).map(|line| &line[..self.steps])
    }

    /// Plans the chords of all beats, at home in C, from the melody's tokens, what is known and, where the network is
    /// trusted, the logits of what is not (lines x VOCABULARY x padded).
    pub fn plan(
        &self,
        progressions: &Progressions,
        mut logits: Option<Vec<f32>>,
        melody: &[i64],
        context: &GenerateContext<'_>,
    ) -> Vec<Chord> {
        let surprise = context.surprise.clamp(0.0, 1.0);
        if let Some(logits) = &mut logits {
            self.average_equal_bars(logits, 1.0 - surprise);
        }
        let silent = vec![[0.0; 12]; self.steps.div_ceil(4)];
        let mut evidence = Evidence { melody: silent.clone(), kept: silent.clone(), expected: silent };
        let class = |token: i64| ((token - FIRST_PITCH) % 12) as usize;
        let mut sung = None;
        for (step, &token) in melody.iter().enumerate().take(self.steps) {
            match token {
                HOLD => {}
                REST => sung = None,
                pitch => sung = Some(class(pitch)),
            }
            if let Some(class) = sung {
                evidence.melody[step / 4][class] += 0.25;
            }
        }
        for line in (0..self.specs.len()).filter(|&line| !self.is_drum[line]) {
            for step in 0..self.steps {
                let cell = line * self.padded + step;
                if self.known[cell] > 0.5 {
                    if self.tokens[cell] >= FIRST_PITCH {
                        evidence.kept[step / 4][class(self.tokens[cell])] += 1.0;
                    }
                    continue;
                }
                let Some(logits) = &logits else { continue };
                let logit = |token: i64| logits[(line * VOCABULARY as usize + token as usize) * self.padded + step];
                let most = (0..VOCABULARY).map(logit).fold(f32::NEG_INFINITY, f32::max);
                let all: f32 = (0..VOCABULARY).map(|token| (logit(token) - most).exp()).sum();
                for token in FIRST_PITCH..VOCABULARY {
                    evidence.expected[step / 4][class(token)] += (logit(token) - most).exp() / all;
                }
            }
        }
        progressions.plan(&evidence, self.drafting.trust, self.bars.length, &|beat, chord| {
            let bar = (beat * 4 / self.bars.length).min(self.bars.labels.len().saturating_sub(1));
            let in_bar = beat.saturating_sub((bar * self.bars.length).div_ceil(4));
            2.0 * surprise * Noise::new(context.seed ^ self.bars.labels[bar], PLANNING, chord, in_bar).gumbel(0)
        })
    }

    /// Draws all unknown cells from the logits (lines x VOCABULARY x padded), unmasks as many as the pass is to, and
    /// masks again what the next pass is to draw anew.
    pub fn unmask(&mut self, pass: usize, logits: &mut [f32], context: &GenerateContext<'_>) {
        let surprise = context.surprise.clamp(0.0, 1.0);
        self.average_equal_bars(logits, 1.0 - surprise);
        let temperature = self.drafting.temperature_at(pass, surprise);
        let strike_bias = 2.4 * (context.density.clamp(0.0, 1.0) - 0.5);
        let mut chances: Vec<(f32, usize)> = Vec::new();
        for index in 0..self.bars.labels.len() {
            let steps = self.steps_of(index);
            for step in steps.clone() {
                for line in 0..self.specs.len() {
                    let cell = line * self.padded + step;
                    if self.known[cell] > 0.5 {
                        continue;
                    }
                    let logit = |token: i64| logits[(line * VOCABULARY as usize + token as usize) * self.padded + step];
                    let noise = |key: u64| Noise::new(key, pass, line, step - steps.start);
                    let rhythm = noise(self.key(context.seed, index, line, surprise));
                    let pitch = if self.is_drum[line] { rhythm } else { noise(context.seed ^ self.bars.labels[index]) };
                    let sampling = self.samplings[line];
                    let is_bare = self.bare.get(index) == Some(&true);
                    let between_eighths = !(step - steps.start).is_multiple_of(2);
                    let biases = [
                        strike_bias + if between_eighths { sampling.sixteenths } else { 0.0 },
                        sampling.hold,
                        sampling.rest - if is_bare { BARE_REST } else { 0.0 },
                    ];
                    let temperature = temperature * sampling.boldness.exp2();
                    self.tokens[cell] = self.draw(line, step, &logit, temperature, biases, [rhythm, pitch]);
                    chances.push((rhythm.uniform(VOCABULARY), cell));
                }
            }
        }
        let passes = self.drafting.passes();
        match pass.checked_sub(passes) {
            None => self.unmask_some(pass, self.drafting.unmasking_passes, &mut chances),
            Some(extra) => self.unmask_some(extra, BARE_PASSES, &mut chances),
        }
        if pass + 1 >= self.drafting.unmasking_passes && pass + 1 < self.drafting.passes() {
            self.remask_some(pass, context.seed, surprise);
        }
    }

    /// Where the noise of a line comes from in a bar: equal bars get equal noise, so that A A B A stays A A B A; a
    /// steady line gets the same in all bars of a section, but where no surprise is wanted.
    fn key(&self, seed: u64, bar: usize, line: usize, surprise: f32) -> u64 {
        let label = self.bars.labels[bar];
        let own = seed ^ label;
        if uniform_of(own ^ (line as u64 + 1) << 56) < self.samplings[line].steadiness * (2.0 * surprise).min(1.0) {
            seed ^ self.bars.whole ^ (bar / SECTION) as u64
        } else {
            own
        }
    }

    fn steps_of(&self, bar: usize) -> Range<usize> {
        bar * self.bars.length..((bar + 1) * self.bars.length).min(self.steps)
    }

    /// Brings the logits of bars with the same melody towards their mean, all the way at a `share` of 1.
    fn average_equal_bars(&self, logits: &mut [f32], share: f32) {
        if share <= 0.0 {
            return;
        }
        for set in &self.bars.alike {
            for row in logits.chunks_mut(self.padded) {
                for within in 0..self.bars.length {
                    let mean =
                        set.iter().map(|bar| row[bar * self.bars.length + within]).sum::<f32>() / set.len() as f32;
                    for bar in set {
                        let own = &mut row[bar * self.bars.length + within];
                        *own += share * (mean - *own);
                    }
                }
            }
        }
    }

    /// One token for a cell.
    ///
    /// Whether it holds, rests or strikes is drawn as learned; boldness is for the pitches alone. Otherwise the
    /// likeliest of all, a hold, would win wherever little surprise is wanted.
    fn draw(
        &self,
        line: usize,
        step: usize,
        logit: &dyn Fn(i64) -> f32,
        temperature: f32,
        [strike_bias, hold_bias, rest_bias]: [f32; 3],
        [rhythm, chosen]: [Noise; 2],
    ) -> i64 {
        let spec = self.specs[line];
        let first = FIRST_PITCH + i64::from(spec.low) - i64::from(LOW);
        let mut highest = (first + i64::from(spec.high - spec.low)).min(VOCABULARY - 1);
        if let Some(ceiling) = self.ceiling[step].filter(|&ceiling| self.below[line] && ceiling >= first + HEADROOM) {
            highest = highest.min(ceiling);
        }
        let all = first.max(FIRST_PITCH)..=highest;
        let sounding = if self.repeats { None } else { self.sounding_before(line, step) };
        let pitches = all.filter(|&token| Some(token) != sounding);
        let most = pitches.clone().map(logit).fold(f32::NEG_INFINITY, f32::max);
        let struck = most + pitches.clone().map(|token| (logit(token) - most).exp()).sum::<f32>().ln();
        let mut best = (f32::NEG_INFINITY, REST);
        let hold = if step > 0 { logit(HOLD) + hold_bias } else { f32::NEG_INFINITY };
        for (token, value) in [(HOLD, hold), (REST, logit(REST) + rest_bias), (FIRST_PITCH, struck + strike_bias)] {
            let noisy = value + rhythm.gumbel(VOCABULARY + 1 + token);
            if noisy > best.0 {
                best = (noisy, token);
            }
        }
        if best.1 != FIRST_PITCH {
            return best.1;
        }
        best = (f32::NEG_INFINITY, FIRST_PITCH);
        // the noise of what is far below the likeliest could hardly lift it
        let hopeless = most - 12.0 * temperature;
        for token in pitches.filter(|&token| logit(token) >= hopeless) {
            let noisy = logit(token) + temperature * chosen.gumbel(token);
            if noisy > best.0 {
                best = (noisy, token);
            }
        }
        best.1
    }

    /// The pitch's token that a line holds into a step, as far as it is known.
    fn sounding_before(&self, line: usize, step: usize) -> Option<i64> {
        let cells = line * self.padded..line * self.padded + step;
        let last = cells.rev().find(|&cell| self.known[cell] < 0.5 || self.tokens[cell] != HOLD)?;
        (self.known[last] > 0.5).then_some(self.tokens[last])
    }

    /// Chance alone decides: the surest first would be holds, and a piece would hardly move.
    fn unmask_some(&mut self, pass: usize, passes: usize, chances: &mut [(f32, usize)]) {
        let unmasked = if pass + 1 >= passes {
            chances.len()
        } else {
            // few at first, when little is known, as MaskGIT's cosine has it
            let share = |pass: usize| (std::f32::consts::FRAC_PI_2 * pass as f32 / passes as f32).cos();
            let now = 1.0 - share(pass + 1) / share(pass).max(1e-6);
            ((chances.len() as f32 * now).ceil() as usize).min(chances.len())
        };
        chances.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        // bars of the same melody unmask the same cells together
        let tied = chances[unmasked..].iter().take_while(|next| unmasked > 0 && next.0 == chances[unmasked - 1].0);
        let unmasked = unmasked + tied.count();
        for &(_, cell) in &chances[..unmasked] {
            self.known[cell] = 1.0;
        }
    }

    fn remask_some(&mut self, pass: usize, seed: u64, surprise: f32) {
        let share = self.drafting.remasked_share(pass);
        for bar in 0..self.bars.labels.len() {
            let steps = self.steps_of(bar);
            for beat in steps.clone().step_by(4) {
                for line in 0..self.specs.len() {
                    let noise = Noise::new(!self.key(seed, bar, line, surprise), pass, line, beat - steps.start);
                    if noise.uniform(0) >= share {
                        continue;
                    }
                    for cell in line * self.padded + beat..line * self.padded + (beat + 4).min(steps.end) {
                        if !self.kept[cell] {
                            self.known[cell] = 0.0;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
