//! What a new training is set to: its network and its settings, each with a line on what it does.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use eframe::egui::{ComboBox, Label, RichText, TextEdit, Ui, emath::Numeric, vec2};

use super::state::TrainPage;
use crate::engine_client::ModelCard;
use crate::engine_client::networks::NETWORKS;
use crate::engine_client::protocol::{DeviceChoice, Loss, TrainRequest};
use crate::plural::counted;
use crate::studio::services::training::setup::{Beginning, Length, Setup, loss_title};
use crate::studio::{
    actions::TrainAction,
    context::Context,
    explanations::{ITERATION, Topic, help},
    services::{
        engine::EngineState,
        models::{Model, Models},
        training::{data::data_title, estimate::seconds_per_iteration, run::FROM_SCRATCH},
    },
    theme::{Icon, Theme, size, space},
    widgets::{
        self,
        form::{group, row_with},
    },
    words::{lower_first, rough_duration},
};

/// What can be striven for, and what that means.
const LOSSES: [(Loss, &str); 2] = [
    (
        Loss::Wasserstein,
        "Wasserstein GAN with gradient penalty: the discriminator (critic) measures how far apart real and \
         generated music are; its slope is kept near one. \
         Steady; the curve rises to just below zero",
    ),
    (
        Loss::Hinge,
        "The discriminator need only be right by a margin, with a penalty on its slope at real music. \
         Quicker per step, less steady",
    ),
];
/// What the model is that trainings go on from by default, behind its name.
const WHAT_BASE_IS: &str = "is a model that comes with Cantus: it knows music of many kinds and needs less training \
                            on yours than a new one";
/// Why no loss can be chosen.
const OWN_LOSS: &str = "This network's discriminator always has the logistic loss";

/// The settings of a new training.
pub fn training_settings(page: &mut TrainPage, context: &Context<'_>, ui: &mut Ui) {
    let devices = match &context.services.engine.state {
        EngineState::Ready { devices, .. } => devices.clone(),
        _ => vec!["CPU".into()],
    };
    let per_epoch = page.data.iterations_per_epoch(&page.setup);
    let setup = &mut page.setup;
    group(ui, Icon::SlidersHorizontal, "Training settings", |ui| {
        explained(ui, Topic::Network, "What is trained", |ui| network_choice(ui, setup));
        explained(ui, Topic::StartFrom, "A model to train further on this data, instead of a new one", |ui| {
            start_choice(ui, setup, context);
        });
        // the same words whatever is known, so that they take the same room
        let length_help = format!("{ITERATION}{}", joining_words(&setup.request(PathBuf::new(), per_epoch, None)));
        explained(ui, Topic::Length, &length_help, |ui| length_choice(ui, setup, per_epoch));
        let plan = setup.plan();
        explained(ui, Topic::LearningRate, "How far each step goes: larger learns faster, too large breaks it", |ui| {
            let speed = setup.learning_rate.unwrap_or(plan.learning_rate) * 0.01;
            number(ui, "Learning rate", &mut setup.learning_rate, plan.learning_rate, 1e-6..=1.0, speed);
        });
        explained(ui, Topic::UpdateRatio, "Discriminator steps for each generator step", |ui| {
            number(ui, "Update ratio", &mut setup.update_ratio, plan.update_ratio, 1..=100, 0.05);
        });
        explained(
            ui,
            Topic::Batch,
            "Passages of music in each step: more is steadier, but slower and needs memory",
            |ui| {
                number(ui, "Batch", &mut setup.batch, plan.batch, 1..=4096, 0.2);
            },
        );
        explained(ui, Topic::Loss, "What discriminator and generator minimise", |ui| loss_choice(ui, setup));
        let seed_help =
            "Also draws which pieces are held out; the same seed on the same processor gives the same model";
        explained(ui, Topic::Seed, seed_help, |ui| {
            ui.add(widgets::number_field(&mut setup.seed).speed(0.1)).accessible_name("Seed");
        });
        explained(ui, Topic::Device, "Where to compute; automatic uses a graphics card if there is one", |ui| {
            device_choice(ui, setup, &devices);
        });
        explained(ui, Topic::Precision, "Mixed is nearly twice as fast where the processor supports it", |ui| {
            let why_not = "Only the U-Net gains from it; this network is too small";
            ui.add_enabled_ui(plan.mixes, |ui| widgets::tick(ui, &mut setup.mixed, "Mixed precision"))
                .inner
                .on_disabled_hover_text(why_not);
            if !plan.mixes {
                ui.label(RichText::new(why_not).size(size::CAPTION).color(Theme::of(ui).text_faint));
            }
        });
        explained(ui, Topic::Name, "What the model will be called", |ui| {
            widgets::text_field(ui, TextEdit::singleline(&mut setup.name).desired_width(220.0))
                .accessible_name("Name of the model");
        });
    });
}

/// The bar at the foot of the form: what is about to happen, how long it may take, and the button that starts it.
pub fn start_bar(page: &TrainPage, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let why_not = page.why_not_start(context.services.session.models_folder().as_deref());
    let per_epoch = page.data.iterations_per_epoch(&page.setup);
    let asked = page.setup.request(PathBuf::new(), per_epoch, None);
    let speed = seconds_per_iteration(context.services.training.runs(), &asked);
    ui.horizontal(|ui| {
        let is_ready = why_not.is_none();
        ui.allocate_ui(vec2(220.0, 44.0), |ui| {
            if widgets::primary_button(ui, Icon::Play, "Start training", why_not.clone()).clicked() {
                context.ask(TrainAction::Start);
            }
        });
        ui.add_space(space::M);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let (first, color) = if let Some(reason) = why_not {
                (reason, theme.warning)
            } else {
                let iterations = counted(asked.iterations as usize, "iteration");
                let data = data_title(&asked.data);
                let beginning = match beginning(&page.setup, &context.services.models) {
                    Some(model) => format!("starting from {model}"),
                    None => lower_first(FROM_SCRATCH),
                };
                (format!("{} on {data}, {beginning}, {iterations}", page.setup.plan().title), theme.text)
            };
            ui.add(Label::new(RichText::new(first).color(color)).truncate());
            ui.horizontal(|ui| {
                ui.spacing_mut().interact_size.y = 18.0;
                let time = match speed.filter(|_| is_ready) {
                    Some(seconds) => format!(
                        "About {}, going by the last training of this network on this computer",
                        rough_duration(seconds * asked.iterations as f64)
                    ),
                    None => "No time estimate yet: no training of this kind has been completed on this computer".into(),
                };
                // the mark first, which is not cut
                help(ui, Topic::Estimate);
                let time = RichText::new(time).size(size::CAPTION).color(theme.text_faint);
                ui.add(Label::new(time).truncate());
            });
        });
    });
}

/// When the discriminator joins, where it does so later.
fn joining_words(asked: &TrainRequest) -> String {
    let total = asked.iterations;
    asked.joins_at(total).map_or_else(String::new, |(critic, _)| {
        format!(". The discriminator joins at iteration {} of {total}", critic + 1)
    })
}

/// A row of the form with its question mark; it is called as its topic is.
fn explained(ui: &mut Ui, topic: Topic, line: &str, add: impl FnOnce(&mut Ui)) {
    row_with(ui, topic.row().0, line, |ui| drop(help(ui, topic)), add);
}

fn loss_choice(ui: &mut Ui, setup: &mut Setup) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let has_choice = setup.plan().chooses_loss;
    for (loss, about) in LOSSES {
        let chosen = has_choice && setup.loss == loss;
        let button = ui.add_enabled(has_choice, widgets::choice_button(chosen, loss_title(loss)));
        if button.on_hover_text(about).on_disabled_hover_text(OWN_LOSS).clicked() {
            setup.loss = loss;
        }
    }
    if !has_choice {
        ui.label(RichText::new(OWN_LOSS).size(size::CAPTION).color(Theme::of(ui).text_faint));
    }
}

fn start_choice(ui: &mut Ui, setup: &mut Setup, context: &Context<'_>) {
    let models = context.services.models.list.as_deref().unwrap_or_default();
    let plan = setup.plan();
    let same_network = |card: &ModelCard| card.network == setup.network;
    // the base stands once, as the default
    let base = context.services.models.base_of(plan);
    let is_other = |model: &&Model| base.is_none_or(|base| base.folder != model.folder);
    let fitting = models.iter().filter(|model| model.card.as_ref().is_ok_and(same_network)).filter(is_other);
    let about = |model: &Model| model.card.as_ref().map_or_else(|_| String::new(), |card| card.about.clone());
    let base = base.map(|model| (format!("{} · default", model.title()), about(model)));
    let shown = match (&setup.from, &base) {
        (Beginning::Base, Some((base, _))) => base.clone(),
        _ => beginning(setup, &context.services.models).unwrap_or_else(|| FROM_SCRATCH.to_owned()),
    };
    let mut chosen = setup.from.clone();
    ComboBox::from_id_salt("start from")
        .width(220.0)
        .selected_text(shown)
        .show_ui(ui, |ui| {
            if let Some((base, about)) = base {
                widgets::list_value(ui, &mut chosen, Beginning::Base, base).on_hover_text(about);
            }
            widgets::list_value(ui, &mut chosen, Beginning::Scratch, FROM_SCRATCH);
            for model in fitting {
                let other = Beginning::Model(model.folder.path.clone());
                widgets::list_value(ui, &mut chosen, other, model.title()).on_hover_text(about(model));
            }
        })
        .response
        .accessible_name("Start from");
    setup.from = chosen;
    if let (Beginning::Base, Some(model)) = (&setup.from, context.services.models.base_of(plan)) {
        ui.end_row();
        widgets::caption(ui, format!("{} {WHAT_BASE_IS}", model.title()));
    }
}

/// The model that a training so set up goes on from, if it does.
fn beginning(setup: &Setup, models: &Models) -> Option<String> {
    match &setup.from {
        Beginning::Base => models.base_of(setup.plan()).map(|model| model.title().to_owned()),
        Beginning::Scratch => None,
        Beginning::Model(from) => {
            let model = models.list.iter().flatten().find(|model| model.folder.path == *from);
            Some(model.map_or_else(|| from.display().to_string(), |model| model.title().to_owned()))
        }
    }
}

fn network_choice(ui: &mut Ui, setup: &mut Setup) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.x = 4.0;
    for plan in NETWORKS {
        let chosen = ui.add(widgets::choice_button(setup.network == plan.name, plan.title));
        if chosen.on_hover_text(plan.about).clicked() && setup.network != plan.name {
            *setup = Setup {
                network: plan.name,
                // what was set for one network makes no sense for another
                learning_rate: None,
                update_ratio: None,
                batch: None,
                from: Beginning::Base,
                length: match setup.length {
                    // a length that nobody changed is the network's own
                    Length::Iterations(iterations) if iterations == setup.plan().iterations => {
                        Length::Iterations(plan.iterations)
                    }
                    length => length,
                },
                ..setup.clone()
            };
        }
    }
    ui.end_row();
    ui.label(RichText::new(setup.plan().about).size(size::CAPTION).color(theme.text_faint));
}

fn length_choice(ui: &mut Ui, setup: &mut Setup, per_epoch: Option<u64>) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let (mut value, in_epochs) = match setup.length {
        Length::Iterations(iterations) => (iterations, false),
        Length::Epochs(epochs) => (epochs, true),
    };
    let most = if in_epochs { 100_000 } else { 10_000_000 };
    let name = if in_epochs { "Epochs" } else { "Iterations" };
    ui.add(widgets::number_field(&mut value).range(1..=most).speed(if in_epochs { 0.1 } else { 10.0 }))
        .accessible_name(name);
    let mut epochs_wanted = in_epochs;
    widgets::choice(ui, &mut epochs_wanted, false, "iterations", None);
    let unknown = || "The length of an epoch is known once the data has been scanned".to_owned();
    widgets::choice(ui, &mut epochs_wanted, true, "epochs", per_epoch.is_none().then(unknown));
    if let Some(iterations) = per_epoch {
        widgets::caption(ui, format!("An epoch has {}", counted(iterations as usize, "iteration")));
    }
    setup.length = match (in_epochs, epochs_wanted, per_epoch) {
        (false, true, Some(per_epoch)) => Length::Epochs((value / per_epoch.max(1)).max(1)),
        (true, false, Some(per_epoch)) => Length::Iterations(value.saturating_mul(per_epoch)),
        (_, true, _) => Length::Epochs(value),
        (_, false, _) => Length::Iterations(value),
    };
}

/// A number that may be left to the network, and a way back to that.
fn number<T: Numeric + std::fmt::Display>(
    ui: &mut Ui,
    name: &str,
    value: &mut Option<T>,
    default: T,
    range: RangeInclusive<T>,
    speed: f64,
) {
    let theme = Theme::of(ui);
    let mut shown = value.unwrap_or(default);
    let decimals = if T::INTEGRAL { 0 } else { 6 };
    let field = widgets::number_field(&mut shown).range(range).speed(speed).max_decimals(decimals);
    if ui.add(field).accessible_name(name).changed() {
        *value = Some(shown);
    }
    if value.is_none() {
        ui.label(RichText::new("(default)").size(size::CAPTION).color(theme.text_muted));
    } else if widgets::text_button(ui, Icon::RotateCcw, &format!("Back to {default}"), None).clicked() {
        *value = None;
    }
}

fn device_choice(ui: &mut Ui, setup: &mut Setup, devices: &[String]) {
    let mut choices = vec![(DeviceChoice::Auto, "Automatic".to_owned())];
    for found in devices {
        let number = found.strip_prefix("CUDA ").and_then(|number| number.parse().ok());
        let choice = match (found.as_str(), number) {
            (_, Some(number)) => DeviceChoice::Cuda(number),
            ("MPS", _) => DeviceChoice::Mps,
            _ => DeviceChoice::Cpu,
        };
        choices.push((choice, found.clone()));
    }
    let shown = choices.iter().find(|(choice, _)| *choice == setup.device);
    let shown = shown.map_or_else(|| setup.device.to_string(), |(_, title)| title.clone());
    ComboBox::from_id_salt("training device")
        .width(140.0)
        .selected_text(shown)
        .show_ui(ui, |ui| {
            for (choice, title) in choices {
                widgets::list_value(ui, &mut setup.device, choice, title);
            }
        })
        .response
        .accessible_name("Device");
}
