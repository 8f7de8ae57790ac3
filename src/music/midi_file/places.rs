//! Where parts go: ports and channels, so that every player gives each its own instrument.

use std::sync::Arc;

use super::limits::DRUM_CHANNEL;
use crate::music::{Control, Part, Tick};

/// The channels for everything but kits.
const PITCHED_CHANNELS: [u8; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15];
/// The last port there is.
const LAST_PORT: usize = 127;

/// A channel of a port; a port is another set of 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 0.
    pub port: u8,
    /// From 0.
    pub channel: u8,
}

/// A place for each part: of its own, but that kits share one where they are the same kit in the same mix.
pub fn allot(parts: &[Arc<Part>]) -> Vec<Place> {
    let mut pitched = 0;
    let mut kits = Vec::new();
    let mut place = |part: &Part| {
        if part.is_drum {
            let kit = (part.program, part.volume, part.pan, part.reverb, part.chorus);
            let known = kits.iter().position(|other| *other == kit);
            let port = known.unwrap_or_else(|| {
                kits.push(kit);
                kits.len() - 1
            });
            return Place { port: port.min(LAST_PORT) as u8, channel: DRUM_CHANNEL };
        }
        let port = (pitched / PITCHED_CHANNELS.len()).min(LAST_PORT) as u8;
        let channel = PITCHED_CHANNELS[pitched % PITCHED_CHANNELS.len()];
        pitched += 1;
        Place { port, channel }
    };
    parts.iter().map(|part| place(part)).collect()
}

fn changes_bank(part: &Part) -> bool {
    let is_bank = |control| matches!(control, Control::Controller { number: 0 | 32, .. });
    part.controls.iter().any(|event| event.tick > 0 && is_bank(event.control))
}

/// For players that know no ports: the program again before each note of a part behind one of another part whose
/// channel has the same number. By part, at the ticks of notes.
pub fn reminders(parts: &[Arc<Part>], places: &[Place]) -> Vec<Vec<(Tick, Control)>> {
    let mut reminders = vec![Vec::new(); parts.len()];
    for channel in 0..16 {
        let sharing: Vec<usize> = (0..parts.len()).filter(|&index| places[index].channel == channel).collect();
        let is_one = sharing.iter().all(|&index| places[index] == places[sharing[0]]);
        if is_one {
            continue;
        }
        // in a player's order: by tick, then by track; programs before notes
        let mut events: Vec<(Tick, usize, Option<u8>)> = Vec::new();
        for &index in &sharing {
            let part = &parts[index];
            events.push((0, index, Some(part.program)));
            events.extend(part.controls.iter().filter_map(|event| match event.control {
                Control::Program(program) => Some((event.tick, index, Some(program))),
                _ => None,
            }));
            events.extend(part.notes.iter().map(|note| (note.start, index, None)));
        }
        events.sort_by_key(|(tick, index, program)| (*tick, *index, program.is_none()));
        let mut programs: Vec<u8> = parts.iter().map(|part| part.program).collect();
        let mut owner = None;
        for (tick, index, program) in events {
            match program {
                Some(program) => programs[index] = program,
                // with another bank a program says more than a reminder may
                None if owner != Some(index) && !changes_bank(&parts[index]) => {
                    reminders[index].push((tick, Control::Program(programs[index])));
                }
                None => {}
            }
            owner = Some(index);
        }
    }
    reminders
}
