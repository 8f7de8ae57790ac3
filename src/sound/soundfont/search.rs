//! Where SoundFonts are on a computer.

use std::path::{Path, PathBuf};

/// A SoundFont on this computer. It has not been checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundFontFile {
    /// What to call it: the file's name without its ending.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// What the distributions' alternatives point to, the best known first. The ending may lie: `sf3/default-GM.sf3` can
/// be an SF2.
const SYSTEM_DEFAULTS: [&str; 3] = [
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/sounds/sf3/default-GM.sf3",
    "/usr/share/soundfonts/default.sf2",
];
const SYSTEM_FOLDERS: [&str; 5] = [
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/usr/local/share/soundfonts",
    "/usr/local/share/sounds/sf2",
];

/// SoundFonts of this computer, the best first: the system's General MIDI font, the system's others, then the
/// project's own. What the user chose in the settings is the caller's to put before.
pub fn find_soundfonts() -> Vec<SoundFontFile> {
    let mut paths: Vec<PathBuf> = SYSTEM_DEFAULTS.map(PathBuf::from).into();
    paths.extend(SYSTEM_FOLDERS.iter().flat_map(|folder| files_in(Path::new(folder))));
    paths.extend(project_folders().iter().flat_map(|folder| files_in(folder)));
    let mut seen: Vec<PathBuf> = Vec::new();
    paths.retain(|path| {
        let Ok(real) = path.canonicalize() else { return false };
        let new = is_soundfont(&real) && !seen.contains(&real);
        if new {
            seen.push(real);
        }
        new
    });
    paths
        .into_iter()
        .map(|path| SoundFontFile {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            path,
        })
        .collect()
}

/// `soundfonts/` beside the program, in the source tree the program was built in, and here; a variable first.
fn project_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("CANTUS_SOUNDFONTS").map(PathBuf::from).into_iter().collect();
    if let Ok(program) = std::env::current_exe() {
        // beside it; from target/release; from target/release/deps, where tests run
        folders.extend(program.ancestors().skip(1).take(4).map(|folder| folder.join("soundfonts")));
    }
    folders.push("soundfonts".into());
    folders
}

/// The `.sf2` and `.sf3` files of a folder by name; none where there is no such folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ["sf2", "sf3"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
        })
        .collect();
    files.sort_unstable();
    files
}

/// Whether the header says SoundFont: `RIFF` and `sfbk`, and no version but 2 and 3 where INFO opens with it, as it must.
fn is_soundfont(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0_u8; 36];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    let other_version = head[24..28] == *b"ifil" && !matches!(head[32], 2 | 3);
    read.is_ok() && head.starts_with(b"RIFF") && head[8..12] == *b"sfbk" && !other_version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides_not_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, version: u8| {
            let mut bytes = crate::sound::soundfont::testing::font_bytes();
            bytes[32] = version;
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        assert!(is_soundfont(&write("really-sf2.sf3", 2)));
        assert!(is_soundfont(&write("really-sf3.sf2", 3)));
        assert!(!is_soundfont(&write("newer.sf2", 4)));
        assert!(!is_soundfont(&folder.path().join("missing.sf2")));
    }

    #[test]
    fn what_is_found_is_there_and_named_once() {
        let found = find_soundfonts();
        for file in &found {
            assert!(file.path.is_file());
            let same = |other: &&SoundFontFile| other.path.canonicalize().ok() == file.path.canonicalize().ok();
            assert_eq!(found.iter().filter(same).count(), 1, "{}", file.path.display());
        }
    }
}
