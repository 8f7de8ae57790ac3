//! Recovery of a damaged library: it is moved aside, and whatever can still be read goes into a new one.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{
    composition::{Composition, SaveOutcome},
    composition_rows,
    connection::{Store, now_ms},
    error::StoreError,
    schema,
    sessions::Session,
};
use crate::plural::counted;

/// More rows than this are not tried one by one.
const MAX_ROWS: i64 = 1_000_000;

/// Moves the file at `path` aside, makes a new library there and fills it with what can be read.
pub(super) fn recover(path: &Path) -> Result<(Connection, String), StoreError> {
    let aside = aside(path)?;
    let mut connection = Store::connect(path)?;
    schema::migrate(&mut connection)?;
    let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
    let mut store = Store::on(connection, folder, false);
    // a copy is worked on: the file that was moved aside stays exactly as it was found
    let copies = tempfile::tempdir_in(&store.folder)?;
    let copy = copies.path().join("library.db");
    for (from, to) in files(&aside).into_iter().zip(files(&copy)) {
        if from.exists() {
            std::fs::copy(from, to)?;
        }
    }
    let mut recovered = copy_readable(&copy, &mut store).unwrap_or(0);
    if recovered == 0 && repair_header(path, &copy).is_ok() {
        recovered = copy_readable(&copy, &mut store).unwrap_or(0);
    }
    let text = format!(
        "The library was damaged. {} The damaged file was kept: {}",
        match recovered {
            0 => "Nothing in it could be read, so a new library was started.".to_owned(),
            count => format!("Recovered {}.", counted(count, "composition")),
        },
        aside.display()
    );
    Ok((store.connection, text))
}

/// The file, its log and the log's index.
fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = OsString::from(path);
        name.push(end);
        name.into()
    })
}

/// Moves the library and its log out of the way, under a name that is free.
fn aside(path: &Path) -> std::io::Result<PathBuf> {
    let free = (0..1000)
        .map(|number| path.with_file_name(format!("library-damaged-{}-{number}.db", now_ms() / 1000)))
        .find(|aside| files(aside).iter().all(|file| !file.exists()))
        .ok_or_else(|| std::io::Error::other("no free name for the damaged library"))?;
    for (from, to) in files(path).into_iter().zip(files(&free)) {
        if from.exists() {
            std::fs::rename(from, to)?;
        }
    }
    Ok(free)
}

/// Reads composition by composition, and goes on where one cannot be read.
fn copy_readable(from: &Path, store: &mut Store) -> Result<usize, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let old = Connection::open_with_flags(from, flags)?;
    old.pragma_update(None, "trusted_schema", false)?;
    let mut ids: Vec<i64> = Vec::new();
    // the two ways to the rows: by the table and by the index over the ids; either may be whole where the other is not
    for sql in [
        "SELECT id FROM compositions NOT INDEXED ORDER BY row",
        "SELECT id FROM compositions NOT INDEXED ORDER BY row DESC",
        "SELECT id FROM compositions ORDER BY id",
        "SELECT id FROM compositions ORDER BY id DESC",
    ] {
        let Ok(mut statement) = old.prepare(sql) else { continue };
        let Ok(rows) = statement.query_map([], |row| row.get::<_, i64>(0)) else {
            continue;
        };
        ids.extend(rows.take(MAX_ROWS as usize).map_while(Result::ok));
    }
    // and row by row, across pages that cannot be read
    let last: i64 =
        old.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'compositions'", [], |row| row.get(0)).unwrap_or(0);
    if let Ok(mut statement) = old.prepare("SELECT id FROM compositions WHERE row = ?1") {
        ids.extend(
            (1..=last.clamp(0, MAX_ROWS)).filter_map(|row| statement.query_row([row], |row| row.get::<_, i64>(0)).ok()),
        );
    }
    ids.sort_unstable();
    ids.dedup();
    let mut copied = 0;
    for id in ids {
        let Ok(composition) = composition_rows::load_from_damaged(&old, id) else {
            continue;
        };
        if copy_into(store, &composition)? {
            copied += 1;
        }
    }
    if let Ok(mut statement) = old.prepare("SELECT slot, composition, state, ended FROM sessions")
        && let Ok(rows) = statement.query_map([], |row| {
            Ok((
                row.get::<_, u32>(0)?,
                Session { composition: row.get::<_, i64>(1)? as u64, state: row.get(2)?, ended: row.get(3)? },
            ))
        })
    {
        for (slot, session) in rows.map_while(Result::ok) {
            store.note_session(slot, &session)?;
        }
    }
    Ok(copied)
}

fn copy_into(store: &mut Store, composition: &Composition) -> Result<bool, StoreError> {
    if matches!(store.save(&composition.into(), None)?, SaveOutcome::Conflict) {
        return Ok(false); // it is there already
    }
    store.set_tags(&[(composition.score.id, composition.tags.clone())])?;
    Ok(true)
}

/// Gives a file whose first bytes are gone those of a new library: all our files begin alike.
fn repair_header(new: &Path, damaged: &Path) -> std::io::Result<()> {
    use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
    let pages = std::fs::metadata(damaged)?.len() / 4096;
    let mut header = [0; 100];
    std::fs::File::open(new)?.read_exact(&mut header)?;
    // byte 28: how many pages; bytes 18 and 19: no log is looked for, the copy has what it has
    header[28..32].copy_from_slice(&u32::try_from(pages).unwrap_or(u32::MAX).to_be_bytes());
    let mut file = std::fs::OpenOptions::new().write(true).open(damaged)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header)
}
