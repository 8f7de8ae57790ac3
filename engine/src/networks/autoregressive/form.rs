//! The form of a song, from its melody: sections with letters, and what a drummer does in each bar.

use std::ops::Range;

use super::melody::{Analysis, analyse};
use super::sheet::FIGURE_BARS;
use super::writing::most_liked;
use crate::error::Error;
use crate::networks::drummer::bars::{Bar, LIMBS};
use crate::networks::drummer::writing::strokes_of;
use crate::networks::drummer::{Asked, Drummer, DrummerSettings, Task};
use crate::networks::lines::LineStep;
use crate::random::Source;
use cantus::music::kit::{Limb, Sound, Stroke};

/// Bars of a section, and of the phrases that it is made of.
const SECTION_BARS: usize = 8;
const PHRASE_BARS: usize = 4;
/// After so many sections parts are missed.
const CALLED_EVERY: usize = 4;
/// Share of a section's steps that are as in an earlier one, to be the same tune.
const SAME: f64 = 0.7;
/// How often a section ends on a fill, a phrase within it does, and a section begins with a crash. Counted in written
/// songs: fills in 0.08 to 0.14 of bars, three quarters of them on one bar of four, a crash after half of them.
const FILL_AT_SECTION: f32 = 0.85;
const FILL_AT_PHRASE: f32 = 0.3;
const CRASH_AFTER_FILL: f32 = 0.65;
/// How often a bar is as its groove has it; the others are variations.
const AS_IT_WAS: f32 = 0.88;
/// So many grooves are drawn, of which the one most like the others is played.
const GROOVES_DRAWN: usize = 20;
/// How much of a groove's first bar its second one keeps: drummers keep 0.53 of the bar before, fills included.
const LEAST_LIKE: f32 = 0.6;
/// How boldly grooves, variations and fills are drawn, and hands. Bolder grooves mix what drummers never play together,
/// such as a ride's pattern with a brush's.
const GROOVE_TEMPERATURE: f32 = 0.6;
const VARIATION_TEMPERATURE: f32 = 0.3;
const FILL_TEMPERATURE: f32 = 0.9;
const HANDS_TEMPERATURE: f32 = 0.65;

/// A section of a song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its bars, counted from the beginning of the melody's grid.
    pub bars: Range<usize>,
    /// 0 for A, 1 for B, and so on: the same for the same tune.
    pub letter: usize,
}

/// The sections of a melody whose first steps are its introduction, which is one of its own, of the first tune.
pub fn sections(melody: &[LineStep], steps_per_bar: usize, introduction: usize) -> Vec<Section> {
    let bars = introduction.div_ceil(steps_per_bar.max(1));
    let song = melody.get(bars * steps_per_bar..).unwrap_or_default();
    let song = sections_of(song, &analyse(song, steps_per_bar, None), steps_per_bar);
    let moved = song
        .into_iter()
        .map(|Section { bars: own, letter }| Section { bars: own.start + bars..own.end + bars, letter });
    let first = (bars > 0).then_some(Section { bars: 0..bars, letter: 0 });
    first.into_iter().chain(moved).collect()
}

/// The sections of a melody, of eight bars where it allows, beginning where most of its phrases do.
pub fn sections_of(melody: &[LineStep], analysis: &Analysis, steps_per_bar: usize) -> Vec<Section> {
    let bar = steps_per_bar.max(1);
    let bars = melody.len().div_ceil(bar);
    let phase = phase(analysis, bar, melody.len());
    let mut starts: Vec<usize> = (phase..bars).step_by(SECTION_BARS).collect();
    // a last one of less than a phrase goes with the one before
    if starts.len() > 1 && starts.last().is_some_and(|last| bars - last < PHRASE_BARS) {
        starts.pop();
    }
    if phase > 0 {
        // an introduction or upbeat bars: with the first section, if they are few
        if starts.is_empty() || phase >= PHRASE_BARS { starts.insert(0, 0) } else { starts[0] = 0 }
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut letters = 0;
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(bars);
        let same = |other: &&Section| is_same(melody, other.bars.clone(), start..end, bar);
        let letter = sections.iter().find(same).map_or(letters, |other| other.letter);
        letters = letters.max(letter + 1);
        sections.push(Section { bars: start..end, letter });
    }
    sections
}

/// How many steps before each step the figures are that go on there; 0 where something new begins. A section goes on as
/// its first two bars began, and comes back as it was; its last bar is free to close. So does a bar whose tune came
/// before: `echo` says for each step how many steps before.
pub fn figures(sections: &[Section], echo: &[u32], steps_per_bar: usize) -> Vec<u32> {
    let steps = echo.len();
    let mut back = vec![0; steps];
    let echoes = |bar: usize| {
        let mut own = echo.get(bar * steps_per_bar..((bar + 1) * steps_per_bar).min(steps))?.iter();
        let first = *own.next()? as usize / steps_per_bar;
        (first > FIGURE_BARS && own.all(|other| *other as usize == first * steps_per_bar)).then_some(first)
    };
    for (index, section) in sections.iter().enumerate() {
        let before = sections[..index].iter().find(|other| other.letter == section.letter);
        for bar in section.bars.clone().take(section.bars.len().saturating_sub(1).max(1)) {
            let place = bar - section.bars.start;
            let returns = before.filter(|other| place < other.bars.len()).map(|other| bar - (other.bars.start + place));
            let bars = returns.or_else(|| echoes(bar)).unwrap_or(match place {
                0 => 0,
                1 => 1,
                _ => FIGURE_BARS,
            });
            let here = bar * steps_per_bar..((bar + 1) * steps_per_bar).min(steps);
            if let Some(here) = back.get_mut(here) {
                here.fill((bars * steps_per_bar) as u32);
            }
        }
    }
    back
}

/// In which phrases of four bars each part rests, so that it is silent for its share of the bars; parts that open a
/// section are left out more readily, and one always plays.
pub fn rests(sections: &[Section], shares: &[f32], source: &mut Source) -> Vec<Vec<Range<usize>>> {
    let phrases: Vec<(Range<usize>, f32)> = sections
        .iter()
        .enumerate()
        .flat_map(|(nth, section)| {
            let bars = section.bars.clone();
            let starts = bars.clone().step_by(PHRASE_BARS);
            starts.map(move |start| {
                let weight = if start > bars.start {
                    1.0
                } else if nth == 0 {
                    3.0
                } else {
                    2.0
                };
                (start..(start + PHRASE_BARS).min(bars.end), weight)
            })
        })
        .collect();
    let mut playing = vec![shares.len(); phrases.len()];
    let mut all = vec![Vec::new(); shares.len()];
    for (part, share) in shares.iter().enumerate() {
        let wanted = share * phrases.len() as f32;
        let count = wanted.floor() as usize + usize::from(source.uniform() < wanted.fract());
        let mut left: Vec<usize> = (0..phrases.len()).filter(|phrase| playing[*phrase] > 1).collect();
        for _ in 0..count.min(left.len()) {
            let weights: Vec<f32> = left.iter().map(|phrase| phrases[*phrase].1).collect();
            let phrase = left.remove(source.weighted(&weights));
            playing[phrase] -= 1;
            all[part].push(phrases[phrase].0.clone());
        }
    }
    all
}

/// In which phrases parts are called for that were not heard, by their bars: where the last of every four sections
/// begins, so that who was asked for is heard in a short tune, and in a long one after a while.
pub fn calls(sections: &[Section]) -> Vec<Range<usize>> {
    let last = sections.chunks(CALLED_EVERY).filter_map(<[Section]>::last);
    last.map(|Section { bars, .. }| bars.start..bars.end.min(bars.start + PHRASE_BARS)).collect()
}

/// The bar of four on which most phrases begin.
fn phase(analysis: &Analysis, bar: usize, steps: usize) -> usize {
    let mut votes = [0.5, 0.0, 0.0, 0.0]; // the first bar, if nothing else speaks
    let mut before = u32::MAX;
    for step in 0..steps.min(analysis.phrase_start.len()) {
        let start = analysis.phrase_start[step];
        if start != before {
            before = start;
            // an upbeat belongs to the bar that comes
            let of_bar = (start as usize + bar / 2) / bar;
            votes[of_bar % PHRASE_BARS] += 1.0;
        }
    }
    (0..PHRASE_BARS).rev().max_by(|a, b| f64::total_cmp(&votes[*a], &votes[*b])).unwrap_or(0)
}

fn is_same(melody: &[LineStep], one: Range<usize>, other: Range<usize>, bar: usize) -> bool {
    let steps = one.len().min(other.len()) * bar;
    let (one, other) = (one.start * bar, other.start * bar);
    let steps = steps.min(melody.len() - one.max(other));
    let alike = (0..steps).filter(|step| melody[one + step] == melody[other + step]).count();
    steps > 0 && alike as f64 >= SAME * steps as f64
}

/// Writes a song's drums: for each letter a groove of two bars, kept, varied and filled as the sections ask, and an
/// end.
///
/// # Errors
/// What libtorch says.
pub fn drums(
    drummer: &Drummer,
    settings: &DrummerSettings,
    melody: &[LineStep],
    sections: &[Section],
    steps_per_bar: usize,
    boldness: f32,
    source: &mut Source,
) -> Result<Vec<Stroke>, Error> {
    let bars = melody.len().div_ceil(steps_per_bar.max(1));
    let mut written: Vec<Bar> = Vec::with_capacity(bars);
    let mut grooves: Vec<[Bar; 2]> = Vec::new();
    let family = settings.family;
    let mut after_fill = false;
    for section in sections {
        if section.letter >= grooves.len() {
            // the same drummer: a new groove is not far from the first
            let like = grooves.first().map(|groove| groove[0].clone());
            grooves.push(groove(drummer, family, like.as_ref(), steps_per_bar, boldness, source)?);
        }
        let groove = &grooves[section.letter];
        for bar in section.bars.clone() {
            let place = bar - section.bars.start;
            let is_last = bar + 1 == section.bars.end;
            let closes_phrase = (place + 1).is_multiple_of(PHRASE_BARS);
            let chance = if is_last {
                FILL_AT_SECTION
            } else if closes_phrase {
                FILL_AT_PHRASE
            } else {
                0.0
            };
            let is_fill = bar + 1 < bars && source.uniform() < chance;
            let crash = after_fill && source.uniform() < CRASH_AFTER_FILL;
            let kept = &groove[place % 2];
            let before = written.last();
            let mut next = if is_fill {
                let asked = Asked { like: Some(kept), before, task: Task::Fill, crash, family };
                drummer.write_bar(&asked, steps_per_bar, FILL_TEMPERATURE * boldness, source)?
            } else if source.uniform() < AS_IT_WAS {
                kept.clone()
            } else {
                let asked = Asked { like: Some(kept), before, task: Task::Vary, crash, family };
                drummer.write_bar(&asked, steps_per_bar, VARIATION_TEMPERATURE * boldness, source)?
            };
            set_crash(&mut next, crash);
            after_fill = is_fill;
            written.push(next);
        }
    }
    close(&mut written, melody, steps_per_bar);
    drummer.play(&mut written, settings, HANDS_TEMPERATURE, source)?;
    Ok(strokes_of(&written, source))
}

/// Two bars of a groove; the second answers the first.
fn groove(
    drummer: &Drummer,
    family: i64,
    like: Option<&Bar>,
    steps: usize,
    boldness: f32,
    source: &mut Source,
) -> Result<[Bar; 2], Error> {
    let task = if like.is_some() { Task::Vary } else { Task::Groove };
    let temperature = GROOVE_TEMPERATURE * boldness;
    let asked = Asked { like, before: None, task, crash: false, family };
    let drawn = (0..GROOVES_DRAWN).map(|_| drummer.write_bar(&asked, steps, temperature, source));
    let first = most_usual(drawn.collect::<Result<_, _>>()?);
    let asked = Asked { like: Some(&first), before: Some(&first), task: Task::Vary, crash: false, family };
    let mut second = drummer.write_bar(&asked, steps, VARIATION_TEMPERATURE * boldness, source)?;
    if first.likeness(&second) < LEAST_LIKE {
        // kick and snare may answer; the cymbals go on
        for (own, other) in second.kinds.iter_mut().zip(&first.kinds) {
            for limb in [Limb::Hand, Limb::Foot] {
                own[limb as usize] = other[limb as usize];
            }
        }
    }
    Ok([first, second])
}

/// The bar that is most like the others; one in which nothing is struck only where all are.
fn most_usual(mut bars: Vec<Bar>) -> Bar {
    let likeness = |bar: &Bar| {
        let others: f32 = bars.iter().map(|other| bar.likeness(other)).sum();
        if bar.is_silent() { 0.0 } else { others }
    };
    let scores: Vec<f32> = bars.iter().map(likeness).collect();
    bars.swap_remove(most_liked(&scores))
}

/// A number that goes with a melody, so that songs do not all get the groove of their seed.
pub fn number_of(melody: &[LineStep]) -> u64 {
    let notes = melody.iter().enumerate().filter(|(_, cell)| cell.struck);
    notes.fold(0xcbf2_9ce4_8422_2325, |hash, (step, cell)| {
        // Fowler, Noll and Vo's FNV-1a
        (hash ^ (step as u64 * 128 + u64::from(cell.pitch.unwrap_or(0)))).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Puts a crash on the first step of a bar, or takes those of its groove away.
fn set_crash(bar: &mut Bar, crash: bool) {
    let (limb, kick) = (Limb::Crash as usize, Limb::Kick as usize);
    if let Some(first) = bar.kinds.first_mut() {
        first[limb] = u8::from(crash);
        if crash {
            first[kick] = 1;
        }
    }
}

/// Ends with the melody: kick and crash where its last note is struck, nothing behind.
fn close(bars: &mut [Bar], melody: &[LineStep], steps_per_bar: usize) {
    let bar_steps = steps_per_bar.max(1);
    let Some(last) = melody.iter().rposition(|cell| cell.struck) else { return };
    let (at, step) = (last / bar_steps, last % bar_steps);
    // a short last bar goes on to its end
    if at + 1 < bars.len().saturating_sub(1) || bars.len() < 2 {
        return;
    }
    for (index, bar) in bars.iter_mut().enumerate().skip(at) {
        for (place, kinds) in bar.kinds.iter_mut().enumerate() {
            if index > at || place >= step {
                *kinds = [0; LIMBS];
            }
        }
    }
    if let Some(kinds) = bars.get_mut(at).and_then(|bar| bar.kinds.get_mut(step)) {
        kinds[Limb::Kick as usize] = 1;
        kinds[Limb::Crash as usize] = 1;
    }
}

/// What the other parts hear of a kit at each step: 0 where nobody knows, else 1, and 1 more for a kick, 2 more for a
/// snare.
pub fn heard(strokes: &[Stroke], steps: usize) -> Vec<u8> {
    let mut heard = vec![1; steps];
    for Stroke { step, sound: Sound { limb, .. }, .. } in strokes {
        if let Some(at) = heard.get_mut(*step as usize) {
            match limb {
                Limb::Kick => *at = 1 + ((*at - 1) | 1),
                Limb::Snare => *at = 1 + ((*at - 1) | 2),
                Limb::Hand | Limb::Foot | Limb::Crash | Limb::Toms => {}
            }
        }
    }
    heard
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    /// A tune of phrases of four bars, by their letters.
    fn tune(phrases: &str) -> Vec<LineStep> {
        let mut line = Vec::new();
        for phrase in phrases.bytes() {
            for note in 0..13_u8 {
                let pitch = 60 + (note * (phrase - 64)) % 12;
                let length = if note == 12 { 16 } else { 4 };
                for step in 0..length {
                    line.push(LineStep { pitch: Some(pitch), struck: step == 0 });
                }
            }
        }
        line
    }

    #[test]
    fn parts_are_called_for_where_the_last_of_some_sections_begins() {
        let sections: Vec<Section> = (0..6).map(|at| Section { bars: at * 8..(at + 1) * 8, letter: at }).collect();
        assert_eq!(calls(&sections), [24..28, 40..44]);
        assert_eq!(calls(&[Section { bars: 1..4, letter: 0 }]), vec![1..4]);
        assert!(calls(&[]).is_empty());
    }

    #[test]
    fn the_same_tune_is_the_same_letter() {
        let melody = tune("ABABCDAB");
        let found = sections(&melody, 16, 0);
        let letters: Vec<usize> = found.iter().map(|section| section.letter).collect();
        assert_eq!(letters, [0, 0, 1, 0]);
        assert_eq!(found[2].bars, 16..24);
        assert_eq!(sections(&melody[..16], 16, 0).len(), 1);
        assert!(sections(&[], 16, 0).is_empty());
        // behind an introduction of four bars it is the same
        let introduced = [tune("A"), melody.clone()].concat();
        let moved: Vec<_> = found.iter().map(|section| (section.bars.start + 4, section.letter)).collect();
        let with = sections(&introduced, 16, 64);
        assert_eq!(with[0], Section { bars: 0..4, letter: 0 });
        assert_eq!(with[1..].iter().map(|section| (section.bars.start, section.letter)).collect::<Vec<_>>(), moved);
    }

    #[test]
    fn figures_go_on_and_come_back() {
        let section = |start: usize, end: usize, letter| Section { bars: start..end, letter };
        let back = figures(&[section(0, 4, 0), section(4, 8, 1), section(8, 12, 0)], &[0; 192], 16);
        let by_bar: Vec<u32> = back.iter().step_by(16).map(|steps| steps / 16).collect();
        assert_eq!(by_bar, [0, 1, 2, 0, 0, 1, 2, 0, 8, 8, 8, 0]);
        let mut echo = vec![0; 192];
        echo[80..104].fill(64); // the tune of a whole bar, and of half a one
        let back = figures(&[section(0, 12, 0)], &echo, 16);
        assert_eq!([back[80], back[95], back[96]], [64, 64, 32]);
        assert!(figures(&[], &[], 16).is_empty());
    }

    #[test]
    fn parts_rest_as_often_as_they_should_and_never_all() {
        let sections: Vec<Section> = (0..5).map(|nth| Section { bars: nth * 8..nth * 8 + 8, letter: nth }).collect();
        let mut source = Source::new(1, Purpose::Drumming, 0);
        let rests = rests(&sections, &[0.3, 1.0, 1.0], &mut source);
        assert_eq!(rests[0].len(), 3);
        let silent = |bar: usize| rests.iter().all(|part| part.iter().any(|bars| bars.contains(&bar)));
        assert!(!(0..40).any(silent));
    }

    #[test]
    fn the_usual_groove_is_played() {
        let stroke = |step: u32, key: u8| Stroke { step, sound: Sound::of_key(key).unwrap(), velocity: 90, late: 0 };
        let beat = |more: u32| Bar::of(&[stroke(0, 36), stroke(4, 38), stroke(12, 38), stroke(more, 42)], 16);
        let odd = Bar::of(&[stroke(7, 43)], 16);
        assert_ne!(most_usual(vec![odd.clone(), beat(2), Bar::silent(16), beat(6)]), odd);
        assert!(!most_usual(vec![Bar::silent(16), Bar::silent(16), odd]).is_silent());
    }

    #[test]
    fn a_kit_is_heard_by_kick_and_snare() {
        let stroke = |step: u32, key: u8| Stroke { step, sound: Sound::of_key(key).unwrap(), velocity: 90, late: 0 };
        assert_eq!(
            heard(&[stroke(0, 36), stroke(0, 42), stroke(2, 38), stroke(3, 38), stroke(3, 36)], 4),
            [2, 1, 3, 4]
        );
    }

    #[test]
    fn the_kit_ends_with_the_melody() {
        let mut melody = tune("A");
        melody.truncate(50); // the last note is struck at 48
        melody.resize(64, LineStep::default());
        let stroke = |step: u32| Stroke { step, sound: Sound::of_key(42).unwrap(), velocity: 90, late: 0 };
        let hats: Vec<Stroke> = (0..16).map(stroke).collect();
        let mut bars = vec![Bar::of(&hats, 16); 4];
        close(&mut bars, &melody, 16);
        assert_eq!(bars[2].kinds, Bar::of(&hats, 16).kinds);
        assert_eq!(bars[3].kinds[0], [1, 0, 0, 0, 1, 0]);
        assert!(bars[3].kinds[1..].iter().flatten().all(|kind| *kind == 0));
    }
}
