//! The kit: with the bass, and over bars.

use super::subject::Subject;
use crate::measures::drums::{KitBar, fills, is_backbeat, kit_bars};
use crate::measures::similarity::histogram::{Counts, Histogram};
use crate::music::grid::STEPS_PER_QUARTER;

/// Bins of the likeness of a bar to the one before.
const LIKENESS_BINS: f64 = 5.0;

/// Whether the kick is struck with a note of the bass, on the beat and off it; backbeats; fills by the place in four
/// bars; crashes after fills and elsewhere; and how like a bar is to the one before. Nothing without a kit.
pub fn count(subject: &Subject<'_>) -> Counts {
    let Some(kit) = subject.layout.drums() else { return Counts::default() };
    let bar = subject.layout.steps_per_bar;
    let bars = kit_bars(&subject.sample.parts[kit], bar);
    let (mut with_bass, mut backbeat) = (Histogram::new(4), Histogram::new(2));
    let (mut filled, mut crashes, mut alike) = (Histogram::new(8), Histogram::new(4), Histogram::new(6));
    if bars.iter().all(KitBar::is_silent) {
        return Counts::new(vec![with_bass, backbeat, filled, crashes, alike]);
    }
    for note in subject.voices.bass.iter().flat_map(|bass| &subject.voices.lines[*bass].notes) {
        if let Some(of) = bars.get(note.step / bar) {
            let on_beat = (note.step % bar).is_multiple_of(STEPS_PER_QUARTER);
            with_bass.add(usize::from(on_beat) * 2 + usize::from(of.has_kick(note.step % bar)));
        }
    }
    let fills = fills(&bars, bar);
    for (nth, of) in bars.iter().enumerate() {
        if let Some(is) = is_backbeat(of, bar) {
            backbeat.add(usize::from(is));
        }
        filled.add(nth % 4 * 2 + usize::from(fills[nth]));
        if nth > 0 {
            crashes.add(usize::from(fills[nth - 1]) * 2 + usize::from(of.begins_with_crash()));
            alike.add((of.likeness(&bars[nth - 1]) * LIKENESS_BINS) as usize);
        }
    }
    Counts::new(vec![with_bass, backbeat, filled, crashes, alike])
}
