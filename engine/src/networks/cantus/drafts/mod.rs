//! Revising a draft: which of the proposed cells are settled in which pass, and with which luck.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::LineSpec;
use super::chords::{Chord, Heard, Progressions};
use super::tokens::{FIRST_PITCH, HOLD, LOW, LineStep, REST, VOCABULARY};
use crate::GenerateContext;
use crate::random::{gumbel_of, hashed};

/// How drafts are drawn and revised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Drafting {
    /// Passes in which cells are settled.
    pub settling: usize,
    /// Passes after them that reconsider some beats among all others: what is drawn at once cannot agree with itself.
    pub revising: usize,
    /// Share of beats reconsidered in the first revising pass.
    pub first_share: f32,
    /// The same in the last.
    pub last_share: f32,
    /// Temperature of pitches at a surprise of 0.5, while settling.
    pub warmth: f32,
    /// The same while revising.
    pub revising_warmth: f32,
    /// Whether the network is told a plan of chords, where it knows how.
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
    /// For voices that always sing: their pitches gain by being reconsidered.
    pub const SINGING: Self = Self {
        settling: 12,
        revising: 8,
        first_share: 0.4,
        last_share: 0.1,
        warmth: 0.6,
        revising_warmth: 0.5,
        planned: true,
        trust: 0.3,
    };
    /// For bands and orchestras, whose parts rest: reconsidered among cautious others they would fall silent one after
    /// another.
    pub const PLAYING: Self = Self {
        settling: 12,
        revising: 0,
        first_share: 0.4,
        last_share: 0.1,
        warmth: 1.0,
        revising_warmth: 1.0,
        planned: true,
        trust: 0.3,
    };

    /// How many ways a training tries when it is over; which of them serves best differs from style to style.
    pub const TRIED: usize = Self::WAYS.len() * Self::PLANS.len();

    /// One of them.
    pub const fn tried(number: usize) -> Self {
        let (planned, trust) = Self::PLANS[number % Self::PLANS.len()];
        Self { planned, trust, ..Self::WAYS[number / Self::PLANS.len()] }
    }

    /// Plans of chords that are tried: whether there is one, and how far it trusts the network.
    const PLANS: [(bool, f32); 4] = [(true, 0.3), (true, 1.0), (true, 0.0), (false, 0.0)];

    const WAYS: [Self; 7] = [
        Self::SINGING,
        Self::PLAYING,
        Self { settling: 16, ..Self::SINGING },
        Self { warmth: 0.8, revising_warmth: 0.8, ..Self::SINGING },
        Self { revising: 6, warmth: 0.9, revising_warmth: 0.7, first_share: 0.3, ..Self::SINGING },
        Self { settling: 14, revising: 10, warmth: 1.0, revising_warmth: 0.9, ..Self::SINGING },
        Self { settling: 16, warmth: 0.7, ..Self::PLAYING },
    ];

    /// Whether a model may ask for it.
    pub fn is_sane(&self) -> bool {
        let shares = [self.first_share, self.last_share];
        let warmths = [self.warmth, self.revising_warmth];
        (1..=100).contains(&self.settling)
            && self.revising <= 100
            && (0.0..=1.0).contains(&self.trust)
            && shares.iter().all(|share| (0.0..=1.0).contains(share))
            && warmths.iter().all(|warmth| (0.0..=2.0).contains(warmth))
    }

    /// Passes in all.
    pub const fn passes(&self) -> usize {
        self.settling + self.revising
    }

    /// The temperature of pitches in a pass: a quarter of its warmth without surprise, a little above 1 with all of it.
    fn temperature(&self, pass: usize, surprise: f32) -> f32 {
        let warmth = if pass < self.settling { self.warmth } else { self.revising_warmth };
        if surprise <= 0.5 {
            warmth * (0.25 + 1.5 * surprise)
        } else {
            warmth + (warmth.max(1.1) - warmth) * (2.0 * surprise - 1.0)
        }
    }

    /// Share of the beats reconsidered after a revising pass, or the last settling one.
    fn share(&self, pass: usize) -> f32 {
        let done = (pass + 1 - self.settling) as f32 / self.revising.max(1) as f32;
        self.first_share + (self.last_share - self.first_share) * done
    }
}

/// How one part is drawn, so that it rests, holds and comes back as often as in its training pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manner {
    /// Added to the logits of rests.
    pub rest: f32,
    /// Added to the logits of what is held.
    pub hold: f32,
    /// Share of the bars in which its rhythm has the luck that it has in the others, a kit's with its keys.
    pub steadiness: f32,
    /// Added to the logits of what it strikes on the sixteenths between eighths.
    #[serde(skip_serializing_if = "is_zero")]
    pub sixteenths: f32,
    /// How often the temperature of its pitches is doubled.
    #[serde(skip_serializing_if = "is_zero")]
    pub boldness: f32,
}

/// What a manner written before there was such a trait has.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(value: &f32) -> bool {
    *value == 0.0
}

impl Manner {
    /// Whether a model may ask for it.
    pub fn is_sane(&self) -> bool {
        let biases = [self.rest, self.hold, self.sixteenths];
        biases.iter().all(|bias| (-8.0..=8.0).contains(bias))
            && (0.0..=1.0).contains(&self.steadiness)
            && (-4.0..=4.0).contains(&self.boldness)
    }
}

/// The bars of a melody: which are the same.
#[derive(Debug)]
pub struct Bars {
    /// Steps in each.
    length: usize,
    /// A number for each bar, shared by bars of the same notes.
    labels: Vec<u64>,
    /// The bars of each set that is to be answered alike.
    alike: Vec<Vec<usize>>,
    /// A number for the melody as a whole.
    whole: u64,
}

impl Bars {
    /// The bars of a line, as it would be in its own key less `shift`. Bars in which nothing begins are answered
    /// freely, and the last one, which has an ending to find.
    pub fn new(line: &[LineStep], steps_per_bar: usize, shift: i32) -> Self {
        let length = steps_per_bar.max(1);
        let mut labels = bar_labels(line, length, shift);
        if let Some(last) = labels.last_mut() {
            *last = !*last;
        }
        let mut hasher = DefaultHasher::new();
        labels.hash(&mut hasher);
        let mut sets: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (index, bar) in line.chunks_exact(length).enumerate() {
            if bar.iter().any(|step| step.struck) {
                sets.entry(labels[index]).or_default().push(index);
            }
        }
        Self { whole: hasher.finish(), length, labels, alike: sets.into_values().filter(|set| set.len() > 1).collect() }
    }
}

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
    manners: Vec<Manner>,
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
/// The pass that the luck of the plan is drawn in, beyond all others.
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
            manners: vec![Manner::default(); specs.len()],
            bare: Vec::new(),
            below: vec![false; specs.len()],
            ceiling: vec![None; steps],
        }
    }

    /// Has each line drawn in its manner; those of a kit have the luck of their keys with that of their rhythm.
    pub fn mind(&mut self, manners: Vec<Manner>, is_drum: Vec<bool>) {
        (self.manners, self.is_drum) = (manners, is_drum);
    }

    /// Forgets what the pitched lines do in bars in which the melody sounds alone, to be written again in
    /// [`BARE_PASSES`] more passes. Returns whether there are any.
    pub fn forget_bare_bars(&mut self, melody: &[LineStep]) -> bool {
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
    pub fn stay_below(&mut self, below: Vec<bool>, melody: &[LineStep], shift: i32) {
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
            self.answer_alike(logits, 1.0 - surprise);
        }
        let silent = vec![[0.0; 12]; self.steps.div_ceil(4)];
        let mut heard = Heard { melody: silent.clone(), kept: silent.clone(), expected: silent };
        let class = |token: i64| ((token - FIRST_PITCH) % 12) as usize;
        let mut sung = None;
        for (step, &token) in melody.iter().enumerate().take(self.steps) {
            match token {
                HOLD => {}
                REST => sung = None,
                pitch => sung = Some(class(pitch)),
            }
            if let Some(class) = sung {
                heard.melody[step / 4][class] += 0.25;
            }
        }
        for line in (0..self.specs.len()).filter(|&line| !self.is_drum[line]) {
            for step in 0..self.steps {
                let cell = line * self.padded + step;
                if self.known[cell] > 0.5 {
                    if self.tokens[cell] >= FIRST_PITCH {
                        heard.kept[step / 4][class(self.tokens[cell])] += 1.0;
                    }
                    continue;
                }
                let Some(logits) = &logits else { continue };
                let logit = |token: i64| logits[(line * VOCABULARY as usize + token as usize) * self.padded + step];
                let most = (0..VOCABULARY).map(logit).fold(f32::NEG_INFINITY, f32::max);
                let all: f32 = (0..VOCABULARY).map(|token| (logit(token) - most).exp()).sum();
                for token in FIRST_PITCH..VOCABULARY {
                    heard.expected[step / 4][class(token)] += (logit(token) - most).exp() / all;
                }
            }
        }
        progressions.plan(&heard, self.drafting.trust, self.bars.length, &|beat, chord| {
            let bar = (beat * 4 / self.bars.length).min(self.bars.labels.len().saturating_sub(1));
            let in_bar = beat.saturating_sub((bar * self.bars.length).div_ceil(4));
            2.0 * surprise * Luck::new(context.seed ^ self.bars.labels[bar], PLANNING, chord, in_bar).gumbel(0)
        })
    }

    /// Draws all unknown cells from the logits (lines x VOCABULARY x padded), settles as many as the pass is to, and
    /// forgets what the next pass is to reconsider.
    pub fn settle(&mut self, pass: usize, logits: &mut [f32], context: &GenerateContext<'_>) {
        let surprise = context.surprise.clamp(0.0, 1.0);
        self.answer_alike(logits, 1.0 - surprise);
        let temperature = self.drafting.temperature(pass, surprise);
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
                    let luck = |key: u64| Luck::new(key, pass, line, step - steps.start);
                    let rhythm = luck(self.key(context.seed, index, line, surprise));
                    let pitch = if self.is_drum[line] { rhythm } else { luck(context.seed ^ self.bars.labels[index]) };
                    let manner = self.manners[line];
                    let is_bare = self.bare.get(index) == Some(&true);
                    let between_eighths = !(step - steps.start).is_multiple_of(2);
                    let biases = [
                        strike_bias + if between_eighths { manner.sixteenths } else { 0.0 },
                        manner.hold,
                        manner.rest - if is_bare { BARE_REST } else { 0.0 },
                    ];
                    let temperature = temperature * manner.boldness.exp2();
                    self.tokens[cell] = self.draw(line, step, &logit, temperature, biases, [rhythm, pitch]);
                    chances.push((rhythm.even(VOCABULARY), cell));
                }
            }
        }
        let passes = self.drafting.passes();
        match pass.checked_sub(passes) {
            None => self.settle_some(pass, self.drafting.settling, &mut chances),
            Some(extra) => self.settle_some(extra, BARE_PASSES, &mut chances),
        }
        if pass + 1 >= self.drafting.settling && pass + 1 < self.drafting.passes() {
            self.forget_some(pass, context.seed, surprise);
        }
    }

    /// Where the luck of a line comes from in a bar: equal bars get equal luck, so that A A B A stays A A B A; a steady
    /// line gets the same in all bars of a section, but where no surprise is wanted.
    fn key(&self, seed: u64, bar: usize, line: usize, surprise: f32) -> u64 {
        let label = self.bars.labels[bar];
        let own = seed ^ label;
        if hashed(own ^ (line as u64 + 1) << 56) < self.manners[line].steadiness * (2.0 * surprise).min(1.0) {
            seed ^ self.bars.whole ^ (bar / SECTION) as u64
        } else {
            own
        }
    }

    fn steps_of(&self, bar: usize) -> Range<usize> {
        bar * self.bars.length..((bar + 1) * self.bars.length).min(self.steps)
    }

    /// Brings the logits of bars with the same melody towards their mean, all the way at a `share` of 1.
    fn answer_alike(&self, logits: &mut [f32], share: f32) {
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
        [rhythm, chosen]: [Luck; 2],
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
            let lucky = value + rhythm.gumbel(VOCABULARY + 1 + token);
            if lucky > best.0 {
                best = (lucky, token);
            }
        }
        if best.1 != FIRST_PITCH {
            return best.1;
        }
        best = (f32::NEG_INFINITY, FIRST_PITCH);
        // the luck of what is far below the likeliest could hardly lift it
        let hopeless = most - 12.0 * temperature;
        for token in pitches.filter(|&token| logit(token) >= hopeless) {
            let lucky = logit(token) + temperature * chosen.gumbel(token);
            if lucky > best.0 {
                best = (lucky, token);
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
    fn settle_some(&mut self, pass: usize, settling: usize, chances: &mut [(f32, usize)]) {
        let settled = if pass + 1 >= settling {
            chances.len()
        } else {
            // few at first, when little is known, as MaskGIT's cosine has it
            let share = |pass: usize| (std::f32::consts::FRAC_PI_2 * pass as f32 / settling as f32).cos();
            let now = 1.0 - share(pass + 1) / share(pass).max(1e-6);
            ((chances.len() as f32 * now).ceil() as usize).min(chances.len())
        };
        chances.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        // bars of the same melody settle the same cells together
        let tied = chances[settled..].iter().take_while(|next| settled > 0 && next.0 == chances[settled - 1].0);
        let settled = settled + tied.count();
        for &(_, cell) in &chances[..settled] {
            self.known[cell] = 1.0;
        }
    }

    fn forget_some(&mut self, pass: usize, seed: u64, surprise: f32) {
        let share = self.drafting.share(pass);
        for bar in 0..self.bars.labels.len() {
            let steps = self.steps_of(bar);
            for beat in steps.clone().step_by(4) {
                for line in 0..self.specs.len() {
                    let luck = Luck::new(!self.key(seed, bar, line, surprise), pass, line, beat - steps.start);
                    if luck.even(0) >= share {
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

/// The luck of one cell of a bar in one pass, the same whatever was drawn before it.
#[derive(Clone, Copy)]
struct Luck(u64);

impl Luck {
    fn new(bar: u64, pass: usize, line: usize, step: usize) -> Self {
        let place = (pass as u64) << 48 | (line as u64) << 32 | (step as u64) << 8;
        Self(bar.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ place)
    }

    fn even(self, number: i64) -> f32 {
        hashed(self.0 ^ number as u64)
    }

    fn gumbel(self, number: i64) -> f32 {
        gumbel_of(self.even(number))
    }
}

/// A number for each bar of a melody that bars of the same notes share, whatever the key they were moved from.
fn bar_labels(line: &[LineStep], steps_per_bar: usize, shift: i32) -> Vec<u64> {
    line.chunks(steps_per_bar.max(1))
        .map(|bar| {
            let mut hasher = DefaultHasher::new(); // always the same keys
            for step in bar {
                (step.pitch.map(|pitch| i32::from(pitch) + shift), step.struck).hash(&mut hasher);
            }
            hasher.finish()
        })
        .collect()
}

#[cfg(test)]
mod tests;
