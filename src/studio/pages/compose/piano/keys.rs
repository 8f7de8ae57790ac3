//! Which keys a strip holds and where each one lies.

use eframe::egui::{Pos2, Rect, pos2};

use crate::music::{Pitch, Velocity};

/// White keys in an octave.
const WHITES: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];
/// White keys of all 128.
const ALL_WHITES: u8 = 75;
/// How much of a white key's length a black one has.
const BLACK_LENGTH: f32 = 0.63;
/// The narrowest that a white key may be, in points.
const NARROWEST: f32 = 12.0;
/// How much of a white key's width a black one has.
const BLACK_WIDTH: f32 = 0.6;

/// A span of keys, from one white key to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyRange {
    /// White keys below the first one seen, with a fraction while scrolling.
    first: f32,
    /// How many white keys are seen, with a fraction while zooming.
    whites: f32,
}

impl Default for KeyRange {
    fn default() -> Self {
        Self::octaves(2, 5)
    }
}

impl KeyRange {
    /// From the C of an octave (4 has middle C) over a number of octaves to another C.
    pub fn octaves(first: u8, count: u8) -> Self {
        let mut range = Self { first: f32::from(first + 1) * 7.0, whites: f32::from(count) * 7.0 + 1.0 };
        range.clamp();
        range
    }

    /// The lowest key seen.
    pub fn lowest(self) -> Pitch {
        white_pitch(self.first())
    }

    /// The highest white key seen.
    pub fn highest(self) -> Pitch {
        white_pitch(self.first() + self.whites() - 1)
    }

    /// Moves it down by white keys (up below 0).
    pub fn scroll(&mut self, whites: f32) {
        self.first -= whites;
        self.clamp();
    }

    /// Sees fewer keys (above 1) or more, around the same middle.
    pub fn zoom(&mut self, factor: f32) {
        let middle = self.first + self.whites / 2.0;
        self.whites = (self.whites / factor).clamp(8.0, f32::from(ALL_WHITES));
        self.first = middle - self.whites / 2.0;
        self.clamp();
    }

    /// As many of its keys as can be struck and read in a width in points, around the same middle.
    #[must_use]
    pub fn fitting(self, width: f32) -> Self {
        let mut range = self;
        range.zoom((self.whites * NARROWEST / width.max(1.0)).max(1.0));
        range
    }

    fn clamp(&mut self) {
        self.whites = self.whites.clamp(8.0, f32::from(ALL_WHITES));
        self.first = self.first.clamp(0.0, f32::from(ALL_WHITES) - self.whites.round());
    }

    fn first(self) -> u8 {
        self.first.round() as u8
    }

    fn whites(self) -> u8 {
        self.whites.round() as u8
    }
}

fn white_pitch(number: u8) -> Pitch {
    Pitch::clamped(i32::from(number / 7 * 12 + WHITES[usize::from(number % 7)]))
}

/// One key and where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub pitch: Pitch,
    pub rect: Rect,
}

/// Where the keys of a range lie.
#[derive(Clone, Debug)]
pub struct Layout {
    pub rect: Rect,
    pub whites: Vec<Key>,
    pub blacks: Vec<Key>,
}

impl Layout {
    pub fn new(rect: Rect, range: KeyRange) -> Self {
        let count = range.whites();
        let width = rect.width() / f32::from(count);
        let mut whites = Vec::new();
        let mut blacks = Vec::new();
        for index in 0..count {
            let pitch = white_pitch(range.first() + index);
            let left = rect.left() + width * f32::from(index);
            whites.push(Key {
                pitch,
                rect: Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom())),
            });
            let above = pitch.transposed(1).filter(|above| above.is_black() && index + 1 < count);
            blacks.extend(above.map(|pitch| Key { pitch, rect: black_rect(rect, left + width, width, pitch) }));
        }
        Self { rect, whites, blacks }
    }

    /// The key at a place.
    pub fn key_at(&self, pos: Pos2) -> Option<Pitch> {
        let hit = |key: &&Key| key.rect.contains(pos);
        self.blacks.iter().find(hit).or_else(|| self.whites.iter().find(hit)).map(|key| key.pitch)
    }

    /// The key struck at a place, and how hard: near its upper end softly, at its lower end hard.
    ///
    /// Above and below the strip it still counts, so that a glide need not be exact.
    pub fn strike_at(&self, pos: Pos2) -> Option<(Pitch, Velocity)> {
        let inside = pos2(pos.x, pos.y.clamp(self.rect.top() + 1.0, self.rect.bottom() - 1.0));
        let hit = |key: &&Key| key.rect.contains(inside);
        let key = self.blacks.iter().find(hit).or_else(|| self.whites.iter().find(hit))?;
        let depth = ((inside.y - key.rect.top()) / key.rect.height()).clamp(0.0, 1.0);
        Some((key.pitch, Velocity::clamped((36.0 + 84.0 * depth).round() as i32)))
    }
}

/// A black key between two white ones, a little off the middle as on a real piano.
fn black_rect(rect: Rect, between: f32, width: f32, pitch: Pitch) -> Rect {
    let lean = match pitch.class() {
        1 | 6 => -0.09,
        3 | 10 => 0.09,
        _ => 0.0,
    };
    let middle = between + lean * width;
    let half = BLACK_WIDTH * width / 2.0;
    Rect::from_min_max(pos2(middle - half, rect.top()), pos2(middle + half, rect.top() + rect.height() * BLACK_LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_there_once_and_black_lies_on_white() {
        let rect = Rect::from_min_max(pos2(10.0, 20.0), pos2(1010.0, 120.0));
        let layout = Layout::new(rect, KeyRange::octaves(0, 8));
        let mut keys: Vec<u8> = layout.whites.iter().chain(&layout.blacks).map(|key| key.pitch.get()).collect();
        keys.sort_unstable();
        assert_eq!(keys, (12..=108).collect::<Vec<u8>>());
        for key in layout.whites.iter().chain(&layout.blacks) {
            assert_eq!(layout.key_at(pos2(key.rect.center().x, key.rect.bottom() - 1.0)), Some(key.pitch));
        }
        let black = layout.blacks[0];
        let soft = layout.strike_at(black.rect.center_top()).unwrap().1;
        let hard = layout.strike_at(black.rect.center_bottom()).unwrap().1;
        assert!(soft < hard);
    }

    #[test]
    fn the_range_stays_within_the_keys() {
        let mut range = KeyRange::default();
        assert_eq!((range.lowest().name(), range.highest().name()), ("C2".into(), "C7".into()));
        range.scroll(7.0 * 9.0);
        assert_eq!(range.lowest().get(), 0);
        range.scroll(-7.0 * 99.0);
        assert_eq!(range.highest(), Pitch::MAX);
        range.zoom(0.01);
        assert_eq!((range.lowest().get(), range.highest().get()), (0, 127));
        range.zoom(100.0);
        assert!(range.highest().get() - range.lowest().get() <= 13);
    }
}
