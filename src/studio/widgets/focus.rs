//! Who has the keys: a control that uses Enter and the arrows itself, or the commands.

use eframe::egui::{Context, Event, Id, Key, Modifiers, Ui};

fn place() -> Id {
    Id::unique("leave keys to commands")
}

/// While one of these has the focus, the commands have Enter and the arrows.
pub fn leave_keys_to_commands(ctx: &Context, ids: Vec<Id>) {
    ctx.data_mut(|data| data.insert_temp(place(), ids));
}

/// The controls that leave Enter and the arrows to the commands.
pub fn controls_without_keys(ctx: &Context) -> Vec<Id> {
    ctx.data(|data| data.get_temp(place())).unwrap_or_default()
}

/// The focused control, if it uses Enter and the arrows itself.
fn control_with_keys(ctx: &Context) -> Option<Id> {
    let focused = ctx.memory(eframe::egui::Memory::focused)?;
    Some(focused).filter(|id| !controls_without_keys(ctx).contains(id))
}

/// Whether the focused control uses Enter and the arrows itself.
pub fn control_has_keys(ctx: &Context) -> bool {
    control_with_keys(ctx).is_some()
}

/// After a press into what leaves its keys to the commands: no field, slider or button keeps them.
pub fn take_keys_from_controls(ctx: &Context) {
    if let Some(id) = control_with_keys(ctx) {
        ctx.memory_mut(|memory| memory.surrender_focus(id));
    }
}

/// Whether Enter was pressed, no control has it for itself and nothing lies over what asks: yes to that. Taken from
/// whoever asks later.
pub fn entered(ui: &Ui) -> bool {
    let is_covered = ui.memory(|memory| memory.top_modal_layer().is_some_and(|top| top != ui.layer_id()));
    !is_covered && !control_has_keys(ui) && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter))
}

/// Whether Esc was pressed in this frame, whoever heard it: a field that loses the focus by it gives up what was typed.
pub fn given_up(ui: &Ui) -> bool {
    let is_escape = |event: &Event| matches!(event, Event::Key { key: Key::Escape, pressed: true, .. });
    ui.input(|input| input.raw.events.iter().any(is_escape))
}

/// Whether Esc was pressed, taken from whoever asks later; also with keys held that say how something is dragged.
pub fn escape_pressed(ui: &Ui) -> bool {
    let held = [Modifiers::NONE, Modifiers::COMMAND, Modifiers::SHIFT, Modifiers::ALT];
    ui.input_mut(|state| held.into_iter().any(|modifiers| state.consume_key(modifiers, Key::Escape)))
}
