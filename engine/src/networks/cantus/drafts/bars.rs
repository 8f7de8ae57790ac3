//! The bars of a melody, and which of them are the same.

use std::collections::BTreeMap;

use crate::networks::lines::LineStep;
use crate::random::stable_hash;

/// The bars of a melody: which are the same.
#[derive(Debug)]
pub struct Bars {
    /// Steps in each.
    pub length: usize,
    /// A number for each bar, shared by bars of the same notes.
    pub labels: Vec<u64>,
    /// The bars of each set that is to be answered alike.
    pub alike: Vec<Vec<usize>>,
    /// A number for the melody as a whole.
    pub whole: u64,
}

impl Bars {
    /// The bars of a line, as it would be in its own key less `shift`. Bars in which nothing begins are answered
    /// freely, and the last one, which has an ending to find.
    pub fn new(line: &[LineStep], steps_per_bar: usize, shift: i32) -> Self {
        let length = steps_per_bar.max(1);
        let mut labels = bar_labels(line, length, shift);
        if let Some(last) = labels.last_mut() {
            *last = !*last;
        }
        // hashed as a list always was: its length first
        let all = std::iter::once(labels.len() as u64).chain(labels.iter().copied());
        let whole = stable_hash(&all.flat_map(u64::to_le_bytes).collect::<Vec<u8>>());
        let mut sets: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (index, bar) in line.chunks_exact(length).enumerate() {
            if bar.iter().any(|step| step.struck) {
                sets.entry(labels[index]).or_default().push(index);
            }
        }
        Self { whole, length, labels, alike: sets.into_values().filter(|set| set.len() > 1).collect() }
    }
}

/// A number for each bar of a melody that bars of the same notes share, whatever the key they were moved from.
fn bar_labels(line: &[LineStep], steps_per_bar: usize, shift: i32) -> Vec<u64> {
    let bytes = |step: &LineStep| {
        // whether there is a pitch, in eight bytes, the pitch where there is one, and whether it is struck
        let mut bytes = u64::from(step.pitch.is_some()).to_le_bytes().to_vec();
        bytes.extend(step.pitch.iter().flat_map(|pitch| (i32::from(*pitch) + shift).to_le_bytes()));
        bytes.push(u8::from(step.struck));
        bytes
    };
    let label = |bar: &[LineStep]| stable_hash(&bar.iter().flat_map(bytes).collect::<Vec<u8>>());
    line.chunks(steps_per_bar.max(1)).map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::lines::melody_line;
    use crate::testing::tune;

    #[test]
    fn bars_of_the_same_notes_share_a_label() {
        let line = melody_line(&tune(16 * 14));
        let labels = bar_labels(&line, 14 * 4, 0);
        assert_eq!(labels.len(), 4);
        assert!(labels.iter().all(|label| *label == labels[0]));
        let labels = bar_labels(&line, 16, 0);
        assert_ne!(labels[0], labels[1]);
    }

    #[test]
    fn labels_are_what_they_have_always_been() {
        // “Make again” of a composition in somebody's library depends on them
        let bars = Bars::new(&melody_line(&tune(32)), 16, 3);
        assert_eq!((bars.labels[0], bars.whole), (9_411_043_256_416_907_704, 2_400_515_343_670_871_454));
    }
}
