//! Revising a draft: which of the proposed cells are settled in which pass, and with which luck.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tch::{Device, Tensor};

use super::LineSpec;
use super::tokens::{FIRST_PITCH, HOLD, LOW, LineStep, REST, VOCABULARY};
use crate::gan::GenerateContext;
use crate::gan::random::{Purpose, Source};

/// Passes in which cells are settled.
const SETTLING: usize = 20;
/// Passes after them that reconsider some beats among all others.
const REVISING: usize = 20;
/// Passes in all.
pub const PASSES: usize = SETTLING + REVISING;
/// Share of beats reconsidered in the first revising pass and in the last: what is drawn at once cannot agree with itself.
const REVISED_SHARES: (f32, f32) = (0.5, 0.1);

/// The lines as far as they are written.
#[derive(Debug)]
pub struct Draft<'a> {
    specs: &'a [LineSpec],
    /// Whether lines may strike what sounds already.
    repeats: bool,
    steps: usize,
    padded: usize,
    tokens: Vec<i64>,
    known: Vec<f32>,
}

impl<'a> Draft<'a> {
    /// Nothing written yet; silence beyond `steps` up to `padded`.
    pub fn new(specs: &'a [LineSpec], repeats: bool, steps: usize, padded: usize) -> Self {
        let mut known = vec![0.0; specs.len() * padded];
        for line in known.chunks_mut(padded) {
            line[steps..].fill(1.0);
        }
        Self {
            specs,
            repeats,
            steps,
            padded,
            tokens: vec![REST; specs.len() * padded],
            known,
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

    /// Draws all unknown cells from the logits (lines x VOCABULARY x padded), settles as many as the pass is to, and forgets
    /// what the next pass is to reconsider.
    pub fn settle(&mut self, pass: usize, logits: &[f32], labels: &[u64], context: &GenerateContext<'_>) {
        let surprise = context.surprise.clamp(0.0, 1.0);
        let boldness = if pass < SETTLING { 1.0 } else { 0.5 };
        let temperature = boldness * (0.1 + 0.3 * surprise + 0.6 * surprise * surprise);
        let hold_bias = 4.0 * (0.5 - context.density.clamp(0.0, 1.0));
        let bar = context.steps_per_bar.max(1);
        let mut chances: Vec<(f32, usize)> = Vec::new();
        for (index, &label) in labels.iter().enumerate() {
            // equal bars get equal luck, so that A A B A stays A A B A
            let mut luck = Source::new(context.seed, Purpose::Composing, label ^ pass as u64);
            for step in index * bar..((index + 1) * bar).min(self.steps) {
                for line in 0..self.specs.len() {
                    let cell = line * self.padded + step;
                    if self.known[cell] > 0.5 {
                        continue;
                    }
                    let logit = |token: i64| logits[(line * VOCABULARY as usize + token as usize) * self.padded + step];
                    self.tokens[cell] = self.draw(line, step, &logit, temperature, hold_bias, &mut luck);
                    chances.push((luck.uniform(), cell));
                }
            }
        }
        self.settle_some(pass, &mut chances);
        if pass + 1 >= SETTLING && pass + 1 < PASSES {
            self.forget_some(pass, labels, bar, context.seed);
        }
    }

    /// One token for a cell.
    ///
    /// Whether it holds, rests or strikes is drawn as learned; boldness is for the pitches alone. Otherwise the likeliest of
    /// all, a hold, would win wherever little surprise is wanted.
    fn draw(&self, line: usize, step: usize, logit: &dyn Fn(i64) -> f32, temperature: f32, hold_bias: f32, luck: &mut Source) -> i64 {
        let spec = self.specs[line];
        let first = FIRST_PITCH + i64::from(spec.low) - i64::from(LOW);
        let all = first.max(FIRST_PITCH)..=(first + i64::from(spec.high - spec.low)).min(VOCABULARY - 1);
        let sounding = if self.repeats { None } else { self.sounding_before(line, step) };
        let pitches = all.filter(|&token| Some(token) != sounding);
        let most = pitches.clone().map(logit).fold(f32::NEG_INFINITY, f32::max);
        let struck = most + pitches.clone().map(|token| (logit(token) - most).exp()).sum::<f32>().ln();
        let mut best = (f32::NEG_INFINITY, REST);
        let hold = if step > 0 { logit(HOLD) + hold_bias } else { f32::NEG_INFINITY };
        for (token, value) in [(HOLD, hold), (REST, logit(REST)), (FIRST_PITCH, struck)] {
            let lucky = value + luck.gumbel();
            if lucky > best.0 {
                best = (lucky, token);
            }
        }
        if best.1 != FIRST_PITCH {
            return best.1;
        }
        best = (f32::NEG_INFINITY, FIRST_PITCH);
        for token in pitches {
            let lucky = logit(token) + temperature * luck.gumbel();
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
    fn settle_some(&mut self, pass: usize, chances: &mut [(f32, usize)]) {
        let settled = if pass + 1 >= SETTLING {
            chances.len()
        } else {
            // few at first, when little is known, as MaskGIT's cosine has it
            let share = |pass: usize| (std::f32::consts::FRAC_PI_2 * pass as f32 / SETTLING as f32).cos();
            let now = 1.0 - share(pass + 1) / share(pass).max(1e-6);
            ((chances.len() as f32 * now).ceil() as usize).min(chances.len())
        };
        chances.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for &(_, cell) in &chances[..settled] {
            self.known[cell] = 1.0;
        }
    }

    fn forget_some(&mut self, pass: usize, labels: &[u64], bar: usize, seed: u64) {
        let (first, last) = REVISED_SHARES;
        let share = first + (last - first) * (pass + 1 - SETTLING) as f32 / REVISING as f32;
        for (index, &label) in labels.iter().enumerate() {
            let mut luck = Source::new(seed, Purpose::Composing, !label ^ pass as u64);
            for beat in (index * bar..((index + 1) * bar).min(self.steps)).step_by(4) {
                let end = (beat + 4).min((index + 1) * bar).min(self.steps);
                for line in 0..self.specs.len() {
                    if luck.uniform() < share {
                        self.known[line * self.padded + beat..line * self.padded + end].fill(0.0);
                    }
                }
            }
        }
    }
}

/// A number for each bar of a melody that bars of the same notes share, whatever the key they were moved from.
pub fn bar_labels(line: &[LineStep], steps_per_bar: usize, shift: i32) -> Vec<u64> {
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
mod tests {
    use super::*;
    use crate::gan::cantus::tokens::lines_from_grid;
    use crate::gan::network::tests::tune;

    const SPECS: [LineSpec; 2] = [
        LineSpec {
            part: 0,
            low: 50,
            high: 60,
        },
        LineSpec {
            part: 1,
            low: 30,
            high: 40,
        },
    ];

    #[test]
    fn all_is_settled_in_the_end_and_little_at_first() {
        let (steps, padded) = (30, 32);
        let mut draft = Draft::new(&SPECS, true, steps, padded);
        let logits = vec![0.0; 2 * VOCABULARY as usize * padded];
        let context = GenerateContext::new(1);
        let mut unknown = Vec::new();
        for pass in 0..PASSES {
            draft.settle(pass, &logits, &[1, 2], &context);
            unknown.push(draft.known.iter().filter(|known| **known < 0.5).count());
        }
        assert!(unknown[0] > 55 && unknown[8] > unknown[12], "{unknown:?}");
        assert_eq!(unknown[PASSES - 1], 0, "{unknown:?}");
        assert!(draft.lines().all(|line| line.len() == steps));
    }

    #[test]
    fn the_likeliest_is_drawn_where_no_surprise_is_wanted() {
        let mut draft = Draft::new(&SPECS[..1], true, 4, 4);
        let mut logits = vec![0.0; VOCABULARY as usize * 4];
        let favourite = FIRST_PITCH + 55 - i64::from(LOW);
        for step in 0..4 {
            logits[favourite as usize * 4 + step] = 8.0;
            logits[(favourite as usize + 30) * 4 + step] = 99.0; // out of the line's range
        }
        let context = GenerateContext {
            surprise: 0.0,
            ..GenerateContext::new(3)
        };
        for pass in 0..PASSES {
            draft.settle(pass, &logits, &[0], &context);
        }
        assert_eq!(draft.lines().next().unwrap(), [favourite; 4]);
    }

    #[test]
    fn bars_of_the_same_notes_share_a_label() {
        let line = lines_from_grid(&tune(16 * 14), 1, true).remove(0);
        let labels = bar_labels(&line, 14 * 4, 0);
        assert_eq!(labels.len(), 4);
        assert!(labels.iter().all(|label| *label == labels[0]));
        let labels = bar_labels(&line, 16, 0);
        assert_ne!(labels[0], labels[1]);
    }
}
