//! The bar with the transport: where the music is, how fast, in what metre and key, and how loud.

mod recording_menu;

use eframe::egui::{
    Align, Align2, ComboBox, DragValue, Layout, Rect, RichText, Role, Sense, Slider, Stroke, Ui, WidgetInfo, vec2,
};

use crate::music::{Key, KeyChange, Metre, Mode, Score, key};
use crate::studio::{
    commands::Command,
    services::{midi_learn::Turned, preferences::Preferences},
    state::Studio,
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton},
};

/// How wide a window must be for the bar in one row, in points.
const ONE_ROW: f32 = 1190.0;
/// What the master fader and the limiter's lamp take, in points.
const MASTER_WITHOUT_METER: f32 = 112.0;

/// The metres offered; files may bring others.
const METRES: [(u8, u8); 8] = [(4, 4), (3, 4), (2, 4), (2, 2), (5, 4), (6, 8), (9, 8), (12, 8)];

impl Studio {
    /// How high the bar is for a window of that width: it takes a second row where one is not enough.
    pub(in crate::studio) fn transport_height(width: f32) -> f32 {
        if width < ONE_ROW { 108.0 } else { 60.0 }
    }

    pub(in crate::studio) fn transport_bar(&mut self, ui: &mut Ui) {
        if ui.ctx().content_rect().width() >= ONE_ROW {
            ui.horizontal_centered(|ui| {
                self.playing_controls(ui);
                ui.add_space(space::S);
                self.score_controls(ui);
            });
        } else {
            ui.spacing_mut().item_spacing.y = space::XS;
            for row in [Self::playing_controls, Self::score_controls] {
                let size = vec2(ui.available_width(), 44.0);
                ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| row(self, ui));
            }
        }
    }

    /// Undo, playing and recording, and where the music is.
    fn playing_controls(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.spacing_mut().item_spacing.x = space::XS;
        let large = |icon, name| IconButton::new(icon, name).sized(36.0, size::ICON_LARGE);
        self.command_with(ui, Command::Undo, IconButton::new(Icon::Undo2, "Undo"));
        self.command_with(ui, Command::Redo, IconButton::new(Icon::Redo2, "Redo"));
        divider(ui);
        self.command_with(ui, Command::ToStart, large(Icon::SkipBack, "To the start"));
        let playing = self.is_playing();
        let (icon, name) = if playing { (Icon::Pause, "Pause") } else { (Icon::Play, "Play") };
        self.command_with(ui, Command::PlayPause, large(icon, name).tint(theme.play).on(playing).framed());
        self.command_with(ui, Command::Stop, large(Icon::Square, "Stop"));
        let recording = self.document.recording.is_some();
        self.command_with(ui, Command::Record, large(Icon::Circle, "Record").tint(theme.record).on(recording));
        self.recording_menu(ui);
        ui.add_space(space::S);
        self.clock(ui);
    }

    /// Tempo, metre and key, loop and click, and how loud the whole is.
    fn score_controls(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.x = space::XS;
        self.tempo(ui);
        self.metre(ui);
        self.key(ui);
        divider(ui);
        let looping = self.document.transport.looping;
        self.command_with(ui, Command::ToggleLoop, IconButton::new(Icon::Repeat, "Loop").on(looping));
        let metronome = self.services.preferences.metronome;
        self.command_with(ui, Command::ToggleMetronome, IconButton::new(Icon::Metronome, "Metronome").on(metronome));
        self.count_in(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            self.command_icon(ui, Command::Panic);
            ui.add_space(space::XS);
            self.master(ui);
        });
    }

    /// Bar and beat, and the time, large enough to read from the keyboard.
    fn clock(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let position = self.services.sound.position();
        let score = self.score();
        let tick = position.tick.max(0.0) as u32;
        let at = score.metre.position(tick);
        let seconds = score.tempo.seconds_from_tick(tick);
        let (rect, response) = ui.allocate_exact_size(vec2(168.0, 40.0), Sense::hover());
        let (bars, time, color) = match position.count_in_beats_left {
            Some(beats) => (format!("− {beats}"), "counting in".to_owned(), theme.record),
            None => (
                format!("{} : {}", at.bar + 1, at.beat + 1),
                format!("{:.0}:{:04.1}", (seconds / 60.0).floor(), seconds % 60.0),
                if self.document.recording.is_some() { theme.record } else { theme.text },
            ),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Position: bar {bars}, {time}")));
        ui.painter().rect_filled(rect, theme::corners(radius::M), theme.sunken);
        ui.painter().rect_stroke(
            rect,
            theme::corners(radius::M),
            Stroke::new(1.0, theme.border),
            eframe::egui::StrokeKind::Inside,
        );
        let middle = rect.left() + 84.0;
        ui.painter().text(
            eframe::egui::pos2(middle - 10.0, rect.center().y),
            Align2::RIGHT_CENTER,
            &bars,
            // a thousand bars have room, too
            theme::bold(size::DISPLAY * (6.0 / bars.chars().count() as f32).min(1.0)),
            color,
        );
        ui.painter().text(
            eframe::egui::pos2(rect.right() - 12.0, rect.center().y + 1.0),
            Align2::RIGHT_CENTER,
            time,
            theme::regular(size::BODY),
            theme.text_muted,
        );
        response.on_hover_text("Bar and beat, and the time from the start");
    }

    fn tempo(&mut self, ui: &mut Ui) {
        let mut qpm = self.score().tempo.qpm_at(self.playhead());
        let shown = qpm;
        field(ui, "Tempo", |ui| {
            let drag = ui
                .add(DragValue::new(&mut qpm).range(20.0..=300.0).speed(0.25).max_decimals(1).suffix(" bpm"))
                .accessible_name("Tempo")
                .on_hover_text("Drag or type; tap with B");
            self.learn_menu(&drag, Turned::Tempo);
            let changed = drag.changed() && (qpm - shown).abs() > 0.01;
            if changed && drag.dragged() {
                self.preview_tempo(qpm);
            } else if changed {
                self.set_tempo(qpm);
            }
            if drag.drag_stopped() {
                self.document.history.commit_preview("Tempo");
            }
        });
    }

    fn metre(&mut self, ui: &mut Ui) {
        let playhead = self.playhead();
        let metre = self.document.history.committed().metre.metre_at(playhead);
        field(ui, "Metre", |ui| {
            let text = |metre: Metre| format!("{}/{}", metre.numerator(), metre.denominator());
            let response = ComboBox::from_id_salt("metre").width(58.0).selected_text(text(metre)).show_ui(ui, |ui| {
                for other in METRES.iter().filter_map(|&(numerator, denominator)| Metre::new(numerator, denominator)) {
                    if ui.selectable_label(other == metre, text(other)).clicked() && other != metre {
                        self.keep_audition();
                        self.document
                            .history
                            .edit("Time signature", |score| score.metre = score.metre.with_metre_at(playhead, other));
                    }
                }
            });
            response.response.accessible_name("Time signature");
        });
    }

    fn key(&mut self, ui: &mut Ui) {
        let said = self.document.history.committed().keys.first().map(|change| change.key);
        let shown = match said {
            Some(key) => key_name(key),
            None => self.found_key().map_or_else(|| "No key".to_owned(), |key| format!("{} (found)", key_name(key))),
        };
        field(ui, "Key", |ui| {
            let response = ComboBox::from_id_salt("key").width(140.0).selected_text(shown).show_ui(ui, |ui| {
                if ui.selectable_label(said.is_none(), "Found from the notes").clicked() {
                    self.set_key(None);
                }
                for mode in [Mode::Major, Mode::Minor] {
                    for tonic in 0..12 {
                        let key = Key { tonic, mode };
                        if ui.selectable_label(said == Some(key), key_name(key)).clicked() {
                            self.set_key(Some(key));
                        }
                    }
                }
            });
            response.response.accessible_name("Key");
        });
    }

    fn set_key(&mut self, key: Option<Key>) {
        self.keep_audition();
        self.document.history.edit("Key", |score| {
            score.keys = key.map(|key| KeyChange { tick: 0, key }).into_iter().collect();
        });
    }

    /// The key that is said, or that the notes suggest.
    pub(in crate::studio) fn found_key(&mut self) -> Option<Key> {
        let revision = self.document.history.revision();
        if self.pages.compose.editor.found_key.0 != Some(revision) {
            let score = self.document.history.committed();
            let notes = score.parts.iter().filter(|part| !part.is_drum).flat_map(|part| &part.notes);
            let found = score.keys.first().map(|change| change.key).or_else(|| key::detect(notes));
            self.pages.compose.editor.found_key = (Some(revision), found);
        }
        self.pages.compose.editor.found_key.1
    }

    fn count_in(&mut self, ui: &mut Ui) {
        let bars = self.services.preferences.count_in_bars;
        let name = match bars {
            0 => "No count-in".to_owned(),
            1 => "1 bar count-in".to_owned(),
            bars => format!("{bars} bars count-in"),
        };
        let theme = Theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(40.0, space::CONTROL), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Count-in"));
        if response.hovered() {
            ui.painter().rect_filled(rect, theme::corners(radius::M), theme.raised_hover);
        } else if bars > 0 {
            ui.painter().rect_filled(rect, theme::corners(radius::M), Theme::mix(theme.surface, theme.accent, 0.16));
        }
        widgets::focus_ring(ui, &response, rect);
        let color = if bars > 0 { theme.accent } else { theme.text_muted };
        let (left, right) = rect.split_left_right_at_fraction(0.55);
        widgets::paint_icon(ui, left.translate(vec2(2.0, 0.0)), Icon::Timer, size::ICON, color);
        ui.painter().text(
            Rect::from_min_max(right.min, right.max).center() - vec2(1.0, 0.0),
            Align2::CENTER_CENTER,
            bars,
            theme::bold(size::CAPTION),
            color,
        );
        if response.on_hover_text(format!("{name} before recording; click for 0, 1 or 2 bars")).clicked() {
            self.change_preferences(|preferences: &mut Preferences| preferences.count_in_bars = (bars + 1) % 3);
        }
    }

    fn master_volume(&mut self, ui: &mut Ui) {
        let now = self.score().volume;
        let mut volume = now;
        let slider = Slider::new(&mut volume, 0..=127).show_value(false);
        let gain_db = 40.0 * (f32::from(now) / 127.0).log10();
        let hover = match now {
            0 => "Volume of the whole: silent".to_owned(),
            _ => format!("Volume of the whole: {gain_db:.1} dB; double click for 0"),
        };
        let response = widgets::slider(ui, slider, 56.0).accessible_name("Volume of the whole").on_hover_text(hover);
        self.learn_menu(&response, Turned::Volume);
        if response.double_clicked() {
            volume = 127;
        }
        if volume != now {
            self.keep_audition();
            let score = Score { volume, ..Score::clone(self.score()) };
            if response.dragged() {
                self.document.history.preview(score);
            } else {
                self.document.history.commit("Volume of the whole", score);
            }
        }
        if response.drag_stopped() {
            self.document.history.commit_preview("Volume of the whole");
        }
    }

    fn master(&mut self, ui: &mut Ui) {
        let peaks = self.services.sound.peaks();
        let turned_down = if peaks.limiter_gain > 0.0 { peaks.limiter_gain } else { 1.0 };
        let room = ui.available_width() - MASTER_WITHOUT_METER;
        if room >= 30.0 {
            widgets::level_meter(ui, "Level of the whole", peaks.master, vec2(room.min(80.0), 13.0));
            ui.add_space(space::XS);
        }
        self.master_volume(ui);
        let lamp_size = vec2(26.0, 16.0);
        if ui.available_width() < lamp_size.x + space::M {
            return; // in a narrow window the fader goes before
        }
        let theme = Theme::of(ui);
        let (lamp, response) = ui.allocate_exact_size(lamp_size, Sense::hover());
        let active = turned_down < 0.99;
        response.widget_info(|| WidgetInfo::selected(Role::Label, true, active, "Limiter"));
        if active {
            ui.painter().rect_filled(lamp, theme::corners(radius::S), theme.warning);
        }
        let color = if active { theme.on(theme.warning) } else { theme.text_faint };
        ui.painter().text(lamp.center(), Align2::CENTER_CENTER, "LIM", theme::bold(10.0), color);
        let db = 20.0 * turned_down.log10();
        response.on_hover_text(if active {
            format!("The limiter turns the whole down by {:.1} dB: it would be too loud", -db)
        } else {
            "Limiter idle: nothing is too loud".to_owned()
        });
    }
}

/// A key's name in letters that the fonts have: there is no flat sign among them.
fn key_name(key: Key) -> String {
    key.name().replace('♭', " flat").replace('♯', " sharp")
}

/// A small label above a control.
fn field(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().button_padding.y = 2.0;
        ui.label(RichText::new(name).size(10.0).color(Theme::of(ui).text_faint));
        add(ui);
    });
    ui.add_space(space::XS);
}

fn divider(ui: &mut Ui) {
    let theme = Theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(13.0, 28.0), Sense::hover());
    ui.painter().vline(rect.center().x, rect.y_range(), theme.hairline());
}
