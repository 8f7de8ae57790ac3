//! What an output is doing, and what happens to it, for those who show it.

/// Where the sound goes at present.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputState {
    /// The device is being opened.
    Opening,
    /// It plays.
    Running {
        /// The device's name.
        device: String,
        /// Its rate.
        sample_rate_hz: u32,
        /// Frames it requests at a time.
        buffer_frames: u32,
        /// From the request for a buffer to its sound.
        output_latency_ms: f32,
        /// Whether the backend reports it; else it is estimated as two buffers.
        output_latency_is_measured: bool,
        /// From a key's stamp to its sound: the live notes' delay and the output's latency.
        latency_ms: f32,
        /// Why this is not the wanted output, if it is another.
        instead: Option<String>,
    },
    /// Nothing is heard; musical time still passes while playing.
    NoDevice {
        /// Why, as a sentence for people.
        reason: String,
    },
}

/// What happened to the output, as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputEvent {
    /// A device that played is gone, or its server is.
    Lost {
        /// Its name.
        device: String,
        /// The one that plays instead, if any.
        instead: Option<String>,
    },
    /// Sound is there again, or for the first time after the start.
    Back {
        /// Through what.
        device: String,
    },
    /// The smallest reliable buffer of a device was found, by playing silence.
    Measured {
        /// Its name.
        device: String,
        /// The fewest frames at a time that it keeps up with.
        buffer_frames: u32,
    },
}
