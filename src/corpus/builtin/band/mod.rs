//! `builtin:rock`, `jazz`, `folk-rock` and `symphony`: a tune over progressions of the style, and what the band plays
//! to it.
//!
//! Bass lines and comping are those of [`crate::corpus::arrange`]; progressions, tunes, riffs and beats are here.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::corpus::arrange::{ChordSpan, acoustic_guitar, folk_bass, shell_comping, walking_bass};
use crate::corpus::dataset::{Piece, Split};
use crate::corpus::theory::{chance, draw, nearest, scale_neighbour, write};
use crate::music::swing::Swing;
use crate::music::{Chord, Grid, Key, Mode, Role};

const BAR: usize = 16;
/// Bars of a section: four phrases of two bars.
const SECTION_BARS: usize = 8;
const PHRASE: usize = 2 * BAR;

/// What makes a style.
pub struct Grammar {
    /// How often the key is minor.
    minor: f64,
    /// Degrees of the key, one for each bar of a section, in major and in minor.
    major_loops: &'static [[usize; SECTION_BARS]],
    minor_loops: &'static [[usize; SECTION_BARS]],
    /// Whether chords have sevenths.
    sevenths: bool,
    /// Steps of two bars at which the tune strikes.
    rhythms: &'static [&'static [usize]],
    /// Where the tune likes to be.
    home: i32,
    parts: fn(&Song<'_>, &mut ChaCha8Rng) -> Vec<(Role, Grid)>,
}

pub const ROCK: Grammar = Grammar {
    minor: 0.6,
    major_loops: &[
        [0, 3, 4, 3, 0, 3, 4, 3],
        [0, 4, 3, 3, 0, 4, 3, 4],
        [0, 0, 3, 3, 4, 3, 0, 4],
        [0, 5, 3, 4, 0, 5, 3, 4],
    ],
    minor_loops: &[
        [0, 5, 2, 6, 0, 5, 2, 6],
        [0, 6, 5, 6, 0, 6, 5, 4],
        [0, 0, 3, 3, 5, 6, 0, 0],
        [0, 2, 6, 5, 0, 2, 6, 4],
    ],
    sevenths: false,
    rhythms: &[
        &[0, 4, 8, 12, 16, 20, 24],
        &[0, 2, 4, 8, 10, 12, 16, 24],
        &[4, 6, 8, 12, 16, 20, 22, 24],
        &[0, 6, 8, 14, 16, 24],
        &[0, 3, 6, 8, 12, 16, 19, 22, 24],
    ],
    home: 69,
    parts: rock,
};

pub const JAZZ: Grammar = Grammar {
    minor: 0.25,
    major_loops: &[
        [1, 4, 0, 5, 1, 4, 0, 0],
        [0, 5, 1, 4, 2, 5, 1, 4],
        [0, 0, 1, 4, 2, 5, 1, 4],
        [1, 1, 4, 4, 0, 0, 5, 5],
        [3, 3, 2, 5, 1, 4, 0, 0],
    ],
    minor_loops: &[[1, 4, 0, 0, 1, 4, 0, 0], [0, 3, 1, 4, 0, 5, 1, 4], [3, 6, 2, 5, 1, 4, 0, 0]],
    sevenths: true,
    rhythms: &[
        &[0, 2, 4, 6, 8, 10, 12, 14, 16, 22],
        &[2, 4, 6, 10, 12, 14, 16, 20, 22],
        &[0, 6, 8, 10, 14, 18, 20, 22, 24],
        &[0, 4, 6, 8, 14, 16],
        &[6, 8, 10, 12, 14, 16, 18, 24],
        &[0, 6, 14, 22],
    ],
    home: 70,
    parts: jazz,
};

pub const FOLK_ROCK: Grammar = Grammar {
    minor: 0.2,
    major_loops: &[
        [0, 3, 0, 4, 0, 3, 4, 0],
        [0, 4, 5, 3, 0, 4, 3, 0],
        [0, 0, 3, 0, 4, 3, 0, 4],
        [5, 3, 0, 4, 5, 3, 4, 0],
        [0, 2, 3, 4, 0, 5, 1, 4],
    ],
    minor_loops: &[[0, 6, 5, 6, 0, 6, 4, 0], [0, 3, 0, 4, 5, 2, 6, 0]],
    sevenths: false,
    rhythms: &[
        &[0, 4, 6, 8, 12, 16, 20, 24],
        &[0, 2, 4, 6, 8, 12, 16, 18, 20, 24],
        &[4, 6, 8, 10, 12, 16, 22, 24],
        &[0, 4, 8, 12, 14, 16, 24],
    ],
    home: 67,
    parts: folk_rock,
};

pub const SYMPHONY: Grammar = Grammar {
    minor: 0.4,
    major_loops: &[
        [0, 4, 0, 3, 0, 1, 4, 0],
        [0, 3, 1, 4, 5, 3, 4, 0],
        [0, 5, 3, 1, 4, 4, 0, 0],
        [0, 0, 4, 4, 5, 1, 4, 0],
    ],
    minor_loops: &[[0, 3, 4, 0, 5, 3, 4, 0], [0, 5, 3, 4, 0, 2, 4, 0], [0, 4, 0, 5, 3, 0, 4, 0]],
    sevenths: false,
    rhythms: &[
        &[0, 8, 16, 20, 24],
        &[0, 4, 8, 12, 16, 24],
        &[0, 12, 14, 16, 24],
        &[0, 4, 6, 8, 16, 20, 22, 24],
        &[0, 8, 12, 16],
    ],
    home: 71,
    parts: symphony,
};

/// A song whose tune stands.
struct Song<'a> {
    piece: &'a Piece,
    chords: Vec<ChordSpan>,
}

impl Song<'_> {
    fn silent(&self) -> Grid {
        Grid::silent(self.piece.steps())
    }
}

/// A section (verse, chorus): its chords and its tune come back unchanged.
struct Section {
    chords: [Chord; SECTION_BARS],
    tune: Vec<(usize, usize, i32)>, // step, length, pitch
}

/// One song.
pub fn piece(grammar: &Grammar, name: String, random: &mut ChaCha8Rng) -> Piece {
    let minor = chance(random, grammar.minor);
    let key = Key { tonic: random.random_range(0..12), mode: if minor { Mode::Minor } else { Mode::Major } };
    let sections = [(); 2].map(|()| section(grammar, key, random));
    let forms: [&[usize]; 4] = [&[0, 0, 1, 0], &[0, 1, 0, 1], &[0, 0, 1], &[0, 1, 1]];
    let form = forms[random.random_range(0..forms.len())];
    let mut melody = Grid::silent(form.len() * SECTION_BARS * BAR);
    let mut chords: Vec<ChordSpan> = Vec::new();
    for (index, &which) in form.iter().enumerate() {
        let first = index * SECTION_BARS * BAR;
        for &(step, length, pitch) in &sections[which].tune {
            write(&mut melody, first + step, length, pitch);
        }
        for (bar, &chord) in sections[which].chords.iter().enumerate() {
            let (start, end) = (first + bar * BAR, first + (bar + 1) * BAR);
            match chords.last_mut() {
                Some(last) if last.chord == chord && bar > 0 => last.end = end,
                _ => chords.push(ChordSpan { start, end, chord }),
            }
        }
    }
    let mut piece = Piece {
        name,
        split: Split::Train,
        steps_per_bar: BAR,
        melody,
        parts: Vec::new(),
        played: Vec::new(),
        swing: Swing::STRAIGHT,
        roles: Vec::new(),
    };
    let song = Song { piece: &piece, chords };
    piece.parts = (grammar.parts)(&song, random);
    piece
}

fn section(grammar: &Grammar, key: Key, random: &mut ChaCha8Rng) -> Section {
    let loops = match key.mode {
        Mode::Major => grammar.major_loops,
        Mode::Minor => grammar.minor_loops,
    };
    let chords = loops[random.random_range(0..loops.len())].map(|degree| {
        let triad = Chord::on_degree(key, degree);
        if grammar.sevenths { triad.with_seventh_of(key, degree) } else { triad }
    });
    let rhythm = |random: &mut ChaCha8Rng| grammar.rhythms[random.random_range(0..grammar.rhythms.len())];
    let (call, answer) = (rhythm(random), rhythm(random));
    let mut tune = Vec::new();
    let mut pitch = grammar.home + random.random_range(-3..4);
    // the contour of the first half comes back in the second, on its chords: call, answer, call, home
    let mut ups: Vec<(bool, usize)> = Vec::new();
    for (phrase, steps) in [call, answer, call, answer].into_iter().enumerate() {
        for (index, &step) in steps.iter().enumerate() {
            let at = phrase * PHRASE + step;
            let until = steps.get(index + 1).map_or(PHRASE - 2, |next| (*next).min(PHRASE - 2));
            if phrase < 2 {
                let up = chance(random, if pitch > grammar.home { 0.35 } else { 0.65 });
                ups.push((up, draw(random, &[5.0, 2.0, 1.5])));
            }
            let of_first = if phrase % 2 == 0 { index } else { call.len() + index };
            let (up, move_by) = ups[of_first];
            pitch = next_pitch(key, chords[at / BAR], pitch, up, move_by, step % 8 == 0);
            pitch = pitch.clamp(grammar.home - 9, grammar.home + 9);
            tune.push((at, until - step, pitch));
        }
    }
    if let Some(last) = tune.last_mut() {
        let home = nearest(chords[SECTION_BARS - 1].root, last.2);
        last.2 = if home > grammar.home + 9 { home - 12 } else { home };
    }
    Section { chords, tune }
}

/// A step, a repetition or a third; on strong beats the nearest note of the chord.
fn next_pitch(key: Key, chord: Chord, from: i32, up: bool, move_by: usize, strong: bool) -> i32 {
    let step = scale_neighbour(key, chord, from, up);
    let pitch = match move_by {
        0 => step,
        1 => from,
        _ => scale_neighbour(key, chord, step, up),
    };
    if !strong {
        return pitch;
    }
    let tones = chord.triad().map(|class| nearest(class, pitch));
    tones.into_iter().min_by_key(|near| (near - pitch).abs()).unwrap_or(pitch)
}

fn rock(song: &Song<'_>, random: &mut ChaCha8Rng) -> Vec<(Role, Grid)> {
    const RIFFS: [&[usize]; 5] =
        [&[0, 2, 4, 6, 8, 10, 12, 14], &[0, 6, 8, 14], &[0, 3, 6, 8, 11, 14], &[0, 4, 8, 12], &[0, 8]];
    let (guitar_riff, bass_riff) = (RIFFS[random.random_range(0..5)], RIFFS[random.random_range(0..4)]);
    let [mut guitar, mut pad, mut bass] = std::array::from_fn(|_| song.silent());
    for span in &song.chords {
        let root = nearest(span.chord.root, 46);
        let power = [root, root + 7, root + 12];
        for pitch in span.chord.classes() {
            write(&mut pad, span.start, span.end - span.start, nearest(pitch, 64));
        }
        for start in (span.start..span.end).step_by(BAR) {
            strike(&mut guitar, start, guitar_riff, &power);
            strike(&mut bass, start, bass_riff, &[nearest(span.chord.root, 36)]);
        }
    }
    let drums = drums(song, &ROCK_BEATS, random);
    vec![(Role::Guitar, guitar), (Role::Pad, pad), (Role::Bass, bass), (Role::Drums, drums)]
}

fn jazz(song: &Song<'_>, random: &mut ChaCha8Rng) -> Vec<(Role, Grid)> {
    vec![
        (Role::Chords, shell_comping(&song.chords, song.piece, random)),
        (Role::Bass, walking_bass(&song.chords, song.piece, random)),
        (Role::Drums, drums(song, &JAZZ_BEATS, random)),
    ]
}

fn folk_rock(song: &Song<'_>, random: &mut ChaCha8Rng) -> Vec<(Role, Grid)> {
    vec![
        (Role::Guitar, acoustic_guitar(&song.chords, song.piece, random)),
        (Role::Bass, folk_bass(&song.chords, song.piece, random)),
        (Role::Drums, drums(song, &FOLK_BEATS, random)),
    ]
}

/// Strings hold chords, winds strike them or double the tune a third below, basses have roots.
fn symphony(song: &Song<'_>, random: &mut ChaCha8Rng) -> Vec<(Role, Grid)> {
    const FIGURES: [&[usize]; 4] = [&[0, 8], &[4, 8, 12], &[0], &[0, 6, 8, 14]];
    let [mut strings, mut winds, mut basses] = std::array::from_fn(|_| song.silent());
    let figure = FIGURES[random.random_range(0..FIGURES.len())];
    let (stride, winds_from) = ([4, 8, BAR][random.random_range(0..3)], random.random_range(0..2) * SECTION_BARS * BAR);
    for span in &song.chords {
        let pitches: Vec<i32> = span.chord.classes().map(|class| nearest(class, 60)).collect();
        for start in (span.start..span.end).step_by(BAR) {
            strike(&mut strings, start, &[0], &pitches);
            if start >= winds_from {
                let upper: Vec<i32> = span.chord.classes().map(|class| nearest(class, 66)).collect();
                strike(&mut winds, start, figure, &upper);
            }
            let root = nearest(span.chord.root, 40);
            let beats: Vec<usize> = (0..BAR).step_by(stride).collect();
            strike(&mut basses, start, &beats, &[root]);
        }
    }
    vec![(Role::Pad, strings), (Role::Chords, winds), (Role::Bass, basses)]
}

/// Strikes at the steps of a bar, each note until the next.
fn strike(grid: &mut Grid, bar_start: usize, steps: &[usize], pitches: &[i32]) {
    for (index, &step) in steps.iter().enumerate() {
        let until = steps.get(index + 1).copied().unwrap_or(BAR);
        for &pitch in pitches {
            write(grid, bar_start + step, until - step, pitch);
        }
    }
}

const SIDE_STICK: i32 = 37;
const KICK: i32 = 36;
const SNARE: i32 = 38;
const CLOSED_HAT: i32 = 42;
const PEDAL_HAT: i32 = 44;
const OPEN_HAT: i32 = 46;
const CRASH: i32 = 49;
const RIDE: i32 = 51;
const TAMBOURINE: i32 = 54;
const TOMS: [i32; 4] = [50, 48, 45, 43];

/// A kit's bar: drums and their steps.
type Beat = &'static [(i32, &'static [usize])];

const EIGHTHS: &[usize] = &[0, 2, 4, 6, 8, 10, 12, 14];
const ROCK_BEATS: [Beat; 4] = [
    &[(CLOSED_HAT, EIGHTHS), (KICK, &[0, 8]), (SNARE, &[4, 12])],
    &[(CLOSED_HAT, EIGHTHS), (KICK, &[0, 6, 8]), (SNARE, &[4, 12])],
    &[(RIDE, EIGHTHS), (KICK, &[0, 3, 8, 10]), (SNARE, &[4, 12])],
    &[(OPEN_HAT, &[0, 4, 8, 12]), (KICK, &[0, 8, 10, 14]), (SNARE, &[4, 12])],
];
/// Straight on the grid: swing is a matter of playing.
const JAZZ_BEATS: [Beat; 4] = [
    &[(RIDE, &[0, 4, 6, 8, 12, 14]), (PEDAL_HAT, &[4, 12])],
    &[(RIDE, &[0, 4, 6, 8, 12, 14]), (PEDAL_HAT, &[4, 12]), (KICK, &[0, 8])],
    &[(RIDE, &[0, 4, 6, 8, 12]), (PEDAL_HAT, &[4, 12]), (SIDE_STICK, &[14])],
    &[(RIDE, &[0, 4, 6, 8, 12, 14]), (PEDAL_HAT, &[4, 12]), (SNARE, &[6]), (KICK, &[14])],
];
const FOLK_BEATS: [Beat; 4] = [
    &[(CLOSED_HAT, EIGHTHS), (KICK, &[0, 8]), (SIDE_STICK, &[4, 12])],
    &[(TAMBOURINE, &[4, 12]), (KICK, &[0, 8])],
    &[(CLOSED_HAT, &[0, 4, 8, 12]), (KICK, &[0, 10]), (SNARE, &[4, 12])],
    &[(TAMBOURINE, EIGHTHS), (KICK, &[0, 8]), (SNARE, &[4, 12])],
];

/// One beat a section, a fill in its last bar, a crash where the next begins.
fn drums(song: &Song<'_>, beats: &[Beat; 4], random: &mut ChaCha8Rng) -> Grid {
    let mut grid = song.silent();
    let favourites: [usize; 2] = std::array::from_fn(|_| random.random_range(0..beats.len()));
    for bar in 0..song.piece.bars() {
        let (section, at) = (bar / SECTION_BARS, bar * BAR);
        let fills = bar % SECTION_BARS == SECTION_BARS - 1 && chance(random, 0.8);
        let until = if fills { 8 } else { BAR };
        for &(drum, steps) in beats[favourites[section % 2]] {
            for &step in steps.iter().filter(|step| **step < until) {
                write(&mut grid, at + step, 1, drum);
            }
        }
        for step in until..BAR {
            if step % 2 == 0 || chance(random, 0.3) {
                let tom = TOMS[(step - until) * TOMS.len() / (BAR - until)];
                write(&mut grid, at + step, 1, if chance(random, 0.3) { SNARE } else { tom });
            }
        }
        if bar % SECTION_BARS == 0 {
            write(&mut grid, at, 1, CRASH);
        }
    }
    grid
}

#[cfg(test)]
mod tests;
