//! The window that asks how files go out, shows how far they are, and where they lie after. It never stops the music.

use eframe::egui::{
    Align, Align2, Button, Context, DragValue, Frame, Id, Layout, ProgressBar, RichText, Role, ScrollArea, Slider,
    TextWrapMode, Ui, WidgetInfo, Window, vec2,
};

use crate::sound::export::{Depth, Exported, Format, RATES_HZ};
use crate::studio::{
    services::{
        exports::{AudioChoice, Kind},
        files::Purpose,
    },
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets::{self, IconButton},
};

/// The width of what is chosen, in points.
const WIDTH: f32 = 440.0;
/// The width of the names of the choices.
const NAMES: f32 = 96.0;

impl Studio {
    /// Draws the window, if it is open.
    pub(in crate::studio) fn show_exports(&mut self, ctx: &Context) {
        let Some(kind) = self.services.exports.open else { return };
        let title = match kind {
            Kind::Audio => "Export audio",
            Kind::Midi => "Export some as MIDI",
        };
        let style = ctx.global_style();
        let mut open = true;
        Window::new(title)
            .id(Id::unique("exports"))
            .title_bar(false)
            .auto_sized()
            .pivot(Align2::CENTER_CENTER)
            .default_pos(ctx.content_rect().center())
            .frame(Frame::popup(&style).inner_margin(space::XL))
            .show(ctx, |ui| {
                ui.set_width(WIDTH);
                ui.horizontal(|ui| {
                    ui.label(theme::strong(title, size::TITLE));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        open &= !IconButton::new(Icon::X, "Close the export").show(ui).clicked();
                    });
                });
                ui.add_space(space::S);
                match kind {
                    Kind::Audio => self.audio_export(ui),
                    Kind::Midi => self.midi_export(ui),
                }
            });
        if !open {
            self.services.exports.open = None;
        }
    }

    fn audio_export(&mut self, ui: &mut Ui) {
        let mut choice = self.services.exports.audio.clone();
        let writing = self.services.exports.running.clone();
        ui.add_enabled_ui(writing.is_none(), |ui| {
            format_choice(ui, &mut choice);
            rate_choice(ui, &mut choice);
            self.range_choice(ui, &mut choice.loop_only);
            loudness_choice(ui, &mut choice);
            setting(ui, "Stems", |ui| {
                widgets::outline_ticks(ui);
                ui.checkbox(&mut choice.stems, "A file for each part that is heard, too");
            });
        })
        .response
        .on_disabled_hover_text("The sound is being written; cancel it to choose something else");
        self.services.exports.audio = choice;
        ui.add_space(space::S);
        if let Some(running) = writing {
            ui.horizontal(|ui| {
                let share = running.share();
                let bar = ProgressBar::new(share).desired_width(WIDTH - 96.0).text(format!("{:.0} %", share * 100.0));
                ui.add(bar).widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Audio being written"));
                if ui.button("Cancel").on_hover_text("Stops; no file is left behind").clicked() {
                    running.cancel();
                }
            });
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
            return;
        }
        let mut show = None;
        if let Some(done) = &self.services.exports.done {
            show = outcome(ui, done);
        } else if let Some(reason) = &self.services.exports.failed {
            ui.label(RichText::new(reason).color(Theme::of(ui).error));
        } else {
            widgets::caption(ui, self.estimate());
        }
        if let Some(path) = show {
            self.show_folder_of(&path);
        }
        ui.add_space(space::M);
        let why_not = self.why_not(crate::studio::commands::Command::ExportAudio);
        let entered = widgets::entered(ui) && why_not.is_none();
        if widgets::primary_button(ui, Icon::FileAudio, "Export…", why_not).clicked() || entered {
            self.ask(Purpose::ExportAudio);
        }
    }

    /// How long and how large it becomes.
    fn estimate(&self) -> String {
        let seconds = self.seconds_to_export();
        let options = self.audio_options();
        let score = self.document.history.committed();
        let stems = (0..score.parts.len())
            .filter(|&index| options.stems && score.is_audible(index) && !score.parts[index].notes.is_empty())
            .count();
        let bytes = options.format.estimated_bytes(seconds + 2.0, options.sample_rate_hz) * (stems as u64 + 1);
        let files = match stems {
            0 => String::new(),
            _ => format!(" in {} files", stems + 1),
        };
        format!("{} of music and its last echo, about {}{files}", time_text(seconds), bytes_text(bytes))
    }

    fn range_choice(&mut self, ui: &mut Ui, loop_only: &mut bool) {
        let range = self.loop_range();
        *loop_only &= range.is_some();
        setting(ui, "What", |ui| {
            choose(ui, loop_only, false, "Whole piece", None);
            let why_not = range.is_none().then(|| "There is no loop: drag on the ruler to make one".to_owned());
            choose(ui, loop_only, true, "Loop range", why_not);
            if let Some(range) = range.filter(|_| *loop_only) {
                let metre = &self.document.history.committed().metre;
                let bar = |tick| metre.position(tick).bar + 1;
                widgets::caption(ui, format!("bars {} to {}", bar(range.start), bar(range.end.saturating_sub(1))));
            }
        });
    }

    fn midi_export(&mut self, ui: &mut Ui) {
        let mut choice = self.services.exports.midi.clone();
        self.range_choice(ui, &mut choice.loop_only);
        let score = std::sync::Arc::clone(self.document.history.committed());
        choice.left_out.retain(|&index| index < score.parts.len());
        setting(ui, "Parts", |ui| {
            if ui.button("All").clicked() {
                choice.left_out.clear();
            }
            if ui.button("Only the chosen one").on_hover_text("The part that is being edited").clicked() {
                choice.left_out = (0..score.parts.len()).filter(|&index| index != self.document.part).collect();
            }
        });
        ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
            for (index, part) in score.parts.iter().enumerate() {
                ui.horizontal(|ui| {
                    ui.add_space(NAMES);
                    widgets::outline_ticks(ui);
                    let mut wanted = !choice.left_out.contains(&index);
                    if ui.checkbox(&mut wanted, widgets::part_title(part, index)).changed() {
                        choice.left_out.retain(|&left_out| left_out != index);
                        if !wanted {
                            choice.left_out.push(index);
                        }
                    }
                });
            }
        });
        self.services.exports.midi = choice;
        let some = self.chosen_midi();
        let notes: usize = some.parts.iter().map(|part| part.notes.len()).sum();
        ui.add_space(space::S);
        widgets::caption(
            ui,
            format!(
                "{} notes, with instruments, mix, tempo and metre",
                crate::studio::dialogs::import_window::thousands(notes)
            ),
        );
        ui.add_space(space::M);
        let why_not = (notes == 0).then(|| "There are no notes in what is chosen".to_owned());
        let entered = widgets::entered(ui) && why_not.is_none();
        if widgets::primary_button(ui, Icon::FileMusic, "Export…", why_not).clicked() || entered {
            self.ask(Purpose::ExportSomeMidi);
        }
    }
}

fn format_choice(ui: &mut Ui, choice: &mut AudioChoice) {
    setting(ui, "Format", |ui| {
        let formats = [
            Format::Wav(choice.wav_depth),
            Format::Flac(choice.flac_depth),
            Format::Ogg { quality: choice.ogg_quality },
            Format::Mp3 { kbps: choice.mp3_kbps },
        ];
        let mut ending = choice.format.ending();
        for format in formats {
            choose(ui, &mut ending, format.ending(), format.name(), None);
            if ending == format.ending() {
                choice.format = format;
            }
        }
    });
    setting(ui, "Quality", |ui| match &mut choice.format {
        Format::Wav(depth) => {
            choose(ui, depth, Depth::Bits16, "16 bit", None);
            choose(ui, depth, Depth::Bits24, "24 bit", None);
            choose(ui, depth, Depth::Float32, "32 bit float", None);
            choice.wav_depth = *depth;
        }
        Format::Flac(depth) => {
            choose(ui, depth, Depth::Bits16, "16 bit", None);
            choose(ui, depth, Depth::Bits24, "24 bit", None);
            choice.flac_depth = *depth;
        }
        Format::Ogg { quality } => {
            widgets::slider(ui, Slider::new(quality, 0.0..=10.0).step_by(1.0).show_value(false), 180.0)
                .accessible_name("Quality of Ogg Vorbis");
            ui.label(format!("{quality:.0} of 10"));
            choice.ogg_quality = *quality;
        }
        Format::Mp3 { kbps } => {
            for rate in Format::MP3_KBPS {
                choose(ui, kbps, rate, &format!("{rate}"), None);
            }
            ui.label("kbit/s");
            choice.mp3_kbps = *kbps;
        }
    });
}

fn rate_choice(ui: &mut Ui, choice: &mut AudioChoice) {
    if !choice.format.takes_rate(choice.sample_rate_hz) {
        choice.sample_rate_hz = 48_000;
    }
    setting(ui, "Sample rate", |ui| {
        for rate in RATES_HZ {
            let why_not = (!choice.format.takes_rate(rate)).then(|| format!("{} ends at 48 kHz", choice.format.name()));
            choose(ui, &mut choice.sample_rate_hz, rate, &format!("{}", f64::from(rate) / 1000.0), why_not);
        }
        ui.label("kHz");
    });
}

fn loudness_choice(ui: &mut Ui, choice: &mut AudioChoice) {
    setting(ui, "Loudness", |ui| {
        choose(ui, &mut choice.normalise, false, "As it plays", None);
        choose(ui, &mut choice.normalise, true, "Brought to", None);
        ui.add_enabled_ui(choice.normalise, |ui| {
            let loudness = &mut choice.loudness;
            ui.add(
                DragValue::new(&mut loudness.target_lufs)
                    .range(-40.0..=-5.0)
                    .speed(0.1)
                    .max_decimals(1)
                    .suffix(" LUFS"),
            )
            .accessible_name("Loudness to reach")
            .on_hover_text("-14 for streaming, -16 for podcasts, -23 for broadcast")
            .on_disabled_hover_text("It is written as loud as it plays");
            ui.add(
                DragValue::new(&mut loudness.ceiling_dbtp)
                    .range(-12.0..=0.0)
                    .speed(0.1)
                    .max_decimals(1)
                    .suffix(" dBTP"),
            )
            .accessible_name("True peak to stay below")
            .on_hover_text("No true peak goes above this; a limiter holds down what would")
            .on_disabled_hover_text("It is written as loud as it plays");
        });
    });
}

/// What was written: the files' place, and what was measured. Says which folder is to be shown.
fn outcome(ui: &mut Ui, done: &Exported) -> Option<std::path::PathBuf> {
    let theme = Theme::of(ui);
    let mut show = None;
    let path = &done.files[0];
    ui.horizontal(|ui| {
        ui.label(theme::icon_sized(Icon::CircleCheck, size::ICON).color(theme.success));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ui.label(theme::strong(crate::studio::status_bar::shortened(&name, 40), size::BODY))
            .on_hover_text(path.display().to_string());
        if widgets::text_button(ui, Icon::FolderOpen, "Show", None).on_hover_text("Shows its folder").clicked() {
            show = Some(path.clone());
        }
    });
    let mut facts = Vec::new();
    if let Some(found) = &done.loudness {
        if found.lufs.is_finite() {
            facts.push(format!(
                "{:.1} LUFS (it was {:.1}), true peak {:.1} dBTP{}",
                found.lufs,
                found.before_lufs,
                found.true_peak_dbtp,
                if found.limited { ", peaks held down" } else { "" }
            ));
        } else {
            facts.push("It is silent, so its loudness is as it was".to_owned());
        }
    } else {
        facts.push(format!("Peak {:.1} dBFS", 20.0 * f64::from(done.peak.max(1e-9)).log10()));
    }
    match done.files.len() - 1 {
        0 => {}
        1 => facts.push("one stem beside it".into()),
        stems => facts.push(format!("{stems} stems beside it")),
    }
    widgets::caption(ui, facts.join(" · "));
    show
}

/// A named row.
pub(in crate::studio) fn setting(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(space::CONTROL);
        let (rect, _) = ui.allocate_exact_size(vec2(NAMES - space::S, space::CONTROL), eframe::egui::Sense::hover());
        let color = Theme::of(ui).text_muted;
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, name, theme::regular(size::BODY), color);
        add(ui);
    });
}

/// One of several, side by side.
pub(in crate::studio) fn choose<T: PartialEq>(ui: &mut Ui, now: &mut T, value: T, name: &str, why_not: Option<String>) {
    let button = Button::selectable(*now == value, name).wrap_mode(TextWrapMode::Extend);
    let response = ui.add_enabled(why_not.is_none(), button);
    if response.clicked() {
        *now = value;
    }
    if let Some(reason) = why_not {
        response.on_disabled_hover_text(reason);
    }
}

/// Minutes and seconds, such as `3:07`.
pub(in crate::studio) fn time_text(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn bytes_text(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sizes_read_as_people_write_them() {
        assert_eq!([0.4, 59.6, 3725.0].map(time_text), ["0:00", "1:00", "1:02:05"]);
        assert_eq!([10, 1_234_567, 3_000_000_000].map(bytes_text), ["1 kB", "1.2 MB", "3.0 GB"]);
    }
}
