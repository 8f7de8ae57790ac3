//! Reading a folder: files found, read on several threads, duplicates and the split.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use crate::music::midi_file::{self, ReadError};
use crate::music::{Grid, Score};

use crate::corpus::cache::{self, Cache, Outcome, Stamp};
use crate::corpus::corrections::{CORRECTIONS_FILE, Corrections};
use crate::corpus::dataset::{Dataset, DatasetError, LeftOut, Piece, ReadOptions};
use crate::corpus::pieces::{Cut, pieces};
use crate::corpus::split;

/// More files than this are surely the wrong folder.
const MOST_FILES: usize = 50_000;
/// Folders in folders, no deeper.
const DEEPEST: usize = 8;
/// No MIDI file of music is larger.
const MOST_BYTES: u64 = 8 << 20;
/// Cells (of a byte each) that a training set may hold in memory.
const MOST_CELLS: usize = 3 << 30;

/// Reads a folder of MIDI files, with `progress(done, total)` called on this thread and `cancel` asked now and then.
///
/// # Errors
/// The folder cannot be read, holds nothing usable, or `cancel` said so. Single bad files are no error: see
/// [`Dataset::left_out`].
pub fn read_folder(
    path: &Path,
    options: &ReadOptions,
    progress: &mut dyn FnMut(usize, usize),
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<Dataset, DatasetError> {
    let (files, others) = midi_files(path)?;
    progress(0, files.len());
    let corrections =
        Corrections::read(path).map_err(|reason| DatasetError::Corrections { path: path.to_owned(), reason })?;
    let cache = Cache::open(options.cache.as_deref(), path);
    let read = |file: &Found| {
        let how = (options.min_bars, corrections.about(&file.name));
        let stamp = cache::stamp([Some(&file.path), file.melody.as_deref()], &how);
        let known = cache.get(&file.name, &stamp);
        (stamp, known.unwrap_or_else(|| read_file(file, &corrections, options)))
    };
    let scanned = scan(&files, &read, progress, cancel)?;
    cache.keep(&scanned);
    let mut scanned: Scanned = scanned.into_iter().map(|(name, (_, outcome))| (name, outcome)).collect();
    let file_names = files.iter().filter(|file| file.file != format!("{}.mid", file.name));
    let file_names = file_names.map(|file| (file.name.clone(), file.file.clone())).collect();
    let mut dataset = Dataset { files: files.len() + others.len(), file_names, ..Dataset::default() };
    drop_duplicates(&mut scanned, &|name| dataset.file_name(name));
    let mut cells = 0;
    for (name, outcome) in scanned {
        let file = dataset.file_name(&name);
        let leave_out = |reason: String| LeftOut { file: file.clone(), name: name.clone(), reason };
        match outcome {
            Ok(cut) => {
                cells += cut.pieces.iter().map(cells_of).sum::<usize>();
                if cells > MOST_CELLS {
                    dataset.left_out.push(leave_out("no room for it: the rest already fills 3 GB".into()));
                    continue;
                }
                dataset.pieces.extend(cut.pieces);
                let sections = cut.left_out.into_iter();
                dataset
                    .left_out
                    .extend(sections.map(|(section, reason)| leave_out(format!("section {section}: {reason}"))));
            }
            Err(reason) => dataset.left_out.push(leave_out(reason)),
        }
    }
    if dataset.pieces.is_empty() {
        return Err(DatasetError::NothingUsable {
            path: path.to_owned(),
            files: files.len(),
            first: dataset
                .left_out
                .first()
                .map_or_else(|| "there are none".into(), |first| format!("{}: {}", first.file, first.reason)),
        });
    }
    let not_taken = |file: String| LeftOut { name: file.clone(), file, reason: ReadError::NotMidi.to_string() };
    dataset.left_out.extend(others.into_iter().map(not_taken));
    alphanumeric_sort::sort_slice_by_str_key(&mut dataset.left_out, |left_out| &left_out.file);
    split::decide(&mut dataset.pieces, options);
    Ok(dataset)
}

fn cells_of(piece: &Piece) -> usize {
    (piece.parts.len() + 1) * piece.steps() * crate::music::grid::PITCHES
}

/// A MIDI file, its name within the folder without its ending and with it, and the file with its melody marked by hand.
struct Found {
    name: String,
    file: String,
    path: PathBuf,
    melody: Option<PathBuf>,
}

/// The MIDI files of a folder, and the names of all others.
fn midi_files(folder: &Path) -> Result<(Vec<Found>, Vec<String>), DatasetError> {
    let (mut paths, mut others) = (BTreeMap::new(), Vec::new());
    list(folder, folder, 0, &mut paths, &mut others)?;
    let melodies: HashMap<String, PathBuf> = paths
        .iter()
        .filter_map(|(name, path)| Some((name.strip_suffix(".melody")?.to_owned(), path.clone())))
        .collect();
    let is_melody_of_another = |name: &str| name.strip_suffix(".melody").is_some_and(|of| paths.contains_key(of));
    let found = |(name, path): (&String, &PathBuf)| Found {
        name: name.clone(),
        file: path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned(),
        path: path.clone(),
        melody: melodies.get(name).cloned(),
    };
    Ok((paths.iter().filter(|(name, _)| !is_melody_of_another(name)).map(found).collect(), others))
}

fn list(
    top: &Path,
    folder: &Path,
    depth: usize,
    paths: &mut BTreeMap<String, PathBuf>,
    others: &mut Vec<String>,
) -> Result<(), DatasetError> {
    let unreadable = |source| DatasetError::Folder { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && depth < DEEPEST {
            list(top, &path, depth + 1, paths, others)?;
        }
        let is_midi = path
            .extension()
            .is_some_and(|ending| ["mid", "midi", "kar", "rmi"].iter().any(|known| ending.eq_ignore_ascii_case(known)));
        if !kind.is_dir() && is_midi {
            let file = path.strip_prefix(top).unwrap_or(&path);
            let name = file.with_extension("").to_string_lossy().into_owned();
            // of a.mid and a.kar, the second is called by its whole name
            let name = if paths.contains_key(&name) { file.to_string_lossy().into_owned() } else { name };
            paths.insert(name, path);
            if paths.len() > MOST_FILES {
                return Err(DatasetError::TooManyFiles { path: top.to_owned(), limit: MOST_FILES });
            }
        } else if !kind.is_dir() && others.len() < MOST_FILES && is_worth_naming(&path) {
            others.push(path.strip_prefix(top).unwrap_or(&path).to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// Hidden files and our own are nobody's music.
fn is_worth_naming(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name != CORRECTIONS_FILE && !name.to_string_lossy().starts_with('.'))
}

type Scanned = BTreeMap<String, Outcome>;
/// The same, with what each file is known by.
type Stamped = BTreeMap<String, (Stamp, Outcome)>;

fn scan(
    files: &[Found],
    read: &(dyn Fn(&Found) -> (Stamp, Outcome) + Sync),
    progress: &mut dyn FnMut(usize, usize),
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<Stamped, DatasetError> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8).min(files.len().max(1));
    let next = AtomicUsize::new(0);
    let (sender, results) = crossbeam_channel::bounded(64);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let sender = sender.clone();
            let next = &next;
            let work = move || {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if cancel() || sender.send((file.name.clone(), read(file))).is_err() {
                        return;
                    }
                }
            };
            std::thread::Builder::new()
                .name(format!("dataset {worker}"))
                .spawn_scoped(scope, work)
                .map_err(|source| DatasetError::Folder { path: files[0].path.clone(), source })?;
        }
        drop(sender);
        let mut scanned = Stamped::new();
        for (name, outcome) in results {
            scanned.insert(name, outcome);
            progress(scanned.len(), files.len());
        }
        if scanned.len() < files.len() { Err(DatasetError::Cancelled) } else { Ok(scanned) }
    })
}

fn read_file(file: &Found, corrections: &Corrections, options: &ReadOptions) -> Result<Cut, String> {
    let score = read_score(&file.path)?;
    let melody = file.melody.as_deref().map(read_score).transpose();
    let melody = melody.map_err(|reason| format!("its melody file: {reason}"))?;
    pieces(&file.name, &score, melody.as_ref(), corrections, options)
}

fn read_score(path: &Path) -> Result<Score, String> {
    let unreadable = |error: std::io::Error| format!("it cannot be read ({error})");
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("it is larger than {} MB", MOST_BYTES >> 20));
    }
    midi_file::read(&bytes).map_err(|error| match error {
        ReadError::NotMidi | ReadError::Foreign(_) => error.to_string(),
        ReadError::Empty => "empty".to_owned(),
        damage => format!("broken: {damage}"),
    })
}

/// Of files with the same music, in whatever key, the first by name stays.
fn drop_duplicates(scanned: &mut Scanned, file_name: &dyn Fn(&str) -> String) {
    let mut first_of: HashMap<[u8; 32], String> = HashMap::new();
    for (name, outcome) in scanned.iter_mut() {
        let Ok(cut) = outcome else { continue };
        match first_of.entry(fingerprint(&cut.pieces)) {
            std::collections::hash_map::Entry::Occupied(first) => {
                *outcome = Err(format!("the same music as {}", file_name(first.get())));
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(name.clone());
            }
        }
    }
}

/// The same for the same notes in any transposition.
fn fingerprint(pieces: &[Piece]) -> [u8; 32] {
    let lowest = |grid: &Grid| (0..grid.steps()).filter_map(|step| grid.onsets(step).next()).min().unwrap_or(0);
    let origin = pieces.iter().map(|piece| lowest(&piece.melody)).min().unwrap_or(0) as i32;
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece.steps_per_bar.to_le_bytes());
        split::hash_onsets(&mut hash, &piece.melody, origin);
        for (role, grid) in &piece.parts {
            hash.update([*role as u8]);
            let origin = if *role == crate::music::Role::Drums { 0 } else { origin };
            split::hash_onsets(&mut hash, grid, origin);
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
