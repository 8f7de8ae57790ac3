//! The window that shows what is in MIDI files before they are imported: parts with their notes, the suggested melody
//! and why, whose tempo, and where it all goes.

use eframe::egui::{
    self, Align, ComboBox, Layout, Margin, Rect, RichText, Role, ScrollArea, Sense, TextStyle, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::{
    file::{Content, FoundPart, ImportFile, tempo_text},
    state::{Import, TempoFrom},
};
use crate::{
    music::Score,
    plural::counted,
    studio::{
        actions::{ImportAction, ListenAction},
        context::Context,
        dialogs::modal,
        theme::{self, Icon, Theme, radius, size, space},
        widgets::{self, IconButton, choice, named_row},
        words::{duration, shortened},
    },
};

/// The width of what is shown, in points.
const WIDTH: f32 = 680.0;
/// The small roll's size.
const ROLL: Vec2 = vec2(200.0, 36.0);

/// What a row asks for.
enum Asked {
    Melody,
    Listen,
    Want(bool),
}

/// Draws the window, if files are being read or asked about.
pub fn show(import: &mut Option<Import>, context: &Context<'_>, ctx: &egui::Context) {
    let Some(import) = import.as_mut().filter(|import| import.is_shown()) else { return };
    let present = context.document.history.committed();
    modal::window(ctx, "MIDI files", WIDTH, |ui| {
        ui.label(theme::strong(title(import), size::TITLE));
        ui.add_space(space::S);
        let height = (ui.ctx().content_rect().height() - 330.0).clamp(160.0, 460.0);
        widgets::scroll(ui, ScrollArea::vertical().max_height(height), |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            files(import, context, ui);
        });
        if import.to_come > 0 {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(RichText::new(reading(import)).color(Theme::of(ui).text_muted));
            });
        }
        ui.add_space(space::S);
        place_choice(ui, import, present);
        tempo_choice(ui, import, present);
        ui.add_space(space::S);
        let answers = vec2(WIDTH, widgets::PRIMARY_BUTTON);
        ui.allocate_ui_with_layout(answers, Layout::left_to_right(Align::Center), |ui| {
            answer(import, context, ui);
        });
    });
}

fn answer(import: &mut Import, context: &Context<'_>, ui: &mut Ui) {
    let why_not = why_not(import, context.document.recording.is_some());
    let entered = widgets::entered(ui) && why_not.is_none();
    if ui.button("Cancel").clicked() {
        context.ask(ImportAction::Cancel);
    }
    if let Some(place) = import.melody.filter(|_| !import.into_present) {
        let only = ui
            .button("Import melody only")
            .on_hover_text("Imports that part alone, so that the others can be generated");
        if only.clicked() {
            import.want_only(place);
            context.ask(ImportAction::Finish);
        }
    }
    if widgets::primary_button(ui, Icon::Check, "Import", why_not).clicked() || entered {
        context.ask(ImportAction::Finish);
    }
}

fn title(import: &Import) -> String {
    match import.files.as_slice() {
        [one] if import.to_come == 0 => format!("Import {}", shortened(&one.name, 60)),
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

/// All files with their parts.
fn files(import: &mut Import, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let heard = import.heard(&context.services.listening);
    let several = import.files.len() > 1;
    let mut chosen_anew = None;
    for (index, file) in import.files.iter_mut().enumerate() {
        if song_choice(ui, file, index) {
            chosen_anew = Some(index);
        }
        if let Some(refusal) = file.refusal() {
            ui.horizontal(|ui| {
                ui.label(theme::icon_sized(Icon::CircleAlert, size::ICON).color(theme.error));
                ui.label(RichText::new(refusal).color(theme.text_muted));
            });
        }
        let Ok(content) = &mut file.content else { continue };
        ui.horizontal(|ui| {
            if several {
                ui.label(theme::strong(&file.name, size::BODY));
            }
            widgets::caption(ui, facts(content));
        });
        for notice in &content.notices {
            ui.horizontal_wrapped(|ui| {
                ui.label(theme::icon_sized(Icon::TriangleAlert, size::ICON).color(theme.warning));
                widgets::caption(ui, notice.to_string());
            });
        }
        let mut listen = None;
        for found in &mut content.parts {
            let place = (index, found.index);
            let why = import.proposed.as_ref().filter(|(of, _)| *of == place).map(|(_, why)| why.as_str());
            let row = Row {
                score: &content.score,
                found,
                is_melody: import.melody == Some(place),
                is_heard: heard == Some(place),
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
        match listen {
            Some(place) if heard == Some(place) => context.ask(ListenAction::Stop),
            Some(place) => {
                import.listening = content.part_alone(place.1).map(|score| (place, score.into()));
                if let Some((_, score)) = &import.listening {
                    context.ask(ListenAction::To(score.clone()));
                }
            }
            None => {}
        }
    }
    if let Some(file) = chosen_anew {
        if heard.is_some() {
            context.ask(ListenAction::Stop);
        }
        import.take_choice(file);
    }
}

/// Which of a file's songs; whether another one was chosen.
fn song_choice(ui: &mut Ui, file: &mut ImportFile, index: usize) -> bool {
    if file.choices.is_empty() {
        return false;
    }
    let before = file.chosen;
    let name = format!("Songs of {}", file.name);
    named_row(ui, "Songs", |ui| {
        let shown = ComboBox::from_id_salt(("songs", index))
            .width(360.0)
            .selected_text(&file.choices[file.chosen].name)
            .show_ui(ui, |ui| {
                let height = ui.text_style_height(&TextStyle::Button) + 2.0 * ui.spacing().button_padding.y;
                let area = ScrollArea::vertical().max_height(260.0);
                widgets::scroll_rows(ui, area, height, file.choices.len(), |ui, rows| {
                    for row in rows {
                        widgets::list_value(ui, &mut file.chosen, row, &file.choices[row].name);
                    }
                });
            });
        shown.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &name));
        shown.response.on_hover_text("The file holds several songs: import one of them, or all");
    });
    file.chosen != before
}

fn facts(content: &Content) -> String {
    let notes: usize = content.score.parts.iter().map(|part| part.notes.len()).sum();
    let tempo = if content.says_tempo { tempo_text(&content.score.tempo) } else { "no tempo".to_owned() };
    let metre = content.score.metre.metre_at(0);
    format!(
        "{} · {} · {} · {tempo} · {}/{}",
        counted(content.parts.len(), "part"),
        counted(notes, "note"),
        duration(content.seconds),
        metre.numerator(),
        metre.denominator()
    )
}

/// A part of a file.
struct Row<'a> {
    score: &'a Score,
    found: &'a FoundPart,
    is_melody: bool,
    is_heard: bool,
    why: Option<&'a str>,
    /// Whether there is a melody to choose.
    proposes: bool,
}

impl Row<'_> {
    fn show(&self, ui: &mut Ui, place: (usize, usize)) -> Option<Asked> {
        let theme = Theme::of(ui);
        let part = &self.score.parts[self.found.index];
        let title = widgets::part_title(part);
        let mut asked = None;
        let chosen = self.is_melody && self.proposes;
        ui.push_id(place, |ui| {
            widgets::card(ui, chosen).inner_margin(Margin::symmetric(10, 6)).show(ui, |ui| {
                ui.set_width(WIDTH - 40.0);
                ui.horizontal(|ui| {
                    widgets::outline_ticks(ui);
                    let mut wanted = self.found.wanted;
                    let tick = ui.checkbox(&mut wanted, "").accessible_name(format!("Import {title}"));
                    if tick.on_hover_text("Whether this part is imported").changed() {
                        asked = Some(Asked::Want(wanted));
                    }
                    let (rect, _) = ui.allocate_exact_size(ROLL, Sense::hover());
                    paint_cells(ui, rect, &self.found.cells, place.1);
                    let (icon, what) = if self.is_heard {
                        (Icon::Square, format!("Stop listening to {title}"))
                    } else {
                        (Icon::Play, format!("Listen to {title}"))
                    };
                    if IconButton::new(icon, &what).on(self.is_heard).show(ui).clicked() {
                        asked = Some(Asked::Listen);
                    }
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 1.0;
                        ui.label(theme::strong(shortened(&title, 34), size::BODY));
                        let range = self
                            .found
                            .range
                            .map_or(String::new(), |(low, high)| format!(" · {} to {}", low.name(), high.name()));
                        widgets::caption(
                            ui,
                            format!(
                                "{} · {}{range}",
                                widgets::instrument_name(part),
                                counted(part.notes.len(), "note")
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
                        RichText::new(format!("Suggested as the melody: {why}"))
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
            .then_some("Drums cannot be the melody")
            .or((!self.found.wanted).then_some("This part is not imported"));
        let radio = ui.add_enabled_ui(why_not.is_none(), |ui| ui.radio(self.is_melody, "Melody")).inner;
        let label = format!("Melody is {title}");
        let (enabled, chosen) = (why_not.is_none(), self.is_melody);
        radio.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, chosen, &label));
        let clicked = radio.clicked();
        match why_not {
            Some(reason) => radio.on_disabled_hover_text(reason),
            None => radio.on_hover_text("The lead part: it stays as it is when the other parts are generated"),
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
    let before = import.into_present;
    named_row(ui, "Into", |ui| {
        choice(ui, &mut import.into_present, false, "A new composition", None);
        let name = format!("“{}”", shortened(title, 30));
        choice(ui, &mut import.into_present, true, &name, None);
    });
    if import.into_present != before {
        import.propose_tempo();
    }
}

fn tempo_choice(ui: &mut Ui, import: &mut Import, present: &Score) {
    let metre = |score: &Score| {
        let metre = score.metre.metre_at(0);
        format!("{}/{}", metre.numerator(), metre.denominator())
    };
    let several = import.files.len() > 1;
    let files: Vec<(usize, String)> = import
        .readable()
        .map(|(index, file, content)| {
            let whose = if several { &file.name } else { "The file" };
            let tempo = if content.says_tempo { tempo_text(&content.score.tempo) } else { "none (120 BPM)".into() };
            (index, format!("{whose}: {tempo}, {}", metre(&content.score)))
        })
        .collect();
    named_row(ui, "Tempo", |ui| {
        ui.horizontal_wrapped(|ui| {
            // of many files the first ones are enough to choose among
            for (index, name) in files.iter().take(4) {
                choice(ui, &mut import.tempo, TempoFrom::File(*index), name, None);
            }
            let name = format!("This composition: {}, {}", tempo_text(&present.tempo), metre(present));
            choice(ui, &mut import.tempo, TempoFrom::Present, &name, None);
        });
    });
}
