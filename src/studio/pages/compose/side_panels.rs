//! The two panels beside the roll: which are wanted, and which there is room for.

use crate::studio::{services::preferences::Preferences, state::Studio};

/// How wide the window must be for both panels and a roll that can be worked in, in points.
const BOTH_FIT: f32 = 1000.0;

/// A side of the roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Melodies and parts.
    Left,
    /// Generating.
    #[default]
    Right,
}

impl Preferences {
    fn wants(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Left => &mut self.left_panel,
            Side::Right => &mut self.right_panel,
        }
    }
}

impl Studio {
    /// Whether a panel is open: it is wanted, and there is room for both or it was asked for last.
    pub fn shows_panel(&self, side: Side) -> bool {
        let wanted = match side {
            Side::Left => self.services.preferences.left_panel,
            Side::Right => self.services.preferences.right_panel,
        };
        wanted && (self.pages.compose.panel_asked_for == side || self.services.ctx.content_rect().width() >= BOTH_FIT)
    }

    /// Opens a panel, or closes it.
    pub(in crate::studio) fn toggle_panel(&mut self, side: Side) {
        if self.shows_panel(side) {
            self.change_preferences(|preferences| *preferences.wants(side) = false);
        } else {
            self.open_panel(side);
        }
    }

    /// Opens a panel; in a narrow window the other one makes room.
    pub(in crate::studio) fn open_panel(&mut self, side: Side) {
        self.pages.compose.panel_asked_for = side;
        self.change_preferences(|preferences| *preferences.wants(side) = true);
    }
}
