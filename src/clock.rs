//! The one clock that stamps are on: MIDI messages, live notes and recordings agree because all of them read this.
//!
//! It knows nothing else, so every folder may use it, except `music`, which gets times passed in.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}

/// Microseconds since this function was first called in this process; never goes back.
pub fn now_micros() -> u64 {
    micros_from(Instant::now())
}

/// An instant on the same clock; 0 if it was before the clock started.
pub fn micros_from(instant: Instant) -> u64 {
    u64::try_from(instant.saturating_duration_since(origin()).as_micros()).unwrap_or(u64::MAX)
}

/// The instant of a stamp of this clock.
pub fn instant_from(micros: u64) -> Instant {
    let after = Duration::from_micros(micros);
    origin().checked_add(after).unwrap_or_else(Instant::now)
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
        assert_eq!(micros_from(instant_from(later)), later);
        assert!(instant_from(u64::MAX) >= instant); // no clock goes that far
    }
}
