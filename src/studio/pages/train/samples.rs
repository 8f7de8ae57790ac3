//! What the network made of the same melody and the same noise as it learned: small rolls, to be scrubbed through and heard.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{Rect, RichText, Sense, Slider, Ui, WidgetInfo, pos2, vec2};

use crate::music::{Score, Tick, midi_file};
use crate::studio::{
    page::Page,
    pages::settings::group,
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};

/// How high the shown roll is, and the small ones.
const HEIGHT: f32 = 150.0;
const SMALL_HEIGHT: f32 = 56.0;
/// How many small rolls stand in a row.
const SHOWN: usize = 7;
/// No sample is larger.
const MOST_BYTES: u64 = 1 << 20;

/// The samples of the shown run.
#[derive(Default)]
pub(in crate::studio) struct Samples {
    files: Vec<(u64, PathBuf)>,
    scores: BTreeMap<u64, Option<Arc<Score>>>,
    asked: std::collections::BTreeSet<u64>,
    /// Which one is shown; the newest, where none was chosen.
    chosen: Option<u64>,
}

impl Samples {
    /// Takes the list in.
    pub fn take(&mut self, files: Vec<(u64, PathBuf)>) {
        self.files = files;
    }

    fn index(&self) -> Option<usize> {
        let chosen = self.chosen.and_then(|chosen| self.files.iter().position(|(iteration, _)| *iteration == chosen));
        chosen.or_else(|| self.files.len().checked_sub(1))
    }
}

/// A sample that is heard in place of the score.
pub struct Listening {
    score: Arc<Score>,
    /// Where the score's playhead was.
    playhead: Tick,
    /// Where it was begun; it ends when that is left.
    page: Page,
}

impl Studio {
    /// What is to be heard: the score, or the sample that is listened to.
    pub(in crate::studio) fn heard(&self) -> Arc<Score> {
        let listening = self.pages.train.listening.as_ref().map(|listening| &listening.score);
        Arc::clone(listening.unwrap_or(self.score()))
    }

    /// Plays this instead of the score until its end, or until the page is left.
    pub(in crate::studio) fn listen(&mut self, score: Arc<Score>) {
        self.stop_listening();
        let playhead = self.playhead();
        self.services.sound.with_player(crate::sound::Player::stop);
        self.services.sound.keep_up(&score);
        self.services.sound.seek(0);
        self.services.sound.with_player(crate::sound::Player::play);
        let page = self.page;
        self.pages.train.listening = Some(Listening { score, playhead, page });
    }

    /// Whether this is being listened to.
    pub(in crate::studio) fn is_heard(&self, score: &Arc<Score>) -> bool {
        let listening = self.pages.train.listening.as_ref();
        listening.is_some_and(|listening| Arc::ptr_eq(score, &listening.score))
    }

    /// Goes back to the score.
    pub(in crate::studio) fn stop_listening(&mut self) {
        if let Some(listening) = self.pages.train.listening.take() {
            self.services.sound.with_player(crate::sound::Player::stop);
            let score = Arc::clone(self.score());
            self.services.sound.keep_up(&score);
            self.services.sound.seek(listening.playhead);
        }
    }

    /// Ends listening at the end of the sample, or where somebody turns to something else.
    pub(in crate::studio) fn poll_listening(&mut self) {
        let Some(listening) = &self.pages.train.listening else { return };
        let over = self.playhead() >= listening.score.end();
        if over || self.page != listening.page {
            self.stop_listening();
        }
    }

    /// Has a sample read that is to be drawn.
    fn want_sample(&mut self, iteration: u64) {
        let Some(shown) = &mut self.pages.train.shown else { return };
        let Some((_, path)) = shown.samples.files.iter().find(|(known, _)| *known == iteration).cloned() else {
            return;
        };
        if !shown.samples.asked.insert(iteration) {
            return;
        }
        let folder = shown.folder.clone();
        self.services.jobs.spawn("reading a sample", move |poster| {
            let score = read_sample(&path);
            poster.post(move |studio| {
                if let Some(shown) = studio.pages.train.shown.as_mut().filter(|shown| shown.folder == folder) {
                    shown.samples.scores.insert(iteration, score.map(Arc::new));
                }
            });
        });
    }

    /// The samples of the run that is shown.
    pub(in crate::studio) fn run_samples(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let Some(samples) = self.pages.train.shown.as_ref().map(|shown| &shown.samples) else {
            return;
        };
        let Some(index) = samples.index() else { return };
        let files = samples.files.clone();
        let (iteration, _) = files[index];
        // evenly over all, the first and the newest among them
        let count = files.len().min(SHOWN);
        let small: Vec<u64> = (0..count).map(|nth| files[nth * (files.len() - 1) / (count - 1).max(1)].0).collect();
        for wanted in small.iter().copied().chain([iteration]) {
            self.want_sample(wanted);
        }
        let scores = self.pages.train.shown.as_ref().map(|shown| shown.samples.scores.clone()).unwrap_or_default();
        let score = scores.get(&iteration).cloned().flatten();
        let heard = score.as_ref().is_some_and(|score| self.is_heard(score));
        let playhead = heard.then(|| self.playhead());
        let mut chosen = None;
        group(ui, Icon::AudioLines, "What it writes", |ui| {
            ui.label(
                RichText::new("The same held-out melody with the same noise, at each measurement")
                    .color(theme.text_muted),
            );
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                let width = (ui.available_width() + space::S) / SHOWN as f32 - space::S;
                for &of in &small {
                    if small_roll(ui, width, of, scores.get(&of).and_then(Option::as_deref), of == iteration) {
                        chosen = Some(of);
                    }
                }
            });
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                let why_not = score.is_none().then(|| "The sample is being read".to_owned());
                let (icon, words) = if heard { (Icon::Square, "Stop") } else { (Icon::Play, "Listen") };
                if widgets::text_button(ui, icon, words, why_not).clicked() {
                    match (&score, heard) {
                        (_, true) => self.stop_listening(),
                        (Some(score), false) => self.listen(Arc::clone(score)),
                        (None, false) => {}
                    }
                }
                let mut at = index;
                let width = (ui.available_width() - 160.0).max(100.0);
                let slider = Slider::new(&mut at, 0..=files.len().saturating_sub(1).max(1)).show_value(false);
                if widgets::slider(ui, slider, width).accessible_name("Sample").changed() {
                    chosen = files.get(at).map(|(iteration, _)| *iteration);
                }
                ui.label(RichText::new(format!("after {iteration} iterations")).color(theme.text_muted));
            });
            ui.add_space(space::S);
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
            response.widget_info(|| {
                WidgetInfo::labeled(eframe::egui::Role::Image, true, format!("Sample after {iteration} iterations"))
            });
            ui.painter().rect_filled(rect, theme::corners(6), theme.roll_white);
            if let Some(score) = &score {
                paint(ui, rect.shrink(6.0), score, playhead);
                ui.horizontal(|ui| {
                    for (part, number) in score.parts.iter().zip(0_u8..) {
                        ui.label(theme::icon_sized(Icon::CircleDot, 10.0).color(theme.part(number)));
                        ui.label(RichText::new(&part.name).size(size::CAPTION).color(theme.text_muted));
                    }
                });
            }
        });
        if let (Some(chosen), Some(shown)) = (chosen, &mut self.pages.train.shown) {
            let newest = files.last().is_some_and(|(newest, _)| *newest == chosen);
            shown.samples.chosen = (!newest).then_some(chosen);
            if heard {
                self.stop_listening();
            }
        }
    }
}

fn read_sample(path: &Path) -> Option<Score> {
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return None;
    }
    midi_file::read(&std::fs::read(path).ok()?).ok()
}

fn small_roll(ui: &mut Ui, width: f32, iteration: u64, score: Option<&Score>, chosen: bool) -> bool {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, SMALL_HEIGHT), Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(eframe::egui::Role::Button, true, chosen, format!("Sample {iteration}")));
    ui.painter().rect_filled(
        rect,
        theme::corners(6),
        if response.hovered() { theme.raised_hover } else { theme.roll_white },
    );
    if chosen {
        let stroke = eframe::egui::Stroke::new(1.5, theme.accent);
        ui.painter().rect_stroke(rect, theme::corners(6), stroke, eframe::egui::StrokeKind::Inside);
    }
    widgets::focus_ring(ui, &response, rect);
    if let Some(score) = score {
        paint(ui, rect.shrink2(vec2(4.0, 4.0)).with_max_y(rect.max.y - 17.0), score, None);
    }
    let at = pos2(rect.left() + 6.0, rect.bottom() - 1.0);
    let number = iteration.to_string();
    ui.painter().text(at, eframe::egui::Align2::LEFT_BOTTOM, number, theme::regular(size::CAPTION), theme.text_faint);
    response.clicked()
}

/// All notes, each part in its colour.
fn paint(ui: &Ui, rect: Rect, score: &Score, playhead: Option<Tick>) {
    let theme = Theme::of(ui);
    let pitched = || score.parts.iter().filter(|part| !part.is_drum).flat_map(|part| &part.notes);
    let low = pitched().map(|note| note.pitch.get()).min().unwrap_or(48).saturating_sub(1);
    let high = pitched().map(|note| note.pitch.get()).max().unwrap_or(72) + 1;
    let end = score.end().max(1) as f32;
    let has_drums = score.parts.iter().any(|part| part.is_drum && !part.notes.is_empty());
    // a kit's keys are no pitches: its hits stand below
    let lane = if has_drums { rect.height() * 0.12 } else { 0.0 };
    let row = (rect.height() - lane) / f32::from(high - low).max(1.0);
    let x = |tick: Tick| rect.left() + rect.width() * tick as f32 / end;
    for (part, number) in score.parts.iter().zip(0_u8..) {
        for note in &part.notes {
            let top = if part.is_drum {
                rect.bottom() - lane * f32::from(note.pitch.get() % 12 + 1) / 12.0
            } else {
                rect.bottom() - lane - row * (f32::from(note.pitch.get().saturating_sub(low)) + 1.0)
            };
            let height = if part.is_drum { (lane / 12.0).max(1.0) } else { row.max(1.5) };
            let right = (x(note.end()) - 0.5).max(x(note.start) + 1.0);
            let place = Rect::from_min_max(pos2(x(note.start), top), pos2(right, top + height));
            ui.painter().rect_filled(place, theme::corners(1), theme.part(number));
        }
    }
    if let Some(playhead) = playhead {
        let stroke = eframe::egui::Stroke::new(1.5, theme.playhead);
        ui.painter().vline(x(playhead).min(rect.right()), rect.y_range(), stroke);
    }
}
