//! Accompaniment patterns: what the voices of a part do in a bar, as people keep it up through a section.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cells::FIRST_VOICE;
use super::chords::root_and_quality;
use super::form::{Section, sections_of};
use super::gestures::{
    Bar, Degree, Gesture, MOST_STEPS, PASSAGE_BARS, Pattern, Wished, from_c, likeness, struck, written,
};
use super::settings::VoiceSpec;
use super::sheet::{Piece, Sheet};
use crate::networks::lines::LineStep;
use crate::random::Source;

/// At most so many players are kept of a part, and so many bytes of all: a model's card is a small file.
const MOST: usize = 144;
const MOST_BYTES: usize = 600_000;
/// A part that plays in fewer of the bars of its piece keeps nothing up.
const LEAST_PLAYED: f32 = 0.8;
/// What is kept up is where the bars of a passage are like each other by so much on the mean, of what is struck.
const LEAST_LIKE: f32 = 0.3;
/// How readily one is chosen that is like what stays of the part.
const AS_KEPT: f32 = 16.0;
/// How readily busy players are chosen where a busy accompaniment is wished, and the other way round.
const BY_DENSITY: f32 = 4.0;

/// How the parts of some pieces are played that have more voices than one, where most pieces keep something up.
pub fn find(pieces: &[Piece], lines: &[VoiceSpec]) -> Vec<Pattern> {
    let parts: BTreeSet<usize> = lines.iter().map(|line| line.part).collect();
    let of_part = |part: usize| (0..lines.len()).filter(|line| lines[*line].part == part).collect::<Vec<_>>();
    let several: Vec<(usize, Vec<usize>)> =
        parts.into_iter().map(|part| (part, of_part(part))).filter(|(_, own)| own.len() > 1).collect();
    let most_bytes = MOST_BYTES / several.len().max(1);
    several.into_iter().flat_map(|(part, own)| find_in_part(pieces, &own, part, most_bytes)).collect()
}

fn find_in_part(pieces: &[Piece], own: &[usize], part: usize, most_bytes: usize) -> Vec<Pattern> {
    let mut found: Vec<Pattern> = pieces.iter().filter_map(|piece| player(piece, own, part)).collect();
    if found.len() * 2 < pieces.len() {
        return Vec::new();
    }
    // of many some, sparse ones and busy ones as there are of all
    found.sort_by(|a, b| a.notes().total_cmp(&b.notes()));
    let largest = found.iter().map(Pattern::bytes).max().unwrap_or(0);
    let most = MOST.min(most_bytes / largest.max(1)).max(1);
    let step = found.len().div_ceil(most).max(1);
    found.into_iter().skip(step / 2).step_by(step).collect()
}

/// How the two tunes are played that a piece has most of, where they first keep something up.
fn player(piece: &Piece, own: &[usize], part: usize) -> Option<Pattern> {
    let steps = piece.steps_per_bar.max(1);
    let bars = piece.steps() / steps;
    if steps > MOST_STEPS {
        return None;
    }
    let bar = |number: usize| -> Bar {
        let voice = |line: &usize| {
            let here = number * steps..(number + 1) * steps;
            here.map(|step| written(gesture(piece, *line, step))).collect()
        };
        own.iter().map(voice).collect()
    };
    let places: Vec<Vec<u64>> = (0..bars).map(|number| struck(&bar(number))).collect();
    let plays = |bar: &[u64]| bar.iter().any(|voice| *voice != 0);
    if (places.iter().filter(|bar| plays(bar)).count() as f32) < LEAST_PLAYED * bars as f32 {
        return None;
    }
    let alike = |passage: &Range<usize>| {
        let pairs = passage.clone().flat_map(|one| (passage.start..one).map(move |other| (one, other)));
        let likes = pairs.map(|(one, other)| likeness(&places[one], &places[other]));
        let (count, all) = likes.fold((0, 0.0), |(count, all), like| (count + 1, all + like));
        all / count.max(1) as f32
    };
    let sections = sections_of(&piece.melody, &piece.analysis, steps);
    let passage = |section: &Section| {
        let passage = section.bars.start..(section.bars.start + PASSAGE_BARS).min(section.bars.end).min(bars);
        let is_kept_up = passage.len() == PASSAGE_BARS && plays(&places[passage.start]);
        (is_kept_up && alike(&passage) >= LEAST_LIKE).then_some(passage)
    };
    // by letter: how many bars there are of it, and the first passage that keeps something up
    let mut letters: BTreeMap<usize, (usize, Option<Range<usize>>)> = BTreeMap::new();
    for section in &sections {
        let (count, first) = letters.entry(section.letter).or_default();
        *count += section.bars.len();
        *first = first.take().or_else(|| passage(section));
    }
    let mut passages: Vec<(usize, Range<usize>)> =
        letters.into_values().filter_map(|(count, first)| Some((count, first?))).collect();
    passages.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let both: Vec<Range<usize>> = passages.into_iter().map(|(_, passage)| passage).take(2).collect();
    if both.is_empty() {
        return None;
    }
    Some(Pattern { part, passages: both.into_iter().map(|passage| passage.map(bar).collect()).collect() })
}

fn gesture(piece: &Piece, line: usize, step: usize) -> Gesture {
    let LineStep { pitch, struck } = piece.voices[line].get(step).copied().unwrap_or_default();
    match pitch {
        None => Gesture::Rest,
        Some(_) if !struck => Gesture::Hold,
        Some(pitch) => {
            let chord = piece.chords.get(step).and_then(|value| root_and_quality(*value));
            let root = chord.map_or(0, |(root, _)| root) + usize::from(piece.analysis.home.tonic);
            let over_c = (i32::from(pitch) - from_c(root)).clamp(0, 119) as usize;
            Gesture::Strike(Degree::of(over_c), (over_c / 12) as u8)
        }
    }
}

/// Chooses a player for each part that has some, and lays what is played out over the sections.
pub fn plan(
    patterns: &[Pattern],
    lines: &[VoiceSpec],
    sections: &[Section],
    sheet: &Sheet,
    density: f32,
    source: &mut Source,
) -> Vec<Wished> {
    let steps_per_bar = sheet.steps_per_bar;
    let parts: BTreeSet<usize> = patterns.iter().map(|pattern| pattern.part).collect();
    let of_part = |part: usize| {
        let own: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].part == part).collect();
        let kept = kept_bars(sheet, &own);
        let fit = |pattern: &&Pattern| pattern.part == part && pattern.steps() == steps_per_bar;
        let fitting: Vec<&Pattern> = patterns.iter().filter(fit).collect();
        let mean = fitting.iter().map(|pattern| pattern.notes()).sum::<f32>() / fitting.len().max(1) as f32;
        let weight = |pattern: &&Pattern| {
            let busier = pattern.notes() / mean.max(1.0) - 1.0;
            (BY_DENSITY * (density - 0.5) * busier + AS_KEPT * pattern.likeness(&kept)).exp()
        };
        let weights: Vec<f32> = fitting.iter().map(weight).collect();
        let chosen = fitting.get(source.weighted(&weights))?;
        let mut gestures = vec![vec![None; sheet.steps()]; own.len()];
        for section in sections {
            for at in section.bars.clone() {
                let bar = chosen.gestures(section.letter, at - section.bars.start);
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
        let sung = |step: usize| if step < 128 { 60 } else { 65 };
        let melody: Vec<LineStep> =
            (0..bars.len() * 8).map(|step| LineStep { pitch: Some(sung(step)), struck: step % 2 == 0 }).collect();
        let analysis = analyse(&melody, 8, None);
        let tonic = usize::from(analysis.home.tonic);
        let chords = vec![crate::networks::autoregressive::chords::chord_value((12 - tonic) % 12, 0); melody.len()];
        Piece { steps_per_bar: 8, analysis, melody, chords, voices, density: 0, kit: Vec::new() }
    }

    const BROKEN: [&[usize]; 2] = [&[0, 4], &[2, 6]];
    const BLOCK: [&[usize]; 2] = [&[0], &[0]];

    #[test]
    fn what_a_piece_keeps_up_is_found() {
        let mut bars = vec![BROKEN; 16];
        bars.extend(vec![BLOCK; 8]);
        bars[15] = [&[0, 1], &[3]];
        let found = find(&[piece(&bars)], &LINES);
        let broken = vec!["14---14---", "..54---54-"];
        let block = vec!["14-------", "54-------"];
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].passages, [vec![broken; 8], vec![block; 8]]);
        assert!(found[0].is_sane(2));
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
    fn of_many_pieces_some_are_kept() {
        let pieces = vec![piece(&[BROKEN; 8]); 200];
        let found = find(&pieces, &LINES).len();
        assert!((MOST / 2..=MOST).contains(&found), "{found}");
    }

    #[test]
    fn a_plan_follows_the_sections_and_the_wish_for_density() {
        let found = find(&[piece(&[BROKEN; 8]), piece(&[BLOCK; 8])], &LINES);
        let sections = [Section { bars: 0..4, letter: 0 }];
        let sheet = Sheet::new(&piece(&[BROKEN; 4]), 0..32, 0, &Hidden::default());
        let planned = |density: f32, seed: u64| {
            plan(&found, &LINES, &sections, &sheet, density, &mut Source::new(seed, Purpose::Patterns, 1))
        };
        let busy = |density: f32| {
            (0..100)
                .filter(|seed| planned(density, *seed)[0].gestures[0][4] == Some(Gesture::Strike(Degree::Root, 4)))
                .count()
        };
        assert!(busy(0.0) + 20 < busy(1.0), "{} {}", busy(0.0), busy(1.0));
        let one = &planned(0.5, 1)[0];
        assert_eq!(one.lines, [1, 2]);
        let in_three = Sheet { steps_per_bar: 6, ..sheet.clone() };
        assert!(plan(&found, &LINES, &sections, &in_three, 0.5, &mut Source::new(1, Purpose::Patterns, 1)).is_empty());
    }

    #[test]
    fn who_played_what_stays_plays_on() {
        let found = find(&[piece(&[BROKEN; 8]), piece(&[BLOCK; 8])], &LINES);
        let mut sheet = Sheet::new(&piece(&[BLOCK; 4]), 0..32, 0, &Hidden::default());
        let lines = sheet.lines();
        (0..8 * lines).for_each(|cell| sheet.known[cell] = true);
        let sections = [Section { bars: 0..4, letter: 0 }];
        for seed in 0..20 {
            let planned = plan(&found, &LINES, &sections, &sheet, 0.5, &mut Source::new(seed, Purpose::Patterns, 1));
            assert_eq!(planned[0].gestures[0][20], Some(Gesture::Hold), "as in the first bar");
        }
    }
}
