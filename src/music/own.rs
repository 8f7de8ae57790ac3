//! Where chords and sections are the user's own: what a model writes of its own does not take their place there.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize};

use super::time::{Change, from_tick};
use super::{MAX_TICK, Tick};

/// The most spans that are read from a file.
const MAX_SPANS: usize = 1 << 16;

/// Where the marks of a score are the user's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnMarks {
    /// Where the chords are.
    #[serde(skip_serializing_if = "Spans::is_empty")]
    pub chords: Spans,
    /// Where the sections are.
    #[serde(skip_serializing_if = "Spans::is_empty")]
    pub sections: Spans,
}

impl OwnMarks {
    /// Whether nothing is the user's own.
    pub const fn is_empty(&self) -> bool {
        self.chords.is_empty() && self.sections.is_empty()
    }

    /// The same with every span changed.
    #[must_use]
    pub(in crate::music) fn mapped(&self, change: impl Fn(&Range<Tick>) -> [Option<Range<Tick>>; 2]) -> Self {
        Self { chords: self.chords.mapped(&change), sections: self.sections.mapped(&change) }
    }
}

/// Spans of ticks in order, none of which meets another. One that ends at [`MAX_TICK`] has no end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Spans(Vec<Range<Tick>>);

impl Spans {
    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All the time there is.
    pub fn all() -> Self {
        Self(std::iter::once(0..MAX_TICK).collect())
    }

    /// Whether a tick is in one.
    pub fn holds(&self, tick: Tick) -> bool {
        self.0.iter().any(|span| span.contains(&tick))
    }

    /// Adds a span.
    pub fn add(&mut self, span: Range<Tick>) {
        self.0.push(span);
        self.0.retain(|span| span.start < span.end);
        self.0.sort_by_key(|span| span.start);
        let mut joined: Vec<Range<Tick>> = Vec::with_capacity(self.0.len());
        for span in self.0.drain(..) {
            match joined.last_mut().filter(|last| last.end >= span.start) {
                Some(last) => last.end = last.end.max(span.end),
                None => joined.push(span),
            }
        }
        self.0 = joined;
    }

    /// Takes a span out.
    pub fn remove(&mut self, span: &Range<Tick>) {
        let pieces = |own: Range<Tick>| [own.start..own.end.min(span.start), own.start.max(span.end)..own.end];
        self.0 = self.0.drain(..).flat_map(pieces).filter(|piece| piece.start < piece.end).collect();
    }

    fn mapped(&self, change: impl Fn(&Range<Tick>) -> [Option<Range<Tick>>; 2]) -> Self {
        let mut mapped = Self::default();
        for span in self.0.iter().flat_map(change).flatten() {
            mapped.add(span);
        }
        mapped
    }

    /// Marks with the user's own in their place within these spans; behind each span, what is in force there goes on.
    pub(in crate::music) fn kept<C: Change + PartialEq>(&self, own: &[C], others: &[C]) -> Vec<C> {
        let mut all = others.to_vec();
        for span in &self.0 {
            let before = all.iter().take_while(|mark| mark.tick() < span.start).cloned();
            let within = from_tick(own, span.start).into_iter().take_while(|mark| mark.tick() < span.end);
            let after = if span.end < MAX_TICK { from_tick(&all, span.end) } else { Vec::new() };
            let mut kept: Vec<C> = before.collect();
            for (mut stretch, begun_by) in [(within.collect(), own), (after, all.as_slice())] {
                // what only goes on is not said again
                let begins = |first: &C| begun_by.binary_search_by_key(&first.tick(), Change::tick).is_ok();
                let last = kept.last().cloned();
                let goes_on = |first: &C| last.is_some_and(|last| last.moved_to(first.tick()) == *first);
                if stretch.first().is_some_and(|first: &C| !begins(first) && goes_on(first)) {
                    stretch.remove(0);
                }
                kept.extend(stretch);
            }
            all = kept;
        }
        all
    }
}

impl<'de> Deserialize<'de> for Spans {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut spans = Vec::<Range<Tick>>::deserialize(deserializer)?;
        spans.truncate(MAX_SPANS);
        let in_range = |span: Range<Tick>| span.start.min(MAX_TICK)..span.end.min(MAX_TICK);
        let mut read = Self(spans.into_iter().map(in_range).collect());
        read.add(0..0); // which brings them into order
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Chord, ChordChange, SectionChange};

    fn chord(tick: Tick, root: u8) -> ChordChange {
        ChordChange { tick, chord: Some(Chord::major(root)), bass: root }
    }

    fn spans(of: impl IntoIterator<Item = Range<Tick>>) -> Spans {
        let mut spans = Spans::default();
        for span in of {
            spans.add(span);
        }
        spans
    }

    #[test]
    fn spans_are_joined_where_they_meet_and_cut_where_one_goes() {
        let mut own = spans([500..600, 0..100, 100..200, 550..700, 9..9]);
        assert_eq!(own.0, [0..200, 500..700]);
        own.remove(&(150..550));
        assert_eq!(own.0, [0..150, 550..700]);
        own.remove(&(0..MAX_TICK));
        assert!(own.is_empty());
    }

    #[test]
    fn spans_from_outside_are_in_order_and_in_range() {
        let json = r#"{"chords":[{"start":9,"end":4294967295},{"start":20,"end":3},{"start":0,"end":4}]}"#;
        let own: OwnMarks = serde_json::from_str(json).unwrap();
        assert_eq!((own.chords.0.as_slice(), own.sections.is_empty()), ([0..4, 9..MAX_TICK].as_slice(), true));
        assert_eq!(serde_json::from_str::<OwnMarks>(&serde_json::to_string(&own).unwrap()).unwrap(), own);
    }

    #[test]
    fn the_users_marks_stand_among_those_of_others() {
        let own = [chord(0, 0), chord(960, 5), chord(1920, 7), chord(2880, 7)];
        let others = [chord(0, 9), chord(1440, 2), chord(3840, 4)];
        assert_eq!(Spans::default().kept(&own, &others), others);
        // F is the user's, and the others go on behind it
        let kept = spans(Some(960..1920)).kept(&own, &others);
        assert_eq!(kept, [chord(0, 9), chord(960, 5), chord(1920, 2), chord(3840, 4)]);
        // what is typed twice stays twice, and to the end there are no others
        let kept = spans(Some(1920..MAX_TICK)).kept(&own, &others);
        assert_eq!(kept, [chord(0, 9), chord(1440, 2), chord(1920, 7), chord(2880, 7)]);
        // one that was taken out stays out: the one before holds there
        let kept = spans(Some(480..960)).kept(&own, &others);
        assert_eq!(kept, [chord(0, 9), chord(480, 0), chord(960, 9), chord(1440, 2), chord(3840, 4)]);
        let section = |tick, label: &str| SectionChange { tick, label: label.into() };
        let (own, others) = ([section(0, "A"), section(1920, "Bridge")], [section(0, "A"), section(7680, "B")]);
        let kept = spans(Some(1920..3840)).kept(&own, &others);
        assert_eq!(kept, [section(0, "A"), section(1920, "Bridge"), section(3840, "A"), section(7680, "B")]);
    }
}
