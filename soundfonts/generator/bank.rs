//! The recordings, as sets of one sound over the keyboard.

use std::collections::BTreeMap;

use super::sf2::Sample;

/// A sample and the keys it is for.
#[derive(Clone, Copy)]
pub struct SetZone {
    pub sample: usize,
    pub low: u8,
    pub high: u8,
}

/// All samples, and which belong together.
#[derive(Default)]
pub struct Bank {
    pub samples: Vec<Sample>,
    pub sets: BTreeMap<&'static str, Vec<SetZone>>,
}

impl Bank {
    /// One sample per root key; each serves the keys nearest to it.
    pub fn add(&mut self, name: &'static str, roots: &[u8], make: impl Fn(u8) -> Sample) {
        let mut zones: Vec<SetZone> = Vec::new();
        for (index, root) in roots.iter().enumerate() {
            let low = if index == 0 { 0 } else { u8::midpoint(roots[index - 1], *root) + 1 };
            let high = roots.get(index + 1).map_or(127, |next| u8::midpoint(*root, *next));
            zones.push(SetZone { sample: self.samples.len(), low, high });
            self.samples.push(make(*root));
        }
        self.sets.insert(name, zones);
    }

    /// A single sound, for the whole keyboard.
    pub fn add_one(&mut self, name: &'static str, sample: &Sample) {
        let root = sample.root_key;
        self.add(name, &[root], |_| sample.clone());
    }
}
