//! Playing: strokes bar by bar, then hands for all bars at once.

use super::bars::{Bar, LIMBS, late_of, velocity_of};
use super::{Asked, Drummer, DrummerSettings};
use crate::error::Error;
use crate::networks::autoregressive::writing::numbers;
use crate::random::{Source, index_at};
use cantus::music::kit::Stroke;

/// How boldly strokes, velocities and places are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Temperatures {
    /// Of strokes.
    pub strokes: f32,
    /// Of velocities and places.
    pub hands: f32,
}

/// How often a stroke is as loud and as late as the same one of another bar: hands that come back to a groove.
const AS_THE_OTHERS: f32 = 0.7;

/// The index in whose share of the probability a number from 0 to 1 falls.
fn draw(logits: &[f32], temperature: f32, share: f32) -> usize {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = logits.iter().map(|logit| ((logit - most) / temperature).exp()).collect();
    index_at(share, &weights)
}

impl Drummer {
    /// A bar of so many steps; nobody has played it yet.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn write_bar(
        &self,
        asked: &Asked<'_>,
        steps: usize,
        temperature: f32,
        source: &mut Source,
    ) -> Result<Bar, Error> {
        tch::no_grad(|| {
            let mut bar = Bar::silent(steps);
            let mut memory = self.memory.first(1);
            let mut columns = Vec::new();
            for step in 0..steps {
                columns.clear();
                let last = step.checked_sub(1).map(|last| bar.kinds[last]);
                Self::step_columns(asked, step, steps, last.as_ref(), &mut columns);
                memory = self.memory.step(&self.columns.forward(&columns, &[1]).apply(&self.norm), &memory);
                for limb in 0..LIMBS {
                    let known: Vec<i64> =
                        bar.kinds[step][..limb].iter().map(|kind| i64::from(*kind)).chain([0]).collect();
                    let logits = numbers(&self.limb_logits(&memory, limb, &known))?;
                    let logits = &logits[..Self::kinds_of(limb) as usize];
                    bar.kinds[step][limb] = draw(logits, temperature, source.uniform()) as u8;
                }
            }
            Ok(bar)
        })
    }

    /// Plays bars, all of one length: gives each stroke a velocity and a place.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn play(
        &self,
        bars: &mut [Bar],
        settings: &DrummerSettings,
        temperature: f32,
        source: &mut Source,
    ) -> Result<(), Error> {
        let (Some(steps), false) = (bars.first().map(Bar::steps), settings.players.is_empty()) else { return Ok(()) };
        let players = settings.balanced();
        let player = players[source.below(players.len())];
        tch::no_grad(|| {
            let rows = bars.len() as i64;
            let mut memory = self.hands_memory.first(rows);
            let mut columns = Vec::new();
            for step in 0..steps {
                columns.clear();
                for bar in bars.iter() {
                    Self::hand_columns(settings.hands, player, bar, step, &mut columns);
                }
                let x = self.hands.forward(&columns, &[rows]).apply(&self.hands_norm);
                memory = self.hands_memory.step(&x, &memory);
                let (velocity, place) = self.hand_logits(&memory);
                let (velocity, place) = (numbers(&velocity)?, numbers(&place)?);
                let per = |all: &[f32]| all.len() / (bars.len() * LIMBS);
                let (levels, places) = (per(&velocity), per(&place));
                let usual: [[f32; 2]; LIMBS] = std::array::from_fn(|_| [source.uniform(), source.uniform()]);
                for (row, bar) in bars.iter_mut().enumerate() {
                    for limb in (0..LIMBS).filter(|limb| bar.kinds[step][*limb] > 0).collect::<Vec<_>>() {
                        let at = row * LIMBS + limb;
                        let [loud, late] = usual[limb]
                            .map(|usual| if source.uniform() < AS_THE_OTHERS { usual } else { source.uniform() });
                        let velocity = &velocity[at * levels..(at + 1) * levels];
                        bar.velocity[step][limb] = draw(velocity, temperature, loud) as u8;
                        bar.place[step][limb] = draw(&place[at * places..(at + 1) * places], temperature, late) as u8;
                    }
                }
            }
            Ok(())
        })
    }
}

/// Bars that follow each other as strokes.
pub fn strokes_of(bars: &[Bar], source: &mut Source) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    let mut start = 0;
    for bar in bars {
        for step in 0..bar.steps() {
            for limb in 0..LIMBS {
                let Some(sound) = bar.sound(step, limb) else { continue };
                strokes.push(Stroke {
                    step: (start + step) as u32,
                    sound,
                    velocity: velocity_of(bar.velocity[step][limb], source.uniform()),
                    late: late_of(bar.place[step][limb], source.uniform()),
                });
            }
        }
        start += bar.steps();
    }
    strokes
}
