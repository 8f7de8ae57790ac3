//! The Train page: what to learn from, start and stop, and the curves while it learns.

use eframe::egui::{Align, Color32, DragValue, Layout, ProgressBar, RichText, Slider, TextEdit, Ui, Vec2b};
use egui_plot::{Corner, Legend, Line, Plot, PlotPoints};

use super::{
    files::Purpose,
    settings_page::{group, row},
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    train::{BUILTIN, NETWORKS, RunState, smoothed},
    widgets,
};
use crate::engine::protocol::{TrainControl, TrainScalars};

/// What a curve shows of a point, if it was measured there.
type Measure = fn(&TrainScalars) -> Option<f64>;

impl Studio {
    pub(super) fn train_page(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.label(theme::strong("Train", size::DISPLAY));
        ui.label(
            RichText::new("A generator learns to write parts, a critic learns to tell them from real ones. Goes on when the window closes")
                .color(theme.text_muted),
        );
        ui.add_space(space::L);
        group(ui, Icon::SlidersHorizontal, "What to learn", |ui| self.training_setup(ui));
        if self.train.run.is_some() {
            group(ui, Icon::ChartSpline, "The run", |ui| self.training_run(ui));
        }
    }

    fn training_setup(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        row(ui, "Learn from", "A corpus that comes along, or a folder of MIDI files", |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (data, title) in BUILTIN {
                if ui.selectable_label(self.train.data == data, title).clicked() {
                    self.train.data = data.into();
                }
            }
            ui.add(
                TextEdit::singleline(&mut self.train.data)
                    .desired_width(220.0)
                    .hint_text(Purpose::TrainingData.example()),
            )
            .accessible_name("Training data");
            if widgets::text_button(ui, Icon::FolderOpen, "Choose a folder…", None).clicked() {
                self.ask(Purpose::TrainingData);
            }
        });
        row(ui, "Network", "", |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (index, (_, title, about)) in NETWORKS.iter().enumerate() {
                ui.selectable_value(&mut self.train.network, index, *title).on_hover_text(*about);
            }
            ui.label(
                RichText::new(NETWORKS[self.train.network].2)
                    .size(size::CAPTION)
                    .color(theme.text_faint),
            );
        });
        row(ui, "Iterations", "Several critic steps and one generator step each", |ui| {
            ui.add(DragValue::new(&mut self.train.iterations).range(1..=1_000_000).speed(10.0))
                .accessible_name("Iterations");
        });
        row(ui, "Name", "What the model will be called", |ui| {
            ui.add(TextEdit::singleline(&mut self.train.name).desired_width(220.0))
                .accessible_name("Name of the model");
        });
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.set_max_width(240.0);
            if widgets::primary_button(ui, Icon::Play, "Start training", self.why_not_train()).clicked() {
                self.start_training();
            }
        });
    }

    fn training_run(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let Some(run) = &self.train.run else { return };
        let last = run.scalars.last().cloned().unwrap_or_default();
        let state = run.state.clone();
        let (word, color) = match &state {
            RunState::Starting => (run.label.clone(), theme.text_muted),
            RunState::Running => ("learning".into(), theme.success),
            RunState::Paused => ("paused".into(), theme.warning),
            RunState::Stopping => ("stopping after this step".into(), theme.warning),
            RunState::Ended { message, ok } => (message.clone(), if *ok { theme.success } else { theme.error }),
        };
        let checkpoint = run.checkpoint;
        let out = run.out.display().to_string();
        ui.horizontal(|ui| {
            widgets::badge(ui, &word, color);
            if let Some(iteration) = checkpoint {
                ui.label(
                    RichText::new(format!("checkpoint at {iteration}"))
                        .size(size::CAPTION)
                        .color(theme.text_faint),
                );
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if matches!(state, RunState::Ended { .. }) && last.iteration < last.total {
                    if widgets::text_button(ui, Icon::Play, "Go on from the checkpoint", None).clicked() {
                        self.resume_training();
                    }
                    return;
                }
                let over = matches!(state, RunState::Ended { .. } | RunState::Stopping).then(|| "The training is over".to_owned());
                if widgets::text_button(ui, Icon::Square, "Stop and keep", over.clone()).clicked() {
                    self.control_training(TrainControl::Stop);
                }
                let paused = state == RunState::Paused;
                let (icon, title, control) = if paused {
                    (Icon::Play, "Resume", TrainControl::Resume)
                } else {
                    (Icon::Pause, "Pause", TrainControl::Pause)
                };
                if widgets::text_button(ui, icon, title, over).clicked() {
                    self.control_training(control);
                }
            });
        });
        if last.total > 0 {
            let share = last.iteration as f32 / last.total as f32;
            ui.add(
                ProgressBar::new(share)
                    .desired_height(8.0)
                    .corner_radius(theme::corners(4))
                    .fill(theme.accent),
            );
            let rate = last.iteration as f64 / last.seconds.max(0.001);
            let left = (last.total.saturating_sub(last.iteration)) as f64 / rate.max(1e-9);
            ui.label(
                RichText::new(format!(
                    "{} of {} iterations · {rate:.2} a second · {} so far, about {} left",
                    last.iteration,
                    last.total,
                    duration(last.seconds),
                    duration(left)
                ))
                .size(12.0)
                .color(theme.text_muted),
            );
        }
        ui.label(RichText::new(out).size(size::CAPTION).color(theme.text_faint));
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.label(RichText::new("Smoothing").color(theme.text_muted));
            widgets::slider(ui, Slider::new(&mut self.train.smoothing, 0.0..=0.999).show_value(false), 160.0).accessible_name("Smoothing");
            ui.label(RichText::new(format!("{:.3}", self.train.smoothing)).color(theme.text_muted));
        });
        let scalars = self.train.run.as_ref().map(|run| run.scalars.clone()).unwrap_or_default();
        let smoothing = self.train.smoothing;
        ui.columns(2, |columns| {
            let losses: [(&str, Color32, Measure); 2] = [
                ("Critic", theme.part(1), |scalars| Some(scalars.critic_loss)),
                ("Generator", theme.part(0), |scalars| Some(scalars.generator_loss)),
            ];
            chart(&mut columns[0], "Losses", 0.0, &scalars, smoothing, &losses);
            let similarity: [(&str, Color32, Measure); 5] = [
                ("Similarity", theme.part(2), |scalars| scalars.similarity),
                ("Style", theme.part(1), |scalars| scalars.style),
                ("Fit", theme.part(0), |scalars| scalars.fit),
                ("Copying", theme.part(5), |scalars| scalars.copying),
                ("Variety", theme.part(3), |scalars| scalars.variety),
            ];
            chart(&mut columns[1], "Similarity to the data", 1.0, &scalars, smoothing, &similarity);
        });
    }
}

/// Curves over iterations; the axis reaches from 0 to `top` at least.
fn chart(ui: &mut Ui, title: &str, top: f64, scalars: &[TrainScalars], smoothing: f64, curves: &[(&str, Color32, Measure)]) {
    let theme = Theme::of(ui);
    ui.label(theme::strong(title, size::BODY));
    Plot::new(title.to_owned())
        .height(280.0)
        .legend(Legend::default().position(Corner::RightTop))
        // the wheel scrolls the page; with Ctrl it zooms, the right button draws a box to zoom into
        .allow_scroll(false)
        .auto_bounds(Vec2b::TRUE)
        .include_y(0.0)
        .include_y(top)
        .grid_color(theme.grid_bar)
        .grid_fade(0.6)
        .show(ui, |plot| {
            for (name, color, measure) in curves {
                let points: Vec<[f64; 2]> = scalars
                    .iter()
                    .filter_map(|point| Some([point.iteration as f64, measure(point).filter(|value| value.is_finite())?]))
                    .collect();
                if points.is_empty() {
                    continue;
                }
                if smoothing > 0.0 {
                    // the raw curve stays, faint, behind
                    plot.line(
                        Line::new("", PlotPoints::from(points.clone()))
                            .color(color.gamma_multiply(0.25))
                            .allow_hover(false),
                    );
                }
                plot.line(
                    Line::new(*name, PlotPoints::from(smoothed(&points, smoothing)))
                        .color(*color)
                        .width(2.0),
                );
            }
        });
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
    use super::duration;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(duration(12.4), "12 s");
        assert_eq!(duration(200.0), "3 min 20 s");
        assert_eq!(duration(7500.0), "2 h 05 min");
        assert_eq!(duration(f64::INFINITY), "a long time");
    }
}
