//! What a recording left to choose from: its passes, and where they are trimmed. Forgotten with the next edit.

use std::{ops::Range, sync::Arc};

use eframe::egui::{Align2, Area, Context, Frame, Id, Order, RichText, vec2};

use super::with_take;
use crate::{
    music::{Score, Tick, passes::Pass, recorder::Performance},
    studio::{
        commands::Command,
        roll::counted,
        state::Studio,
        theme::{Icon, Theme, size, space},
        widgets::IconButton,
    },
};

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
pub(super) fn with_all(passes: Vec<Pass>, part: usize, replaces: bool, base: &Arc<Score>) -> Score {
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

    /// What is kept of the take: the handles' places.
    pub fn trim(&self) -> Option<Range<Tick>> {
        self.kept.as_ref().map(|kept| kept.trim.clone())
    }
}

impl Studio {
    /// Makes passes one undo step: the last one at first.
    pub(super) fn take_passes(&mut self, label: &str, passes: Vec<Pass>, part: usize, replaces: bool) {
        let count = passes.last().map_or(0, |pass| pass.performance.notes.len());
        let several = passes.len();
        let base = Arc::clone(self.history.committed());
        self.takes.kept = Some(Kept::new(passes, Some(several - 1), part, replaces, base));
        self.commit_take(label);
        self.tell(if several > 1 {
            format!("Recorded {several} takes; the last is in, and the others can be chosen below the roll")
        } else {
            format!("Recorded {}; Ctrl+Z takes them back", counted(count, "note"))
        });
    }

    fn commit_take(&mut self, label: &str) {
        if let Some(kept) = &mut self.takes.kept {
            self.history.commit(label, kept.score());
            kept.revision = self.history.revision();
        }
    }

    /// Forgets the takes once the score was changed otherwise.
    pub(in crate::studio) fn settle_takes(&mut self) {
        let revision = self.history.revision();
        if self.takes.kept.as_ref().is_some_and(|kept| kept.revision != revision) {
            self.takes.forget();
        }
    }

    /// Why no other take of the recording can be chosen.
    pub(in crate::studio) fn why_not_takes(&self, command: Command) -> Option<String> {
        let wanted = if command == Command::NextRecordedTake { 2 } else { 1 };
        let reason = match (self.takes.count() >= wanted, wanted) {
            (true, _) => return None,
            (false, 2) => "There is no second take: record round a loop",
            (false, _) => "Only what was just recorded can be trimmed",
        };
        Some(reason.to_owned())
    }

    /// Puts another pass into the score, or all of them, as one undo step.
    fn choose_recorded(&mut self, chosen: Option<usize>) {
        let Some(kept) = &mut self.takes.kept else { return };
        kept.chosen = chosen;
        kept.trim = kept.whole();
        self.commit_take(&chosen.map_or("Use all takes".to_owned(), |index| format!("Use take {}", index + 1)));
    }

    /// Puts the next pass of the recording into the score.
    pub(in crate::studio) fn next_recorded(&mut self) {
        let count = self.takes.count();
        let chosen = self.takes.kept.as_ref().and_then(|kept| kept.chosen);
        self.choose_recorded(Some(chosen.map_or(0, |chosen| (chosen + 1) % count.max(1))));
    }

    /// Keeps only what lies within a span of the take, as one undo step.
    pub(in crate::studio) fn trim_take(&mut self, span: Range<Tick>) {
        let Some(kept) = &mut self.takes.kept else { return };
        let whole = kept.whole();
        let trim = span.start.max(whole.start)..span.end.min(whole.end);
        if trim.start < trim.end {
            kept.trim = trim;
            self.commit_take("Trim the take");
        }
    }

    /// Trims the take at the playhead: what is before it goes, or what is behind it.
    pub(in crate::studio) fn trim_at_playhead(&mut self, before: bool) {
        let Some(trim) = self.takes.trim() else { return };
        let at = self.playhead();
        self.trim_take(if before { at..trim.end } else { trim.start..at });
    }

    /// The bar over the roll with the takes, where there are several.
    pub(in crate::studio) fn show_recorded_takes(&mut self, ctx: &Context) {
        let Some(kept) = self.takes.kept.as_ref().filter(|kept| kept.passes.len() > 1) else {
            return;
        };
        let (count, now) = (kept.passes.len(), kept.chosen);
        let area = self.roll.roll.coordinates().area();
        let style = ctx.global_style();
        let mut chosen = None;
        let mut done = false;
        Area::new(Id::unique("recorded takes"))
            .order(Order::Middle)
            .pivot(Align2::CENTER_BOTTOM)
            .fixed_pos(area.center_bottom() - vec2(0.0, space::M))
            .show(ctx, |ui| {
                Frame::popup(&style).inner_margin(space::S).show(ui, |ui| {
                    ui.horizontal(|ui| {
                        let theme = Theme::of(ui);
                        ui.label(RichText::new("Recorded takes").size(size::CAPTION).color(theme.text_muted));
                        // the last eight; all of them are kept
                        for index in count.saturating_sub(8)..count {
                            let label = ui
                                .selectable_label(now == Some(index), (index + 1).to_string())
                                .accessible_name(format!("Recorded take {}", index + 1));
                            if label.clicked() {
                                chosen = Some(Some(index));
                            }
                        }
                        if ui
                            .selectable_label(now.is_none(), "All")
                            .on_hover_text("All takes laid over each other")
                            .accessible_name("All recorded takes")
                            .clicked()
                        {
                            chosen = Some(None);
                        }
                        done = IconButton::new(Icon::Check, "Done with the takes").show(ui).clicked();
                    });
                });
            });
        if let Some(chosen) = chosen {
            self.choose_recorded(chosen);
        }
        if done {
            self.takes.forget();
        }
    }
}
