//! The editor: tools, roll, on-screen piano.

mod piano_strip;
mod state;
mod tools;

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Ui};

pub use self::state::Editor;
use super::roll::{PitchSet, RollInput, Tool};
use crate::studio::{context::Context, document::Document, services::Services, theme::Theme};

/// Draws the editor.
pub fn ui(editor: &mut Editor, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let lit = lit_keys(editor, context);
    Panel::top("roll tools")
        .frame(Frame::new().fill(theme.surface).inner_margin(Margin::symmetric(8, 4)))
        .exact_size(38.0)
        .show(ui, |ui| tools::ui(context, ui));
    Panel::bottom("piano")
        .frame(Frame::new().fill(theme.surface).inner_margin(Margin::ZERO))
        .exact_size(piano_height(ui.available_height()))
        .show(ui, |ui| piano_strip::ui(editor, lit, context, ui));
    CentralPanel::default().frame(Frame::new().fill(theme.roll_white)).show(ui, |ui| {
        editor.roll_place = Some(ui.min_rect());
        if std::mem::take(&mut editor.show_all) {
            editor.roll.show_from_start();
        }
        let mut input = roll_input(context.document, context.services, editor.tool);
        input.lit_keys = lit;
        for action in editor.roll.show(ui, &input) {
            context.ask(action);
        }
    });
}

/// How high the piano and its line of controls are, in points: the roll has most of what there is.
fn piano_height(available: f32) -> f32 {
    match available {
        400.0.. => 124.0,
        240.0.. => 84.0,
        _ => piano_strip::TOOLS_HEIGHT,
    }
}

/// What the roll shows and goes by, but for the keys that are lit.
pub fn roll_input<'a>(document: &'a Document, services: &Services, tool: Tool) -> RollInput<'a> {
    let choices = &services.preferences.roll;
    let position = services.sound.position();
    RollInput {
        revision: document.history.revision(),
        playhead_tick: position.tick,
        playing: position.playing,
        follow: choices.follow,
        loop_range: document.transport.loop_range.clone(),
        loop_on: document.transport.looping,
        snap: choices.snap(),
        tool,
        key: document.key(),
        scale_rows: choices.scale_rows,
        scale_snap: choices.scale_snap,
        recording: document.recording.as_ref().map_or_else(Vec::new, |recording| recording.notes(position.tick)),
        trim: document.recorded_takes.trim(),
        ghosts: choices.ghosts,
        ..RollInput::new(document.score(), document.part)
    }
}

/// The keys that are held anywhere, or sound in the chosen part.
fn lit_keys(editor: &Editor, context: &Context<'_>) -> PitchSet {
    let mut lit = PitchSet(context.services.keyboards.held()).with(editor.held);
    let position = context.services.sound.position();
    if let Some(part) = context.document.chosen_part().filter(|_| position.playing) {
        let tick = position.tick.max(0.0) as u32;
        let first = part.notes.partition_point(|note| note.start + 480 * 16 < tick);
        let begun = part.notes[first..].iter().take_while(|note| note.start <= tick);
        begun.filter(|note| note.end() > tick).for_each(|note| lit.insert(note.pitch));
    }
    lit
}
