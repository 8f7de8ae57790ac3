//! What a folder came to, file by file, without the music: what people look at before they train.

use std::collections::BTreeMap;

use super::dataset::{Dataset, FoundRole, Split};
use super::part_names::usual_name;
use super::windows::iterations_per_epoch;
use crate::engine_client::networks;
use crate::music::Role;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyedFile {
    /// Its name within the folder, without its ending.
    pub name: String,
    /// The same with it.
    pub file: String,
    /// What it gave, or why it gave nothing.
    pub outcome: Result<UsedFile, String>,
}

/// What a file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedFile {
    /// Bars of all its sections.
    pub bars: usize,
    /// Sixteenths in a bar of its first section.
    pub steps_per_bar: usize,
    /// Which side it is on.
    pub split: Split,
    /// What its tracks were taken for.
    pub tracks: Vec<FoundRole>,
    /// Sections that were left out, with the reasons.
    pub left_out: Vec<String>,
}

/// A folder, file by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// All files, by name.
    pub files: Vec<SurveyedFile>,
    /// Kinds of reasons why files were left out, with how many; the most frequent first.
    pub reasons: Vec<(String, usize)>,
    /// Pieces to learn from and pieces held out.
    pub pieces: [usize; 2],
    /// How many pieces swing.
    pub swung: usize,
    /// The roles besides the melody, with the number of pieces that have them.
    pub roles: Vec<(Role, usize)>,
    /// What a model will call the parts of these roles.
    pub part_names: Vec<(Role, String)>,
    /// Windows that a pass over the data has, by network.
    pub windows: Vec<(&'static str, u64)>,
}

impl Survey {
    /// Of what was read.
    pub fn of(dataset: &Dataset) -> Self {
        let mut files: BTreeMap<&str, Result<UsedFile, String>> = BTreeMap::new();
        for piece in &dataset.pieces {
            let file = files.entry(piece.file()).or_insert_with(|| {
                Ok(UsedFile {
                    bars: 0,
                    steps_per_bar: piece.steps_per_bar,
                    split: piece.split,
                    tracks: piece.roles.clone(),
                    left_out: Vec::new(),
                })
            });
            if let Ok(used) = file {
                used.bars += piece.bars();
            }
        }
        for left_out in &dataset.left_out {
            let name = left_out.name.as_str();
            match files.get_mut(name) {
                Some(Ok(used)) => used.left_out.push(left_out.reason.clone()),
                Some(Err(_)) => {}
                None => {
                    files.insert(name, Err(left_out.reason.clone()));
                }
            }
        }
        let ends: BTreeMap<&str, &str> =
            dataset.left_out.iter().map(|left_out| (left_out.name.as_str(), left_out.file.as_str())).collect();
        let surveyed = |(name, outcome): (&str, _)| {
            let file = ends.get(name).map_or_else(|| dataset.file_name(name), |file| (*file).to_owned());
            SurveyedFile { name: name.to_owned(), file, outcome }
        };
        let mut files: Vec<SurveyedFile> = files.into_iter().map(surveyed).collect();
        alphanumeric_sort::sort_slice_by_str_key(&mut files, |file| &file.file);
        Self {
            files,
            reasons: dataset.left_out_by_reason().into_iter().map(|(reason, files)| (reason, files.len())).collect(),
            pieces: [Split::Train, Split::Valid].map(|split| dataset.split(split).count()),
            swung: dataset.swung().count(),
            roles: dataset.roles(),
            part_names: dataset
                .roles()
                .into_iter()
                .filter_map(|(role, _)| Some((role, dataset.agreed_track(role)?.0)))
                .collect(),
            windows: networks::NETWORKS
                .map(|network| (network.name, iterations_per_epoch(dataset, network.name, Some(1))))
                .to_vec(),
        }
    }

    /// What a model that learns from these will call the part of a role.
    pub fn part_name(&self, role: Role) -> &str {
        let agreed = self.part_names.iter().find(|(of, _)| *of == role);
        agreed.map_or_else(|| usual_name(role), |(_, name)| name)
    }

    /// How many files are used.
    pub fn used(&self) -> usize {
        self.files.iter().filter(|file| file.outcome.is_ok()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::dataset::LeftOut;
    use crate::corpus::testing::chorales;
    use crate::music::swing::Swing;

    #[test]
    fn files_stand_with_what_they_gave_or_why_not() {
        let mut dataset = chorales(3);
        dataset.pieces[1].name = "piece 0#2".into();
        let left_out = |file: &str, reason: &str| LeftOut {
            file: format!("{file}.mid"),
            name: file.into(),
            reason: reason.into(),
        };
        dataset.left_out = vec![left_out("broken", "broken"), left_out("piece 0", "section 3: too short")];
        let survey = Survey::of(&dataset);
        let names: Vec<(&str, bool)> =
            survey.files.iter().map(|file| (file.name.as_str(), file.outcome.is_ok())).collect();
        assert_eq!(names, [("broken", false), ("piece 0", true), ("piece 2", true)]);
        let used = survey.files[1].outcome.as_ref().unwrap();
        assert_eq!((used.bars, used.left_out.len(), survey.used()), (8, 1, 2));
        assert_eq!(survey.pieces, [2, 1]);
        assert_eq!((survey.swung, dataset.swing()), (0, None));
        dataset.pieces[0].swing = Swing::new(0.6);
        assert_eq!((Survey::of(&dataset).swung, dataset.swing()), (1, None), "most are straight");
        dataset.pieces[2].swing = Swing::new(0.7);
        assert_eq!((Survey::of(&dataset).swung, dataset.swing()), (2, Some(Swing::new(0.7))));
        assert!(survey.windows.iter().all(|(_, windows)| *windows > 0));
    }
}
