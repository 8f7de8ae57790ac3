//! A kit bar by bar: strokes by what is struck, fills, and how alike bars are.

use crate::corpus::{Planes, bits};
use crate::music::kit;

/// Kinds of stroke that are told apart.
const KINDS: usize = 8;
const KICK: usize = 0;
const SNARE: usize = 1;
const CRASH: usize = 6;
const TOM: usize = 7;

/// The kind of stroke of a General MIDI key: kick, snare, side stick and clap, closed and open hat, ride, crash, tom.
fn kind(key: usize) -> Option<usize> {
    Some(match key {
        35 | 36 => KICK,
        38 | 40 => SNARE,
        37 | 39 => 2,
        42 | 44 => 3,
        46 => 4,
        51 | 53 | 59 => 5,
        49 | 52 | 55 | 57 => CRASH,
        41 | 43 | 45 | 47 | 48 | 50 => TOM,
        _ => return None,
    })
}

/// The places struck in a bar, by kind of stroke; bit `n` is its step `n`. The grid has no velocities, so that each
/// stroke counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KitBar([u128; KINDS]);

impl KitBar {
    /// Whether the kick is struck at a step of the bar.
    pub fn has_kick(&self, step: usize) -> bool {
        self.0[KICK] >> step & 1 == 1
    }

    /// Whether a snare (or side stick, or clap) is struck at a step of the bar.
    pub fn has_snare(&self, step: usize) -> bool {
        (self.0[SNARE] | self.0[SNARE + 1]) >> step & 1 == 1
    }

    /// Whether a crash cymbal is struck on its first step.
    pub fn begins_with_crash(&self) -> bool {
        self.0[CRASH] & 1 == 1
    }

    /// Whether nothing is struck.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Strokes at the same place and of the same kind / strokes in either (Jaccard); 1 for two silent bars.
    pub fn likeness(&self, other: &Self) -> f64 {
        let count = |of: fn(u128, u128) -> u128| -> u32 {
            self.0.iter().zip(&other.0).map(|(a, b)| of(*a, *b).count_ones()).sum()
        };
        let either = count(|a, b| a | b);
        if either == 0 { 1.0 } else { f64::from(count(|a, b| a & b)) / f64::from(either) }
    }

    /// Strokes of snare and toms in the second half of the bar, and of toms in all of it.
    fn turning(&self, steps_per_bar: usize) -> (u32, u32) {
        let late = !0 << (steps_per_bar / 2);
        (((self.0[SNARE] | self.0[TOM]) & late).count_ones(), self.0[TOM].count_ones())
    }
}

/// The whole bars of a kit.
pub fn kit_bars(kit: &Planes, steps_per_bar: usize) -> Vec<KitBar> {
    let whole = kit.bars(steps_per_bar).filter(|bar| bar.len() == steps_per_bar && steps_per_bar <= 128);
    let bar = |steps: std::ops::Range<usize>| {
        let mut bar = KitBar::default();
        for (place, word) in kit.onset[steps].iter().enumerate() {
            for kind in bits(*word).filter_map(kind) {
                bar.0[kind] |= 1 << place;
            }
        }
        bar
    };
    whole.map(bar).collect()
}

/// Which bars are fills: see [`kit::fills`].
pub fn fills(bars: &[KitBar], steps_per_bar: usize) -> Vec<bool> {
    kit::fills(&bars.iter().map(|bar| bar.turning(steps_per_bar)).collect::<Vec<_>>())
}

/// Whether a bar of four quarters has a snare on both 2 and 4; `None` in other metres.
pub fn is_backbeat(bar: &KitBar, steps_per_bar: usize) -> Option<bool> {
    (steps_per_bar == 16).then(|| bar.has_snare(4) && bar.has_snare(12))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::lines::testing::planes;

    #[test]
    fn fills_backbeats_and_likeness() {
        let mut notes = Vec::new();
        for bar in 0..4 {
            notes.extend([(16 * bar, 36, 1), (16 * bar + 4, 38, 1), (16 * bar + 12, 38, 1)]);
        }
        notes.extend([(56, 38, 1), (58, 45, 1), (62, 45, 1), (48, 49, 1)]);
        let bars = kit_bars(&planes(64, &notes), 16);
        assert_eq!(fills(&bars, 16), [false, false, false, true]);
        assert!(bars.iter().all(|bar| is_backbeat(bar, 16) == Some(true) && bar.has_kick(0)));
        assert!(bars[3].begins_with_crash() && !bars[0].begins_with_crash());
        assert_eq!((bars[0].likeness(&bars[1]), bars[0].likeness(&bars[3])), (1.0, 3.0 / 7.0));
        assert_eq!(is_backbeat(&bars[0], 12), None);
    }
}
