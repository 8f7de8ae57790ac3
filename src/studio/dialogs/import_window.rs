//! The window that shows what is in MIDI files before they are taken: parts with their notes, the proposed melody and why,
//! whose tempo, and where it all goes.

use eframe::egui::{
    Align, Align2, Context, Frame, Id, Layout, Rect, RichText, Role as Kind, ScrollArea, Sense, Ui, WidgetInfo, Window,
    pos2, vec2,
};

use crate::music::Score;
use crate::studio::{
    dialogs::{
        export::{choose, setting, time_text},
        import::{Content, FoundPart, Import, TempoFrom, tempo_text},
    },
    state::Studio,
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton},
};

/// The width of what is shown, in points.
const WIDTH: f32 = 680.0;
/// The small roll's size.
const ROLL: eframe::egui::Vec2 = vec2(200.0, 36.0);

/// What a row asks for.
enum Asked {
    Melody,
    Listen,
    Want(bool),
}

impl Studio {
    /// Draws the window, if files are being read or asked about.
    pub(in crate::studio) fn show_import(&mut self, ctx: &Context) {
        let Some(mut import) = self.dialogs.import.take() else { return };
        if !import.is_shown() {
            self.dialogs.import = Some(import);
            return;
        }
        let style = ctx.global_style();
        let (mut take, mut cancel, mut listen) = (false, false, None);
        let entered = widgets::entered(ctx);
        Window::new("MIDI files")
            .id(Id::unique("import"))
            .title_bar(false)
            .auto_sized()
            .pivot(Align2::CENTER_CENTER)
            .default_pos(ctx.content_rect().center())
            .frame(Frame::popup(&style).inner_margin(space::XL))
            .show(ctx, |ui| {
                ui.set_width(WIDTH);
                ui.label(theme::strong(title(&import), size::TITLE));
                ui.add_space(space::S);
                let height = (ctx.content_rect().height() - 330.0).clamp(160.0, 460.0);
                ScrollArea::vertical().max_height(height).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 6.0;
                    listen = files(ui, &mut import);
                });
                if import.to_come > 0 {
                    ui.horizontal(|ui| {
                        ui.spinner();
                        ui.label(RichText::new(reading(&import)).color(Theme::of(ui).text_muted));
                    });
                }
                ui.add_space(space::S);
                place_choice(ui, &mut import, self.document.history.committed());
                tempo_choice(ui, &mut import, self.document.history.committed());
                ui.add_space(space::S);
                ui.allocate_ui_with_layout(vec2(WIDTH, space::CONTROL), Layout::right_to_left(Align::Center), |ui| {
                    let why_not = why_not(&import, self.document.recording.is_some());
                    take = entered && why_not.is_none();
                    take |= widgets::text_button(ui, Icon::Check, "Import", why_not).clicked();
                    if let Some((file, part)) = import.melody.filter(|_| !import.into_present) {
                        let only = ui
                            .button("Only the melody")
                            .on_hover_text("Imports just that part, so that the others can be generated");
                        if only.clicked() {
                            want_only(&mut import, file, part);
                            take = true;
                        }
                    }
                    cancel = ui.button("Cancel").clicked();
                });
            });
        self.dialogs.import = Some(import);
        if let Some(place) = listen {
            self.listen_to_part(place);
        }
        if take {
            self.finish_import();
        } else if cancel {
            self.cancel_import();
        }
    }
}

fn title(import: &Import) -> String {
    match import.files.as_slice() {
        [one] if import.to_come == 0 => format!("Import {}", crate::studio::status_bar::shortened(&one.name, 60)),
        files => format!("Import {} files", files.len() + import.to_come),
    }
}

fn reading(import: &Import) -> String {
    match (import.files.len(), import.to_come) {
        (0, 1) => "Reading the file".to_owned(),
        (done, to_come) => format!("Reading file {} of {}", done + 1, done + to_come),
    }
}

fn why_not(import: &Import, is_recording: bool) -> Option<String> {
    if is_recording {
        Some("Stop recording first".into())
    } else if import.to_come > 0 {
        Some("Not all files have been read yet".into())
    } else if import.wanted() == 0 {
        Some("No part is chosen".into())
    } else {
        None
    }
}

fn want_only(import: &mut Import, file: usize, part: usize) {
    for (index, of) in import.files.iter_mut().enumerate() {
        if let Ok(content) = &mut of.content {
            for found in &mut content.parts {
                found.wanted = (index, found.index) == (file, part);
            }
        }
    }
}

/// All files with their parts; says which part is to be listened to.
fn files(ui: &mut Ui, import: &mut Import) -> Option<(usize, usize)> {
    let theme = Theme::of(ui);
    let mut listen = None;
    let listening = import.listening.as_ref().map(|listening| listening.place);
    let several = import.files.len() > 1;
    let proposed = import.proposed.clone();
    for (index, file) in import.files.iter_mut().enumerate() {
        let content = match &mut file.content {
            Ok(content) => content,
            Err(reason) => {
                ui.horizontal(|ui| {
                    ui.label(theme::icon_sized(Icon::CircleAlert, size::ICON).color(theme.error));
                    ui.label(theme::strong(&file.name, size::BODY));
                    ui.label(RichText::new(format!("was refused: {reason}")).color(theme.text_muted));
                });
                continue;
            }
        };
        ui.horizontal(|ui| {
            if several {
                ui.label(theme::strong(&file.name, size::BODY));
            }
            widgets::caption(ui, facts(content));
        });
        let (score, parts) = (&content.score, &mut content.parts);
        for found in parts {
            let place = (index, found.index);
            let why = proposed.as_ref().filter(|(of, _)| *of == place).map(|(_, why)| why.as_str());
            let row = Row {
                score,
                found,
                is_melody: import.melody == Some(place),
                is_listened_to: listening == Some(place),
                why,
                proposes: !import.into_present,
            };
            match row.show(ui, place) {
                Some(Asked::Melody) => import.melody = Some(place),
                Some(Asked::Listen) => listen = Some(place),
                Some(Asked::Want(wanted)) => found.wanted = wanted,
                None => {}
            }
        }
    }
    listen
}

fn facts(content: &Content) -> String {
    let notes: usize = content.score.parts.iter().map(|part| part.notes.len()).sum();
    let tempo = if content.says_tempo { tempo_text(&content.score.tempo) } else { "no tempo said".to_owned() };
    let metre = content.score.metre.metre_at(0);
    let parts = match content.parts.len() {
        1 => "1 part".to_owned(),
        parts => format!("{parts} parts"),
    };
    format!(
        "{parts} · {} notes · {} · {tempo} · {}/{}",
        thousands(notes),
        time_text(content.seconds),
        metre.numerator(),
        metre.denominator()
    )
}

/// A part of a file.
struct Row<'a> {
    score: &'a Score,
    found: &'a FoundPart,
    is_melody: bool,
    is_listened_to: bool,
    why: Option<&'a str>,
    /// Whether there is a melody to choose.
    proposes: bool,
}

impl Row<'_> {
    fn show(&self, ui: &mut Ui, place: (usize, usize)) -> Option<Asked> {
        let theme = Theme::of(ui);
        let part = &self.score.parts[self.found.index];
        let title = widgets::part_title(part, self.found.index);
        let mut asked = None;
        let chosen = self.is_melody && self.proposes;
        ui.push_id(place, |ui| {
            widgets::card(ui, chosen).inner_margin(eframe::egui::Margin::symmetric(10, 6)).show(ui, |ui| {
                ui.set_width(WIDTH - 40.0);
                ui.horizontal(|ui| {
                    widgets::outline_ticks(ui);
                    let mut wanted = self.found.wanted;
                    let tick = ui.checkbox(&mut wanted, "").accessible_name(format!("Take {title}"));
                    if tick.on_hover_text("Whether this part is imported").changed() {
                        asked = Some(Asked::Want(wanted));
                    }
                    let (rect, _) = ui.allocate_exact_size(ROLL, Sense::hover());
                    paint_cells(ui, rect, &self.found.cells, place.1);
                    let (icon, what) = if self.is_listened_to {
                        (Icon::Square, format!("Stop listening to {title}"))
                    } else {
                        (Icon::Play, format!("Listen to {title}"))
                    };
                    if IconButton::new(icon, &what).on(self.is_listened_to).show(ui).clicked() {
                        asked = Some(Asked::Listen);
                    }
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 1.0;
                        ui.label(theme::strong(crate::studio::status_bar::shortened(&title, 34), size::BODY));
                        let range = self
                            .found
                            .range
                            .map_or(String::new(), |(low, high)| format!(" · {} to {}", low.name(), high.name()));
                        widgets::caption(
                            ui,
                            format!(
                                "{} · {} notes{range}",
                                widgets::instrument_name(part),
                                thousands(part.notes.len())
                            ),
                        );
                    });
                    if self.proposes {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            if let Some(Asked::Melody) = self.melody_choice(ui, &title) {
                                asked = Some(Asked::Melody);
                            }
                        });
                    }
                });
                if let Some(why) = self.why.filter(|_| self.proposes) {
                    ui.label(
                        RichText::new(format!("Proposed as the melody: {why}"))
                            .size(size::CAPTION)
                            .color(theme.text_muted),
                    );
                }
            });
        });
        asked
    }

    fn melody_choice(&self, ui: &mut Ui, title: &str) -> Option<Asked> {
        let why_not = self.score.parts[self.found.index]
            .is_drum
            .then_some("A kit plays no melody")
            .or((!self.found.wanted).then_some("This part is not imported"));
        let radio = ui.add_enabled_ui(why_not.is_none(), |ui| ui.radio(self.is_melody, "Melody")).inner;
        let label = format!("Melody is {title}");
        let (enabled, chosen) = (why_not.is_none(), self.is_melody);
        radio.widget_info(|| WidgetInfo::selected(Kind::RadioButton, enabled, chosen, &label));
        let clicked = radio.clicked();
        match why_not {
            Some(reason) => radio.on_disabled_hover_text(reason),
            None => radio.on_hover_text("It leads, and stays as it is when the other parts are generated"),
        };
        clicked.then_some(Asked::Melody)
    }
}

fn paint_cells(ui: &Ui, rect: Rect, cells: &[[f32; 3]], color: usize) {
    if !ui.is_rect_visible(rect) {
        return;
    }
    let theme = Theme::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, theme::corners(radius::S), theme.sunken);
    let inner = rect.shrink(2.0);
    let color = theme.part(color as u8);
    for [left, right, top] in cells {
        let from = pos2(inner.left() + left * inner.width(), inner.top() + top * inner.height());
        let to = vec2(((right - left) * inner.width()).max(1.0), 1.8);
        painter.rect_filled(Rect::from_min_size(from, to), 0.0, color);
    }
}

fn place_choice(ui: &mut Ui, import: &mut Import, present: &Score) {
    let title = if present.title.is_empty() { "Untitled composition" } else { &present.title };
    setting(ui, "As", |ui| {
        choose(ui, &mut import.into_present, false, "A new composition", None);
        let name = format!("Parts of “{}”", crate::studio::status_bar::shortened(title, 30));
        choose(ui, &mut import.into_present, true, &name, None);
        widgets::caption(ui, "One undo step either way");
    });
}

fn tempo_choice(ui: &mut Ui, import: &mut Import, present: &Score) {
    let metre = |score: &Score| {
        let metre = score.metre.metre_at(0);
        format!("{}/{}", metre.numerator(), metre.denominator())
    };
    let several = import.files.len() > 1;
    let files: Vec<(usize, String, bool)> = import
        .readable()
        .map(|(index, file, content)| {
            let whose = if several { &file.name } else { "The file" };
            let tempo = if content.says_tempo { tempo_text(&content.score.tempo) } else { "none, so 120 BPM".into() };
            (index, format!("{whose}: {tempo}, {}", metre(&content.score)), content.says_tempo)
        })
        .collect();
    setting(ui, "Tempo", |ui| {
        ui.horizontal_wrapped(|ui| {
            // of many files the first ones are enough to choose among
            for (index, name, _) in files.iter().take(4) {
                choose(ui, &mut import.tempo, TempoFrom::File(*index), name, None);
            }
            let name = format!("This composition: {}, {}", tempo_text(&present.tempo), metre(present));
            choose(ui, &mut import.tempo, TempoFrom::Present, &name, None);
        });
    });
}

/// A number with its thousands apart.
pub(in crate::studio) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_legible() {
        assert_eq!([7, 999, 1000, 1_234_567].map(thousands), ["7", "999", "1,000", "1,234,567"]);
    }
}
