//! Pieces as lines, and batches of their windows with some cells hidden.

use tch::{Device, Tensor};

use crate::key::semitones_to_c;
use crate::networks::cantus::Seen;
use crate::networks::cantus::drafts::Drafting;
use crate::networks::cantus::features::{PLACE, Place, place};
use crate::networks::cantus::layers::Sizes;
use crate::networks::cantus::lines::LineSpec;
use crate::networks::cantus::plan::{self, PLAN, Progressions};
use crate::networks::cantus::settings::Settings;
use crate::networks::cantus::tokens::tokens_from_line;
use crate::networks::lines::{LineStep, lines_of_part, melody_line};
use crate::random::Source;
use crate::training::choose_parts::ChosenPart;
use cantus::corpus::Planes;
use cantus::corpus::{Dataset, Piece, Split};
use cantus::measures::mean;
use cantus::measures::metrics::dissonance;
use cantus::music::{Chord, Chroma, Grid};

/// Length of a window in steps, whole spans of 16: eight bars of common time.
const WINDOW: usize = 128;
/// Semitones from C major or A minor; most windows stay at home, for the key is brought there when composing too.
const MOVED: [i32; 8] = [0, 0, 0, 0, -2, -1, 1, 2];
/// How often the bar lines are shown.
const BARS_KNOWN: f32 = 0.7;
/// How often the chords are shown, of the whole window and of parts of it.
const SHOWN: f32 = 0.45;
const SHOWN_IN_PART: f32 = 0.15;
/// Styles of which more than this clashes do so on purpose; chorales reach 0.05, jazz 0.13.
const DISSONANT: f64 = 0.09;
/// Styles of which more notes than this are as short as can be play them on purpose; in chorales 0.02 are.
const STACCATO: f64 = 0.1;
/// Parts of which fewer notes than this are as short as can be do not play them.
const SUSTAINED: f64 = 0.001;
/// How far a melody's middle may be from the training melodies' before it is moved by octaves.
const MELODY_REACH: i32 = 9;

/// One piece, at its own pitch.
struct TrainingPiece {
    steps: usize,
    steps_per_bar: usize,
    melody: Vec<LineStep>,
    lines: Vec<Vec<LineStep>>,
    /// Semitones to C major or A minor, as the melody alone has it and as all parts have it.
    shifts: [i32; 2],
    /// The chord of each beat.
    chords: Vec<Chord>,
    /// How long the melody sings each pitch class in each beat, in quarters.
    sung: Vec<Chroma>,
}

/// The pieces of one side of the split.
pub struct TrainingSet {
    pieces: Vec<TrainingPiece>,
    /// Piece and first step.
    starts: Vec<(usize, usize)>,
    specs: Vec<LineSpec>,
    is_drum: Vec<bool>,
    melody_middle: i32,
    /// Share of the pairs of melody and parts that clash.
    dissonance: f64,
    /// Whether windows are moved in pitch and time.
    pub augmented: bool,
}

/// Windows with some cells hidden.
pub struct Batch {
    /// Tokens, \[n, 1, steps\].
    pub melody: Tensor,
    /// Tokens, all of them true, \[n, lines, steps\].
    pub lines: Tensor,
    /// 1 where the network is shown them, \[n, lines, steps\].
    pub known: Tensor,
    /// \[n, PLACE, steps\].
    pub place: Tensor,
    /// The chords as far as they are shown, \[n, PLAN, steps\].
    pub plan: Tensor,
}

impl Batch {
    /// What the generator sees of it.
    pub const fn seen(&self) -> Seen<'_> {
        Seen { melody: &self.melody, lines: &self.lines, known: &self.known, place: &self.place, plan: &self.plan }
    }
}

impl TrainingSet {
    /// Takes the pieces in.
    pub fn new(dataset: &Dataset, split: Split, chosen: &[ChosenPart]) -> Self {
        let pieces: Vec<TrainingPiece> = dataset.split(split).map(|piece| take_in(piece, chosen)).collect();
        let mut starts = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let last = piece.steps.saturating_sub(WINDOW / 2).max(1);
            starts.extend((0..last).step_by(piece.steps_per_bar.max(1)).map(|first| (index, first)));
        }
        let voices = chosen.iter().enumerate().flat_map(|(part, of)| std::iter::repeat_n(part, of.voices));
        let (parts, is_drum): (Vec<usize>, Vec<bool>) = voices.map(|part| (part, chosen[part].spec.is_drum)).unzip();
        let specs =
            parts.iter().enumerate().map(|(line, &part)| LineSpec { part, ..range(&pieces, line, is_drum[line]) });
        let mut middles: Vec<i32> = pieces.iter().filter_map(TrainingPiece::melody_middle).collect();
        middles.sort_unstable();
        Self {
            specs: specs.collect(),
            is_drum,
            melody_middle: middles.get(middles.len() / 2).copied().unwrap_or(69),
            dissonance: dissonance_of(dataset, split, chosen),
            pieces,
            starts,
            augmented: true,
        }
    }

    /// Whether there is nothing to learn from.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// How many windows it has, before they are moved.
    pub fn windows(&self) -> usize {
        self.starts.len()
    }

    /// What the network needs to know.
    pub fn settings(&self, sizes: Sizes) -> Settings {
        Settings {
            sizes,
            lines: self.specs.clone(),
            melody_low: (self.melody_middle - MELODY_REACH).clamp(0, 127) as u8,
            melody_high: (self.melody_middle + MELODY_REACH).clamp(0, 127) as u8,
            drafting: if self.always_sing() { Drafting::SINGING } else { Drafting::PLAYING },
            sampling: Vec::new(),
            dissonant: self.dissonance > DISSONANT,
            staccato: self.short_notes(&|_| true) > STACCATO,
            sustained: self.sustained(),
            swing: None,
            progressions: Some(self.progressions()),
            repeats: self.pieces.iter().flat_map(|piece| &piece.lines).any(|line| repeats(line)),
        }
    }

    /// How the pieces' chords follow each other, in C major or A minor.
    fn progressions(&self) -> Progressions {
        let mut progressions = Progressions::default();
        for piece in &self.pieces {
            let home: Vec<Chord> = piece.chords.iter().map(|&chord| chord.transposed(piece.shifts[1])).collect();
            let melody: Vec<Chroma> = piece.sung.iter().map(|chroma| up(chroma, piece.shifts[1])).collect();
            progressions.count(&home, &melody, piece.steps_per_bar);
        }
        progressions
    }

    /// Which parts hardly ever play a note of one step; nothing if all do.
    fn sustained(&self) -> Vec<bool> {
        let parts = self.specs.iter().map(|line| line.part + 1).max().unwrap_or(0);
        let pitched =
            |part: usize| (0..self.specs.len()).any(|line| self.specs[line].part == part && !self.is_drum[line]);
        let holds = |part| pitched(part) && self.short_notes(&|line| self.specs[line].part == part) < SUSTAINED;
        let sustained: Vec<bool> = (0..parts).map(holds).collect();
        if sustained.contains(&true) { sustained } else { Vec::new() }
    }

    /// Share of the notes that end after one step, in those pitched lines that are asked for.
    fn short_notes(&self, wanted: &dyn Fn(usize) -> bool) -> f64 {
        let (mut short, mut all) = (0, 0);
        for piece in &self.pieces {
            let pitched = piece.lines.iter().enumerate().filter(|(index, _)| !self.is_drum[*index] && wanted(*index));
            for (_, line) in pitched {
                let ends = |step: Option<&LineStep>| step.is_none_or(|step| step.struck || step.pitch.is_none());
                for (at, _) in line.iter().enumerate().filter(|(_, step)| step.struck) {
                    all += 1;
                    short += usize::from(ends(line.get(at + 1)));
                }
            }
        }
        short as f64 / all.max(1) as f64
    }

    /// Whether each line sounds nearly throughout.
    fn always_sing(&self) -> bool {
        let lines = self.pieces.iter().flat_map(|piece| &piece.lines);
        let (sounding, all) = lines.fold((0, 0), |(sounding, all), line| {
            (sounding + line.iter().filter(|step| step.pitch.is_some()).count(), all + line.len())
        });
        sounding as f64 >= 0.9 * all as f64
    }

    /// A batch of windows drawn at random.
    pub fn batch(&self, count: usize, source: &mut Source, device: Device) -> Batch {
        let lines = self.specs.len();
        let (mut melody, mut all, mut known, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut plans = Vec::new();
        for _ in 0..count {
            let (index, first) = self.starts[source.below(self.starts.len())];
            let piece = &self.pieces[index];
            let moved = if self.augmented { MOVED[source.below(MOVED.len())] } else { 0 };
            let shift = piece.shifts[source.below(2)] + moved;
            melody.extend(tokens_from_line(&piece.melody, first, WINDOW, shift));
            for (line, is_drum) in piece.lines.iter().zip(&self.is_drum) {
                all.extend(tokens_from_line(line, first, WINDOW, if *is_drum { 0 } else { shift }));
            }
            known.extend(hide(lines, piece.steps.saturating_sub(first).min(WINDOW), source));
            let at = Place {
                first,
                steps_per_bar: piece.steps_per_bar,
                piece_steps: piece.steps,
                bars_known: source.uniform() < BARS_KNOWN,
            };
            places.extend(place(at, WINDOW));
            let shown = shown_spans(source);
            let chord = |step: usize| piece.chords.get((first + step) / 4).map(|&chord| chord.transposed(shift));
            plans.extend(plan::channels(&|step| chord(step).filter(|_| shown[step / 16]), WINDOW));
        }
        let (count, lines, steps) = (count as i64, lines as i64, WINDOW as i64);
        Batch {
            melody: Tensor::from_slice(&melody).view([count, 1, steps]).to_device(device),
            lines: Tensor::from_slice(&all).view([count, lines, steps]).to_device(device),
            known: Tensor::from_slice(&known).view([count, lines, steps]).to_device(device),
            place: Tensor::from_slice(&places).view([count, PLACE, steps]).to_device(device),
            plan: Tensor::from_slice(&plans).view([count, PLAN, steps]).to_device(device),
        }
    }
}

impl TrainingPiece {
    /// The middle pitch of its melody, in C major or A minor.
    fn melody_middle(&self) -> Option<i32> {
        let mut pitches: Vec<u8> = self.melody.iter().filter_map(|step| step.pitch).collect();
        pitches.sort_unstable();
        pitches.get(pitches.len() / 2).map(|&pitch| i32::from(pitch) + self.shifts[1])
    }
}

/// The mean of the parts' dissonance with their melodies.
fn dissonance_of(dataset: &Dataset, split: Split, chosen: &[ChosenPart]) -> f64 {
    let of = |piece: &Piece| {
        let melody = Planes::from(&piece.melody);
        let pitched = chosen.iter().filter(|part| !part.spec.is_drum);
        mean(pitched.filter_map(|part| Some(dissonance(&melody, &piece.part(part.spec.role)?.into()))))
    };
    mean(dataset.split(split).map(of)).unwrap_or(0.0)
}

fn take_in(piece: &Piece, chosen: &[ChosenPart]) -> TrainingPiece {
    let silent = Grid::silent(piece.steps());
    let lines = chosen.iter().flat_map(|part| {
        let grid = piece.part(part.spec.role).unwrap_or(&silent);
        lines_of_part(grid, part.voices, part.spec.is_drum)
    });
    let pitched = chosen.iter().filter(|part| !part.spec.is_drum);
    let mut grids: Vec<&Grid> = pitched.filter_map(|part| piece.part(part.spec.role)).collect();
    grids.push(&piece.melody);
    TrainingPiece {
        steps: piece.steps(),
        steps_per_bar: piece.steps_per_bar,
        melody: melody_line(&piece.melody),
        lines: lines.collect(),
        shifts: [semitones_to_c(&[&piece.melody]), semitones_to_c(&grids)],
        chords: plan::chords_of(&chromas(&grids, piece.steps()), piece.steps_per_bar),
        sung: chromas(&[&piece.melody], piece.steps()),
    }
}

/// How long each pitch class sounds in each beat, in quarters; basses count as all others do, for they are among the
/// lines.
fn chromas(grids: &[&Grid], steps: usize) -> Vec<Chroma> {
    let mut chromas = vec![[0.0; 12]; steps.div_ceil(4)];
    for grid in grids {
        for step in 0..steps.min(grid.steps()) {
            for pitch in grid.sounding(step) {
                chromas[step / 4][pitch % 12] += 0.25;
            }
        }
    }
    chromas
}

/// Pitch classes some semitones higher.
fn up(chroma: &Chroma, semitones: i32) -> Chroma {
    std::array::from_fn(|class| chroma[(class as i32 - semitones).rem_euclid(12) as usize])
}

/// Which of a window's spans of 16 steps the chords are shown of: all, none, or some.
fn shown_spans(source: &mut Source) -> [bool; WINDOW / 16] {
    let way = source.uniform();
    std::array::from_fn(|_| way < SHOWN || (way < SHOWN + SHOWN_IN_PART && source.uniform() < 0.5))
}

/// Whether a line strikes what sounds already.
fn repeats(line: &[LineStep]) -> bool {
    line.windows(2).any(|pair| pair[1].struck && pair[0].pitch == pair[1].pitch)
}

/// The range of a line at home in C major or A minor.
fn range(pieces: &[TrainingPiece], line: usize, is_drum: bool) -> LineSpec {
    let (mut low, mut high) = (127, 0);
    for piece in pieces {
        let shift = if is_drum { 0 } else { piece.shifts[1] };
        for pitch in piece.lines[line].iter().filter_map(|step| step.pitch) {
            let pitch = (i32::from(pitch) + shift).clamp(24, 95) as u8;
            (low, high) = (low.min(pitch), high.max(pitch));
        }
    }
    LineSpec { part: 0, low: low.min(high), high }
}

/// Which cells the network is shown (1) and which it is to find (0): all hidden, or whole lines, or blocks of a random
/// length at a random rate. What lies beyond the piece is always shown.
fn hide(lines: usize, steps: usize, source: &mut Source) -> Vec<f32> {
    let mut known = vec![1.0; lines * WINDOW];
    let way = source.uniform();
    let (block, rate) = if way < 0.2 {
        (WINDOW, 1.0)
    } else if way < 0.35 {
        (WINDOW, 0.6)
    } else {
        ([1, 2, 4, 4, 8, 16][source.below(6)], 0.05 + 0.95 * source.uniform())
    };
    for line in 0..lines {
        for first in (0..steps).step_by(block) {
            if source.uniform() < rate {
                known[line * WINDOW + first..line * WINDOW + (first + block).min(steps)].fill(0.0);
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::cantus::tokens::{HOLD, REST, VOCABULARY};
    use crate::random::Purpose;
    use crate::testing::chorales;
    use crate::training::choose_parts::choose_parts;
    use cantus::music::{Cell, Role};

    #[test]
    fn batches_are_whole_and_beyond_the_end_all_is_shown() {
        let dataset = chorales(6);
        let set = TrainingSet::new(&dataset, Split::Train, &choose_parts(&dataset, 4, 16, 5).unwrap());
        let mut source = Source::new(1, Purpose::Training, 0);
        let batch = set.batch(5, &mut source, Device::Cpu);
        assert_eq!(batch.lines.size(), [5, 2, 128]);
        assert_eq!(batch.place.size(), [5, PLACE, 128]);
        assert!(batch.lines.min().int64_value(&[]) >= HOLD && batch.lines.max().int64_value(&[]) < VOCABULARY);
        // the pieces are four bars long
        let tail = |tensor: &Tensor| tensor.narrow(2, 64, 64);
        assert_eq!(tail(&batch.known).min().double_value(&[]), 1.0);
        assert_eq!(tail(&batch.lines).max().int64_value(&[]), REST);
        assert_eq!(tail(&batch.place).abs().max().double_value(&[]), 0.0);
    }

    #[test]
    fn parts_hold_their_notes_where_the_training_pieces_do() {
        let mut dataset = chorales(6);
        let beaten = |steps: usize, length: usize| {
            let mut grid = Grid::silent(steps);
            for step in (0..steps).filter(|step| step % 4 < length) {
                grid.set(step, 48, if step % 4 == 0 { Cell::Onset } else { Cell::Held });
            }
            grid
        };
        let parts = dataset.pieces.iter_mut().flat_map(|piece| &mut piece.parts);
        parts.for_each(|(_, grid)| *grid = beaten(grid.steps(), 2));
        let sustained = |dataset: &Dataset| {
            let chosen = choose_parts(dataset, 4, 16, 5).unwrap();
            let set = TrainingSet::new(dataset, Split::Train, &chosen);
            let held = set.settings(Sizes::default()).sustained;
            chosen.iter().map(|part| part.spec.role).zip(held).collect::<Vec<_>>()
        };
        let held = sustained(&dataset);
        assert!(held.len() == 2 && held.iter().all(|(_, held)| *held), "{held:?}");
        let (_, bass) = dataset.pieces[0].parts.iter_mut().find(|(role, _)| *role == Role::Bass).unwrap();
        *bass = beaten(bass.steps(), 1);
        let held = sustained(&dataset);
        assert!(held.contains(&(Role::Bass, false)) && held.contains(&(Role::Alto, true)), "{held:?}");
    }

    #[test]
    fn hiding_takes_everything_from_little_to_all() {
        let mut source = Source::new(2, Purpose::Training, 0);
        let mut shares: Vec<f32> =
            (0..300).map(|_| hide(3, 128, &mut source).iter().map(|known| 1.0 - known).sum::<f32>() / 384.0).collect();
        shares.sort_by(f32::total_cmp);
        assert!(shares[20] < 0.3 && shares[299] == 1.0, "{} {}", shares[20], shares[299]);
        assert!(shares.iter().filter(|share| **share == 1.0).count() > 40);
    }
}
