//! How people play: how hard each note of a part is struck, and how late, fitted to what they played.
//!
//! A velocity is the melody's mean, plus what a linear regression makes of the note's place, pitch and company, plus a
//! mood that lasts four bars, plus a deviation that follows the one before.

use nalgebra::{DMatrix, DVector};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::dataset::{Dataset, Piece, Played, Split};
use crate::music::grid::TICKS_PER_STEP;
use crate::music::{MetreMap, Note, Role, TICKS_PER_QUARTER, Tick, Velocity};

/// Numbers that a velocity is regressed on, the constant last.
const FEATURES: usize = 10;
/// Kinds of places in a bar: its first beat, other beats, their halves, the rest.
const PLACES: usize = 4;
/// A mood lasts so many bars.
const MOOD_BARS: usize = 4;
/// Below that deviation of a part's velocities nobody played.
const LEAST_DEVIATION: f64 = 4.0;
/// A part is fitted from so many notes on.
const LEAST_NOTES: usize = 400;
/// Keeps the regression from making much of what is rare.
const RIDGE: f64 = 20.0;
/// Notes that may end together.
const MOST_TOGETHER: usize = 12;
/// How far around a note the melody is listened to.
const NEAR: Tick = 2 * TICKS_PER_QUARTER;

/// How a part is played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hands {
    /// Of the features, the constant last: velocities above the melody's mean.
    weights: [f64; FEATURES],
    /// The standard deviation of the moods of four bars within a song.
    mood: f64,
    /// How much of a deviation the next note takes over, and the standard deviation of what comes new.
    carry: f64,
    deviation: f64,
    /// How late notes on each kind of place are, in hundredths of a sixteenth, and the standard deviation.
    late: [f64; PLACES],
    stray: f64,
}

impl Hands {
    /// Of a pianist who accompanies a singer: fitted to the pianos of POP909 (Music X Lab), which people played.
    pub const PIANIST: Self = Self {
        weights: [3.9, 4.9, -0.1, 3.2, 3.8, 1.6, 0.6, 0.3, -0.1, -18.0],
        mood: 6.4,
        carry: 0.15,
        deviation: 11.2,
        late: [-0.3, -0.2, -0.3, -0.2],
        stray: 6.8,
    };

    /// Whether a model may have them: finite, and near what hands can do.
    pub fn are_sane(&self) -> bool {
        let numbers = self.weights.iter().chain(&self.late).chain([&self.mood, &self.deviation, &self.stray]);
        numbers.into_iter().all(|number| number.abs() <= 127.0) && (0.0..1.0).contains(&self.carry)
    }

    /// Fits hands to a role of a data set; `None` where people have not played enough of it.
    pub fn fit(dataset: &Dataset, role: Role) -> Option<Self> {
        let songs: Vec<Song> = dataset.split(Split::Train).filter_map(|piece| Song::of(piece, role)).collect();
        let count: usize = songs.iter().map(|song| song.notes.len()).sum();
        if count < LEAST_NOTES {
            return None;
        }
        let (mut squares, mut products) = (DMatrix::zeros(FEATURES, FEATURES), DVector::zeros(FEATURES));
        for note in songs.iter().flat_map(|song| &song.notes) {
            let x = DVector::from_row_slice(&note.features);
            squares += &x * x.transpose();
            products += x * note.velocity;
        }
        for index in 0..FEATURES - 1 {
            squares[(index, index)] += RIDGE;
        }
        let weights = squares.cholesky()?.solve(&products);
        let weights: [f64; FEATURES] = std::array::from_fn(|index| weights[index]);
        let mut moods = Spread::default();
        let (mut together, mut before, mut rest) = (0.0, 0.0, Spread::default());
        for song in &songs {
            let off: Vec<f64> =
                song.notes.iter().map(|note| note.velocity - predicted(&weights, &note.features)).collect();
            // a song as a whole is as loud as it was mixed
            let whole = off.iter().sum::<f64>() / (off.len() as f64).max(1.0);
            let mut left = off.clone();
            for notes in song.by_mood() {
                let mean = notes.iter().map(|index| off[*index]).sum::<f64>() / notes.len() as f64;
                moods.add(mean - whole);
                for index in notes {
                    left[index] -= mean;
                }
            }
            for pair in left.windows(2) {
                together += pair[0] * pair[1];
                before += pair[0] * pair[0];
            }
            rest.add_all(left.into_iter());
        }
        let carry = (together / f64::max(before, 1.0)).clamp(0.0, 0.95);
        let mut late = [0.0; PLACES];
        let mut strays = Spread::default();
        for (place, late) in late.iter_mut().enumerate() {
            let here = songs.iter().flat_map(|song| &song.notes).filter(|note| note.place == place);
            let all: Vec<f64> = here.map(|note| note.late).collect();
            *late = all.iter().sum::<f64>() / (all.len() as f64).max(1.0);
            strays.add_all(all.into_iter().map(|at| at - *late));
        }
        Some(Self {
            weights,
            mood: moods.deviation(),
            carry,
            deviation: rest.deviation() * (1.0 - carry * carry).sqrt(),
            late,
            stray: strays.deviation(),
        })
    }

    /// Plays notes of a part, which are in order, to a melody.
    pub fn play(&self, notes: &mut [Note], melody: &[Note], metre: &MetreMap, timing: bool, random: &mut ChaCha8Rng) {
        let around = Around::new(melody);
        let mean = middle(notes.iter().map(|note| note.pitch.get()));
        let mut normal = || {
            // Box-Muller
            let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
            radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
        };
        let (mut last_mood, mut mood, mut off) = (None, 0.0, 0.0);
        let placed: Vec<(Tick, u8)> = notes.iter().map(|note| (note.start, note.pitch.get())).collect();
        for index in 0..notes.len() {
            let (before, from) = notes.split_at_mut(index);
            let note = &mut from[0];
            let position = metre.position(note.start);
            let bar = Bar {
                number: position.bar as usize,
                start: metre.bar_start(position.bar),
                ticks: metre.metre_at(note.start).bar_ticks(),
            };
            let which = Some(bar.number / MOOD_BARS);
            if which != last_mood {
                (last_mood, mood) = (which, self.mood * normal());
            }
            let (features, place) = features(&placed, index, mean, bar, &around);
            off = self.carry * off + self.deviation * normal();
            let velocity = around.mean + predicted(&self.weights, &features) + mood + off;
            note.velocity = Velocity::clamped(velocity.round().clamp(12.0, 124.0) as i32);
            if timing {
                let late = (self.late[place] + self.stray * normal()).clamp(-30.0, 30.0);
                let late = (late * f64::from(TICKS_PER_STEP) / 100.0).round() as i64;
                let start = (i64::from(note.start) + late).max(0) as Tick;
                // its own end stays, and what ended where it began ends where it begins now
                let ended = start..note.start + 1;
                for other in before.iter_mut().rev().take(MOST_TOGETHER).filter(|other| ended.contains(&other.end())) {
                    other.duration = start.saturating_sub(other.start).max(1);
                }
                note.duration = note.end().saturating_sub(start).max(1);
                note.start = start;
            }
        }
    }
}

fn predicted(weights: &[f64; FEATURES], features: &[f64; FEATURES]) -> f64 {
    weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum()
}

fn middle(pitches: impl Iterator<Item = u8>) -> f64 {
    let (sum, count) = pitches.fold((0.0, 0.0), |(sum, count), pitch| (sum + f64::from(pitch), count + 1.0));
    sum / f64::max(count, 1.0)
}

/// Sums for a standard deviation.
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn add_all(&mut self, values: impl Iterator<Item = f64>) {
        for value in values {
            self.add(value);
        }
    }

    fn deviation(self) -> f64 {
        let count = self.count.max(1.0);
        (self.squares / count - (self.sum / count).powi(2)).max(0.0).sqrt()
    }
}

/// A melody that is played to.
struct Around {
    notes: Vec<(Tick, f64)>,
    mean: f64,
}

impl Around {
    fn new(melody: &[Note]) -> Self {
        Self::of(melody.iter().map(|note| (note.start, f64::from(note.velocity.get()))).collect())
    }

    fn of(mut notes: Vec<(Tick, f64)>) -> Self {
        notes.sort_unstable_by_key(|(start, _)| *start);
        let mean = notes.iter().map(|(_, velocity)| velocity).sum::<f64>() / (notes.len() as f64).max(1.0);
        Self { notes, mean }
    }

    /// How much louder than its mean the melody is near a tick, and whether it is struck there.
    fn at(&self, tick: Tick) -> (f64, bool) {
        let from = self.notes.partition_point(|(start, _)| *start < tick.saturating_sub(NEAR));
        let to = self.notes.partition_point(|(start, _)| *start <= tick.saturating_add(NEAR));
        let near = &self.notes[from..to];
        let struck = near.iter().any(|(start, _)| start.abs_diff(tick) <= TICKS_PER_STEP / 2);
        if near.is_empty() {
            return (0.0, false);
        }
        (near.iter().map(|(_, velocity)| velocity).sum::<f64>() / near.len() as f64 - self.mean, struck)
    }
}

#[derive(Clone, Copy, Debug)]
struct Bar {
    number: usize,
    start: Tick,
    ticks: Tick,
}

/// What the velocity of one of some notes (in order) is regressed on, and its kind of place.
fn features(notes: &[(Tick, u8)], index: usize, mean: f64, bar: Bar, around: &Around) -> ([f64; FEATURES], usize) {
    let (tick, pitch) = notes[index];
    let in_bar = tick - bar.start.min(tick);
    let place = match in_bar {
        0 => 0,
        at if at.is_multiple_of(TICKS_PER_QUARTER) => 1,
        at if at.is_multiple_of(TICKS_PER_QUARTER / 2) => 2,
        _ => 3,
    };
    let is = |what: bool| f64::from(u8::from(what));
    let first = notes[..index].iter().rposition(|(other, _)| *other != tick).map_or(0, |at| at + 1);
    let company = notes[first..].iter().take_while(|(other, _)| *other == tick).count();
    let on_top = !notes[first..first + company].iter().any(|(_, other)| *other > pitch);
    let (louder, with_melody) = around.at(tick);
    let phrase = (bar.number % MOOD_BARS) as f64 + f64::from(in_bar) / f64::from(bar.ticks.max(1));
    let features = [
        is(place == 0),
        is(place == 1),
        is(place == 2),
        ((f64::from(pitch) - mean) / 12.0).clamp(-3.0, 3.0),
        louder.clamp(-40.0, 40.0) / 10.0,
        is(with_melody),
        (company - 1).min(3) as f64,
        is(on_top && company > 1),
        (phrase / MOOD_BARS as f64 * std::f64::consts::PI).sin(),
        1.0,
    ];
    (features, place)
}

/// A part of a piece, as people played it.
struct Song {
    notes: Vec<Struck>,
    moods: Vec<usize>,
}

struct Struck {
    features: [f64; FEATURES],
    place: usize,
    /// Above the melody's mean.
    velocity: f64,
    late: f64,
}

impl Song {
    fn of(piece: &Piece, role: Role) -> Option<Self> {
        let played = piece.played(role);
        let mut spread = Spread::default();
        spread.add_all(played.iter().map(|note| note.velocity.into()));
        if spread.deviation() < LEAST_DEVIATION {
            return None;
        }
        let tick = |note: &Played| note.step * TICKS_PER_STEP;
        let melody = piece.played(Role::Melody).iter().map(|note| (tick(note), f64::from(note.velocity))).collect();
        let around = Around::of(melody);
        let mean = middle(played.iter().map(|note| note.pitch));
        let placed: Vec<(Tick, u8)> = played.iter().map(|note| (tick(note), note.pitch)).collect();
        let ticks = piece.steps_per_bar.max(1) as Tick * TICKS_PER_STEP;
        let bar = |tick: Tick| Bar { number: (tick / ticks) as usize, start: tick / ticks * ticks, ticks };
        let notes = (0..played.len()).map(|index| {
            let (features, place) = features(&placed, index, mean, bar(placed[index].0), &around);
            let velocity = f64::from(played[index].velocity) - around.mean;
            Struck { features, place, velocity, late: f64::from(played[index].late) }
        });
        let moods = placed.iter().map(|(tick, _)| bar(*tick).number / MOOD_BARS).collect();
        Some(Self { notes: notes.collect(), moods })
    }

    /// The notes of each mood, by index.
    fn by_mood(&self) -> Vec<Vec<usize>> {
        let indices: Vec<usize> = (0..self.moods.len()).collect();
        indices.chunk_by(|a, b| self.moods[*a] == self.moods[*b]).map(<[usize]>::to_vec).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;
    use crate::music::Pitch;
    use rand::SeedableRng as _;

    /// Pieces whose bass is loud on the beats and late on their halves.
    fn dataset() -> Dataset {
        let pieces = (0..6).map(|number| {
            let mut piece = Style::Pop.piece(3, number);
            piece.split = Split::Train;
            let play = |grid: &crate::music::Grid, by_place: bool| -> Vec<Played> {
                let at = |step: usize| grid.onsets(step).map(move |pitch| (step, pitch));
                let notes = (0..grid.steps()).flat_map(at);
                let beat = |step: usize| step.is_multiple_of(4);
                notes
                    .map(|(step, pitch)| Played {
                        step: step as u32,
                        pitch: pitch as u8,
                        velocity: if by_place { if beat(step) { 90 } else { 60 } } else { 100 },
                        late: if by_place && !beat(step) { 12 } else { 0 },
                    })
                    .collect()
            };
            let bass = play(piece.part(Role::Bass).unwrap(), true);
            piece.played = vec![(Role::Melody, play(&piece.melody, false)), (Role::Bass, bass)];
            piece
        });
        Dataset { pieces: pieces.collect(), ..Dataset::default() }
    }

    #[test]
    fn what_people_played_is_played_again() {
        let hands = Hands::fit(&dataset(), Role::Bass).unwrap();
        assert!(hands.are_sane());
        assert!(Hands::fit(&dataset(), Role::Drums).is_none());
        let note = |start: Tick, pitch: i32, velocity: i32| Note {
            start,
            pitch: Pitch::clamped(pitch),
            duration: 240,
            velocity: Velocity::clamped(velocity),
        };
        let melody: Vec<Note> = (0..32).map(|index| note(index * 480, 72, 100)).collect();
        let mut bass: Vec<Note> = (0..64).map(|index| note(index * 240, 40, 80)).collect();
        hands.play(&mut bass, &melody, &MetreMap::default(), true, &mut ChaCha8Rng::seed_from_u64(1));
        let mean = |off: usize, of: &dyn Fn(&Note) -> f64| bass.iter().skip(off).step_by(2).map(of).sum::<f64>() / 32.0;
        let velocity = |note: &Note| f64::from(note.velocity.get());
        assert!((mean(0, &velocity) - 90.0).abs() < 4.0, "{}", mean(0, &velocity));
        assert!((mean(1, &velocity) - 60.0).abs() < 4.0, "{}", mean(1, &velocity));
        assert!(bass.windows(2).all(|pair| pair[0].end() <= pair[1].start));
        let late = |note: &Note| f64::from(note.start % 240);
        assert!((mean(1, &late) - 14.4).abs() < 2.0, "{}", mean(1, &late));
        // a louder melody carries its company along
        let louder: Vec<Note> = melody.iter().map(|of| note(of.start, 72, 120)).collect();
        let mut again = bass.clone();
        hands.play(&mut again, &louder, &MetreMap::default(), false, &mut ChaCha8Rng::seed_from_u64(1));
        assert!(again.iter().map(velocity).sum::<f64>() > bass.iter().map(velocity).sum::<f64>() + 64.0 * 12.0);
    }

    #[test]
    fn a_pianist_is_always_there() {
        assert!(Hands::PIANIST.are_sane());
        assert!(!Hands { deviation: f64::NAN, ..Hands::PIANIST }.are_sane());
        Hands::PIANIST.play(&mut [], &[], &MetreMap::default(), true, &mut ChaCha8Rng::seed_from_u64(1));
    }
}
