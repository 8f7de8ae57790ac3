//! The editor: tools, roll, on-screen piano.

mod piano_strip;
mod state;
mod tools;

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Ui};

pub use self::state::Editor;
use super::{
    arrangement::{self, ArrangementInput},
    mixer,
    roll::{PitchSet, RollInput, Tool, follow::Playhead, marks::MarksShown},
};
use crate::{
    music::{Tick, edit::Selection},
    studio::{
        context::Context,
        document::Document,
        page::ComposeView,
        regions::{self, Region},
        services::Services,
        theme::Theme,
    },
};

/// How high the room must be for arrangement and roll, one above the other, in points; in less, there is the roll.
const BOTH_FROM: f32 = 360.0;
/// The least that the roll keeps then, in points.
const LEAST_ROLL: f32 = 200.0;

/// Draws the editor.
pub fn ui(editor: &mut Editor, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let lit = lit_keys(editor, context);
    if std::mem::take(&mut editor.show_all) {
        editor.roll.show_from_start();
        editor.arrangement.show_all();
        editor.arrangement.deselect();
    }
    if !editor.roll.selection().is_empty() {
        editor.arrangement.deselect(); // what is selected is either notes or bars
    }
    let tools = Panel::top("roll tools")
        .frame(Frame::new().fill(theme.surface).inner_margin(Margin::symmetric(8, 4)))
        .exact_size(38.0)
        .show(ui, |ui| tools::ui(editor.view, context, ui));
    regions::mark(ui, Region::Tools, tools.response.rect);
    let piano = Panel::bottom("piano")
        .frame(Frame::new().fill(theme.surface).inner_margin(Margin::ZERO))
        .exact_size(piano_height(ui.available_height()))
        .show(ui, |ui| piano_strip::ui(editor, lit, context, ui));
    regions::mark(ui, Region::Piano, piano.response.rect);
    let height = ui.available_height();
    editor.too_low_for_both = height < BOTH_FROM;
    editor.arrangement.is_pointed = false;
    if is_below_arrangement(editor) {
        // a panel of its own begins with the height that a command has given it
        let wanted = if editor.arrangement_resized > 0 { editor.arrangement_height } else { height * 0.42 };
        let arrangement = Panel::top(("arrangement", editor.arrangement_resized))
            .frame(Frame::new().fill(theme.background))
            .resizable(true)
            .default_size(wanted)
            .size_range(90.0..=height - LEAST_ROLL)
            .show(ui, |ui| show_arrangement(editor, context, ui));
        editor.arrangement_height = arrangement.response.rect.height();
        regions::mark(ui, Region::Arrangement, arrangement.response.rect);
    }
    editor.roll_place = None;
    regions::mark(ui, Region::Editor, ui.available_rect_before_wrap());
    CentralPanel::default().frame(Frame::new().fill(theme.background)).show(ui, |ui| match editor.view {
        ComposeView::Roll | ComposeView::Both => show_roll(editor, lit, context, ui),
        ComposeView::Arrangement => show_arrangement(editor, context, ui),
        ComposeView::Mixer => mixer::ui(context, ui),
    });
}

/// Whether the roll stands below the arrangement: each says what suits its zoom.
fn is_below_arrangement(editor: &Editor) -> bool {
    editor.view == ComposeView::Both && !editor.too_low_for_both
}

fn show_roll(editor: &mut Editor, lit: PitchSet, context: &Context<'_>, ui: &mut Ui) {
    editor.roll_place = Some(ui.min_rect());
    let mut input = roll_input(context.document, context.services, editor.tool);
    input.lit_keys = lit;
    if is_below_arrangement(editor) {
        input.marks = MarksShown::Chords;
    }
    for action in editor.roll.show(ui, &input) {
        context.ask(action);
    }
}

fn show_arrangement(editor: &mut Editor, context: &Context<'_>, ui: &mut Ui) {
    let mut input = arrangement_input(context.document, context.services, editor.roll.selection());
    if is_below_arrangement(editor) {
        input.marks = MarksShown::Sections;
        input.lyrics = false;
    }
    arrangement::ui(&mut editor.arrangement, &input, context, ui);
}

/// How high the piano and its line of controls are, in points: the roll has most of what there is.
fn piano_height(available: f32) -> f32 {
    match available {
        400.0.. => 124.0,
        240.0.. => 84.0,
        _ => piano_strip::TOOLS_HEIGHT,
    }
}

/// What the arrangement shows and goes by; notes of the chosen part are selected.
pub fn arrangement_input<'a>(
    document: &'a Document,
    services: &Services,
    selection: &'a Selection,
) -> ArrangementInput<'a> {
    let choices = &services.preferences.roll;
    let position = services.sound.position();
    ArrangementInput {
        score: document.score(),
        part: document.part,
        selection,
        playhead: Playhead { tick: position.tick, playing: position.playing, follow: choices.follow },
        loop_range: document.transport.loop_range.clone(),
        loop_on: document.transport.looping,
        snap: choices.snap(),
        marks: MarksShown::All,
        key: document.key_at(position.tick.max(0.0) as Tick),
        lyrics: choices.lyrics && !document.score().lyrics.is_empty(),
        tempo_track: choices.shows_tempo(document.score()),
        recording: document.recording.as_ref().map_or_else(Vec::new, |recording| recording.notes(position.tick)),
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
        key: document.key_at(position.tick.max(0.0) as Tick),
        scale_rows: choices.scale_rows,
        scale_snap: choices.scale_snap,
        recording: document.recording.as_ref().map_or_else(Vec::new, |recording| recording.notes(position.tick)),
        trim: document.recorded_takes.trim(),
        ghosts: choices.ghosts,
        lyrics: choices.lyrics,
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
