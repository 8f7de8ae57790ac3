//! What a new training is set to: its network and its settings, each with a line on what it does.

use std::path::PathBuf;

use eframe::egui::{Checkbox, ComboBox, DragValue, RichText, TextEdit, Ui};

use super::super::{
    generate::EngineState,
    settings_page::{group, row},
    state::Studio,
    theme::{Icon, Theme, size, space},
    widgets,
};
use crate::engine_client::networks::{self, NETWORKS, NetworkInfo};
use crate::engine_client::protocol::{DeviceChoice, Loss, TrainRequest};

/// How long a training is to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Steps of the generator.
    Iterations(u64),
    /// Passes over the data.
    Epochs(u64),
}

/// What a new training is set to. What is `None` is the network's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// A folder of MIDI files, or `builtin:STYLE`.
    pub data: String,
    /// What the model will be called.
    pub name: String,
    /// Which network.
    pub network: &'static str,
    /// How long.
    pub length: Length,
    /// Step size of both optimisers.
    pub learning_rate: Option<f64>,
    /// Critic steps per generator step.
    pub update_ratio: Option<u32>,
    /// Windows per step.
    pub batch: Option<u32>,
    /// What everything random follows from.
    pub seed: u64,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Convolutions in half as many bits, where the network knows how.
    pub mixed: bool,
    /// What critic and generator strive for.
    pub loss: Loss,
    /// A model to start from.
    pub from: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            data: "builtin:chorale".into(),
            name: "My model".into(),
            network: NETWORKS[0].name,
            length: Length::Iterations(1000),
            learning_rate: None,
            update_ratio: None,
            batch: None,
            seed: 1,
            device: DeviceChoice::Auto,
            mixed: false,
            loss: Loss::default(),
            from: None,
        }
    }
}

impl Setup {
    /// The network's own settings.
    pub fn plan(&self) -> NetworkInfo {
        networks::of(self.network)
    }

    /// What the engine is asked.
    pub fn request(&self, out: PathBuf, iterations_per_epoch: Option<u64>) -> TrainRequest {
        TrainRequest {
            data: self.data.trim().to_owned(),
            out,
            network: self.network.into(),
            iterations: match self.length {
                Length::Iterations(iterations) => iterations,
                Length::Epochs(epochs) => epochs.saturating_mul(iterations_per_epoch.unwrap_or(1)),
            },
            learning_rate: self.learning_rate,
            update_ratio: self.update_ratio,
            batch: self.batch,
            loss: self.loss,
            seed: self.seed,
            device: self.device.clone(),
            mixed: self.mixed && self.plan().mixes,
            from: self.from.clone(),
            ..TrainRequest::default()
        }
    }
}

/// What a loss is called.
pub(super) const fn loss_title(loss: Loss) -> &'static str {
    match loss {
        Loss::Wasserstein => "WGAN-GP",
        Loss::Hinge => "Hinge",
    }
}

impl Studio {
    /// The settings of a new training, and the button that starts it.
    pub(super) fn training_settings(&mut self, ui: &mut Ui) {
        let devices = match &self.generate.engine {
            EngineState::Ready { devices } => devices.clone(),
            _ => vec!["CPU".into()],
        };
        let models = self.generate.models.clone().unwrap_or_default();
        let per_epoch = self.train.data.iterations_per_epoch(&self.train.setup);
        let why_not = self.why_not_train();
        let mut start = false;
        let setup = &mut self.train.setup;
        group(ui, Icon::SlidersHorizontal, "How to learn", |ui| {
            row(ui, "Network", "What is trained", |ui| network_choice(ui, setup));
            let length_help = per_epoch.map_or_else(
                || "One iteration is some critic steps and a generator step".into(),
                |iterations| format!("One pass over the data (epoch) takes {iterations} iterations"),
            );
            row(ui, "Length", &length_help, |ui| length_choice(ui, setup, per_epoch));
            let plan = setup.plan();
            row(ui, "Learning rate", "How far each step goes: larger learns faster and breaks sooner", |ui| {
                let mut rate = setup.learning_rate.unwrap_or(plan.learning_rate);
                let speed = rate * 0.01;
                let field = DragValue::new(&mut rate).range(1e-6..=1.0).speed(speed).max_decimals(6);
                if ui.add(field).accessible_name("Learning rate").changed() {
                    setup.learning_rate = Some(rate);
                }
                default_again(ui, &mut setup.learning_rate, &format!("{}", plan.learning_rate));
            });
            row(
                ui,
                "Update ratio",
                "Critic steps for each generator step: a critic ahead gives better directions, and takes longer",
                |ui| {
                    let mut ratio = setup.update_ratio.unwrap_or(plan.update_ratio);
                    let field = DragValue::new(&mut ratio).range(1..=100).speed(0.05);
                    if ui.add(field).accessible_name("Update ratio").changed() {
                        setup.update_ratio = Some(ratio);
                    }
                    default_again(ui, &mut setup.update_ratio, &plan.update_ratio.to_string());
                },
            );
            row(ui, "Batch", "Windows of music in each step: more is steadier, slower and takes memory", |ui| {
                let mut batch = setup.batch.unwrap_or(plan.batch);
                let field = DragValue::new(&mut batch).range(1..=4096).speed(0.2);
                if ui.add(field).accessible_name("Batch").changed() {
                    setup.batch = Some(batch);
                }
                default_again(ui, &mut setup.batch, &plan.batch.to_string());
            });
            row(ui, "Loss", "What critic and generator strive for", |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                ui.selectable_value(&mut setup.loss, Loss::Wasserstein, loss_title(Loss::Wasserstein))
                        .on_hover_text("The critic measures how far apart real and written music are; its slope is kept near one. Steady; the curve rises to just below zero");
                ui.selectable_value(&mut setup.loss, Loss::Hinge, loss_title(Loss::Hinge)).on_hover_text(
                    "The critic need only be right by a margin, with a penalty on its slope at real music. Quicker per step, less steady",
                );
            });
            row(ui, "Seed", "The same seed on the same processor gives the same model", |ui| {
                ui.add(DragValue::new(&mut setup.seed).speed(0.1)).accessible_name("Seed");
            });
            row(ui, "Device", "Where to compute; automatic takes a graphics card that works", |ui| {
                device_choice(ui, setup, &devices);
            });
            row(
                ui,
                "Precision",
                "Mixed computes convolutions in bfloat16, nearly twice as fast; processors that are no faster with it stay exact",
                |ui| {
                    let why_not = "This network is small enough to gain nothing by it: it is for the U-Net";
                    ui.add_enabled(plan.mixes, Checkbox::new(&mut setup.mixed, "Mixed precision"))
                        .on_disabled_hover_text(why_not);
                },
            );
            row(ui, "Start from", "A model to go on from with other data, instead of from nothing", |ui| {
                let same_network = |card: &crate::engine_client::ModelCard| card.network == setup.network;
                let fitting = models.iter().filter(|model| model.card.as_ref().is_ok_and(same_network));
                let title = |from: &PathBuf| {
                    let model = models.iter().find(|model| model.folder.path == *from);
                    model.map_or_else(|| from.display().to_string(), |model| model.title().to_owned())
                };
                let shown = setup.from.as_ref().map_or_else(|| "Nothing".to_owned(), title);
                let mut chosen = setup.from.clone();
                ComboBox::from_id_salt("start from")
                    .width(220.0)
                    .selected_text(shown)
                    .show_ui(ui, |ui| {
                        ui.selectable_value(&mut chosen, None, "Nothing");
                        for model in fitting {
                            ui.selectable_value(&mut chosen, Some(model.folder.path.clone()), model.title());
                        }
                    })
                    .response
                    .accessible_name("Start from");
                setup.from = chosen;
            });
            row(ui, "Name", "What the model will be called", |ui| {
                ui.add(TextEdit::singleline(&mut setup.name).desired_width(220.0)).accessible_name("Name of the model");
            });
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                ui.set_max_width(240.0);
                start = widgets::primary_button(ui, Icon::Play, "Start training", why_not).clicked();
            });
        });
        if start {
            self.start_training();
        }
    }
}

fn network_choice(ui: &mut Ui, setup: &mut Setup) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.x = 4.0;
    for plan in NETWORKS {
        let chosen = ui.selectable_label(setup.network == plan.name, plan.title);
        if chosen.on_hover_text(plan.about).clicked() && setup.network != plan.name {
            *setup = Setup {
                network: plan.name,
                // what was set for one network makes no sense for another
                learning_rate: None,
                update_ratio: None,
                batch: None,
                from: None,
                ..setup.clone()
            };
        }
    }
    ui.add_space(space::XS);
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
    ui.add(DragValue::new(&mut value).range(1..=most).speed(if in_epochs { 0.1 } else { 10.0 })).accessible_name(name);
    let mut epochs_wanted = in_epochs;
    ui.selectable_value(&mut epochs_wanted, false, "iterations");
    let known = ui.add_enabled_ui(per_epoch.is_some(), |ui| ui.selectable_value(&mut epochs_wanted, true, "epochs"));
    known.inner.on_disabled_hover_text("How long an epoch is, is known once the data have been looked through");
    setup.length = match (in_epochs, epochs_wanted, per_epoch) {
        (false, true, Some(per_epoch)) => Length::Epochs((value / per_epoch.max(1)).max(1)),
        (true, false, Some(per_epoch)) => Length::Iterations(value.saturating_mul(per_epoch)),
        (_, true, _) => Length::Epochs(value),
        (_, false, _) => Length::Iterations(value),
    };
}

/// A way back to the network's own value, where it was left.
fn default_again<T>(ui: &mut Ui, value: &mut Option<T>, own: &str) {
    let theme = Theme::of(ui);
    if value.is_none() {
        ui.label(RichText::new("the network's own").size(size::CAPTION).color(theme.text_faint));
    } else if widgets::text_button(ui, Icon::RotateCcw, &format!("Back to {own}"), None).clicked() {
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
                ui.selectable_value(&mut setup.device, choice, title);
            }
        })
        .response
        .accessible_name("Device");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_what_is_asked() {
        let setup = Setup { length: Length::Epochs(3), batch: Some(8), loss: Loss::Hinge, ..Setup::default() };
        let request = setup.request("out".into(), Some(40));
        assert_eq!((request.iterations, request.batch, request.loss), (120, Some(8), Loss::Hinge));
        assert_eq!((request.learning_rate, request.network.as_str()), (None, "cantus"));
        let setup = Setup { length: Length::Iterations(7), ..setup };
        assert_eq!(setup.request("out".into(), None).iterations, 7);
        let mixed = Setup { mixed: true, ..setup };
        assert!(!mixed.request("out".into(), None).mixed, "the studio's own network cannot");
        let unet = Setup { network: "unet", ..mixed };
        assert!(unet.request("out".into(), None).mixed);
    }
}
