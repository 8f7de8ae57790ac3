//! The one button, the one for some bars, and how far a composition is.

use eframe::egui::{Button, Label, ProgressBar, RichText, Ui, UiBuilder, text::LayoutJob, vec2};

use super::model::{foreseen, names_of};
use crate::studio::{
    actions::EngineAction,
    commands::Command,
    context::Context,
    document::with_take::Foreseen,
    services::engine::EngineState,
    theme::{self, Icon, Theme, size, space},
    widgets, words,
};

/// So many seconds after a composition a click where “Cancel” was is still meant for that.
const MEANT_FOR_CANCEL: f64 = 0.6;

/// Draws the one button, or how far the composition is.
pub fn ui(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let foreseen = &foreseen(context);
    let ended = ui.scope_id().with("ended");
    let now = ui.input(|input| input.time);
    if let Some(running) = &context.services.engine.running {
        let done = context.document.takes.of_last_request() as f32;
        let within = if running.total > 0 { running.done as f32 / running.total as f32 } else { 0.0 };
        let share = within.max(done / running.wanted.max(1) as f32).clamp(0.02, 1.0);
        // as high as the buttons that were here, so that no take moves under the pointer
        let (_, place) = ui.allocate_space(vec2(ui.available_width(), widgets::PRIMARY_BUTTON));
        let mut above = ui.new_child(UiBuilder::new().max_rect(place));
        above.label(RichText::new(&running.label).color(theme.text_muted)); // which take, as the engine says
        above.add(ProgressBar::new(share).desired_height(8.0).corner_radius(theme::corners(4)).fill(theme.accent));
        let cancel = Button::new((theme::icon_sized(Icon::X, 14.0), "Cancel"));
        if ui.add(cancel.min_size(vec2(ui.available_width(), space::CONTROL))).accessible_name("Cancel").clicked() {
            context.ask(Command::CancelGenerate);
        }
        what_is_replaced(foreseen, context, ui);
        ui.data_mut(|data| data.insert_temp(ended, now));
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        return;
    }
    // who meant to click “Cancel” a moment ago means none of these
    let was_running = ui.data(|data| data.get_temp::<f64>(ended)).is_some_and(|ended| now - ended < MEANT_FOR_CANCEL);
    let is_late = was_running && ui.input(|input| input.pointer.any_click());
    let why_not = context.why_not(Command::Generate);
    let waiting = why_not.clone();
    let last = context.services.engine.last_seconds;
    let last = last.map_or_else(String::new, |seconds| format!("\nThe last composition took {seconds:.1} s"));
    let replaced =
        replaced_words(foreseen, context).map_or_else(String::new, |words| format!("\n{words}. {HOW_TO_KEEP}"));
    let hover = format!("Writes an accompaniment for your melody (G){replaced}{last}");
    if widgets::primary_button(ui, Icon::Sparkles, "Generate composition", why_not).on_hover_text(hover).clicked()
        && !is_late
    {
        context.ask(Command::Generate);
    }
    regenerate_button(context, is_late, ui);
    what_is_replaced(foreseen, context, ui);
    match (&context.services.engine.state, waiting) {
        (EngineState::Failed(reason), _) => {
            ui.add_space(space::XS);
            ui.label(RichText::new(reason).size(size::CAPTION).color(theme.warning));
            if widgets::text_button(ui, Icon::RotateCcw, "Start the engine again", None).clicked() {
                context.ask(EngineAction::Start);
            }
        }
        (_, Some(reason)) => {
            widgets::caption(ui, reason);
        }
        (_, None) => {}
    }
}

/// How a part of the user's own outlives a take.
const HOW_TO_KEEP: &str = "To keep a part, lock it (K) or leave it out of “Parts to generate”";

/// Which of the user's own parts a take replaces, if it replaces any.
fn replaced_words(foreseen: &Foreseen, context: &Context<'_>) -> Option<String> {
    let own = &foreseen.own;
    (!own.is_empty()).then(|| format!("The next take replaces the notes in: {}", names_of(own, context)))
}

/// What becomes of the other parts: those of earlier takes, and those that no take touches.
fn others_words(foreseen: &Foreseen, context: &Context<'_>) -> Option<String> {
    let Foreseen { own, generated, staying, .. } = foreseen;
    let replaced = (!generated.is_empty()).then(|| {
        let next = if own.is_empty() { "The next take" } else { "It also" };
        format!("{next} replaces {}", names_of(generated, context))
    });
    let left = (!staying.is_empty()).then(|| {
        let stay = if staying.len() == 1 { "stays as it is" } else { "stay as they are" };
        format!("{} {stay}", names_of(staying, context))
    });
    let words: Vec<String> = replaced.into_iter().chain(left).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// In which bars takes leave what is there.
fn resting_words(foreseen: &Foreseen) -> Option<String> {
    let resting = &foreseen.resting;
    let bars = || words::all_bars(resting);
    (!resting.is_empty()).then(|| format!("The melody rests in {}: parts keep what they have there", bars()))
}

/// Says what the next take replaces and what it leaves alone, before and while takes are written.
fn what_is_replaced(foreseen: &Foreseen, context: &Context<'_>, ui: &mut Ui) {
    let own = replaced_words(foreseen, context);
    let about_own = own.as_ref().map(|words| format!("{words}. {HOW_TO_KEEP}"));
    let others = others_words(foreseen, context);
    let resting = resting_words(foreseen);
    let about_resting = resting.as_ref().map(|words| format!("{words}. {FOR_A_LONG_REST}"));
    let lines = [(own, about_own), (others.clone(), others), (resting, about_resting)];
    for (words, hover) in lines.into_iter().filter_map(|(words, hover)| words.zip(hover)) {
        let (font, color) = (theme::regular(size::CAPTION), Theme::of(ui).text_muted);
        let mut lines = LayoutJob::simple(words, font, color, ui.available_width());
        lines.wrap.max_rows = 3;
        ui.add(Label::new(lines).show_tooltip_when_elided(false)).on_hover_text(hover);
    }
}

/// What becomes of bars in which the melody rests for long.
const FOR_A_LONG_REST: &str = "Your own notes stay before and after the melody, and wherever it rests for four bars or \
                               more; within the melody, Regenerate writes such bars all the same";

/// Writes some bars of what is heard again, and says which.
fn regenerate_button(context: &Context<'_>, is_late: bool, ui: &mut Ui) {
    let others = context.document.score().parts.len() > 1;
    if !others {
        return; // there is nothing to write again yet
    }
    let (first, end) = context.document.bars_to_regenerate(context.services.playhead());
    let text = format!("Regenerate {}", words::bars((first, end)));
    let command = Command::VaryBars;
    let entry = command.entry();
    let why_not = context.why_not(command);
    let button = Button::new((theme::icon_sized(entry.icon, 14.0), text.as_str()));
    let response = ui
        .add_enabled(why_not.is_none(), button.min_size(vec2(ui.available_width(), space::CONTROL)))
        .accessible_name(text);
    if response.clicked() && !is_late {
        context.ask(command);
    }
    match why_not {
        Some(reason) => response.on_disabled_hover_text(reason),
        None => response.on_hover_text(format!(
            "Regenerates these bars and leaves the rest unchanged: the loop if it is on, otherwise the bar at the \
             playhead ({})",
            entry.key_text()
        )),
    };
}
