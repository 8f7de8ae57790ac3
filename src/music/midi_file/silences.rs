//! "All notes off" and "all sound off": what they end of the tracks that share their channel.

use super::track::{Track, end, ends_notes, groups, place};
use crate::music::Tick;

/// Ends the notes of each channel where one of its tracks says so. Notes that begin at that very tick stay.
pub fn apply(tracks: &mut [Track]) {
    for group in groups(tracks).into_values() {
        let controls = group.iter().flat_map(|&(track, voice)| &tracks[track].voices[voice].controls);
        let mut ends: Vec<(Tick, i16)> =
            controls.filter(|(event, _)| ends_notes(event.control)).map(|(event, fine)| (event.tick, *fine)).collect();
        if ends.is_empty() {
            continue;
        }
        ends.sort_unstable();
        for (track, voice) in group {
            for note in &mut tracks[track].voices[voice].notes {
                let begins = (note.0.start, note.1);
                let next = ends.get(ends.partition_point(|end| *end <= begins));
                if let Some(&next) = next.filter(|next| place(**next) < place((note.0.end(), note.2))) {
                    end(note, next);
                }
            }
        }
    }
}
