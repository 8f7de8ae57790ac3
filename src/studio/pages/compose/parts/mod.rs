//! The left panel: melodies to begin with, and the parts of the score with their instruments and mix.

pub(in crate::studio) mod instruments;
mod mix;

use eframe::egui::{
    Align, Align2, Layout, Response, RichText, Role as Kind, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use crate::music::{Part, melodies};
use crate::studio::{
    commands::Command,
    pages::compose::parts::instruments::part_icon,
    state::Studio,
    theme::{self, Icon, PART_COLORS, Theme, radius, size, space},
    widgets::{self, IconButton},
};

/// What its fields hold.
#[derive(Debug, Default)]
pub struct LeftPanel {
    /// What is searched among instruments.
    pub(in crate::studio) instrument_search: String,
    /// The prepared melody that was taken last.
    melody: Option<usize>,
    /// The composition's title while it is typed.
    pub title: Option<String>,
    /// A part's name while it is typed.
    renaming: Option<(usize, String)>,
}

/// The tune of a first start.
const FIRST: &str = "Ode to Joy";

impl Studio {
    /// A well-known melody, so that the first click can be *Generate composition*.
    pub(in crate::studio) fn load_first_melody(&mut self) {
        let all = melodies::all();
        let index = all.iter().position(|melody| melody.name == FIRST).unwrap_or(0);
        if let Some(melody) = all.get(index) {
            let score = self.services.session.begin(melody.score());
            self.document.history.reset(score);
            self.pages.compose.left.melody = Some(index);
        }
    }

    pub(in crate::studio) fn left_panel(&mut self, ui: &mut Ui) {
        let melodies_height = (ui.available_height() * 0.36).clamp(70.0, 320.0);
        widgets::section(ui, "Melodies", |ui| {
            self.command_with(ui, Command::ImportMidi, IconButton::new(Icon::FolderOpen, "Import MIDI file…"));
            self.command_with(ui, Command::NewScore, IconButton::new(Icon::FilePlus, "New composition"));
        });
        ui.allocate_ui(vec2(ui.available_width(), melodies_height), |ui| {
            ScrollArea::vertical()
                .id_salt("melodies")
                .auto_shrink([false, false])
                .max_height(melodies_height)
                .show(ui, |ui| self.melody_list(ui));
        });
        ui.add_space(space::S);
        let theme = Theme::of(ui);
        ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), theme.hairline());
        ui.add_space(space::XS);
        widgets::section(ui, "Parts", |ui| {
            self.command_with(ui, Command::AddPart, IconButton::new(Icon::Plus, "Add a part"));
        });
        ScrollArea::vertical().id_salt("parts").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            for index in 0..self.score().parts.len() {
                ui.push_id(("part", index), |ui| self.part_card(ui, index));
            }
        });
    }

    fn melody_list(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (index, melody) in melodies::all().iter().enumerate() {
            let chosen = self.pages.compose.left.melody == Some(index) && self.score().title == melody.name;
            if melody_row(ui, melody.name, melody.origin, chosen).clicked() {
                self.take_melody(index);
            }
        }
    }

    /// Begins with a prepared melody, as one undo step.
    fn take_melody(&mut self, index: usize) {
        let Some(melody) = melodies::all().get(index) else { return };
        if self.document.recording.is_some() {
            self.stop_recording();
        }
        self.drop_audition();
        self.document.takes.results.clear();
        self.services.sound.with_player(crate::sound::Player::stop);
        self.services.sound.seek(0);
        let score = self.services.session.begin(melody.score());
        self.document.history.commit(format!("Open {}", melody.name), score);
        self.pages.compose.left.melody = Some(index);
        self.document.part = 0;
        self.document.transport.loop_range = None;
        self.document.transport.looping = false;
        self.pages.compose.editor.show_all = true;
    }

    fn part_card(&mut self, ui: &mut Ui, index: usize) {
        let Some(part) = self.score().parts.get(index).cloned() else {
            return;
        };
        let theme = Theme::of(ui);
        let chosen = self.document.part == index;
        let is_melody = self.score().melody == Some(index);
        let color = theme.part(part.color);
        let audible = self.score().is_audible(index);
        let frame = widgets::card(ui, false)
            .fill(if chosen { theme.raised_hover } else { theme.raised })
            .inner_margin(eframe::egui::Margin { left: 14, right: 8, top: 6, bottom: 8 });
        let shown = frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, 2.0);
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.label(theme::icon_sized(part_icon(&part), 15.0).color(if audible {
                    color
                } else {
                    theme.text_faint
                }));
                self.part_name(ui, index, &part, chosen);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 1.0;
                    self.part_switches(ui, index, &part, is_melody);
                });
            });
            ui.horizontal(|ui| {
                self.instrument_button(ui, index, &part);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.chorus_knob(ui, index, &part);
                    self.reverb_knob(ui, index, &part);
                    self.pan_knob(ui, index, &part);
                    self.volume_slider(ui, index, &part);
                });
            });
            let peaks = self.services.sound.peaks().parts.get(index).copied().unwrap_or_default();
            let name = format!("Level of {}", part_title(&part, index));
            widgets::level_meter(ui, &name, peaks, vec2(ui.available_width(), 7.0));
        });
        let rect = shown.response.rect;
        let stripe = eframe::egui::Rect::from_min_max(rect.min, pos2(rect.left() + 4.0, rect.bottom()));
        ui.painter().rect_filled(
            stripe,
            eframe::egui::CornerRadius { nw: radius::L, sw: radius::L, ne: 0, se: 0 },
            if audible { color } else { theme.border_strong },
        );
        if chosen {
            ui.painter().rect_stroke(
                rect,
                theme::corners(radius::L),
                eframe::egui::Stroke::new(1.0, Theme::mix(theme.raised, color, 0.7)),
                eframe::egui::StrokeKind::Inside,
            );
        }
        let title = part_title(&part, index);
        let click = ui.interact(
            eframe::egui::Rect::from_min_max(rect.min, pos2(rect.left() + 30.0, rect.bottom())),
            ui.scope_id().with("choose"),
            Sense::click(),
        );
        click.widget_info(|| WidgetInfo::selected(Kind::Button, true, chosen, format!("Part {title}")));
        if click.clicked() || (shown.response.contains_pointer() && ui.input(|input| input.pointer.primary_pressed())) {
            self.document.part = index;
        }
        click.context_menu(|ui| self.part_menu(ui, index, &part));
    }

    fn part_name(&mut self, ui: &mut Ui, index: usize, part: &Part, chosen: bool) {
        let theme = Theme::of(ui);
        let mut name = match &self.pages.compose.left.renaming {
            Some((renamed, name)) if *renamed == index => name.clone(),
            _ => part.name.clone(),
        };
        let width = (ui.available_width() - 92.0).max(40.0);
        let response = ui
            .add(
                TextEdit::singleline(&mut name)
                    .desired_width(width)
                    .font(if chosen { theme::bold(size::BODY) } else { theme::regular(size::BODY) })
                    .text_color(theme.text)
                    .hint_text(part_title(part, index))
                    .margin(eframe::egui::Margin::ZERO)
                    .min_size(vec2(0.0, space::CONTROL))
                    .align(Align2::LEFT_CENTER)
                    .frame(eframe::egui::Frame::NONE),
            )
            .accessible_name(format!("Name of part {}", index + 1));
        if response.changed() {
            self.pages.compose.left.renaming = Some((index, name.clone()));
        }
        if response.lost_focus()
            && let Some((renamed, name)) = self.pages.compose.left.renaming.take()
            && renamed == index
        {
            self.change_part(index, "Rename the part", |part| part.name = name);
        }
    }

    fn part_switches(&mut self, ui: &mut Ui, index: usize, part: &Part, is_melody: bool) {
        let theme = Theme::of(ui);
        let title = part_title(part, index);
        let small = |icon, name| IconButton::new(icon, name).sized(24.0, 14.0);
        let name = format!("Solo {title}");
        if letter_switch(ui, "S", &name, part.soloed, theme.warning, "Solo: hear only this part (S)").clicked() {
            self.document.part = index;
            self.change_part(index, "Solo", |part| part.soloed = !part.soloed);
        }
        let name = format!("Mute {title}");
        if letter_switch(ui, "M", &name, part.muted, theme.error, "Mute: do not hear this part (M)").clicked() {
            self.document.part = index;
            self.change_part(index, "Mute", |part| part.muted = !part.muted);
        }
        if is_melody {
            let name = format!("{title} is the melody");
            small(Icon::Star, &name)
                .tint(theme.part(part.color))
                .on(true)
                .hover("The melody: it leads, and generating never changes it")
                .show(ui);
        } else {
            let icon = if part.locked { Icon::Lock } else { Icon::LockOpen };
            let name = format!("Keep {title} when generating");
            if small(icon, &name).on(part.locked).hover("Keep this part when generating again (K)").show(ui).clicked() {
                self.change_part(index, "Keep when generating", |part| part.locked = !part.locked);
            }
        }
    }

    fn part_menu(&mut self, ui: &mut Ui, index: usize, part: &Part) {
        if ui.button("Make this the melody").clicked() {
            self.keep_audition();
            self.document.history.edit("Make it the melody", |score| score.melody = Some(index));
            ui.close();
        }
        ui.label(RichText::new("Colour").color(Theme::of(ui).text_muted));
        ui.horizontal(|ui| {
            for color in 0..PART_COLORS as u8 {
                let fill = Theme::of(ui).part(color);
                let (rect, response) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::click());
                response.widget_info(|| {
                    WidgetInfo::selected(Kind::RadioButton, true, part.color == color, format!("Colour {}", color + 1))
                });
                ui.painter().rect_filled(rect.shrink(2.0), theme::corners(radius::S), fill);
                if part.color == color {
                    widgets::paint_icon(ui, rect, Icon::Check, 13.0, Theme::of(ui).on(fill));
                }
                if response.clicked() {
                    self.change_part(index, "Colour", |part| part.color = color);
                    ui.close();
                }
            }
        });
        ui.separator();
        if ui.button("Remove the part").clicked() {
            self.remove_part(index);
            ui.close();
        }
    }
}

fn melody_row(ui: &mut Ui, name: &str, origin: &str, chosen: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Kind::Button, true, chosen, format!("Melody {name}")));
    if chosen || response.hovered() {
        let ground = if chosen { theme.accent_soft } else { theme.raised };
        ui.painter().rect_filled(rect, theme::corners(radius::M), ground);
    }
    widgets::focus_ring(ui, &response, rect);
    let color = if chosen { theme.accent } else { theme.text_faint };
    let icon = eframe::egui::Rect::from_center_size(rect.left_center() + vec2(14.0, 0.0), vec2(14.0, 14.0));
    widgets::paint_icon(ui, icon, Icon::Music, 14.0, color);
    ui.painter_at(rect).text(
        rect.left_center() + vec2(28.0, 0.0),
        Align2::LEFT_CENTER,
        name,
        theme::regular(size::BODY),
        theme.text,
    );
    response.on_hover_text(origin)
}

/// A switch that is a letter, as mixers have them.
fn letter_switch(
    ui: &mut Ui,
    letter: &str,
    name: &str,
    on: bool,
    color: eframe::egui::Color32,
    hover: &str,
) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Kind::Button, true, on, name));
    let face = rect.shrink(2.0);
    if on {
        ui.painter().rect_filled(face, theme::corners(4), color);
    } else if response.hovered() {
        ui.painter().rect_filled(face, theme::corners(4), theme.raised_active);
    }
    widgets::focus_ring(ui, &response, rect);
    let text = if on { theme.on(color) } else { theme.text_muted };
    ui.painter().text(face.center(), Align2::CENTER_CENTER, letter, theme::bold(size::CAPTION), text);
    response.on_hover_text(hover)
}

/// What a part is called, even where nobody named it.
pub fn part_title(part: &Part, index: usize) -> String {
    if part.name.is_empty() { format!("Part {}", index + 1) } else { part.name.clone() }
}
