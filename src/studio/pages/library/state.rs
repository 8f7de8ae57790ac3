//! What the Library page keeps from one frame to the next.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use crate::{
    library::store::{Filter, Summary},
    music::Score,
};

/// What the page shows.
#[derive(Debug, Default)]
pub struct LibraryPage {
    /// What is looked for.
    pub filter: Filter,
    /// What was found; `None` until it was read.
    pub list: Option<Arc<[Summary]>>,
    /// All tags in use.
    pub tags: Vec<String>,
    /// Projects opened or saved lately.
    pub recent: Vec<PathBuf>,
    /// Why it could not be read.
    pub failed: Option<String>,
    /// The title or the tags of a composition while they are typed.
    pub editing: Option<(u64, Field, String)>,
    /// What was put into the bin last, to be had back.
    pub deleted: Vec<(u64, String)>,
    /// Since when that is said, by the clock of the window.
    pub deleted_since: Option<f64>,
    /// What is selected, of what the list shows.
    pub selected: BTreeSet<u64>,
    /// What was selected last, from which Shift goes on.
    pub selected_last: Option<u64>,
    /// Tags for all that is selected, while they are typed.
    pub tagging: Option<String>,
    /// What was last listened to without being opened.
    pub heard: Option<(u64, Arc<Score>)>,
    /// Counts the readings, so that a late one does not replace a later one.
    pub asked: u64,
    /// Whether the search is to be typed into at once.
    pub focus_search: bool,
}

/// What of a composition is typed on the spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its title.
    Title,
    /// Its tags.
    Tags,
}
