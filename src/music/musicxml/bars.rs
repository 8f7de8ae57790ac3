//! Bars, and the beats that notes are read in.

use crate::music::{Metre, MetreMap, TICKS_PER_QUARTER, Tick};

/// A bar of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    /// Where it begins, in ticks from the start of the score.
    pub start: Tick,
    /// Where the next one begins.
    pub end: Tick,
    /// Its metre; where the next metre begins early, the bar is shorter.
    pub metre: Metre,
}

impl Bar {
    /// Its length in ticks.
    pub const fn length(&self) -> Tick {
        self.end - self.start
    }

    /// The length of its beats as they are read: quarters, or dotted quarters where eighths come in threes.
    pub const fn beat(&self) -> Tick {
        if is_compound(self.metre) { TICKS_PER_QUARTER * 3 / 2 } else { TICKS_PER_QUARTER }
    }

    /// Where its beats begin and end; the last one may be shorter.
    pub fn beats(&self) -> impl Iterator<Item = (Tick, Tick)> {
        let (start, end, beat) = (self.start, self.end, self.beat());
        (start..end).step_by(beat as usize).map(move |from| (from, (from + beat).min(end)))
    }
}

/// Whether eighths come in threes: 6/8, 9/8, 12/8.
const fn is_compound(metre: Metre) -> bool {
    metre.denominator() == 8 && metre.numerator() > 3 && metre.numerator().is_multiple_of(3)
}

/// The bars until a tick, at least one; `None` if there are more than that.
pub(super) fn bars_until(metre: &MetreMap, end: Tick, most: usize) -> Option<Vec<Bar>> {
    let changes = metre.changes();
    let mut bars = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let stretch_end = changes.get(index + 1).map_or(Tick::MAX, |next| next.tick);
        let mut start = change.tick;
        while start < stretch_end && (start < end || bars.is_empty()) {
            if bars.len() == most {
                return None;
            }
            let full = start.saturating_add(change.metre.bar_ticks());
            bars.push(Bar { start, end: full.min(stretch_end), metre: change.metre });
            start = full;
        }
    }
    Some(bars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::metres;

    #[test]
    fn bars_follow_the_metre_and_a_change_cuts_one_short() {
        let bars = bars_until(&metres(&[(0, 4, 4), (2880, 6, 8)]), 5000, 100).unwrap();
        let spans: Vec<_> = bars.iter().map(|bar| (bar.start, bar.end, bar.beat())).collect();
        assert_eq!(spans, [(0, 1920, 480), (1920, 2880, 480), (2880, 4320, 720), (4320, 5760, 720)]);
        assert_eq!(bars_until(&MetreMap::default(), 0, 100).unwrap().len(), 1);
        assert_eq!(bars_until(&MetreMap::default(), 1 << 27, 100), None);
        let seven = bars_until(&metres(&[(0, 7, 8)]), 1, 9).unwrap();
        assert_eq!(seven[0].beats().last(), Some((1440, 1680)));
    }
}
