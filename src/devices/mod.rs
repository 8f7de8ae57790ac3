//! MIDI keyboards: ports, hot-plug, profiles.
