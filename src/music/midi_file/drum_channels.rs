//! Which channels play drums: what GM, GM2, GS and XG say of it.

use std::collections::BTreeMap;

use super::limits::DRUM_CHANNEL;
use super::resets::{MOST, is_reset};
use super::track::{Channel, Track};
use crate::music::Control;

/// A place in the order in which a player reads the file: tick, track.
pub type Place = (u32, usize);

/// What a file says of its drums.
#[derive(Debug, Default)]
pub struct DrumChannels {
    /// Whether a channel plays drums from a place on.
    changes: BTreeMap<Channel, Vec<(Place, bool)>>,
    /// The file speaks to a Roland; banks 126 and 127 are then sounds of an older one.
    is_gs: bool,
    /// The file speaks to Yamaha's XG, where banks below 120 make a channel melodic.
    is_xg: bool,
    /// What banks said: it holds where the file is not for a Roland.
    by_bank: Vec<(Channel, Place, bool)>,
    /// How often each port was reset.
    resets: BTreeMap<(u16, u8), usize>,
}

/// What a system exclusive says of drums.
fn drum_part(data: &[u8]) -> Option<(u8, bool)> {
    match *data {
        // Roland's GS, "use for rhythm part": block 0 is channel 10, then 1 to 9, then 11 to 16
        [0x41, _, 0x42, 0x12, 0x40, block @ 0x10..=0x1F, 0x15, mode, ..] => {
            let channel = match block & 0xF {
                0 => 9,
                block @ 1..=9 => block - 1,
                block => block,
            };
            Some((channel, mode != 0))
        }
        // Yamaha's XG, "part mode"
        [0x43, 0x10..=0x1F, 0x4C, 0x08, channel @ ..=15, 0x07, mode, ..] => Some((channel, mode != 0)),
        _ => None,
    }
}

impl DrumChannels {
    /// Takes a system exclusive; song and port are those of its track.
    pub fn system_exclusive(&mut self, data: &[u8], (song, port): (u16, u8), place: Place) {
        self.is_gs |= matches!(data, [0x41, _, 0x42, 0x12, ..]);
        self.is_xg |= matches!(data, [0x43, 0x10..=0x1F, 0x4C, ..]);
        if is_reset(data) {
            let resets = self.resets.entry((song, port)).or_default();
            *resets += 1;
            if *resets <= MOST {
                for channel in 0..16 {
                    let changes = self.changes.entry((song, port, channel)).or_default();
                    changes.push((place, channel == DRUM_CHANNEL));
                }
            }
        }
        if let Some((channel, is_drum)) = drum_part(data) {
            self.changes.entry((song, port, channel)).or_default().push((place, is_drum));
        }
    }

    /// Takes what the tracks say by bank select (controller 0). In XG, an ordinary bank counts once a program follows.
    pub fn banks(&mut self, tracks: &[Track]) {
        for (number, track) in tracks.iter().enumerate().filter(|(_, track)| track.extra.is_none()) {
            for voice in &track.voices {
                let mut is_ordinary = false;
                for (event, _) in &voice.controls {
                    let place = (event.tick, number + 1);
                    match event.control {
                        Control::Controller { number: 0, value } => {
                            is_ordinary = self.is_xg && value < 120;
                            self.bank(voice.channel, value, place);
                        }
                        Control::Program(_) if std::mem::take(&mut is_ordinary) => {
                            self.by_bank.push((voice.channel, place, false));
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    fn bank(&mut self, channel: Channel, bank: u8, place: Place) {
        match bank {
            120 => self.changes.entry(channel).or_default().push((place, true)), // GM2's rhythm
            121 => self.changes.entry(channel).or_default().push((place, false)), // GM2's melodies
            126 | 127 => self.by_bank.push((channel, place, true)),
            _ => {}
        }
    }

    /// Once everything has come: brings it into order.
    pub fn settle(&mut self) {
        if !self.is_gs {
            for (channel, place, is_drum) in self.by_bank.drain(..) {
                self.changes.entry(channel).or_default().push((place, is_drum));
            }
        }
        for changes in self.changes.values_mut() {
            changes.sort_by_key(|(place, _)| *place);
        }
    }

    /// Whether notes of a channel at a tick are drums. What is said at the same tick counts.
    pub fn is_drum(&self, channel: Channel, tick: u32) -> bool {
        let before = |changes: &Vec<(Place, bool)>| {
            let next = changes.partition_point(|((at, _), _)| *at <= tick);
            next.checked_sub(1).map(|last| changes[last].1)
        };
        self.changes.get(&channel).and_then(before).unwrap_or(channel.2 == DRUM_CHANNEL)
    }

    /// Whether a channel is ever said to be something else than it was.
    pub fn may_change(&self, channel: Channel) -> bool {
        self.changes.contains_key(&channel)
    }
}
