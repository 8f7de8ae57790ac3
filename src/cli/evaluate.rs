//! `cantus evaluate`: a model judged by what an engine lets it write to held-out pieces.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::corpus::Piece;
use crate::engine_client::protocol::{ComposeRequest, DeviceChoice, Event, Request};
use crate::engine_client::{Engine, EngineEvent, EngineOptions, ModelCard};
use crate::library::models;
use crate::measures::evaluation::{Evaluation, Measured, Plan};
use crate::measures::metrics::METRICS;
use crate::music::{Grid, MetreChange, MetreMap, Part, Role, Score, Velocity};

use super::dataset::{self, role_name};
use super::output::{self, table, value};

/// What an engine may take to load libtorch from a cold disk, and CUDA.
const START: Duration = Duration::from_mins(1);

/// Arguments of `cantus evaluate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model's name (see “cantus models”), or its folder
    #[arg(long, value_name = "NAME|DIR")]
    model: String,
    /// A folder of MIDI files, or builtin:STYLE; the held-out pieces are used, the others as controls
    #[arg(long, value_name = "DIR")]
    data: String,
    /// How many takes of each melody to write
    #[arg(long, value_name = "K", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    takes: u32,
    /// At most so many held-out pieces
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pieces: u32,
    /// Measure only these of its parts, by role (“guitar,bass”), to compare models that write different ones
    #[arg(long, value_name = "ROLE,...", value_delimiter = ',')]
    parts: Vec<String>,
    /// Everything random follows from it, the split too
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 0 (the likeliest) to 1 (the boldest)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = super::generate::share)]
    surprise: f32,
    /// 0 (sparse) to 1 (busy)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = super::generate::share)]
    density: f32,
    /// Measure compositions as the studio delivers them, with the finishing touches; without it, what the network itself writes
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
}

/// Runs `cantus evaluate`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let model = models::resolve(&arguments.model)?;
    let card = ModelCard::read(&model.path)?;
    let measured = measured_parts(&card, &arguments.parts)?;
    let roles: Vec<Role> = measured.iter().map(|&part| card.parts[part].role).collect();
    let dataset = dataset::read(&arguments.data, arguments.seed)?;
    let plan = Plan::new(dataset, &roles, arguments.pieces as usize, arguments.seed)?;
    let mut written = write(arguments, &model.path, &plan, card.parts.len())?;
    for take in written.iter_mut().flatten() {
        *take = measured.iter().map(|&part| take[part].clone()).collect();
    }
    let report = Report {
        model: model.name,
        data: arguments.data.clone(),
        seed: arguments.seed,
        surprise: arguments.surprise,
        density: arguments.density,
        finished: arguments.finished,
        evaluation: plan.evaluate(&written),
    };
    if arguments.json {
        return output::print_json(&report);
    }
    output::print(&to_text(&report)?)
}

/// Which of a model's parts are measured, by number: those of the roles asked for, or all.
fn measured_parts(card: &ModelCard, wanted: &[String]) -> anyhow::Result<Vec<usize>> {
    let names: Vec<&str> = card.parts.iter().map(|part| role_name(part.role)).collect();
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("the model writes no part “{unknown}”; its parts: {}", names.join(", "));
    }
    let is_wanted = |part: &usize| wanted.is_empty() || wanted.iter().any(|name| name == names[*part]);
    Ok((0..names.len()).filter(is_wanted).collect())
}

/// Has an engine write all takes to all melodies: for each piece its takes, each with a grid per part.
fn write(arguments: &Arguments, model: &Path, plan: &Plan, parts: usize) -> anyhow::Result<Vec<Vec<Vec<Grid>>>> {
    let engine = Engine::start(EngineOptions {
        device: arguments.device.clone(),
        untouched: !arguments.finished,
        ..EngineOptions::default()
    })?;
    engine.wait_ready(START)?;
    let model = std::path::absolute(model)?;
    let bar = output::progress_bar("Composing");
    bar.set_length(plan.pieces().len() as u64);
    let mut written = Vec::new();
    for (piece, id) in plan.pieces().zip(1..) {
        engine.send(&Request::Compose(ComposeRequest {
            id,
            model: model.clone(),
            score: melody_of(piece)?,
            takes: arguments.takes,
            seed: arguments.seed,
            surprise: arguments.surprise,
            density: arguments.density,
            bars: None,
        }))?;
        let mut takes = Vec::new();
        loop {
            match engine.events().recv().context("the engine has ended")? {
                EngineEvent::Event(Event::Take { parts: notes, .. }) => {
                    if notes.len() != parts {
                        bail!("the model wrote {} parts where its card names {parts}", notes.len());
                    }
                    takes.push(notes.iter().map(|part| Grid::from_notes(&part.notes, 0, piece.steps())).collect());
                }
                EngineEvent::Event(Event::Done { .. }) => break,
                EngineEvent::Event(Event::Failed { message, .. }) => bail!("{message} (at {})", piece.name),
                EngineEvent::Event(_) => {}
                EngineEvent::Hung { seconds } => bail!("the engine has not answered for {seconds} s; it was ended"),
                EngineEvent::Died { reason } => bail!("{reason}"),
                EngineEvent::Ended => bail!("the engine has ended"),
            }
        }
        written.push(takes);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(written)
}

/// The melody of a piece as a score to compose to.
fn melody_of(piece: &Piece) -> anyhow::Result<Score> {
    let metre = piece.metre();
    let metre = metre.with_context(|| format!("a bar of {} sixteenths is no metre", piece.steps_per_bar))?;
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
        "{} on {} held-out pieces of {}: {} windows of 2 bars, {} takes, {}\n",
        report.model,
        evaluation.pieces,
        report.data,
        evaluation.windows,
        evaluation.takes,
        if report.finished { "with the finishing touches" } else { "as the network writes" }
    )?;
    let header = [
        "",
        "similarity S",
        "style A",
        "fit H",
        "copying",
        "variety",
        "dissonance",
        "tonal distance",
        "Fréchet distance",
    ];
    let mut rows = vec![header.map(String::from).to_vec()];
    rows.push(overview(&report.model, &evaluation.model));
    rows.push(overview("the held-out pieces themselves", &evaluation.real));
    for (name, measured) in &evaluation.controls {
        rows.push(overview(&name.replace('_', " "), measured));
    }
    text += &table(&rows);
    text += "\nEach part, and the real one beside it:\n";
    text += &table(&part_rows(evaluation));
    let both = [&evaluation.model, &evaluation.real];
    let [answered, notes] = [both.map(|one| value(one.repeats_answered)), both.map(|one| value(one.notes_per_bar))];
    writeln!(text, "\nBars of equal melody agree in {} of their cells (real: {})", answered[0], answered[1])?;
    writeln!(text, "{} notes in a bar (real: {})", notes[0], notes[1])?;
    if let (Some(model), Some(real)) = (&evaluation.model.seams, &evaluation.real.seams) {
        text += "\nWhere windows join, and elsewhere (real beside it):\n";
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

fn overview(name: &str, measured: &Measured) -> Vec<String> {
    let similarity = measured.similarity;
    let values = [
        Some(similarity.similarity),
        Some(similarity.style),
        Some(similarity.fit),
        Some(measured.copying),
        measured.variety,
        measured.dissonance,
        measured.tonal_distance,
        measured.frechet,
    ];
    std::iter::once(name.to_owned()).chain(values.map(value)).collect()
}

fn part_rows(evaluation: &Evaluation) -> Vec<Vec<String>> {
    let (model, real) = (&evaluation.model.parts, &evaluation.real.parts);
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(model.iter().map(|part| role_name(part.role).to_owned()));
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
