//! Bars of a kit as numbers: for each sixteenth and limb what is struck, how hard and how late.

use cantus::music::kit::{self, Limb, Sound, Stroke};

/// Limbs of a drummer.
pub const LIMBS: usize = Limb::ALL.len();
/// The longest bar, in sixteenths.
pub const MOST_STEPS: usize = 32;
/// What a limb may do in a step, at most: rest, or one of its sounds.
pub const KINDS: i64 = 5;
/// Levels of velocity.
pub const VELOCITIES: i64 = 10;
const VELOCITY_WIDTH: f32 = 127.0 / VELOCITIES as f32;
/// Places around a sixteenth, early to late.
pub const PLACES: i64 = 11;
const PLACE_WIDTH: f32 = 8.0;

/// What a limb does in a step: 0 rests, else 1 + the kind of its sound.
pub type Kinds = [u8; LIMBS];

/// A bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// What is struck at each step.
    pub kinds: Vec<Kinds>,
    /// The level of velocity of each stroke; 0 where there is none.
    pub velocity: Vec<Kinds>,
    /// The place of each stroke around its sixteenth.
    pub place: Vec<Kinds>,
}

/// The level of a velocity.
pub fn level(velocity: u8) -> u8 {
    ((f32::from(velocity.max(1)) - 1.0) / VELOCITY_WIDTH).min(VELOCITIES as f32 - 1.0) as u8
}

/// A velocity of a level; `within` goes from 0 to 1.
pub fn velocity_of(level: u8, within: f32) -> u8 {
    (1.0 + (f32::from(level) + within) * VELOCITY_WIDTH).clamp(1.0, 127.0) as u8
}

/// The place of a stroke so many hundredths of a sixteenth late.
pub fn place_of(late: i8) -> u8 {
    let middle = (PLACES / 2) as f32;
    (f32::from(late) / PLACE_WIDTH + middle).round().clamp(0.0, PLACES as f32 - 1.0) as u8
}

/// How late a stroke in that place is; `within` goes from 0 to 1.
pub fn late_of(place: u8, within: f32) -> i8 {
    ((f32::from(place) - (PLACES / 2) as f32 + within - 0.5) * PLACE_WIDTH).round().clamp(-50.0, 50.0) as i8
}

impl Bar {
    /// A silent one.
    pub fn silent(steps: usize) -> Self {
        let nothing = vec![[0; LIMBS]; steps];
        Self { kinds: nothing.clone(), velocity: nothing.clone(), place: nothing }
    }

    /// Of strokes whose steps are counted from its beginning.
    pub fn of(strokes: &[Stroke], steps: usize) -> Self {
        let mut bar = Self::silent(steps);
        for stroke in strokes.iter().filter(|stroke| (stroke.step as usize) < steps) {
            let (step, limb) = (stroke.step as usize, stroke.sound.limb as usize);
            bar.kinds[step][limb] = stroke.sound.kind + 1;
            bar.velocity[step][limb] = level(stroke.velocity);
            bar.place[step][limb] = place_of(stroke.late);
        }
        bar
    }

    /// Its length in steps.
    pub const fn steps(&self) -> usize {
        self.kinds.len()
    }

    /// Whether nothing is struck.
    pub fn is_silent(&self) -> bool {
        self.kinds.iter().flatten().all(|kind| *kind == 0)
    }

    /// What a limb strikes at a step.
    pub fn sound(&self, step: usize, limb: usize) -> Option<Sound> {
        let kind = self.kinds[step][limb].checked_sub(1)?;
        Some(Sound { limb: Limb::ALL[limb], kind })
    }

    /// Whether it begins with a crash.
    pub fn begins_with_crash(&self) -> bool {
        self.kinds.first().is_some_and(|kinds| kinds[Limb::Crash as usize] > 0)
    }

    /// Strokes of snare and toms in its second half, ghosts apart; and of toms in all of it.
    fn turning(&self) -> (u32, u32) {
        let count = |step: usize, limb: Limb| {
            u32::from(self.kinds[step][limb as usize] > 0 && self.velocity[step][limb as usize] > level(35))
        };
        let late = (self.steps() / 2..self.steps()).map(|step| count(step, Limb::Snare) + count(step, Limb::Toms));
        (late.sum(), (0..self.steps()).map(|step| count(step, Limb::Toms)).sum())
    }

    /// Strokes at the same place and of the same sound / strokes in either (Jaccard); 1 for two silent bars.
    pub fn likeness(&self, other: &Self) -> f32 {
        let (mut both, mut either) = (0, 0);
        for step in 0..self.steps().max(other.steps()) {
            for limb in 0..LIMBS {
                let of = |bar: &Self| bar.kinds.get(step).map_or(0, |kinds| kinds[limb]);
                let (a, b) = (of(self), of(other));
                both += usize::from(a > 0 && a == b);
                either += if a == b { usize::from(a > 0) } else { usize::from(a > 0) + usize::from(b > 0) };
            }
        }
        if either == 0 { 1.0 } else { both as f32 / either as f32 }
    }
}

/// Which bars are fills: see [`kit::fills`].
pub fn fills(bars: &[Bar]) -> Vec<bool> {
    kit::fills(&bars.iter().map(Bar::turning).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_come_back_from_their_numbers() {
        for velocity in 1..=127 {
            assert!(velocity_of(level(velocity), 0.5).abs_diff(velocity) <= 7, "{velocity}");
        }
        for late in -40..=40 {
            assert!(late_of(place_of(late), 0.5).abs_diff(late) <= 4, "{late}");
        }
    }

    #[test]
    fn fills_and_likeness() {
        let stroke = |step: u32, key: u8| Stroke { step, sound: Sound::of_key(key).unwrap(), velocity: 90, late: 0 };
        let plain = Bar::of(&[stroke(0, 36), stroke(4, 38), stroke(12, 38)], 16);
        let fill = Bar::of(&[stroke(0, 36), stroke(4, 38), stroke(12, 38), stroke(13, 45), stroke(14, 43)], 16);
        assert_eq!(fills(&[plain.clone(), plain.clone(), fill.clone()]), [false, false, true]);
        assert_eq!(plain.likeness(&fill), 0.6);
        assert_eq!(plain.likeness(&plain), 1.0);
        assert!(Bar::silent(16).is_silent() && !fill.is_silent());
    }
}
