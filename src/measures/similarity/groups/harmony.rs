//! Harmony: the chords that melody and parts spell beat by beat, and how they follow each other.

use super::subject::Subject;
use crate::measures::similarity::histogram::{Counts, Histogram};
use crate::music::chord::labels::{ChordLabel, QUALITIES, beats, label};

/// Changes in a bar, the last bin for more.
const MOST_CHANGES: usize = 8;

/// Roots by how far they move, with the qualities before and after; changes a bar; and of the last change, the root's
/// movement, the last quality, and the melody's last note above the last root.
pub fn count(subject: &Subject<'_>) -> Counts {
    let kinds = QUALITIES.len();
    let mut bigrams = Histogram::new(12 * kinds * kinds);
    let mut changes = Histogram::new(MOST_CHANGES + 1);
    let (mut cadence, mut ending) = (Histogram::new(12 * kinds), Histogram::new(12));
    let bar = subject.layout.steps_per_bar;
    let labels = label(&subject.voices.sounding(), bar);
    let mut before: Option<ChordLabel> = None;
    let mut last = None;
    let mut in_bar = vec![0; subject.sample.steps().div_ceil(bar)];
    for (beat, chord) in beats(subject.sample.steps(), bar).iter().zip(labels) {
        let Some(chord) = chord else { continue };
        if let Some(before) = before.filter(|before| *before != chord) {
            let moved = (chord.root + 12 - before.root) % 12;
            bigrams.add((moved * kinds + before.quality) * kinds + chord.quality);
            in_bar[beat.start / bar] += 1;
            last = Some((moved, chord));
        }
        before = Some(chord);
    }
    if before.is_some() {
        for count in in_bar {
            changes.add(count);
        }
    }
    if let Some((moved, chord)) = last {
        cadence.add(moved * kinds + chord.quality);
        if let Some(sung) = subject.voices.lines[0].notes.last() {
            ending.add((sung.pitch + 12 - chord.root) % 12);
        }
    }
    Counts::new(vec![bigrams, changes, cadence, ending])
}
