//! Where the window is, beside the score: what the next start brings back.

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    music::Tick,
    studio::{
        chart_choices::ChartChoices,
        page::{ComposeView, Page},
        services::training::setup::Setup,
    },
};

/// What is kept of the charts of trainings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptCharts {
    /// How they are looked at.
    pub choices: ChartChoices,
    /// The folders of the runs that are laid into them.
    pub compared: Vec<PathBuf>,
}

/// Where the window is, beside the score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowState {
    /// The page that is shown.
    #[serde(deserialize_with = "page_by_name_or_place")]
    pub page: Page,
    /// What the Compose page shows of the composition.
    #[serde(deserialize_with = "view_by_name")]
    pub view: ComposeView,
    /// Where the playhead rests.
    pub playhead: Tick,
    /// Whether the loop is on.
    pub looping: bool,
    /// The loop.
    pub loop_range: Option<Range<Tick>>,
    /// The take that is listened to.
    pub audition: Option<usize>,
    /// What the next training is set to.
    #[serde(deserialize_with = "setup_if_known")]
    pub training: Option<Setup>,
    /// How the charts of trainings are looked at.
    #[serde(deserialize_with = "charts_if_known")]
    pub charts: KeptCharts,
}

/// A page by its name; earlier releases kept its place among five.
fn page_by_name_or_place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Page, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Name(Page),
        Place(usize),
        Other(serde::de::IgnoredAny),
    }
    const PLACES: [Page; 5] = [Page::Compose, Page::Train, Page::Models, Page::Library, Page::Settings];
    Ok(match Kept::deserialize(deserializer)? {
        Kept::Name(page) => page,
        Kept::Place(place) => PLACES.get(place).copied().unwrap_or_default(),
        Kept::Other(_) => Page::default(),
    })
}

/// A view by its name; one of another release is the usual one.
fn view_by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ComposeView, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Name(ComposeView),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Kept::deserialize(deserializer)? {
        Kept::Name(view) => view,
        Kept::Other(_) => ComposeView::default(),
    })
}

/// What a training is set to; what another release kept otherwise is left out, and nothing else with it.
fn setup_if_known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Setup>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(deserializer)?).unwrap_or_default())
}

/// How charts are looked at; what another release kept otherwise is left out, and nothing else with it.
fn charts_if_known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KeptCharts, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(deserializer)?).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_kept_by_name_and_read_as_earlier_releases_kept_it() {
        for page in Page::ALL {
            let kept = serde_json::to_string(&WindowState { page, ..WindowState::default() }).unwrap();
            assert_eq!(serde_json::from_str::<WindowState>(&kept).unwrap().page, page, "{kept}");
        }
        let page = |kept: &str| serde_json::from_str::<WindowState>(kept).unwrap().page;
        assert!(serde_json::to_string(&WindowState::default()).unwrap().contains(r#""page":"compose""#));
        assert_eq!(page(r#"{"page":3,"playhead":960}"#), Page::Library);
        assert_eq!(page(r#"{"page":99}"#), Page::Compose);
        assert_eq!(page(r#"{"page":"jam"}"#), Page::Compose);
        assert_eq!(page("{}"), Page::Compose);
    }

    #[test]
    fn what_a_training_is_set_to_is_kept_and_an_unknown_one_costs_nothing_else() {
        let training = Some(Setup { name: "Mine".into(), batch: Some(9), ..Setup::default() });
        let kept =
            serde_json::to_string(&WindowState { training: training.clone(), ..WindowState::default() }).unwrap();
        assert_eq!(serde_json::from_str::<WindowState>(&kept).unwrap().training, training, "{kept}");
        let kept = r#"{"training":{"length":"forever"},"charts":{"choices":{"axis":"depth"}},"playhead":960}"#;
        let state = serde_json::from_str::<WindowState>(kept).unwrap();
        assert_eq!((state.training, state.charts, state.playhead), (None, KeptCharts::default(), 960));
    }

    #[test]
    fn the_view_is_kept_by_name_and_an_unknown_one_is_the_roll() {
        for view in ComposeView::ALL {
            let kept = serde_json::to_string(&WindowState { view, ..WindowState::default() }).unwrap();
            assert_eq!(serde_json::from_str::<WindowState>(&kept).unwrap().view, view, "{kept}");
        }
        let state = serde_json::from_str::<WindowState>(r#"{"view":"score","playhead":960}"#).unwrap();
        assert_eq!((state.view, state.playhead), (ComposeView::Roll, 960));
    }
}
