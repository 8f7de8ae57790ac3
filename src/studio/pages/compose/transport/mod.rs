//! The bar with the transport: where the music is, how fast, in what metre and key, and how loud.

mod recording_menu;

use eframe::egui::{
    Align, Align2, ComboBox, Layout, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{master, midi_learn_menu::midi_learn_menu, parts::mix::Fader};
use crate::{
    music::{Key, KeyChange, Metre, Mode, Tick, edit::MarkKind},
    studio::{
        commands::{
            Command,
            buttons::{command_button, command_icon},
        },
        context::Context,
        services::midi_learn::Turned,
        theme::{self, Icon, Theme, radius, size, space},
        widgets::{self, IconButton},
    },
};

/// How wide a window must be for the bar in one row, in points.
const ONE_ROW: f32 = 1190.0;
/// What the master fader and the limiter's lamp take, in points.
const MASTER_WITHOUT_METER: f32 = 132.0;

/// The metres offered; files may bring others.
const METRES: [(u8, u8); 12] =
    [(4, 4), (3, 4), (2, 4), (5, 4), (7, 4), (2, 2), (3, 8), (5, 8), (6, 8), (7, 8), (9, 8), (12, 8)];

/// How high the bar is for a window of that width: it takes a second row where one is not enough.
pub fn height(width: f32) -> f32 {
    if width < ONE_ROW { 108.0 } else { 60.0 }
}

/// Draws the bar.
pub fn ui(context: &Context<'_>, ui: &mut Ui) {
    if ui.ctx().content_rect().width() >= ONE_ROW {
        ui.horizontal_centered(|ui| {
            playing_controls(context, ui);
            ui.add_space(space::S);
            score_controls(context, ui);
        });
    } else {
        ui.spacing_mut().item_spacing.y = space::XS;
        for row in [playing_controls, score_controls] {
            let size = vec2(ui.available_width(), 44.0);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| row(context, ui));
        }
    }
}

/// Undo, playing and recording, and where the music is.
fn playing_controls(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.x = space::XS;
    let large = |icon, name| IconButton::new(icon, name).sized(36.0, size::ICON_LARGE);
    command_button(context, ui, Command::Undo, IconButton::new(Icon::Undo2, "Undo"));
    command_button(context, ui, Command::Redo, IconButton::new(Icon::Redo2, "Redo"));
    divider(ui);
    command_button(context, ui, Command::ToStart, large(Icon::SkipBack, "Go to start"));
    let playing = context.services.is_playing();
    let (icon, name) = if playing { (Icon::Pause, "Pause") } else { (Icon::Play, "Play") };
    command_button(context, ui, Command::PlayPause, large(icon, name).tint(theme.play).on(playing).framed());
    command_button(context, ui, Command::Stop, large(Icon::Square, "Stop"));
    let recording = context.document.recording.is_some();
    command_button(context, ui, Command::Record, large(Icon::Circle, "Record").tint(theme.record).on(recording));
    recording_menu::ui(context, ui);
    ui.add_space(space::S);
    clock(context, ui);
}

/// Tempo, metre and key, loop and click, and the master volume.
fn score_controls(context: &Context<'_>, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.x = space::XS;
    tempo(context, ui);
    metre(context, ui);
    key(context, ui);
    divider(ui);
    let looping = context.document.transport.looping;
    command_button(context, ui, Command::ToggleLoop, IconButton::new(Icon::Repeat, "Loop").on(looping));
    let metronome = context.preferences().metronome;
    command_button(context, ui, Command::ToggleMetronome, IconButton::new(Icon::Metronome, "Metronome").on(metronome));
    count_in(context, ui);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        command_icon(context, ui, Command::Panic);
        ui.add_space(space::XS);
        master(context, ui);
    });
}

/// Bar and beat, and the time, large enough to read from the keyboard.
fn clock(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let position = context.services.sound.position();
    let score = context.document.score();
    let tick = position.tick.max(0.0) as u32;
    let at = score.metre.position(tick);
    let seconds = score.tempo.seconds_from_tick(tick);
    let (rect, response) = ui.allocate_exact_size(vec2(168.0, 40.0), Sense::hover());
    let (bars, time, color) = match position.count_in_beats_left {
        Some(beats) => (format!("− {beats}"), "counting in".to_owned(), theme.record),
        None => (
            format!("{} : {}", at.bar + 1, at.beat + 1),
            format!("{:.0}:{:04.1}", (seconds / 60.0).floor(), seconds % 60.0),
            if context.document.recording.is_some() { theme.record } else { theme.text },
        ),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Position: bar {bars}, {time}")));
    ui.painter().rect_filled(rect, theme::corners(radius::M), theme.sunken);
    ui.painter().rect_stroke(rect, theme::corners(radius::M), Stroke::new(1.0, theme.border), StrokeKind::Inside);
    let middle = rect.left() + 84.0;
    ui.painter().text(
        pos2(middle - 10.0, rect.center().y),
        Align2::RIGHT_CENTER,
        &bars,
        // a thousand bars have room, too
        theme::bold(size::DISPLAY * (6.0 / bars.chars().count() as f32).min(1.0)),
        color,
    );
    ui.painter().text(
        pos2(rect.right() - 12.0, rect.center().y + 1.0),
        Align2::RIGHT_CENTER,
        time,
        theme::regular(size::BODY),
        theme.text_muted,
    );
    response.on_hover_text("Bar and beat, and the time from the start");
}

fn tempo(context: &Context<'_>, ui: &mut Ui) {
    let playhead = context.services.playhead();
    let mut qpm = context.document.score().tempo.qpm_at(playhead);
    let shown = qpm;
    field(ui, "Tempo", |ui| {
        let drag = ui
            .add(widgets::number_field(&mut qpm).range(20.0..=300.0).speed(0.25).max_decimals(1).suffix(" BPM"))
            .accessible_name("Tempo")
            .on_hover_text("Drag or type; tap with B");
        midi_learn_menu(context, &drag, Turned::Tempo);
        let changed = drag.changed() && (qpm - shown).abs() > 0.01;
        context.edit_by_control(&drag, "Tempo", changed, move |score| {
            score.tempo = score.tempo.with_qpm_at(playhead, qpm);
        });
    });
}

fn metre(context: &Context<'_>, ui: &mut Ui) {
    let playhead = context.services.playhead();
    let metre = context.document.history.committed().metre.metre_at(playhead);
    field(ui, "Time signature", |ui| {
        let text = |metre: Metre| format!("{}/{}", metre.numerator(), metre.denominator());
        let response = ComboBox::from_id_salt("metre").width(58.0).selected_text(text(metre)).show_ui(ui, |ui| {
            for other in METRES.iter().filter_map(|&(numerator, denominator)| Metre::new(numerator, denominator)) {
                if widgets::list_item(ui, other == metre, text(other)).clicked() && other != metre {
                    context.edit("Time signature", move |score| {
                        score.metre = score.metre.with_metre_at(playhead, other);
                    });
                }
            }
        });
        response.response.accessible_name("Time signature");
    });
}

/// How wide a key is in the list of keys, in points.
const KEY_WIDTH: f32 = 112.0;

fn key(context: &Context<'_>, ui: &mut Ui) {
    let playhead = context.services.playhead();
    let score = context.document.history.committed();
    let start = MarkKind::Key.start_at(score, playhead);
    let key = context.document.key_at(playhead);
    let change = score.key_change_at(playhead); // before the first the first one
    let said = change.map(|change| change.key);
    let shown = match (said, key) {
        (Some(key), _) => key.name(),
        (None, Some(key)) => format!("{} (detected)", key.name()),
        (None, None) => "No key".to_owned(),
    };
    field(ui, "Key", |ui| {
        let response = ComboBox::from_id_salt("key").width(140.0).selected_text(shown).show_ui(ui, |ui| {
            if widgets::list_item(ui, said.is_none(), "Detect from notes").clicked() {
                set_key(context, change.map_or(0, |change| change.tick), None);
            }
            ui.horizontal_top(|ui| {
                for mode in [Mode::Major, Mode::Minor] {
                    let column = Layout::top_down_justified(Align::Min);
                    ui.allocate_ui_with_layout(vec2(KEY_WIDTH, 0.0), column, |ui| {
                        for tonic in 0..12 {
                            let key = Key { tonic, mode };
                            if widgets::list_item(ui, said == Some(key), key.name()).clicked() {
                                set_key(context, start.unwrap_or(0), Some(key));
                            }
                        }
                    });
                }
            });
        });
        response.response.accessible_name("Key");
    });
}

/// Lets the key be another one from a tick on, until the next change; without one, the change there is taken out.
fn set_key(context: &Context<'_>, start: Tick, key: Option<Key>) {
    context.edit("Key", move |score| {
        score.keys.retain(|change| change.tick != start);
        score.keys.extend(key.map(|key| KeyChange::new(start, key)));
        score.keys.sort_by_key(|change| change.tick);
    });
}

fn count_in(context: &Context<'_>, ui: &mut Ui) {
    let bars = context.preferences().count_in_bars;
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
        ui.painter().rect_filled(rect, theme::corners(radius::M), theme.tint(theme.accent));
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
        context.change_preferences(move |preferences| preferences.count_in_bars = (bars + 1) % 3);
    }
}

fn master(context: &Context<'_>, ui: &mut Ui) {
    let room = ui.available_width() - MASTER_WITHOUT_METER;
    if room >= 30.0 {
        master::level(context, ui, vec2(room.min(80.0), 13.0));
        ui.add_space(space::XS);
    }
    master::volume(context, ui, Fader::Level(56.0));
    // in a narrow window the fader goes before
    if ui.available_width() >= master::LAMP.x + space::M {
        master::limiter(context, "Volume", ui);
    }
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
