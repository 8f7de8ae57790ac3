//! How a run stands, how long it will take, and what can be done with it as a whole.

use eframe::egui::{Align, Label, Layout, Popup, PopupCloseBehavior, ProgressBar, RichText, Ui};

use super::list::state_of;
use super::state::ShownRun;
use crate::engine_client::protocol::TrainControl;
use crate::engine_client::run_folder::RunState;
use crate::plural::counted;
use crate::studio::{
    actions::{GenerateAction, TrainAction},
    commands::Command,
    context::Context,
    page::Page,
    services::training::run::{Phase, RunInfo},
    theme::{self, Icon, Theme, size, space},
    widgets,
    words::rough_duration,
};

/// Shares of what was trained that are offered to train on for, with their names.
const MORE: [(f64, &str); 3] = [(0.25, "A quarter"), (0.5, "Half"), (1.0, "As many again")];

/// The head of the page.
pub fn run_head(run: &RunInfo, shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let status = &run.status;
    let (words, color, _) = state_of(run, context.services.training.asked(&run.folder), theme);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            run_buttons(run, shown, context, ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let badge = ui.available_width() - 12.0 * words.len() as f32;
                ui.scope(|ui| {
                    ui.set_max_width(badge.max(80.0));
                    ui.add(Label::new(theme::strong(run.name(), size::TITLE)).truncate());
                });
                widgets::badge(ui, &words, color);
            });
        });
    });
    if status.state == RunState::Failed {
        ui.label(RichText::new(&status.message).color(color));
    }
    if status.total > 0 {
        let share = status.iteration as f32 / status.total as f32;
        let bar = ProgressBar::new(share).desired_height(8.0).corner_radius(theme::corners(4));
        ui.add(bar.fill(theme.accent));
    }
    // each in a line of its own, so that what is added moves nothing
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for facts in [progress(run), machine(run)] {
            let words = RichText::new(facts.join(" · ")).size(12.0).color(theme.text_muted);
            ui.add(Label::new(words).truncate());
        }
    });
}

/// How far it is, and how long it takes.
fn progress(run: &RunInfo) -> Vec<String> {
    let status = &run.status;
    let mut facts = vec![format!("{} of {}", status.iteration, counted(status.total as usize, "iteration"))];
    let by_iterations = status.iteration as f64 / status.iterations_per_epoch as f64;
    if let Some(epochs) = status.epochs.or_else(|| (status.iterations_per_epoch > 0).then_some(by_iterations)) {
        facts.push(format!("epoch {epochs:.1}"));
    }
    if run.alive {
        facts.push(format!("{} so far", rough_duration(status.seconds)));
        facts.extend(left(run));
    } else {
        facts.push(format!("took {}", rough_duration(status.seconds)));
    }
    facts
}

/// How long it may take from here. Where others learn later, of whose speed nothing is known yet, only up to there.
fn left(run: &RunInfo) -> Option<String> {
    let status = &run.status;
    let left = status.seconds_left.filter(|_| status.iteration < run.total())?;
    if left <= 0.0 {
        return Some("taking longer than estimated".into());
    }
    let about = format!("about {}", rough_duration(left.max(1.0)));
    Some(match run.phase() {
        Phase::GeneratorAlone(Some(critic)) => {
            format!("{about} until the discriminator joins at iteration {}; slower from there on", critic + 1)
        }
        Phase::DiscriminatorAlone(generator) => {
            format!("{about} until the generator learns from it at iteration {}; slower from there on", generator + 1)
        }
        Phase::Both => match run.request.chooses_at(run.total()) {
            Some(last) => format!(
                "{about} until the generator is done at iteration {last}; then the discriminator learns alone, from \
                 the takes that it chooses"
            ),
            None => format!("{about} left"),
        },
        Phase::GeneratorAlone(None) | Phase::DiscriminatorChooses => format!("{about} left"),
    })
}

/// How fast it is while it runs, where, and what it holds.
fn machine(run: &RunInfo) -> Vec<String> {
    let status = &run.status;
    let mut facts = Vec::new();
    if run.alive && status.seconds_per_iteration > 0.0 {
        facts.push(speed(status.seconds_per_iteration));
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
    facts
}

/// The buttons, from the right. Each has a place of its own, whatever the run is at: a second click meets no other one.
fn run_buttons(run: &RunInfo, shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    use_button(run, context, ui);
    train_further(run, shown, context, ui);
    // as asked for, until it is so
    let asked = context.services.training.asked(&run.folder).wish;
    let is_stopping = run.alive && asked == Some(TrainControl::Stop);
    let stopping = is_stopping.then(|| "It is stopping, and keeps what it learned".to_owned());
    let why_not = (!run.alive).then(|| "It is not running".to_owned()).or_else(|| stopping.clone());
    let control = |control| context.ask(TrainAction::Control(run.folder.clone(), control));
    if widgets::text_button(ui, Icon::Square, "Stop and keep", why_not).clicked() {
        control(TrainControl::Stop);
    }
    if !run.alive {
        let why_not = why_no_checkpoint(run);
        if run.can_resume() && widgets::text_button(ui, Icon::Play, "Resume", why_not).clicked() {
            context.ask(TrainAction::Resume(run.folder.clone(), run.total()));
        }
        return;
    }
    if run.status.state == RunState::Starting {
        let why_not = "Training has not begun yet: the data is being read".to_owned();
        widgets::text_button(ui, Icon::Pause, "Pause", Some(why_not));
        return;
    }
    let is_paused = match asked {
        Some(TrainControl::Pause) => true,
        Some(TrainControl::Resume) => false,
        _ => run.status.state == RunState::Paused,
    };
    let (icon, title, wish) = if is_paused {
        (Icon::Play, "Resume", TrainControl::Resume)
    } else {
        (Icon::Pause, "Pause", TrainControl::Pause)
    };
    if widgets::text_button(ui, icon, title, stopping).clicked() {
        if is_paused {
            shown.step = None;
        }
        control(wish);
    }
}

fn why_no_checkpoint(run: &RunInfo) -> Option<String> {
    run.status.checkpoint.is_none().then(|| "There is no checkpoint to resume from".to_owned())
}

/// Has the model write on the Compose page.
fn use_button(run: &RunInfo, context: &Context<'_>, ui: &mut Ui) {
    let models = context.services.models.list.as_deref().unwrap_or_default();
    let index = models.iter().position(|model| model.folder.path == run.folder && model.card.is_ok());
    let why_not = match index {
        _ if run.status.iteration == 0 => Some("It has not learned anything yet".to_owned()),
        None => Some("It is not among your models: import its folder on the Models page".to_owned()),
        Some(_) => None,
    };
    let button = widgets::text_button(ui, Icon::AudioLines, "Use in Compose", why_not);
    if let (true, Some(index)) = (button.on_hover_text("Writes with this model from now on").clicked(), index) {
        context.ask(GenerateAction::ChooseModel(index));
        context.ask(Command::Show(Page::Compose));
    }
}

/// A button that asks for how long.
fn train_further(run: &RunInfo, shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let done = run.status.iteration.max(1);
    let why_not = if run.alive {
        Some("Once this training has ended, you can go on from there".to_owned())
    } else if run.can_resume() {
        Some("This training has not reached its end: Resume goes on with it".to_owned())
    } else {
        why_no_checkpoint(run)
    };
    let response = widgets::text_button(ui, Icon::Plus, "Train further…", why_not);
    shown.wants_keys |= response.clicked();
    let popup = Popup::from_toggle_button_response(&response);
    popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(280.0).show(|ui| {
        ui.set_max_width(280.0);
        ui.label(theme::strong("Train further", size::BODY));
        ui.label(RichText::new("The same curves go on; you can stop at any time").color(theme.text_muted));
        ui.add_space(space::XS);
        let mut more = shown.more.unwrap_or(done);
        ui.horizontal(|ui| {
            let field = widgets::number_field(&mut more).range(1..=10_000_000).speed(5.0);
            let field = field.update_while_editing(true); // what comes of it stands below
            widgets::first_number(ui, field, &mut shown.wants_keys).accessible_name("More iterations");
            ui.label("more iterations");
        });
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (share, title) in MORE {
                let these = ((done as f64 * share).round() as u64).max(1);
                if ui.add(widgets::choice_button(more == these, title)).clicked() {
                    more = these;
                }
            }
        });
        shown.more = Some(more);
        if run.status.iteration > 0 && run.status.seconds > 0.0 {
            let seconds = run.status.seconds / run.status.iteration as f64 * more as f64;
            widgets::caption(ui, format!("About {} at the speed so far", rough_duration(seconds)));
        }
        let total = run.total() + more;
        if run.request.joins_at(total).is_some() {
            widgets::caption(ui, who_goes_on(run.phase_in(total), total, shown.has_game()));
        }
        ui.add_space(space::XS);
        let entered = widgets::entered(ui);
        if widgets::text_button(ui, Icon::Play, "Continue training", None).clicked() || entered {
            context.ask(TrainAction::Resume(run.folder.clone(), total));
            shown.more = None;
            ui.close();
        }
    });
}

/// Who learns first when a training goes on to `total` iterations.
fn who_goes_on(phase: Phase, total: u64, has_game: bool) -> String {
    match phase {
        Phase::Both => "Both go on: the generator learns from the discriminator".into(),
        Phase::DiscriminatorChooses => {
            "The discriminator continues alone, from the takes that it chooses; with more iterations both would".into()
        }
        Phase::DiscriminatorAlone(generator) => format!(
            "The discriminator learns alone up to iteration {generator} of {total}; then the generator learns from it"
        ),
        Phase::GeneratorAlone(Some(critic)) if has_game => format!(
            "The discriminator has joined already. It waits up to iteration {critic} of {total}, while the generator \
             learns from the music alone again, and then goes on: it always learns in the last part of a training"
        ),
        Phase::GeneratorAlone(Some(critic)) => {
            format!("The generator learns alone up to iteration {critic} of {total}; then the discriminator joins")
        }
        Phase::GeneratorAlone(None) => "The generator goes on alone".into(),
    }
}

/// `0.52 s per iteration` or `3.1 iterations a second`.
fn speed(seconds: f64) -> String {
    if seconds >= 0.5 {
        format!("{seconds:.2} s per iteration")
    } else {
        format!("{:.1} iterations a second", 1.0 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::{protocol::TrainRequest, run_folder::RunStatus};

    #[test]
    fn who_learns_in_a_longer_training_is_told_by_what_has_been() {
        let words = |iteration, total, has_game| {
            let request = TrainRequest { network: "autoregressive".into(), ..TrainRequest::default() };
            let status = RunStatus { total: 100, iteration, ..RunStatus::default() };
            let run = RunInfo { folder: "waltz".into(), request, status, alive: false };
            who_goes_on(run.phase_in(total), total, has_game)
        };
        let joined = words(46, 200, true);
        assert!(
            joined.starts_with("The discriminator has joined already. It waits up to iteration 120 of 200"),
            "{joined}"
        );
        let alone = words(20, 106, false);
        assert!(alone.ends_with("up to iteration 63 of 106; then the discriminator joins"), "{alone}");
        let joins = words(63, 106, true);
        assert!(joins.starts_with("The discriminator learns alone up to iteration 69 of 106"), "{joins}");
        assert!(words(80, 106, true).starts_with("Both go on"));
        assert!(words(100, 106, true).starts_with("The discriminator continues alone"), "of 106, from 97 on");
    }

    #[test]
    fn what_is_left_is_told_as_far_as_it_is_known() {
        let words = |network: &str, iteration, seconds_left| {
            let request = TrainRequest { network: network.into(), ..TrainRequest::default() };
            let status = RunStatus { total: 100, iteration, seconds_left, ..RunStatus::default() };
            left(&RunInfo { folder: "waltz".into(), request, status, alive: true })
        };
        assert_eq!(words("unet", 0, None), None, "before the first iteration");
        assert_eq!(words("unet", 9, Some(200.0)).unwrap(), "about 3 min 20 s left");
        let joins = "about 12 s until the discriminator joins at iteration 61; slower from there on";
        assert_eq!(words("autoregressive", 9, Some(12.4)).unwrap(), joins);
        let done = "about 1 s until the generator is done at iteration 92; then the discriminator learns alone";
        assert!(words("autoregressive", 66, Some(0.2)).unwrap().starts_with(done));
        assert_eq!(words("autoregressive", 92, Some(0.2)).unwrap(), "about 1 s left");
        assert_eq!(words("autoregressive", 92, Some(0.0)).unwrap(), "taking longer than estimated");
        assert_eq!(words("unet", 100, Some(0.0)), None, "something else is done now");
    }

    #[test]
    fn how_fast_it_is_is_told_while_it_runs_and_how_long_it_took_then() {
        let run = |alive| {
            let status = RunStatus {
                seconds: 725.0,
                seconds_per_iteration: 7.25,
                iteration: 100,
                total: 100,
                ..RunStatus::default()
            };
            RunInfo { folder: "waltz".into(), request: TrainRequest::default(), status, alive }
        };
        assert_eq!(machine(&run(true)), ["7.25 s per iteration"]);
        assert!(machine(&run(false)).is_empty());
        assert_eq!(progress(&run(false)), ["100 of 100 iterations", "took 12 min 05 s"]);
    }

    #[test]
    fn speeds_read_as_people_say_them() {
        assert_eq!((speed(0.1).as_str(), speed(10.5).as_str()), ("10.0 iterations a second", "10.50 s per iteration"));
    }
}
