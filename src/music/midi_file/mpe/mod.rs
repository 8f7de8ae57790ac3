//! MIDI Polyphonic Expression: a zone, in which every note has a channel of its own, is one part.
//!
//! A part has one pitch wheel. It follows the newest note, as long as no other note that sounds with it is bent
//! otherwise; so do pressure and slide (controller 74). Of notes that do sound together, what each says for itself is
//! left out and told, but for whole semitones, which are other keys.

mod each_note;
mod zone;

use std::collections::{BTreeMap, BTreeSet};

use self::zone::{LeftOut, one_voice};
use super::notice::Notice;
use super::track::{Track, Voice};
use crate::music::parameters::Parameters;
use crate::music::{Control, Tick};

/// The manager channels of the two zones that there may be: their members lie behind the first and before the last.
const LOWER: u8 = 0;
const UPPER: u8 = 15;
/// How many members two zones share.
const SHARED: u8 = 14;

/// A manager's channel, and how many members it has.
type Zone = (u8, u8);
/// A time, and what a manager is told there.
type Configuration = ((Tick, i16), Zone);

/// Makes each zone of a file one voice.
pub fn merge_zones(tracks: &mut [Track], notices: &mut Vec<Notice>) {
    let mut left_out = LeftOut::default();
    for ((song, port), configured) in configurations(tracks) {
        for (manager, members) in zones_at_first_note(tracks, (song, port), configured) {
            let channels = if manager == LOWER { LOWER..=members } else { UPPER - members..=UPPER };
            let is_of_zone = |voice: &Voice| {
                let (of, at, channel) = voice.channel;
                (of, at) == (song, port) && channels.contains(&channel)
            };
            left_out += merge(tracks, manager, is_of_zone);
        }
    }
    if left_out != LeftOut::default() {
        notices.push(Notice::Expression { bends: left_out.bends, others: left_out.others });
    }
}

/// All voices but those of our own files.
fn voices(tracks: &[Track]) -> impl Iterator<Item = &Voice> {
    tracks.iter().filter(|track| track.extra.is_none()).flat_map(|track| &track.voices)
}

/// What the managers of each song and port are told of their zones (RPN 6).
fn configurations(tracks: &[Track]) -> BTreeMap<(u16, u8), Vec<Configuration>> {
    let mut all: BTreeMap<(u16, u8), Vec<Configuration>> = BTreeMap::new();
    for voice in voices(tracks) {
        let (song, port, channel) = voice.channel;
        if channel != LOWER && channel != UPPER {
            continue;
        }
        let mut parameters = Parameters::START;
        for (event, fine) in &voice.controls {
            let Control::Controller { number, value } = event.control else { continue };
            if let Some(members) = parameters.zone_members(number, value) {
                let zone = (channel, members.min(UPPER));
                all.entry((song, port)).or_default().push(((event.tick, *fine), zone));
            } else if Parameters::are_meant(number) {
                parameters.apply(number, value);
            }
        }
    }
    all
}

/// The zones of a port where its first note begins.
fn zones_at_first_note(tracks: &[Track], port: (u16, u8), mut configured: Vec<Configuration>) -> Vec<Zone> {
    let of_port = voices(tracks).filter(|voice| (voice.channel.0, voice.channel.1) == port);
    let first = of_port.flat_map(|voice| &voice.notes).map(|(note, fine, _)| (note.start, *fine)).min();
    configured.sort_by_key(|(at, _)| *at); // stable: tracks in their order
    let (mut lower, mut upper) = (0, 0);
    for (_, (manager, members)) in configured.into_iter().take_while(|(at, _)| Some(*at) <= first) {
        // what one takes, the other loses
        let left = SHARED.saturating_sub(members);
        (lower, upper) = if manager == LOWER { (members, upper.min(left)) } else { (lower.min(left), members) };
    }
    let zones = [(LOWER, lower), (UPPER, upper)];
    zones.into_iter().filter(|(_, members)| *members > 0).collect()
}

/// Puts one voice in the place of all those of a zone; where a track plays on several of its channels, one a track.
fn merge(tracks: &mut [Track], manager: u8, is_of_zone: impl Fn(&Voice) -> bool) -> LeftOut {
    let plays = |voice: &&Voice| is_of_zone(voice) && !voice.notes.is_empty();
    let members_of = |track: &Track| {
        let playing = track.voices.iter().filter(plays).filter(|voice| voice.channel.2 != manager);
        if track.extra.is_some() { 0 } else { playing.count() }
    };
    let most_members = tracks.iter().map(members_of).max().unwrap_or(0);
    if most_members == 0 {
        return LeftOut::default();
    }
    // by track: its voices in the zone, and where the first of them stood
    let mut taken: Vec<(usize, usize, Vec<Voice>)> = Vec::new();
    for (number, track) in tracks.iter_mut().enumerate().filter(|(_, track)| track.extra.is_none()) {
        if let Some(first) = track.voices.iter().position(&is_of_zone) {
            let (zone, others) = std::mem::take(&mut track.voices).into_iter().partition(&is_of_zone);
            track.voices = others;
            taken.push((number, first, zone));
        }
    }
    let is_playing = |voices: &[Voice]| voices.iter().any(|voice| !voice.notes.is_empty());
    let playing: BTreeSet<usize> =
        taken.iter().filter(|(.., voices)| is_playing(voices)).map(|(number, ..)| *number).collect();
    let parts = if most_members > 1 { playing.len() } else { 1 };
    let mut left_out = LeftOut::default();
    for &(number, place, _) in taken.iter().filter(|(number, ..)| playing.contains(number)).take(parts) {
        // what tracks say that play nothing holds for all
        let is_heard = |of: usize| parts == 1 || of == number || !playing.contains(&of);
        let heard = taken.iter().filter(|(of, ..)| is_heard(*of)).flat_map(|(.., voices)| voices);
        let (voice, lost) = one_voice(heard, manager);
        tracks[number].voices.insert(place, voice);
        left_out += lost;
    }
    left_out
}
