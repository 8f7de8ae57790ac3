//! What the network made of the same melody and the same noise as it learned: small rolls, to be scrubbed through and
//! heard.

use std::sync::Arc;

use eframe::egui::{Align2, Rect, RichText, Role, Sense, Slider, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::state::ShownRun;
use crate::music::{Score, Tick};
use crate::plural::counted;
use crate::studio::{
    actions::{ListenAction, TrainAction},
    context::Context,
    theme::{self, Icon, Theme, size, space},
    widgets::{self, form::group, small_roll::paint_small_roll},
};

/// How high the shown roll is, and the small ones.
const HEIGHT: f32 = 150.0;
const SMALL_HEIGHT: f32 = 56.0;
/// How many small rolls stand in a row.
const SHOWN: usize = 7;

/// The samples of the run that is shown.
pub fn run_samples(shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let Some(index) = shown.samples.index() else { return };
    let files = &shown.samples.files;
    let (iteration, _) = files[index];
    // evenly over all, the first and the newest among them
    let count = files.len().min(SHOWN);
    let small: Vec<usize> = (0..count).map(|nth| nth * (files.len() - 1) / (count - 1).max(1)).collect();
    for (wanted, _) in small.iter().chain([&index]).map(|index| &files[*index]) {
        if shown.samples.asked.insert(*wanted) {
            context.ask(TrainAction::ReadSample(*wanted));
        }
    }
    let score_of = |iteration: u64| shown.samples.scores.get(&iteration).and_then(Option::as_ref);
    let score = score_of(iteration);
    let is_heard = score.is_some_and(|score| context.services.listening.is_heard(score));
    let mut chosen = None;
    group(ui, Icon::AudioLines, "What it writes", |ui| {
        ui.label(
            RichText::new("The same held-out melody with the same noise, at each measurement").color(theme.text_muted),
        );
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let width = (ui.available_width() + space::S) / SHOWN as f32 - space::S;
            for (of, _) in small.iter().map(|index| &files[*index]) {
                if small_roll(ui, width, *of, score_of(*of).map(Arc::as_ref), *of == iteration) {
                    chosen = Some(*of);
                }
            }
        });
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let why_not = score.is_none().then(|| "The sample is being read".to_owned());
            let (icon, words) = if is_heard { (Icon::Square, "Stop") } else { (Icon::Play, "Listen") };
            if widgets::text_button(ui, icon, words, why_not).clicked() {
                match score {
                    Some(score) if !is_heard => context.ask(ListenAction::To(Arc::clone(score))),
                    _ => context.ask(ListenAction::Stop),
                }
            }
            let mut at = index;
            let width = (ui.available_width() - 160.0).max(100.0);
            let slider = Slider::new(&mut at, 0..=files.len().saturating_sub(1).max(1)).show_value(false);
            if widgets::slider(ui, slider, width).accessible_name("Sample").changed() {
                chosen = files.get(at).map(|(iteration, _)| *iteration);
            }
            ui.label(RichText::new(after(iteration)).color(theme.text_muted));
        });
        ui.add_space(space::S);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Sample {}", after(iteration))));
        ui.painter().rect_filled(rect, theme::corners(6), theme.roll_white);
        if let Some(score) = score {
            paint(ui, rect.shrink(6.0), score, is_heard.then(|| context.services.playhead()));
            ui.horizontal(|ui| {
                for (part, number) in score.parts.iter().zip(0_u8..) {
                    ui.label(theme::icon_sized(Icon::CircleDot, 10.0).color(theme.part(number)));
                    ui.label(RichText::new(&part.name).size(size::CAPTION).color(theme.text_muted));
                }
            });
        }
    });
    if let Some(chosen) = chosen {
        shown.samples.choose(chosen);
        if is_heard {
            context.ask(ListenAction::Stop);
        }
    }
}

/// `after 1 iteration`.
fn after(iterations: u64) -> String {
    format!("after {}", counted(iterations as usize, "iteration"))
}

fn small_roll(ui: &mut Ui, width: f32, iteration: u64, score: Option<&Score>, chosen: bool) -> bool {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, SMALL_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("Sample {iteration}")));
    ui.painter().rect_filled(
        rect,
        theme::corners(6),
        if response.hovered() { theme.raised_hover } else { theme.roll_white },
    );
    if chosen {
        let stroke = Stroke::new(1.5, theme.accent);
        ui.painter().rect_stroke(rect, theme::corners(6), stroke, StrokeKind::Inside);
    }
    widgets::focus_ring(ui, &response, rect);
    if let Some(score) = score {
        paint(ui, rect.shrink2(vec2(4.0, 4.0)).with_max_y(rect.max.y - 17.0), score, None);
    }
    let at = pos2(rect.left() + 6.0, rect.bottom() - 1.0);
    let number = iteration.to_string();
    ui.painter().text(at, Align2::LEFT_BOTTOM, number, theme::regular(size::CAPTION), theme.text_faint);
    response.clicked()
}

/// All notes, each part in its colour.
fn paint(ui: &Ui, rect: Rect, score: &Score, playhead: Option<Tick>) {
    paint_small_roll(ui, rect, &score.parts, score.end(), 0);
    if let Some(playhead) = playhead {
        let x = rect.left() + rect.width() * playhead as f32 / score.end().max(1) as f32;
        ui.painter().vline(x.min(rect.right()), rect.y_range(), Stroke::new(1.5, Theme::of(ui).playhead));
    }
}
