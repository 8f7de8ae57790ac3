//! What the Library page keeps from one frame to the next.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use crate::{
    library::store::{Filter, Order, Summary, shown_title},
    music::Score,
    studio::page::Page,
};

/// What the page shows.
#[derive(Debug, Default)]
pub struct LibraryPage {
    /// What is looked for.
    pub filter: Filter,
    /// The page on which the bin was asked for, where that is another one: leaving the bin leads back there.
    pub bin_from: Option<Page>,
    /// What was found; `None` until it was read.
    pub list: Option<Arc<[Summary]>>,
    /// What of it has the title of another one.
    pub namesakes: BTreeSet<u64>,
    /// What was looked for when it was found, while the page is shown.
    pub listed_by: Option<Filter>,
    /// All tags in use.
    pub tags: Vec<String>,
    /// How many compositions are in the bin, whatever is looked for.
    pub binned: usize,
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

impl LibraryPage {
    /// Takes what was found. What was there keeps its place while the page is shown.
    pub fn take_list(&mut self, found: &Arc<[Summary]>) {
        let is_same = self.listed_by.replace(self.filter.clone()).as_ref() == Some(&self.filter);
        let before = self.list.take().filter(|_| is_same && self.filter.order == Order::Changed);
        let mut by_title: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for summary in &**found {
            by_title.entry(shown_title(&summary.title)).or_default().push(summary.id);
        }
        self.namesakes = by_title.into_values().filter(|ids| ids.len() > 1).flatten().collect();
        self.list = Some(before.map_or_else(|| Arc::clone(found), |before| in_place(&before, found).into()));
    }
}

/// What was found, in the order of before; what is new behind the one that it was found behind.
fn in_place(before: &[Summary], found: &[Summary]) -> Vec<Summary> {
    let places: BTreeMap<u64, usize> = before.iter().zip(0..).map(|(summary, place)| (summary.id, place)).collect();
    let mut listed: Vec<Summary> = found.iter().filter(|summary| places.contains_key(&summary.id)).cloned().collect();
    listed.sort_by_key(|summary| places[&summary.id]);
    let mut last = None;
    for summary in found {
        if !places.contains_key(&summary.id) {
            let place = last.and_then(|id| listed.iter().position(|other| other.id == id)).map_or(0, |place| place + 1);
            listed.insert(place, summary.clone());
        }
        last = Some(summary.id);
    }
    listed
}

/// What of a composition is typed on the spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its title.
    Title,
    /// Its tags.
    Tags,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(id: u64, title: &str) -> Summary {
        Summary {
            id,
            title: title.into(),
            tags: Vec::new(),
            model: String::new(),
            parts: 1,
            notes: 1,
            seconds: 1.0,
            created_ms: 0,
            changed_ms: 0,
            changed: String::new(),
            picture: Vec::new(),
        }
    }

    #[test]
    fn what_is_listed_keeps_its_place_while_the_page_is_shown() {
        let mut page = LibraryPage::default();
        let mut take = |ids: &[u64]| {
            page.take_list(&ids.iter().map(|id| summary(*id, "")).collect());
            page.list.iter().flat_map(|list| list.iter()).map(|summary| summary.id).collect::<Vec<_>>()
        };
        assert_eq!(take(&[1, 2, 3]), [1, 2, 3]);
        assert_eq!(take(&[3, 1, 2]), [1, 2, 3], "3 was renamed");
        assert_eq!(take(&[3, 1]), [1, 3], "2 was deleted");
        assert_eq!(take(&[9, 3, 1, 2]), [9, 1, 2, 3], "2 is back, 9 is a copy");
        page.listed_by = None; // it is shown anew
        page.take_list(&[3, 1].iter().map(|id| summary(*id, "")).collect());
        assert_eq!(page.list.unwrap()[0].id, 3);
    }

    #[test]
    fn compositions_of_one_title_are_known() {
        let mut page = LibraryPage::default();
        page.take_list(&[summary(1, "A"), summary(2, "B"), summary(3, "A"), summary(4, ""), summary(5, " ")].into());
        assert_eq!(page.namesakes, [1, 3, 4, 5].into());
    }
}
