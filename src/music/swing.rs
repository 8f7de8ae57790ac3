//! Swing: off-beat eighths that come late. Networks write straight; this is a matter of playing, of the melody's and of
//! the parts'.

use std::ops::Range;

use super::{Note, TICKS_PER_QUARTER, Tick};

/// Off-beats of a melody that tell how it swings; fewer tell nothing.
const ENOUGH: usize = 4;
/// A melody swings from here on; what is less is a loose hand.
const LEAST: f64 = 0.56;
/// A dotted eighth comes at three quarters of the beat; what is near it does not swing.
const DOTTED: f64 = 0.71;
/// Where in a beat the second note of a triplet begins, which music that only swings does without.
const SECOND_OF_TRIPLET: Range<f64> = 0.3..0.37;
/// Where off-beats of music that is said to swing may stand.
const OFF_BEATS: Range<f64> = 0.4..0.75;

/// Where in a quarter its second eighth begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swing(f64);

impl Swing {
    /// In the middle.
    pub const STRAIGHT: Self = Self(0.5);

    /// At a share of the quarter: 0.5 is straight, 2/3 a triplet's feel. Brought into what can be played.
    pub fn new(place: f32) -> Self {
        if place.is_finite() { Self(f64::from(place).clamp(0.5, 0.75)) } else { Self::STRAIGHT }
    }

    /// How a melody swings, whose quarters are counted from `start`; `None` where it is straight, dotted, in
    /// sixteenths or has too few off-beats to tell.
    pub fn of_melody(notes: &[Note], start: Tick) -> Option<Self> {
        Self::unless_divided(&places(notes, i64::from(start)), &[0.15..0.3, DOTTED..0.85])
    }

    /// The same of a melody and its accompaniment, where triplets that others play do not count for swing.
    pub fn of_texture<'a>(notes: impl IntoIterator<Item = &'a Note>, start: i64) -> Option<Self> {
        Self::unless_divided(&places(notes, start), &[0.15..0.3, SECOND_OF_TRIPLET, DOTTED..0.85])
    }

    /// By the middle of the off-beats, unless too many notes divide the beat otherwise.
    fn unless_divided(places: &[f64], otherwise: &[Range<f64>]) -> Option<Self> {
        let within = |range: &Range<f64>| places.iter().filter(|place| range.contains(place)).count();
        let others: usize = otherwise.iter().map(within).sum();
        let middle = middle(places, &(0.4..DOTTED)).filter(|_| others * 4 <= within(&(0.4..DOTTED)))?;
        (middle >= LEAST).then_some(Self(middle))
    }

    /// How music that is said to swing does, with quarters counted from 0: the middle of its off-beats, whatever stands
    /// beside them; `None` where there are too few to tell.
    pub fn of_swung(notes: &[Note]) -> Option<Self> {
        let middle = middle(&places(notes, 0), &OFF_BEATS)?;
        Some(if middle >= LEAST { Self(middle) } else { Self::STRAIGHT })
    }

    /// Where in a quarter, from 0.5 to 0.75, its second eighth begins.
    pub const fn place(self) -> f32 {
        self.0 as f32
    }

    /// The notes as they would stand if they did not swing, with quarters counted from `start`.
    pub fn straightened(self, notes: &[Note], start: i64) -> Vec<Note> {
        let straight = |tick: Tick| (start + self.straight(i64::from(tick) - start)).max(0) as Tick;
        let straight = |note: &Note| {
            let (from, to) = (straight(note.start), straight(note.end()));
            Note { start: from, duration: to.saturating_sub(from).max(1), ..*note }
        };
        notes.iter().map(straight).collect()
    }

    /// Where a straight tick is played, both counted from the beginning of some quarter.
    pub fn played(self, tick: i64) -> i64 {
        warped(tick, 0.5, self.0)
    }

    /// Where a played tick stands when straight; undoes [`Self::played`].
    pub fn straight(self, tick: i64) -> i64 {
        warped(tick, self.0, 0.5)
    }
}

/// Where in its quarter each note from `start` on begins, from 0 to 1; quarters are counted from there.
fn places<'a>(notes: impl IntoIterator<Item = &'a Note>, start: i64) -> Vec<f64> {
    let quarter = i64::from(TICKS_PER_QUARTER);
    let since = notes.into_iter().map(|note| i64::from(note.start) - start).filter(|since| *since >= 0);
    since.map(|since| (since % quarter) as f64 / quarter as f64).collect()
}

/// The middle of the places that are off-beats; `None` where they are too few to tell.
fn middle(places: &[f64], off_beats: &Range<f64>) -> Option<f64> {
    let mut found: Vec<f64> = places.iter().copied().filter(|place| off_beats.contains(place)).collect();
    found.sort_unstable_by(f64::total_cmp);
    found.get(found.len() / 2).copied().filter(|_| found.len() >= ENOUGH)
}

/// Stretches the part of each quarter up to `from` until `to`, and squeezes the rest.
fn warped(tick: i64, from: f64, to: f64) -> i64 {
    if from.to_bits() == to.to_bits() {
        return tick;
    }
    let quarter = i64::from(TICKS_PER_QUARTER);
    let into = tick.rem_euclid(quarter) as f64 / quarter as f64;
    let moved = if into <= from { into / from * to } else { to + (into - from) / (1.0 - from) * (1.0 - to) };
    tick - tick.rem_euclid(quarter) + (moved * quarter as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Pitch, Velocity};

    fn melody(places: &[f64]) -> Vec<Note> {
        let note = |(quarter, place): (u32, f64)| Note {
            start: 100 + quarter * TICKS_PER_QUARTER + (place * f64::from(TICKS_PER_QUARTER)) as Tick,
            duration: 100,
            pitch: Pitch::clamped(60),
            velocity: Velocity::DEFAULT,
        };
        let quarters = (0..8).flat_map(|quarter| places.iter().map(move |&place| (quarter, place)));
        quarters.map(note).collect()
    }

    #[test]
    fn swing_is_found_where_there_is_some() {
        let swing = Swing::of_melody(&melody(&[0.0, 0.65]), 100).unwrap();
        assert!((swing.0 - 0.65).abs() < 0.002);
        for straight in
            [&[0.0, 0.5][..], &[0.0, 0.25, 0.5, 0.75], &[0.0, 0.75], &[0.0], &[0.0, 0.53], &[0.0, 0.66, 0.75]]
        {
            assert_eq!(Swing::of_melody(&melody(straight), 100), None, "{straight:?}");
        }
        assert_eq!(Swing::of_melody(&melody(&[0.65])[..3], 100), None);
        assert_eq!(Swing::of_texture(&melody(&[0.0, 0.333, 0.667]), 100), None, "triplets");
        assert!(Swing::of_texture(&melody(&[0.0, 0.667]), 100).is_some());
    }

    #[test]
    fn music_that_is_said_to_swing_may_be_straight() {
        let of = |places: &[f64]| {
            let mut notes = melody(places);
            for note in &mut notes {
                note.start -= 100;
            }
            Swing::of_swung(&notes).map(|swing| (swing.0 * 100.0).round())
        };
        assert_eq!(of(&[0.0, 0.72, 0.9]), Some(72.0));
        assert_eq!(of(&[0.0, 0.25, 0.6]), Some(60.0));
        assert_eq!(of(&[0.0, 0.51]), Some(50.0));
        assert_eq!(of(&[0.0, 0.9]), None);
    }

    #[test]
    fn off_beats_come_late_and_beats_stay() {
        let swing = Swing::new(2.0 / 3.0);
        assert_eq!(
            [0, 120, 240, 360, 480, 720, -240].map(|tick| swing.played(tick)),
            [0, 160, 320, 400, 480, 800, -160]
        );
        for tick in -480..960 {
            assert!(swing.straight(swing.played(tick)).abs_diff(tick) <= 1);
            assert_eq!(Swing::STRAIGHT.played(tick), tick);
        }
        assert_eq!(Swing::new(f32::NAN), Swing::STRAIGHT);
        assert_eq!(Swing::new(9.0), Swing(0.75));
    }
}
