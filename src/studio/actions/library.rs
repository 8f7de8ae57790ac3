//! What is asked for around the library.

use std::{path::PathBuf, sync::Arc};

use crate::{
    library::store::{Composition, KeptTake, Summary},
    music::Score,
};

/// What the Library page shows, as it was read.
#[derive(Debug)]
pub struct Listing {
    /// What was found.
    pub list: Arc<[Summary]>,
    /// All tags in use.
    pub tags: Vec<String>,
    /// How many compositions are in the bin.
    pub binned: usize,
    /// Projects opened or saved lately.
    pub recent: Vec<PathBuf>,
}

/// What is asked for around the library. Compositions are named by their ids.
#[derive(Debug)]
pub enum LibraryAction {
    /// Show the page with what is in the bin.
    ShowBin,
    /// Read what the page shows.
    Read,
    /// What reading came to, and which reading it was.
    Listed(u64, Result<Listing, String>),
    /// Work on a composition of the library.
    Open(u64),
    /// Work on this composition from now on.
    WorkOn(Box<Composition>),
    /// Read it, to be heard without being opened.
    Listen(u64),
    /// Play this, which was read for that.
    Play(u64, Arc<Score>),
    /// Give it this title.
    Rename(u64, String),
    /// Give each of them these tags.
    SetTags(Vec<(u64, Vec<String>)>),
    /// Copy it; its title.
    Duplicate(u64, String),
    /// Put them into the bin; their titles.
    Delete(Vec<(u64, String)>),
    /// The same where one of them is open: work on this one instead, or on a new one.
    DeleteOpen(Vec<(u64, String)>, Option<Box<Composition>>),
    /// Ask whether the bin is to be emptied.
    AskToEmptyBin,
    /// Delete for good what is in the bin, models too.
    EmptyBin,
    /// Take them out of the bin.
    Restore(Vec<u64>),
    /// Write the take again that was kept last in it.
    MakeAgain(u64),
    /// That take, and the model that wrote it by its place among the models.
    Remake(Box<KeptTake>, usize),
    /// Say whether what was made again came out the same.
    CompareAgain,
}
