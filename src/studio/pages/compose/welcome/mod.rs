//! The first steps: hear a piece, play, have a melody accompanied. A strip below the transport that is in nobody's way,
//! in any order, gone with one click; the Help menu brings it back.

mod state;

use eframe::egui::{
    Align, Align2, Frame, Label, Layout, Margin, Panel, Rect, RichText, Role, Sense, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, text::LayoutJob, vec2,
};

use self::state::Step;
pub use self::state::Welcome;
use super::{editor::Editor, piano::ComputerKeys};
use crate::{
    music::{Pitch, melodies::piece},
    studio::{
        actions::WelcomeAction,
        commands::Command,
        context::Context,
        theme::{self, Icon, Theme, radius, size, space},
        widgets,
        words::shortened,
    },
};

/// The prepared melody that is accompanied.
pub const MELODY: &str = "Ode to Joy";

/// The least window in which all steps stand side by side with what they say, in points: a lower one has to leave room
/// for takes, and for what keeps them.
const WHOLE_FROM: [f32; 2] = [1100.0, 800.0];
/// The narrowest window in which they stand in a line, in points; in a narrower one, the next step stands alone.
const LINE_FROM: f32 = 1180.0;
/// How high the strip is, in points: with whole steps, or in a line.
const HEIGHTS: [f32; 2] = [138.0, 44.0];
/// How many lines a step's text may have; the tooltip has all of it.
const LINES: usize = 2;
/// How much of a name a step tells, in letters.
const NAME_LETTERS: usize = 28;
/// What stands before the steps, in points.
const HEAD_WIDTH: f32 = 148.0;

/// What a step says, and what its button does.
struct Card {
    title: &'static str,
    text: String,
    icon: Icon,
    button: String,
    why_not: Option<String>,
    action: StepAction,
}

/// What a step's button asks for.
#[derive(Clone, Copy)]
enum StepAction {
    Welcome(WelcomeAction),
    Command(Command),
}

/// Draws the steps, if they are open.
pub fn ui(welcome: &mut Welcome, editor: &Editor, context: &Context<'_>, ui: &mut Ui) {
    if !welcome.is_open {
        return;
    }
    if editor.holds_keys() || context.services.keyboards.held() != 0 {
        welcome.played();
    }
    let window = ui.ctx().content_rect();
    let whole = window.width() >= WHOLE_FROM[0] && window.height() >= WHOLE_FROM[1];
    let fill = Theme::of(ui).background;
    Panel::top("first steps")
        .frame(Frame::new().fill(fill).inner_margin(Margin::symmetric(12, if whole { 8 } else { 4 })))
        .exact_size(if whole { HEIGHTS[0] } else { HEIGHTS[1] })
        .show(ui, |ui| {
            if whole {
                all(welcome, editor, context, ui);
            } else if window.width() >= LINE_FROM {
                in_a_line(welcome, editor, context, ui);
            } else {
                one(welcome, editor, context, ui);
            }
        });
}

/// All steps side by side.
fn all(welcome: &Welcome, editor: &Editor, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let full = ui.max_rect();
    let (head, steps) = full.split_left_right_at_x(full.left() + HEAD_WIDTH);
    ui.scope_builder(UiBuilder::new().max_rect(head).layout(Layout::top_down(Align::Min)), |ui| {
        ui.label(theme::strong("Welcome to Cantus", size::SECTION));
        let text = if welcome.next().is_none() { "You're all set" } else { "In any order" };
        ui.label(RichText::new(text).color(theme.text_muted));
        ui.add_space(space::S);
        close_button(welcome, context, ui);
    });
    let width = (steps.width() - 2.0 * space::M) / 3.0;
    for (index, step) in Step::ALL.into_iter().enumerate() {
        let left = steps.left() + index as f32 * (width + space::M);
        let place = Rect::from_min_size(pos2(left, steps.top()), vec2(width, steps.height()));
        ui.painter().rect(place, theme::corners(radius::L), theme.surface, theme.hairline(), StrokeKind::Inside);
        let within = place.shrink2(vec2(space::M, space::S));
        ui.scope_builder(UiBuilder::new().max_rect(within).layout(Layout::top_down(Align::Min)), |ui| {
            let card = card(step, welcome, editor, context);
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.horizontal(|ui| {
                mark(step, welcome, ui);
                ui.label(theme::strong(card.title, size::BODY));
            });
            let text = ui.available_size() - vec2(0.0, space::CONTROL + space::XS);
            ui.allocate_ui(text, |ui| {
                ui.set_min_height(text.y);
                let font = theme::regular(size::BODY);
                let mut job = LayoutJob::simple(card.text.clone(), font, theme.text_muted, text.x);
                job.wrap.max_rows = LINES;
                ui.add(Label::new(job)).on_hover_text(card.text.as_str());
            });
            button(&card, context, ui);
        });
    }
}

/// All steps in a line, where the window is low; the tooltips have their texts.
fn in_a_line(welcome: &Welcome, editor: &Editor, context: &Context<'_>, ui: &mut Ui) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        close_button(welcome, context, ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            for step in Step::ALL {
                let card = card(step, welcome, editor, context);
                mark(step, welcome, ui);
                ui.label(theme::strong(card.title, size::BODY)).on_hover_text(card.text.as_str());
                button(&card, context, ui);
                ui.add_space(space::M);
            }
        });
    });
}

/// The next step in a line, where the window is small.
fn one(welcome: &Welcome, editor: &Editor, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        close_button(welcome, context, ui);
        let Some(step) = welcome.next() else {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(theme::strong("You're all set", size::BODY));
            });
            return;
        };
        let card = card(step, welcome, editor, context);
        button(&card, context, ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            mark(step, welcome, ui);
            ui.label(theme::strong(card.title, size::BODY));
            let text = Label::new(RichText::new(card.text.as_str()).color(theme.text_muted)).truncate();
            ui.add(text).on_hover_text(card.text.as_str());
        });
    });
}

/// The step's number, or that it is done.
fn mark(step: Step, welcome: &Welcome, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let done = welcome.is_done(step);
    let number = step as usize + 1;
    let (rect, response) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
    let name = if done { format!("Step {number} done") } else { format!("Step {number}") };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    if done {
        ui.painter().circle_filled(rect.center(), 10.0, theme.success);
        widgets::paint_icon(ui, rect, Icon::Check, 13.0, theme.on(theme.success));
    } else {
        ui.painter().circle_filled(rect.center(), 10.0, theme.accent_soft);
        let font = theme::bold(size::CAPTION);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, number, font, theme.text);
    }
}

fn button(card: &Card, context: &Context<'_>, ui: &mut Ui) {
    let response = widgets::text_button(ui, card.icon, &card.button, card.why_not.clone());
    if response.on_hover_text(card.text.as_str()).clicked() {
        match card.action {
            StepAction::Welcome(action) => context.ask(action),
            StepAction::Command(command) => context.ask(command),
        }
    }
}

fn close_button(welcome: &Welcome, context: &Context<'_>, ui: &mut Ui) {
    let (icon, text) = if welcome.next().is_some() { (Icon::X, "Skip first steps") } else { (Icon::Check, "Done") };
    if widgets::text_button(ui, icon, text, None).on_hover_text("Help > First steps brings them back").clicked() {
        context.ask(WelcomeAction::Close);
    }
}

fn card(step: Step, welcome: &Welcome, editor: &Editor, context: &Context<'_>) -> Card {
    match step {
        Step::Hear => hear(context),
        Step::Play => play(&editor.computer_keys, context),
        Step::Accompany => accompany(welcome, context),
    }
}

fn hear(context: &Context<'_>) -> Card {
    let is_heard = context.services.is_playing() && context.document.score().title == piece::TITLE;
    let (icon, button, action) = if is_heard {
        (Icon::Square, "Stop the piece", StepAction::Command(Command::Stop))
    } else {
        (Icon::Play, "Play the piece", StepAction::Welcome(WelcomeAction::HearPiece))
    };
    let text = if context.services.sound.font.is_some() {
        format!("“{}”, with piano, bass and drums that a model wrote.", piece::TITLE)
    } else {
        "There is no SoundFont yet, so nothing would be heard: choose one in Settings.".to_owned()
    };
    let why_not = context.document.recording.is_some().then(|| "Stop recording first".to_owned());
    Card { title: "Hear it", text, icon, button: button.to_owned(), why_not: why_not.filter(|_| !is_heard), action }
}

fn play(keys: &ComputerKeys, context: &Context<'_>) -> Card {
    let status = context.services.keyboards.status();
    let connected = status.inputs.iter().find(|input| input.is_connected);
    let button = if keys.enabled { "Turn off computer keyboard" } else { "Play on computer keyboard" };
    let text = match (connected, keys.enabled) {
        (Some(input), _) => format!("Your {} is connected: play a few notes.", shortened(&input.name, NAME_LETTERS)),
        (None, true) => format!("Press {}: the letters are shown on the piano below.", letters(keys)),
        (None, false) => {
            format!("No MIDI keyboard is connected: play with {}, or click the piano below.", letters(keys))
        }
    };
    Card {
        title: "Play it",
        text,
        icon: Icon::Keyboard,
        button: button.to_owned(),
        why_not: context.why_not(Command::ComputerKeys),
        action: StepAction::Command(Command::ComputerKeys),
    }
}

/// The letters of an octave's white keys.
fn letters(keys: &ComputerKeys) -> String {
    let c = i32::from(keys.octave() + 1) * 12;
    let white = [0, 2, 4, 5, 7, 9, 11, 12].map(|above| keys.letter(Pitch::clamped(c + above)).unwrap_or_default());
    white.join(" ")
}

fn accompany(welcome: &Welcome, context: &Context<'_>) -> Card {
    let services = context.services;
    let model = services.models.chosen().map_or("A model", |model| model.title());
    let model = shortened(model, NAME_LETTERS);
    let request = services.engine.running.as_ref().map(|running| running.id);
    let text = if welcome.awaits(request) {
        format!("{model} is writing; you hear it as soon as it is done.")
    } else if welcome.is_done(Step::Accompany) {
        "Listen to each take in the panel at the right, and keep the one you like.".to_owned()
    } else {
        format!("{model} writes the other parts to “{MELODY}”. Undo brings back what is open now.")
    };
    let why_not = if services.engine.running.is_some() {
        Some("A composition is under way".to_owned())
    } else if context.document.recording.is_some() {
        Some("Stop recording first".to_owned())
    } else {
        services.models.why_not().or_else(|| services.engine.why_not())
    };
    Card {
        title: "Have it accompanied",
        text: why_not.clone().filter(|_| services.engine.running.is_none()).unwrap_or(text),
        icon: Icon::Sparkles,
        button: format!("Accompany {MELODY}"),
        why_not,
        action: StepAction::Welcome(WelcomeAction::Accompany),
    }
}
