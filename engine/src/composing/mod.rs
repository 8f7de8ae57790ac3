//! From a melody to parts: bars found, the network asked, its cells made into notes with names, instruments and
//! velocities.
//!
//! The melody never passes through: the network sees it on a grid, and nothing of that grid comes back.

use std::collections::HashMap;
use std::ops::Range;

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

mod balance;
pub mod finishing;
mod harmony;
mod postprocess;
mod strike;

use self::balance::balance;
use self::finishing::Finishing;
use self::postprocess::Stretch;
use self::strike::Strike;
use crate::error::Error;
use crate::network::MAX_STEPS;
use crate::network::{GenerateContext, KeptPart, Network, PartSpec, Written};
use crate::random::mixed;
use cantus::corpus::hands::Hands;
use cantus::music::grid::{PITCHES, TICKS_PER_STEP};
use cantus::music::kit::Stroke;
use cantus::music::swing::Swing;
use cantus::music::{
    Cell, ChordChange, Grid, Key, MAX_TICK, MetreMap, Note, Outline, Part, Pitch, Role, Score, SectionChange, Tick,
    Velocity, chord, outline,
};

/// More changes of metre than this are heard as one metre, the one that lasts longest.
const MAX_STRETCHES: usize = 32;
/// The golden ratio's fraction of 2^64: consecutive numbers times this share nothing.
const SEED_STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// How a composition is to be written.
#[derive(Clone, Copy, Debug)]
pub struct ComposeOptions {
    /// The same seed gives the same notes (on the CPU).
    pub seed: u64,
    /// 0 (the likeliest) to 1 (the boldest).
    pub surprise: f32,
    /// 0 (sparse) to 1 (busy).
    pub density: f32,
    /// Only these bars, from 0, the last one excluded; the parts of the score stay as they are elsewhere.
    pub bars: Option<(u32, u32)>,
    /// Bars that introduce the song, before its melody begins; a score that has an introduction keeps it.
    pub introduction: u32,
    /// What happens after the network.
    pub finishing: Finishing,
}

/// Parts for a melody.
#[derive(Clone, Debug, PartialEq)]
pub struct Composition {
    /// The written parts, without the melody and without those that were locked.
    pub parts: Vec<Part>,
    /// Its chords, its sections and where it begins.
    pub outline: Outline,
    /// The discriminator's (critic's) score; higher is better, comparable between takes of one melody only.
    pub rating: f32,
}

/// The seed of a take; take 0 has the seed that was asked for, the others have some of at most six digits, which people
/// can read and type.
pub const fn seed_of_take(seed: u64, take: u32) -> u64 {
    if take == 0 {
        return seed;
    }
    1 + mixed(seed.wrapping_add((take as u64).wrapping_mul(SEED_STEP))) % 999_999
}

/// Writes one take of the parts to a score's melody. Parts of the score that are locked stay, and are not written
/// again.
///
/// `cancel` is asked and `progress` told (done, of 1000) between steps of work.
///
/// # Errors
/// Where there is no melody, it is too long, all parts are locked, or the network fails or is cancelled.
pub fn compose(
    network: &dyn Network,
    score: &Score,
    options: ComposeOptions,
    cancel: &dyn Fn() -> bool,
    progress: &dyn Fn(u64, u64),
) -> Result<Composition, Error> {
    let bars_before = bars_before(score, &options);
    let score = &outline::bars_before(score, bars_before);
    let melody = score
        .melody_part()
        .filter(|melody| !melody.notes.is_empty() && !melody.is_drum)
        .ok_or_else(|| Error::Request("there is no melody to write to: play, draw or open one first".into()))?;
    let wanted = unlocked(network.parts(), score);
    if !wanted.iter().any(|wanted| *wanted) {
        return Err(Error::Request("every part that this model writes is locked; unlock one to write it again".into()));
    }
    let specs: Vec<PartSpec> = pick(network.parts(), &wanted).cloned().collect();
    let sustained: Vec<bool> = pick(network.sustained(), &wanted).copied().collect();
    let anew = options.bars.map(|(first, end)| score.metre.bar_start(first)..score.metre.bar_start(end.max(first)));
    let before: Vec<Option<&Part>> = counterparts(network.parts(), score, &|_| true);
    let opening = opening(score, &options);
    // networks write straight
    let swing = if options.finishing == Finishing::OFF { Swing::STRAIGHT } else { Swing::new(network.swing()) };
    let stretches = stretches(&melody.notes, &score.metre, swing, opening.clone())?;
    let all_steps: usize = stretches.iter().map(|stretch| stretch.melody.steps()).sum();
    let mut notes: Vec<Vec<Note>> = vec![Vec::new(); specs.len()];
    let mut chords: Vec<ChordChange> = Vec::new();
    let mut lettered: Vec<(Tick, usize)> = Vec::new();
    let mut played: HashMap<(Tick, u8), Hit> = HashMap::new();
    let (mut rating, mut done) = (0.0, 0);
    for stretch in &stretches {
        let steps = stretch.melody.steps();
        let context = GenerateContext {
            steps_per_bar: stretch.steps_per_bar,
            key: said_key(score, stretch),
            seed: options.seed,
            surprise: options.surprise,
            density: options.density,
            kept: &kept(&before, stretch, anew.as_ref()),
            introduction: stretch.introduction,
            cancel,
            progress: &|part, whole| {
                let within = steps as u64 * part / whole.max(1);
                progress((done as u64 + within) * 1000 / all_steps as u64, 1000);
            },
        };
        let Written { parts: grids, chords: of_steps, sections: named, strokes } =
            network.generate(&stretch.melody, &context)?;
        if grids.len() != network.parts().len() || grids.iter().any(|grid| grid.steps() != steps) {
            return Err(Error::Request("the model wrote parts of another length or number than it says".into()));
        }
        rating += network.rate(&stretch.melody, &grids)? * steps as f32 / all_steps as f32;
        played.extend(strokes.into_iter().filter_map(|stroke| stretch.played(stroke)));
        let written: Vec<Grid> = pick(&grids, &wanted).cloned().collect();
        let around = Stretch {
            melody: &stretch.melody,
            bars: &stretch.bars,
            melody_end: stretch.melody_end,
            sustained: &sustained,
        };
        let parts = postprocess::process(&specs, &written, &around, network.finishing(options.finishing));
        for (notes, strikes) in notes.iter_mut().zip(parts) {
            notes.extend(strikes.into_iter().filter_map(|strike| stretch.note(strike)));
        }
        // a tune in another metre is another tune
        let letters = lettered.iter().map(|(_, letter)| letter + 1).max().unwrap_or(0);
        lettered.extend(named.into_iter().map(|(step, letter)| (stretch.tick(step), letters + letter)));
        for (step, chord) in of_steps.into_iter().enumerate() {
            let (chord, bass) = chord.map_or((None, 0), |(chord, bass)| (Some(chord), bass));
            // a chord lasts while its root and kind do, whatever the bass sings; an inversion is told where it begins
            if chords.last().map(|last| last.chord) != Some(chord) {
                chords.push(ChordChange { tick: stretch.tick(step), chord, bass });
            }
        }
        done += steps;
    }
    if let Some(anew) = &anew
        && !score.chords.is_empty()
    {
        // where none were known all are, of what stays by its notes
        let end = if anew.end < score.end() { anew.end } else { MAX_TICK };
        chords = chord::spliced(&score.chords, &chords, &(anew.start..end));
    }
    let hands: Vec<Option<Hands>> =
        (0..network.parts().len()).map(|part| network.hands().get(part).cloned().flatten()).collect();
    let hands: Vec<&Option<Hands>> = pick(&hands, &wanted).collect();
    let olds = pick(&before, &wanted);
    let mut parts: Vec<Part> = specs
        .iter()
        .zip(notes)
        .zip(olds)
        .enumerate()
        .map(|(index, ((spec, notes), old))| {
            let mut part = part_of(spec, index);
            let mut chance = ChaCha8Rng::seed_from_u64(options.seed ^ (index as u64 + 1).wrapping_mul(SEED_STEP));
            part.notes = notes;
            if part.is_drum && !played.is_empty() {
                play(&mut part, &played, options.finishing);
            } else if options.finishing.dynamics {
                part.sort();
                // where nobody played, nobody knows how early or late
                let timing = options.finishing.timing && hands[index].is_some();
                let hands = hands[index].as_ref().unwrap_or(&Hands::PIANIST);
                hands.play(&mut part.notes, &melody.notes, &score.metre, timing, &mut chance);
            }
            if let Some(anew) = &anew {
                part = patched(part, *old, anew);
            }
            part.sort();
            part
        })
        .collect();
    if anew.is_none() {
        balance(&mut parts, melody); // parts of which some bars are written anew are as loud as they are elsewhere
    }
    let sections = sections(opening, &lettered);
    Ok(Composition { parts, outline: Outline { chords, sections, bars_before }, rating })
}

/// So many bars a score lacks in front of its melody for the introduction that is wished.
fn bars_before(score: &Score, options: &ComposeOptions) -> u32 {
    if options.bars.is_some() || outline::introduction(score).is_some() {
        return 0;
    }
    options.introduction.min(outline::MAX_INTRODUCTION).saturating_sub(first_full_bar(score))
}

/// The first bar of the melody that is more than an upbeat.
fn first_full_bar(score: &Score) -> u32 {
    let Some(melody) = score.melody_part() else { return 0 };
    let first = melody.notes.iter().map(|note| note.start).min().unwrap_or(0);
    let bar = score.metre.position(first).bar;
    let (start, end) = (score.metre.bar_start(bar), score.metre.bar_start(bar + 1));
    bar + u32::from(first - start > (end - start) / 2)
}

/// The introduction, which is accompanied before the melody begins: the one that the score has, else the one that is
/// wished. It has all bars before the first that is more than an upbeat.
fn opening(score: &Score, options: &ComposeOptions) -> Option<Range<Tick>> {
    let full = first_full_bar(score);
    let first = match outline::introduction(score) {
        Some(there) => score.metre.position(there.start).bar,
        None if options.bars.is_some() => full,
        None => full.saturating_sub(options.introduction.min(outline::MAX_INTRODUCTION)),
    };
    (first < full).then(|| score.metre.bar_start(first)..score.metre.bar_start(full))
}

/// The sections with their labels, the introduction first.
fn sections(opening: Option<Range<Tick>>, lettered: &[(Tick, usize)]) -> Vec<SectionChange> {
    let label = |letter: usize| match u8::try_from(letter) {
        Ok(letter @ 0..26) => char::from(b'A' + letter).to_string(),
        _ => (letter + 1).to_string(),
    };
    let mut sections: Vec<SectionChange> =
        lettered.iter().map(|(tick, letter)| SectionChange { tick: *tick, label: label(*letter) }).collect();
    if let Some(opening) = opening {
        if sections.is_empty() {
            sections.push(SectionChange { tick: opening.end, label: label(0) });
        }
        sections.insert(0, SectionChange { tick: opening.start, label: outline::INTRODUCTION.into() });
    }
    sections
}

/// How hard a stroke is, and how many ticks late.
#[derive(Clone, Copy, Debug)]
struct Hit {
    velocity: u8,
    late: i64,
}

/// Plays a kit as the network says.
fn play(part: &mut Part, played: &HashMap<(Tick, u8), Hit>, finishing: Finishing) {
    for note in &mut part.notes {
        let Some(hit) = played.get(&(note.start, note.pitch.get())) else { continue };
        note.velocity = Velocity::clamped(hit.velocity.into());
        if finishing.timing {
            note.start = (i64::from(note.start) + hit.late).max(0) as Tick;
        }
    }
}

/// The part as it was, with what is written now between two ticks.
///
/// A note that is played less than half a step before a bar line is the next bar's: else a stroke that was early and
/// is late now would be heard twice, and one that was late and is early now not at all.
fn patched(written: Part, old: Option<&Part>, anew: &Range<Tick>) -> Part {
    let mut part = old.cloned().unwrap_or_else(|| Part { notes: Vec::new(), ..written.clone() });
    let is_within = |note: &Note| anew.contains(&(note.start + (TICKS_PER_STEP - 1) / 2));
    part.notes.retain(|note| !is_within(note));
    for note in &mut part.notes {
        if note.start < anew.start && note.end() > anew.start {
            note.duration = anew.start - note.start;
        }
    }
    let begins_within = written.notes.into_iter().filter(is_within);
    part.notes.extend(begins_within.map(|note| Note { duration: note.duration.min(anew.end - note.start), ..note }));
    part
}

/// What the network is to keep of the parts that are there: all of those that are locked, and everything outside of the
/// bars that are wanted.
fn kept(before: &[Option<&Part>], stretch: &Passage, anew: Option<&Range<Tick>>) -> Vec<Option<KeptPart>> {
    let steps = stretch.melody.steps();
    let step_of =
        |tick: Tick| (tick.clamp(stretch.start, stretch.end) - stretch.start).div_ceil(TICKS_PER_STEP) as usize;
    let written = anew.map(|ticks| step_of(ticks.start)..step_of(ticks.end));
    before
        .iter()
        .map(|part| {
            let part = part.filter(|part| part.locked || anew.is_some())?;
            let written = written.clone().filter(|_| !part.locked).unwrap_or(0..0);
            let straight = stretch.swing.straightened(&part.notes, i64::from(stretch.start));
            Some(KeptPart { grid: Grid::from_notes(&straight, stretch.start, steps), written })
        })
        .collect()
}

/// Which of a network's parts are to be written: those without a locked part of their role (of their name, where the
/// role is unknown).
fn unlocked(specs: &[PartSpec], score: &Score) -> Vec<bool> {
    let locked = counterparts(specs, score, &|part| part.locked);
    locked.iter().map(Option::is_none).collect()
}

/// For each of a network's parts the score's part of its role (of its name, where the role is unknown), among those
/// that are asked for; locked ones first. One guitar is the counterpart of one guitar only.
fn counterparts<'a>(specs: &[PartSpec], score: &'a Score, asked_for: &dyn Fn(&Part) -> bool) -> Vec<Option<&'a Part>> {
    let mut free: Vec<&Part> = score
        .parts
        .iter()
        .enumerate()
        .filter(|(index, part)| Some(*index) != score.melody && asked_for(part))
        .map(|(_, part)| part.as_ref())
        .collect();
    free.sort_by_key(|part| !part.locked);
    let counterpart = |spec: &PartSpec| {
        let same = |part: &&Part| part.role == spec.role && (spec.role != Role::Other || part.name == spec.name);
        let found = free.iter().position(same)?;
        Some(free.remove(found))
    };
    specs.iter().map(counterpart).collect()
}

fn pick<'a, T>(items: &'a [T], wanted: &'a [bool]) -> impl Iterator<Item = &'a T> {
    items.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(item, _)| item)
}

/// A passage of the melody in one metre, on a grid that begins with a bar.
struct Passage {
    start: Tick,
    /// Nothing may sound from here on.
    end: Tick,
    steps_per_bar: usize,
    /// How it is played, by the melody where that swings, by the parts in any case.
    swing: Swing,
    melody: Grid,
    bars: Vec<Range<usize>>,
    melody_end: usize,
    /// So many steps introduce the melody; what it has there is not heard.
    introduction: usize,
}

/// The key that a score says of itself where a stretch ends, for there it is at home.
fn said_key(score: &Score, stretch: &Passage) -> Option<Key> {
    score.keys.iter().take_while(|change| change.tick < stretch.end).last().map(|change| change.key)
}

impl Passage {
    /// Where a step begins.
    fn tick(&self, step: usize) -> Tick {
        self.start + self.swing.played(step as i64 * i64::from(TICKS_PER_STEP)) as Tick
    }

    /// Where a stroke is found among the notes, and how it is played.
    fn played(&self, stroke: Stroke) -> Option<((Tick, u8), Hit)> {
        let start = self.tick(stroke.step as usize);
        let late = i64::from(stroke.late) * i64::from(TICKS_PER_STEP) / 100;
        (start < self.end).then_some(((start, stroke.sound.key()), Hit { velocity: stroke.velocity, late }))
    }

    /// A note on ticks again; `None` where the passage has ended before it.
    fn note(&self, strike: Strike) -> Option<Note> {
        let (start, end) = (self.tick(strike.start), self.tick(strike.end).min(self.end));
        (start < end).then_some(Note {
            start,
            pitch: Pitch::clamped(i32::from(strike.pitch)),
            duration: end - start,
            velocity: Velocity::DEFAULT,
        })
    }
}

/// The passages from the introduction, or the bar of the melody's first note, to the end of the bar of its last, one
/// per metre.
fn stretches(
    melody: &[Note],
    metre: &MetreMap,
    swing: Swing,
    opening: Option<Range<Tick>>,
) -> Result<Vec<Passage>, Error> {
    let first = melody.iter().map(|note| note.start).min().unwrap_or(0);
    // an end a hair beyond a bar line, as hands play it, does not open another bar
    let late = TICKS_PER_STEP / 2;
    let last = melody.iter().map(|note| note.end().saturating_sub(late).max(note.start)).max().unwrap_or(first);
    let own_start = metre.bar_start(metre.position(first).bar);
    let opening = opening.unwrap_or(own_start..own_start);
    let start = opening.start.min(own_start);
    let end = metre.bar_start(metre.position(last).bar + 1).max(last.saturating_add(1));
    let steps = (end - start).div_ceil(TICKS_PER_STEP) as usize;
    if steps > MAX_STEPS {
        return Err(Error::TooLong { steps, most: MAX_STEPS });
    }
    let mut edges: Vec<Tick> =
        metre.changes().iter().map(|change| change.tick).filter(|tick| (start + 1..end).contains(tick)).collect();
    if edges.len() >= MAX_STRETCHES {
        edges.clear();
    }
    edges.insert(0, start);
    edges.push(end);
    let sounding_end = melody.iter().map(Note::end).max().unwrap_or(end);
    let passage = |edge: &[Tick]| passage(melody, metre, swing, edge[0]..edge[1], (opening.end, sounding_end));
    Ok(edges.windows(2).map(passage).collect())
}

/// `heard` is where the introduction ends, and where the melody does.
fn passage(melody: &[Note], metre: &MetreMap, swing: Swing, ticks: Range<Tick>, heard: (Tick, Tick)) -> Passage {
    let within: Vec<Note> = melody.iter().copied().filter(|note| ticks.contains(&note.start)).collect();
    let counted_in_quarters = metre.metre_at(ticks.start).denominator() <= 4;
    let own = Swing::of_melody(&within, ticks.start).filter(|_| counted_in_quarters);
    let melody = &own.unwrap_or(Swing::STRAIGHT).straightened(melody, i64::from(ticks.start));
    let steps = (ticks.end - ticks.start).div_ceil(TICKS_PER_STEP) as usize;
    let step_of = |tick: Tick| (tick.clamp(ticks.start, ticks.end) - ticks.start) as usize;
    let per_step = TICKS_PER_STEP as usize;
    let (first, last) = (metre.position(ticks.start).bar, metre.position(ticks.end - 1).bar);
    // Bars that are no whole number of steps share a step with their neighbours, so that none is without.
    let bars = (first..=last)
        .map(|bar| step_of(metre.bar_start(bar)) / per_step..step_of(metre.bar_start(bar + 1)).div_ceil(per_step))
        .collect();
    let introduction = step_of(heard.0) / per_step;
    Passage {
        start: ticks.start,
        end: ticks.end,
        steps_per_bar: ((metre.metre_at(ticks.start).bar_ticks() + TICKS_PER_STEP / 2) / TICKS_PER_STEP).max(1)
            as usize,
        swing: own.unwrap_or(if counted_in_quarters { swing } else { Swing::STRAIGHT }),
        melody: introduced(&Grid::from_notes(melody, ticks.start, steps), introduction),
        bars,
        melody_end: step_of(heard.1).div_ceil(per_step).min(steps),
        introduction,
    }
}

/// A melody whose first steps are as it goes on after them, up to its own first note: so bands introduce a tune.
fn introduced(melody: &Grid, introduction: usize) -> Grid {
    let steps = melody.steps();
    let own = (0..steps).find(|step| melody.sounding(*step).next().is_some()).unwrap_or(steps);
    let mut introduced = melody.clone();
    for step in 0..introduction.min(own).min(steps.saturating_sub(introduction)) {
        for pitch in 0..PITCHES {
            let cell = match melody.get(introduction + step, pitch) {
                Cell::Held if step == 0 => Cell::Onset,
                cell => cell,
            };
            introduced.set(step, pitch, cell);
        }
    }
    introduced
}

/// An empty part for what a network writes.
fn part_of(spec: &PartSpec, index: usize) -> Part {
    // the melody stays in front and in the middle
    let (volume, pan) = match spec.role {
        Role::Bass => (92, 64),
        Role::Drums => (88, 64),
        Role::Chords => (80, 48),
        Role::Pad => (72, 80),
        Role::Guitar => (78, 84),
        Role::Alto => (86, 52),
        Role::Tenor => (86, 76),
        Role::Melody | Role::Other => (84, 64),
    };
    Part {
        name: spec.name.clone(),
        role: spec.role,
        program: spec.program.min(127),
        is_drum: spec.is_drum,
        volume,
        pan,
        color: (index + 1).min(255) as u8,
        ..Part::default()
    }
}

#[cfg(test)]
mod tests;
