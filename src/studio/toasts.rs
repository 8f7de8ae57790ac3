//! Short messages at the edge of the window: what happened, what was kept, what to do. Never in the way of the music.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use eframe::egui::{Align2, Area, Context, Frame, Id, Margin, Order, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{IconButton, paint_icon},
};

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something went as it should.
    Good,
    /// Worth knowing.
    Plain,
    /// Something is missing, but the work goes on.
    Warning,
    /// Something failed; stays until there was time to read it.
    Error,
}

#[derive(Debug)]
struct Toast {
    tone: Tone,
    text: String,
    born: Instant,
    id: u64,
}

/// The messages that show, the newest last.
#[derive(Debug, Default)]
pub struct Toasts {
    shown: Vec<Toast>,
    /// Errors that were shown, the newest last.
    errors: VecDeque<String>,
    next: u64,
}

/// How many show at once; the oldest leave first.
const MOST: usize = 4;
/// How many errors are remembered.
const MOST_ERRORS: usize = 10;

impl Toasts {
    /// Shows a message; the same text twice only counts once.
    pub fn add(&mut self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        match tone {
            Tone::Error | Tone::Warning => log::warn!("{text}"),
            Tone::Good | Tone::Plain => log::info!("{text}"),
        }
        if tone == Tone::Error {
            self.errors.push_back(text.clone());
            if self.errors.len() > MOST_ERRORS {
                self.errors.pop_front();
            }
        }
        self.shown.retain(|toast| toast.text != text);
        if self.shown.len() == MOST {
            self.shown.remove(0);
        }
        self.next += 1;
        self.shown.push(Toast { tone, text, born: Instant::now(), id: self.next });
    }

    /// Takes a message back that is not so any more.
    pub fn withdraw(&mut self, text: &str) {
        self.shown.retain(|toast| toast.text != text);
    }

    /// The last errors, for a report.
    pub fn last_errors(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(String::as_str)
    }

    /// The texts that show.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().map(|toast| toast.text.as_str())
    }

    /// Draws them above everything, at the bottom, and asks to be drawn again when the next one has had its time.
    pub fn show(&mut self, ctx: &Context, bottom: f32) {
        let now = Instant::now();
        if !ctx.input(|input| input.focused) {
            // nobody reads what failed in a window behind others
            let errors = self.shown.iter_mut().filter(|toast| toast.tone == Tone::Error);
            errors.for_each(|toast| toast.born = now);
        }
        self.shown.retain(|toast| now.duration_since(toast.born) < toast.lifetime());
        if self.shown.is_empty() {
            return;
        }
        if let Some(left) =
            self.shown.iter().map(|toast| toast.lifetime().saturating_sub(now.duration_since(toast.born))).min()
        {
            ctx.request_repaint_after(left + Duration::from_millis(20));
        }
        let mut closed = None;
        Area::new(Id::unique("toasts"))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -bottom))
            .show(ctx, |ui| {
                ui.spacing_mut().item_spacing.y = space::S;
                for toast in &self.shown {
                    if show_toast(ui, toast) {
                        closed = Some(toast.id);
                    }
                }
            });
        if let Some(id) = closed {
            self.shown.retain(|toast| toast.id != id);
        }
    }
}

/// What a slow reader takes for a letter.
const PER_LETTER: Duration = Duration::from_millis(80);

impl Toast {
    /// How long it stays.
    fn lifetime(&self) -> Duration {
        match self.tone {
            Tone::Good | Tone::Plain => Duration::from_secs(5),
            Tone::Warning => Duration::from_secs(9),
            Tone::Error => Duration::from_secs(9) + PER_LETTER * self.text.chars().count().min(400) as u32,
        }
    }
}

fn show_toast(ui: &mut Ui, toast: &Toast) -> bool {
    let theme = Theme::of(ui);
    let (icon, color) = match toast.tone {
        Tone::Good => (Icon::CircleCheck, theme.success),
        Tone::Plain => (Icon::Info, theme.accent),
        Tone::Warning => (Icon::TriangleAlert, theme.warning),
        Tone::Error => (Icon::CircleAlert, theme.error),
    };
    let mut close = false;
    Frame::new()
        .fill(theme.overlay)
        .stroke(theme.hairline())
        .shadow(theme.floating_shadow())
        .corner_radius(theme::corners(radius::L))
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            let width = 440.0;
            ui.set_width(width);
            let font = theme::regular(size::BODY);
            let galley = ui.painter().layout(toast.text.clone(), font, theme.text, width - 64.0);
            let height = galley.size().y.max(22.0);
            ui.horizontal(|ui| {
                ui.set_min_height(height);
                let (mark, _) = ui.allocate_exact_size(vec2(20.0, height), Sense::hover());
                paint_icon(ui, mark, icon, size::ICON, color);
                let (place, response) = ui.allocate_exact_size(vec2(width - 64.0, height), Sense::hover());
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &toast.text));
                let at = pos2(place.left(), place.center().y - galley.size().y / 2.0);
                ui.painter().galley(at, galley, theme.text);
                close = IconButton::new(Icon::X, "Close message").sized(22.0, 14.0).show(ui).clicked();
            });
        });
    close
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_stays_for_as_long_as_it_takes_to_read() {
        let toast = |tone, text: &str| Toast { tone, text: text.into(), born: Instant::now(), id: 0 };
        let short = toast(Tone::Error, "No sound").lifetime();
        let long = toast(Tone::Error, &"No sound ".repeat(20)).lifetime();
        assert!(long > short + Duration::from_secs(10) && short > toast(Tone::Warning, "No sound").lifetime());
    }

    #[test]
    fn only_the_latest_show_and_none_twice() {
        let mut toasts = Toasts::default();
        for text in ["a", "b", "c", "a", "d", "e"] {
            toasts.add(Tone::Plain, text);
        }
        assert_eq!(toasts.texts().collect::<Vec<_>>(), ["c", "a", "d", "e"]);
    }
}
