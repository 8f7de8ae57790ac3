//! The window that asks how files are exported, shows how far they are, and where they are. It never stops the music.

use std::ops::Range;

use eframe::egui::{self, Align, Label, Layout, ProgressBar, RichText, Role, ScrollArea, Slider, Ui, WidgetInfo};

use super::state::{ExportKind, ExportWindow, MidiChoice, MidiRange, loop_range};
use crate::{
    music::Tick,
    plural::counted,
    sound::export::{Depth, Exported, Normalised, Quality, RATES_HZ},
    studio::{
        actions::{ExportAction, FileAction},
        commands::Command,
        context::Context,
        dialogs::modal,
        services::{exports::AudioChoice, files::Purpose},
        theme::{self, Icon, Theme, size, space},
        widgets::{self, IconButton, choice, named_row},
        words,
    },
};

/// The width of what is chosen, in points.
const WIDTH: f32 = 460.0;

/// Draws the window, if it is open.
pub fn show(window: &mut ExportWindow, context: &Context<'_>, ctx: &egui::Context) {
    let Some(kind) = window.open else { return };
    let title = match kind {
        ExportKind::Audio => "Export audio",
        ExportKind::Midi => "Export parts or bars as MIDI",
        ExportKind::Page => "Export as web page",
    };
    let draw = |ui: &mut Ui| {
        ui.horizontal(|ui| {
            ui.label(theme::strong(title, size::TITLE));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if IconButton::new(Icon::X, "Close the export").show(ui).clicked() {
                    window.open = None;
                }
            });
        });
        ui.add_space(space::S);
        match kind {
            ExportKind::Audio => audio(context, ui),
            ExportKind::Midi => midi(&mut window.midi, context, ui),
            ExportKind::Page => page(context, ui),
        }
    };
    // while audio is rendered, the work goes on
    if context.services.exports.running.is_some() {
        modal::floating(ctx, title, WIDTH, draw);
    } else {
        modal::window(ctx, title, WIDTH, draw);
    }
}

fn audio(context: &Context<'_>, ui: &mut Ui) {
    let before = &context.preferences().export_audio;
    let mut now = before.clone();
    let chosen = &mut now;
    let exports = &context.services.exports;
    ui.add_enabled_ui(exports.running.is_none(), |ui| {
        format_choice(ui, chosen);
        rate_choice(ui, chosen);
        range_choice(ui, &mut chosen.loop_only, context);
        loudness_choice(ui, chosen);
        named_row(ui, "Stems", |ui| {
            widgets::outline_ticks(ui);
            ui.checkbox(&mut chosen.stems, "Also export stems").on_hover_text(STEMS);
        });
        hint(ui, STEMS);
    })
    .response
    .on_disabled_hover_text("Audio is being exported; cancel it to change this");
    let estimate = estimate(chosen, context);
    if now != *before {
        context.change_preferences(move |preferences| preferences.export_audio = now);
    }
    if let Some(warning) = silenced(context) {
        ui.label(RichText::new(warning).color(Theme::of(ui).warning));
    }
    ui.add_space(space::S);
    if shows_state(ui, context) {
        return;
    }
    if exports.done.is_none() && exports.failed.is_none() {
        widgets::caption(ui, estimate);
    }
    let why_not = context.why_not(Command::ExportAudio);
    if export_button(ui, Icon::FileAudio, why_not) {
        context.ask(FileAction::Ask(Purpose::ExportAudio));
    }
}

fn page(context: &Context<'_>, ui: &mut Ui) {
    let text = "One file that plays in any browser, even offline: the piano roll moves with the sound, and \
                each part can be muted.";
    ui.label(text);
    ui.add_space(space::S);
    if shows_state(ui, context) {
        return;
    }
    let why_not = context.why_not(Command::ExportPage);
    if export_button(ui, Icon::Globe, why_not) {
        context.ask(FileAction::Ask(Purpose::ExportPage));
    }
}

/// Shows how far an export is, or what came of the last one; says whether one is running.
fn shows_state(ui: &mut Ui, context: &Context<'_>) -> bool {
    let exports = &context.services.exports;
    if let Some(running) = &exports.running {
        ui.horizontal(|ui| {
            let share = running.share();
            let bar = ProgressBar::new(share).desired_width(WIDTH - 96.0).text(format!("{:.0}%", share * 100.0));
            ui.add(bar).widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Audio export"));
            if ui.button("Cancel").on_hover_text("Stops; no file is left behind").clicked() {
                context.ask(ExportAction::Cancel);
            }
        });
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        return true;
    }
    if let Some(done) = &exports.done {
        outcome(ui, done, context);
    } else if let Some(reason) = &exports.failed {
        ui.label(RichText::new(reason).color(Theme::of(ui).error));
    }
    false
}

/// Which parts the file would be without because they are muted or others are soloed, if there are some.
pub(in crate::studio::dialogs) fn silenced(context: &Context<'_>) -> Option<String> {
    let score = context.document.base();
    let is_left_out = |index: &usize| !score.is_audible(*index) && !score.parts[*index].notes.is_empty();
    let silent: Vec<usize> = (0..score.parts.len()).filter(is_left_out).collect();
    let muted = silent.iter().filter(|index| score.parts[**index].muted).count();
    let are = |count: usize| if count == 1 { "is" } else { "are" };
    let counted = |count| counted(count, "part");
    match (silent.len(), muted) {
        (0, _) => None,
        (all, muted) if all == muted => Some(format!("{} {} muted and will not be heard", counted(all), are(all))),
        (all, 0) => Some(format!("{} will not be heard, because others are soloed", counted(all))),
        (all, _) => Some(format!("{} {} muted or not soloed and will not be heard", counted(all), are(all))),
    }
}

/// How long and how large it becomes.
fn estimate(chosen: &AudioChoice, context: &Context<'_>) -> String {
    let score = context.document.base();
    let options = chosen.options(context.document);
    let range = options.range.unwrap_or(0..score.end());
    let seconds = score.tempo.seconds_from_tick(range.end) - score.tempo.seconds_from_tick(range.start);
    let stems = (0..score.parts.len())
        .filter(|&index| options.stems && score.is_audible(index))
        .filter(|&index| score.parts[index].notes.iter().any(|note| note.start < range.end && note.end() > range.start))
        .count();
    let bytes = options.format.estimated_bytes(seconds + 2.0, options.sample_rate_hz) * (stems as u64 + 1);
    let files = if stems == 0 { String::new() } else { format!(" in {} files", stems + 1) };
    format!("{} of music plus reverb tail, about {}{files}", words::duration(seconds), words::bytes(bytes))
}

fn range_choice(ui: &mut Ui, loop_only: &mut bool, context: &Context<'_>) {
    let range = loop_range(context.document);
    *loop_only &= range.is_some();
    named_row(ui, "Range", |ui| {
        choice(ui, loop_only, false, "Whole piece", None);
        choice(ui, loop_only, true, "Loop range", why_no_loop(context));
        bars_of(ui, range.filter(|_| *loop_only), context);
    });
}

fn midi_range(ui: &mut Ui, chosen: &mut MidiChoice, context: &Context<'_>) {
    if chosen.ticks(context.document).is_none() {
        chosen.range = MidiRange::Whole;
    }
    named_row(ui, "Range", |ui| {
        choice(ui, &mut chosen.range, MidiRange::Whole, "Whole piece", None);
        let why_not = chosen.selected.is_none().then(|| "No bars or notes are selected".to_owned());
        choice(ui, &mut chosen.range, MidiRange::Selected, "Selected bars", why_not);
        choice(ui, &mut chosen.range, MidiRange::Loop, "Loop range", why_no_loop(context));
        bars_of(ui, chosen.ticks(context.document), context);
    });
}

fn why_no_loop(context: &Context<'_>) -> Option<String> {
    let is_missing = loop_range(context.document).is_none();
    is_missing.then(|| "There is no loop: drag on the ruler to make one".to_owned())
}

/// Which bars a range is.
fn bars_of(ui: &mut Ui, range: Option<Range<Tick>>, context: &Context<'_>) {
    if let Some(range) = range {
        let metre = &context.document.base().metre;
        let bar = |tick| metre.position(tick).bar;
        widgets::caption(ui, words::bars((bar(range.start), bar(range.end.saturating_sub(1)) + 1)));
    }
}

fn midi(chosen: &mut MidiChoice, context: &Context<'_>, ui: &mut Ui) {
    let document = context.document;
    midi_range(ui, chosen, context);
    let parts = &document.base().parts;
    chosen.left_out.retain(|&index| index < parts.len());
    named_row(ui, "Parts", |ui| {
        if ui.button("All").clicked() {
            chosen.left_out.clear();
        }
        if ui.button("Current part only").on_hover_text("The part that is being edited").clicked() {
            chosen.left_out = (0..parts.len()).filter(|&index| index != document.part).collect();
        }
    });
    let first = (0..parts.len()).find(|index| !chosen.left_out.contains(index));
    let first = first.filter(|_| !std::mem::replace(&mut chosen.is_shown, true));
    widgets::scroll(ui, ScrollArea::vertical().max_height(260.0), |ui| {
        for (index, part) in parts.iter().enumerate() {
            ui.horizontal(|ui| {
                ui.add_space(widgets::NAMES);
                widgets::outline_ticks(ui);
                let mut wanted = !chosen.left_out.contains(&index);
                let ticked = ui.checkbox(&mut wanted, widgets::part_title(part));
                if first == Some(index) {
                    ticked.scroll_to_me(Some(Align::Center));
                }
                if ticked.changed() {
                    chosen.left_out.retain(|&left_out| left_out != index);
                    if !wanted {
                        chosen.left_out.push(index);
                    }
                }
            });
        }
    });
    let notes: usize = chosen.score(document).parts.iter().map(|part| part.notes.len()).sum();
    ui.add_space(space::S);
    widgets::caption(ui, format!("{}, with instruments, mix, tempo and time signature", counted(notes, "note")));
    let why_not = (notes == 0).then(|| "There are no notes in this selection".to_owned());
    if export_button(ui, Icon::FileMusic, why_not) {
        context.ask(FileAction::Ask(Purpose::ExportSomeMidi));
    }
}

/// Whether the export is to begin: by a click or by Enter.
fn export_button(ui: &mut Ui, icon: Icon, why_not: Option<String>) -> bool {
    ui.add_space(space::M);
    let entered = widgets::entered(ui) && why_not.is_none();
    widgets::primary_button(ui, icon, "Export…", why_not).clicked() || entered
}

fn format_choice(ui: &mut Ui, chosen: &mut AudioChoice) {
    named_row(ui, "Format", |ui| {
        let mut ending = chosen.format.ending();
        for format in chosen.formats {
            choice(ui, &mut ending, format.ending(), format.name(), None);
            if ending == format.ending() {
                chosen.format = format;
            }
        }
    });
    let (ending, name) = (chosen.format.ending(), chosen.format.name());
    let quality = if matches!(chosen.format.quality(), Quality::Depth(..)) { "Bit depth" } else { "Quality" };
    named_row(ui, quality, |ui| match chosen.format.quality() {
        Quality::Depth(depth, offered) => {
            for &offered in offered {
                let name = if offered == Depth::Float32 { " bit float" } else { " bit" };
                choice(ui, depth, offered, &format!("{}{name}", offered.bits()), None);
            }
        }
        Quality::Level(level) => {
            widgets::slider(ui, Slider::new(level, 0.0..=10.0).step_by(1.0).show_value(false), 180.0)
                .accessible_name(format!("Quality of {name}"));
            ui.label(format!("{level:.0} of 10"));
        }
        Quality::BitRate(kbps, offered) => {
            for &rate in offered {
                choice(ui, kbps, rate, &format!("{rate}"), None);
            }
            ui.label("kbit/s");
        }
    });
    for format in chosen.formats.iter_mut().filter(|format| format.ending() == ending) {
        *format = chosen.format;
    }
}

fn rate_choice(ui: &mut Ui, chosen: &mut AudioChoice) {
    if !chosen.format.takes_rate(chosen.sample_rate_hz) {
        chosen.sample_rate_hz = 48_000;
    }
    named_row(ui, "Sample rate", |ui| {
        for rate in RATES_HZ {
            let why_not = (!chosen.format.takes_rate(rate)).then(|| format!("{} ends at 48 kHz", chosen.format.name()));
            choice(ui, &mut chosen.sample_rate_hz, rate, &format!("{}", f64::from(rate) / 1000.0), why_not);
        }
        ui.label("kHz");
    });
}

fn loudness_choice(ui: &mut Ui, chosen: &mut AudioChoice) {
    named_row(ui, "Loudness", |ui| {
        choice(ui, &mut chosen.normalise, false, "As played", None);
        choice(ui, &mut chosen.normalise, true, "Normalise to", None);
        ui.add_enabled_ui(chosen.normalise, |ui| {
            let loudness = &mut chosen.loudness;
            let (target, ceiling) = (&mut loudness.target_lufs, &mut loudness.ceiling_dbtp);
            decibels(ui, target, -40.0..=-5.0, " LUFS", "Target loudness", LUFS);
            decibels(ui, ceiling, -12.0..=0.0, " dBTP", "True peak ceiling", TRUE_PEAK);
        });
    });
    if chosen.normalise {
        hint(ui, LUFS);
        hint(ui, TRUE_PEAK);
    }
}

const STEMS: &str = "One more file for each part that is heard, for mixing elsewhere";
const LUFS: &str = "LUFS: how loud the whole piece is to the ear. −14 suits streaming, −16 podcasts, −23 broadcast";
const TRUE_PEAK: &str = "dBTP: the highest peak that may come. A limiter keeps the sound below it, so that it never \
                         distorts";

/// What a word of the row above means, below what is chosen there.
fn hint(ui: &mut Ui, text: &str) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 0.0; // no higher than its lines
        ui.horizontal(|ui| {
            ui.add_space(widgets::NAMES);
            let color = Theme::of(ui).text_faint;
            ui.add(Label::new(RichText::new(text).size(size::CAPTION).color(color)).wrap());
        });
    });
}

fn decibels(ui: &mut Ui, value: &mut f64, range: std::ops::RangeInclusive<f64>, unit: &str, name: &str, help: &str) {
    ui.add(widgets::number_field(value).range(range).speed(0.1).max_decimals(1).suffix(unit))
        .accessible_name(name)
        .on_hover_text(help)
        .on_disabled_hover_text(format!("{help}. Choose “Normalise to” first"));
}

/// What was written: where the files are, and what was measured.
fn outcome(ui: &mut Ui, done: &Exported, context: &Context<'_>) {
    let path = &done.files[0];
    ui.horizontal(|ui| {
        ui.label(theme::icon_sized(Icon::CircleCheck, size::ICON).color(Theme::of(ui).success));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ui.label(theme::strong(words::shortened(&name, 40), size::BODY)).on_hover_text(path.display().to_string());
        if widgets::text_button(ui, Icon::FolderOpen, "Show", None).on_hover_text("Show in folder").clicked() {
            context.ask(ExportAction::ShowFolder(path.clone()));
        }
    });
    let mut facts = match &done.loudness {
        None => format!("Peak {} dBFS", words::signed(20.0 * f64::from(done.peak.max(1e-9)).log10())),
        Some(Normalised { lufs, .. }) if !lufs.is_finite() => "Silent, so not normalised".to_owned(),
        Some(Normalised { lufs, before_lufs, true_peak_dbtp, limited, .. }) => {
            let limited = if *limited { ", peaks limited" } else { "" };
            let [lufs, before, peak] = [lufs, before_lufs, true_peak_dbtp].map(|value| words::signed(*value));
            format!("{lufs} LUFS (was {before}), true peak {peak} dBTP{limited}")
        }
    };
    let stems = done.files.len() - 1;
    if stems > 0 {
        facts.push_str(" · ");
        facts.push_str(&counted(stems, "stem"));
        facts.push_str(" beside it");
    }
    let facts = widgets::caption(ui, facts);
    if done.loudness.is_some() {
        facts.on_hover_text(format!("{LUFS}\n{TRUE_PEAK}"));
    }
}
