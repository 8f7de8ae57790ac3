//! `cantus models`: lists, shows, exports, imports, renames and deletes models.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::output;
use crate::engine_client::model_card::{CRITIC_FILE, GENERATOR_FILE};
use crate::engine_client::{ModelCard, ModelCardError};
use crate::library::models::{self, ModelFolder, Origin};
use crate::library::{half_precision, paths};

/// Arguments of `cantus models`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print one JSON object on standard output
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List all models (the default)
    List,
    /// Show everything known about a model
    Show {
        /// The model's name or folder
        name: String,
    },
    /// Export a model to a new folder, to back it up or share it
    Export {
        /// The model's name or folder
        name: String,
        /// The folder to create
        folder: PathBuf,
        /// Store the weights in half precision: half the size
        #[arg(long)]
        half: bool,
    },
    /// Add a model folder to your own models
    Import {
        /// The folder
        folder: PathBuf,
        /// The model's name; by default, the folder's
        #[arg(long)]
        name: Option<String>,
    },
    /// Rename one of your own models
    Rename {
        /// The model's name
        name: String,
        /// Its new name
        new_name: String,
    },
    /// Permanently delete one of your own models
    Delete {
        /// The model's name
        name: String,
    },
}

/// Runs `cantus models`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.action.as_ref().unwrap_or(&Action::List) {
        Action::List => list(arguments.json),
        Action::Show { name } => show(name, arguments.json),
        Action::Export { name, folder, half } => {
            let model = models::resolve(name)?;
            ModelCard::read(&model.path)?;
            let absolute = std::path::absolute(folder)?;
            let place = absolute.parent().context("not a folder name")?;
            let file_name = absolute.file_name().context("not a folder name")?.to_string_lossy();
            let path = models::copy(&model.path, place, &file_name)?;
            ModelCard::complete_copy(&model.path, &path)?;
            for file in [GENERATOR_FILE, CRITIC_FILE].map(|name| path.join(name)) {
                if *half && file.exists() {
                    half_precision::halve(&file)?;
                }
            }
            report("exported", &path, arguments.json)
        }
        Action::Import { folder, name } => {
            let card = ModelCard::read(folder)?;
            let full = folder.canonicalize().with_context(|| folder.display().to_string())?;
            let as_is = full.file_name().map_or_else(|| card.name.clone(), |name| name.to_string_lossy().into_owned());
            let name = name.as_ref().unwrap_or(&as_is);
            let path = models::copy(&full, &paths::models_folder()?, name)?;
            ModelCard::complete_copy(&full, &path)?;
            report("imported", &path, arguments.json)
        }
        Action::Rename { name, new_name } => {
            let model = models::resolve(name)?;
            let path = models::rename(&model, new_name)?;
            if let Ok(mut card) = ModelCard::read(&path) {
                card.name.clone_from(new_name);
                card.write(&path)?;
            }
            report("renamed", &path, arguments.json)
        }
        Action::Delete { name } => {
            let model = models::resolve(name)?;
            models::delete(&model)?;
            report("deleted", &model.path, arguments.json)
        }
    }
}

fn report(done: &str, path: &Path, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        output::print_json(&json!({ done: path }))
    } else {
        output::print(&format!("{done}: {}\n", path.display()))
    }
}

const fn origin(model: &ModelFolder) -> &'static str {
    match model.origin {
        Origin::Environment => "CANTUS_MODELS",
        Origin::Shipped => "built-in",
        Origin::User => "yours",
    }
}

fn part_names(card: &ModelCard) -> String {
    let names: Vec<&str> = card.parts.iter().map(|part| part.name.as_str()).collect();
    names.join(", ")
}

fn list(as_json: bool) -> anyhow::Result<()> {
    let found = models::find();
    let cards: Vec<_> = found.iter().map(|model| ModelCard::read(&model.path)).collect();
    if as_json {
        let entry = |(model, card): (&ModelFolder, &Result<ModelCard, ModelCardError>)| match card {
            Ok(card) => json!({ "name": model.name, "path": model.path, "origin": model.origin, "card": card }),
            Err(error) => {
                json!({ "name": model.name, "path": model.path, "origin": model.origin, "error": error.to_string() })
            }
        };
        let models: Vec<_> = found.iter().zip(&cards).map(entry).collect();
        return output::print_json(&json!({ "models": models }));
    }
    if found.is_empty() {
        return output::print(
            "No models found. Train one with `cantus train`, or import one with `cantus models import`.\n",
        );
    }
    let heading = ["model", "from", "network", "iterations", "writes"].map(str::to_owned).to_vec();
    let rows = found.iter().zip(&cards).map(|(model, card)| {
        let mut row = vec![model.name.clone(), origin(model).to_owned()];
        match card {
            Ok(card) => row.extend([card.network.clone(), card.iterations.to_string(), part_names(card)]),
            Err(error) => row.push(error.to_string()),
        }
        row
    });
    output::print(&output::table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>()))
}

fn show(name: &str, as_json: bool) -> anyhow::Result<()> {
    let model = models::resolve(name)?;
    let card = ModelCard::read(&model.path)?;
    let bytes = std::fs::metadata(model.path.join(GENERATOR_FILE)).map(|metadata| metadata.len()).ok();
    if as_json {
        return output::print_json(&json!({
            "name": model.name,
            "path": model.path,
            "origin": model.origin,
            "generator_bytes": bytes,
            "card": card,
        }));
    }
    let size = bytes.map_or_else(|| "missing".to_owned(), |bytes| format!("{:.1} MB", bytes as f64 / 1e6));
    let mut lines = vec![
        ("Model", if card.name.is_empty() { model.name.clone() } else { card.name.clone() }),
        ("Folder", model.path.display().to_string()),
        ("From", origin(&model).to_owned()),
        ("Network", card.network.clone()),
        ("Style", card.style.clone()),
        ("About", card.about.clone()),
        ("Data", card.data.clone()),
        ("Licence", card.licence.clone()),
        ("Iterations", card.iterations.to_string()),
        ("Seed", card.seed.to_string()),
        ("Writes", part_names(&card)),
        ("Weights", size),
    ];
    lines.retain(|(_, text)| !text.is_empty());
    let measures = card.measures.iter().map(|(name, value)| (name.as_str(), value.to_string()));
    let mut text = String::new();
    for (title, value) in lines.into_iter().chain(measures) {
        writeln!(text, "{title:<12}{value}")?;
    }
    output::print(&text)
}
