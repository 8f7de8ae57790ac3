//! What the network made of the same melody and the same noise as it learned, beside the real piece: small rolls, to be
//! scrubbed through and heard.

use std::sync::Arc;

use eframe::egui::{Align2, Rect, RichText, Role, Sense, Slider, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::state::{Samples, ShownRun};
use crate::engine_client::run_folder::RunStatus;
use crate::music::{Score, Tick};
use crate::plural::counted;
use crate::studio::{
    actions::{ListenAction, TrainAction},
    charts::silence_in_words,
    context::Context,
    explanations::{Topic, help},
    services::training::run::RunInfo,
    theme::{self, Icon, Theme, size, space},
    widgets::{
        self,
        form::group,
        small_roll::{Extent, paint_small_roll},
    },
    words::rough_duration,
};

/// How high the two rolls are, and the small ones.
const HEIGHT: f32 = 140.0;
const SMALL_HEIGHT: f32 = 56.0;
/// How many small rolls stand in a row.
const SHOWN: usize = 7;

/// The samples of the run that is shown.
pub fn run_samples(shown: &mut ShownRun, run: &RunInfo, context: &Context<'_>, ui: &mut Ui) {
    let next = run.alive.then(|| next_sample(&run.status)).flatten();
    let index = shown.samples.index();
    if index.is_none() && !shown.was_alive {
        return;
    }
    ask_for_scores(shown, index, context);
    let iteration = index.map(|index| shown.samples.files[index].0);
    let score = iteration.and_then(|iteration| shown.samples.scores.get(&iteration)?.clone());
    if let Some(score) = &score {
        let accompanying = score.parts.iter().skip(1).map(|part| part.name.clone());
        shown.charts.parts = accompanying.collect();
    }
    shown.charts.silent = silent(&shown.samples);
    let mut chosen = None;
    group(ui, Icon::AudioLines, "What it writes", |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(about(&run.status)).color(Theme::of(ui).text_muted));
            help(ui, Topic::Samples);
            if let Some(next) = next {
                widgets::badge(ui, &next, Theme::of(ui).accent);
            }
        });
        ui.add_space(space::S);
        chosen = timeline(shown, index, ui);
        ui.add_space(space::S);
        let generated = score.as_ref();
        let title = iteration.map_or_else(|| "Generated".into(), |at| format!("Generated, {}", after(at)));
        // side by side, the same height is the same pitch and the same place the same time
        let extents = generated.into_iter().chain(&shown.samples.real).map(|score| extent_of(score));
        let extent = extents.reduce(Extent::with);
        if shown.samples.original.is_some() || index.is_none() {
            ui.spacing_mut().item_spacing.x = space::XL;
            ui.columns(2, |columns| {
                for ui in columns.iter_mut() {
                    ui.spacing_mut().item_spacing.x = space::S;
                }
                piece(&mut columns[0], context, (&title, "Listen"), generated, extent);
                piece(
                    &mut columns[1],
                    context,
                    ("Real: the piece's own parts", "Listen to the real piece"),
                    shown.samples.real.as_ref(),
                    extent,
                );
            });
        } else {
            piece(ui, context, (&title, "Listen"), generated, extent);
        }
        if let Some(words) = silence_in_words(&shown.charts.silent) {
            ui.label(RichText::new(words).color(Theme::of(ui).text_muted));
            widgets::caption(
                ui,
                "Samples show only what the network itself wrote. In Compose, bars that it leaves silent get the chord \
                 that fits the melody, so takes of the same model have notes there",
            );
        }
        if let Some(score) = generated {
            parts_legend(ui, score);
        }
    });
    if let Some(chosen) = chosen {
        if score.is_some_and(|score| context.services.listening.is_heard(&score)) {
            context.ask(ListenAction::Stop);
        }
        shown.samples.choose(chosen);
    }
}

/// What the samples are written to, as far as the run says.
fn about(status: &RunStatus) -> &'static str {
    match status.held_out {
        Some(0) => "The same melody of a training piece (none is held out) with the same noise, each time",
        Some(_) => "The same held-out melody with the same noise, each time",
        None => "The same melody with the same noise, each time",
    }
}

/// When the next one comes.
fn next_sample(status: &RunStatus) -> Option<String> {
    let next = status.next_sample?;
    let left = next.saturating_sub(status.iteration);
    let wait = status.seconds_per_iteration + status.tuning.wait_ms as f64 / 1000.0;
    let time = if status.seconds_per_iteration > 0.0 && left > 0 {
        format!(", in about {}", rough_duration(left as f64 * wait))
    } else {
        String::new()
    };
    Some(format!("Next sample after iteration {next}{time}"))
}

/// Has those read that are to be shown.
fn ask_for_scores(shown: &mut ShownRun, index: Option<usize>, context: &Context<'_>) {
    let samples = &mut shown.samples;
    for place in small_ones(samples.files.len()).into_iter().chain(index) {
        let (wanted, _) = samples.files[place];
        if samples.asked.insert(wanted) {
            context.ask(TrainAction::ReadSample(wanted));
        }
    }
    if samples.original.is_some() && !std::mem::replace(&mut samples.has_asked_for_real, true) {
        context.ask(TrainAction::ReadOriginal);
    }
}

/// Which stand in the row: evenly over all, the first and the newest among them.
fn small_ones(files: usize) -> Vec<usize> {
    let count = files.min(SHOWN);
    (0..count).map(|nth| nth * (files - 1) / (count - 1).max(1)).collect()
}

/// The row of small rolls and the slider through all; what was chosen.
fn timeline(shown: &ShownRun, index: Option<usize>, ui: &mut Ui) -> Option<u64> {
    let files = &shown.samples.files;
    let iteration = index.map(|index| files[index].0);
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.set_min_height(SMALL_HEIGHT); // before there are any, too
        ui.spacing_mut().item_spacing.x = space::S;
        let width = (ui.available_width() + space::S) / SHOWN as f32 - space::S;
        for (of, _) in small_ones(files.len()).into_iter().map(|place| &files[place]) {
            let score = shown.samples.scores.get(of).and_then(Option::as_ref);
            if small_roll(ui, width, *of, score.map(Arc::as_ref), Some(*of) == iteration) {
                chosen = Some(*of);
            }
        }
    });
    // a training under way will have more; once it is over, nothing goes
    if files.len() > 1 || shown.was_alive {
        ui.add_space(space::XS);
        let mut at = index.unwrap_or(0);
        let width = (ui.available_width() - space::S).max(100.0);
        let slider = Slider::new(&mut at, 0..=files.len().saturating_sub(1)).show_value(false);
        let slider = ui.add_enabled_ui(files.len() > 1, |ui| widgets::slider(ui, slider, width)).inner;
        if slider.accessible_name("Sample").changed() {
            chosen = files.get(at).map(|(iteration, _)| *iteration);
        }
    }
    chosen
}

/// After which iterations it wrote not a note, among the samples that were read.
fn silent(samples: &Samples) -> Vec<u64> {
    let wrote_nothing = |score: &Score| score.parts.iter().skip(1).all(|part| part.notes.is_empty());
    let read = samples.scores.iter().filter_map(|(iteration, score)| Some((*iteration, score.as_deref()?)));
    read.filter(|(_, score)| wrote_nothing(score)).map(|(iteration, _)| iteration).collect()
}

fn extent_of(score: &Score) -> Extent {
    Extent::of(&score.parts, score.end())
}

/// A piece with its title and the button that plays it, which is called as `listen` says.
fn piece(
    ui: &mut Ui,
    context: &Context<'_>,
    (title, listen): (&str, &str),
    score: Option<&Arc<Score>>,
    extent: Option<Extent>,
) {
    let theme = Theme::of(ui);
    let is_heard = score.is_some_and(|score| context.services.listening.is_heard(score));
    ui.horizontal(|ui| {
        let why_not = score.is_none().then(|| "It is not there yet".to_owned());
        let (icon, words) = if is_heard { (Icon::Square, "Stop") } else { (Icon::Play, "Listen") };
        let button = widgets::text_button(ui, icon, words, why_not);
        let button = if is_heard { button } else { button.accessible_name(listen) };
        if button.clicked() {
            match score {
                Some(score) if !is_heard => context.ask(ListenAction::To(Arc::clone(score))),
                _ => context.ask(ListenAction::Stop),
            }
        }
        ui.label(RichText::new(title).color(theme.text));
    });
    ui.add_space(space::XS);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, title));
    ui.painter().rect_filled(rect, theme::corners(6), theme.roll_white);
    if let Some((score, extent)) = score.zip(extent) {
        paint(ui, rect.shrink(6.0), score, extent, is_heard.then(|| context.services.playhead()));
    }
}

fn parts_legend(ui: &mut Ui, score: &Score) {
    let theme = Theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        for (part, number) in score.parts.iter().zip(0_u8..) {
            ui.label(theme::icon_sized(Icon::CircleDot, 10.0).color(theme.part(number)));
            ui.label(RichText::new(&part.name).size(size::CAPTION).color(theme.text_muted));
        }
    });
}

/// `before this training`, `after 1 iteration`.
fn after(iterations: u64) -> String {
    match iterations {
        0 => "before this training".into(),
        _ => format!("after {}", counted(iterations as usize, "iteration")),
    }
}

fn small_roll(ui: &mut Ui, width: f32, iteration: u64, score: Option<&Score>, chosen: bool) -> bool {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, SMALL_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("Sample {iteration}")));
    ui.painter().rect_filled(
        rect,
        theme::corners(6),
        if response.hovered() { theme.raised_hover } else { theme.roll_white },
    );
    if chosen {
        let stroke = Stroke::new(1.5, theme.accent);
        ui.painter().rect_stroke(rect, theme::corners(6), stroke, StrokeKind::Inside);
    }
    widgets::focus_ring(ui, &response, rect);
    if let Some(score) = score {
        paint(ui, rect.shrink2(vec2(4.0, 4.0)).with_max_y(rect.max.y - 17.0), score, extent_of(score), None);
    }
    let at = pos2(rect.left() + 6.0, rect.bottom() - 1.0);
    let number = iteration.to_string();
    ui.painter().text(at, Align2::LEFT_BOTTOM, number, theme::regular(size::CAPTION), theme.text_faint);
    response.clicked()
}

/// All notes, each part in its colour.
fn paint(ui: &Ui, rect: Rect, score: &Score, extent: Extent, playhead: Option<Tick>) {
    paint_small_roll(ui, rect, &score.parts, extent, 0);
    if let Some(playhead) = playhead {
        let x = rect.left() + rect.width() * playhead as f32 / extent.end() as f32;
        ui.painter().vline(x.min(rect.right()), rect.y_range(), Stroke::new(1.5, Theme::of(ui).playhead));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_writes_nothing_is_said_to() {
        let score = |notes: usize| {
            let note = crate::music::Note {
                start: 0,
                duration: 480,
                pitch: crate::music::Pitch::clamped(60),
                velocity: crate::music::Velocity::DEFAULT,
            };
            let part = crate::music::Part { notes: vec![note; notes], ..crate::music::Part::new("Piano", 0) };
            let melody = crate::music::Part::new("Melody", 73);
            Some(Arc::new(Score { parts: vec![Arc::new(melody), Arc::new(part)], ..Score::default() }))
        };
        let scores = [(0, score(9)), (10, score(0)), (20, score(0)), (34, score(0)), (40, score(2)), (50, None)];
        let samples = Samples { scores: scores.into(), ..Samples::default() };
        assert_eq!(silent(&samples), [10, 20, 34]);
        assert_eq!(silence_in_words(&[10, 20, 34]).unwrap(), "It wrote no notes at iterations 10, 20 and 34");
        assert_eq!(
            (silence_in_words(&[8]).unwrap().as_str(), silence_in_words(&[])),
            ("It wrote no notes at iteration 8", None)
        );
    }

    #[test]
    fn the_next_sample_is_told_and_nothing_is_claimed_that_is_not_known() {
        let mut status = RunStatus { iteration: 12, next_sample: Some(20), ..RunStatus::default() };
        assert_eq!(next_sample(&status).unwrap(), "Next sample after iteration 20");
        status.seconds_per_iteration = 2.0;
        assert_eq!(next_sample(&status).unwrap(), "Next sample after iteration 20, in about 16 s");
        status.next_sample = None;
        assert_eq!(next_sample(&status), None);
        assert!(!about(&status).contains("held"));
        status.held_out = Some(0);
        assert!(about(&status).contains("none is held out"));
        assert_eq!((small_ones(1), small_ones(20).len(), small_ones(20)[6]), (vec![0], 7, 19));
    }
}
