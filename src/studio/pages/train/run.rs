//! A run as it is: its state and what can be done with it, its curves and samples, its settings.

use std::path::PathBuf;

use eframe::egui::{Grid, RichText, Ui};

use super::run_head::run_head;
use super::run_settings::run_settings;
use super::samples::run_samples;
use super::state::ShownRun;
use crate::engine_client::curves::{Curve, MEASURED_OF_ALL};
use crate::engine_client::model_card::Training;
use crate::engine_client::networks;
use crate::engine_client::run_folder::Change;
use crate::plural::counted;
use crate::studio::services::training::setup::loss_title;
use crate::studio::{
    actions::{FileAction, TrainAction},
    charts::ChartsAction,
    context::Context,
    services::{
        files::Purpose,
        training::{
            data::data_title,
            run::{Phase, RunInfo, precision, started_from},
        },
    },
    theme::{Icon, Theme, space},
    widgets::form::group,
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
    shown.charts.loss = run.request.chosen_loss();
    shown.settle_step(&run.status);
    run_head(run, shown, context, ui);
    ui.add_space(space::M);
    // from the start on, and in its place when the training ends before one's eyes: nothing moves by itself
    shown.was_alive |= run.alive;
    if shown.was_alive {
        group(ui, Icon::SlidersHorizontal, "While it runs", |ui| run_settings(run, shown, context, ui));
    }
    run_charts(run, shown, context, ui);
    run_samples(shown, run, context, ui);
    run_facts(run, &shown.charts.changes, context, ui);
}

/// All charts of the run.
fn run_charts(run: &RunInfo, shown: &mut ShownRun, context: &Context<'_>, ui: &mut Ui) {
    let others = context.services.training.runs().iter().filter(|other| other.folder != shown.folder);
    let others: Vec<(PathBuf, String)> = others.map(|other| (other.folder.clone(), other.name())).collect();
    let mut action = None;
    shown.charts.awaited = if shown.was_alive || run.can_resume() { awaited(run) } else { Vec::new() };
    group(ui, Icon::ChartSpline, "Curves", |ui| action = shown.charts.show_with_controls(ui, &others));
    match action {
        Some(ChartsAction::Compare(folder)) => context.ask(TrainAction::Compare(folder)),
        Some(ChartsAction::ExportAll) => context.ask(FileAction::Ask(Purpose::Curves)),
        Some(ChartsAction::TakePicture(rect, name)) => context.ask(TrainAction::TakePicture(rect, name)),
        None => {}
    }
}

/// The curves that it will have when it is done, and why there may be no point of each yet.
fn awaited(run: &RunInfo) -> Vec<(Curve, String)> {
    let of_network = networks::of(&run.request.network).losses;
    let all = MEASURED_OF_ALL.iter().chain(of_network);
    let all = all.filter_map(|curve| {
        let words = if networks::LEARNED_ALONE.contains(curve) || MEASURED_OF_ALL.contains(curve) {
            "Nothing has been measured yet".to_owned()
        } else {
            match (run.phase(), run.request.joins_at(run.total())) {
                (Phase::GeneratorAlone(None), _) => return None,
                (Phase::GeneratorAlone(Some(_)), Some((_, generator))) if *curve == Curve::GeneratorLoss => {
                    format!("The generator learns from the discriminator from iteration {} on", generator + 1)
                }
                (Phase::GeneratorAlone(Some(critic)), _) => {
                    format!("The discriminator joins at iteration {}", critic + 1)
                }
                (Phase::DiscriminatorAlone(generator), _) if *curve == Curve::GeneratorLoss => {
                    format!("The generator learns from the discriminator from iteration {} on", generator + 1)
                }
                (Phase::DiscriminatorAlone(_) | Phase::Both | Phase::DiscriminatorChooses, _) => {
                    "Nothing has been measured yet".to_owned()
                }
            }
        };
        Some((*curve, words))
    });
    all.collect()
}

fn run_facts(run: &RunInfo, changes: &[Change], context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let (request, training) = (&run.request, Training::from(&run.request));
    let plan = networks::of(&request.network);
    let tuning = run.tuning();
    let loss = if plan.chooses_loss { loss_title(request.loss) } else { "" };
    let facts = [
        ("Learned from", data_title(&request.data)),
        ("Network", plan.title.to_owned()),
        ("Started from", started_from(&training, &context.services.models)),
        ("Length", counted(run.status.total.max(1) as usize, "iteration")),
        ("Precision", precision(&training).to_owned()),
        ("Loss", loss.to_owned()),
        ("Learning rate", tuning.learning_rate.to_string()),
        ("Update ratio", tuning.update_ratio.to_string()),
        ("Batch", tuning.batch.to_string()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::{protocol::TrainRequest, run_folder::RunStatus};

    #[test]
    fn an_empty_chart_says_what_it_waits_for() {
        let of = |network: &str, adversarial, iteration| {
            let run = RunInfo {
                folder: PathBuf::new(),
                request: TrainRequest { network: network.into(), adversarial, ..TrainRequest::default() },
                status: RunStatus { total: 40, iteration, ..RunStatus::default() },
                alive: true,
            };
            awaited(&run)
        };
        let words = |network: &str, iteration, wanted: Curve| {
            let all = of(network, None, iteration);
            all.into_iter().find(|(curve, _)| *curve == wanted).map(|(_, words)| words).unwrap()
        };
        let alone = "The generator learns from the discriminator from iteration 27 on";
        let measured = "Nothing has been measured yet";
        let joins = "The discriminator joins at iteration 25";
        assert_eq!(words("autoregressive", 3, Curve::DiscriminatorLoss), joins);
        assert_eq!(words("autoregressive", 3, Curve::RealScore), joins);
        assert_eq!([3, 24].map(|done| words("autoregressive", done, Curve::GeneratorLoss)), [alone; 2]);
        assert_eq!(words("autoregressive", 24, Curve::DiscriminatorLoss), measured);
        assert_eq!(words("autoregressive", 3, Curve::Reconstruction), measured);
        assert_eq!(words("unet", 0, Curve::Similarity), measured);
        // without a discriminator there is nothing to wait for
        let alone = of("autoregressive", Some(0.0), 3);
        assert!(alone.iter().all(|(curve, _)| *curve != Curve::DiscriminatorLoss) && !alone.is_empty());
    }
}
