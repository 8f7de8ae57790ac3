//! `cantus evaluate`: a model judged by what an engine lets it write to held-out pieces.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::corpus::Piece;
use crate::engine_client::protocol::{ComposeRequest, DeviceChoice};
use crate::engine_client::{EngineOptions, ModelCard};
use crate::library::models;
use crate::measures::discrimination::Auc;
use crate::measures::evaluation::{Evaluation, Judged, Measured, Plan};
use crate::measures::metrics::METRICS;
use crate::measures::musical::MEASURES;
use crate::measures::similarity::{GROUPS, GroupRow, Similarity};
use crate::music::{Grid, MetreChange, MetreMap, Part, Role, Score, Velocity};
use crate::plural::counted;

use super::dataset;
use super::engine::{self, Composed};
use super::output::{self, table, value};
use super::values::share;

/// Arguments of `cantus evaluate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The model: its name (see `cantus models`) or its folder
    #[arg(long, value_name = "NAME|DIR")]
    model: String,
    /// A folder of MIDI files, or builtin:STYLE; the held-out pieces are used, the others serve as controls
    #[arg(long, value_name = "DIR")]
    data: String,
    /// A second model to measure beside it, which writes the same parts
    #[arg(long, value_name = "NAME|DIR")]
    beside: Option<String>,
    /// How many takes to write to each melody
    #[arg(long, value_name = "K", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    takes: u32,
    /// How many held-out pieces to use at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pieces: u32,
    /// Measure only these parts, by role (“guitar,bass”), to compare models that write different parts
    #[arg(long, value_name = "ROLE,...", value_delimiter = ',')]
    parts: Vec<String>,
    /// The seed of everything random, including which pieces are held out
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// From 0 (the likeliest notes) to 1 (the most surprising)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    surprise: f32,
    /// From 0 (sparse) to 1 (busy)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    density: f32,
    /// Measure compositions with postprocessing, as the studio shows them; by default, as the network writes them
    #[arg(long)]
    finished: bool,
    /// Where to compute: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "D", default_value = "auto")]
    device: DeviceChoice,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    data: String,
    seed: u64,
    surprise: f32,
    density: f32,
    finished: bool,
    #[serde(flatten)]
    evaluation: Evaluation,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside>,
}

/// What is said of the second model.
#[derive(Debug, Serialize)]
struct Beside {
    model: String,
    #[serde(flatten)]
    judged: Judged,
}

/// Runs `cantus evaluate`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let model = models::resolve(&arguments.model)?;
    let card = ModelCard::read(&model.path)?;
    let measured = measured_parts(&card, &arguments.parts)?;
    let roles: Vec<Role> = measured.iter().map(|&part| card.parts[part].role).collect();
    let dataset = dataset::read(&arguments.data, arguments.seed)?;
    let plan = Plan::new(dataset, &roles, arguments.pieces as usize, arguments.seed)?;
    let written = write(arguments, &model.path, &plan, card.parts.len(), &measured)?;
    let beside = arguments.beside.as_ref().map(|name| beside(arguments, name, &roles, &plan)).transpose()?;
    let report = Report {
        model: model.name,
        data: arguments.data.clone(),
        seed: arguments.seed,
        surprise: arguments.surprise,
        density: arguments.density,
        finished: arguments.finished,
        evaluation: plan.evaluate(&written),
        beside,
    };
    if arguments.json {
        return output::print_json(&report);
    }
    output::print(&to_text(&report)?)
}

/// Has a second model write the same parts, and measures them.
fn beside(arguments: &Arguments, name: &str, roles: &[Role], plan: &Plan) -> anyhow::Result<Beside> {
    let model = models::resolve(name)?;
    let card = ModelCard::read(&model.path)?;
    let part = |role: &Role| {
        let found = card.parts.iter().position(|part| part.role == *role);
        found.with_context(|| format!("{} writes no part “{}”", model.name, role.name()))
    };
    let parts = roles.iter().map(part).collect::<anyhow::Result<Vec<usize>>>()?;
    let written = write(arguments, &model.path, plan, card.parts.len(), &parts)?;
    Ok(Beside { judged: plan.judge(&written), model: model.name })
}

/// Which of a model's parts are measured, by number: those of the roles asked for, or all.
fn measured_parts(card: &ModelCard, wanted: &[String]) -> anyhow::Result<Vec<usize>> {
    let names: Vec<&str> = card.parts.iter().map(|part| part.role.name()).collect();
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("the model writes no part “{unknown}”; its parts are {}", names.join(", "));
    }
    let is_wanted = |part: &usize| wanted.is_empty() || wanted.iter().any(|name| name == names[*part]);
    Ok((0..names.len()).filter(is_wanted).collect())
}

/// Has an engine write all takes to all melodies: for each piece its takes, each with a grid for each of the `measured`
/// ones of the model's parts, which are so many.
fn write(
    arguments: &Arguments,
    model: &Path,
    plan: &Plan,
    parts: usize,
    measured: &[usize],
) -> anyhow::Result<Vec<Vec<Vec<Grid>>>> {
    let (engine, _) = engine::start(EngineOptions {
        device: arguments.device.clone(),
        untouched: !arguments.finished,
        ..EngineOptions::default()
    })?;
    let model = std::path::absolute(model)?;
    let bar = output::progress_bar("Composing");
    bar.set_length(plan.pieces().len() as u64);
    let mut written = Vec::new();
    for (piece, id) in plan.pieces().zip(1..) {
        let request = ComposeRequest {
            id,
            model: model.clone(),
            score: melody_of(piece)?,
            takes: arguments.takes,
            seed: arguments.seed,
            surprise: arguments.surprise,
            density: arguments.density,
            bars: None,
            on_grid: true, // what is measured lies on it
            introduction: 0,
        };
        let takes = engine::compose(&engine, request, &ProgressBar::hidden())
            .with_context(|| format!("couldn't compose for {}", piece.name))?;
        if let Some(take) = takes.iter().find(|take| take.parts.len() != parts) {
            bail!("the model wrote {} but its card lists {parts}", counted(take.parts.len(), "part"));
        }
        let grids = |take: Composed| -> Vec<Grid> {
            let notes = measured.iter().map(|part| &take.parts[*part].notes);
            notes.map(|notes| Grid::from_notes(notes, 0, piece.steps())).collect()
        };
        written.push(takes.into_iter().map(grids).collect());
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(written)
}

/// The melody of a piece as a score to compose to.
fn melody_of(piece: &Piece) -> anyhow::Result<Score> {
    let metre = piece.metre();
    let metre =
        metre.with_context(|| format!("a bar of {} sixteenths is not a time signature", piece.steps_per_bar))?;
    let mut melody = Part::new("Melody", 0);
    melody.role = Role::Melody;
    melody.notes = piece.melody.to_notes(0, Velocity::DEFAULT);
    Ok(Score {
        title: piece.name.clone(),
        metre: MetreMap::from_changes(vec![MetreChange { tick: 0, metre }]),
        parts: vec![Arc::new(melody)],
        melody: Some(0),
        ..Score::default()
    })
}

fn to_text(report: &Report) -> Result<String, std::fmt::Error> {
    let evaluation = &report.evaluation;
    let mut text = String::new();
    writeln!(
        text,
        "{} on {} of {}: {}, {}\n",
        report.model,
        counted(evaluation.pieces, "held-out piece"),
        report.data,
        counted(evaluation.takes, "take"),
        if report.finished { "with postprocessing" } else { "as the network writes" }
    )?;
    text += &table(&overview(report));
    text += &groups(report)?;
    text += &passing(report);
    text += &musical(report);
    text += "\nEach part (model / real):\n";
    text += &table(&part_rows(evaluation));
    let both = [&evaluation.model.measured, &evaluation.real];
    let [answered, notes] = [both.map(|one| value(one.repeats_answered)), both.map(|one| value(one.notes_per_bar))];
    writeln!(text, "\nBars with the same melody agree in {} of their cells (real: {})", answered[0], answered[1])?;
    writeln!(text, "{} notes per bar (real: {})", notes[0], notes[1])?;
    if let (Some(model), Some(real)) = (&evaluation.model.measured.seams, &evaluation.real.seams) {
        text += "\nAt the joins of windows, and elsewhere (model / real):\n";
        let row = |name: &str, at: [Option<f64>; 2], elsewhere: [Option<f64>; 2]| {
            let pair = |[model, real]: [Option<f64>; 2]| format!("{} / {}", value(model), value(real));
            vec![name.to_owned(), pair(at), pair(elsewhere)]
        };
        text += &table(&[
            row(
                "tonal distance",
                [model.tonal_distance_at_seams, real.tonal_distance_at_seams],
                [model.tonal_distance_elsewhere, real.tonal_distance_elsewhere],
            ),
            row(
                "groove consistency",
                [model.groove_at_seams, real.groove_at_seams],
                [model.groove_elsewhere, real.groove_elsewhere],
            ),
        ]);
    }
    Ok(text)
}

/// The model, the real pieces and the controls: their names for people, and what they measure.
fn measured(report: &Report) -> Vec<(String, &Measured)> {
    let evaluation = &report.evaluation;
    let beside = report.beside.iter().map(|beside| (beside.model.clone(), &beside.judged.measured));
    let mut all = vec![
        (report.model.clone(), &evaluation.model.measured),
        ("the held-out pieces themselves".to_owned(), &evaluation.real),
    ];
    all.extend(beside);
    all.extend(evaluation.controls.iter().map(|(name, measured)| (name.replace('_', " "), measured)));
    all
}

fn overview(report: &Report) -> Vec<Vec<String>> {
    let header = ["", "similarity S", "copying", "variety", "dissonance", "tonal distance", "Fréchet distance"]
        .map(String::from);
    let row = |(name, measured): (String, &Measured)| {
        let values = [
            measured.similarity.similarity,
            Some(measured.copying),
            measured.variety,
            measured.dissonance,
            measured.tonal_distance,
            measured.frechet,
        ];
        std::iter::once(name).chain(values.map(value)).collect()
    };
    std::iter::once(header.to_vec()).chain(measured(report).into_iter().map(row)).collect()
}

/// The groups of S, for all that was measured and for real music without each of them.
fn groups(report: &Report) -> Result<String, std::fmt::Error> {
    let real = &report.evaluation.real.similarity;
    let spoken: Vec<&GroupRow> = GROUPS.iter().filter(|row| real.of(row.group).is_some()).collect();
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(spoken.iter().map(|row| row.title.to_owned()));
    let row = |name: String, similarity: &Similarity| -> Vec<String> {
        std::iter::once(name).chain(spoken.iter().map(|row| value(similarity.of(row.group)))).collect()
    };
    rows.extend(measured(report).into_iter().map(|(name, measured)| row(name, &measured.similarity)));
    let destroyed = report.evaluation.destroyed.iter();
    rows.extend(
        destroyed.map(|(name, null)| row(format!("real without {}", name.replace('_', " ")), &null.similarity)),
    );
    let mut text = format!("\nWhat S is the mean of:\n{}", table(&rows));
    let silent: Vec<&str> = real.left_out().map(|group| group.row().title).collect();
    if !silent.is_empty() {
        writeln!(text, "Left out, as the style has no more of it than music without it: {}", silent.join(", "))?;
    }
    writeln!(text, "Dynamics are not measured: the grid has no velocities")?;
    Ok(text)
}

/// Whether it passes as real, and what gives it away.
fn passing(report: &Report) -> String {
    let Some(passes) = &report.evaluation.model.passes_as_real else {
        return "\nToo few pieces to say whether it passes as real\n".to_owned();
    };
    let auc = |name: &str, auc: Option<Auc>| {
        let of = |which: fn(&Auc) -> f64| value(auc.as_ref().map(which));
        vec![name.to_owned(), of(|auc| auc.linear), of(|auc| auc.boosted)]
    };
    let mut rows = vec![
        ["told from real pieces (AUC; .5 is a guess)", "linear", "boosted"].map(String::from).to_vec(),
        auc(&report.model, Some(passes.auc)),
        auc("training pieces", passes.null),
    ];
    if let Some(beside) = &report.beside {
        rows.push(auc(&beside.model, beside.judged.passes_as_real.as_ref().map(|passes| passes.auc)));
    }
    let mut told = vec![["given away by", "weight", "model", "real"].map(String::from).to_vec()];
    for feature in &passes.strongest {
        let weight = format!("{:+.2}", feature.weight);
        told.push(vec![feature.name.clone(), weight, value(Some(feature.generated)), value(Some(feature.real))]);
    }
    format!("\n{}\n{}", table(&rows), table(&told))
}

/// The musical measures; what none of them has is left out.
fn musical(report: &Report) -> String {
    let evaluation = &report.evaluation;
    let mut rows = vec![["", &report.model, "real", "other parts", "destroyed"].map(String::from).to_vec()];
    rows[0].extend(report.beside.iter().map(|beside| beside.model.clone()));
    for row in &MEASURES {
        let name = |destroyed| GROUPS.iter().find(|group| group.group == destroyed).map(|group| group.title);
        let title = row.destroyed.and_then(name).map(|title| title.replace(' ', "_"));
        let destroyed = title.and_then(|title| evaluation.destroyed.get(&title)).map(|null| &null.musical);
        let others = evaluation.controls.get("random_training_accompaniment").map(|control| &control.musical);
        let mut all = vec![Some(&evaluation.model.measured.musical), Some(&evaluation.real.musical), others, destroyed];
        all.extend(report.beside.iter().map(|beside| Some(&beside.judged.measured.musical)));
        let values: Vec<Option<f64>> =
            all.into_iter().map(|tally| tally.and_then(|tally| tally.get(row.measure))).collect();
        if values.iter().any(Option::is_some) {
            rows.push(std::iter::once(row.title.to_owned()).chain(values.into_iter().map(value)).collect());
        }
    }
    format!("\nMusical measures (destroyed: real music without the property that is measured):\n{}", table(&rows))
}

fn part_rows(evaluation: &Evaluation) -> Vec<Vec<String>> {
    let (model, real) = (&evaluation.model.measured.parts, &evaluation.real.parts);
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(model.iter().map(|part| part.role.name().to_owned()));
    let pair = |model: Option<f64>, real: Option<f64>| format!("{} / {}", value(model), value(real));
    for row in &METRICS {
        let values =
            model.iter().zip(real).map(|(model, real)| pair(model.metrics[row.metric], real.metrics[row.metric]));
        rows.push(std::iter::once(row.title.to_lowercase()).chain(values).collect());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;
    use crate::music::Metre;

    #[test]
    fn a_melody_keeps_its_cells_and_bars() {
        let piece = Style::Chorale.piece(1, 3);
        let score = melody_of(&piece).unwrap();
        let part = score.melody_part().unwrap();
        assert_eq!(Grid::from_notes(&part.notes, 0, piece.steps()), piece.melody);
        assert_eq!(score.metre.metre_at(0), Metre::FOUR_FOUR);
        let six_eight = Piece { steps_per_bar: 6, ..piece };
        assert_eq!(melody_of(&six_eight).unwrap().metre.metre_at(0), Metre::new(6, 16).unwrap());
    }
}
