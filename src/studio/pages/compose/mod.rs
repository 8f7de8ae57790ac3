//! The page on which music is made: roll, piano, transport, parts, generate.

pub mod editor;
pub mod generate;
pub mod learn_menu;
pub mod parts;
pub mod piano;
pub mod recorded_takes;
pub mod roll;
pub mod side_panels;
pub mod transport;

/// What the page keeps from one frame to the next.
#[derive(Default)]
pub struct ComposePage {
    /// The roll's view, tool and selection, and the piano.
    pub editor: editor::RollView,
    /// What the left panel's fields hold.
    pub left: parts::LeftPanel,
    /// What the generate panel is set to.
    pub generate: generate::GenerateSettings,
    /// The panel that was opened last: it goes before where there is no room for both.
    pub panel_asked_for: side_panels::Side,
}
