//! Accompaniment patterns: what the voices of a part do in a bar, as people keep it up through a section.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::cells::FIRST_VOICE;
use super::chords::root_and_quality;
use super::form::Section;
use super::settings::VoiceSpec;
use super::sheet::{Piece, Sheet};
use crate::error::Error;
use crate::networks::lines::LineStep;
use crate::random::Source;

/// Longer bars have none.
const MOST_STEPS: usize = 64;
/// At most so many are kept of a part.
const MOST: usize = 128;
/// Bars of a piece from which its patterns are found.
const LEAST_BARS: usize = 8;
/// A pattern is one where the bars of its piece are like it by so much on the mean, of what is struck in either.
const LEAST_LIKE: f32 = 0.4;
/// A part that plays in fewer of the bars of its piece keeps nothing up.
const LEAST_PLAYED: f32 = 0.6;
/// Patterns that are like each other by so much are one.
const SAME: f32 = 0.75;
/// The second pattern of a piece is found among the bars that are less like the first.
const ANOTHER: f32 = 0.5;
/// How readily a bass is chosen that plays with the kick.
const WITH_KICK: f32 = 4.0;
/// How readily one is chosen that is like what stays of the part.
const AS_KEPT: f32 = 16.0;
/// How readily busy patterns are chosen where a busy accompaniment is wished, and the other way round.
const BY_DENSITY: f32 = 4.0;

/// What a voice does at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// What sounded goes on.
    Hold,
    /// Nothing sounds.
    Rest,
    /// This pitch is struck, over a chord on C.
    Strike(u8),
}

impl Gesture {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "-" => Some(Self::Hold),
            "." => Some(Self::Rest),
            _ => word.parse().ok().filter(|pitch| *pitch < 128).map(Self::Strike),
        }
    }

    fn to_word(self) -> String {
        match self {
            Self::Hold => "-".to_owned(),
            Self::Rest => ".".to_owned(),
            Self::Strike(pitch) => pitch.to_string(),
        }
    }
}

/// A bar of a part over a chord on C, a line of words for each voice from low to high, one for each step: `-` holds,
/// `.` rests, a number strikes that MIDI pitch.
type Bar = Vec<String>;

/// By how many semitones what is played over a chord on C moves for another root, the shorter way.
pub fn from_c(root: usize) -> i32 {
    (root as i32 + 6).rem_euclid(12) - 6
}

fn gestures(voice: &str) -> impl Iterator<Item = Option<Gesture>> {
    voice.split(' ').map(Gesture::from_word)
}

/// What a player of a part does: a pattern, and another for contrast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Which of the parts.
    pub part: usize,
    /// How many pieces are played so.
    pub pieces: u32,
    /// One or two bars of as many steps: the first for the first tune of a song, the other for the second.
    pub bars: Vec<Bar>,
}

impl Pattern {
    /// Whether a model may have it.
    ///
    /// # Errors
    /// What makes no sense.
    pub fn check(&self, lines: &[VoiceSpec]) -> Result<(), Error> {
        let voices = lines.iter().filter(|line| line.part == self.part).count();
        let steps = self.steps();
        let is_voice =
            |voice: &String| gestures(voice).count() == steps && gestures(voice).all(|gesture| gesture.is_some());
        let is_bar = |bar: &Bar| bar.len() == voices && bar.iter().all(is_voice);
        if voices == 0
            || !(1..=2).contains(&self.bars.len())
            || !(1..=MOST_STEPS).contains(&steps)
            || !self.bars.iter().all(is_bar)
        {
            return Err(Error::Request("the model's settings make no sense: the patterns".to_owned()));
        }
        Ok(())
    }

    /// Steps of its bars.
    pub fn steps(&self) -> usize {
        self.bars.first().and_then(|bar| bar.first()).map_or(0, |voice| gestures(voice).count())
    }

    /// Of the notes of its first bar, those that are struck where `hits` says.
    fn share(&self, hits: impl Fn(usize) -> bool) -> f32 {
        let places = self.bars.first().map_or(0, |bar| struck(bar).iter().fold(0, |all, voice| all | voice));
        let hit = (0..self.steps()).filter(|step| places >> step & 1 == 1 && hits(*step)).count();
        hit as f32 / places.count_ones().max(1) as f32
    }

    /// How much a bar is like one of its own.
    fn likeness(&self, places: &[u64]) -> f32 {
        self.bars.iter().map(|bar| likeness(&struck(bar), places)).fold(0.0, f32::max)
    }

    /// How many notes are struck in its first bar.
    fn notes(&self) -> usize {
        self.bars.first().map_or(0, |bar| struck(bar).iter().map(|voice| voice.count_ones() as usize).sum())
    }

    /// What its voices do at the steps of a bar of a tune, by voice and step.
    pub fn gestures(&self, letter: usize) -> Vec<Vec<Gesture>> {
        let bar = &self.bars[letter % self.bars.len()];
        bar.iter().map(|voice| gestures(voice).flatten().collect()).collect()
    }
}

/// Where something is struck: the steps of each voice as bits.
fn struck(bar: &Bar) -> Vec<u64> {
    let of = |line: &String| {
        let places = gestures(line).enumerate().filter(|(_, gesture)| matches!(gesture, Some(Gesture::Strike(_))));
        places.fold(0, |all, (step, _)| all | 1_u64.checked_shl(step as u32).unwrap_or(0))
    };
    bar.iter().map(of).collect()
}

/// What two bars strike together, of what either does.
fn likeness(one: &[u64], other: &[u64]) -> f32 {
    let count =
        |of: fn(u64, u64) -> u64| one.iter().zip(other).map(|(a, b)| of(*a, *b).count_ones()).sum::<u32>() as f32;
    let either = count(|a, b| a | b);
    if either == 0.0 { 1.0 } else { count(|a, b| a & b) / either }
}

/// The patterns of some pieces' parts: the usual bar of each piece that has one, and of
/// those at most [`MOST`] a part, each for the pieces that are most like it.
pub fn find(pieces: &[Piece], lines: &[VoiceSpec]) -> Vec<Pattern> {
    let parts: BTreeSet<usize> = lines.iter().map(|line| line.part).collect();
    parts.into_iter().flat_map(|part| find_in_part(pieces, lines, part)).collect()
}

fn find_in_part(pieces: &[Piece], lines: &[VoiceSpec], part: usize) -> Vec<Pattern> {
    let own: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].part == part).collect();
    let mut found: Vec<Pattern> = Vec::new();
    let mut playing = 0;
    for piece in pieces {
        let bars = bars(piece, &own);
        playing += usize::from(bars.len() >= LEAST_BARS);
        let enough = LEAST_PLAYED * (piece.steps() / piece.steps_per_bar.max(1)) as f32;
        let usual = if bars.len() as f32 >= enough { usual_bars(&bars) } else { Vec::new() };
        if !usual.is_empty() {
            found.push(Pattern { part, pieces: 1, bars: usual });
        }
    }
    // a style whose pieces mostly have none keeps none
    if found.len() * 2 < playing {
        return Vec::new();
    }
    merge(found)
}

/// The bars of a piece in which something is struck.
fn bars(piece: &Piece, own: &[usize]) -> Vec<Bar> {
    let steps = piece.steps_per_bar.max(1);
    if steps > MOST_STEPS {
        return Vec::new();
    }
    let bar = |start: usize| -> Bar {
        let voice = |line: &usize| {
            (start..start + steps).map(|step| gesture(piece, *line, step).to_word()).collect::<Vec<_>>().join(" ")
        };
        own.iter().map(voice).collect()
    };
    let starts = (0..piece.steps() / steps).map(|bar| bar * steps);
    starts.map(bar).filter(|bar| struck(bar).iter().any(|voice| *voice != 0)).collect()
}

fn gesture(piece: &Piece, line: usize, step: usize) -> Gesture {
    let LineStep { pitch, struck } = piece.voices[line].get(step).copied().unwrap_or_default();
    match pitch {
        None => Gesture::Rest,
        Some(_) if !struck => Gesture::Hold,
        Some(pitch) => {
            let chord = piece.chords.get(step).and_then(|value| root_and_quality(*value));
            let root = chord.map_or(0, |(root, _)| root) + usize::from(piece.analysis.home.tonic);
            Gesture::Strike((i32::from(pitch) - from_c(root)).clamp(0, 127) as u8)
        }
    }
}

/// The bar that the others are most like, and that of those that are not like it; none where they are not like it.
fn usual_bars(bars: &[Bar]) -> Vec<Bar> {
    if bars.len() < LEAST_BARS {
        return Vec::new();
    }
    let places: Vec<Vec<u64>> = bars.iter().map(struck).collect();
    let mean = |index: usize, among: &[usize]| {
        among.iter().map(|other| likeness(&places[index], &places[*other])).sum::<f32>() / among.len().max(1) as f32
    };
    let most = |among: &[usize]| {
        let of = |index: &usize| mean(*index, among);
        among.iter().copied().max_by(|a, b| of(a).total_cmp(&of(b))).map(|index| (index, of(&index)))
    };
    let all: Vec<usize> = (0..bars.len()).collect();
    let Some((first, like)) = most(&all) else { return Vec::new() };
    if like < LEAST_LIKE {
        return Vec::new();
    }
    let rest: Vec<usize> =
        all.into_iter().filter(|index| likeness(&places[*index], &places[first]) < ANOTHER).collect();
    let second = most(&rest).filter(|(_, like)| rest.len() >= LEAST_BARS && *like >= LEAST_LIKE);
    std::iter::once(first).chain(second.map(|(index, _)| index)).map(|index| bars[index].clone()).collect()
}

/// Keeps those that stand for most: each time the one that others are most like, with these.
fn merge(mut found: Vec<Pattern>) -> Vec<Pattern> {
    let mut kept = Vec::new();
    while kept.len() < MOST && !found.is_empty() {
        let places: Vec<Vec<u64>> = found.iter().map(|pattern| struck(&pattern.bars[0])).collect();
        let is_like = |one: usize, other: usize| {
            found[one].steps() == found[other].steps() && likeness(&places[one], &places[other]) >= SAME
        };
        let followers = |one: usize| (0..found.len()).filter(|other| is_like(one, *other)).count();
        let Some(leader) = (0..found.len()).rev().max_by_key(|one| followers(*one)) else { break };
        let with: Vec<bool> = (0..found.len()).map(|other| other == leader || is_like(leader, other)).collect();
        let pieces = with.iter().filter(|with| **with).count() as u32;
        kept.push(Pattern { pieces, ..found[leader].clone() });
        let mut with = with.into_iter();
        found.retain(|_| !with.next().unwrap_or(false));
    }
    kept
}

/// What is wished of the lines of a part at each step.
#[derive(Debug)]
pub struct Wished {
    /// The lines' places among the voices.
    pub lines: Vec<usize>,
    /// By line and step; `None` where nothing is.
    pub gestures: Vec<Vec<Option<Gesture>>>,
}

/// Chooses a pattern for each part that has some, for the bass rather one that goes with the kick, and lays it out over
/// the sections; the last bar of each is free.
pub fn plan(
    patterns: &[Pattern],
    lines: &[VoiceSpec],
    sections: &[Section],
    sheet: &Sheet,
    density: f32,
    source: &mut Source,
) -> Vec<Wished> {
    let steps_per_bar = sheet.steps_per_bar;
    let kicks = usual_kicks(sheet, sections.first().map_or(0..0, |section| section.bars.clone()));
    let parts: BTreeSet<usize> = patterns.iter().map(|pattern| pattern.part).collect();
    let of_part = |part: usize| {
        let own: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].part == part).collect();
        let kept = kept_bars(sheet, &own);
        let fit = |pattern: &&Pattern| pattern.part == part && pattern.steps() == steps_per_bar;
        let fitting: Vec<&Pattern> = patterns.iter().filter(fit).collect();
        let mean = fitting.iter().map(|pattern| pattern.notes() as f32).sum::<f32>() / fitting.len().max(1) as f32;
        let weight = |pattern: &&Pattern| {
            let busier = pattern.notes() as f32 / mean.max(1.0) - 1.0;
            let is_bass = lines.first().is_some_and(|line| line.part == part);
            let as_kept = kept.iter().map(|bar| pattern.likeness(bar)).sum::<f32>() / kept.len().max(1) as f32;
            let with_kick = if is_bass { pattern.share(|step| kicks[step]) } else { 0.0 };
            let likes = BY_DENSITY * (density - 0.5) * busier + WITH_KICK * with_kick + AS_KEPT * as_kept;
            pattern.pieces as f32 * likes.exp()
        };
        let weights: Vec<f32> = fitting.iter().map(weight).collect();
        let chosen = fitting.get(source.weighted(&weights))?;
        let mut gestures = vec![vec![None; sheet.steps()]; own.len()];
        for section in sections {
            let bar = chosen.gestures(section.letter);
            for at in section.bars.clone().take(section.bars.len().saturating_sub(1)) {
                for (line, voice) in gestures.iter_mut().zip(&bar) {
                    for (step, gesture) in voice.iter().enumerate() {
                        if let Some(place) = line.get_mut(at * steps_per_bar + step) {
                            *place = Some(*gesture);
                        }
                    }
                }
            }
        }
        Some(Wished { lines: own, gestures })
    };
    parts.into_iter().filter_map(of_part).collect()
}

/// Where the lines of a part strike in the bars in which all they do is known.
fn kept_bars(sheet: &Sheet, own: &[usize]) -> Vec<Vec<u64>> {
    let steps = sheet.steps_per_bar.min(MOST_STEPS);
    let bar = |start: usize| -> Option<Vec<u64>> {
        let voice = |voice: &usize| {
            let line = FIRST_VOICE + voice;
            (0..steps).try_fold(0, |all, step| {
                let strikes = u64::from(sheet.cells.onset(start + step, line));
                sheet.is_known(start + step, line).then_some(all | strikes << step)
            })
        };
        own.iter().map(voice).collect()
    };
    let starts = (0..sheet.steps() / sheet.steps_per_bar).map(|bar| bar * sheet.steps_per_bar);
    starts.filter_map(bar).filter(|bar| bar.iter().any(|voice| *voice != 0)).collect()
}

/// On which steps of a bar the kick is struck in most of some bars.
fn usual_kicks(sheet: &Sheet, bars: Range<usize>) -> Vec<bool> {
    let struck = |step: &usize| bars.clone().filter(|bar| sheet.has_kick(bar * sheet.steps_per_bar + step)).count();
    (0..sheet.steps_per_bar).map(|step| struck(&step) * 2 > bars.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::autoregressive::melody::analyse;
    use crate::networks::autoregressive::sheet::Hidden;
    use crate::random::Purpose;

    const LINES: [VoiceSpec; 3] = [
        VoiceSpec { part: 1, low: 28, high: 52 },
        VoiceSpec { part: 0, low: 48, high: 84 },
        VoiceSpec { part: 0, low: 48, high: 84 },
    ];

    /// Two voices that strike at these steps of each bar: the root below, its fifth above.
    fn piece(bars: &[[&[usize]; 2]]) -> Piece {
        let mut voices = vec![vec![LineStep::default(); bars.len() * 8]; 3];
        for (number, bar) in bars.iter().enumerate() {
            for (voice, (struck, pitch)) in bar.iter().zip([48, 55]).enumerate() {
                for step in 0..8 {
                    let sounds = struck.iter().any(|start| *start <= step);
                    voices[voice + 1][number * 8 + step] =
                        LineStep { pitch: sounds.then_some(pitch), struck: struck.contains(&step) };
                }
            }
        }
        let melody = vec![LineStep::default(); bars.len() * 8];
        let analysis = analyse(&melody, 8, None);
        let tonic = usize::from(analysis.home.tonic);
        let chords = vec![crate::networks::autoregressive::chords::chord_value((12 - tonic) % 12, 0); melody.len()];
        Piece { steps_per_bar: 8, analysis, melody, chords, voices, density: 0, kit: Vec::new() }
    }

    const BROKEN: [&[usize]; 2] = [&[0, 4], &[2, 6]];
    const BLOCK: [&[usize]; 2] = [&[0], &[0]];

    #[test]
    fn what_a_piece_keeps_up_is_found() {
        let mut bars = vec![BROKEN; 10];
        bars.extend(vec![BLOCK; 9]);
        bars.insert(4, [&[0, 1, 2, 3], &[3, 5, 7]]);
        let found = find(&[piece(&bars)], &LINES);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].bars,
            [vec!["48 - - - 48 - - -", ". . 55 - - - 55 -"], vec!["48 - - - - - - -", "55 - - - - - - -"]]
        );
        found[0].check(&LINES).unwrap();
        let never: Vec<[&[usize]; 2]> = vec![
            [&[0], &[1]],
            [&[2], &[3]],
            [&[4], &[5]],
            [&[6], &[7]],
            [&[1], &[0]],
            [&[3], &[2]],
            [&[5], &[4]],
            [&[7], &[6]],
        ];
        assert!(find(&[piece(&never)], &LINES).is_empty(), "nothing is kept up");
    }

    #[test]
    fn many_pieces_leave_few_patterns() {
        let pieces: Vec<Piece> =
            [vec![BROKEN; 9], vec![BLOCK; 9], vec![BROKEN; 12]].iter().map(|bars| piece(bars)).collect();
        let found = find(&pieces, &LINES);
        assert_eq!(found.iter().map(|pattern| pattern.pieces).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn a_plan_follows_the_sections_and_the_wish_for_density() {
        let found = find(&[piece(&[BROKEN; 9]), piece(&[BLOCK; 9])], &LINES);
        let sections = [Section { bars: 0..4, letter: 0 }];
        let sheet = Sheet::new(&piece(&[BROKEN; 4]), 0..32, 0, &Hidden::default());
        let planned = |density: f32, seed: u64| {
            plan(&found, &LINES, &sections, &sheet, density, &mut Source::new(seed, Purpose::Form, 1))
        };
        let busy = |density: f32| {
            (0..100).filter(|seed| planned(density, *seed)[0].gestures[0][4] == Some(Gesture::Strike(48))).count()
        };
        assert!(busy(0.0) + 20 < busy(1.0), "{} {}", busy(0.0), busy(1.0));
        let one = &planned(0.5, 1)[0];
        assert_eq!(one.lines, [1, 2]);
        assert_eq!(one.gestures[1][24..], [None; 8], "the last bar is free");
        let in_three = Sheet { steps_per_bar: 6, ..sheet.clone() };
        assert!(plan(&found, &LINES, &sections, &in_three, 0.5, &mut Source::new(1, Purpose::Form, 1)).is_empty());
    }

    #[test]
    fn a_bass_goes_with_the_kick() {
        let bass = |struck: &str| Pattern { part: 1, pieces: 1, bars: vec![vec![struck.to_owned()]] };
        let patterns = [bass("36 - 36 - 36 - 36 -"), bass("36 - - - - - 36 -"), bass(". 36 . - 36 . 36 .")];
        let kicked = Piece { kit: [2, 1, 1, 1, 1, 1, 2, 1].repeat(4), ..piece(&[BROKEN; 4]) };
        let sheet = Sheet::new(&kicked, 0..32, 0, &Hidden::default());
        let sections = [Section { bars: 0..4, letter: 0 }];
        let struck = |seed: u64| {
            let planned = plan(&patterns, &LINES, &sections, &sheet, 0.5, &mut Source::new(seed, Purpose::Form, 1));
            planned[0].gestures[0][..8].iter().filter(|gesture| matches!(gesture, Some(Gesture::Strike(_)))).count()
        };
        assert!((0..100).filter(|seed| struck(*seed) == 2).count() > 60);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let good = Pattern { part: 0, pieces: 1, bars: vec![vec!["48 - - -".into(), "55 - - .".into()]] };
        good.check(&LINES).unwrap();
        let bad = |change: fn(&mut Pattern)| {
            let mut pattern = good.clone();
            change(&mut pattern);
            assert!(pattern.check(&LINES).is_err(), "{pattern:?}");
        };
        bad(|pattern| pattern.part = 7);
        bad(|pattern| pattern.bars.clear());
        bad(|pattern| pattern.bars[0][0].push_str(" 0"));
        bad(|pattern| pattern.bars[0][1] = "55 - - x".into());
        bad(|pattern| pattern.bars[0][1] = "155 - -  ".into());
        bad(|pattern| pattern.bars[0].truncate(1));
        bad(|pattern| pattern.bars[0].iter_mut().for_each(String::clear));
    }
}
