//! Compositions as rows of the tables: saved part by part as far as they changed, loaded, copied, renamed, tagged,
//! deleted.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::{
    composition::{AsLeft, Composition, KeptTake, Save, SaveOutcome, Saved, Takes},
    connection::{Store, new_id, now_ms},
    error::StoreError,
};
use crate::{
    library::thumbnail,
    music::{Part, Score},
};

#[derive(Serialize, Deserialize)]
struct Recording {
    position: usize,
    part: Part,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MelodyPart {
    melody: Option<usize>,
}

/// What is written as a composition's head.
#[derive(Serialize)]
struct Head<'a> {
    #[serde(flatten)]
    score: &'a Score,
    left: &'a AsLeft,
}

/// What a head has beside the score; earlier releases wrote nothing there.
#[derive(Default, Deserialize)]
#[serde(default)]
struct BesideScore {
    left: AsLeft,
}

impl Store {
    /// Saves a composition as one transaction: whole or not at all.
    ///
    /// `known` is what this window last saw of it in the library; `None` if it never did.
    ///
    /// # Errors
    /// What `SQLite` says; the library is as it was.
    pub fn save(&mut self, save: &Save, known: Option<&Saved>) -> Result<SaveOutcome, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let id = save.score.id as i64;
        let there: Option<i64> = transaction
            .query_row("SELECT revision FROM compositions WHERE id = ?1", [id], |row| row.get(0))
            .optional()?;
        // one that was deleted for good meanwhile is written anew, from the first part on
        let known = known.filter(|_| there.is_some());
        if there.is_some() && there != known.map(|saved| saved.revision) {
            return Ok(SaveOutcome::Conflict);
        }
        let revision = there.unwrap_or(0) + 1;
        let head = Box::new(Score { parts: Vec::new(), ..Score::clone(&save.score) });
        let before = known.map_or(&[][..], |saved| &saved.parts);
        let same_takes = match (known.and_then(|saved| saved.takes.as_ref()), &save.takes) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new) || old == new,
            (None, None) => known.is_some(),
            _ => false,
        };
        let same_music = known.is_some_and(|saved| saved.head.as_ref() == Some(&head))
            && save.score.parts.len() == before.len()
            && save.score.parts.iter().zip(before).all(|(new, old)| Arc::ptr_eq(new, old));
        // to look at a composition is no change of it
        let is_changed = !(same_music && same_takes && save.kept_takes.is_empty() && save.recording.is_none());
        write_row(&transaction, save, &head, revision, is_changed)?;
        for (position, part) in save.score.parts.iter().enumerate() {
            if before.get(position).is_none_or(|old| !Arc::ptr_eq(old, part)) {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO parts (composition, position, data) VALUES (?1, ?2, ?3)")?
                    .execute(params![id, position as i64, serde_json::to_string(part)?])?;
            }
        }
        transaction.execute(
            "DELETE FROM parts WHERE composition = ?1 AND position >= ?2",
            params![id, save.score.parts.len() as i64],
        )?;
        match &save.takes {
            _ if same_takes => {}
            Some(takes) => {
                let data = serde_json::to_string(takes)?;
                transaction
                    .execute("INSERT OR REPLACE INTO takes (composition, data) VALUES (?1, ?2)", params![id, data])?;
            }
            None => {
                transaction.execute("DELETE FROM takes WHERE composition = ?1", [id])?;
            }
        }
        for kept in &save.kept_takes {
            transaction.execute(
                "INSERT INTO makings (composition, made_ms, data) VALUES (?1, ?2, ?3)",
                params![id, kept.made_ms, serde_json::to_string(kept)?],
            )?;
        }
        if let Some(last) = save.kept_takes.last() {
            transaction
                .execute("UPDATE compositions SET model = ?2 WHERE id = ?1", params![id, last.settings.model])?;
        }
        index(&transaction, id)?;
        transaction.commit()?;
        let (parts, takes) = (save.score.parts.clone(), save.takes.clone());
        Ok(SaveOutcome::Saved(Saved { revision, head: Some(head), parts, takes }))
    }

    /// A composition as it was kept, even if it is in the bin.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn load(&self, id: u64) -> Result<Composition, StoreError> {
        load(&self.connection, id as i64)
    }

    /// Copies a composition; the copy's title is the one given.
    ///
    /// # Errors
    /// It is not there, or what `SQLite` says.
    pub fn duplicate(&mut self, id: u64, title: &str) -> Result<u64, StoreError> {
        let composition = self.load(id)?;
        let copy = Score { id: new_id(), title: title.to_owned(), ..Score::clone(&composition.score) };
        self.insert(&Composition { score: Arc::new(copy), recording: None, ..composition })
    }

    /// Puts a whole composition in, such as one from a project file. Its id must be new.
    pub fn insert(&mut self, composition: &Composition) -> Result<u64, StoreError> {
        let id = composition.score.id;
        self.save(&composition.into(), None)?;
        self.set_tags(&[(id, composition.tags.clone())])?;
        Ok(id)
    }

    /// Gives a composition another title.
    pub fn rename(&mut self, id: u64, title: &str) -> Result<(), StoreError> {
        self.change("title", [(id, title)])
    }

    /// Sorts each of these compositions under its words: all of them, or none where it fails.
    pub fn set_tags(&mut self, tags: &[(u64, Vec<String>)]) -> Result<(), StoreError> {
        let written = tags.iter().map(|(id, tags)| Ok((*id, serde_json::to_string(tags)?)));
        let written: Vec<_> = written.collect::<Result<_, StoreError>>()?;
        self.change("tags", written)
    }

    /// Puts compositions in the bin, from which [`Store::restore`] brings them back for 30 days: all of them, or none
    /// where it fails.
    pub fn delete(&mut self, ids: &[u64]) -> Result<(), StoreError> {
        let now_ms = now_ms();
        self.change("deleted_ms", ids.iter().map(|id| (*id, now_ms)))
    }

    /// Takes compositions out of the bin: all of them, or none where it fails.
    pub fn restore(&mut self, ids: &[u64]) -> Result<(), StoreError> {
        self.change("deleted_ms", ids.iter().map(|id| (*id, rusqlite::types::Null)))
    }

    /// Writes into a column of each of these, as one transaction.
    fn change<V: rusqlite::ToSql>(
        &mut self,
        column: &'static str,
        values: impl IntoIterator<Item = (u64, V)>,
    ) -> Result<(), StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = format!("UPDATE compositions SET {column} = ?2 WHERE id = ?1");
        for (id, value) in values {
            if transaction.execute(&sql, params![id as i64, value])? == 0 {
                return Err(StoreError::Gone);
            }
            index(&transaction, id as i64)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

fn write_row(
    transaction: &Transaction<'_>,
    save: &Save,
    head: &Score,
    revision: i64,
    is_changed: bool,
) -> Result<(), StoreError> {
    let score = &save.score;
    let shown = shown_score(save);
    let recording = match &save.recording {
        Some((position, part)) => {
            Some(serde_json::to_string(&Recording { position: *position, part: Part::clone(part) })?)
        }
        None => None,
    };
    let notes: usize = shown.parts.iter().map(|part| part.notes.len()).sum();
    transaction
        .prepare_cached(
            "INSERT INTO compositions (id, title, head, part, part_count, note_count, seconds, picture, created_ms,
                 changed_ms, revision, touched, recording)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12)
             ON CONFLICT (id) DO UPDATE SET title = ?2, head = ?3, part = ?4, part_count = ?5, note_count = ?6,
                 seconds = ?7, picture = ?8, changed_ms = iif(?13, ?9, changed_ms), revision = ?10,
                 touched = max(touched, ?11), recording = ?12, deleted_ms = NULL",
        )?
        .execute(params![
            score.id as i64,
            score.title,
            serde_json::to_string(&Head { score: head, left: &save.left })?,
            save.part as i64,
            score.parts.len() as i64,
            notes as i64,
            shown.tempo.seconds_from_tick(shown.end()),
            thumbnail::to_bytes(&thumbnail::draw(&shown)),
            now_ms(),
            revision,
            save.touched,
            recording,
            is_changed,
        ])?;
    Ok(())
}

/// The score with what is being played in.
fn shown_score(save: &Save) -> Arc<Score> {
    let Some((position, part)) = &save.recording else {
        return Arc::clone(&save.score);
    };
    let mut shown = Score::clone(&save.score);
    if let Some(place) = shown.parts.get_mut(*position) {
        *place = Arc::clone(part);
    }
    Arc::new(shown)
}

/// The parts of a composition in order, up to the first that cannot be read, and why that is.
fn read_parts(connection: &Connection, id: i64, table: &str) -> (Vec<Arc<Part>>, Option<StoreError>) {
    let mut parts = Vec::new();
    let mut read = || -> Result<(), StoreError> {
        let sql = format!("SELECT data FROM {table} WHERE composition = ?1 ORDER BY position");
        let mut statement = connection.prepare_cached(&sql)?;
        for data in statement.query_map([id], |row| row.get::<_, String>(0))?.take(Score::MAX_PARTS) {
            parts.push(Arc::new(serde_json::from_str(&data?)?));
        }
        Ok(())
    };
    let error = read().err();
    (parts, error)
}

/// Updates the search index.
fn index(connection: &Connection, id: i64) -> Result<(), StoreError> {
    let mut parts =
        connection.prepare_cached("SELECT data ->> '$.name' FROM parts WHERE composition = ?1 ORDER BY position")?;
    let names: Vec<Option<String>> = parts.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let names = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO search (rowid, title, tags, parts, model)
             SELECT row, title, tags, ?2, model FROM compositions WHERE id = ?1",
        )?
        .execute(params![id, names])?;
    Ok(())
}

pub(super) fn load(connection: &Connection, id: i64) -> Result<Composition, StoreError> {
    read(connection, id, false)
}

/// What can be read of it in a damaged library: by the tables where an index is damaged, the parts up to the first that
/// is, and without takes where these are, for they are worth less than the score.
pub(super) fn load_from_damaged(connection: &Connection, id: i64) -> Result<Composition, StoreError> {
    read(connection, id, true)
}

fn read(connection: &Connection, id: i64, is_damaged: bool) -> Result<Composition, StoreError> {
    type Row = (String, String, i64, String, i64, Option<String>);
    let row = |table: &str| -> Result<Option<Row>, rusqlite::Error> {
        let sql = format!("SELECT title, head, part, tags, revision, recording FROM {table} WHERE id = ?1");
        let read = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        };
        connection.prepare_cached(&sql)?.query_row([id], read).optional()
    };
    let row = match row("compositions") {
        Ok(None) | Err(_) if is_damaged => row("compositions NOT INDEXED")?,
        read => read?,
    };
    let (title, head, part, tags, revision, recording) = row.ok_or(StoreError::Gone)?;
    let (mut parts, mut error) = read_parts(connection, id, "parts");
    if is_damaged && (error.is_some() || parts.is_empty()) {
        let (by_table, why) = read_parts(connection, id, "parts NOT INDEXED");
        if by_table.len() > parts.len() || why.is_none() {
            (parts, error) = (by_table, why);
        }
    }
    // some parts are better than none
    if let Some(error) = error.filter(|_| !is_damaged || parts.is_empty()) {
        return Err(error);
    }
    // the score without its parts has no melody
    let MelodyPart { melody } = serde_json::from_str(&head)?;
    let melody = melody.filter(|melody| *melody < parts.len());
    // how it was left is worth less than the score
    let BesideScore { left } = serde_json::from_str(&head).unwrap_or_default();
    let head: Score = serde_json::from_str(&head)?;
    let score = Arc::new(Score { id: id as u64, title, melody, parts, ..head });
    let head = Some(Box::new(Score { parts: Vec::new(), ..Score::clone(&score) }));
    let takes = connection
        .query_row("SELECT data FROM takes WHERE composition = ?1", [id], |row| row.get::<_, String>(0))
        .optional();
    let takes = match takes {
        Err(_) if is_damaged => None,
        takes => takes?,
    };
    // the score loads even where its takes are unreadable
    let takes = takes.and_then(|data| serde_json::from_str::<Takes>(&data).ok()).map(Arc::new);
    let mut statement = connection.prepare_cached("SELECT data FROM makings WHERE composition = ?1 ORDER BY row")?;
    let kept_takes = statement
        .query_map([id], |row| row.get::<_, String>(0))?
        .filter_map(|data| serde_json::from_str::<KeptTake>(&data.ok()?).ok())
        .collect();
    let recording = recording
        .and_then(|data| serde_json::from_str::<Recording>(&data).ok())
        .filter(|recording| recording.position < score.parts.len())
        .map(|recording| (recording.position, recording.part));
    Ok(Composition {
        saved: Saved { revision, head, parts: score.parts.clone(), takes: takes.clone() },
        part: usize::try_from(part).unwrap_or(0).min(score.parts.len().saturating_sub(1)),
        score,
        recording,
        takes,
        kept_takes,
        left: left.in_range(),
        tags: serde_json::from_str(&tags).unwrap_or_default(),
    })
}
