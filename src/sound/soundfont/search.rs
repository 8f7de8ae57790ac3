//! Where SoundFonts are on a computer.

use std::path::{Path, PathBuf};

use super::error::{LoadFault, Refusal, SoundFontError};
use super::source::Source;

/// A SoundFont on this computer. It has not been checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundFontFile {
    /// What to call it: the file's name without its ending.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How large the file is.
    pub bytes: u64,
    /// Whether its header says SF3, whose samples are compressed. The file's ending may be wrong.
    pub is_sf3: bool,
}

impl SoundFontFile {
    /// Reads a file's header, which does not show whether the font is intact.
    ///
    /// # Errors
    /// It cannot be read, or is no SoundFont.
    pub fn read_header(path: &Path) -> Result<Self, SoundFontError> {
        let read = || {
            let source = Source::open(path).map_err(LoadFault::Unreadable)?;
            let mut head = [0; 36];
            source.read_at(0, &mut head).map_err(|_| Refusal::NotASoundFont)?;
            if !head.starts_with(b"RIFF") || head[8..12] != *b"sfbk" {
                return Err(Refusal::NotASoundFont.into());
            }
            // INFO must come first, and must begin with the version
            let version = (head[24..28] == *b"ifil").then_some(head[32]);
            if let Some(version) = version.filter(|version| !matches!(version, 2 | 3)) {
                return Err(Refusal::Version(version.into()).into());
            }
            Ok(Self {
                name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                path: path.to_path_buf(),
                bytes: source.len(),
                is_sf3: version == Some(3),
            })
        };
        read().map_err(|fault: LoadFault| fault.at(path))
    }
}

/// What the distributions' alternatives point to, the best known first. The ending may be wrong: `sf3/default-GM.sf3`
/// can be an SF2.
const SYSTEM_DEFAULTS: [&str; 3] = [
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/sounds/sf3/default-GM.sf3",
    "/usr/share/soundfonts/default.sf2",
];
const SYSTEM_FOLDERS: [&str; 5] = [
    "/usr/share/soundfonts",
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/local/share/soundfonts",
    "/usr/local/share/sounds/sf2",
];
/// Our own font, which is there for when there is no other.
const OURS: &str = "cantus-gm.sf2";

/// The SoundFonts of this computer, in the order in which they are tried: those in the project's `soundfonts/`, the
/// user's own (in the given folder), the system's General MIDI font, the system's others, and last the one that comes
/// with Cantus. A font chosen in the settings is for the caller to put first.
pub fn find_soundfonts(own: Option<&Path>) -> Vec<SoundFontFile> {
    let mut paths: Vec<PathBuf> = project_folders().iter().flat_map(|folder| files_in(folder)).collect();
    paths.extend(own.into_iter().flat_map(files_in));
    paths.extend(SYSTEM_DEFAULTS.map(PathBuf::from));
    paths.extend(SYSTEM_FOLDERS.iter().flat_map(|folder| files_in(Path::new(folder))));
    let (ours, others): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| path.file_name().is_some_and(|name| name == OURS));
    let mut seen: Vec<PathBuf> = Vec::new();
    let first_time = |path: &PathBuf| {
        let Ok(real) = path.canonicalize() else { return false };
        let new = !seen.contains(&real);
        seen.push(real);
        new
    };
    let paths = others.into_iter().chain(ours).filter(first_time);
    paths.filter_map(|path| SoundFontFile::read_header(&path).ok()).collect()
}

/// `soundfonts/` beside the program, in the source tree the program was built in, and here; a variable first.
fn project_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("CANTUS_SOUNDFONTS").map(PathBuf::from).into_iter().collect();
    if let Ok(program) = std::env::current_exe() {
        // beside it; from target/release; from target/release/deps, where tests run; installed in usr/lib/cantus
        let around = program.ancestors().skip(1).take(4);
        folders.extend(around.flat_map(|folder| [folder.join("soundfonts"), folder.join("share/cantus/soundfonts")]));
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
            path.extension().is_some_and(|ending| ["sf2", "sf3"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
        })
        .collect();
    files.sort_unstable();
    files
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
        assert!(!SoundFontFile::read_header(&write("really-sf2.sf3", 2)).unwrap().is_sf3);
        assert!(SoundFontFile::read_header(&write("really-sf3.sf2", 3)).unwrap().is_sf3);
        let error = |path: &Path| SoundFontFile::read_header(path).unwrap_err().to_string();
        assert!(error(&write("newer.sf2", 4)).contains("version 4"));
        assert!(error(&folder.path().join("missing.sf2")).contains("cannot be read"));
    }

    #[test]
    fn what_is_found_is_there_and_named_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Mine.SF3"), crate::sound::soundfont::testing::sf3_bytes()).unwrap();
        std::fs::write(folder.path().join("none.sf2"), b"nothing").unwrap();
        let found = find_soundfonts(Some(folder.path()));
        let place = |name: &str| found.iter().position(|file| file.name == name);
        assert!(place("Mine") < place("cantus-gm") && place("none").is_none());
        assert_eq!(place("cantus-gm"), Some(found.len() - 1));
        for file in &found {
            assert!(file.path.is_file());
            let same = |other: &&SoundFontFile| other.path.canonicalize().ok() == file.path.canonicalize().ok();
            assert_eq!(found.iter().filter(same).count(), 1, "{}", file.path.display());
        }
    }
}
