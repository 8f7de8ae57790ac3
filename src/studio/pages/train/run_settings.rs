//! What can be changed while a training runs: settings, single steps, slow motion.

use std::ops::RangeInclusive;

use eframe::egui::{Align, Label, Layout, RichText, Slider, Spinner, Ui, vec2};

use super::state::{AskedStep, ShownRun};
use crate::engine_client::curves::Curve;
use crate::engine_client::protocol::{TrainChange, TrainControl, TrainStep};
use crate::engine_client::run_folder::RunState;
use crate::studio::{
    actions::TrainAction,
    charts::curves::Curves,
    context::Context,
    explanations::{Topic, help},
    services::training::run::{Phase, RunInfo},
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
    let asked = context.services.training.asked(&run.folder);
    let now = asked.applied_to(run.tuning());
    let mut change = TrainChange::default();
    let why_not = why_nothing_can_be_changed(run);
    // what a control is can be read whether it is in use or not
    let is_live = why_not.is_none();
    let field = |ui: &mut Ui, name: &str, value: f64, range: RangeInclusive<f64>, speed: f64| {
        ui.add_enabled_ui(is_live, |ui| field(ui, name, value, range, speed)).inner
    };
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
        steps(run, shown, why_not, context, ui);
        ui.add_space(space::M);
        name(ui, "Slow motion", Topic::SlowMotion);
        change.wait_ms = ui.add_enabled_ui(is_live, |ui| slow_motion(ui, now.wait_ms)).inner;
    });
    // one line of a height of its own, so that what it says moves nothing below
    let size = vec2(ui.available_width(), ANSWER_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = space::S;
        let words = match (why_not, asked.settings(), shown.step) {
            (None, None, Some(step)) => return step_answer(run, shown, step, ui),
            (None, None, None) => phase_words(run, shown.has_game()),
            (None, asked, _) => asked,
            (why_not, ..) => why_not.map(str::to_owned),
        };
        if let Some(words) = words {
            ui.add(Label::new(RichText::new(words).color(Theme::of(ui).text_muted)).truncate());
        }
    });
    if change != TrainChange::default() {
        context.ask(TrainAction::Control(run.folder.clone(), TrainControl::Change(change)));
    }
}

/// Why its settings are out of use, where they are.
fn why_nothing_can_be_changed(run: &RunInfo) -> Option<&'static str> {
    match run.status.state {
        _ if !run.alive && run.can_resume() => Some("This training was stopped; Resume continues it"),
        _ if !run.alive => Some("This training has ended; Train further… continues it"),
        RunState::Starting => Some("These can be changed once it learns"),
        _ => None,
    }
}

fn name(ui: &mut Ui, text: &str, topic: Topic) {
    ui.label(RichText::new(text).color(Theme::of(ui).text_muted));
    help(ui, topic);
}

/// The buttons of single steps.
fn steps(run: &RunInfo, shown: &mut ShownRun, why_none: Option<&str>, context: &Context<'_>, ui: &mut Ui) {
    for (step, title, about) in STEPS {
        let why_not = why_none.map(str::to_owned).or_else(|| why_no_step(run.phase(), step));
        let button = widgets::text_button(ui, Icon::StepForward, title, why_not);
        if button.on_hover_text(about).clicked() {
            shown.step = Some(AskedStep { who: step, after: run.status.iteration, is_made: false });
            context.ask(TrainAction::Control(run.folder.clone(), TrainControl::Step(step)));
        }
    }
}

/// Why one of these steps cannot be made: in some phases only one of the two learns, whoever is asked.
fn why_no_step(phase: Phase, step: TrainStep) -> Option<String> {
    match (phase, step) {
        (Phase::Both, _)
        | (Phase::GeneratorAlone(_), TrainStep::Generator)
        | (Phase::DiscriminatorAlone(_) | Phase::DiscriminatorChooses, TrainStep::Critic) => None,
        (Phase::GeneratorAlone(Some(critic)), _) => {
            Some(format!("The generator learns alone up to iteration {critic}; then the discriminator joins"))
        }
        (Phase::GeneratorAlone(None), _) => Some("This training has no discriminator".into()),
        (Phase::DiscriminatorAlone(generator), _) => {
            Some(format!("The discriminator learns alone up to iteration {generator}"))
        }
        (Phase::DiscriminatorChooses, _) => Some("The generator is done; the discriminator learns to the end".into()),
    }
}

/// Who learns, where that is only one of the two.
fn phase_words(run: &RunInfo, has_game: bool) -> Option<String> {
    let total = run.total();
    match run.phase() {
        Phase::GeneratorAlone(Some(critic)) if has_game => Some(format!(
            "The generator learns from the music alone again up to iteration {critic} of {total}; then the \
             discriminator goes on"
        )),
        Phase::GeneratorAlone(Some(critic)) => Some(format!(
            "The generator learns from the music alone up to iteration {critic} of {total}; then the discriminator \
             joins"
        )),
        Phase::GeneratorAlone(None) => {
            Some("The generator learns from the music alone, without a discriminator".into())
        }
        Phase::DiscriminatorAlone(generator) => Some(format!(
            "The discriminator learns alone up to iteration {generator} of {total}; then the generator learns from it"
        )),
        Phase::Both => None,
        Phase::DiscriminatorChooses => Some(
            "The generator is done. For the remaining iterations the discriminator learns from the drafts that it chose"
                .into(),
        ),
    }
}

/// What came of a step, or that it is being made.
fn step_answer(run: &RunInfo, shown: &ShownRun, step: AskedStep, ui: &mut Ui) {
    let theme = Theme::of(ui);
    if step.is_made {
        ui.label(theme::icon_sized(Icon::Check, 14.0).color(theme.success));
        ui.add(Label::new(answer(&shown.charts.curves, step.who, run.status.iteration)).truncate());
        return;
    }
    ui.add(Spinner::new().size(14.0));
    let words = match step.who {
        TrainStep::Both => "A step of both is being made",
        TrainStep::Critic => "A step of the discriminator is being made",
        TrainStep::Generator => "A step of the generator is being made",
    };
    ui.label(RichText::new(words).color(theme.text_muted));
}

/// What a step of somebody changed: the losses before and after.
fn answer(curves: &Curves, who: TrainStep, iteration: u64) -> String {
    let is_measured =
        |curve: Curve| curves.0.get(curve.row().key).is_some_and(|curve| curve.raw_around(iteration as f64).is_some());
    let is_alone = is_measured(Curve::Reconstruction) && !is_measured(Curve::DiscriminatorLoss);
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
        change(Curve::DiscriminatorLoss, "loss of the discriminator").filter(|_| who != TrainStep::Generator),
        change(Curve::GeneratorLoss, "loss of the generator").filter(|_| who != TrainStep::Critic),
        change(Curve::Reconstruction, "reconstruction").filter(|_| who != TrainStep::Critic),
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
    fn only_who_can_learn_is_offered_a_step() {
        let offered = |phase| {
            let steps = [TrainStep::Both, TrainStep::Critic, TrainStep::Generator];
            steps.map(|step| why_no_step(phase, step).is_none())
        };
        assert_eq!(offered(Phase::Both), [true; 3]);
        assert_eq!(offered(Phase::GeneratorAlone(Some(36))), [false, false, true]);
        assert_eq!(offered(Phase::GeneratorAlone(None)), [false, false, true]);
        assert_eq!(offered(Phase::DiscriminatorAlone(39)), [false, true, false]);
        assert_eq!(offered(Phase::DiscriminatorChooses), [false, true, false]);
    }

    #[test]
    fn a_step_answers_with_what_it_changed() {
        let mut curves = Curves::default();
        assert_eq!(answer(&curves, TrainStep::Both, 3), "Iteration 3: both learned");
        for (iteration, loss) in [(2.0, 2.0), (3.0, 1.5)] {
            curves.get("discriminator_loss").push(iteration, loss);
            curves.get("generator_loss").push(iteration, 1.0);
        }
        let words = "Iteration 3: only the discriminator learned; loss of the discriminator 2.000 → 1.500";
        assert_eq!(answer(&curves, TrainStep::Critic, 3), words);
        assert_eq!(answer(&curves, TrainStep::Critic, 4), "Iteration 4: only the discriminator learned");
        for (iteration, loss) in [(10.0, 2.0), (11.0, 1.5)] {
            curves.get("reconstruction").push(iteration, loss);
        }
        let alone = "Iteration 11: only the generator learned; reconstruction 2.000 → 1.500";
        assert_eq!([TrainStep::Both, TrainStep::Critic].map(|who| answer(&curves, who, 11)), [alone; 2]);
    }
}
