//! Choosing a part's instrument: General MIDI's programs by family, searchable, and the kit.

use eframe::egui::{
    Align2, Popup, PopupCloseBehavior, Role as Kind, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2,
};

use crate::music::{Part, Role, instruments};
use crate::studio::{
    pages::compose::parts::part_title,
    state::Studio,
    theme::{self, Icon, Theme, radius, space},
    widgets,
};

impl Studio {
    pub(in crate::studio) fn instrument_button(&mut self, ui: &mut Ui, index: usize, part: &Part) {
        let theme = Theme::of(ui);
        let name = instrument_name(part);
        let width = (ui.available_width() - 112.0).max(60.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, 22.0), Sense::click());
        let title = part_title(part, index);
        response.widget_info(|| WidgetInfo::labeled(Kind::ComboBox, true, format!("Instrument of {title}: {name}")));
        if response.hovered() {
            ui.painter().rect_filled(rect, theme::corners(radius::M), theme.raised_active);
        }
        widgets::focus_ring(ui, &response, rect);
        let painter = ui.painter_at(rect);
        painter.text(
            rect.left_center() + vec2(2.0, 0.0),
            Align2::LEFT_CENTER,
            crate::studio::status_bar::shortened(name, ((width - 16.0) / 6.0) as usize),
            theme::regular(12.0),
            theme.text_muted,
        );
        widgets::paint_icon(
            ui,
            eframe::egui::Rect::from_center_size(rect.right_center() - vec2(8.0, 0.0), vec2(12.0, 12.0)),
            Icon::ChevronDown,
            12.0,
            theme.text_faint,
        );
        let opened = response.clicked();
        if opened {
            self.pages.compose.left.instrument_search.clear();
        }
        Popup::menu(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .width(280.0)
            .show(|ui| self.instrument_list(ui, index, part, opened));
    }

    fn instrument_list(&mut self, ui: &mut Ui, index: usize, part: &Part, opened: bool) {
        let search = ui.add(
            TextEdit::singleline(&mut self.pages.compose.left.instrument_search)
                .hint_text("Search instruments")
                .desired_width(f32::INFINITY),
        );
        if opened {
            search.request_focus();
        }
        let wanted = self.pages.compose.left.instrument_search.to_lowercase();
        let mut chosen = None;
        ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let matches = |text: &str| wanted.is_empty() || text.to_lowercase().contains(&wanted);
            if matches("drum kit percussion") && ui.selectable_label(part.is_drum, "Drum kit").clicked() {
                chosen = Some((0, true));
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
                    let is_chosen = !part.is_drum && usize::from(part.program) == program;
                    if ui.selectable_label(is_chosen, instruments::PROGRAMS[program]).clicked() {
                        chosen = Some((program as u8, false));
                    }
                }
            }
        });
        ui.separator();
        if widgets::text_button(ui, Icon::Music, "Choose a SoundFont…", None).clicked() {
            self.push(crate::studio::commands::Command::ChooseSoundFont);
            ui.close();
        }
        if let Some((program, is_drum)) = chosen {
            self.change_part(index, "Instrument", |part| {
                part.program = program;
                part.is_drum = is_drum;
            });
            ui.close();
        }
    }
}

/// The instrument's name.
pub fn instrument_name(part: &Part) -> &'static str {
    if part.is_drum { "Drum kit" } else { instruments::program_name(part.program) }
}

/// An icon for the part's instrument.
pub fn part_icon(part: &Part) -> Icon {
    if part.is_drum || part.role == Role::Drums {
        return Icon::Drum;
    }
    match part.program / 8 {
        0 | 2 => Icon::Piano,
        1 => Icon::Bell,
        3 => Icon::Guitar,
        4 => Icon::AudioLines,
        6 if part.program >= 52 => Icon::MicVocal,
        7..=9 => Icon::Wind,
        10..=12 => Icon::AudioWaveform,
        14 => Icon::Drum,
        15 => Icon::Bird,
        _ => Icon::Music,
    }
}
