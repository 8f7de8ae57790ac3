//! The charts of a run: losses, similarity, scores, copying and variety, and the metrics of each part against the
//! data's own; and the same of other runs beside it.
//!
//! All share the stretch they show and the cross-hair. What is drawn is thinned to the pixels there are; see
//! [`curves`].

mod axis;
mod chart;
mod controls;
pub mod curves;
mod game;
mod legend;
mod lines;
mod marks;
mod readout;
mod scale;
mod state;
mod ticks;

use std::path::{Path, PathBuf};

use eframe::egui::{Align, ComboBox, Id, Label, LayerId, Layout, Order, RichText, Ui, UiBuilder};

use self::chart::{Head, chart};
use self::controls::controls;
use self::curves::{Curve, read_curves, read_reference};
use self::lines::ByRange;
pub use self::state::{Charts, ChartsAction, ComparedRun};
use self::state::{Drawn, Picture};
use crate::engine_client::{
    ModelCard,
    curves::{Chart, CurveRow},
    networks,
    protocol::Loss,
    run_folder,
};
use crate::measures::metrics::METRICS;
use crate::studio::{
    explanations::{Topic, of_metric},
    theme::{Theme, size, space},
    widgets,
    words::list,
};

impl Charts {
    /// Of the curves in a model's folder; pictures and tables are had on the Train page.
    pub fn read(folder: &Path) -> Self {
        Self {
            curves: read_curves(folder),
            loss: loss_of(folder),
            changes: run_folder::read_changes(folder),
            reference: read_reference(folder),
            picture: Picture::Never,
            ..Self::default()
        }
    }

    /// Draws them alone, or says that there is nothing to be drawn.
    pub fn show(&mut self, ui: &mut Ui, nothing: &str) {
        if self.curves.is_empty() && self.awaited.is_empty() {
            widgets::caption(ui, nothing);
        } else {
            plots(ui, self);
        }
    }

    /// Draws them under their controls; `others` are the runs that can be laid beside, by folder and name.
    pub fn show_with_controls(&mut self, ui: &mut Ui, others: &[(PathBuf, String)]) -> Option<ChartsAction> {
        let mut action = None;
        if !self.curves.is_empty() || !self.awaited.is_empty() {
            action = controls(ui, self, others);
            ui.add_space(space::S);
        }
        self.show(ui, "The first points appear once the first sample has been written and measured");
        action.or_else(|| {
            let (rect, title) = self.picture_to_take(ui.ctx())?;
            let choice =
                if title == PARTS_TITLE { format!(", {}", title_of(&self.choices.metric)) } else { String::new() };
            Some(ChartsAction::TakePicture(rect, format!("{title}{choice} - {}", self.names_shown())))
        })
    }
}

/// What stands above the chart of the parts' metrics.
const PARTS_TITLE: &str = "Music, part by part";

/// What stands in a place of the page.
#[derive(Clone, Copy)]
enum Plotted {
    Curves(Chart),
    Game,
    Parts,
}

/// The charts that have something to show, two beside each other where there is room.
fn plots(ui: &mut Ui, charts: &mut Charts) {
    let has_place = |row: &CurveRow| {
        let is_awaited = charts.awaited.iter().any(|(curve, _)| *curve == row.curve);
        is_awaited || charts.curves.0.get(row.key).is_some_and(|curve| !curve.is_empty())
    };
    let mut shown = Vec::new();
    let mut parts = (!charts.metrics().is_empty() || !charts.awaited.is_empty()).then_some(Plotted::Parts);
    for of in Chart::ALL.into_iter().filter(|of| of.curves().any(has_place)) {
        // what is live from the start has rows of its own
        if of == Chart::DiscriminatorLosses && shown.len() % 2 == 1 {
            shown.extend(parts.take());
        }
        shown.push(Plotted::Curves(of));
        if of == Chart::Scores {
            shown.push(Plotted::Game);
        }
    }
    shown.extend(parts);
    charts.smooth(ui.ctx());
    ui.spacing_mut().item_spacing.x = space::XL;
    for pair in shown.chunks(2) {
        ui.columns(2, |columns| {
            for (ui, plotted) in columns.iter_mut().zip(pair) {
                ui.spacing_mut().item_spacing.x = space::S;
                plot(ui, charts, *plotted);
            }
        });
        ui.add_space(space::M);
    }
    if let Picture::Coming(title, _) = &charts.picture
        && let Some(plotted) = shown.iter().find(|plotted| plotted.title() == title)
    {
        picture(ui, charts, *plotted);
    }
    let pointed_at = charts.pointed_at.take();
    if charts.cursor != pointed_at {
        charts.cursor = pointed_at;
        ui.ctx().request_repaint(); // the charts have what it was before
    }
}

impl Plotted {
    const fn title(self) -> &'static str {
        match self {
            Self::Curves(of) => of.title(),
            Self::Game => game::TITLE,
            Self::Parts => PARTS_TITLE,
        }
    }
}

fn plot(ui: &mut Ui, charts: &mut Charts, plotted: Plotted) {
    match plotted {
        Plotted::Curves(of) => curves_chart(ui, charts, of),
        Plotted::Game => game::game(ui, charts),
        Plotted::Parts => parts_chart(ui, charts),
    }
}

/// A chart as it is kept: over the page, for the moment in which its picture is taken.
fn picture(ui: &mut Ui, charts: &mut Charts, plotted: Plotted) {
    let rect = Charts::picture_rect(ui.ctx());
    let layer = LayerId::new(Order::Foreground, Id::unique("picture of a chart"));
    let inside = UiBuilder::new().id_salt("picture").layer_id(layer).max_rect(rect.shrink(space::XL));
    let mut ui = ui.new_child(inside.layout(Layout::top_down(Align::Min)));
    ui.set_clip_rect(rect);
    ui.spacing_mut().item_spacing.x = space::S;
    ui.painter().rect_filled(rect, 0.0, Theme::of(&ui).surface);
    charts.in_picture = true;
    plot(&mut ui, charts, plotted);
    charts.in_picture = false;
}

/// A chart of the table of curves.
fn curves_chart(ui: &mut Ui, charts: &mut Charts, of: Chart) {
    let theme = Theme::of(ui);
    let is_loss = matches!(of, Chart::DiscriminatorLosses | Chart::GeneratorLosses);
    // real and generated music are scored by one discriminator
    let range = if is_loss { ByRange::Curve } else { ByRange::Run };
    let by_range = ((is_loss || of == Chart::Scores) && charts.has_different_losses()).then_some(range);
    // the generator has the colour of what it writes, wherever it is drawn
    let colors = if of == Chart::GeneratorLosses { [0, 1, 2] } else { [1, 0, 2] };
    let drawn = of.curves().zip(colors).enumerate().map(|(place, (row, number))| Drawn {
        column: row.key.into(),
        name: row.title.into(),
        color: theme.part(number),
        data: None,
        place,
        keeps_color: false,
    });
    let drawn = drawn.collect();
    let topic = match (charts.loss, of) {
        (None, Chart::DiscriminatorLosses) => Topic::OwnDiscriminatorLoss,
        (None, Chart::GeneratorLosses) => Topic::OwnGeneratorLoss,
        _ => Topic::Chart(of),
    };
    chart(ui, charts, Head { title: of.title(), choice: "", topic, by_range }, drawn, |_, _| ());
    match by_range {
        Some(ByRange::Curve) => {
            widgets::caption(ui, "Losses of different kinds: each line is scaled from its lowest to its highest value");
        }
        Some(ByRange::Run) => {
            widgets::caption(
                ui,
                "Scores of different discriminators: those of each run are scaled from its lowest to its highest value",
            );
        }
        None => {}
    }
}

/// The chart of one metric, a line a part, with the data's own means.
fn parts_chart(ui: &mut Ui, charts: &mut Charts) {
    let metrics = charts.metrics();
    if !metrics.contains(&charts.choices.metric)
        && let Some(first) = metrics.first()
    {
        charts.choices.metric.clone_from(first);
    }
    let theme = Theme::of(ui);
    let metric = charts.choices.metric.clone();
    let parts = charts.curves.0.keys().filter_map(|column| {
        let (part, name) = column.split_once('/')?;
        (name == metric).then_some((column, part))
    });
    let mut parts: Vec<_> = parts.collect();
    let order = |part: &str| charts.parts.iter().position(|known| known == part).unwrap_or(usize::MAX);
    parts.sort_by_key(|(_, part)| order(part));
    let drawn = parts.into_iter().zip(1..).enumerate().map(|(place, ((column, part), number))| Drawn {
        column: column.clone(),
        name: part.to_owned(),
        color: theme.part(number),
        data: charts.reference.get(column).copied(),
        place,
        keeps_color: true,
    });
    let drawn = drawn.collect();
    let head = Head { title: PARTS_TITLE, choice: title_of(&metric), topic: Topic::Parts, by_range: None };
    chart(ui, charts, head, drawn, |ui, charts| {
        ComboBox::from_id_salt("metric")
            .width(170.0)
            .selected_text(title_of(&charts.choices.metric))
            .show_ui(ui, |ui| {
                for metric in &metrics {
                    let title = ui.selectable_value(&mut charts.choices.metric, metric.clone(), title_of(metric));
                    title.on_hover_text(of_metric(metric));
                }
            })
            .response
            .on_hover_text(of_metric(&charts.choices.metric))
            .accessible_name("Metric");
    });
    let silence = silence_in_words(&charts.silent).map_or_else(String::new, |words| format!(". {words}"));
    let runs = if charts.is_comparing() { "; colours tell parts, marks tell runs" } else { "" };
    // each in one line, however much it is, so that it moves nothing
    for words in [
        of_metric(&metric).trim_end_matches('.').to_owned(),
        format!("Dashed: the mean of the real pieces{runs}{silence}"),
    ] {
        ui.add(Label::new(RichText::new(words).size(size::CAPTION).color(theme.text_faint)).truncate());
    }
}

/// `It wrote no notes at iterations 10, 20 and 34`; nothing where it always wrote some.
pub fn silence_in_words(iterations: &[u64]) -> Option<String> {
    let numbers: Vec<String> = iterations.iter().map(ToString::to_string).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let iterations = crate::plural::noun(numbers.len(), "iteration");
    (!numbers.is_empty()).then(|| format!("It wrote no notes at {iterations} {}", list(&numbers)))
}

/// Which loss the training of a model was told to use; `None` where its network has one of its own. Where nobody knows,
/// the network tells.
pub fn loss_of(folder: &Path) -> Option<Loss> {
    let card = ModelCard::read_with_training(folder).unwrap_or_default();
    let by_network = || networks::of(&card.network).chooses_loss.then(Loss::default);
    card.training.as_ref().map_or_else(by_network, |training| training.loss)
}

/// What people call a metric; the key itself, where a newer program has measured it.
fn title_of(metric: &str) -> &str {
    METRICS.iter().find(|row| row.key == metric).map_or(metric, |row| row.title)
}
