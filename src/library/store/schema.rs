//! The tables of the library, and the way from each earlier layout to this one.
//!
//! A layout is never changed once it is out; a new one is a step more. `user_version` says how many steps a file has
//! had.

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// Step by step, from an empty file on.
pub(super) const STEPS: [&str; 2] = [FIRST, SECOND];

/// Compositions and their parts, what was generated, sessions.
const FIRST: &str = "
CREATE TABLE compositions (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE,        -- drawn at random, the same wherever the composition goes
    title TEXT NOT NULL,
    head TEXT NOT NULL,                -- the score without its parts, and how it was left, as JSON
    part INTEGER NOT NULL DEFAULT 0,   -- the part that was worked on
    part_count INTEGER NOT NULL,
    note_count INTEGER NOT NULL,
    seconds REAL NOT NULL,
    picture BLOB NOT NULL,             -- the roll, small: see `thumbnail.rs`
    tags TEXT NOT NULL DEFAULT '[]',   -- JSON
    model TEXT NOT NULL DEFAULT '',    -- whose take was kept last
    created_ms INTEGER NOT NULL,       -- since 1970, UTC
    changed_ms INTEGER NOT NULL,
    revision INTEGER NOT NULL,         -- grows with each save, so that two windows notice each other
    touched INTEGER NOT NULL,          -- 0 for a prepared melody nobody has changed yet
    deleted_ms INTEGER,                -- in the bin since then
    recording TEXT                     -- the part as it was being played in, as JSON; NULL when nobody plays
);
CREATE INDEX compositions_by_change ON compositions (changed_ms);
CREATE TABLE parts (
    composition INTEGER NOT NULL REFERENCES compositions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    data TEXT NOT NULL,                -- JSON
    PRIMARY KEY (composition, position)
);
CREATE TABLE takes (                   -- of the last request, as the panel shows them
    composition INTEGER PRIMARY KEY REFERENCES compositions (id) ON DELETE CASCADE,
    data TEXT NOT NULL                 -- JSON
);
CREATE TABLE makings (                 -- every take that was kept, and how to make it again
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    composition INTEGER NOT NULL REFERENCES compositions (id) ON DELETE CASCADE,
    made_ms INTEGER NOT NULL,
    data TEXT NOT NULL                 -- JSON
);
CREATE INDEX makings_by_composition ON makings (composition);
CREATE TABLE sessions (
    slot INTEGER PRIMARY KEY,          -- 1 for the first window, 2 for a second beside it
    composition INTEGER NOT NULL,
    state TEXT NOT NULL,               -- JSON
    ended INTEGER NOT NULL             -- 0 while the window is open, or if it was killed
);
CREATE VIRTUAL TABLE search USING fts5 (
    title, tags, parts, model,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
";

/// Files opened lately.
const SECOND: &str = "
CREATE TABLE recent_files (
    path TEXT PRIMARY KEY,
    opened_ms INTEGER NOT NULL
);
";

/// Brings a library to the present layout, each step whole or not at all.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let version = |connection: &Connection| connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    if version(connection)? == STEPS.len() as i64 {
        return Ok(());
    }
    // another window may be migrating, too: look again once the lock is ours
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let Some(steps) = usize::try_from(found).ok().and_then(|found| STEPS.get(found..)) else {
        return Err(StoreError::Newer { found, known: STEPS.len() });
    };
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}
