//! Where a score's bars lie: sections of one metre each, with pick-ups and split bars put right.
//!
//! Notation programs write a pick-up, or a bar cut in two by a repeat sign, as a short bar of its own metre. Those are
//! no changes of metre to a listener, so they are undone here before the score is cut where the metre really changes.

use crate::music::grid::TICKS_PER_STEP;
use crate::music::{MetreMap, Tick};

/// A stretch of a score in one metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Where its first bar begins, in ticks; below 0 where a pick-up is shorter than its bar.
    pub start: i64,
    /// Where it ends, in ticks.
    pub end: i64,
    /// Ticks in a bar.
    pub bar_ticks: i64,
}

impl Section {
    /// Sixteenths in a bar, or `None` where a bar is no whole number of them.
    pub fn steps_per_bar(&self) -> Option<usize> {
        let step = i64::from(TICKS_PER_STEP);
        (self.bar_ticks % step == 0).then_some((self.bar_ticks / step) as usize)
    }

    /// Bars, the last one counted whole.
    pub fn bars(&self) -> usize {
        (self.end - self.start + self.bar_ticks - 1).div_euclid(self.bar_ticks).max(0) as usize
    }
}

/// The sections of a score whose last note ends at `end`.
pub fn sections(metre: &MetreMap, end: Tick) -> Vec<Section> {
    let spans = spans(metre, i64::from(end));
    let Some(main) = main_bar(&spans) else {
        return Vec::new();
    };
    let mut found: Vec<Section> = Vec::new();
    let mut index = 0;
    while index < spans.len() {
        let span = spans[index];
        let length = span.end - span.start;
        // a short first bar before longer ones is a pick-up
        if index == 0 && spans.get(1).is_some_and(|next| length < next.bar_ticks) {
            let next = spans[1];
            found.push(Section { start: next.start - next.bar_ticks, end: next.end, bar_ticks: next.bar_ticks });
            index = 2;
            continue;
        }
        if let Some(last) = found.last_mut().filter(|last| last.end == span.start && ends_whole(last)) {
            if span.bar_ticks == last.bar_ticks {
                last.end = span.end;
                index += 1;
                continue;
            }
            if last.bar_ticks == main
                && let Some(count) = split_bar(&spans[index..], main)
            {
                last.end = spans[index + count - 1].end;
                index += count;
                continue;
            }
        }
        found.push(span);
        index += 1;
    }
    found
}

/// The metre's changes as spans up to the end; a same metre again that keeps the bar lines is no change.
fn spans(metre: &MetreMap, end: i64) -> Vec<Section> {
    let mut spans: Vec<Section> = Vec::new();
    let changes = metre.changes();
    for (index, change) in changes.iter().enumerate() {
        let start = i64::from(change.tick);
        let until = changes.get(index + 1).map_or(end, |next| i64::from(next.tick).min(end));
        if start >= until {
            continue;
        }
        let bar_ticks = i64::from(change.metre.bar_ticks());
        match spans.last_mut() {
            Some(last) if last.bar_ticks == bar_ticks && ends_whole(last) => last.end = until,
            _ => spans.push(Section { start, end: until, bar_ticks }),
        }
    }
    spans
}

fn ends_whole(section: &Section) -> bool {
    (section.end - section.start) % section.bar_ticks == 0
}

/// The bar length that most of the time has.
fn main_bar(spans: &[Section]) -> Option<i64> {
    let total =
        |bar: i64| -> i64 { spans.iter().filter(|span| span.bar_ticks == bar).map(|span| span.end - span.start).sum() };
    spans.iter().map(|span| span.bar_ticks).max_by_key(|&bar| (total(bar), bar))
}

/// How many of the next spans make up exactly one bar of the main length, or end the piece within one.
fn split_bar(next: &[Section], main: i64) -> Option<usize> {
    let mut length = 0;
    for (count, span) in next.iter().enumerate() {
        length += span.end - span.start;
        if length == main && count > 0 {
            return Some(count + 1);
        }
        if length >= main {
            return None;
        }
    }
    (length < main).then_some(next.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::metres;

    fn found(changes: &[(Tick, u8, u8)], end: Tick) -> Vec<(i64, i64, i64)> {
        sections(&metres(changes), end).iter().map(|section| (section.start, section.end, section.bar_ticks)).collect()
    }

    #[test]
    fn one_metre_is_one_section() {
        assert_eq!(found(&[(0, 4, 4)], 1920 * 3 + 5), [(0, 1920 * 3 + 5, 1920)]);
        assert_eq!(sections(&metres(&[(0, 4, 4)]), 1920 * 3 + 5)[0].bars(), 4);
        assert_eq!(found(&[], 0), []);
    }

    #[test]
    fn a_pick_up_belongs_to_the_bar_it_leads_into() {
        let sections = sections(&metres(&[(0, 1, 4), (480, 3, 4)]), 480 + 3 * 1440);
        assert_eq!((sections[0].start, sections[0].bars()), (480 - 1440, 4));
        assert_eq!(sections.len(), 1);
    }

    #[test]
    fn a_bar_split_by_a_repeat_sign_is_one_bar() {
        let changes =
            [(0, 1, 8), (240, 4, 4), (240 + 1920 * 2, 7, 8), (240 + 1920 * 2 + 1680, 1, 8), (240 + 1920 * 3, 4, 4)];
        assert_eq!(found(&changes, 240 + 1920 * 5), [(240 - 1920, 240 + 1920 * 5, 1920)]);
        // and so is a short last one, the rest of the pick-up's bar
        let changes = [(0, 1, 4), (480, 4, 4), (480 + 1920 * 2, 3, 4)];
        assert_eq!(found(&changes, 480 + 1920 * 2 + 1440), [(480 - 1920, 480 + 1920 * 2 + 1440, 1920)]);
    }

    #[test]
    fn real_changes_cut() {
        assert_eq!(
            found(&[(0, 4, 4), (3840, 3, 4), (3840 + 2880, 4, 4)], 3840 + 2880 + 3840),
            [(0, 3840, 1920), (3840, 6720, 1440), (6720, 10560, 1920)]
        );
    }

    #[test]
    fn bars_of_no_whole_sixteenths_are_told() {
        let odd = Section { start: 0, end: 60, bar_ticks: 60 };
        assert_eq!(odd.steps_per_bar(), None);
    }
}
