//! What can be changed while a training runs: settings, single steps, slow motion.

use std::ops::RangeInclusive;

use eframe::egui::{RichText, Slider, Spinner, Ui, vec2};

use super::state::{AskedStep, ShownRun};
use crate::engine_client::curves::Curve;
use crate::engine_client::protocol::{TrainChange, TrainControl, TrainStep};
use crate::engine_client::run_folder::RunState;
use crate::studio::{
    actions::TrainAction,
    charts::curves::Curves,
    context::Context,
    explanations::{Topic, help},
    services::training::run::RunInfo,
    theme::{self, Icon, Theme, space},
    widgets,
};

/// What the single steps are called, and do.
const STEPS: [(TrainStep, &str, &str); 3] = [
    (TrainStep::Both, "Both", "The discriminator learns, then the generator; then it pauses"),
    (TrainStep::Critic, "Discriminator", "Only the discriminator learns; then it pauses"),
    (TrainStep::Generator, "Generator", "Only the generator learns; then it pauses"),
];

/// How high the line is that tells what came of a step.
const ANSWER_HEIGHT: f32 = 20.0;

/// What can be changed while it runs.
pub fn run_settings(run: &RunInfo, shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let now = run.status.tuning;
    let mut change = TrainChange::default();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
        name(ui, "Learning rate", Topic::LearningRate);
        change.learning_rate =
            field(ui, "Change the learning rate", now.learning_rate, 1e-6..=1.0, now.learning_rate * 0.01);
        name(ui, "Update ratio", Topic::UpdateRatio);
        let ratio = field(ui, "Change the update ratio", f64::from(now.update_ratio), 1.0..=100.0, 0.05);
        change.update_ratio = ratio.map(|ratio| ratio as u32);
        name(ui, "Batch", Topic::Batch);
        let batch = field(ui, "Change the batch", f64::from(now.batch), 1.0..=4096.0, 0.2);
        change.batch = batch.map(|batch| batch as u32);
        name(ui, "Iterations", Topic::Length);
        let total = field(ui, "Change the iterations", now.iterations as f64, 1.0..=1e7, 10.0);
        change.iterations = total.map(|total| total as u64);
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
        name(ui, "One step of", Topic::Steps);
        steps(run, shown, context, ui);
        ui.add_space(space::M);
        name(ui, "Slow motion", Topic::SlowMotion);
        change.wait_ms = slow_motion(ui, now.wait_ms);
    });
    step_answer(run, shown, ui);
    if change != TrainChange::default() {
        context.ask(TrainAction::Control(run.folder.clone(), TrainControl::Change(change)));
    }
}

fn name(ui: &mut Ui, text: &str, topic: Topic) {
    ui.label(RichText::new(text).color(Theme::of(ui).text_muted));
    help(ui, topic);
}

/// The buttons of single steps.
fn steps(run: &RunInfo, shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let is_alone = run.request.joins_at(run.status.total).is_some() && !shown.has_game();
    for (step, title, about) in STEPS {
        let why_not = (is_alone && step != TrainStep::Both)
            .then(|| "The generator still learns from the music alone; the discriminator joins in later".to_owned());
        if widgets::text_button(ui, Icon::StepForward, title, why_not).on_hover_text(about).clicked() {
            shown.step = Some(AskedStep { who: step, after: run.status.iteration });
            context.ask(TrainAction::Control(run.folder.clone(), TrainControl::Step(step)));
        }
    }
}

/// What came of the step that was asked for last.
fn step_answer(run: &RunInfo, shown: &ShownRun, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let Some(step) = shown.step else {
        // what comes there moves nothing below
        ui.allocate_space(vec2(1.0, ANSWER_HEIGHT));
        return;
    };
    let (_, title, _) = STEPS.iter().find(|(who, ..)| *who == step.who).unwrap_or(&STEPS[0]);
    let is_done = run.status.iteration > step.after && run.status.state == RunState::Paused;
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(ANSWER_HEIGHT);
        ui.spacing_mut().interact_size.y = ANSWER_HEIGHT;
        ui.spacing_mut().item_spacing.x = space::S;
        if is_done {
            ui.label(theme::icon_sized(Icon::Check, 14.0).color(theme.success));
            ui.label(answer(&shown.charts.curves, step.who, run.status.iteration));
        } else {
            ui.add(Spinner::new().size(14.0));
            let words = match step.who {
                TrainStep::Both => "A step of both is being made".to_owned(),
                _ => format!("A step of the {} is being made", title.to_lowercase()),
            };
            ui.label(RichText::new(words).color(theme.text_muted));
        }
    });
}

/// What a step of somebody changed: the losses before and after.
fn answer(curves: &Curves, who: TrainStep, iteration: u64) -> String {
    let is_measured =
        |curve: Curve| curves.0.get(curve.row().key).is_some_and(|curve| curve.raw_around(iteration as f64).is_some());
    let is_alone = is_measured(Curve::Reconstruction) && !is_measured(Curve::CriticLoss);
    // whoever was asked: the discriminator has not joined yet
    let who = if is_alone { TrainStep::Generator } else { who };
    let learned = match who {
        TrainStep::Both => "both learned",
        TrainStep::Critic => "only the discriminator learned",
        TrainStep::Generator => "only the generator learned",
    };
    let change = |curve: Curve, name: &str| {
        let curve = curves.0.get(curve.row().key)?;
        let points = curve.raw_around(iteration as f64)?;
        Some(format!("{name} {:.3} → {:.3}", points[0], points[1]))
    };
    // the other's loss is only repeated
    let changes = [
        change(Curve::CriticLoss, "discriminator's loss").filter(|_| who != TrainStep::Generator),
        change(Curve::GeneratorLoss, "generator's loss").filter(|_| who != TrainStep::Critic),
        change(Curve::Reconstruction, "cross-entropy").filter(|_| who != TrainStep::Critic),
    ];
    let changes: Vec<String> = changes.into_iter().flatten().collect();
    let head = format!("Iteration {iteration}: {learned}");
    if changes.is_empty() { head } else { format!("{head}; {}", changes.join(", ")) }
}

/// The slider of the wait after each iteration; another wait, once it is let go.
fn slow_motion(ui: &mut Ui, now_ms: u64) -> Option<u64> {
    let id = ui.scope_id().with("slow motion");
    let mut wait = ui.data(|data| data.get_temp(id)).unwrap_or(now_ms as f32 / 1000.0);
    let slider = Slider::new(&mut wait, 0.0..=5.0).step_by(0.1).show_value(false);
    let response = widgets::slider(ui, slider, 140.0).accessible_name("Slow motion");
    ui.label(if wait > 0.0 { format!("{wait:.1} s between iterations") } else { "off".into() });
    if response.dragged() {
        ui.data_mut(|data| data.insert_temp(id, wait));
    } else if response.drag_stopped() || response.changed() {
        ui.data_mut(|data| data.remove::<f32>(id));
        return Some((wait * 1000.0).round() as u64);
    }
    None
}

/// A field whose value counts when it is let go; until then it keeps what is being set.
fn field(ui: &mut Ui, name: &str, value: f64, range: RangeInclusive<f64>, speed: f64) -> Option<f64> {
    let id = ui.scope_id().with(name);
    let held = ui.data(|data| data.get_temp::<f64>(id));
    let mut shown = held.unwrap_or(value);
    let decimals = if *range.start() < 1.0 { 6 } else { 0 };
    let field = widgets::number_field(&mut shown).range(range).speed(speed).max_decimals(decimals);
    let response = ui.add(field).accessible_name(name);
    if response.dragged() || response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, shown));
        return None;
    }
    if held.is_some() {
        ui.data_mut(|data| data.remove::<f64>(id));
    }
    (shown != value).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_answers_with_what_it_changed() {
        let mut curves = Curves::default();
        assert_eq!(answer(&curves, TrainStep::Both, 3), "Iteration 3: both learned");
        for (iteration, loss) in [(2.0, 2.0), (3.0, 1.5)] {
            curves.get("critic_loss").push(iteration, loss);
            curves.get("generator_loss").push(iteration, 1.0);
        }
        let words = "Iteration 3: only the discriminator learned; discriminator's loss 2.000 → 1.500";
        assert_eq!(answer(&curves, TrainStep::Critic, 3), words);
        assert_eq!(answer(&curves, TrainStep::Critic, 4), "Iteration 4: only the discriminator learned");
        for (iteration, loss) in [(10.0, 2.0), (11.0, 1.5)] {
            curves.get("reconstruction").push(iteration, loss);
        }
        let alone = "Iteration 11: only the generator learned; cross-entropy 2.000 → 1.500";
        assert_eq!([TrainStep::Both, TrainStep::Critic].map(|who| answer(&curves, who, 11)), [alone; 2]);
    }
}
