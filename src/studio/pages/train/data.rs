//! What a training learns from: choosing it, looking it through beside the window, and the table of its files, whose roles can
//! be set right.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use eframe::egui::{Align, ComboBox, Label, Layout, ProgressBar, RichText, ScrollArea, Sense, TextEdit, Ui, vec2};

use crate::corpus::{self, ALL_FILES, Corrections, DatasetError, FoundRole, ReadOptions, Split, Survey, SurveyedFile};
use crate::music::Role;
use crate::studio::pages::train::setup::Setup;
use crate::studio::{
    pages::settings::{group, row},
    services::files::Purpose,
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};

/// Corpora that come with the program.
const BUILTIN: [(&str, &str); 6] = [
    ("builtin:chorale", "Chorales"),
    ("builtin:pop", "Pop"),
    ("builtin:rock", "Rock"),
    ("builtin:jazz", "Jazz"),
    ("builtin:folk-rock", "Folk rock"),
    ("builtin:symphony", "Symphony"),
];
/// Roles, as people call them.
const ROLES: [(Role, &str); 9] = [
    (Role::Melody, "Melody"),
    (Role::Bass, "Bass"),
    (Role::Drums, "Drums"),
    (Role::Chords, "Chords"),
    (Role::Pad, "Pad, strings"),
    (Role::Guitar, "Guitar"),
    (Role::Alto, "Alto"),
    (Role::Tenor, "Tenor"),
    (Role::Other, "Other"),
];
const ROW_HEIGHT: f32 = 24.0;
const TABLE_HEIGHT: f32 = 232.0;

/// A look through the data that is under way.
#[derive(Debug, Default)]
struct Scan {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
}

/// Which files the table shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Filter {
    #[default]
    All,
    Used,
    LeftOut,
}

/// What is known of the data.
#[derive(Default)]
pub(in crate::studio) struct Data {
    /// What the survey is of; looked through again when it is not what is set.
    of: Option<(String, u64)>,
    scan: Option<Arc<Scan>>,
    survey: Option<Result<Survey, String>>,
    filter: Filter,
    search: String,
    selected: Option<String>,
    everywhere: bool,
}

impl Data {
    /// Why the data cannot be trained on.
    pub fn why_not(&self) -> Option<String> {
        match &self.survey {
            Some(Err(reason)) => Some(reason.clone()),
            Some(Ok(survey)) if survey.roles.is_empty() => {
                Some("Nothing in the data has a melody and other parts".into())
            }
            _ => None, // the engine looks for itself
        }
    }

    /// How many iterations a pass over the data takes, once that is known.
    pub fn iterations_per_epoch(&self, setup: &Setup) -> Option<u64> {
        let survey = self.survey.as_ref()?.as_ref().ok()?;
        let (_, windows) = survey.windows.iter().find(|(network, _)| *network == setup.network)?;
        let batch = setup.batch.unwrap_or(setup.plan().batch).max(1);
        Some(windows.div_ceil(u64::from(batch)).max(1))
    }

    /// Looks the data through again.
    fn forget(&mut self) {
        if let Some(scan) = self.scan.take() {
            scan.cancelled.store(true, Ordering::Relaxed);
        }
        self.of = None;
    }
}

impl Studio {
    /// Looks through what is set, where that has not been done.
    fn survey_data(&mut self) {
        let wanted = (self.pages.train.setup.data.trim().to_owned(), self.pages.train.setup.seed);
        let data = &mut self.pages.train.data;
        if wanted.0.is_empty() || data.of.as_ref() == Some(&wanted) {
            return;
        }
        // while a path is being typed there is nothing to look at
        if !wanted.0.starts_with("builtin:") && !Path::new(&wanted.0).is_dir() {
            data.forget();
            data.survey = Some(Err("There is no folder of that name".into()));
            return;
        }
        data.forget();
        let scan = Arc::new(Scan::default());
        data.of = Some(wanted.clone());
        data.scan = Some(Arc::clone(&scan));
        data.selected = None;
        let cache = crate::library::paths::cache_folder().ok();
        self.services.jobs.spawn("looking through the data", move |poster| {
            let options = ReadOptions { seed: wanted.1, cache, ..ReadOptions::default() };
            let mut progress = |done: usize, total: usize| {
                scan.total.store(total, Ordering::Relaxed);
                scan.done.store(done, Ordering::Relaxed);
                if done.is_multiple_of(16) {
                    poster.ctx().request_repaint();
                }
            };
            let read = corpus::read(&wanted.0, &options, &mut progress, &|| scan.cancelled.load(Ordering::Relaxed));
            let survey = match read {
                Ok(dataset) => Some(Ok(Survey::of(&dataset))),
                Err(DatasetError::Cancelled) => None,
                Err(error) => Some(Err(error.to_string())),
            };
            poster.post(move |studio| {
                let data = &mut studio.pages.train.data;
                if data.scan.as_ref().is_some_and(|current| Arc::ptr_eq(current, &scan)) {
                    data.scan = None;
                    data.survey = survey.or(Some(Err("Looking through the data was cancelled".into())));
                }
            });
        });
    }

    /// What to learn from: the choice, and the table.
    pub(in crate::studio) fn training_data(&mut self, ui: &mut Ui) {
        self.survey_data();
        group(ui, Icon::Library, "What to learn from", |ui| {
            row(ui, "Data", "A corpus that comes along, or a folder of MIDI files", |ui| {
                ui.spacing_mut().item_spacing = vec2(4.0, space::XS);
                ui.vertical(|ui| {
                    ui.horizontal(|ui| {
                        for (data, title) in BUILTIN {
                            if ui.selectable_label(self.pages.train.setup.data == data, title).clicked() {
                                self.pages.train.setup.data = data.into();
                            }
                        }
                    });
                    ui.horizontal(|ui| {
                        let field = TextEdit::singleline(&mut self.pages.train.setup.data)
                            .desired_width(300.0)
                            .hint_text(Purpose::TrainingData.example());
                        ui.add(field).accessible_name("Training data");
                        if widgets::text_button(ui, Icon::FolderOpen, "Choose a folder…", None).clicked() {
                            self.ask(Purpose::TrainingData);
                        }
                    });
                });
            });
            ui.add_space(space::S);
            self.survey_state(ui);
        });
    }

    fn survey_state(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        if let Some(scan) = self.pages.train.data.scan.clone() {
            let (done, total) = (scan.done.load(Ordering::Relaxed), scan.total.load(Ordering::Relaxed));
            ui.horizontal(|ui| {
                let share = done as f32 / total.max(1) as f32;
                let bar = ProgressBar::new(share).desired_width(300.0).desired_height(8.0).fill(theme.accent);
                ui.add(bar.corner_radius(theme::corners(4)));
                ui.label(RichText::new(format!("Looking through the data, {done} of {total}")).color(theme.text_muted));
                if widgets::text_button(ui, Icon::X, "Cancel", None).clicked() {
                    scan.cancelled.store(true, Ordering::Relaxed);
                }
            });
            return;
        }
        match self.pages.train.data.survey.take() {
            Some(Ok(survey)) => {
                self.survey_table(ui, &survey);
                self.pages.train.data.survey.get_or_insert(Ok(survey));
            }
            Some(Err(reason)) => {
                ui.horizontal(|ui| {
                    ui.label(theme::icon(Icon::TriangleAlert).color(theme.warning));
                    ui.label(RichText::new(&reason).color(theme.text_muted));
                    if widgets::text_button(ui, Icon::RotateCcw, "Look again", None).clicked() {
                        self.pages.train.data.of = None;
                    }
                });
                self.pages.train.data.survey.get_or_insert(Err(reason));
            }
            None => {}
        }
    }

    fn survey_table(&mut self, ui: &mut Ui, survey: &Survey) {
        let theme = Theme::of(ui);
        let is_folder = !self.pages.train.setup.data.starts_with("builtin:");
        let [train, valid] = survey.pieces;
        let roles: Vec<String> = survey.roles.iter().map(|(role, count)| format!("{} {count}", title(*role))).collect();
        let left_out = survey.files.len() - survey.used();
        let files =
            if is_folder { format!("{} files used, {left_out} left out · ", survey.used()) } else { String::new() };
        let windows = survey.windows.iter().find(|(network, _)| *network == self.pages.train.setup.network);
        let windows = windows.map_or(0, |(_, windows)| *windows);
        ui.label(format!("{files}{train} pieces to learn from, {valid} held out · {windows} windows"));
        ui.label(
            RichText::new(format!("Parts besides the melody, by pieces: {}", roles.join(" · ")))
                .color(theme.text_muted),
        );
        if !is_folder {
            ui.label(
                RichText::new("Composed by rule by this program, the same for the same seed")
                    .size(size::CAPTION)
                    .color(theme.text_faint),
            );
        }
        ui.add_space(space::S);
        let data = &mut self.pages.train.data;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (filter, title) in [
                (Filter::All, format!("All {}", survey.files.len())),
                (Filter::Used, format!("Used {}", survey.used())),
                (Filter::LeftOut, format!("Left out {left_out}")),
            ] {
                ui.selectable_value(&mut data.filter, filter, title);
            }
            ui.add_space(space::S);
            let search =
                TextEdit::singleline(&mut data.search).desired_width(180.0).hint_text("Search names and reasons");
            ui.add(search).accessible_name("Search files");
            if is_folder {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if widgets::text_button(ui, Icon::RotateCcw, "Look again", None).clicked() {
                        data.forget();
                    }
                });
            }
        });
        let shown: Vec<&SurveyedFile> =
            survey.files.iter().filter(|file| matches(file, data.filter, &data.search)).collect();
        widgets::card(ui, false).fill(theme.sunken).inner_margin(4.0).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let table = ScrollArea::vertical().id_salt("files").max_height(TABLE_HEIGHT).auto_shrink([false, true]);
            table.show_rows(ui, ROW_HEIGHT, shown.len(), |ui, range| {
                for file in &shown[range] {
                    let chosen = data.selected.as_ref() == Some(&file.name);
                    if file_row(ui, file, chosen) {
                        data.selected = (!chosen).then(|| file.name.clone());
                    }
                }
            });
            if shown.is_empty() {
                widgets::caption(ui, "No file is like that");
            }
        });
        let selected = data.selected.clone();
        let file = selected.and_then(|name| survey.files.iter().find(|file| file.name == name));
        if let Some(SurveyedFile { name, outcome: Ok(used) }) = file
            && !used.tracks.is_empty()
        {
            self.file_tracks(ui, name, &used.tracks, is_folder);
        }
    }

    /// What the tracks of a file were taken for, and the way to say otherwise.
    fn file_tracks(&mut self, ui: &mut Ui, file: &str, tracks: &[FoundRole], is_folder: bool) {
        let theme = Theme::of(ui);
        let mut correction: Option<(String, Option<Option<Role>>)> = None;
        ui.add_space(space::S);
        widgets::card(ui, false).show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::outline_ticks(ui);
            ui.horizontal(|ui| {
                ui.label(theme::strong(file, size::BODY));
                if is_folder {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.checkbox(
                            &mut self.pages.train.data.everywhere,
                            "Corrections hold for tracks of the same name in all files",
                        );
                    });
                }
            });
            for (index, track) in tracks.iter().enumerate() {
                ui.horizontal(|ui| {
                    ui.allocate_ui_with_layout(
                        vec2(220.0, space::CONTROL),
                        Layout::left_to_right(Align::Center),
                        |ui| {
                            ui.set_min_width(220.0);
                            ui.add(Label::new(&track.track).truncate());
                        },
                    );
                    let by_hand = track.reason.ends_with("by hand");
                    let shown = if track.reason.starts_with("left out") { "Leave out" } else { title(track.role) };
                    let mut chosen = None;
                    ui.add_enabled_ui(is_folder && track.reason != "marked by hand", |ui| {
                        ComboBox::from_id_salt(("role", index))
                            .width(130.0)
                            .selected_text(shown)
                            .show_ui(ui, |ui| {
                                for (role, title) in ROLES {
                                    if ui.selectable_label(track.role == role && shown == title, title).clicked() {
                                        chosen = Some(Some(Some(role)));
                                    }
                                }
                                if ui.selectable_label(shown == "Leave out", "Leave out").clicked() {
                                    chosen = Some(Some(None));
                                }
                                if by_hand && ui.selectable_label(false, "As found").clicked() {
                                    chosen = Some(None);
                                }
                            })
                            .response
                            .accessible_name(format!("Role of {}", track.track))
                            .on_disabled_hover_text("The pieces that come along are what they are");
                    });
                    ui.label(RichText::new(&track.reason).color(theme.text_muted));
                    if let Some(chosen) = chosen {
                        correction = Some((track.track.clone(), chosen));
                    }
                });
            }
        });
        if let Some((track, role)) = correction {
            let file = if self.pages.train.data.everywhere { ALL_FILES } else { file };
            self.correct_role(file.to_owned(), track, role);
        }
    }

    #[expect(clippy::option_option, reason = "no correction any more, left out, or a role")]
    /// Keeps a correction in the folder and looks it through again.
    fn correct_role(&mut self, file: String, track: String, role: Option<Option<Role>>) {
        let folder = PathBuf::from(self.pages.train.setup.data.trim());
        self.services.jobs.spawn("correcting a role", move |poster| {
            let corrected = Corrections::read(&folder).and_then(|mut corrections| {
                corrections.set(&file, &track, role);
                if role.is_none() {
                    corrections.set(ALL_FILES, &track, None);
                }
                corrections.write(&folder).map_err(|error| error.to_string())
            });
            poster.post(move |studio| match corrected {
                Ok(()) => {
                    let selected = studio.pages.train.data.selected.clone();
                    studio.pages.train.data.forget();
                    studio.survey_data();
                    studio.pages.train.data.selected = selected;
                }
                Err(reason) => studio.fail(format!("The correction could not be kept: {reason}")),
            });
        });
    }
}

fn title(role: Role) -> &'static str {
    ROLES.iter().find(|(of, _)| *of == role).map_or("Other", |(_, title)| title)
}

fn matches(file: &SurveyedFile, filter: Filter, search: &str) -> bool {
    let fits = match filter {
        Filter::All => true,
        Filter::Used => file.outcome.is_ok(),
        Filter::LeftOut => file.outcome.is_err(),
    };
    let search = search.trim().to_lowercase();
    let reason = file.outcome.as_ref().err().map(String::as_str).unwrap_or_default();
    fits && (search.is_empty() || file.name.to_lowercase().contains(&search) || reason.to_lowercase().contains(&search))
}

/// One line of the table; whether it was clicked.
fn file_row(ui: &mut Ui, file: &SurveyedFile, chosen: bool) -> bool {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let (icon, color, middle, last) = match &file.outcome {
        Ok(used) => {
            let side = match used.split {
                Split::Train => "to learn from",
                Split::Valid => "held out",
            };
            let mut roles: Vec<&str> = used
                .tracks
                .iter()
                .filter(|track| !track.reason.starts_with("left out"))
                .map(|track| title(track.role))
                .collect();
            roles.dedup();
            let mut last = roles.join(" · ");
            if !used.left_out.is_empty() {
                last = format!("{last} ({})", used.left_out.join("; "));
            }
            (Icon::Check, theme.success, format!("{} bars, {side}", used.bars), last)
        }
        Err(reason) => (Icon::X, theme.warning, "left out".into(), reason.clone()),
    };
    response.widget_info(|| {
        let label = format!("{}: {middle}, {last}", file.name);
        eframe::egui::WidgetInfo::selected(eframe::egui::Role::Button, true, chosen, label)
    });
    if chosen || response.hovered() {
        let fill = if chosen { theme.accent_soft } else { theme.raised };
        ui.painter().rect_filled(rect, theme::corners(4), fill);
    }
    let clip = |left: f32, width: f32| {
        eframe::egui::Rect::from_min_size(rect.min + vec2(left, 0.0), vec2(width, rect.height()))
    };
    let name_width = (rect.width() * 0.36).max(160.0);
    let text = |left: f32, width: f32, text: &str, color| {
        let place = clip(left, width);
        ui.painter().with_clip_rect(place.intersect(ui.clip_rect())).text(
            place.left_center(),
            eframe::egui::Align2::LEFT_CENTER,
            text,
            theme::regular(size::BODY),
            color,
        );
    };
    widgets::paint_icon(ui, clip(4.0, 20.0), icon, 14.0, color);
    text(28.0, name_width - 36.0, &file.name, theme.text);
    text(name_width, 150.0, &middle, theme.text_muted);
    text(name_width + 160.0, rect.width() - name_width - 168.0, &last, theme.text_muted);
    let whole = if last.is_empty() { file.name.clone() } else { format!("{}\n{last}", file.name) };
    response.on_hover_text(whole).clicked()
}
