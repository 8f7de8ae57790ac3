//! From tracks and their channels to parts: what a channel is set to counts for every track that plays on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use encoding_rs::Encoding;

use super::drum_channels::DrumChannels;
use super::limits::DRUM_CHANNEL;
use super::notice::Notice;
use super::text;
use super::time::{file_tick, fine_of};
use super::track::{KINDS, LoneOff, RawControl, RawNote, Track, Unended, Voice, end, ends_notes, groups, kind_of};
use crate::music::fine::FineTimes;
use crate::music::{Control, Part, Pitch, TICKS_PER_QUARTER, Tick};

/// The controllers that become a part's fields, and bank select.
const VOLUME: u8 = 7;
const PAN: u8 = 10;
const REVERB: u8 = 91;
const CHORUS: u8 = 93;
pub const BANKS: [u8; 2] = [0, 32];
/// How often a channel's controllers may be repeated for parts that share it, on average and beyond that.
const MOST_COPIES: usize = 4;
const FREE_COPIES: usize = 10_000;

/// A key and where it is struck.
type Strike = (Pitch, Tick, i16);

/// Ends notes by the note-offs of other tracks, else with their own track; returns how many those are.
pub fn end_all(tracks: &mut [Track], mut unended: Vec<Unended>, mut offs: Vec<LoneOff>) -> usize {
    let mut hanging = 0;
    if unended.is_empty() {
        return 0;
    }
    let start = |tracks: &[Track], [track, voice, index]: [usize; 3]| {
        let (note, fine, _) = tracks[track].voices[voice].notes[index];
        (note.start, fine)
    };
    unended.sort_by_key(|&(channel, pitch, place)| (channel, pitch, start(tracks, place)));
    offs.sort_unstable();
    let mut offs = offs.into_iter().peekable();
    // where keys of a voice are struck, in order
    let mut strikes: BTreeMap<(usize, usize), Vec<Strike>> = BTreeMap::new();
    for (channel, pitch, place) in unended {
        let begins = start(tracks, place);
        let is_before = |off: &LoneOff| *off <= (channel, pitch, begins);
        while offs.next_if(is_before).is_some() {}
        let off = offs.next_if(|off| (off.0, off.1) == (channel, pitch)).map(|(.., off)| off);
        let [number, voice, index] = place;
        let track = &mut tracks[number];
        let notes = &mut track.voices[voice].notes;
        let strikes = strikes.entry((number, voice)).or_insert_with(|| {
            let mut strikes: Vec<Strike> =
                notes.iter().map(|(note, fine, _)| (note.pitch, note.start, *fine)).collect();
            strikes.sort_unstable();
            strikes
        });
        // the same key struck again ends it at the latest, as on a keyboard
        let next = strikes.partition_point(|strike| *strike <= (pitch, begins.0, begins.1));
        let next = strikes.get(next).filter(|(of, ..)| *of == pitch).map(|(_, tick, fine)| (*tick, *fine));
        hanging += usize::from(off.is_none());
        let at = off.unwrap_or(track.end);
        end(&mut notes[index], next.map_or(at, |next| next.min(at)));
    }
    hanging
}

/// The parts in the order of their tracks, and which our own files call the melody.
pub fn from_tracks(
    mut tracks: Vec<Track>,
    mut drums: DrumChannels,
    resolution: u16,
    encoding: Option<&'static Encoding>,
    notices: &mut Vec<Notice>,
) -> (Vec<Arc<Part>>, Option<usize>) {
    drums.settle();
    share_controls(&mut tracks, resolution, notices);
    let mut parts = Vec::new();
    let mut melody = None;
    for track in tracks {
        let is_ours = track.extra.is_some();
        let is_one = is_ours || track.voices.len() == 1;
        let name = if is_one { text::name(track.called(), encoding) } else { String::new() };
        for (index, voice) in track.voices.into_iter().enumerate() {
            let of_channel = track.channel_names.get(&voice.channel.2).map(|name| text::name(name, encoding));
            let name = of_channel.filter(|name| !name.is_empty()).unwrap_or_else(|| name.clone());
            for (is_drum, voice) in by_kind(voice, &drums, is_ours) {
                let mut part = part_from(voice, is_drum, is_ours, resolution);
                part.name.clone_from(&name);
                if let Some(extra) = track.extra.as_ref().filter(|_| index == 0) {
                    extra.apply_to(&mut part);
                    if extra.is_melody && melody.is_none() {
                        melody = Some(parts.len());
                    }
                }
                parts.push(Arc::new(part));
            }
        }
    }
    (parts, melody)
}

/// Gives every voice with notes what is said of its channel anywhere, in the order in which a player meets it, and
/// drops voices that only say it.
///
/// A voice without notes stays if it is alone in its track and nothing plays on its channel: an empty part.
fn share_controls(tracks: &mut [Track], resolution: u16, notices: &mut Vec<Notice>) {
    let groups = groups(tracks);
    let controls: usize = tracks.iter().flat_map(|track| &track.voices).map(|voice| voice.controls.len()).sum();
    let mut room = controls * MOST_COPIES + FREE_COPIES;
    let mut is_full = false;
    let mut silent: Vec<(usize, usize)> = Vec::new();
    for group in groups.into_values() {
        let plays = |&(track, voice): &(usize, usize)| !tracks[track].voices[voice].notes.is_empty();
        let playing: Vec<(usize, usize)> = group.iter().copied().filter(plays).collect();
        if playing.is_empty() {
            silent.extend(group.into_iter().filter(|(track, _)| tracks[*track].voices.len() > 1));
            continue;
        }
        if group.len() > 1 {
            let mut all: Vec<(RawControl, usize)> = Vec::new();
            for &(track, voice) in &group {
                let controls = std::mem::take(&mut tracks[track].voices[voice].controls);
                all.extend(controls.into_iter().map(|control| (control, track)));
            }
            all.sort_by_key(|((event, fine), _)| (event.tick, *fine)); // stable: tracks in their order
            for &(track, voice) in &playing {
                is_full |= all.len() > room;
                let is_wanted = |of: usize| !is_full || of == track;
                let controls = as_heard_by(&tracks[track].voices[voice], track, &all, is_wanted, resolution);
                room = room.saturating_sub(controls.len());
                tracks[track].voices[voice].controls = controls;
            }
            silent.extend(group.into_iter().filter(|place| !playing.contains(place)));
        }
    }
    if is_full {
        notices.push(Notice::TooManyControls);
    }
    silent.sort_unstable();
    for (track, voice) in silent.into_iter().rev() {
        tracks[track].voices.remove(voice);
    }
}

/// A channel's controls as a voice meets them. What a later track says at the very tick of one of its notes comes
/// behind the note, unless the voice has nothing of the kind itself.
fn as_heard_by(
    voice: &Voice,
    own: usize,
    all: &[(RawControl, usize)],
    is_wanted: impl Fn(usize) -> bool,
    resolution: u16,
) -> Vec<RawControl> {
    let count = all.iter().filter(|(_, track)| is_wanted(*track)).count();
    let mut heard = Vec::with_capacity(count);
    let mut starts: Vec<(Tick, i16)> = voice.notes.iter().map(|(note, fine, _)| (note.start, *fine)).collect();
    starts.sort_unstable();
    let mut said = [false; KINDS];
    let mut was_put_off = false;
    for &((mut event, mut fine), track) in all.iter().filter(|(_, track)| is_wanted(*track)) {
        let kind = kind_of(event.control);
        if track == own {
            said[kind] = true;
        } else if track > own
            && said[kind]
            && !ends_notes(event.control)
            && starts.binary_search(&(event.tick, fine)).is_ok()
        {
            (event.tick, fine) = next_tick((event.tick, fine), resolution);
            was_put_off = true;
        }
        heard.push((event, fine));
    }
    if was_put_off {
        heard.sort_by_key(|(event, fine)| (event.tick, *fine));
    }
    heard
}

/// A tick of the file later, and at least one of ours.
fn next_tick((tick, fine): (Tick, i16), resolution: u16) -> (Tick, i16) {
    let (per_quarter, ours) = (u64::from(resolution.max(1)), u64::from(TICKS_PER_QUARTER));
    let later = file_tick(tick, fine, resolution) + per_quarter.div_ceil(ours);
    let tick = ((later * ours + per_quarter / 2) / per_quarter) as Tick;
    (tick, fine_of(later, tick, resolution))
}

/// A voice as what plays drums and what does not.
fn by_kind(voice: Voice, drums: &DrumChannels, is_ours: bool) -> Vec<(bool, Voice)> {
    if is_ours || !drums.may_change(voice.channel) {
        return vec![(voice.channel.2 == DRUM_CHANNEL, voice)];
    }
    let Voice { channel, notes, controls, is_zone } = voice;
    let is_drum = |(note, ..): &RawNote| drums.is_drum(channel, note.start);
    let (hits, tones): (Vec<RawNote>, Vec<RawNote>) = notes.into_iter().partition(is_drum);
    if hits.is_empty() || tones.is_empty() {
        let is_drum = if hits.is_empty() && tones.is_empty() { drums.is_drum(channel, 0) } else { tones.is_empty() };
        let notes = if tones.is_empty() { hits } else { tones };
        return vec![(is_drum, Voice { channel, notes, controls, is_zone })];
    }
    let tones = Voice { channel, notes: tones, controls: controls.clone(), is_zone };
    vec![(false, tones), (true, Voice { channel, notes: hits, controls, is_zone })]
}

fn part_from(voice: Voice, is_drum: bool, is_ours: bool, resolution: u16) -> Part {
    let Voice { mut notes, mut controls, .. } = voice;
    for note in &mut notes {
        make_writable(note, resolution);
    }
    controls.sort_by_key(|(event, fine)| (event.tick, *fine));
    let mut part = Part { is_drum, ..Part::default() };
    let first_note = notes.iter().map(|(note, ..)| note.start).min();
    if is_ours || first_note.is_none() {
        take_first(&mut part, &mut controls, first_note);
    } else {
        take_last(&mut part, &mut controls, first_note.unwrap_or(0), resolution);
    }
    drop_repeated(part.program, &mut controls);
    part.notes = notes.iter().map(|(note, ..)| *note).collect();
    part.controls = controls.iter().map(|(event, _)| *event).collect();
    part.fine = FineTimes::new(notes, controls);
    part.sort();
    part
}

/// A note is at least a tick of its file long, or it could not be written as it is.
fn make_writable(note: &mut RawNote, resolution: u16) {
    let (begins, ends) = (file_tick(note.0.start, note.1, resolution), file_tick(note.0.end(), note.2, resolution));
    if ends <= begins {
        let per_quarter = u64::from(resolution.max(1));
        let last = begins + 1;
        let tick = ((last * u64::from(TICKS_PER_QUARTER) + per_quarter / 2) / per_quarter) as Tick;
        end(note, (tick, fine_of(last, tick, resolution)));
    }
}

/// Which field of a part a control sets.
fn field_of(part: &mut Part, control: Control) -> Option<(usize, &mut u8, u8)> {
    Some(match control {
        Control::Program(program) => (0, &mut part.program, program),
        Control::Controller { number: VOLUME, value } => (1, &mut part.volume, value),
        Control::Controller { number: PAN, value } => (2, &mut part.pan, value),
        Control::Controller { number: REVERB, value } => (3, &mut part.reverb, value),
        Control::Controller { number: CHORUS, value } => (4, &mut part.chorus, value),
        _ => return None,
    })
}

/// Takes the first program, volume, pan and sends out, if they come no later than the first note: as we write them.
fn take_first(part: &mut Part, controls: &mut Vec<RawControl>, first_note: Option<Tick>) {
    let mut seen = [false; 5];
    controls.retain(|(event, _)| {
        let Some((kind, field, value)) = field_of(part, event.control) else { return true };
        let is_first = !std::mem::replace(&mut seen[kind], true);
        let is_setup = is_first && first_note.is_none_or(|start| event.tick <= start);
        if is_setup {
            *field = value;
        }
        !is_setup
    });
}

/// Takes out what program, volume, pan and sends are at the first note, and moves its bank to the beginning. A kit
/// needs none. A bank holds from the next program on.
fn take_last(part: &mut Part, controls: &mut Vec<RawControl>, first_note: Tick, resolution: u16) {
    let (mut banks, mut next_banks) = ([None; 2], [None; 2]);
    let is_drum = part.is_drum;
    controls.retain(|&(event, fine)| {
        let bank = match event.control {
            Control::Controller { number, .. } => BANKS.iter().position(|bank| *bank == number),
            _ => None,
        };
        if event.tick > first_note {
            return bank.is_none() || !is_drum;
        }
        if let Some(bank) = bank {
            next_banks[bank] = Some((event, fine));
            return false;
        }
        if let Control::Program(_) = event.control {
            for (bank, next) in banks.iter_mut().zip(&mut next_banks) {
                *bank = next.take().or(*bank);
            }
        }
        match field_of(part, event.control) {
            Some((_, field, value)) => {
                *field = value;
                false
            }
            None => true,
        }
    });
    if !is_drum {
        let banks = banks.into_iter().flatten().map(|(mut event, _): RawControl| {
            event.tick = 0;
            (event, 0)
        });
        controls.splice(0..0, banks);
        for (mut event, mut fine) in next_banks.into_iter().flatten() {
            if event.tick == 0 {
                (event.tick, fine) = next_tick((0, fine), resolution); // where it is not taken for the first one
            }
            let at = controls.partition_point(|(other, of)| (other.tick, *of) <= (event.tick, fine));
            controls.insert(at, (event, fine));
        }
    }
}

/// Drops programs and banks that are there already: we write them ourselves where parts share a channel.
fn drop_repeated(mut program: u8, controls: &mut Vec<RawControl>) {
    let mut banks = [None; 2];
    let mut is_new_bank = false;
    controls.retain(|(event, _)| match event.control {
        Control::Controller { number, value } => match BANKS.iter().position(|bank| *bank == number) {
            Some(bank) => {
                let is_new = banks[bank].replace(value) != Some(value);
                is_new_bank |= is_new && event.tick > 0; // at the beginning the part's program comes with it
                is_new
            }
            None => true,
        },
        Control::Program(next) => {
            let is_new = std::mem::replace(&mut program, next) != next;
            std::mem::take(&mut is_new_bank) | is_new
        }
        _ => true,
    });
}
