//! The folders of this user, as the system wants them (XDG on Linux). Each may not exist yet; asking fails only where
//! the system has no home folder.
#![expect(clippy::missing_errors_doc, reason = "said once, above")]

use std::path::PathBuf;

use directories::ProjectDirs;
use sha2::{Digest as _, Sha256};

use super::LibraryError;

fn project() -> Result<ProjectDirs, LibraryError> {
    ProjectDirs::from("", "", "cantus").ok_or(LibraryError::NoHome)
}

/// Settings live here, such as `~/.config/cantus`.
pub fn config_folder() -> Result<PathBuf, LibraryError> {
    Ok(project()?.config_dir().into())
}

/// What the user made lives here, such as `~/.local/share/cantus`.
pub fn data_folder() -> Result<PathBuf, LibraryError> {
    Ok(project()?.data_dir().into())
}

/// What can be made again lives here, such as `~/.cache/cantus`.
pub fn cache_folder() -> Result<PathBuf, LibraryError> {
    Ok(project()?.cache_dir().into())
}

/// The decoded samples of compressed SoundFonts.
pub fn decoded_soundfonts_folder() -> Result<PathBuf, LibraryError> {
    Ok(cache_folder()?.join("soundfonts"))
}

/// The user's own models.
pub fn models_folder() -> Result<PathBuf, LibraryError> {
    Ok(data_folder()?.join("models"))
}

/// The user's own SoundFonts.
pub fn soundfonts_folder() -> Result<PathBuf, LibraryError> {
    Ok(data_folder()?.join("soundfonts"))
}

/// The file of the settings.
pub fn settings_file() -> Result<PathBuf, LibraryError> {
    Ok(config_folder()?.join("settings.toml"))
}

/// Where the windows that share the user's data find each other while the user is logged in: such as
/// `/run/user/1000/cantus/0123456789abcdef`, and beside the data where the system has no such place.
pub fn handover_folder() -> Result<PathBuf, LibraryError> {
    let data = data_folder()?;
    let project = project()?;
    let Some(runtime) = project.runtime_dir() else {
        return Ok(data.join("window"));
    };
    // another data folder has windows of its own
    let hash = Sha256::digest(data.as_os_str().as_encoded_bytes());
    let name: String = hash
        .iter()
        .take(8)
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    Ok(runtime.join(name))
}

/// Folders of that name that came with the program: beside it, above it (as built by Cargo), and in the working folder.
///
/// Only those that exist, the nearest first, none twice.
pub fn shipped_folders(name: &str) -> Vec<PathBuf> {
    let mut candidates = Vec::new();
    if let Ok(program) = std::env::current_exe() {
        // beside the program; /usr/share/cantus for /usr/bin/cantus; the project for target/debug/cantus
        for folder in program.ancestors().skip(1).take(3) {
            candidates.push(folder.join(name));
            candidates.push(folder.join("share").join("cantus").join(name));
        }
    }
    candidates.push(PathBuf::from(name));
    let mut found: Vec<PathBuf> = Vec::new();
    for candidate in candidates {
        if let Ok(path) = candidate.canonicalize()
            && path.is_dir()
            && !found.contains(&path)
        {
            found.push(path);
        }
    }
    found
}
