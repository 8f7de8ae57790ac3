//! The library: one `SQLite` file with everything the user made.
//!
//! A [`Store`] is one connection, for one thread. Several windows may have the file open at once: it has a write-ahead
//! log, every change is one transaction, and a composition that another window has changed meanwhile is never
//! overwritten. Knows scores; neither window nor engine. Its methods fail as [`StoreError`] says, and the
//! library is as it was then.
#![expect(clippy::missing_errors_doc, reason = "said once, above")]

mod composition;
mod composition_rows;
mod connection;
mod error;
mod list;
mod open;
mod recent;
mod recovery;
mod schema;
mod sessions;
#[cfg(test)]
mod tests;

pub use composition::{
    AsLeft, Composition, EarlierTakes, GenerationSettings, KeptTake, Save, SaveOutcome, Saved, Take, Takes,
};
pub use connection::{FILE, Store, new_id, now_ms};
pub use error::{StoreError, Trouble};
pub use list::{Filter, Order, Summary, shown_title};
pub use open::Opened;
pub use sessions::{OtherWindow, Session, Slot};
