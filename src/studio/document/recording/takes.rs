//! What a recording left to choose from: its passes, and where they are trimmed. Forgotten with the next edit.

use std::{ops::Range, sync::Arc};

use super::with_take;
use crate::music::{Score, Tick, history::History, passes::Pass, recorder::Performance};

/// The takes of the last recording.
#[derive(Debug, Default)]
pub struct RecordedTakes {
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    passes: Vec<Pass>,
    /// Which one the score has; `None` is all of them together.
    chosen: Option<usize>,
    /// What is kept of them.
    trim: Range<Tick>,
    part: usize,
    replaces: bool,
    /// The score without any of them.
    base: Arc<Score>,
    /// The score's revision with the chosen one.
    revision: u64,
}

impl Kept {
    /// One of the passes, or all of them together, as long as they are.
    fn new(passes: Vec<Pass>, chosen: Option<usize>, part: usize, replaces: bool, base: Arc<Score>) -> Self {
        let mut kept = Self { passes, chosen, trim: 0..0, part, replaces, base, revision: 0 };
        kept.trim = kept.whole();
        kept
    }

    fn whole(&self) -> Range<Tick> {
        let chosen =
            self.passes.iter().enumerate().filter(|(index, _)| self.chosen.is_none_or(|chosen| chosen == *index));
        let spans: Vec<&Range<Tick>> = chosen.map(|(_, pass)| &pass.span).collect();
        let start = spans.iter().map(|span| span.start).min().unwrap_or(0);
        start..spans.iter().map(|span| span.end).max().unwrap_or(start)
    }

    fn score(&self) -> Score {
        let replaced = self.replaces.then_some(&self.trim);
        if let Some(chosen) = self.chosen {
            let take =
                self.passes.get(chosen).map_or_else(Performance::default, |pass| pass.performance.trimmed(&self.trim));
            with_take(&self.base, self.part, &take, replaced)
        } else {
            let mut all = Performance::default();
            for pass in &self.passes {
                let take = pass.performance.trimmed(&self.trim);
                all.notes.extend(take.notes);
                all.controls.extend(take.controls);
            }
            all.controls.sort_by_key(|event| event.tick);
            with_take(&self.base, self.part, &all, replaced)
        }
    }
}

/// A score with all passes of a recording in it, so that none is missed.
pub(in crate::studio) fn with_all(passes: Vec<Pass>, part: usize, replaces: bool, base: &Arc<Score>) -> Score {
    Kept::new(passes, None, part, replaces, Arc::clone(base)).score()
}

impl RecordedTakes {
    /// Nothing is left to choose from.
    pub fn forget(&mut self) {
        self.kept = None;
    }

    /// How many takes there are.
    pub fn count(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.passes.len())
    }

    /// Makes passes one undo step: the last one at first.
    pub fn begin(&mut self, history: &mut History, label: &str, passes: Vec<Pass>, part: usize, replaces: bool) {
        let last = passes.len().saturating_sub(1);
        self.kept = Some(Kept::new(passes, Some(last), part, replaces, Arc::clone(history.committed())));
        self.commit(history, label);
    }

    fn commit(&mut self, history: &mut History, label: &str) {
        if let Some(kept) = &mut self.kept {
            history.commit(label, kept.score());
            kept.revision = history.revision();
        }
    }

    /// Forgets the takes once the score was changed otherwise.
    pub fn settle(&mut self, history: &History) {
        if self.kept.as_ref().is_some_and(|kept| kept.revision != history.revision()) {
            self.forget();
        }
    }

    /// Which one the score has; `None` is all of them together.
    pub fn chosen(&self) -> Option<usize> {
        self.kept.as_ref().and_then(|kept| kept.chosen)
    }

    /// Puts another pass into the score, or all of them, as one undo step.
    pub fn choose(&mut self, history: &mut History, chosen: Option<usize>) {
        let Some(kept) = &mut self.kept else { return };
        kept.chosen = chosen;
        kept.trim = kept.whole();
        self.commit(history, &chosen.map_or("Use all takes".to_owned(), |index| format!("Use take {}", index + 1)));
    }

    /// Puts the next pass of the recording into the score.
    pub fn choose_next(&mut self, history: &mut History) {
        let count = self.count().max(1);
        self.choose(history, Some(self.chosen().map_or(0, |chosen| (chosen + 1) % count)));
    }

    /// Keeps only what lies within a span of the take, as one undo step.
    pub fn trim_to(&mut self, history: &mut History, span: &Range<Tick>) {
        let Some(kept) = &mut self.kept else { return };
        let whole = kept.whole();
        let trim = span.start.max(whole.start)..span.end.min(whole.end);
        if trim.start < trim.end {
            kept.trim = trim;
            self.commit(history, "Trim the take");
        }
    }

    /// What is kept of the take: the handles' places.
    pub fn trim(&self) -> Option<Range<Tick>> {
        self.kept.as_ref().map(|kept| kept.trim.clone())
    }
}
