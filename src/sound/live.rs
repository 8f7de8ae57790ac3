//! Notes played by hand, on their way from a driver's thread into the audio callback.

/// A lock-free way into the audio callback for one driver's thread. Several may exist at once.
#[derive(Debug)]
pub struct LiveInput {
    _private: (),
}

impl LiveInput {
    pub(super) fn new() -> Self {
        Self { _private: () }
    }

    /// Sounds a channel message on the live instrument, as soon as jitter allows.
    ///
    /// `stamp_micros` is the driver's own clock, from any start; two messages keep their distance in time.
    /// The channel in the status byte does not matter. Never blocks and never allocates; what does not fit is
    /// dropped and counted.
    pub fn send(&mut self, _stamp_micros: u64, _message: [u8; 3]) {}
}
