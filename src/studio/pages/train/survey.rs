//! What is known of the data that a training is to learn from.

use std::path::Path;
use std::sync::Arc;

use crate::corpus::{Survey, SurveyedFile};
use crate::studio::services::training::data::{Scan, is_folder};
use crate::studio::services::training::setup::Setup;

/// Which files the table shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those that are learned from.
    Used,
    /// Those that are not.
    LeftOut,
}

/// How the table of files is looked at.
#[derive(Debug, Default)]
pub struct FileTable {
    /// Which files it shows.
    pub filter: Filter,
    /// What is searched in names and reasons.
    pub search: String,
    /// The file whose tracks are shown.
    pub selected: Option<String>,
    /// Whether corrections hold for all files.
    pub everywhere: bool,
    /// Whether the files are listed.
    pub is_open: bool,
}

impl FileTable {
    /// Whether the table shows this file.
    pub fn shows(&self, file: &SurveyedFile) -> bool {
        let reason = file.outcome.as_ref().err();
        let fits = match self.filter {
            Filter::All => true,
            Filter::Used => reason.is_none(),
            Filter::LeftOut => reason.is_some(),
        };
        let search = self.search.trim().to_lowercase();
        let has = |text: &String| text.to_lowercase().contains(&search);
        fits && (search.is_empty() || has(&file.file) || reason.is_some_and(has))
    }
}

/// What is known of the data.
#[derive(Default)]
pub struct DataSurvey {
    /// The look through them that has been or is being taken; another one is, when it is of other data.
    scan: Option<Arc<Scan>>,
    is_scanning: bool,
    /// What was found, or why there is nothing; it stays while the data are looked through again.
    pub survey: Option<Result<Survey, String>>,
    /// The data that this is of.
    surveyed: String,
    /// How the table of files is looked at.
    pub table: FileTable,
}

impl DataSurvey {
    /// The look through the data that is under way.
    pub fn scanning(&self) -> Option<&Arc<Scan>> {
        self.scan.as_ref().filter(|_| self.is_scanning)
    }

    /// The look that is to be taken now, where what is set has not been looked through.
    pub fn scan(&mut self, setup: &Setup) -> Option<Arc<Scan>> {
        let data = setup.data.trim();
        let is_known = |scan: &Arc<Scan>| scan.data == data && scan.seed == setup.seed;
        if data.is_empty() || self.scan.as_ref().is_some_and(is_known) {
            return None;
        }
        self.forget();
        // while a path is being typed there is nothing to look at
        if is_folder(data) && !Path::new(data).is_dir() {
            self.survey = Some(Err("There is no folder of that name".into()));
            data.clone_into(&mut self.surveyed);
            return None;
        }
        let scan = Arc::new(Scan::new(data, setup.seed));
        self.scan = Some(Arc::clone(&scan));
        self.is_scanning = true;
        Some(scan)
    }

    /// Takes what a look has found, where it is still the one that counts.
    pub fn take(&mut self, scan: &Arc<Scan>, survey: Result<Survey, String>) {
        if self.scan.as_ref().is_some_and(|current| Arc::ptr_eq(current, scan)) {
            self.is_scanning = false;
            self.survey = Some(survey);
            self.surveyed.clone_from(&scan.data);
        }
    }

    /// What was found in the data that are set, or why there is nothing.
    pub fn found(&self, setup: &Setup) -> Option<&Result<Survey, String>> {
        self.survey.as_ref().filter(|_| self.surveyed == setup.data.trim())
    }

    /// Has the data looked through again.
    pub fn forget(&mut self) {
        if let Some(scan) = self.scan.take() {
            scan.cancel();
        }
        self.is_scanning = false;
    }

    /// Why the data cannot be trained on.
    pub fn why_not(&self, setup: &Setup) -> Option<String> {
        match self.found(setup) {
            Some(Err(reason)) => Some(reason.clone()),
            Some(Ok(survey)) if survey.roles.is_empty() => {
                Some("Nothing in the data has a melody and other parts".into())
            }
            _ => None, // the engine looks for itself
        }
    }

    /// How many iterations a pass over the data takes, once that is known.
    pub fn iterations_per_epoch(&self, setup: &Setup) -> Option<u64> {
        let survey = self.found(setup)?.as_ref().ok()?;
        let (_, windows) = survey.windows.iter().find(|(network, _)| *network == setup.network)?;
        let batch = setup.batch.unwrap_or(setup.plan().batch).max(1);
        Some(windows.div_ceil(u64::from(batch)).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_are_looked_through_once_and_what_is_overtaken_does_not_count() {
        let (mut data, mut setup) = (DataSurvey::default(), Setup::default());
        let first = data.scan(&setup).unwrap();
        assert!(data.scan(&setup).is_none() && data.scanning().is_some());
        setup.seed += 1;
        let second = data.scan(&setup).unwrap();
        data.take(&first, Err("Scanning the data was cancelled".into()));
        assert!(data.survey.is_none() && data.scanning().is_some());
        data.take(&second, Err("It is damaged".into()));
        assert_eq!((data.why_not(&setup).as_deref(), data.scanning().is_some()), (Some("It is damaged"), false));
        setup.data = "/nowhere/at all".into();
        assert!(data.scan(&setup).is_none());
        assert_eq!(data.why_not(&setup).as_deref(), Some("There is no folder of that name"));
    }
}
