//! The user's settings: one TOML file, shared by programs that know different parts of it.
//!
//! Knows no setting by name; callers bring a type with defaults.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use super::LibraryError;
use crate::whole_file;

/// Larger files are refused.
const MAX_BYTES: u64 = 1 << 20;

/// Reads settings. A missing file is the defaults; a value of the wrong kind is reset to its default, with a message.
///
/// `T` is a struct with `#[serde(default)]`, so that every key may be missing.
///
/// # Errors
/// The file cannot be read or is no TOML; the caller goes on with defaults and leaves the file alone.
pub fn load<T: DeserializeOwned + Default>(path: &Path) -> Result<(T, Vec<String>), LibraryError> {
    let mut table = read(path)?;
    let mut messages = Vec::new();
    if let Ok(settings) = T::deserialize(table.clone()) {
        return Ok((settings, messages));
    }
    // a key is bad if it does not fit alone
    table.retain(|key, value| {
        let alone = Table::from_iter([(key.to_string(), value.clone())]);
        match T::deserialize(alone) {
            Ok(_) => true,
            Err(error) => {
                messages.push(format!("the setting “{key}” was reset to its default: {}", error.message().trim()));
                false
            }
        }
    });
    Ok((T::deserialize(table).unwrap_or_default(), messages))
}

/// Saves settings whole or not at all. Keys of the file that `settings` does not know stay.
///
/// # Errors
/// The system refuses. A file that is no TOML is replaced.
pub fn save<T: Serialize + DeserializeOwned>(path: &Path, settings: &T) -> Result<(), LibraryError> {
    let io = |source| LibraryError::Io { doing: "save the settings", source, path: path.into() };
    let mut table = read(path).unwrap_or_default();
    let ours = Table::try_from(settings).map_err(|error| io(std::io::Error::other(error)))?;
    // TOML has no null, so a key of `T`'s that is not written must go
    table.retain(|key, value| !knows::<T>(key, value));
    table.extend(ours);
    let text = toml::to_string_pretty(&table).map_err(|error| io(std::io::Error::other(error)))?;
    std::fs::create_dir_all(whole_file::folder_of(path))
        .and_then(|()| whole_file::write(path, text.as_bytes()))
        .map_err(io)
}

/// Whether a type has a setting of that name: it survives a round trip, or is refused.
fn knows<T: Serialize + DeserializeOwned>(key: &str, value: &toml::Value) -> bool {
    let alone = Table::from_iter([(key.to_string(), value.clone())]);
    T::deserialize(alone).map_or(true, |settings| Table::try_from(settings).is_ok_and(|table| table.contains_key(key)))
}

fn read(path: &Path) -> Result<Table, LibraryError> {
    let io = |source| LibraryError::Io { doing: "read the settings", source, path: path.into() };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Table::new()),
        Err(error) => return Err(io(error)),
        Ok(metadata) if !metadata.is_file() || metadata.len() > MAX_BYTES => {
            return Err(io(std::io::Error::other("not a settings file")));
        }
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(path).map_err(io)?;
    text.parse().map_err(|error: toml::de::Error| io(std::io::Error::other(error.message().to_owned())))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Some {
        scale: f64,
        font: Option<String>,
        takes: u8,
    }

    impl Default for Some {
        fn default() -> Self {
            Self { scale: 1.0, font: None, takes: 3 }
        }
    }

    #[test]
    fn what_is_saved_is_loaded_and_unknown_keys_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("settings.toml");
        assert_eq!(load::<Some>(&path).unwrap(), (Some::default(), Vec::new()));
        let chosen = Some { font: Option::Some("piano".into()), takes: 5, ..Some::default() };
        save(&path, &chosen).unwrap();
        let text = std::fs::read_to_string(&path).unwrap() + "[window]\nwidth = 800\n";
        std::fs::write(&path, text).unwrap();
        assert_eq!(load::<Some>(&path).unwrap().0, chosen);
        save(&path, &Some::default()).unwrap();
        assert_eq!(load::<Some>(&path).unwrap().0, Some::default(), "what is none again is gone");
        assert!(std::fs::read_to_string(&path).unwrap().contains("width = 800"));
    }

    #[test]
    fn a_bad_value_is_reported_and_only_that_one_is_reset() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, "scale = 1.5\ntakes = \"many\"\nfont = 7\n").unwrap();
        let (settings, messages) = load::<Some>(&path).unwrap();
        assert_eq!((settings.scale, settings.takes), (1.5, 3));
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(messages.iter().any(|text| text.contains("“takes”")));
        save(&path, &settings).unwrap();
        assert!(load::<Some>(&path).unwrap().1.is_empty());
    }

    #[test]
    fn other_files_are_refused_and_can_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        for bytes in [b"scale = [".to_vec(), vec![0xFF, 0xFE], vec![b' '; 2 << 20]] {
            std::fs::write(&path, bytes).unwrap();
            assert!(load::<Some>(&path).unwrap_err().to_string().contains("settings.toml"));
        }
        save(&path, &Some::default()).unwrap();
        assert!(load::<Some>(&path).is_ok());
        assert!(load::<Some>(folder.path()).is_err());
    }
}
