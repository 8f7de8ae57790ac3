//! The specification's units from people's (SoundFont 2.04, 8.1.3).

/// Times: 1200 to an octave of seconds.
pub fn timecents(seconds: f64) -> i16 {
    (1200.0 * seconds.max(0.001).log2()).round() as i16
}

/// Frequencies: cents above 8.176 Hz, key 0.
pub fn absolute_cents(hz: f64) -> i16 {
    (1200.0 * (hz / 8.175_798_9).log2()).round() as i16
}

/// Attenuation from decibels down. Synths that follow the E-mu hardware, as fluidlite does, take four tenths of the
/// number written.
pub fn attenuation(decibels_down: f64) -> i16 {
    (decibels_down.max(0.0) * 10.0 / 0.4).round() as i16
}
