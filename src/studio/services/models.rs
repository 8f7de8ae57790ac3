//! The models on this computer, and which of them writes.

use std::{collections::BTreeMap, path::Path, time::Duration};

use crate::{
    engine_client::{
        ModelCard,
        networks::{NETWORKS, NetworkInfo},
    },
    library::{
        models::{self, ModelFolder, Origin},
        store::GenerationSettings,
    },
};
use std::path::PathBuf;

/// What the name of a duplicate has behind that of its original.
pub const COPY: &str = " (copy)";
/// How long a deleted model waits to be brought back: as long as a composition does.
const BIN_AGE: Duration = Duration::from_hours(24 * 30);

/// A model on this computer, with what it says of itself.
#[derive(Clone, Debug)]
pub struct Model {
    /// Where it is.
    pub folder: ModelFolder,
    /// What it says, or why it cannot be read.
    pub card: Result<ModelCard, String>,
}

impl Model {
    /// What people call it.
    pub fn title(&self) -> &str {
        match &self.card {
            Ok(card) if !card.name.is_empty() => &card.name,
            _ => &self.folder.name,
        }
    }
}

/// A deleted model that can be brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinnedModel {
    /// What it is called.
    pub title: String,
    /// Where it waits.
    pub path: PathBuf,
}

/// The models there are.
#[derive(Debug, Default)]
pub struct Models {
    /// All of them; `None` until they were looked for.
    pub list: Option<Vec<Model>>,
    /// Which of them writes.
    pub index: usize,
    /// Those in the bin.
    pub binned: Vec<BinnedModel>,
    /// Folders that got another name since the list was shown, with the name by which they keep their place in it.
    renamed: BTreeMap<PathBuf, String>,
}

/// Where models come from, the user's own first.
const ORIGINS: [(Origin, &str); 3] =
    [(Origin::User, "Your own"), (Origin::Shipped, "Built-in"), (Origin::Environment, "From CANTUS_MODELS")];

impl Models {
    /// The models with their places in the list, by where they come from: the user's own first, none that is empty.
    pub fn by_origin(&self) -> Vec<(&'static str, Vec<(usize, &Model)>)> {
        let of = |origin| {
            let all = self.list.iter().flatten().enumerate();
            all.filter(|(_, model)| model.folder.origin == origin).collect::<Vec<_>>()
        };
        ORIGINS.map(|(origin, title)| (title, of(origin))).into_iter().filter(|(_, of)| !of.is_empty()).collect()
    }

    /// The shipped model that a training of a network goes on from, where there is one.
    pub fn base_of(&self, network: NetworkInfo) -> Option<&Model> {
        let is_base =
            |model: &&Model| model.folder.origin == Origin::Shipped && Some(model.folder.name.as_str()) == network.base;
        self.list.as_ref()?.iter().find(is_base)
    }

    /// A model has another folder now; until [`Self::sort_anew`] it keeps its place in the list.
    pub fn renamed(&mut self, from: &Path, to: PathBuf) {
        let name = || from.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let title =
            || self.list.iter().flatten().find(|model| model.folder.path == from).map(|model| model.title().into());
        let name = self.renamed.remove(from).or_else(title).unwrap_or_else(name);
        self.renamed.insert(to, name);
    }

    /// The list is shown anew: when it is read next, it is by the names that models have now.
    pub fn sort_anew(&mut self) {
        self.renamed.clear();
    }

    /// The model that writes, if there is one.
    pub fn chosen(&self) -> Option<&Model> {
        self.list.as_ref()?.get(self.index)
    }

    /// Why none of them can write now; `None` where one can.
    pub fn why_not(&self) -> Option<String> {
        match &self.list {
            None => return Some("Still looking for models".into()),
            Some(models) if models.is_empty() => {
                return Some("No model was found on this computer: train one on the Train page".into());
            }
            Some(_) => {}
        }
        match self.chosen().map(|model| &model.card) {
            Some(Ok(_)) => None,
            Some(Err(reason)) => Some(reason.clone()),
            None => Some("Choose a model first".into()),
        }
    }

    /// By what a model of the user's own is sorted: its title, whatever the case of its letters. So a duplicate stands
    /// below its original, also where that keeps the place of an earlier name.
    fn place_of(&self, model: &Model) -> (String, String) {
        let title = model.title();
        let as_copy = || {
            self.renamed.iter().find_map(|(path, before)| {
                let rest = title.strip_prefix(&*path.file_name()?.to_string_lossy())?;
                rest.starts_with(COPY).then(|| format!("{before}{rest}"))
            })
        };
        let place = self.renamed.get(&model.folder.path).cloned().or_else(as_copy);
        let place = place.unwrap_or_else(|| title.to_owned());
        (place.to_lowercase(), model.folder.name.clone())
    }

    /// What the model is called now that wrote takes; where it is not known any more, what it was called then.
    pub fn name_of<'a>(&'a self, settings: &'a GenerationSettings) -> &'a str {
        let folder = &settings.model_folder;
        let had_its_name = |model: &&Model| {
            let is_beside = model.folder.path.parent() == folder.parent();
            let names = model.card.iter().flat_map(|card| &card.former_names);
            is_beside && names.into_iter().any(|name| folder.file_name() == Some(name.as_ref()))
        };
        let models = || self.list.iter().flatten();
        let model = models().find(|model| model.folder.path == *folder).or_else(|| models().find(had_its_name));
        model.map_or(&settings.model, Model::title)
    }

    /// What a model is called now that had this name, where only the name is known: as it was, if one has it.
    pub fn name_now<'a>(&'a self, name: &'a str) -> &'a str {
        let models = || self.list.iter().flatten();
        let had_it = |model: &&Model| {
            let mut names = model.card.iter().flat_map(|card| &card.former_names);
            names.any(|former| former.eq_ignore_ascii_case(name))
        };
        let has_it = models().any(|model| model.title() == name);
        models().find(|model| !has_it && had_it(model)).map_or(name, Model::title)
    }

    /// Puts these models at choice; the wanted one writes, else the first that can.
    pub fn set(&mut self, mut found: Vec<Model>, wanted: Option<&str>) {
        let is_own = |model: &Model| model.folder.origin == Origin::User;
        found.sort_by_cached_key(|model| is_own(model).then(|| self.place_of(model)));
        let readable = |model: &Model| model.card.is_ok();
        self.index = wanted
            .and_then(|wanted| found.iter().position(|model| model.folder.name == wanted && readable(model)))
            .or_else(|| {
                found.iter().position(|model| model.card.as_ref().is_ok_and(|card| card.network == NETWORKS[0].name))
            })
            .or_else(|| found.iter().position(readable))
            .unwrap_or(0);
        self.list = Some(found);
    }
}

/// Looks for models: those that came along and the user's own in a folder, whose bin is emptied of what is old.
pub fn find(own: Option<PathBuf>) -> Vec<Model> {
    if let Some(own) = &own {
        models::empty_bin(own, BIN_AGE);
    }
    models::find_with_own(own)
        .into_iter()
        .map(|folder| Model {
            card: ModelCard::read_with_training(&folder.path).map_err(|error| error.to_string()),
            folder,
        })
        .collect()
}

/// Looks through the bin of the user's own models.
pub fn find_binned(own: Option<PathBuf>) -> Vec<BinnedModel> {
    let folders = own.map(|own| models::binned(&own)).unwrap_or_default();
    let binned = folders.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let title = ModelCard::read(&path).ok().map(|card| card.name).filter(|name| !name.is_empty());
        BinnedModel { title: title.unwrap_or(name), path }
    });
    binned.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(title: &str) -> Model {
        let folder = ModelFolder {
            name: title.to_lowercase(),
            path: Path::new("/models").join(title.to_lowercase()),
            origin: Origin::User,
        };
        Model { folder, card: Ok(ModelCard { name: title.into(), ..ModelCard::default() }) }
    }

    #[test]
    fn own_models_are_sorted_by_title_and_duplicates_stand_below_their_originals() {
        let mut models = Models::default();
        let sorted = |models: &mut Models, titles: &[&str]| -> Vec<String> {
            models.set(titles.iter().map(|title| own(title)).collect(), None);
            models.list.iter().flatten().map(|model| model.title().to_owned()).collect()
        };
        let titles = ["Waltz (copy)", "étude", "Waltz 2", "air", "Waltz", "Bourrée"];
        let expected = ["air", "Bourrée", "Waltz", "Waltz (copy)", "Waltz 2", "étude"];
        assert_eq!(sorted(&mut models, &titles), expected);
        // one that was renamed keeps its place while the page is shown, and what is made of it then comes below
        models.renamed(Path::new("/models/waltz"), "/models/aria".into());
        let expected = ["Bourrée", "aria", "aria (copy)"];
        assert_eq!(sorted(&mut models, &["aria (copy)", "Bourrée", "aria"]), expected);
        models.sort_anew();
        assert_eq!(sorted(&mut models, &expected), ["aria", "aria (copy)", "Bourrée"]);
    }

    #[test]
    fn takes_say_what_their_model_is_called_now() {
        let mut models = Models::default();
        let settings = |folder: &str| GenerationSettings {
            model: "Waltz".into(),
            model_folder: folder.into(),
            ..GenerationSettings::default()
        };
        let mut renamed = own("Valse");
        renamed.card.as_mut().unwrap().former_names.push("waltz".into());
        models.set(vec![renamed], None);
        assert_eq!(models.name_of(&settings("/models/waltz")), "Valse");
        assert_eq!(models.name_of(&settings("/models/valse")), "Valse");
        assert_eq!(models.name_of(&settings("/elsewhere/waltz")), "Waltz", "another model");
        assert_eq!(models.name_of(&settings("/models/gigue")), "Waltz", "it is gone");
        assert_eq!(["Waltz", "Gigue", "Valse"].map(|name| models.name_now(name)), ["Valse", "Gigue", "Valse"]);
    }
}
