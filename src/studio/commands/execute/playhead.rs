//! Moving the playhead without a mouse: to the ends, by bars, by steps of the grid.

use crate::music::{TICKS_PER_QUARTER, Tick, edit::MAX_TICK};
use crate::studio::{commands::Command, state::Studio};

/// While it plays, a playhead that has only just passed a line goes to the one before.
const GRACE: Tick = TICKS_PER_QUARTER / 2;

impl Studio {
    /// Moves the playhead as a command says.
    pub(in crate::studio) fn move_playhead(&mut self, command: Command) {
        let at = self.playhead();
        let before = if self.is_playing() { at.saturating_sub(GRACE) } else { at };
        let (score, snap) = (self.score(), self.services.preferences.roll.snap());
        let metre = &score.metre;
        let to = match command {
            Command::ToEnd => score.end(),
            Command::BarBack => metre.bar_start(metre.position(before.saturating_sub(1)).bar),
            Command::BarForward => metre.bar_start(metre.position(at).bar + 1),
            Command::StepBack => snap.or_sixteenth().floor(metre, before.saturating_sub(1)),
            Command::StepForward => snap.or_sixteenth().after(metre, at),
            _ => {
                let looped = self.document.transport.loop_range.as_ref().filter(|_| self.document.transport.looping);
                looped.map_or(0, |range| range.start)
            }
        };
        self.services.sound.seek(to.min(MAX_TICK));
    }
}
