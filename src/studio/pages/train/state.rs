//! What the Train page keeps from one frame to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::survey::DataSurvey;
use crate::engine_client::curves::Curve;
use crate::engine_client::protocol::TrainStep;
use crate::engine_client::run_folder::{RunState, RunStatus};
use crate::music::Score;
use crate::studio::charts::{Charts, ComparedRun};
use crate::studio::services::session::state::KeptCharts;
use crate::studio::services::training::Training;
use crate::studio::services::training::run::{RunNews, name_of};
use crate::studio::services::training::setup::Setup;

/// What the page keeps.
#[derive(Default)]
pub struct TrainPage {
    /// What the next training is set to.
    pub setup: Setup,
    /// Whether that form has been shown: it opens at its top, and offers a name that is free.
    pub form_is_begun: bool,
    /// What it learns from, as far as that has been looked through.
    pub data: DataSurvey,
    /// The run that is shown; none while a new one is set up.
    pub shown: Option<ShownRun>,
    /// How charts are looked at, and what is laid into them, while no run is shown.
    aside: Charts,
    /// What was laid into the charts in the last session, until it is known which runs there are.
    kept: Vec<PathBuf>,
    /// A chart as PNG, until it is known where to keep it, and what it is called.
    pub picture: Option<(String, Vec<u8>)>,
}

impl TrainPage {
    /// The folder of the run that is shown.
    pub fn selected(&self) -> Option<&Path> {
        self.shown.as_ref().map(|shown| shown.folder.as_path())
    }

    /// Shows a run, or the settings of a new one; whether that is another than before.
    pub fn select(&mut self, folder: Option<PathBuf>) -> bool {
        let is_another = self.selected() != folder.as_deref();
        if is_another {
            self.form_is_begun = false;
            let (before, charts) = match self.shown.take() {
                Some(shown) => (Some(shown.folder), shown.charts),
                None => (None, std::mem::take(&mut self.aside)),
            };
            match folder {
                Some(folder) => {
                    let charts = charts.turned_to(before, &folder, name_of(&folder));
                    self.shown = Some(ShownRun { folder, charts, ..ShownRun::default() });
                }
                None => self.aside = charts,
            }
        }
        is_another
    }

    /// The charts of the run that is shown, or what is kept of them while none is.
    pub fn charts(&self) -> &Charts {
        self.shown.as_ref().map_or(&self.aside, |shown| &shown.charts)
    }

    /// The same, to be changed.
    pub fn charts_mut(&mut self) -> &mut Charts {
        self.shown.as_mut().map_or(&mut self.aside, |shown| &mut shown.charts)
    }

    /// How charts are looked at, and the runs in them, for the next session.
    pub fn kept_charts(&self) -> KeptCharts {
        let charts = self.charts();
        let compared = charts.compared.iter().map(|run| &run.folder).chain(&self.kept).cloned().collect();
        KeptCharts { choices: charts.choices.clone(), compared }
    }

    /// Takes up what was kept of the last session.
    pub fn restore_charts(&mut self, kept: KeptCharts) {
        self.charts_mut().choices = kept.choices.in_range();
        self.kept = kept.compared;
    }

    /// Lays the runs into the charts again that were there in the last session, now that it is known which there are.
    pub fn compare_kept(&mut self, training: &Training) {
        for folder in std::mem::take(&mut self.kept) {
            if let Some(run) = training.run(&folder).filter(|_| self.selected() != Some(&folder)) {
                self.charts_mut().compare(ComparedRun::new(folder, run.name(), run.request.chosen_loss()));
            }
        }
    }

    /// The form is shown anew: it offers a name that is free.
    pub fn begin_form(&mut self, models: Option<&Path>) {
        self.form_is_begun = true;
        self.setup.take_free_folder(models);
    }

    /// Why no training can be started now; `models` is where models go.
    pub fn why_not_start(&self, models: Option<&Path>) -> Option<String> {
        if self.setup.data.trim().is_empty() {
            return Some("Choose training data first".into());
        }
        if self.setup.folder(models).is_none() {
            return Some("Give the model a name first".into());
        }
        self.data.why_not(&self.setup)
    }
}

/// What is shown of a run besides its status.
#[derive(Default)]
pub struct ShownRun {
    /// Its folder.
    pub folder: PathBuf,
    /// Its curves.
    pub charts: Charts,
    /// What it wrote on the way.
    pub samples: Samples,
    /// Whether it was under way while it was shown.
    pub was_alive: bool,
    /// The single step that was asked for last.
    pub step: Option<AskedStep>,
    /// How many iterations more it is to be trained, while that is being chosen.
    pub more: Option<u64>,
    /// Whether the field for it is to have the keys, which it takes once.
    pub wants_keys: bool,
}

/// A single step that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedStep {
    /// Who is to learn in it.
    pub who: TrainStep,
    /// How many iterations were done when it was asked for.
    pub after: u64,
    /// Whether it was made, and the training waits behind it.
    pub is_made: bool,
}

impl ShownRun {
    /// Whether the discriminator has begun to learn.
    pub fn has_game(&self) -> bool {
        let loss = self.charts.curves.0.get(Curve::DiscriminatorLoss.row().key);
        loss.is_some_and(|curve| !curve.is_empty())
    }

    /// What came of a step is told while the training waits behind it.
    pub fn settle_step(&mut self, status: &RunStatus) {
        self.step.take_if(|step| {
            step.is_made |= status.state == RunState::Paused && status.iteration > step.after;
            // one iteration may have been under way when it was asked for; somebody else may have it go on
            let is_behind = step.is_made || status.iteration > step.after + 2;
            status.state != RunState::Paused && is_behind
        });
    }

    /// Takes what is new of it.
    pub fn take(&mut self, news: RunNews) {
        match news.curves {
            Some((curves, true)) => self.charts.curves = curves,
            Some((curves, false)) => self.charts.curves.extend(curves),
            None => {}
        }
        if let Some(changes) = news.changes {
            self.charts.changes = changes;
        }
        if let Some(reference) = news.reference {
            self.charts.reference = reference;
        }
        if let Some(original) = news.original {
            (self.samples.original, self.samples.has_asked_for_real) = (Some(original), false);
        }
        if let Some(samples) = news.samples {
            self.samples.files = samples;
        }
    }
}

/// The samples of a run.
#[derive(Default)]
pub struct Samples {
    /// After how many iterations each was written, and where it is.
    pub files: Vec<(u64, PathBuf)>,
    /// Those that were read, by iteration.
    pub scores: BTreeMap<u64, Option<Arc<Score>>>,
    /// Those that were asked for.
    pub asked: BTreeSet<u64>,
    /// Which one is shown; the newest, where none was chosen.
    pub chosen: Option<u64>,
    /// Where the piece is that their melody is from; runs of earlier versions have not kept it.
    pub original: Option<PathBuf>,
    /// Whether it was asked for.
    pub has_asked_for_real: bool,
    /// The piece with its own parts, once it was read.
    pub real: Option<Arc<Score>>,
}

impl Samples {
    /// The place of the one that is shown.
    pub fn index(&self) -> Option<usize> {
        let chosen = self.chosen.and_then(|chosen| self.files.iter().position(|(iteration, _)| *iteration == chosen));
        chosen.or_else(|| self.files.len().checked_sub(1))
    }

    /// Shows this one; where it is the newest, those that come after it, too.
    pub fn choose(&mut self, iteration: u64) {
        let is_newest = self.files.last().is_some_and(|(newest, _)| *newest == iteration);
        self.chosen = (!is_newest).then_some(iteration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_of_until_the_training_goes_on() {
        let step = AskedStep { who: TrainStep::Both, after: 10, is_made: false };
        let mut shown = ShownRun { step: Some(step), ..ShownRun::default() };
        let mut settle = |state, iteration| {
            shown.settle_step(&RunStatus { state, iteration, ..RunStatus::default() });
            shown.step.map(|step| step.is_made)
        };
        assert_eq!(settle(RunState::Learning, 10), Some(false));
        assert_eq!(settle(RunState::Learning, 11), Some(false), "what was under way is done");
        assert_eq!(settle(RunState::Paused, 12), Some(true));
        assert_eq!(settle(RunState::Learning, 12), None, "resumed");
        shown.step = Some(step);
        shown.settle_step(&RunStatus { state: RunState::Learning, iteration: 13, ..RunStatus::default() });
        assert_eq!(shown.step, None, "its pause was missed");
    }
}
