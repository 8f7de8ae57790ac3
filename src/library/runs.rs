//! The list of trainings started outside the models folder, so that the studio finds them.

use std::path::{Path, PathBuf};

use crate::whole_file;

/// The list, in the user's data folder.
const FILE: &str = "runs.json";
/// Beyond this many the oldest are dropped.
const MOST: usize = 200;

/// The folders on the list that are still there.
pub fn registered(data: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(data.join(FILE)).unwrap_or_default();
    let mut folders: Vec<PathBuf> = serde_json::from_str(&text).unwrap_or_default();
    folders.retain(|folder| folder.is_dir());
    folders.truncate(MOST);
    folders
}

/// Puts a folder on the list, the newest first. Of two at the same moment one may be missed; its folder can be opened
/// by hand.
///
/// # Errors
/// What the system says.
pub fn register(data: &Path, folder: &Path) -> std::io::Result<()> {
    let mut folders = registered(data);
    folders.retain(|known| known != folder);
    folders.insert(0, folder.to_owned());
    folders.truncate(MOST);
    std::fs::create_dir_all(data)?;
    whole_file::write(&data.join(FILE), &serde_json::to_vec_pretty(&folders)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_first_and_what_is_gone_is_not_there() {
        let data = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| data.path().join(name));
        for folder in [&a, &b] {
            std::fs::create_dir(folder).unwrap();
            register(data.path(), folder).unwrap();
        }
        assert_eq!(registered(data.path()), [b.clone(), a.clone()]);
        register(data.path(), &a).unwrap();
        std::fs::remove_dir(&b).unwrap();
        assert_eq!(registered(data.path()), [a]);
        std::fs::write(data.path().join(FILE), "nonsense").unwrap();
        assert!(registered(data.path()).is_empty());
    }
}
