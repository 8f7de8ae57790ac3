//! The field in which a mark is typed, where it stands.

use eframe::egui::{Area, Frame, Key, Margin, Order, Rect, TextEdit, Ui, UiBuilder, pos2, vec2};

use crate::{
    music::{Key as MusicalKey, Score, Tick, edit::MarkKind, outline::MAX_LABEL},
    studio::{
        actions::RollAction,
        commands::MarkCommand,
        pages::compose::roll::coordinates::Coordinates,
        theme::{self, Theme, radius, size},
        widgets,
    },
};

/// A mark that is typed.
#[derive(Debug)]
pub struct Field {
    pub(super) kind: MarkKind,
    tick: Tick,
    text: String,
    /// Whether it becomes a new mark.
    is_new: bool,
    /// Whether it was drawn yet.
    is_drawn: bool,
    /// Why what was typed is refused.
    why_not: Option<String>,
}

impl Field {
    /// For a mark that begins at a tick.
    pub const fn new(kind: MarkKind, tick: Tick, text: String, is_new: bool) -> Self {
        Self { kind, tick, text, is_new, is_drawn: false, why_not: None }
    }

    const fn width(&self) -> f32 {
        match self.kind {
            MarkKind::Section => 140.0,
            MarkKind::Chord => 84.0,
            MarkKind::Key => 96.0,
            MarkKind::Tempo | MarkKind::Metre => 64.0,
        }
    }

    fn name(&self, score: &Score) -> String {
        let bar = score.metre.position(self.tick).bar + 1;
        match self.kind {
            MarkKind::Section => format!("Name of the section from bar {bar}"),
            MarkKind::Chord => format!("Chord in bar {bar}"),
            MarkKind::Key => format!("Key from bar {bar}"),
            MarkKind::Tempo => format!("Tempo from bar {bar}"),
            MarkKind::Metre => format!("Time signature from bar {bar}"),
        }
    }

    const fn hint(&self) -> &'static str {
        match self.kind {
            MarkKind::Section => "such as Verse",
            MarkKind::Chord => "such as Am7",
            MarkKind::Key => "such as D minor",
            MarkKind::Tempo => "such as 120",
            MarkKind::Metre => "such as 3/4",
        }
    }
}

/// Shows the field, if one of a kind is typed, in its row; what came of it once it is over. Where no key is set, one
/// was `found`.
pub(super) fn show(
    typed: &mut Option<Field>,
    ui: &mut Ui,
    row: Rect,
    kind: MarkKind,
    coordinates: &Coordinates,
    (score, found): (&Score, Option<MusicalKey>),
) -> Option<RollAction> {
    let field = typed.as_mut().filter(|field| field.kind == kind)?;
    let theme = Theme::of(ui);
    let width = field.width();
    let left = coordinates.x_from_tick(f64::from(field.tick)).clamp(row.left(), (row.right() - width).max(row.left()));
    let place = Rect::from_min_size(pos2(left, row.top()), vec2(width, row.height()));
    let id = ui.scope_id().with(("mark field", kind));
    let frame = Frame::new()
        .fill(theme.sunken)
        .stroke(eframe::egui::Stroke::new(1.0, theme.accent))
        .corner_radius(theme::corners(radius::S))
        .inner_margin(Margin::symmetric(4, 1));
    let (name, hint) = (field.name(score), field.hint());
    let edit = TextEdit::singleline(&mut field.text)
        .id(id)
        .font(theme::regular(size::CAPTION))
        .hint_text(hint)
        .char_limit(MAX_LABEL)
        .desired_width(width - 10.0)
        .frame(frame);
    let mut room = ui.new_child(UiBuilder::new().max_rect(place));
    room.spacing_mut().interact_size.y = place.height() - 2.0; // no higher than its row
    let response = room.put(place, edit).accessible_name(name);
    if !field.is_drawn {
        field.is_drawn = true;
        widgets::type_over(ui, &response, &field.text);
        return None;
    }
    if response.changed() {
        field.why_not = None;
    }
    let (entered, escaped) = ui.input(|state| (state.key_pressed(Key::Enter), state.key_pressed(Key::Escape)));
    if escaped {
        *typed = None;
        return None;
    }
    if response.lost_focus() {
        let mut put = Ok(());
        let command = if field.is_new { MarkCommand::Add } else { MarkCommand::Change };
        let action = RollAction::changed(command.title(kind), score, |score| {
            put = kind.put_beside(score, field.tick, &field.text, found);
        });
        match put {
            Err(why_not) if entered => {
                field.why_not = Some(why_not);
                response.request_focus();
            }
            put => {
                *typed = None;
                return put.is_ok().then_some(action);
            }
        }
    }
    if let Some(why_not) = &field.why_not {
        let at = place.left_bottom() + vec2(0.0, 4.0);
        Area::new(id.with("why not")).order(Order::Foreground).fixed_pos(at).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(380.0);
                ui.colored_label(theme.error, why_not);
            });
        });
    }
    None
}
