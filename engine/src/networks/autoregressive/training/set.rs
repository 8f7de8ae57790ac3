//! What the network learns from: the pieces of a data set as lines, and passages of them.

use std::ops::Range;

use cantus::corpus::drumming::{Drumming, one_a_limb};
use cantus::corpus::hands::Hands;
use cantus::corpus::{self, Dataset, Split};
use cantus::music::kit::{Sound, Stroke};
use cantus::music::swing::Swing;
use cantus::music::{Grid, Role};

use crate::networks::autoregressive::cells::{CHORD, FIRST_VOICE, LOWEST, MELODY, PITCHES};
use crate::networks::autoregressive::chords::{label_lines, root_and_quality};
use crate::networks::autoregressive::form::heard;
use crate::networks::autoregressive::generator::Sizes;
use crate::networks::autoregressive::melody::analyse;
use crate::networks::autoregressive::patterns;
use crate::networks::autoregressive::policy::{Manners, Policy};
use crate::networks::autoregressive::settings::{Settings, VoiceSpec};
use crate::networks::autoregressive::sheet::{DENSITIES, Hidden, Piece, Sheet, is_kick};
use crate::networks::drummer::training::Drumbook;
use crate::networks::lines::{LineStep, lines_of_part, melody_line};
use crate::random::Source;
use crate::training::choose_parts::ChosenPart;

/// Passages are about so long.
pub const PASSAGE: usize = 256;
/// In so many passages some cells of the parts are known.
const KNOWN_SHARE: f32 = 0.15;
/// In so many the melody's future is hidden, so that the network can play along with somebody.
const FUTURE_HIDDEN_SHARE: f32 = 0.08;
/// In so many some bars of the melody are hidden, so that melodies can be gone on with and reworked.
const SPANS_HIDDEN_SHARE: f32 = 0.08;
/// In so many nobody says how dense it is.
const ANY_DENSITY_SHARE: f32 = 0.4;
/// In so many nobody hears the kit.
const NO_KIT_SHARE: f32 = 0.1;
/// A part strikes again what sounds already where so many of its notes do.
const REPEATED_SHARE: f64 = 0.02;

/// The pieces of one side of a data set, as lines.
#[derive(Debug)]
pub struct TrainingSet {
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// Where each piece ends, in steps, if they followed each other.
    ends: Vec<usize>,
    parts: Vec<ChosenPart>,
    voices: Vec<VoiceSpec>,
    melody: (u8, u8),
    repeats: bool,
    /// What a drummer learns from; empty where there is no kit.
    pub drumming: Drumbook,
}

impl TrainingSet {
    /// The pieces of `split`, with the voices of these parts (from high to low), the lowest first; their kits, and what
    /// other people drummed.
    pub fn new(dataset: &Dataset, split: Split, parts: &[ChosenPart], performances: &[Drumming]) -> Self {
        let has_kit = parts.iter().any(|part| part.spec.is_drum);
        let parts: Vec<ChosenPart> = parts.iter().filter(|part| !part.spec.is_drum).cloned().collect();
        let mut voices = Vec::new();
        for (index, part) in parts.iter().enumerate().rev() {
            let voice = VoiceSpec { part: index, low: part.spec.low, high: part.spec.high };
            voices.extend(std::iter::repeat_n(voice, part.voices));
        }
        let mut set = Self {
            pieces: Vec::new(),
            ends: Vec::new(),
            parts,
            voices,
            melody: (48, 84),
            repeats: false,
            drumming: Drumbook::default(),
        };
        let (mut again, mut notes) = (0_usize, 0_usize);
        let mut middles = Vec::new();
        let mut onsets = Vec::new();
        let mut kits = Vec::new();
        for piece in dataset.split(split) {
            let melody = melody_line(&piece.melody);
            let voices = set.voices_of(&|role| piece.part(role), piece.steps());
            for line in &voices {
                for (before, cell) in line.iter().zip(&line[1.min(line.len())..]) {
                    notes += usize::from(cell.struck);
                    again += usize::from(cell.struck && before.pitch == cell.pitch);
                }
            }
            let struck: usize = voices.iter().map(|line| line.iter().filter(|cell| cell.struck).count()).sum();
            onsets.push(struck as f32 * 16.0 / (voices.len() * piece.steps()).max(1) as f32);
            let mut pitches: Vec<u8> = melody.iter().filter_map(|cell| cell.pitch).collect();
            if pitches.is_empty() {
                onsets.pop();
                continue;
            }
            pitches.sort_unstable();
            middles.push(pitches[pitches.len() / 2]);
            let analysis = analyse(&melody, piece.steps_per_bar, None);
            let chords = label_lines(&melody, &voices, analysis.home.tonic, piece.steps_per_bar);
            let strokes = if has_kit { strokes_of(piece) } else { Vec::new() };
            let kit = if strokes.is_empty() { Vec::new() } else { heard(&strokes, piece.steps()) };
            kits.push((strokes, piece.steps_per_bar));
            set.pieces.push(Piece {
                steps_per_bar: piece.steps_per_bar,
                analysis,
                melody,
                chords,
                voices,
                density: 0,
                kit,
            });
        }
        set.drumming = Drumbook::new(kits.into_iter().filter(|(strokes, _)| !strokes.is_empty()), performances);
        set.repeats = again as f64 > notes as f64 * REPEATED_SHARE;
        let mut sorted = onsets.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        for (piece, onsets) in set.pieces.iter_mut().zip(&onsets) {
            let rank = sorted.partition_point(|other| other < onsets);
            piece.density = (1 + rank * usize::from(DENSITIES - 1) / sorted.len().max(1)) as u8;
        }
        set.ends = set
            .pieces
            .iter()
            .scan(0, |end, piece| {
                *end += piece.steps();
                Some(*end)
            })
            .collect();
        middles.sort_unstable();
        if let (Some(low), Some(high)) = (middles.get(middles.len() / 20), middles.get(middles.len() * 19 / 20)) {
            set.melody = (low.saturating_sub(3), (*high).max(low + 12).saturating_add(3));
        }
        set
    }

    fn voices_of<'a>(&self, part_of: &dyn Fn(Role) -> Option<&'a Grid>, steps: usize) -> Vec<Vec<LineStep>> {
        let mut voices = Vec::new();
        for part in self.parts.iter().rev() {
            match part_of(part.spec.role) {
                Some(grid) => voices.extend(lines_of_part(grid, part.voices, false)),
                None => voices.extend(std::iter::repeat_n(vec![LineStep::default(); steps], part.voices)),
            }
        }
        voices
    }

    /// What the network needs to know.
    pub fn settings(&self, dataset: &Dataset, sizes: Sizes, policy: Policy) -> Settings {
        Settings {
            sizes,
            lines: self.voices.clone(),
            melody_low: self.melody.0,
            melody_high: self.melody.1,
            repeats: self.repeats,
            policy,
            drafts: 1,
            drummer: None,
            rests: Vec::new(),
            patterns: if policy.pattern > 0.0 { patterns::find(&self.pieces, &self.voices) } else { Vec::new() },
            swing: dataset.swing().map(Swing::place),
            hands: self.parts.iter().map(|part| Hands::fit(dataset, part.spec.role)).collect(),
        }
    }

    /// How to compose in the style of the pieces, and how many drafts the discriminator is to choose among, once it has
    /// learned.
    pub fn style(&self) -> (Policy, usize) {
        let (manners, has_kit) = (manners(&self.pieces), self.pieces.iter().any(|piece| !piece.kit.is_empty()));
        (Policy::for_style(manners, has_kit), Policy::drafts_for_style(manners, has_kit))
    }

    /// The share of bars, between the first and the last of the melody, in which each part is silent.
    pub fn rests(&self) -> Vec<f32> {
        let share = |part: usize| {
            let own: Vec<usize> = (0..self.voices.len()).filter(|voice| self.voices[*voice].part == part).collect();
            let (mut silent, mut bars) = (0.0_f32, 0.0_f32);
            for piece in &self.pieces {
                let sung = |bar: &[LineStep]| bar.iter().any(|cell| cell.pitch.is_some());
                let of_melody: Vec<bool> = piece.melody.chunks(piece.steps_per_bar.max(1)).map(sung).collect();
                let (first, last) = (of_melody.iter().position(|sung| *sung), of_melody.iter().rposition(|sung| *sung));
                let (Some(first), Some(last)) = (first, last) else { continue };
                for bar in first..=last {
                    let steps = bar * piece.steps_per_bar..(bar + 1) * piece.steps_per_bar;
                    let plays = own.iter().any(|voice| piece.voices[*voice].get(steps.clone()).is_some_and(sung));
                    silent += if plays { 0.0 } else { 1.0 };
                    bars += 1.0;
                }
            }
            silent / bars.max(1.0)
        };
        (0..self.parts.len()).map(share).collect()
    }

    /// A piece, by chance, long ones more often.
    pub fn draw(&self, source: &mut Source) -> usize {
        let steps = source.below(self.ends.last().copied().unwrap_or(0));
        self.ends.partition_point(|end| *end <= steps).min(self.pieces.len() - 1)
    }

    /// A passage of a piece that begins on a bar line, no longer than so many steps.
    pub fn passage(&self, piece: usize, most: usize, source: &mut Source) -> Range<usize> {
        let piece = &self.pieces[piece];
        let spare = piece.steps().saturating_sub(most).div_ceil(piece.steps_per_bar.max(1));
        let start = source.below(spare + 1) * piece.steps_per_bar;
        start..(start + most).min(piece.steps())
    }

    /// By how many semitones a piece may be moved without leaving the range of the lines.
    pub fn shift(&self, piece: usize, source: &mut Source) -> i32 {
        let piece = &self.pieces[piece];
        let sung = std::iter::once(&piece.melody).chain(&piece.voices).flatten().filter_map(|cell| cell.pitch);
        let (mut low, mut high) = (127, 0);
        for pitch in sung {
            (low, high) = (low.min(i32::from(pitch)), high.max(i32::from(pitch)));
        }
        let down = (-5).max(LOWEST - low).min(0);
        let up = 6.min(LOWEST + PITCHES as i32 - 1 - high).max(0);
        down + source.below((up - down + 1) as usize) as i32
    }

    /// A passage as it is learned from by likelihood: moved, with some of it known or hidden, by chance.
    pub fn lesson(&self, most: usize, source: &mut Source) -> Sheet {
        let index = self.draw(source);
        let passage = self.passage(index, most, source);
        let shift = self.shift(index, source);
        let mut piece = self.pieces[index].clone();
        if source.uniform() < ANY_DENSITY_SHARE {
            piece.density = 0;
        }
        if source.uniform() < NO_KIT_SHARE {
            piece.kit.clear();
        }
        let hidden = hidden(passage.len(), piece.steps_per_bar, source);
        let mut sheet = Sheet::new(&piece, passage, shift, &hidden);
        give_some(&mut sheet, source);
        sheet
    }
}

/// What the voices of pieces do.
fn manners(pieces: &[Piece]) -> Manners {
    let (mut moves, mut parallels, mut notes, mut short) = (0_u32, 0_u32, 0_u32, 0_u32);
    let (mut intervals, mut leaps, mut bars, mut returns) = (0_u32, 0_u32, 0_u32, 0_u32);
    let (mut ones, mut roots, mut low, mut on_kick) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut rocks = 0_u32;
    for piece in pieces {
        let lines: Vec<&[LineStep]> = std::iter::once(&piece.melody).chain(&piece.voices).map(Vec::as_slice).collect();
        for line in &lines[1..] {
            let rhythms: Vec<Vec<bool>> = line
                .chunks(piece.steps_per_bar.max(1))
                .map(|bar| bar.iter().map(|cell| cell.struck).collect())
                .collect();
            for (earlier, bar) in rhythms.iter().zip(rhythms.iter().skip(2)).filter(|(_, bar)| bar.contains(&true)) {
                bars += 1;
                returns += u32::from(earlier == bar);
            }
            let onsets: Vec<(usize, u8)> = line
                .iter()
                .enumerate()
                .filter_map(|(step, cell)| cell.pitch.filter(|_| cell.struck).map(|pitch| (step, pitch)))
                .collect();
            notes += onsets.len() as u32;
            short += onsets.iter().filter(|(step, _)| is_short(line, *step)).count() as u32;
            for pair in onsets.windows(2) {
                let by = pair[0].1.abs_diff(pair[1].1);
                intervals += 1;
                leaps += u32::from(matches!(by, 6 | 10 | 11) || by > 12);
            }
        }
        rocks += rocking(piece.voices.first().map_or(&[], Vec::as_slice));
        let lowest = |step: usize| piece.voices.first()?.get(step).filter(|cell| cell.struck)?.pitch;
        for step in 0..piece.steps() {
            let Some(pitch) = lowest(step) else { continue };
            low += 1;
            on_kick += u32::from(is_kick(&piece.kit, step));
            let root = piece.chords.get(step).and_then(|value| root_and_quality(*value));
            if let Some((root, _)) = root.filter(|_| step.is_multiple_of(piece.steps_per_bar.max(1))) {
                ones += 1;
                roots += u32::from((root as u8 + piece.analysis.home.tonic) % 12 == pitch % 12);
            }
        }
        for step in 1..piece.steps() {
            let at = |line: &[LineStep], step: usize| line.get(step).and_then(|cell| cell.pitch);
            let now: Vec<Option<u8>> = lines.iter().map(|line| at(line, step)).collect();
            let was: Vec<Option<u8>> = lines.iter().map(|line| at(line, step - 1)).collect();
            let pairs = || (1..now.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
            moves += u32::from(now != was);
            parallels += u32::from(pairs().any(|(one, other)| match (was[one], was[other], now[one], now[other]) {
                (Some(a), Some(b), Some(c), Some(d)) => {
                    let (before, after) = (a.abs_diff(b) % 12, c.abs_diff(d) % 12);
                    a != c && b != d && (c > a) == (d > b) && before == after && matches!(after, 0 | 7)
                }
                _ => false,
            }));
        }
    }
    let share = |part: u32, of: u32| f64::from(part) / f64::from(of.max(1));
    Manners {
        parallels: share(parallels, moves),
        short: share(short, notes),
        leaps: share(leaps, intervals),
        returns: share(returns, bars),
        roots: share(roots, ones),
        on_kick: share(on_kick, low),
        rocks: share(rocks, low),
    }
}

/// How many notes of a line come by step from where the one before came from.
fn rocking(line: &[LineStep]) -> u32 {
    let pitches: Vec<u8> = line.iter().filter(|cell| cell.struck).filter_map(|cell| cell.pitch).collect();
    let rocks = |three: &&[u8]| three[0] == three[2] && matches!(three[0].abs_diff(three[1]), 1 | 2);
    pitches.windows(3).filter(rocks).count() as u32
}

/// Whether a note that is struck at a step lasts no longer.
fn is_short(line: &[LineStep], step: usize) -> bool {
    line.get(step + 1).is_none_or(|next| next.pitch.is_none() || next.struck)
}

/// The strokes of a piece's kit as they were played.
fn strokes_of(piece: &corpus::Piece) -> Vec<Stroke> {
    let stroke = |played: &corpus::Played| {
        let sound = Sound::of_key(played.pitch)?;
        Some(Stroke { step: played.step, sound, velocity: played.velocity, late: played.late })
    };
    let mut strokes: Vec<Stroke> = piece.played(Role::Drums).iter().filter_map(stroke).collect();
    if strokes.is_empty()
        && let Some(grid) = piece.part(Role::Drums)
    {
        let at = |step: usize| {
            grid.onsets(step).filter_map(move |key| {
                Some(Stroke { step: step as u32, sound: Sound::of_key(key as u8)?, velocity: 80, late: 0 })
            })
        };
        strokes = (0..grid.steps()).flat_map(at).collect();
    }
    one_a_limb(&mut strokes);
    strokes
}

fn hidden(steps: usize, bar: usize, source: &mut Source) -> Hidden {
    let dice = source.uniform();
    if dice < FUTURE_HIDDEN_SHARE {
        let from = source.below(steps);
        Hidden { steps: std::iter::once(from..steps).collect(), future: true }
    } else if dice < FUTURE_HIDDEN_SHARE + SPANS_HIDDEN_SHARE {
        let bars = steps.div_ceil(bar);
        let span = |source: &mut Source| {
            let start = source.below(bars);
            start * bar..((start + 1 + source.below(4)) * bar).min(steps)
        };
        let count = 1 + source.below(3);
        Hidden { steps: (0..count).map(|_| span(source)).collect(), future: false }
    } else {
        Hidden::default()
    }
}

/// Makes some lines or some bars known, so that the network learns to complete what a person wrote. Something is always
/// left to learn: what has no loss has no gradient.
fn give_some(sheet: &mut Sheet, source: &mut Source) {
    if source.uniform() >= KNOWN_SHARE {
        return;
    }
    let before = sheet.known.clone();
    give(sheet, source);
    let lines = sheet.lines();
    if sheet.known.chunks(lines).all(|known| known[CHORD..].iter().all(|known| *known)) {
        sheet.known = before;
    }
}

fn give(sheet: &mut Sheet, source: &mut Source) {
    let (steps, lines) = (sheet.steps(), sheet.lines());
    if source.uniform() < 0.5 {
        for line in CHORD..lines {
            if source.uniform() < 0.4 {
                (0..steps).for_each(|step| sheet.known[step * lines + line] = true);
            }
        }
        return;
    }
    let share = 0.3 + 0.6 * source.uniform();
    for start in (0..steps).step_by(sheet.steps_per_bar) {
        if source.uniform() < share {
            for step in start..(start + sheet.steps_per_bar).min(steps) {
                (CHORD..lines).for_each(|line| sheet.known[step * lines + line] = true);
            }
        }
    }
}

/// Share of voices' cells in which two drafts hold the same.
pub fn agreement(one: &Sheet, other: &Sheet) -> f64 {
    debug_assert_eq!(MELODY, 0);
    let cells = (0..one.steps()).flat_map(|step| (FIRST_VOICE..one.lines()).map(move |line| (step, line)));
    let (mut same, mut all) = (0_usize, 0_usize);
    for (step, line) in cells {
        same += usize::from(one.cells.value(step, line) == other.cells.value(step, line));
        all += 1;
    }
    same as f64 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cantus::engine_client::ModelCard;

    use super::*;
    use crate::random::Purpose;

    #[test]
    fn something_is_always_left_to_learn() {
        let pieces = (0..2).map(|number| corpus::builtin::Style::Chorale.piece(1, number)).collect();
        let dataset = Dataset { pieces, ..Dataset::default() };
        let parts = crate::training::choose_parts::choose_parts(&dataset, 6, 8, 1).unwrap();
        let set = TrainingSet::new(&dataset, Split::Train, &parts, &[]);
        let mut all_but_one = 0;
        for number in 0..2000 {
            let sheet = set.lesson(PASSAGE, &mut Source::new(number, Purpose::Training, 0));
            let left = |line: usize| (0..sheet.steps()).any(|step| !sheet.is_known(step, line));
            let left = (CHORD..sheet.lines()).filter(|line| left(*line)).count();
            assert!(left > 0, "{number}");
            all_but_one += usize::from(left == 1);
        }
        assert!(all_but_one > 0, "or there was nothing to see");
    }

    /// Prints the patterns of a folder's training pieces for a model's parts, as its card has them.
    #[test]
    #[ignore = "a tool: CANTUS_MODEL and CANTUS_DATA say which folders"]
    fn patterns_of_a_folder() {
        let [model, data] = ["CANTUS_MODEL", "CANTUS_DATA"].map(|name| std::env::var(name).unwrap());
        let card = ModelCard::read(Path::new(&model)).unwrap();
        let settings: Settings = crate::network::settings_of(&card).unwrap();
        let voices = |part: usize| settings.lines.iter().filter(|line| line.part == part).count();
        let chosen =
            |(part, spec): (usize, &crate::network::PartSpec)| ChosenPart { spec: spec.clone(), voices: voices(part) };
        let parts: Vec<ChosenPart> = card.parts.iter().enumerate().map(chosen).collect();
        let dataset = corpus::read(&data, &corpus::ReadOptions::default(), &mut |_, _| (), &|| false).unwrap();
        let set = TrainingSet::new(&dataset, Split::Train, &parts, &[]);
        assert_eq!(set.pieces.first().map(|piece| piece.voices.len()), Some(settings.lines.len()));
        println!("PATTERNS {}", serde_json::to_string(&patterns::find(&set.pieces, &settings.lines)).unwrap());
    }
}
