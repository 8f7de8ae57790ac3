//! Following the playhead: the view glides along, and stands still while the user looks elsewhere.

use eframe::egui::Ui;

use crate::studio::pages::compose::roll::{Roll, RollInput};

/// The playhead is kept left of this share of the width.
const KEEP_LEFT_OF: f64 = 0.7;
/// Where the playhead goes when it was out of sight, as a share of the width.
const COME_BACK_AT: f64 = 0.1;
/// How much of the way the view goes in a frame.
const GLIDE: f64 = 0.15;
/// How long after the last scroll the view may follow again, in seconds.
const PATIENCE_SECONDS: f64 = 1.5;

/// Whether the view follows just now.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::studio) struct Follow {
    was_playing: bool,
    /// When the user last scrolled away, in seconds of the window's clock.
    scrolled_at: Option<f64>,
    /// Where the playhead stood when last seen while stopped.
    stood_at: f64,
}

impl Follow {
    /// The user scrolls: the view is theirs until the playhead is in sight again.
    pub(in crate::studio) const fn pause(&mut self, now_seconds: f64) {
        self.scrolled_at = Some(now_seconds);
    }
}

impl Roll {
    /// Moves the view along, if it is to.
    pub(in crate::studio) fn follow_playhead(&mut self, ui: &Ui, input: &RollInput<'_>) {
        let now = ui.input(|state| state.time);
        let area = self.coordinates.area();
        let share =
            |roll: &Self| f64::from((roll.coordinates.x_from_tick(input.playhead_tick) - area.left()) / area.width());
        let in_sight = (0.0..=1.0).contains(&share(self));
        let began = input.playing && !self.follow.was_playing;
        self.follow.was_playing = input.playing;
        if began || (in_sight && self.follow.scrolled_at.is_some_and(|at| now - at > PATIENCE_SECONDS)) {
            self.follow.scrolled_at = None;
        }
        let sought = !input.playing && input.playhead_tick != self.follow.stood_at;
        self.follow.stood_at = input.playhead_tick;
        if !input.follow || self.active.is_some() || !(input.playing || sought) {
            return;
        }
        if !in_sight && (sought || self.follow.scrolled_at.is_none()) {
            self.coordinates.put_tick_at(input.playhead_tick, COME_BACK_AT);
        } else if input.playing && self.follow.scrolled_at.is_none() && share(self) > KEEP_LEFT_OF {
            let next = share(self) - (share(self) - KEEP_LEFT_OF) * GLIDE;
            self.coordinates.put_tick_at(input.playhead_tick, next);
        }
    }
}
