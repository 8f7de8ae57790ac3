//! Choosing a part's instrument: General MIDI's programs by family, searchable, and the kit.

use eframe::egui::{
    Align, Align2, Button, Color32, Key, Popup, PopupCloseBehavior, Rect, Role, Sense, TextEdit, Ui, WidgetInfo, vec2,
};

use crate::{
    music::{Part, instruments},
    studio::{
        commands::Command,
        context::Context,
        theme::{self, Icon, Theme, radius, space},
        widgets::{self, instrument_name, part_title},
    },
};

/// How high the list is, in points.
const LIST_HEIGHT: f32 = 320.0;

/// How wide the knobs beside the button are, in points.
const KNOBS: f32 = 80.0;

/// The button that says a part's instrument, and the list of instruments that it opens.
pub fn instrument_button(search: &mut String, index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let name = instrument_name(part);
    let width = (ui.available_width() - KNOBS).max(60.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 22.0), Sense::click());
    let title = part_title(part);
    let (sound, score) = (&context.services.sound, context.document.score());
    let is_silent = sound.unheard(score).binary_search(&index).is_ok();
    let silent = is_silent.then(|| sound.why_unheard(score, index));
    response.widget_info(|| {
        let why = silent.as_ref().map_or(String::new(), |why| format!(". {why}"));
        WidgetInfo::labeled(Role::ComboBox, true, format!("Instrument of {title}: {name}{why}"))
    });
    if response.hovered() {
        ui.painter().rect_filled(rect, theme::corners(radius::M), theme.raised_active);
    }
    widgets::focus_ring(ui, &response, rect);
    let line = Rect::from_min_max(rect.min + vec2(2.0, 0.0), rect.max - vec2(16.0, 0.0));
    let color = if silent.is_some() { theme.warning } else { theme.text_muted };
    widgets::paint_line(ui, line, Align2::LEFT_CENTER, name, theme::regular(12.0), color);
    widgets::paint_icon(
        ui,
        Rect::from_center_size(rect.right_center() - vec2(8.0, 0.0), vec2(12.0, 12.0)),
        if silent.is_some() { Icon::TriangleAlert } else { Icon::ChevronDown },
        12.0,
        if silent.is_some() { theme.warning } else { theme.text_faint },
    );
    let response = match &silent {
        Some(why) => response.on_hover_text(why),
        None => response,
    };
    let opened = response.clicked();
    if opened {
        search.clear();
    }
    let response = response.on_hover_text(name);
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(280.0)
        .show(|ui| instrument_list(search, opened, index, part, context, ui));
}

fn instrument_list(search: &mut String, opened: bool, index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let field = TextEdit::singleline(search).hint_text("Search instruments").desired_width(f32::INFINITY);
    let field = widgets::text_field(ui, field).accessible_name("Search instruments");
    if opened {
        field.request_focus();
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let wanted = search.trim().to_lowercase();
    let (mut chosen, mut first) = (None, None);
    widgets::scroll(ui, widgets::list_area(LIST_HEIGHT), |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let matches = |text: &str| wanted.is_empty() || text.to_lowercase().contains(&wanted);
        if matches("drum kit percussion") {
            first = Some((0, true));
            if entry(ui, part.is_drum, opened, "Drum kit") {
                chosen = first;
            }
        }
        for (family, family_name) in instruments::FAMILIES.iter().enumerate() {
            let programs: Vec<usize> = (family * 8..family * 8 + 8)
                .filter(|&program| matches(family_name) || matches(instruments::PROGRAMS[program]))
                .collect();
            if programs.is_empty() {
                continue;
            }
            ui.add_space(space::XS);
            widgets::caption(ui, *family_name);
            for program in programs {
                first = first.or(Some((program as u8, false)));
                let is_chosen = !part.is_drum && usize::from(part.program) == program;
                if entry(ui, is_chosen, opened, instruments::PROGRAMS[program]) {
                    chosen = Some((program as u8, false));
                }
            }
        }
    });
    if entered && !wanted.is_empty() {
        chosen = first;
        ui.close();
    }
    ui.separator();
    if widgets::text_button(ui, Icon::Music, "Choose a SoundFont…", None).clicked() {
        context.ask(Command::ChooseSoundFont);
        ui.close();
    }
    if let Some((program, is_drum)) = chosen {
        context.edit_part(index, "Instrument", move |part| {
            part.program = program;
            part.is_drum = is_drum;
        });
        ui.close();
    }
}

/// An instrument; the present one is marked, and in sight when the list opens. Whether it was clicked.
fn entry(ui: &mut Ui, is_present: bool, opened: bool, name: &str) -> bool {
    let mark = theme::icon_sized(if is_present { Icon::Check } else { Icon::Dot }, 12.0);
    let mark = if is_present { mark } else { mark.color(Color32::TRANSPARENT) };
    let response = ui.add(Button::selectable(is_present, (mark, name)).truncate()).accessible_name(name);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_present, name));
    if is_present && opened {
        response.scroll_to_me(Some(Align::Center));
    }
    response.clicked()
}
