//! What the sustain pedal holds: notes that sound on after their keys were let go.

use std::ops::Range;

use super::instruments::dies_away;
use super::{Control, Note, Part, Pitch, TempoMap, Tick, Velocity};

const SUSTAIN: u8 = 64;
/// How long after its strike a string or a bar can still be heard that nothing keeps sounding: a pedal that nobody ever
/// lifts must not bring back all that was ever struck.
const DIES_AWAY_SECONDS: f64 = 8.0;

/// A note that the pedal holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PedalNote {
    /// Its key.
    pub pitch: Pitch,
    /// How hard it was struck.
    pub velocity: Velocity,
    /// From where its key is up to where it ends: the pedal goes up, or the key is struck again.
    pub ticks: Range<Tick>,
}

impl PedalNote {
    /// Whether it is to be heard from a tick on, and no longer by its key.
    pub fn sounds_at(&self, tick: Tick) -> bool {
        self.ticks.contains(&tick)
    }
}

/// The notes of a part that the pedal holds, by pitch and time. Drums ring by themselves.
pub fn pedal_notes(part: &Part, tempo: &TempoMap) -> Vec<PedalNote> {
    let downs = downs(part);
    if part.is_drum || downs.is_empty() {
        return Vec::new();
    }
    let mut notes: Vec<&Note> = part.notes.iter().collect();
    notes.sort_unstable_by_key(|note| (note.pitch, note.start, note.duration));
    let mut held = Vec::new();
    for (index, note) in notes.iter().enumerate() {
        let end = note.end();
        // the pedal catches what ends while it is down, but not what ends just as it goes down or up
        let last = downs.partition_point(|down| down.start < end);
        let Some(down) = downs[..last].last().filter(|down| down.end > end) else { continue };
        let next = notes.get(index + 1).filter(|next| next.pitch == note.pitch);
        let mut until = next.map_or(down.end, |next| next.start.min(down.end));
        if dies_away(part.program) {
            let silent = tempo.tick_from_seconds(tempo.seconds_from_tick(note.start) + DIES_AWAY_SECONDS);
            until = until.min(silent as Tick);
        }
        if until > end {
            held.push(PedalNote { pitch: note.pitch, velocity: note.velocity, ticks: end..until });
        }
    }
    held
}

/// Where the pedal holds what is let go.
fn downs(part: &Part) -> Vec<Range<Tick>> {
    let (mut downs, mut since) = (Vec::new(), None);
    for event in &part.controls {
        let Control::Controller { number, value } = event.control else { continue };
        match number {
            SUSTAIN if value >= 64 => {
                since.get_or_insert(event.tick);
            }
            // silence ends what it holds, though it stays down
            120 => {
                if let Some(start) = since {
                    downs.push(start..event.tick);
                    since = Some(event.tick);
                }
            }
            SUSTAIN | 121 | 123..=127 => downs.extend(since.take().map(|start| start..event.tick)),
            _ => {}
        }
    }
    downs.extend(since.map(|start| start..Tick::MAX));
    downs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::ControlEvent;
    use crate::music::testing::note;

    fn held(program: u8, controls: &[(Tick, u8, u8)], notes: Vec<Note>) -> Vec<(u8, Range<Tick>)> {
        let control = |&(tick, number, value)| ControlEvent { tick, control: Control::Controller { number, value } };
        let part = Part { notes, controls: controls.iter().map(control).collect(), ..Part::new("Organ", program) };
        let notes = pedal_notes(&part, &TempoMap::constant(120.0));
        notes.into_iter().map(|note| (note.pitch.get(), note.ticks)).collect()
    }

    #[test]
    fn what_is_let_go_while_the_pedal_is_down_sounds_until_it_goes_up_or_the_key_is_struck_again() {
        let pedal = [(100, 64, 127), (5000, 64, 0), (6000, 64, 64)];
        let notes = vec![
            note(0, 90, 60),
            note(0, 100, 61),
            note(0, 240, 62),
            note(0, 240, 63),
            note(960, 240, 63),
            note(4000, 1000, 64),
            note(5100, 100, 65),
            note(6100, 100, 66),
        ];
        let expected = [(62, 240..5000), (63, 240..960), (63, 1200..5000), (66, 6200..Tick::MAX)];
        assert_eq!(held(19, &pedal, notes), expected);
        // what else ends it
        let one = |number| held(19, &[(0, 64, 127), (2000, number, 0)], vec![note(0, 240, 60), note(2000, 100, 62)]);
        assert_eq!(one(121), [(60, 240..2000)]);
        assert_eq!(one(123), [(60, 240..2000)]);
        assert_eq!(one(120), [(60, 240..2000), (62, 2100..Tick::MAX)]);
        assert_eq!(one(1), [(60, 240..Tick::MAX), (62, 2100..Tick::MAX)]);
    }

    #[test]
    fn a_string_that_is_struck_dies_away_and_drums_ring_by_themselves() {
        let notes = vec![note(0, 240, 60)];
        assert_eq!(held(0, &[(0, 64, 127)], notes.clone()), [(60, 240..16 * 480)]);
        let kit = Part { is_drum: true, notes, ..Part::new("Kit", 0) };
        assert_eq!(pedal_notes(&kit, &TempoMap::default()), []);
    }
}
