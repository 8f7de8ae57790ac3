//! What a run says of the model that it is at every moment: `model.json` and `card.md`.

use std::fmt::Write as _;
use std::path::Path;

use cantus::corpus::{Dataset, Split};
use cantus::engine_client::curves::{Curve, CurveValues};
use cantus::engine_client::model_card::{FORMAT, ModelCard, Training};
use cantus::engine_client::protocol::TrainRequest;
use cantus::engine_client::run_folder::{METRICS_FILE, PARTS_FILE, SAMPLES_FOLDER};
use cantus::measures::discrimination::{Auc, PassesAsReal};
use cantus::whole_file;

use super::folder::Checkpoint;
use crate::error::Error;
use crate::network::PartSpec;

const CARD_TEXT_FILE: &str = "card.md";

/// What the card says of how well its music passes as real.
fn judgement(of: &PassesAsReal) -> String {
    let pair = |auc: &Auc| format!("{:.2} by a logistic regression, {:.2} by boosted trees", auc.linear, auc.boosted);
    let null = of.null.as_ref().map_or_else(String::new, |null| format!("; training pieces {}", pair(null)));
    let strongest: Vec<String> =
        of.strongest.iter().map(|one| format!("{} ({:.2}, real {:.2})", one.name, one.generated, one.real)).collect();
    format!(
        "Told from held-out pieces by four bars (AUC; 0.5 is a guess): {}{null}.\n\nGiven away most by: {}.\n",
        pair(&of.auc),
        strongest.join("; ")
    )
}

/// What the card says was measured of it.
fn measures(measured: &CurveValues, judged: Option<&PassesAsReal>) -> serde_json::Map<String, serde_json::Value> {
    let curves =
        [Curve::Similarity, Curve::Copying, Curve::Variety].map(|curve| (curve.row().key, measured.get(curve)));
    let all = curves.into_iter().chain([("AUC", judged.map(|judged| judged.auc.linear.max(judged.auc.boosted)))]);
    all.filter_map(|(name, value)| Some((name.to_owned(), serde_json::Number::from_f64(value?)?.into()))).collect()
}

/// Writes `model.json` and `card.md`, with what was measured of the checkpoint; `judged` is known of a training that is
/// done.
///
/// # Errors
/// What the system says.
pub fn describe(
    folder: &Path,
    request: &TrainRequest,
    checkpoint: &Checkpoint,
    parts: &[PartSpec],
    settings: serde_json::Map<String, serde_json::Value>,
    dataset: &Dataset,
    (measured, judged): (&CurveValues, Option<&PassesAsReal>),
) -> Result<(), Error> {
    let name = folder.file_name().map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned());
    let data = request.data.strip_prefix("builtin:").map_or_else(
        || Path::new(&request.data).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        |style| format!("builtin:{style}"),
    );
    let (train, valid) = (dataset.split(Split::Train).count(), dataset.split(Split::Valid).count());
    let card = ModelCard {
        format: FORMAT,
        network: request.network.clone(),
        name: name.clone(),
        former_names: ModelCard::read(folder).map(|card| card.former_names).unwrap_or_default(),
        style: data.clone(),
        about: format!("Trained here on {train} pieces"),
        data: data.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
        iterations: checkpoint.iteration,
        seed: request.seed,
        training: Some(Training::from(request)),
        parts: parts.to_vec(),
        settings,
        measures: measures(measured, judged),
        ..ModelCard::default()
    };
    card.write(folder).map_err(|error| Error::Request(error.to_string()))?;
    let mut text = format!("# {name}\n\n");
    let voices: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    let _ = writeln!(
        text,
        "Network `{}`, {} of {} iterations, {:.0} minutes of training, seed {}, version {}.\n",
        request.network,
        checkpoint.iteration,
        checkpoint.tuning.iterations,
        checkpoint.seconds / 60.0,
        request.seed,
        env!("CARGO_PKG_VERSION")
    );
    let _ = writeln!(text, "Writes: {}.\n", voices.join(", "));
    let _ = writeln!(text, "Data: {data}, {train} pieces to learn from, {valid} held out.\n");
    if let Some(judged) = judged {
        let _ = writeln!(text, "{}", judgement(judged));
    }
    let curves = format!("The training's folder has its curves (`{METRICS_FILE}`, `{PARTS_FILE}`)");
    let _ = writeln!(text, "{curves} and samples of a held-out melody (`{SAMPLES_FOLDER}/`).");
    let path = folder.join(CARD_TEXT_FILE);
    whole_file::write(&path, text.as_bytes()).map_err(|source| Error::Io { doing: "writing", source, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantus::measures::discrimination::Telling;

    #[test]
    fn the_card_says_what_gives_the_music_away() {
        let telling = Telling { name: "bass: fifths".into(), weight: 0.4, real: 0.125, generated: 0.5 };
        let mut judged = PassesAsReal {
            auc: Auc { linear: 0.9, boosted: 0.876 },
            null: Some(Auc { linear: 0.5, boosted: 0.52 }),
            strongest: vec![telling],
        };
        let text = judgement(&judged);
        assert!(
            text.contains("0.90 by a logistic regression, 0.88 by boosted trees; training pieces 0.50 by"),
            "{text}"
        );
        assert!(text.contains("bass: fifths (0.50, real 0.12)"), "{text}");
        let measured = CurveValues::from([(Curve::Similarity, 0.5), (Curve::HeldOutReconstruction, 0.7)]);
        let told = measures(&measured, Some(&judged));
        assert!(told["similarity"] == 0.5 && told["AUC"] == 0.9 && told.len() == 2, "{told:?}");
        judged.null = None;
        assert!(!judgement(&judged).contains("training pieces"));
    }
}
