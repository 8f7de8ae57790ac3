//! The one clock that stamps are on: MIDI messages, live notes and recordings agree because all of them read this.
//!
//! It knows nothing else, so every folder but `music` (which is told the time) may use it.

use std::sync::OnceLock;
use std::time::Instant;

fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}

/// Microseconds since this process first asked; never goes back.
pub fn now_micros() -> u64 {
    micros_from(Instant::now())
}

/// An instant on the same clock; 0 for what was before it began.
pub fn micros_from(instant: Instant) -> u64 {
    u64::try_from(instant.saturating_duration_since(origin()).as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_forward() {
        let first = now_micros();
        let instant = Instant::now();
        let later = micros_from(instant);
        assert!(later >= first);
        assert!(now_micros() >= later);
    }
}
