//! Scores from outside, brought into the form that everything else relies on: sorted, every number within its range.
//!
//! It happens where a [`Part`] or a [`Score`] is deserialized, so no reader can forget it: projects, the library, the
//! engine's takes. The reader of MIDI files clips and sorts by itself.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MAX_TICK, Part, Score, TICKS_PER_QUARTER};

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let as_written = Self::deserialize(deserializer)?; // the derived one
        Ok(as_written.sanitised())
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let as_written = Self::deserialize(deserializer)?;
        Ok(as_written.sanitised())
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl Part {
    fn sanitised(mut self) -> Self {
        self.notes.iter_mut().for_each(|note| *note = note.in_range());
        self.controls.iter_mut().for_each(|event| event.tick = event.tick.min(MAX_TICK));
        self.sort();
        self
    }
}

impl Score {
    fn sanitised(mut self) -> Self {
        self.parts.truncate(Self::MAX_PARTS);
        for change in &mut self.keys {
            change.key.tonic %= 12;
            change.tick = change.tick.min(MAX_TICK);
        }
        self.keys.sort_by_key(|change| change.tick);
        self.keys.dedup_by_key(|change| change.tick);
        self.melody = self.melody.filter(|&melody| melody < self.parts.len());
        if !(1..=0x7FFF).contains(&self.resolution) {
            self.resolution = TICKS_PER_QUARTER as u16;
        }
        self.id = self.id.min(i64::MAX as u64);
        self
    }
}

#[cfg(test)]
mod tests;
