//! What the library's page shows: one line a composition, found by words and tags, in the order asked for.

use rusqlite::{Row, params, params_from_iter};

use super::{connection::Store, error::StoreError};
use crate::library::thumbnail::{self, CellRun};

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The one changed last comes first.
    #[default]
    Changed,
    /// The newest comes first.
    Created,
    /// By the alphabet.
    Title,
}

/// Which compositions are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words, or beginnings of words, that all occur in title, tags, names of parts or the model's name.
    pub search: String,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Those in the bin instead of the others.
    pub deleted: bool,
    /// The order.
    pub order: Order,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Which composition.
    pub id: u64,
    /// What the user calls it.
    pub title: String,
    /// As the user sorts it.
    pub tags: Vec<String>,
    /// Whose take was kept last; empty where none was.
    pub model: String,
    /// How many parts it has.
    pub parts: u32,
    /// How many notes it has.
    pub notes: u32,
    /// How long it plays.
    pub seconds: f64,
    /// Milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// Milliseconds since 1970, UTC.
    pub changed_ms: i64,
    /// The same by the computer's clock and calendar, such as `2026-03-01 14:05`.
    pub changed: String,
    /// The roll, small.
    pub picture: Vec<CellRun>,
}

impl Store {
    /// The compositions that are wanted.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Summary>, StoreError> {
        let mut sql = String::from(
            "SELECT id, title, tags, model, part_count, note_count, seconds, created_ms, changed_ms, picture,
                 strftime('%Y-%m-%d %H:%M', changed_ms / 1000, 'unixepoch', 'localtime')
             FROM compositions WHERE touched = 1",
        );
        sql.push_str(if filter.deleted { " AND deleted_ms IS NOT NULL" } else { " AND deleted_ms IS NULL" });
        let mut values: Vec<String> = Vec::new();
        if let Some(query) = query(&filter.search) {
            values.push(query);
            sql.extend([" AND row IN (SELECT rowid FROM search WHERE search MATCH ?", &values.len().to_string(), ")"]);
        }
        if let Some(tag) = &filter.tag {
            values.push(tag.clone());
            let place = values.len().to_string();
            sql.extend([
                " AND json_valid(tags) AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?",
                &place,
                ")",
            ]);
        }
        sql.push_str(match filter.order {
            Order::Changed => " ORDER BY changed_ms DESC, row DESC",
            Order::Created => " ORDER BY created_ms DESC, row DESC",
            Order::Title => " ORDER BY title COLLATE NOCASE, row",
        });
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_map(params_from_iter(values), summary)?.collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// Whether the list has a composition, or the bin.
    ///
    /// # Errors
    /// What `SQLite` says.
    pub fn lists(&self, id: u64) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM compositions WHERE id = ?1 AND touched = 1)";
        Ok(self.connection.prepare_cached(sql)?.query_row([id as i64], |row| row.get(0))?)
    }

    /// A title for a composition as it is, or with the first number behind it with which no other one has it.
    ///
    /// # Errors
    /// What `SQLite` says.
    pub fn free_title(&self, title: &str, id: u64) -> Result<String, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM compositions
                       WHERE title = ?1 AND id <> ?2 AND touched = 1 AND deleted_ms IS NULL)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut is_taken = |title: &str| statement.query_row(params![title, id as i64], |row| row.get(0));
        if title.trim().is_empty() || !is_taken(title)? {
            return Ok(title.to_owned());
        }
        let has_number = title.ends_with(|letter: char| letter.is_ascii_digit());
        let mut number = 2;
        loop {
            let numbered = if has_number { format!("{title} ({number})") } else { format!("{title} {number}") };
            if !is_taken(&numbered)? {
                return Ok(numbered);
            }
            number += 1;
        }
    }

    /// How many compositions are in the bin.
    ///
    /// # Errors
    /// What `SQLite` says.
    pub fn count_binned(&self) -> Result<usize, StoreError> {
        let sql = "SELECT count(*) FROM compositions WHERE touched = 1 AND deleted_ms IS NOT NULL";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(count as usize)
    }

    /// All tags in use, by the alphabet.
    pub fn tags(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT value FROM compositions, json_each(CASE WHEN json_valid(tags) THEN tags ELSE '[]' END)
             WHERE deleted_ms IS NULL AND touched = 1 AND type = 'text' ORDER BY value COLLATE NOCASE",
        )?;
        let tags = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(tags)
    }
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    Ok(Summary {
        id: row.get::<_, i64>(0)? as u64,
        title: row.get(1)?,
        tags: serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default(),
        model: row.get(3)?,
        parts: row.get::<_, i64>(4)?.clamp(0, i64::from(u32::MAX)) as u32,
        notes: row.get::<_, i64>(5)?.clamp(0, i64::from(u32::MAX)) as u32,
        seconds: row.get(6)?,
        created_ms: row.get(7)?,
        changed_ms: row.get(8)?,
        picture: thumbnail::from_bytes(row.get_ref(9)?.as_blob()?),
        changed: row.get::<_, Option<String>>(10)?.unwrap_or_default(),
    })
}

/// What people type as the index wants it: each word quoted, the beginning of a word is enough.
fn query(search: &str) -> Option<String> {
    let words: Vec<String> = search
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(16)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What a composition is called, even where nobody named it.
pub fn shown_title(title: &str) -> &str {
    if title.trim().is_empty() { "Untitled composition" } else { title }
}
