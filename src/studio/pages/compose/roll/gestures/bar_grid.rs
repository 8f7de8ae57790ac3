//! What bars snap to while they are selected and dragged: bars, or beats.

use crate::music::{MAX_TICK, MetreMap, Tick};

/// Bar lines, or beats where one looks closely.
#[derive(Clone, Copy, Debug)]
pub struct BarGrid<'a> {
    /// The metre they are of.
    pub metre: &'a MetreMap,
    /// Whether there are lines at beats, too.
    pub beats: bool,
}

impl BarGrid<'_> {
    /// The line at or before a tick.
    pub fn floor(self, tick: Tick) -> Tick {
        let at = self.metre.position(tick);
        let bar = self.metre.bar_start(at.bar);
        if self.beats { bar + at.beat * self.metre.metre_at(tick).beat_ticks() } else { bar }
    }

    /// The next line behind a tick.
    pub fn after(self, tick: Tick) -> Tick {
        let bar = self.metre.bar_after(tick);
        let beat = self.floor(tick).saturating_add(self.metre.metre_at(tick).beat_ticks());
        if self.beats { beat.min(bar) } else { bar }.min(MAX_TICK)
    }

    /// The line nearest to a tick.
    pub fn round(self, tick: Tick) -> Tick {
        let (before, after) = (self.floor(tick), self.after(tick));
        if tick - before < after.saturating_sub(tick) { before } else { after }
    }

    /// From where to where a drag between two ticks goes: lines near them, or what lies around both.
    pub fn span(self, origin: Tick, here: Tick) -> (Tick, Tick) {
        let (from, to) = (self.round(origin), self.round(here));
        if from != to {
            return (from, to);
        }
        let start = self.floor(origin.min(here));
        if here < origin { (self.after(start), start) } else { (start, self.after(start)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::metres;

    #[test]
    fn drags_snap_to_bars_and_a_short_one_has_the_bar_it_is_in() {
        let metre = metres(&[(3840, 3, 4)]);
        let bars = BarGrid { metre: &metre, beats: false };
        assert_eq!(bars.span(1930, 3800), (1920, 3840));
        assert_eq!(bars.span(5200, 1930), (5280, 1920), "backwards, over a change of metre");
        assert_eq!(bars.span(3000, 3700), (1920, 3840), "within a bar");
        assert_eq!(bars.span(3700, 3600), (3840, 1920));
        let beats = BarGrid { metre: &metre, beats: true };
        assert_eq!(beats.span(500, 1400), (480, 1440));
        assert_eq!((beats.after(5000), beats.floor(5279)), (5280, 4800));
    }
}
