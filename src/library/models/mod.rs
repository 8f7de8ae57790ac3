//! The model folders on this computer; copying, renaming and deleting the user's own.
//!
//! Knows folders and names only; what is in a model is for others to read and check.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::{LibraryError, paths};

/// The file that makes a folder a model.
const CARD_FILE: &str = "model.json";
/// All that a model consists of, its curves included; a training leaves more in its folder.
const FILES: [&str; 8] = [
    CARD_FILE,
    "generator.safetensors",
    "critic.safetensors",
    "card.md",
    "metrics.csv",
    "parts.csv",
    "reference.json",
    "changes.jsonl",
];
/// Larger files are refused.
const MAX_FILE_BYTES: u64 = 1 << 30;
/// How the names of the folders begin that hold deleted models.
const BINNED: &str = ".deleted-";
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
    find_with_own(paths::models_folder().ok())
}

/// The same with the user's own in this folder.
pub fn find_with_own(own: Option<PathBuf>) -> Vec<ModelFolder> {
    let mut places: Vec<(PathBuf, Origin)> = Vec::new();
    if let Some(folders) = std::env::var_os("CANTUS_MODELS") {
        places.extend(std::env::split_paths(&folders).map(|folder| (folder, Origin::Environment)));
    }
    places.extend(paths::shipped_folders("models").into_iter().map(|folder| (folder, Origin::Shipped)));
    places.extend(own.map(|folder| (folder, Origin::User)));
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
                Some(ModelFolder { name: entry.file_name().into_string().ok()?, path: entry.path(), origin: *origin })
            })
            .filter(|model| !model.name.starts_with('.') && !found.iter().any(|other| is_the_same(other, model)))
            .collect();
        here.sort_by(|a, b| a.name.cmp(&b.name));
        found.extend(here);
    }
    found
}

/// Whether the later of two is one and the same folder, or another copy of a model that came with the program.
fn is_the_same(first: &ModelFolder, later: &ModelFolder) -> bool {
    let both_shipped = first.origin == Origin::Shipped && later.origin == Origin::Shipped;
    first.path == later.path || (both_shipped && first.name == later.name)
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

/// The folder of a shipped model.
pub fn shipped(name: &str) -> Option<PathBuf> {
    find().into_iter().find(|model| model.origin == Origin::Shipped && model.name == name).map(|model| model.path)
}

fn resolve_among(name_or_folder: &str, models: Vec<ModelFolder>) -> Result<ModelFolder, LibraryError> {
    if let Some(index) = models.iter().position(|model| model.name == name_or_folder) {
        return Ok(models.into_iter().nth(index).expect("the index was just found"));
    }
    let path = Path::new(name_or_folder);
    if path.join(CARD_FILE).is_file() {
        let name = path.canonicalize().ok().and_then(|full| Some(full.file_name()?.to_string_lossy().into_owned()));
        return Ok(ModelFolder {
            name: name.unwrap_or_else(|| name_or_folder.into()),
            path: path.into(),
            origin: Origin::User,
        });
    }
    let hint = if models.is_empty() {
        "none were found: train one, or give its folder".into()
    } else {
        let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
        format!("found: {}", names.join(", "))
    };
    Err(LibraryError::NoSuchModel { name: name_or_folder.into(), hint })
}

/// What hashes begin with that leave a model's names out.
const NAMELESS: &str = "2:";
/// So much of a card is read.
const MOST_OF_CARD: u64 = 1 << 20;

/// SHA-256 of what a model is, whatever it is called: its card without its names, and its weights; in hexadecimal,
/// behind a mark. Empty where it cannot be read.
pub fn content_hash(folder: &Path) -> String {
    let hash = hash_of(folder, |card| {
        let Ok(mut card) = serde_json::from_slice::<serde_json::Value>(&card) else { return card };
        if let Some(entries) = card.as_object_mut() {
            entries.retain(|entry, _| !["name", "former_names"].contains(&entry.as_str()));
        }
        card.to_string().into_bytes()
    });
    hash.map_or_else(String::new, |hash| format!("{NAMELESS}{hash}"))
}

/// Whether a model is the one with this hash, which may be of an earlier kind, with its names.
pub fn has_hash(folder: &Path, hash: &str) -> bool {
    !hash.is_empty()
        && if hash.starts_with(NAMELESS) {
            content_hash(folder) == hash
        } else {
            hash_of(folder, |card| card).as_deref() == Some(hash)
        }
}

fn hash_of(folder: &Path, of_card: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Option<String> {
    use sha2::{Digest as _, Sha256};
    use std::io::Read as _;
    let open = |name: &str| std::fs::File::open(folder.join(name)).ok();
    let mut card = Vec::new();
    open("model.json")?.take(MOST_OF_CARD).read_to_end(&mut card).ok()?;
    let mut hash = Sha256::new();
    hash.update(of_card(card));
    std::io::copy(&mut open("generator.safetensors")?, &mut hash).ok()?;
    Some(format!("{:x}", hash.finalize()))
}

/// Copies a model folder under a name, whole or not at all. Only the files a model consists of are taken.
///
/// # Errors
/// The name is taken or not allowed, a file is missing, a link or too large, or the system refuses.
pub fn copy(from: &Path, place: &Path, name: &str) -> Result<PathBuf, LibraryError> {
    let to = place.join(checked_name(name)?);
    if to.symlink_metadata().is_ok() {
        return Err(LibraryError::AlreadyThere(to));
    }
    let refuse = |reason: String| LibraryError::NotAModel { reason, path: from.into() };
    let io = |doing, path: &Path| {
        let path = path.to_path_buf();
        move |source| LibraryError::Io { doing, source, path }
    };
    std::fs::create_dir_all(place).map_err(io("create the folder", place))?;
    // hidden until it is complete
    let partial =
        tempfile::Builder::new().prefix(".copying-").tempdir_in(place).map_err(io("create a folder", place))?;
    let mut any_weights = false;
    for file in FILES {
        let source = from.join(file);
        let Ok(metadata) = source.symlink_metadata() else {
            if file == CARD_FILE {
                return Err(refuse(format!("it has no {CARD_FILE}")));
            }
            continue;
        };
        if !metadata.is_file() || metadata.len() > MAX_FILE_BYTES {
            return Err(refuse(format!("its {file} is too large, or not a file")));
        }
        any_weights |= file == "generator.safetensors";
        std::fs::copy(&source, partial.path().join(file)).map_err(io("copy the model", &source))?;
    }
    if !any_weights {
        return Err(refuse("it has no weights".into()));
    }
    std::fs::rename(partial.path(), &to).map_err(io("copy the model", &to))?;
    Ok(to)
}

/// Gives one of the user's own models another name.
///
/// # Errors
/// It is not the user's, the name is taken or not allowed, or the system refuses.
pub fn rename(model: &ModelFolder, name: &str) -> Result<PathBuf, LibraryError> {
    owned(model)?;
    let to = model.path.with_file_name(checked_name(name)?);
    if to.symlink_metadata().is_ok() {
        return Err(LibraryError::AlreadyThere(to));
    }
    std::fs::rename(&model.path, &to).map_err(|source| LibraryError::Io {
        doing: "rename the model",
        source,
        path: to.clone(),
    })?;
    Ok(to)
}

/// Removes one of the user's own models for good.
///
/// # Errors
/// It is not the user's, or the system refuses.
pub fn delete(model: &ModelFolder) -> Result<(), LibraryError> {
    // by way of the bin: half a model must not be found if this is interrupted
    let binned = move_to_bin(model)?;
    let io = |source| LibraryError::Io { doing: "delete the model", source, path: model.path.clone() };
    std::fs::remove_dir_all(binned.parent().unwrap_or(&binned)).map_err(io)
}

/// Moves one of the user's own models to the bin, from where [`restore`] brings it back; returns where it is then.
///
/// # Errors
/// It is not the user's, or the system refuses.
pub fn move_to_bin(model: &ModelFolder) -> Result<PathBuf, LibraryError> {
    owned(model)?;
    let io = |source| LibraryError::Io { doing: "delete the model", source, path: model.path.clone() };
    let place = model.path.parent().unwrap_or(&model.path);
    let bin = tempfile::Builder::new().prefix(BINNED).tempdir_in(place).map_err(io)?.keep();
    let binned = bin.join(&model.name);
    std::fs::rename(&model.path, &binned).map_err(io)?;
    Ok(binned)
}

/// Brings a model back from the bin; under another name where its own is taken by now.
///
/// # Errors
/// What the system says.
pub fn restore(binned: &Path) -> Result<PathBuf, LibraryError> {
    let name = binned.file_name().unwrap_or_default().to_string_lossy();
    let bin = binned.parent().unwrap_or(binned);
    let to = free_place(bin.parent().unwrap_or(bin), &name);
    std::fs::rename(binned, &to).map_err(|source| LibraryError::Io {
        doing: "restore the model",
        source,
        path: binned.into(),
    })?;
    let _ = std::fs::remove_dir(bin); // an empty hidden folder does no harm
    Ok(to)
}

/// What is in the bin of this folder of models: the folders of deleted models, from where [`restore`] brings them back.
pub fn binned(place: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place).into_iter().flatten().take(MAX_ENTRIES).flatten();
    let bins = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(BINNED));
    let folders = bins.filter_map(|bin| std::fs::read_dir(bin.path()).ok()?.next()?.ok());
    let mut folders: Vec<PathBuf> = folders.map(|folder| folder.path()).collect();
    folders.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    folders
}

/// Deletes for good what has been in the bin of this folder of models for longer than that.
pub fn empty_bin(place: &Path, age: Duration) {
    for entry in std::fs::read_dir(place).into_iter().flatten().take(MAX_ENTRIES).flatten() {
        let is_old = |metadata: std::fs::Metadata| {
            let changed = metadata.modified().ok()?;
            Some(metadata.is_dir() && changed.elapsed().ok()? >= age)
        };
        let is_bin = entry.file_name().to_string_lossy().starts_with(BINNED);
        if is_bin && entry.path().symlink_metadata().ok().and_then(is_old) == Some(true) {
            let _ = std::fs::remove_dir_all(entry.path()); // tried again the next time
        }
    }
}

/// A folder of that name there, or of that name and a number, that is not taken.
pub fn free_place(place: &Path, name: &str) -> PathBuf {
    let numbered = (2..).map(|number| place.join(format!("{name} {number}")));
    let mut names = std::iter::once(place.join(name)).chain(numbered);
    names.find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| place.join(name))
}

fn owned(model: &ModelFolder) -> Result<(), LibraryError> {
    match model.origin {
        Origin::User => Ok(()),
        Origin::Shipped | Origin::Environment => Err(LibraryError::Shipped(model.path.clone())),
    }
}

/// A name that is one plain folder on every system.
fn checked_name(name: &str) -> Result<&str, LibraryError> {
    let plain = |letter: char| letter.is_alphanumeric() || " .-_()".contains(letter);
    let sound = !name.is_empty()
        && name.chars().count() <= 80
        && name.chars().all(plain)
        && !name.starts_with(['.', ' ', '-'])
        && !name.ends_with(['.', ' ']);
    sound.then_some(name).ok_or_else(|| LibraryError::BadName(name.into()))
}

#[cfg(test)]
mod tests;
