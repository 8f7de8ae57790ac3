//! The field in which a part's name is typed, where the name stands.

use eframe::egui::{Align2, Margin, TextEdit, Ui, vec2};

use crate::{
    music::Part,
    studio::{
        context::Context,
        theme::{self, size, space},
        widgets::{self, part_title},
    },
};

/// A name that is typed.
#[derive(Debug)]
pub struct Renaming {
    part: usize,
    name: String,
    /// Whether it was drawn yet.
    is_drawn: bool,
}

impl Renaming {
    /// Of the part at this place.
    pub fn of(index: usize, part: &Part) -> Self {
        Self { part: index, name: part.name.clone(), is_drawn: false }
    }
}

/// Draws the field if the name of the part at `index` is typed, and puts it away once it is over; whether it was drawn.
pub fn field(
    renaming: &mut Option<Renaming>,
    index: usize,
    part: &Part,
    width: f32,
    context: &Context<'_>,
    ui: &mut Ui,
) -> bool {
    let Some(open) = renaming.as_mut().filter(|open| open.part == index) else { return false };
    let edit = TextEdit::singleline(&mut open.name)
        .desired_width(width)
        .font(theme::bold(size::BODY))
        .hint_text(part_title(part))
        .margin(Margin::symmetric(3, 0))
        .min_size(vec2(0.0, space::CONTROL - 4.0))
        .align(Align2::LEFT_CENTER);
    let response = widgets::text_field(ui, edit).accessible_name(format!("Name of part {}", index + 1));
    if !std::mem::replace(&mut open.is_drawn, true) {
        widgets::type_over(ui, &response, &open.name);
    } else if !response.has_focus() {
        let name = std::mem::take(&mut open.name);
        if response.lost_focus() && !widgets::given_up(ui) && name != part.name {
            context.edit_part(index, "Rename part", |part| part.name = name);
        }
        *renaming = None;
    }
    true
}
