//! `builtin:pop`: a tune over a loop of four chords, with bass, kit and a comping keyboard.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::corpus::dataset::{Piece, Split};
use crate::music::swing::Swing;
use crate::music::{Chord, Grid, Key, Mode, Role};

use crate::corpus::theory::{chance, draw, nearest, scale_neighbour, write};

const BAR: usize = 16;
/// Bars in a section; each has one loop, twice.
const SECTION_BARS: usize = 8;

/// Loops of degrees of the major key, a bar each; those that begin on 5 sound minor.
const LOOPS: [[usize; 4]; 10] = [
    [0, 4, 5, 3],
    [5, 3, 0, 4],
    [0, 5, 3, 4],
    [0, 3, 4, 3],
    [1, 4, 0, 5],
    [5, 4, 3, 4],
    [0, 2, 3, 4],
    [3, 0, 4, 5],
    [5, 1, 4, 0],
    [0, 3, 5, 4],
];

/// Steps at which the tune strikes within two bars.
const TUNE_RHYTHMS: [&[usize]; 8] = [
    &[0, 4, 8, 12, 16, 20, 24],
    &[0, 2, 4, 8, 12, 16, 18, 20, 24],
    &[0, 6, 8, 12, 16, 22, 24],
    &[2, 4, 6, 8, 12, 18, 20, 22, 24],
    &[0, 3, 6, 8, 10, 12, 16, 19, 22, 24],
    &[0, 8, 10, 12, 14, 16, 24],
    &[4, 6, 8, 10, 12, 14, 16, 20, 24],
    &[0, 4, 6, 8, 14, 16, 20, 22, 24],
];

/// Steps of a bar, with the note counted up from the root in semitones.
const BASSES: [&[(usize, i32)]; 6] = [
    &[(0, 0), (8, 0)],
    &[(0, 0), (4, 0), (8, 0), (12, 0)],
    &[(0, 0), (2, 0), (4, 0), (6, 0), (8, 0), (10, 0), (12, 0), (14, 0)],
    &[(0, 0), (6, 0), (8, 7), (14, 7)],
    &[(0, 0), (3, 0), (8, 0), (11, 7), (14, 12)],
    &[(0, 0), (8, 7), (12, 12)],
];

/// Steps of a bar at which the keyboard strikes.
const COMPS: [&[usize]; 6] = [&[0], &[0, 8], &[0, 4, 8, 12], &[0, 6, 12], &[2, 6, 10, 14], &[0, 3, 6, 10, 14]];

const KICK: i32 = 36;
const SNARE: i32 = 38;
const CLOSED_HAT: i32 = 42;
const OPEN_HAT: i32 = 46;
const CRASH: i32 = 49;
const RIDE: i32 = 51;
const TOMS: [i32; 3] = [50, 47, 43];

/// Kicks and snares of a bar.
const BEATS: [(&[usize], &[usize]); 6] = [
    (&[0, 8], &[4, 12]),
    (&[0, 8, 10], &[4, 12]),
    (&[0, 6, 8], &[4, 12]),
    (&[0, 4, 8, 12], &[4, 12]),
    (&[0, 3, 10], &[4, 12]),
    (&[0, 10], &[8]),
];

/// What one section (verse, chorus) does; it comes back unchanged in everything but the tune's ends and the fills.
struct Section {
    chords: [Chord; 4],
    tune: Vec<(usize, usize, i32)>, // step, length, pitch; over the whole section
    bass: usize,
    comp: usize,
    beat: usize,
    hat_every: usize,
    ride: bool,
}

/// One song.
pub fn piece(name: String, random: &mut ChaCha8Rng) -> Piece {
    let key = Key { tonic: random.random_range(0..12), mode: Mode::Major };
    let (verse, chorus) = (section(key, random), section(key, random));
    let forms: [&[usize]; 4] = [&[0, 0, 1], &[0, 1, 0, 1], &[0, 0, 1, 0], &[0, 1, 1]];
    let form = forms[random.random_range(0..forms.len())];
    let steps = form.len() * SECTION_BARS * BAR;
    let [mut melody, mut bass, mut drums, mut chords] = std::array::from_fn(|_| Grid::silent(steps));
    for (index, &which) in form.iter().enumerate() {
        let section = if which == 0 { &verse } else { &chorus };
        let first = index * SECTION_BARS * BAR;
        for &(step, length, pitch) in &section.tune {
            write(&mut melody, first + step, length, pitch);
        }
        write_bass(&mut bass, first, section, random);
        write_chords(&mut chords, first, section);
        write_drums(&mut drums, first, section, random);
    }
    Piece {
        name,
        split: Split::Train,
        steps_per_bar: BAR,
        melody,
        parts: vec![(Role::Bass, bass), (Role::Drums, drums), (Role::Chords, chords)],
        played: Vec::new(),
        swing: Swing::STRAIGHT,
        roles: Vec::new(),
    }
}

fn section(key: Key, random: &mut ChaCha8Rng) -> Section {
    let chords = LOOPS[random.random_range(0..LOOPS.len())].map(|degree| Chord::on_degree(key, degree));
    let rhythm = TUNE_RHYTHMS[random.random_range(0..TUNE_RHYTHMS.len())];
    let answer = TUNE_RHYTHMS[random.random_range(0..TUNE_RHYTHMS.len())];
    Section {
        chords,
        tune: tune(key, &chords, rhythm, answer, random),
        bass: random.random_range(0..BASSES.len()),
        comp: random.random_range(0..COMPS.len()),
        beat: random.random_range(0..BEATS.len()),
        hat_every: [1, 2, 2, 2, 4][random.random_range(0..5)],
        ride: chance(random, 0.25),
    }
}

/// Two bars and their answer, twice; the end of the second time goes home.
fn tune(
    key: Key,
    chords: &[Chord; 4],
    rhythm: &[usize],
    answer: &[usize],
    random: &mut ChaCha8Rng,
) -> Vec<(usize, usize, i32)> {
    let mut half = Vec::new();
    let mut pitch = 67 + random.random_range(0..8);
    for (phrase, steps) in [rhythm, answer].into_iter().enumerate() {
        for (index, &step) in steps.iter().enumerate() {
            let at = phrase * 2 * BAR + step;
            let until = steps.get(index + 1).map_or(2 * BAR - 2, |next| (*next).min(2 * BAR - 2));
            let chord = chords[at / BAR];
            let strong = step % 8 == 0;
            pitch = next_pitch(key, chord, pitch, strong, random);
            half.push((at, until - step, pitch));
        }
    }
    let mut tune = half.clone();
    tune.extend(half.iter().map(|&(step, length, pitch)| (step + 4 * BAR, length, pitch)));
    if let Some(last) = tune.last_mut() {
        last.2 = nearest(chords[3].root, last.2);
    }
    tune
}

fn next_pitch(key: Key, chord: Chord, from: i32, strong: bool, random: &mut ChaCha8Rng) -> i32 {
    let up = chance(
        random,
        if from > 74 {
            0.2
        } else if from < 65 {
            0.8
        } else {
            0.5
        },
    );
    let step = scale_neighbour(key, chord, from, up);
    let pitch = match draw(random, &[5.0, 2.0, 1.5]) {
        0 => step,
        1 => from,
        _ => scale_neighbour(key, chord, step, up),
    };
    if strong {
        let classes = chord.triad().map(|class| nearest(class, pitch));
        classes.into_iter().min_by_key(|near| (near - pitch).abs()).unwrap_or(pitch)
    } else {
        pitch
    }
}

fn write_bass(grid: &mut Grid, first: usize, section: &Section, random: &mut ChaCha8Rng) {
    let pattern = BASSES[section.bass];
    for bar in 0..SECTION_BARS {
        let root = nearest(section.chords[bar % 4].root, 38);
        let next_root = nearest(section.chords[(bar + 1) % 4].root, 38);
        for (index, &(step, above)) in pattern.iter().enumerate() {
            let until = pattern.get(index + 1).map_or(BAR, |next| next.0);
            let is_last = index + 1 == pattern.len();
            let lead = is_last && until - step >= 4 && next_root != root && chance(random, 0.3);
            let at = first + bar * BAR + step;
            if lead {
                write(grid, at, until - step - 2, root + above.min(7));
                write(grid, at + until - step - 2, 2, next_root + if next_root > root { -2 } else { 2 });
            } else {
                write(grid, at, until - step, root + above);
            }
        }
    }
}

fn write_chords(grid: &mut Grid, first: usize, section: &Section) {
    let pattern = COMPS[section.comp];
    for bar in 0..SECTION_BARS {
        let classes = section.chords[bar % 4].triad();
        for (index, &step) in pattern.iter().enumerate() {
            let until = pattern.get(index + 1).copied().unwrap_or(BAR);
            for class in classes {
                write(grid, first + bar * BAR + step, until - step, nearest(class, 59));
            }
        }
    }
}

fn write_drums(grid: &mut Grid, first: usize, section: &Section, random: &mut ChaCha8Rng) {
    let (kicks, snares) = BEATS[section.beat];
    for bar in 0..SECTION_BARS {
        let at = first + bar * BAR;
        let fill_from = if bar + 1 == SECTION_BARS {
            8
        } else if bar == 3 && chance(random, 0.5) {
            12
        } else {
            BAR
        };
        for step in 0..fill_from {
            if step % section.hat_every == 0 {
                let open = section.hat_every < 4 && step == 14 && !section.ride;
                let hat = if section.ride {
                    RIDE
                } else if open {
                    OPEN_HAT
                } else {
                    CLOSED_HAT
                };
                write(grid, at + step, 1, hat);
            }
            if kicks.contains(&step) {
                write(grid, at + step, 1, KICK);
            }
            if snares.contains(&step) {
                write(grid, at + step, 1, SNARE);
            }
        }
        for step in fill_from..BAR {
            let tom = TOMS[(step - fill_from) * TOMS.len() / (BAR - fill_from)];
            if step % 2 == 0 || chance(random, 0.4) {
                write(grid, at + step, 1, if chance(random, 0.3) { SNARE } else { tom });
            }
        }
        if bar == 0 {
            write(grid, at, 1, CRASH);
        }
    }
}
