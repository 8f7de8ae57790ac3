//! The bar over the roll with the takes of the last recording, where there are several.

use eframe::egui::{self, Align2, Area, Frame, Id, Order, Rect, RichText, vec2};

use crate::studio::{
    actions::RecordingAction,
    context::Context,
    theme::{Icon, Theme, size, space},
    widgets::IconButton,
};

/// Draws the bar at the foot of the roll's area.
pub fn show(context: &Context<'_>, ctx: &egui::Context, area: Rect) {
    let takes = &context.document.recorded_takes;
    let (count, now) = (takes.count(), takes.chosen());
    if count < 2 {
        return;
    }
    let style = ctx.global_style();
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
                            context.ask(RecordingAction::Choose(Some(index)));
                        }
                    }
                    let all = ui
                        .selectable_label(now.is_none(), "All")
                        .on_hover_text("All takes merged")
                        .accessible_name("All recorded takes");
                    if all.clicked() {
                        context.ask(RecordingAction::Choose(None));
                    }
                    if IconButton::new(Icon::Check, "Close takes").show(ui).clicked() {
                        context.ask(RecordingAction::Done);
                    }
                });
            });
        });
}
