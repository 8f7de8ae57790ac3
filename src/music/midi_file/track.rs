//! What tracks and channels have, before it is known what they mean.

use std::collections::BTreeMap;

use super::sequencer_specific::SequencerSpecific;
use crate::music::fine::FINE;
use crate::music::{Control, ControlEvent, Note, Pitch, Tick};

/// A channel of a file: song (of type 2), port, number from 0.
pub type Channel = (u16, u8, u8);
/// A note, and by how many fractions of a tick it begins and ends later.
pub type RawNote = (Note, i16, i16);
/// A control, and by how many fractions of a tick it comes later.
pub type RawControl = (ControlEvent, i16);

/// One channel of one track.
#[derive(Debug)]
pub struct Voice {
    pub channel: Channel,
    pub notes: Vec<RawNote>,
    pub controls: Vec<RawControl>,
    /// An instrument of several channels (MPE): it shares them with nobody.
    pub is_zone: bool,
}

/// One track with its channels, in the order in which they came.
#[derive(Debug, Default)]
pub struct Track {
    pub name: Vec<u8>,
    /// What plays it, in words: its name where it has none.
    pub instrument: Vec<u8>,
    /// What single channels of it are called.
    pub channel_names: BTreeMap<u8, Vec<u8>>,
    /// Only our own files have it.
    pub extra: Option<SequencerSpecific>,
    pub voices: Vec<Voice>,
    /// Where it ends.
    pub end: (Tick, i16),
}

impl Track {
    /// Its name, else that of its instrument.
    pub fn called(&self) -> &[u8] {
        if self.name.trim_ascii().is_empty() { &self.instrument } else { &self.name }
    }
}

/// A note that its own track does not end: track, voice, index.
pub type Unended = (Channel, Pitch, [usize; 3]);
/// A note-off for which its own track has no note.
pub type LoneOff = (Channel, Pitch, (Tick, i16));

/// The tracks and voices that share a channel. Our own tracks and MPE zones are parts and share nothing.
pub fn groups(tracks: &[Track]) -> BTreeMap<Channel, Vec<(usize, usize)>> {
    let mut groups: BTreeMap<Channel, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, track) in tracks.iter().enumerate().filter(|(_, track)| track.extra.is_none()) {
        for (index, voice) in track.voices.iter().enumerate().filter(|(_, voice)| !voice.is_zone) {
            groups.entry(voice.channel).or_default().push((number, index));
        }
    }
    groups
}

/// Whether a control ends all notes of its channel.
pub const fn ends_notes(control: Control) -> bool {
    matches!(control, Control::Controller { number: 120 | 123, .. })
}

/// A time in fractions of a tick.
pub fn place((tick, fine): (Tick, i16)) -> i64 {
    i64::from(tick) * i64::from(FINE) + i64::from(fine)
}

/// The nearest tick to a time in fractions, and how much later that is.
pub fn time_of(place: i64) -> (Tick, i16) {
    let fine = i64::from(FINE);
    let tick = (place + fine / 2).div_euclid(fine);
    (tick as Tick, (place - tick * fine) as i16)
}

/// Ends a note; it is at least a tick long.
pub fn end((note, _, ends): &mut RawNote, (tick, fine): (Tick, i16)) {
    note.duration = tick.saturating_sub(note.start).max(1);
    // a note of less than a tick ends before the tick it is said to last
    let late = (tick as i32 - note.end() as i32) * i32::from(FINE) + i32::from(fine);
    *ends = late as i16;
}

/// How many kinds of controls there are.
pub const KINDS: usize = 132;

/// Which controls replace each other: below [`KINDS`].
pub fn kind_of(control: Control) -> usize {
    match control {
        Control::Controller { number, .. } => usize::from(number & 0x7F),
        Control::Program(_) => 128,
        Control::PitchBend(_) => 129,
        Control::Pressure(_) => 130,
        Control::KeyPressure { .. } => 131,
    }
}
