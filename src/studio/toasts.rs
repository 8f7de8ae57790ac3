//! Short messages at the foot of the window: what happened, what was kept, what to do. They hide nothing: where they
//! have room side by side, they stand in the status bar in place of its hint; else a strip above it makes room.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use eframe::egui::{
    Context, Frame, Label, Margin, Panel, ScrollArea, Ui,
    text::{LayoutJob, TextWrapping},
};

use super::{
    theme::{self, Icon, Theme, size, space},
    widgets::{self, IconButton},
    words::without_error_numbers,
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
    /// Whether it is about the composition that is open: it goes with it, and with the page.
    of_composition: bool,
    /// The step of undo that it is about: it has a button that takes that back, and goes when another one is the last.
    step: Option<u64>,
}

/// What a message is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastAnswer {
    /// To go, by its number.
    Close(u64),
    /// To take back what it tells.
    Undo,
}

/// The messages that show, the newest last.
#[derive(Debug, Default)]
pub struct Toasts {
    shown: Vec<Toast>,
    /// Errors that were shown, the newest last.
    errors: VecDeque<String>,
    next: u64,
}

/// How many show at once; the oldest leave first, errors last.
const MOST: usize = 4;
/// How many errors are remembered.
const MOST_ERRORS: usize = 10;
/// What the rest of the status bar needs, in points.
const STATUS_ITEMS: f32 = 490.0;
/// What a message needs beside its text, in points.
const AROUND_TEXT: f32 = 70.0;

impl Toasts {
    /// Shows a message; the same text twice only counts once.
    pub fn add(&mut self, tone: Tone, text: impl Into<String>) {
        self.show(tone, text, false, None);
    }

    /// The same with a message about the composition that is open.
    pub fn add_of_composition(&mut self, tone: Tone, text: impl Into<String>) {
        self.show(tone, text, true, None);
    }

    /// The same with a message about the last step of undo, which it lets be taken back.
    pub fn add_undoable(&mut self, text: impl Into<String>, step: u64) {
        self.show(Tone::Plain, text, true, Some(step));
    }

    /// Takes back what is about a step of undo that is not the last one any more.
    pub fn keep_up_with(&mut self, last_step: Option<u64>) {
        self.shown.retain(|toast| toast.step.is_none() || toast.step == last_step);
    }

    /// Takes back what is about a composition that is open no longer, or out of sight.
    pub fn withdraw_of_composition(&mut self) {
        self.shown.retain(|toast| !toast.of_composition);
    }

    fn show(&mut self, tone: Tone, text: impl Into<String>, of_composition: bool, step: Option<u64>) {
        let text = without_error_numbers(&text.into());
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
            let oldest = self.shown.iter().position(|toast| toast.tone != Tone::Error).unwrap_or(0);
            self.shown.remove(oldest);
        }
        self.next += 1;
        self.shown.push(Toast { tone, text, born: Instant::now(), id: self.next, of_composition, step });
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

    /// Closes a message.
    pub fn close(&mut self, id: u64) {
        self.shown.retain(|toast| toast.id != id);
    }

    /// Lets those go that had their time, and asks to be drawn again when the next one has had it.
    pub fn settle(&mut self, ctx: &Context) {
        let now = Instant::now();
        if !ctx.input(|input| input.focused) {
            // nobody reads what failed in a window behind others
            let errors = self.shown.iter_mut().filter(|toast| toast.tone == Tone::Error);
            errors.for_each(|toast| toast.born = now);
        }
        self.shown.retain(|toast| now.duration_since(toast.born) < toast.lifetime());
        let left = |toast: &Toast| toast.lifetime().saturating_sub(now.duration_since(toast.born));
        if let Some(left) = self.shown.iter().map(left).min() {
            ctx.request_repaint_after(left + Duration::from_millis(20));
        }
    }

    /// Whether the status bar has room for all there is to say.
    fn is_short(&self, ctx: &Context) -> bool {
        let room = ctx.content_rect().width() - STATUS_ITEMS;
        self.width(ctx) <= room && self.shown.iter().all(|toast| !toast.text.contains('\n'))
    }

    /// How wide the messages are side by side, in points.
    fn width(&self, ctx: &Context) -> f32 {
        let width = |toast: &Toast| {
            let (text, font) = (toast.text.clone(), theme::regular(size::BODY));
            let text = ctx.fonts_mut(|fonts| fonts.layout_no_wrap(text, font, Theme::get(true).text).size().x);
            text + toast.undo_width() + AROUND_TEXT
        };
        self.shown.iter().map(width).sum()
    }

    /// How wide the messages in the status bar are, in points; `None` where there are none.
    pub fn width_in_status_bar(&self, ctx: &Context) -> Option<f32> {
        (!self.shown.is_empty() && self.is_short(ctx)).then(|| self.width(ctx))
    }

    /// Draws the messages within the status bar, where there are some and they have room there; whether it did.
    /// `answer` is called with what a message is asked for.
    pub fn show_in_status_bar(&self, ui: &mut Ui, answer: &dyn Fn(ToastAnswer)) -> bool {
        let is_short = self.is_short(ui.ctx());
        if is_short {
            self.shown.iter().for_each(|toast| show_toast(toast, answer, ui));
        }
        is_short && !self.shown.is_empty()
    }

    /// Draws the strip above the status bar, where the bar has no room.
    pub fn show_strip(&self, ui: &mut Ui, answer: &dyn Fn(ToastAnswer)) {
        if self.is_short(ui.ctx()) {
            return;
        }
        let theme = Theme::of(ui);
        let most = ui.ctx().content_rect().height() / 3.0;
        Panel::bottom("messages")
            .frame(Frame::new().fill(theme.overlay).inner_margin(Margin::symmetric(12, 6)))
            .resizable(false)
            .show(ui, |ui| {
                widgets::scroll(
                    ui,
                    ScrollArea::vertical().id_salt("messages").max_height(most).auto_shrink([false, true]),
                    |ui| {
                        ui.spacing_mut().item_spacing.y = space::XS;
                        self.shown.iter().for_each(|toast| show_toast(toast, answer, ui));
                    },
                );
            });
    }
}

/// What a slow reader takes for a letter.
const PER_LETTER: Duration = Duration::from_millis(80);

/// How wide the button is that takes a step back, with the gap beside it, in points.
const UNDO_WIDTH: f32 = 60.0;

impl Toast {
    /// How wide its button for undo is, in points.
    const fn undo_width(&self) -> f32 {
        if self.step.is_some() { UNDO_WIDTH } else { 0.0 }
    }

    /// How long it stays.
    fn lifetime(&self) -> Duration {
        match self.tone {
            Tone::Plain if self.step.is_some() => Duration::from_secs(15),
            Tone::Good | Tone::Plain => Duration::from_secs(5),
            Tone::Warning => Duration::from_secs(9),
            Tone::Error => Duration::from_secs(9) + PER_LETTER * self.text.chars().count().min(400) as u32,
        }
    }
}

fn show_toast(toast: &Toast, answer: &dyn Fn(ToastAnswer), ui: &mut Ui) {
    let theme = Theme::of(ui);
    let (icon, color) = match toast.tone {
        Tone::Good => (Icon::CircleCheck, theme.success),
        Tone::Plain => (Icon::Info, theme.accent),
        Tone::Warning => (Icon::TriangleAlert, theme.warning),
        Tone::Error => (Icon::CircleAlert, theme.error),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.label(theme::icon_sized(icon, size::ICON).color(color));
        let font = theme::regular(size::BODY);
        let max_width = (ui.available_width() - 34.0 - toast.undo_width()).max(80.0);
        let wrap = TextWrapping { max_width, ..TextWrapping::default() };
        let text = LayoutJob { wrap, ..LayoutJob::simple(toast.text.clone(), font, theme.text, 0.0) };
        ui.add(Label::new(text).selectable(true));
        if toast.step.is_some() && ui.small_button("Undo").accessible_name("Undo this change").clicked() {
            answer(ToastAnswer::Undo);
        }
        if IconButton::new(Icon::X, "Close message").sized(22.0, 14.0).show(ui).clicked() {
            answer(ToastAnswer::Close(toast.id));
        }
    });
}

#[cfg(test)]
mod tests {
    use eframe::egui::vec2;
    use egui_kittest::{Harness, kittest::Queryable};

    use super::*;

    #[test]
    fn what_failed_stays_for_as_long_as_it_takes_to_read() {
        let toast = |tone, text: &str| Toast {
            tone,
            text: text.into(),
            born: Instant::now(),
            id: 0,
            of_composition: false,
            step: None,
        };
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

    #[test]
    fn all_that_is_said_can_be_read() {
        let mut toasts = Toasts::default();
        for text in ["one failed", "another failed"] {
            toasts.add(Tone::Error, text);
        }
        let mut harness = Harness::builder().with_size(vec2(600.0, 400.0)).build_ui(move |ui| {
            theme::install(ui.ctx());
            toasts.show_strip(ui, &|_| {});
        });
        harness.run_steps(4);
        let [first, second] = ["one failed", "another failed"].map(|text| harness.get_by_label(text).rect());
        assert!(first.bottom() <= second.top() && second.bottom() <= 400.0, "{first:?} {second:?}");
        assert!(second.top() - first.bottom() < 24.0 && first.top() > 300.0, "{first:?} {second:?}");
    }

    #[test]
    fn what_can_be_taken_back_shows_only_while_it_is_the_last_step() {
        let mut toasts = Toasts::default();
        toasts.add(Tone::Plain, "another");
        toasts.add_undoable("Replaced 2 notes", 7);
        toasts.keep_up_with(Some(7));
        assert_eq!(toasts.texts().collect::<Vec<_>>(), ["another", "Replaced 2 notes"]);
        toasts.keep_up_with(Some(8));
        assert_eq!(toasts.texts().collect::<Vec<_>>(), ["another"]);
    }

    #[test]
    fn errors_outstay_the_rest() {
        let mut toasts = Toasts::default();
        toasts.add(Tone::Error, "one failed");
        toasts.add(Tone::Error, "another failed");
        for text in ["a", "b", "c", "d"] {
            toasts.add(Tone::Good, text);
        }
        assert_eq!(toasts.texts().collect::<Vec<_>>(), ["one failed", "another failed", "c", "d"]);
    }
}
