//! A drum kit: its limbs, what each of them can play, and the keys of General MIDI.

/// What a limb of a drummer, or a group of drums, plays; at most one stroke at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limb {
    /// The bass drum.
    Kick,
    /// The snare drum.
    Snare,
    /// Hi-hat and ride cymbal.
    Hand,
    /// The hi-hat's pedal.
    Foot,
    /// Crash cymbals.
    Crash,
    /// Toms.
    Toms,
}

impl Limb {
    /// All of them, in the order in which a step is written.
    pub const ALL: [Self; 6] = [Self::Kick, Self::Snare, Self::Hand, Self::Foot, Self::Crash, Self::Toms];

    /// The keys of General MIDI that it plays.
    pub const fn keys(self) -> &'static [u8] {
        match self {
            Self::Kick => &[36],
            Self::Snare => &[38, 37],
            Self::Hand => &[42, 46, 51, 53],
            Self::Foot => &[44],
            Self::Crash => &[49],
            Self::Toms => &[48, 45, 43],
        }
    }
}

/// A limb and which of its keys it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sound {
    /// What is struck.
    pub limb: Limb,
    /// Index among [`Limb::keys`].
    pub kind: u8,
}

impl Sound {
    /// What a General MIDI key sounds like on a small kit; `None` for percussion beside it.
    pub const fn of_key(key: u8) -> Option<Self> {
        let (limb, kind) = match key {
            35 | 36 => (Limb::Kick, 0),
            38 | 40 => (Limb::Snare, 0),
            37 | 39 => (Limb::Snare, 1),
            // 22 and 26 are the edges of Roland's hi-hats; General MIDI has nothing there
            22 | 42 => (Limb::Hand, 0),
            26 | 46 => (Limb::Hand, 1),
            51 | 59 => (Limb::Hand, 2),
            53 => (Limb::Hand, 3),
            44 => (Limb::Foot, 0),
            49 | 52 | 55 | 57 => (Limb::Crash, 0),
            48 | 50 => (Limb::Toms, 0),
            45 | 47 => (Limb::Toms, 1),
            41 | 43 => (Limb::Toms, 2),
            _ => return None,
        };
        Some(Self { limb, kind })
    }

    /// Its General MIDI key.
    pub fn key(self) -> u8 {
        let keys = self.limb.keys();
        keys[usize::from(self.kind).min(keys.len() - 1)]
    }
}

/// The General MIDI key of a key of Roland's TD-11, on which the Groove MIDI Dataset was played: rims and edges are
/// keys of their own there, two of them where General MIDI has other percussion or nothing.
pub const fn general_midi_of_roland(key: u8) -> u8 {
    match key {
        22 => 42, // hi-hat's edge, closed
        26 => 46, // and open
        40 => 38, // snare's rim
        50 => 48, // rims of the toms
        47 => 45,
        58 => 43,
        55 | 57 | 52 => 49, // crashes' edges, and the second crash
        59 => 51,           // ride's edge
        key => key,
    }
}

/// A stroke of a kit on a grid of sixteenths, as it was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stroke {
    /// The sixteenth it belongs to.
    pub step: u32,
    /// What is struck.
    pub sound: Sound,
    /// How hard, 1 to 127.
    pub velocity: u8,
    /// How late, in hundredths of a sixteenth; early ones are negative.
    pub late: i8,
}

/// Which bars are fills, from each bar's strokes of snare and toms in its second half, and of toms in all of it: those
/// with three strokes more than the median of the bars, or one more, where two strokes are of toms.
pub fn fills(turning: &[(u32, u32)]) -> Vec<bool> {
    let mut sorted: Vec<u32> = turning.iter().map(|(late, _)| *late).collect();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    turning.iter().map(|&(late, toms)| late >= median + if toms >= 2 { 1 } else { 3 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sound_has_a_key_of_its_own() {
        for limb in Limb::ALL {
            for kind in 0..limb.keys().len() as u8 {
                let sound = Sound { limb, kind };
                assert_eq!(Sound::of_key(sound.key()), Some(sound));
            }
        }
        assert_eq!(Sound::of_key(34), None);
        assert_eq!(Sound::of_key(54), None);
    }

    #[test]
    fn all_of_a_roland_kit_is_on_ours() {
        for key in [36, 38, 40, 37, 48, 50, 45, 47, 43, 58, 46, 26, 42, 22, 44, 49, 55, 57, 52, 51, 59, 53] {
            let key = general_midi_of_roland(key);
            assert_eq!(Sound::of_key(key).map(Sound::key), Some(key));
        }
        assert_eq!([22, 26, 58].map(general_midi_of_roland), [42, 46, 43]);
    }
}
