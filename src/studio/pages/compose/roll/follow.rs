//! Following the playhead: the view glides along, and stands still while the user looks elsewhere.

use super::coordinates::Coordinates;

/// The playhead is kept left of this share of the width.
const KEEP_LEFT_OF: f64 = 0.7;
/// Where the playhead goes when it was out of sight, as a share of the width.
const COME_BACK_AT: f64 = 0.1;
/// How much of the way the view goes in a frame.
const GLIDE: f64 = 0.15;
/// How long after the last scroll the view may follow again, in seconds.
const PATIENCE_SECONDS: f64 = 1.5;

/// The playhead, as a view that follows it needs to know it.
#[derive(Clone, Copy, Debug)]
pub struct Playhead {
    /// Where it is, with its fraction.
    pub tick: f64,
    /// Whether it moves by itself.
    pub playing: bool,
    /// Whether the view goes with it.
    pub follow: bool,
}

/// Whether the view follows just now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Follow {
    was_playing: bool,
    /// When the user last scrolled away, in seconds of the window's clock.
    scrolled_at: Option<f64>,
    /// Where the playhead stood when last seen while stopped.
    stood_at: f64,
}

impl Follow {
    /// The user scrolls: the view is theirs until the playhead is in sight again.
    pub const fn pause(&mut self, now_seconds: f64) {
        self.scrolled_at = Some(now_seconds);
    }

    /// Moves the view along with the playhead, if it is to. While a gesture is under way (`is_busy`) it stands still.
    pub fn move_view(&mut self, view: &mut Coordinates, playhead: Playhead, now_seconds: f64, is_busy: bool) {
        let area = view.area();
        let share = f64::from((view.x_from_tick(playhead.tick) - area.left()) / area.width());
        let in_sight = (0.0..=1.0).contains(&share);
        let began = playhead.playing && !self.was_playing;
        self.was_playing = playhead.playing;
        if began || (in_sight && self.scrolled_at.is_some_and(|at| now_seconds - at > PATIENCE_SECONDS)) {
            self.scrolled_at = None;
        }
        let sought = !playhead.playing && playhead.tick != self.stood_at;
        self.stood_at = playhead.tick;
        if !playhead.follow || is_busy || !(playhead.playing || sought) {
            return;
        }
        if !in_sight && (sought || self.scrolled_at.is_none()) {
            view.put_tick_at(playhead.tick, COME_BACK_AT);
        } else if playhead.playing && self.scrolled_at.is_none() && share > KEEP_LEFT_OF {
            view.put_tick_at(playhead.tick, share - (share - KEEP_LEFT_OF) * GLIDE);
        }
    }
}
