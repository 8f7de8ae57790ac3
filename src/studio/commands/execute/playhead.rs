//! Moving the playhead without a mouse: to the ends, by bars, by steps of the grid.

use crate::{
    music::{TICKS_PER_QUARTER, Tick, edit::MAX_TICK},
    studio::{document::Document, services::Services},
};

/// While it plays, a playhead that has only just passed a line goes to the one before.
const GRACE: Tick = TICKS_PER_QUARTER / 2;

/// To the loop's start where the loop is on, else to the score's, and from the loop's to that as well; there it is.
pub fn to_start(document: &Document, services: &mut Services) -> Tick {
    let is_there = |start: &Tick| before(services) <= *start && services.playhead() >= *start;
    let tick = document.active_loop().map(|range| range.start).filter(|start| !is_there(start)).unwrap_or(0);
    services.sound.seek(tick);
    tick
}

/// To the last note's end; there it is.
pub fn to_end(document: &Document, services: &mut Services) -> Tick {
    let tick = document.score().end().min(MAX_TICK);
    services.sound.seek(tick);
    tick
}

/// A bar on, or back.
pub fn by_bar(forward: bool, document: &Document, services: &mut Services) {
    let metre = &document.score().metre;
    let bar = if forward {
        metre.position(services.playhead()).bar + 1
    } else {
        metre.position(before(services).saturating_sub(1)).bar
    };
    services.sound.seek(metre.bar_start(bar).min(MAX_TICK));
}

/// A step of the grid on, or back.
pub fn by_step(forward: bool, document: &Document, services: &mut Services) {
    let metre = &document.score().metre;
    let grid = services.preferences.roll.snap().or_sixteenth();
    let tick = if forward {
        grid.after(metre, services.playhead())
    } else {
        grid.floor(metre, before(services).saturating_sub(1))
    };
    services.sound.seek(tick.min(MAX_TICK));
}

/// Where the playhead is, for a way back.
fn before(services: &Services) -> Tick {
    let at = services.playhead();
    if services.is_playing() { at.saturating_sub(GRACE) } else { at }
}
