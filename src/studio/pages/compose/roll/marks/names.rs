//! What is written in a row of marks, and where there is room for it.

use std::{ops::Range, sync::Arc};

use eframe::egui::{Galley, Rangef};

use super::{Mark, Row};
use crate::studio::{
    theme::{self, size},
    widgets,
};

/// A mark narrower than this has no room for its text, in points.
const TEXT_FROM: f32 = 10.0;
/// What is left free beside a text in its cell, in points.
const MARGINS: f32 = 4.0;

impl Row<'_> {
    /// What is written of these marks: each stays within its own cell. Where cells side by side are too narrow for any
    /// name, those of the marks that last longest run over the others.
    pub(super) fn names(&self, marks: &[impl Mark], shown: Range<usize>) -> Vec<Option<Arc<Galley>>> {
        let mut names: Vec<Option<Arc<Galley>>> = shown.clone().map(|index| self.name_within(marks, index)).collect();
        let mut taken: Vec<Rangef> = Vec::new();
        for (index, name) in shown.clone().zip(&names) {
            taken.extend(name.as_ref().map(|_| self.cell(marks, index).x_range()));
        }
        let lasts = |index: &usize| self.end(marks, *index) - marks[*index].tick();
        let mut nameless: Vec<usize> = shown.clone().filter(|index| names[index - shown.start].is_none()).collect();
        nameless.sort_by_key(|index| std::cmp::Reverse(lasts(index)));
        for index in nameless {
            let left = self.cell(marks, index).left();
            let is_free = |span: Rangef| taken.iter().all(|other| span.max <= other.min || span.min >= other.max);
            if !is_free(Rangef::new(left, left + TEXT_FROM)) {
                continue;
            }
            let Some(shortest) = marks[index].shorter(self.key_of(&marks[index])).and_then(|mut all| all.pop()) else {
                continue;
            };
            let galley = self.galley(shortest, self.color(&marks[index]));
            let span = Rangef::new(left, left + MARGINS + galley.size().x);
            if span.max <= self.place.right() && is_free(span) {
                taken.push(span);
                names[index - shown.start] = Some(galley);
            }
        }
        names
    }

    /// What is written of a mark in its own cell, if something has room there.
    fn name_within(&self, marks: &[impl Mark], index: usize) -> Option<Arc<Galley>> {
        let (mark, width) = (&marks[index], self.cell(marks, index).width());
        if width < TEXT_FROM {
            return None;
        }
        let (key, color, room) = (self.key_of(mark), self.color(mark), width - MARGINS);
        let (text, _) = mark.text(key);
        let Some(shorter) = mark.shorter(key) else {
            let cut = widgets::cut(self.ui.painter(), &text, theme::regular(size::CAPTION), color, room);
            // an ellipsis alone says nothing
            return Some(cut).filter(|galley| !galley.elided || galley.size().x > 15.0);
        };
        let mut all = std::iter::once(text).chain(shorter).map(|text| self.galley(text, color));
        all.find(|galley| galley.size().x <= room)
    }
}
