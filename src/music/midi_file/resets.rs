//! "System on" of General MIDI, GS and XG in the middle of a piece: programs, controllers, bend range and tuning are as
//! at power-on again. Which channels are drums: see [`DrumChannels`](super::drum_channels::DrumChannels).

use std::collections::BTreeMap;

use super::track::{RawControl, Track, groups, kind_of};
use crate::music::parameters::Parameters;
use crate::music::{Control, ControlEvent, Tick};

/// Resets of a port beyond so many are not looked at.
pub const MOST: usize = 256;

/// Where each port is reset: song (of type 2) and port.
#[derive(Debug, Default)]
pub struct Resets(BTreeMap<(u16, u8), Vec<(Tick, i16)>>);

/// Whether a system exclusive is a "system on".
pub const fn is_reset(data: &[u8]) -> bool {
    matches!(
        data,
        [0x7E, _, 0x09, 0x01 | 0x03, ..]
            | [0x41, _, 0x42, 0x12, 0x40, 0x00, 0x7F, 0x00, ..]
            | [0x43, 0x10..=0x1F, 0x4C, 0x00, 0x00, 0x7E, 0x00, ..]
    )
}

impl Resets {
    /// Takes a system exclusive of a port.
    pub fn system_exclusive(&mut self, data: &[u8], port: (u16, u8), at: (Tick, i16)) {
        if is_reset(data) {
            let resets = self.0.entry(port).or_default();
            if resets.len() < MOST {
                resets.push(at);
            }
        }
    }

    /// Sets back what was set earlier than each reset, on every channel that plays later.
    pub fn apply(mut self, tracks: &mut [Track]) {
        for resets in self.0.values_mut() {
            resets.sort_unstable();
            resets.dedup();
        }
        for ((song, port, _), group) in groups(tracks) {
            let Some(resets) = self.0.get(&(song, port)) else { continue };
            let voices = || group.iter().map(|&(track, voice)| &tracks[track].voices[voice]);
            let last_note = voices().flat_map(|voice| &voice.notes).map(|(note, fine, _)| (note.start, *fine)).max();
            let mut controls: Vec<RawControl> = voices().flat_map(|voice| voice.controls.iter().copied()).collect();
            controls.sort_by_key(|(event, fine)| (event.tick, *fine)); // stable: tracks in their order
            let mut controls = controls.into_iter().peekable();
            let mut set: BTreeMap<usize, Control> = BTreeMap::new();
            let mut parameters = Parameters::START;
            let mut added: Vec<RawControl> = Vec::new();
            for &(tick, fine) in resets.iter().take_while(|at| Some(**at) <= last_note) {
                while let Some((event, _)) = controls.next_if(|(event, of)| (event.tick, *of) < (tick, fine)) {
                    match event.control {
                        Control::Controller { number, value } if Parameters::are_meant(number) => {
                            parameters.apply(number, value);
                        }
                        control => {
                            set.insert(kind_of(control), control);
                        }
                    }
                }
                let back = std::mem::take(&mut set).into_values().filter_map(|control| {
                    let default = at_power_on(control)?;
                    (default != control).then_some((ControlEvent { tick, control: default }, fine))
                });
                added.extend(back);
                std::mem::replace(&mut parameters, Parameters::START).set_back(|number, value| {
                    added.push((ControlEvent { tick, control: Control::Controller { number, value } }, fine));
                });
            }
            if let Some(&(track, voice)) = group.first() {
                // before all else of its tick
                tracks[track].voices[voice].controls.splice(0..0, added);
            }
        }
    }
}

/// What a control is at power-on; `None` where a reset leaves it.
const fn at_power_on(control: Control) -> Option<Control> {
    Some(match control {
        Control::Program(_) => Control::Program(0),
        Control::PitchBend(_) => Control::PitchBend(0),
        Control::Pressure(_) => Control::Pressure(0),
        Control::KeyPressure { .. } => return None,
        Control::Controller { number, .. } => {
            let value = match number {
                7 => 100,
                10 | 71..=74 => 64,
                11 => 127,
                91 => 40,
                0..=2 | 4 | 5 | 32 | 64..=69 | 93 => 0,
                _ => return None,
            };
            Control::Controller { number, value }
        }
    })
}
