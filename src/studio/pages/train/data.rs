//! What a training learns from: choosing it, and the table of its files, whose roles can be set right.

use std::path::PathBuf;

use eframe::egui::{
    Align, Align2, ComboBox, Label, Layout, ProgressBar, Rect, RichText, Role as UiRole, ScrollArea, Sense, TextEdit,
    Ui, WidgetInfo, vec2,
};

use super::state::TrainPage;
use super::survey::{FileTable, Filter};
use crate::corpus::{ALL_FILES, FoundRole, Split, Survey, SurveyedFile};
use crate::music::Role;
use crate::plural::{counted, thousands};
use crate::studio::services::training::setup::Setup;
use crate::studio::{
    actions::{FileAction, TrainAction},
    context::Context,
    explanations::{Topic, help},
    services::{
        files::Purpose,
        training::data::{BUILTIN, Correction, SaidRole, Scan, is_folder},
    },
    theme::{self, Icon, Theme, size, space},
    widgets::{
        self,
        form::{group, row_with},
    },
};

/// Roles, as people call them.
const ROLES: [(Role, &str); 9] = [
    (Role::Melody, "Melody"),
    (Role::Bass, "Bass"),
    (Role::Drums, "Drums"),
    (Role::Chords, "Chords"),
    (Role::Pad, "Pad"),
    (Role::Guitar, "Guitar"),
    (Role::Alto, "Alto"),
    (Role::Tenor, "Tenor"),
    (Role::Other, "Other"),
];
const ROW_HEIGHT: f32 = 24.0;
const TABLE_HEIGHT: f32 = 232.0;
/// How high what is known of the data is: it takes this room while it is being looked for, too.
const SURVEY_HEIGHT: f32 = 112.0;

/// The training data: the choice, and the table.
pub fn training_data(page: &mut TrainPage, context: &Context<'_>, ui: &mut Ui) {
    if let Some(scan) = page.data.scan(&page.setup) {
        context.ask(TrainAction::Scan(scan));
    }
    group(ui, Icon::Library, "Training data", |ui| {
        let beside = |ui: &mut Ui| drop(help(ui, Topic::Data));
        row_with(ui, "Data", "A built-in corpus, or a folder of MIDI files", beside, |ui| {
            ui.spacing_mut().item_spacing = vec2(4.0, space::XS);
            ui.vertical(|ui| {
                ui.horizontal_wrapped(|ui| {
                    for (data, title) in BUILTIN {
                        if ui.add(widgets::choice_button(page.setup.data == data, title)).clicked() {
                            page.setup.data = data.into();
                        }
                    }
                });
                ui.horizontal_wrapped(|ui| {
                    // a built-in corpus has no path
                    let builtin = BUILTIN.iter().find(|(data, _)| *data == page.setup.data);
                    let mut path = if builtin.is_some() { String::new() } else { page.setup.data.clone() };
                    let hint = match builtin {
                        Some((_, title)) => format!("{title} (built-in), or a folder’s path"),
                        None => Purpose::TrainingData.asking().example.to_owned(),
                    };
                    let field =
                        TextEdit::singleline(&mut path).desired_width(ui.available_width().min(300.0)).hint_text(hint);
                    if widgets::text_field(ui, field).accessible_name("Training data").changed() {
                        page.setup.data = path;
                    }
                    if widgets::text_button(ui, Icon::FolderOpen, "Choose a folder…", None).clicked() {
                        context.ask(FileAction::Ask(Purpose::TrainingData));
                    }
                });
            });
        });
        ui.add_space(space::S);
        ui.vertical(|ui| {
            ui.set_min_height(SURVEY_HEIGHT);
            survey_state(page, context, ui);
        });
    });
}

fn survey_state(page: &mut TrainPage, context: &Context<'_>, ui: &mut Ui) {
    let is_known = page.data.found(&page.setup).is_some();
    let scan = page.data.scanning().cloned();
    let refresh = match (&page.data.survey, scan.as_deref()) {
        // what was found keeps its place while data are looked through again
        (Some(Ok(survey)), scan) => {
            line(ui, |ui| match scan {
                Some(scan) => scan_progress(scan, ui),
                None => drop(ui.label(counts(survey, &page.setup))),
            });
            let (table, setup) = (&mut page.data.table, &page.setup);
            let of_data = ui.add_enabled_ui(is_known, |ui| {
                let refresh = survey_table(table, survey, setup, ui);
                if table.is_open {
                    selected_tracks(table, survey, setup, context, ui);
                }
                refresh
            });
            of_data.inner
        }
        (_, Some(scan)) => {
            line(ui, |ui| scan_progress(scan, ui));
            false
        }
        (Some(Err(reason)), None) => line(ui, |ui| {
            let theme = Theme::of(ui);
            ui.label(theme::icon(Icon::TriangleAlert).color(theme.warning));
            ui.label(RichText::new(reason).color(theme.text_muted));
            widgets::text_button(ui, Icon::RotateCcw, "Refresh", None).clicked()
        }),
        (None, None) => false,
    };
    if refresh {
        page.data.forget();
    }
}

/// A line of a height of its own, so that what it says moves nothing below.
fn line<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), space::CONTROL);
    let line = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        add(ui)
    });
    line.inner
}

fn scan_progress(scan: &Scan, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let (done, total) = scan.progress();
    let share = done as f32 / total.max(1) as f32;
    let bar = ProgressBar::new(share)
        .desired_width((ui.available_width() * 0.4).min(300.0))
        .desired_height(8.0)
        .fill(theme.accent);
    ui.add(bar.corner_radius(theme::corners(4)));
    if widgets::text_button(ui, Icon::X, "Cancel", None).clicked() {
        scan.cancel();
    }
    let words = format!("Scanning the data, {} of {}", thousands(done), thousands(total));
    ui.add(Label::new(RichText::new(words).color(theme.text_muted)).truncate());
}

/// How much music there is.
fn counts(survey: &Survey, setup: &Setup) -> String {
    let [train, valid] = survey.pieces;
    let files = if is_folder(&setup.data) {
        let left_out = survey.files.len() - survey.used();
        format!("{} used, {left_out} left out · ", counted(survey.used(), "file"))
    } else {
        String::new()
    };
    let passages = survey.windows.iter().find(|(network, _)| *network == setup.network);
    let passages = counted(passages.map_or(0, |(_, passages)| *passages) as usize, "passage");
    format!("{files}{} for training, {valid} held out · {passages}", counted(train, "piece"))
}

/// The table of files; whether the data are to be looked through again.
fn survey_table(table: &mut FileTable, survey: &Survey, setup: &Setup, ui: &mut Ui) -> bool {
    let theme = Theme::of(ui);
    let is_folder = is_folder(&setup.data);
    let roles: Vec<String> =
        survey.roles.iter().map(|(role, count)| format!("{} {}", survey.part_name(*role), thousands(*count))).collect();
    let left_out = survey.files.len() - survey.used();
    ui.label(
        RichText::new(format!(
            "Parts besides the melody, as the model will call them, by pieces: {}",
            roles.join(" · ")
        ))
        .color(theme.text_muted),
    );
    if survey.swung > 0 {
        let all: usize = survey.pieces.iter().sum();
        let model = if survey.swung * 2 > all { "the model swings too" } else { "the model plays straight" };
        let swung = format!(
            "{} of {} swing; they are learned as straight eighths, and {model}",
            survey.swung,
            counted(all, "piece")
        );
        ui.label(RichText::new(swung).color(theme.text_muted));
    }
    if !is_folder {
        ui.label(
            RichText::new("Composed by rules in Cantus; the same seed gives the same pieces")
                .size(size::CAPTION)
                .color(theme.text_faint),
        );
    }
    let (icon, words) =
        if table.is_open { (Icon::ChevronDown, "Hide the pieces") } else { (Icon::ChevronRight, "Show the pieces") };
    ui.horizontal(|ui| {
        if widgets::text_button(ui, icon, words, None).clicked() {
            table.is_open = !table.is_open;
        }
        if is_folder && left_out > 0 && !table.is_open {
            widgets::caption(ui, format!("with the reasons why {} left out", counted_were(left_out)));
        }
    });
    if !table.is_open {
        return false;
    }
    ui.add_space(space::S);
    let mut refresh = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (filter, title) in [
            (Filter::All, format!("All {}", survey.files.len())),
            (Filter::Used, format!("Used {}", survey.used())),
            (Filter::LeftOut, format!("Left out {left_out}")),
        ] {
            widgets::choice(ui, &mut table.filter, filter, &title, None);
        }
        ui.add_space(space::S);
        let search = TextEdit::singleline(&mut table.search).desired_width(220.0).hint_text("Search names and reasons");
        widgets::text_field(ui, search).accessible_name("Search files");
        if is_folder {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                refresh = widgets::text_button(ui, Icon::RotateCcw, "Refresh", None).clicked();
            });
        }
    });
    if table.filter == Filter::LeftOut {
        for (reason, files) in &survey.reasons {
            widgets::caption(ui, format!("{}: {reason}", counted(*files, "file")));
        }
    }
    let shown: Vec<&SurveyedFile> = survey.files.iter().filter(|file| table.shows(file)).collect();
    widgets::card(ui, false).fill(theme.sunken).inner_margin(4.0).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        let rows = ScrollArea::vertical()
            .id_salt("files")
            .max_height(TABLE_HEIGHT)
            .min_scrolled_height(TABLE_HEIGHT)
            .auto_shrink(false);
        widgets::scroll_rows(ui, rows, ROW_HEIGHT, shown.len(), |ui, range| {
            for file in &shown[range] {
                let chosen = table.selected.as_ref() == Some(&file.name);
                if file_row(ui, file, chosen) {
                    table.selected = (!chosen).then(|| file.name.clone());
                }
            }
        });
        if shown.is_empty() {
            widgets::caption(ui, "No matching file");
        }
    });
    refresh
}

/// What the tracks of a file were taken for, and the way to say otherwise.
fn selected_tracks(table: &mut FileTable, survey: &Survey, setup: &Setup, context: &Context<'_>, ui: &mut Ui) {
    let selected = survey.files.iter().find(|file| table.selected.as_ref() == Some(&file.name));
    let Some(SurveyedFile { name: file, outcome: Ok(used), .. }) = selected else { return };
    if used.tracks.is_empty() {
        return;
    }
    let is_folder = is_folder(&setup.data);
    ui.add_space(space::S);
    widgets::card(ui, false).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::outline_ticks(ui);
        ui.horizontal(|ui| {
            ui.label(theme::strong(file, size::BODY));
            if is_folder {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.checkbox(&mut table.everywhere, "Corrections hold for tracks of the same name in all files");
                });
            }
        });
        for (index, track) in used.tracks.iter().enumerate() {
            if let Some(role) = track_row(index, track, is_folder, ui) {
                context.ask(TrainAction::Correct(Correction {
                    folder: PathBuf::from(setup.data.trim()),
                    file: if table.everywhere { ALL_FILES } else { file }.to_owned(),
                    track: track.track.clone(),
                    role,
                }));
            }
        }
    });
}

/// What a track was taken for; what it is to be instead.
fn track_row(index: usize, track: &FoundRole, is_folder: bool, ui: &mut Ui) -> Option<SaidRole> {
    let theme = Theme::of(ui);
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(vec2(220.0, space::CONTROL), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(220.0);
            ui.add(Label::new(&track.track).truncate());
        });
        let is_left_out = track.reason.starts_with("left out");
        ui.add_enabled_ui(is_folder && track.reason != "marked by hand", |ui| {
            ComboBox::from_id_salt(("role", index))
                .width(130.0)
                .selected_text(if is_left_out { "Leave out" } else { title(track.role) })
                .show_ui(ui, |ui| {
                    for (role, title) in ROLES {
                        if widgets::list_item(ui, track.role == role && !is_left_out, title).clicked() {
                            chosen = Some(SaidRole::Is(role));
                        }
                    }
                    if widgets::list_item(ui, is_left_out, "Leave out").clicked() {
                        chosen = Some(SaidRole::LeaveOut);
                    }
                    if track.reason.ends_with("by hand") && widgets::list_item(ui, false, "As found").clicked() {
                        chosen = Some(SaidRole::AsFound);
                    }
                })
                .response
                .accessible_name(format!("Role of {}", track.track))
                .on_disabled_hover_text("The roles of built-in pieces can't be changed");
        });
        ui.label(RichText::new(&track.reason).color(theme.text_muted));
    });
    chosen
}

/// `1 file was`, `3 files were`.
fn counted_were(files: usize) -> String {
    format!("{} {}", counted(files, "file"), if files == 1 { "was" } else { "were" })
}

fn title(role: Role) -> &'static str {
    ROLES.iter().find(|(of, _)| *of == role).map_or("Other", |(_, title)| title)
}

/// One line of the table; whether it was clicked.
fn file_row(ui: &mut Ui, file: &SurveyedFile, chosen: bool) -> bool {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let (icon, color, middle, last) = match &file.outcome {
        Ok(used) => {
            let side = match used.split {
                Split::Train => "training",
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
        let label = format!("{}: {middle}, {last}", file.file);
        WidgetInfo::selected(UiRole::Button, true, chosen, label)
    });
    if chosen || response.hovered() {
        let fill = if chosen { theme.accent_soft } else { theme.raised };
        ui.painter().rect_filled(rect, theme::corners(4), fill);
    }
    widgets::focus_ring(ui, &response, rect);
    let clip = |left: f32, width: f32| Rect::from_min_size(rect.min + vec2(left, 0.0), vec2(width, rect.height()));
    let name_width = (rect.width() * 0.36).max(160.0);
    let text = |left: f32, width: f32, text: &str, color| {
        let place = clip(left, width);
        ui.painter().with_clip_rect(place.intersect(ui.clip_rect())).text(
            place.left_center(),
            Align2::LEFT_CENTER,
            text,
            theme::regular(size::BODY),
            color,
        );
    };
    widgets::paint_icon(ui, clip(4.0, 20.0), icon, 14.0, color);
    text(28.0, name_width - 36.0, &file.file, theme.text);
    text(name_width, 150.0, &middle, theme.text_muted);
    text(name_width + 160.0, rect.width() - name_width - 168.0, &last, theme.text_muted);
    let whole = if last.is_empty() { file.file.clone() } else { format!("{}\n{last}", file.file) };
    response.on_hover_text(whole).clicked()
}
