//! What the compose page keeps from one frame to the next.

use super::{editor::Editor, generate::GenerateSettings, parts::LeftPanel, welcome::Welcome};
use crate::studio::services::preferences::Preferences;

/// How wide the window must be for both panels and a roll that can be worked in, in points.
const BOTH_FIT: f32 = 1000.0;

/// A panel beside the roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Melodies and parts.
    Left,
    /// Generating.
    #[default]
    Right,
}

/// What the page keeps from one frame to the next.
#[derive(Default)]
pub struct ComposePage {
    /// The roll's view, tool and selection, and the piano.
    pub editor: Editor,
    /// What the left panel's fields hold.
    pub left: LeftPanel,
    /// What the generate panel is set to.
    pub generate: GenerateSettings,
    /// The panel that was opened last: it goes before where there is no room for both.
    pub panel_asked_for: Side,
    /// The first steps.
    pub welcome: Welcome,
}

impl ComposePage {
    /// Whether a panel is open in a window so wide, in points: it is wanted, and there is room for both or it was asked
    /// for last.
    pub fn shows_panel(&self, side: Side, preferences: &Preferences, window_width: f32) -> bool {
        let wanted = match side {
            Side::Left => preferences.left_panel,
            Side::Right => preferences.right_panel,
        };
        wanted && (self.panel_asked_for == side || window_width >= BOTH_FIT)
    }
}
