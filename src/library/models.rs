//! Which model folders there are on this computer, and keeping the user's own in order.
//!
//! Knows folders and names only; what is in a model is for others to read and check.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{LibraryError, paths};

/// The file that makes a folder a model.
const CARD_FILE: &str = "model.json";
/// More entries than this in a folder of models are not looked at.
const MAX_ENTRIES: usize = 2000;

/// Where a model was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// In a folder that `CANTUS_MODELS` names.
    Environment,
    /// Came with the program.
    Shipped,
    /// The user's own.
    User,
}

/// A model that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFolder {
    /// The folder's name, by which `--model` finds it.
    pub name: String,
    /// The folder.
    pub path: PathBuf,
    /// Whose it is.
    pub origin: Origin,
}

/// All models on this computer: those of `CANTUS_MODELS`, those that came with the program, the user's own.
///
/// Each by name within its place; of several with one name the first is the one a name means.
pub fn find() -> Vec<ModelFolder> {
    let mut places: Vec<(PathBuf, Origin)> = Vec::new();
    if let Some(folders) = std::env::var_os("CANTUS_MODELS") {
        places.extend(std::env::split_paths(&folders).map(|folder| (folder, Origin::Environment)));
    }
    places.extend(paths::shipped_folders("models").into_iter().map(|folder| (folder, Origin::Shipped)));
    if let Ok(folder) = paths::models_folder() {
        places.push((folder, Origin::User));
    }
    find_in(&places)
}

/// The models of these places, in their order.
fn find_in(places: &[(PathBuf, Origin)]) -> Vec<ModelFolder> {
    let mut found: Vec<ModelFolder> = Vec::new();
    for (place, origin) in places {
        let Ok(entries) = std::fs::read_dir(place) else { continue };
        let mut here: Vec<ModelFolder> = entries
            .take(MAX_ENTRIES)
            .flatten()
            .filter(|entry| entry.path().join(CARD_FILE).is_file())
            .filter_map(|entry| {
                Some(ModelFolder {
                    name: entry.file_name().into_string().ok()?,
                    path: entry.path(),
                    origin: *origin,
                })
            })
            .filter(|model| !model.name.starts_with('.') && !found.iter().any(|other| other.path == model.path))
            .collect();
        here.sort_by(|a, b| a.name.cmp(&b.name));
        found.extend(here);
    }
    found
}

/// The model a person means by a name or a folder.
///
/// A bare name is looked for among [`find`]'s first; anything else, or a name that is not there, is a path.
///
/// # Errors
/// Where there is no such model; the message lists those there are.
pub fn resolve(name_or_folder: &str) -> Result<ModelFolder, LibraryError> {
    resolve_among(name_or_folder, find())
}

fn resolve_among(name_or_folder: &str, models: Vec<ModelFolder>) -> Result<ModelFolder, LibraryError> {
    if let Some(index) = models.iter().position(|model| model.name == name_or_folder) {
        return Ok(models.into_iter().nth(index).expect("the index was just found"));
    }
    let path = Path::new(name_or_folder);
    if path.join(CARD_FILE).is_file() {
        let name = path
            .canonicalize()
            .ok()
            .and_then(|full| Some(full.file_name()?.to_string_lossy().into_owned()));
        return Ok(ModelFolder {
            name: name.unwrap_or_else(|| name_or_folder.into()),
            path: path.into(),
            origin: Origin::User,
        });
    }
    let hint = if models.is_empty() {
        "none was found: train one, or name its folder".into()
    } else {
        let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
        format!("found: {}", names.join(", "))
    };
    Err(LibraryError::NoSuchModel {
        name: name_or_folder.into(),
        hint,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(place: &Path, name: &str) -> PathBuf {
        let folder = place.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(CARD_FILE), "{}").unwrap();
        folder
    }

    #[test]
    fn models_are_folders_with_a_card_and_the_first_of_a_name_is_meant() {
        let (ours, users) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        model(ours.path(), "pop");
        let chorale = model(ours.path(), "chorale");
        model(users.path(), "chorale");
        model(users.path(), ".half-copied");
        std::fs::create_dir(ours.path().join("no-model")).unwrap();
        let places = [
            (ours.path().to_path_buf(), Origin::Shipped),
            (users.path().to_path_buf(), Origin::User),
            (PathBuf::from("/nowhere/at/all"), Origin::User),
        ];
        let found = find_in(&places);
        let names: Vec<(&str, Origin)> = found.iter().map(|model| (model.name.as_str(), model.origin)).collect();
        assert_eq!(
            names,
            [("chorale", Origin::Shipped), ("pop", Origin::Shipped), ("chorale", Origin::User)]
        );
        assert_eq!(resolve_among("chorale", found).unwrap().path, chorale);
    }

    #[test]
    fn a_folder_is_a_model_too_and_what_is_missing_is_told() {
        let place = tempfile::tempdir().unwrap();
        let folder = model(place.path(), "mine");
        let resolved = resolve_among(folder.to_str().unwrap(), Vec::new()).unwrap();
        assert_eq!((resolved.name.as_str(), &resolved.path), ("mine", &folder));
        let message = resolve_among("nothing", vec![resolved]).unwrap_err().to_string();
        assert!(message.contains("“nothing”") && message.contains("found: mine"), "{message}");
        assert!(resolve_among("", Vec::new()).is_err());
    }
}
