//! A run as it is: its state and what can be done with it, the settings in force, how long it will take.

use std::path::PathBuf;

use eframe::egui::{Align, DragValue, Grid, Layout, ProgressBar, RichText, Slider, Ui};

use super::list::state_of;
use super::samples::run_samples;
use super::setup::loss_title;
use super::state::ShownRun;
use crate::engine_client::networks;
use crate::engine_client::protocol::{TrainChange, TrainControl, TrainStep};
use crate::engine_client::run_folder::{Change, RunState};
use crate::plural::counted;
use crate::studio::{
    actions::{FileAction, TrainAction},
    charts::ChartsAction,
    context::Context,
    services::{
        files::Purpose,
        training::{data::data_title, run::RunInfo},
    },
    theme::{self, Icon, Theme, size, space},
    widgets::{self, form::group},
};

/// The run that is shown.
pub fn run_page(shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let Some(run) = context.services.training.run(&shown.folder) else {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(RichText::new("Starting the engine").color(theme.text_muted));
        });
        return;
    };
    run_head(run, context, ui);
    ui.add_space(space::M);
    if run.alive && run.status.state != RunState::Starting {
        group(ui, Icon::SlidersHorizontal, "While it runs", |ui| run_settings(run, context, ui));
    }
    run_charts(shown, context, ui);
    run_samples(shown, context, ui);
    run_facts(run, &shown.charts.changes, ui);
}

/// All charts of the run.
fn run_charts(shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let others = context.services.training.runs().iter().filter(|other| other.folder != shown.folder);
    let others: Vec<(PathBuf, String)> = others.map(|other| (other.folder.clone(), other.name())).collect();
    let mut action = None;
    group(ui, Icon::ChartSpline, "Curves", |ui| action = shown.charts.show_with_controls(ui, &others));
    match action {
        Some(ChartsAction::Compare(folder, name)) => context.ask(TrainAction::Compare(folder, name)),
        Some(ChartsAction::ExportAll) => context.ask(FileAction::Ask(Purpose::Curves)),
        Some(ChartsAction::TakePicture(rect)) => context.ask(TrainAction::TakePicture(rect)),
        None => {}
    }
}

fn run_head(run: &RunInfo, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let status = &run.status;
    let (words, color, _) = state_of(run, theme);
    ui.horizontal(|ui| {
        ui.label(theme::strong(run.name(), size::TITLE));
        widgets::badge(ui, &words, color);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| run_buttons(run, context, ui));
    });
    if status.state == RunState::Failed || status.state == RunState::Starting {
        ui.label(RichText::new(&status.message).color(color));
    }
    if status.total > 0 {
        let share = status.iteration as f32 / status.total as f32;
        let bar = ProgressBar::new(share).desired_height(8.0).corner_radius(theme::corners(4));
        ui.add(bar.fill(theme.accent));
    }
    let mut facts = vec![format!("{} of {}", status.iteration, counted(status.total as usize, "iteration"))];
    if status.iterations_per_epoch > 0 {
        facts.push(format!("epoch {:.1}", status.iteration as f64 / status.iterations_per_epoch as f64));
    }
    if status.seconds_per_iteration > 0.0 {
        facts.push(speed(status.seconds_per_iteration));
    }
    facts.push(format!("{} so far", duration(status.seconds)));
    if run.alive && status.seconds_per_iteration > 0.0 {
        let waited = status.tuning.wait_ms as f64 / 1000.0;
        let left = status.total.saturating_sub(status.iteration) as f64 * (status.seconds_per_iteration + waited);
        facts.push(format!("about {} left", duration(left)));
    }
    if !status.device.is_empty() {
        facts.push(status.device.clone());
    }
    if run.alive && status.memory_bytes > 0 {
        facts.push(format!("{:.0} MB of memory", status.memory_bytes as f64 / 1e6));
    }
    if let Some(checkpoint) = status.checkpoint {
        facts.push(format!("checkpoint at {checkpoint}"));
    }
    ui.label(RichText::new(facts.join(" · ")).size(12.0).color(theme.text_muted));
}

fn run_buttons(run: &RunInfo, context: &Context<'_>, ui: &mut Ui) {
    let status = &run.status;
    let resume = |iterations| context.ask(TrainAction::Resume(run.folder.clone(), iterations));
    let control = |control| context.ask(TrainAction::Control(run.folder.clone(), control));
    if !run.alive {
        let why_not = status.checkpoint.is_none().then(|| "There is no checkpoint to resume from".to_owned());
        if run.can_resume() {
            if widgets::text_button(ui, Icon::Play, "Resume", why_not).clicked() {
                resume(status.total.max(run.request.iterations));
            }
        } else {
            let more = run.request.iterations.max(status.total);
            if widgets::text_button(ui, Icon::Plus, "Train longer", why_not)
                .on_hover_text(format!("Trains for another {}", counted(more as usize, "iteration")))
                .clicked()
            {
                resume(status.total + more);
            }
        }
        return;
    }
    if widgets::text_button(ui, Icon::Square, "Stop and keep", None).clicked() {
        control(TrainControl::Stop);
    }
    if status.state == RunState::Starting {
        return;
    }
    let (icon, title, wish) = if status.state == RunState::Paused {
        (Icon::Play, "Resume", TrainControl::Resume)
    } else {
        (Icon::Pause, "Pause", TrainControl::Pause)
    };
    if widgets::text_button(ui, icon, title, None).clicked() {
        control(wish);
    }
}

/// What can be changed while it runs.
fn run_settings(run: &RunInfo, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let now = run.status.tuning;
    let mut change = TrainChange::default();
    let control = |control| context.ask(TrainAction::Control(run.folder.clone(), control));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let name = |ui: &mut Ui, text: &str| ui.label(RichText::new(text).color(theme.text_muted));
        name(ui, "Learning rate");
        change.learning_rate =
            field(ui, "Change the learning rate", now.learning_rate, 1e-6..=1.0, now.learning_rate * 0.01);
        name(ui, "Update ratio");
        let ratio = field(ui, "Change the update ratio", f64::from(now.update_ratio), 1.0..=100.0, 0.05);
        change.update_ratio = ratio.map(|ratio| ratio as u32);
        name(ui, "Batch");
        let batch = field(ui, "Change the batch", f64::from(now.batch), 1.0..=4096.0, 0.2);
        change.batch = batch.map(|batch| batch as u32);
        name(ui, "Iterations");
        let total = field(ui, "Change the iterations", now.iterations as f64, 1.0..=1e7, 10.0);
        change.iterations = total.map(|total| total as u64);
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.label(RichText::new("One step of").color(theme.text_muted));
        for (title, step, about) in [
            ("Both", TrainStep::Both, "The discriminator learns, then the generator; then it pauses"),
            ("Discriminator", TrainStep::Critic, "Only the discriminator learns; then it pauses"),
            ("Generator", TrainStep::Generator, "Only the generator learns; then it pauses"),
        ] {
            if widgets::text_button(ui, Icon::StepForward, title, None).on_hover_text(about).clicked() {
                control(TrainControl::Step(step));
            }
        }
        ui.add_space(space::M);
        ui.label(RichText::new("Slow motion").color(theme.text_muted));
        let id = ui.scope_id().with("slow motion");
        let mut wait = ui.data(|data| data.get_temp(id)).unwrap_or(now.wait_ms as f32 / 1000.0);
        let slider = Slider::new(&mut wait, 0.0..=5.0).step_by(0.1).show_value(false);
        let response = widgets::slider(ui, slider, 140.0).accessible_name("Slow motion");
        ui.label(if wait > 0.0 { format!("{wait:.1} s between iterations") } else { "off".into() });
        if response.dragged() {
            ui.data_mut(|data| data.insert_temp(id, wait));
        } else if response.drag_stopped() || response.changed() {
            change.wait_ms = Some((wait * 1000.0).round() as u64);
            ui.data_mut(|data| data.remove::<f32>(id));
        }
    });
    if change != TrainChange::default() {
        control(TrainControl::Change(change));
    }
}

fn run_facts(run: &RunInfo, changes: &[Change], ui: &mut Ui) {
    let theme = Theme::of(ui);
    let request = &run.request;
    let plan = networks::of(&request.network);
    let tuning = run.status.tuning;
    let known = tuning.batch > 0;
    let facts = [
        ("Learned from", data_title(&request.data)),
        ("Network", plan.title.to_owned()),
        ("Loss", loss_title(request.loss).to_owned()),
        (
            "Learning rate",
            if known { tuning.learning_rate } else { request.learning_rate.unwrap_or(plan.learning_rate) }.to_string(),
        ),
        (
            "Update ratio",
            if known { tuning.update_ratio } else { request.update_ratio.unwrap_or(plan.update_ratio) }.to_string(),
        ),
        ("Batch", if known { tuning.batch } else { request.batch.unwrap_or(plan.batch) }.to_string()),
        ("Seed", request.seed.to_string()),
        ("Computer", run.status.host.clone()),
        ("Folder", run.folder.display().to_string()),
    ];
    group(ui, Icon::Info, "Settings", |ui| {
        Grid::new("run facts").num_columns(2).spacing([24.0, 4.0]).min_row_height(18.0).show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
                ui.label(RichText::new(name).color(theme.text_faint));
                ui.label(RichText::new(value).color(theme.text_muted));
                ui.end_row();
            }
        });
        for change in changes {
            ui.label(RichText::new(format!("At {}: {}", change.iteration, change.text)).color(theme.text_muted));
        }
    });
}

/// A field whose value counts when it is let go; until then it keeps what is being set.
fn field(ui: &mut Ui, name: &str, value: f64, range: std::ops::RangeInclusive<f64>, speed: f64) -> Option<f64> {
    let id = ui.scope_id().with(name);
    let held = ui.data(|data| data.get_temp::<f64>(id));
    let mut shown = held.unwrap_or(value);
    let decimals = if *range.start() < 1.0 { 6 } else { 0 };
    let field = DragValue::new(&mut shown).range(range).speed(speed).max_decimals(decimals);
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

/// `0.52 s per iteration` or `3.1 iterations a second`.
fn speed(seconds: f64) -> String {
    if seconds >= 0.5 {
        format!("{seconds:.2} s per iteration")
    } else {
        format!("{:.1} iterations a second", 1.0 / seconds)
    }
}

/// `2 h 05 min`, `3 min 20 s`, `12 s`.
fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "a long time".into();
    }
    let seconds = seconds.round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_speeds_read_as_people_say_them() {
        assert_eq!(duration(12.4), "12 s");
        assert_eq!(duration(200.0), "3 min 20 s");
        assert_eq!(duration(7500.0), "2 h 05 min");
        assert_eq!(duration(f64::INFINITY), "a long time");
        assert_eq!((speed(0.1).as_str(), speed(10.5).as_str()), ("10.0 iterations a second", "10.50 s per iteration"));
    }
}
