//! The events of all tracks, as they come: kept by track and channel until all is known.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use encoding_rs::Encoding;

use super::devices::Devices;
use super::drum_channels::DrumChannels;
use super::events::Message;
use super::limits::MAX_EVENTS;
use super::mpe;
use super::notice::Notice;
use super::parts;
use super::remarks::Remarks;
use super::resets::Resets;
use super::sequencer_specific::SequencerSpecific;
use super::track::{LoneOff, Track, Unended, Voice, end, ends_notes};
use super::tuning::{is_transposition, is_tuning};
use super::{silences, text};
use crate::music::fine::FineTimes;
use crate::music::{
    ControlEvent, KeyChange, Metre, MetreChange, MetreMap, Note, Pitch, Score, TICKS_PER_QUARTER, TempoChange,
    TempoMap, Tick, Velocity,
};

/// How many keys there are.
const KEYS: usize = 128;

/// Notes of a key that still sound, oldest first, and where one was last ended.
#[derive(Debug, Default)]
struct Open {
    notes: VecDeque<u32>,
    last_off: Option<(Tick, i16)>,
}

/// All that was read so far.
#[derive(Default)]
pub struct Assembly {
    is_single_track: bool,
    is_songs: bool,
    resolution: u16,
    tempi: Vec<TempoChange>,
    metres: Vec<MetreChange>,
    keys: Vec<KeyChange>,
    volume: Option<u8>,
    /// The title that is said around the file.
    wrapping_title: Vec<u8>,
    remarks: Remarks,
    resets: Resets,
    has_tunings: bool,
    has_transpositions: bool,
    tracks: Vec<Track>,
    drums: DrumChannels,
    song: u16,
    song_starts: Vec<Tick>,
    /// The port of the present track.
    port: u8,
    /// Whether the present track says the number of its port.
    has_port_number: bool,
    devices: Devices,
    voice_count: usize,
    /// The number of the present track.
    track_number: usize,
    /// Notes and controls so far, and how many had no room.
    note_count: usize,
    control_count: usize,
    events_left_out: usize,
    /// Channels of tracks for which there was no room.
    without_room: BTreeSet<(usize, u8, u8)>,
    /// The channel that names are said of: until its next event.
    channel_prefix: Option<u8>,
    /// The voices of the present track on the present port.
    at_hand: [Option<usize>; 16],
    /// The voices of the present track.
    voices: BTreeMap<(u8, u8), usize>,
    /// Of each of them, by key.
    open: Vec<Vec<Open>>,
    unended: Vec<Unended>,
    lone_offs: Vec<LoneOff>,
}

impl Assembly {
    pub fn new(is_single_track: bool, is_songs: bool, resolution: u16) -> Self {
        Self { is_single_track, is_songs, resolution, ..Self::default() }
    }

    pub fn begin_track(&mut self) {
        self.track_number += 1;
        // very many empty ones take no room
        let is_empty = |track: &Track| track.voices.is_empty() && track.name.is_empty() && track.extra.is_none();
        if self.tracks.len() < 2 || !self.tracks.last().is_some_and(is_empty) {
            self.tracks.push(Track::default());
        }
        (self.port, self.has_port_number, self.at_hand) = (0, false, [None; 16]);
        self.channel_prefix = None;
        self.voices.clear();
    }

    /// From here on it is another song, which knows nothing of the channels of the one before.
    pub fn begin_song(&mut self, start: Tick) {
        self.song = self.song.saturating_add(1);
        self.song_starts.push(start);
    }

    /// Ends the track. What it did not end may be ended by another one.
    pub fn end_track(&mut self, tick: Tick, fine: i16) {
        let number = self.tracks.len() - 1; // begin_track comes before every event
        let track = &mut self.tracks[number];
        track.end = (tick, fine);
        for (voice, keys) in std::mem::take(&mut self.open).into_iter().enumerate() {
            let Voice { channel, notes, .. } = &mut track.voices[voice];
            for (pitch, open) in (0..).map(Pitch::clamped).zip(keys) {
                for index in open.notes.into_iter().map(|index| index as usize) {
                    // struck again before it was let go: the key went up for both
                    match open.last_off.filter(|(off, _)| *off > notes[index].0.start) {
                        Some(off) => end(&mut notes[index], off),
                        None => self.unended.push((*channel, pitch, [number, voice, index])),
                    }
                }
            }
        }
    }

    /// The title that is said around the file; it counts where the file says none.
    pub fn wrapping_title(&mut self, bytes: &[u8]) {
        self.remarks.texts.add(bytes);
        self.wrapping_title = text::kept(bytes).to_vec();
    }

    pub fn track_name(&mut self, bytes: &[u8]) {
        if let Some(name) = self.name_for(bytes, |track| &mut track.name) {
            *name = text::kept(bytes).to_vec();
        }
    }

    /// Where to keep a name, if there is none yet: that of the channel which was said before it, or one of the track's.
    fn name_for(&mut self, bytes: &[u8], of_track: fn(&mut Track) -> &mut Vec<u8>) -> Option<&mut Vec<u8>> {
        self.remarks.texts.add(bytes);
        let track = self.tracks.last_mut()?;
        let name = match self.channel_prefix {
            Some(channel) => track.channel_names.entry(channel).or_default(),
            None => of_track(track),
        };
        name.is_empty().then_some(name)
    }

    /// The names that follow, up to the next event of a channel, are this channel's.
    pub fn channel_prefix(&mut self, channel: u8) {
        self.channel_prefix = Some(channel);
    }

    /// Says that the sections are among the markers.
    pub fn sections_are_markers(&mut self) {
        self.remarks.sections_are_markers = true;
    }

    /// What plays the present track.
    pub fn instrument_name(&mut self, bytes: &[u8]) {
        if let Some(name) = self.name_for(bytes, |track| &mut track.instrument) {
            *name = text::kept(bytes).to_vec();
        }
    }

    /// Any other text, of a kind as meta events count them.
    pub fn text(&mut self, kind: u8, bytes: &[u8], tick: Tick) {
        self.remarks.add(kind, bytes, tick, self.track_number);
    }

    /// The port of the present track from here on: another set of 16 channels. The first one also holds for what was
    /// said before it and before any note, because `MuseScore` sets up a track's channel and then says its port.
    pub fn port(&mut self, port: u8) {
        let is_first = !std::mem::replace(&mut self.has_port_number, true);
        if is_first && self.current_voices().iter().all(|voice| voice.notes.is_empty()) {
            for voice in self.current_voices() {
                voice.channel.1 = port;
            }
            let voices = std::mem::take(&mut self.voices);
            self.voices = voices.into_iter().map(|((_, channel), voice)| ((port, channel), voice)).collect();
            self.at_hand = [None; 16];
        }
        self.use_port(port);
    }

    /// The device that plays the present track from here on, which is a port where none is given by number.
    pub fn device(&mut self, name: &[u8]) {
        self.remarks.texts.add(name);
        if !self.has_port_number && !name.is_empty() {
            let port = self.devices.port(name);
            self.use_port(port);
        }
    }

    fn use_port(&mut self, port: u8) {
        if self.port != port {
            (self.port, self.at_hand) = (port, [None; 16]);
        }
    }

    pub fn sequencer_specific(&mut self, event: SequencerSpecific) {
        if let Some(track) = self.tracks.last_mut() {
            track.extra.get_or_insert(event);
        }
    }

    pub fn system_exclusive(&mut self, data: &[u8], at: (Tick, i16)) {
        let port = (self.song, self.port);
        self.drums.system_exclusive(data, port, (at.0, self.tracks.len()));
        self.resets.system_exclusive(data, port, at);
        self.has_tunings |= is_tuning(data);
        self.has_transpositions |= is_transposition(data);
    }

    pub fn tempo(&mut self, tick: Tick, micros_per_quarter: u32) {
        self.tempi.push(TempoChange { tick, micros_per_quarter });
    }

    pub fn metre(&mut self, tick: Tick, metre: Metre) {
        self.metres.push(MetreChange { tick, metre });
    }

    pub fn key(&mut self, change: KeyChange) {
        self.keys.push(change);
    }

    /// The master volume; the first that is said holds for all of the piece.
    pub fn volume(&mut self, volume: u8) {
        self.volume.get_or_insert(volume);
    }

    /// What a channel is told at a tick and some fraction of it.
    pub fn message(&mut self, channel: u8, tick: Tick, fine: i16, message: Message) {
        self.channel_prefix = None;
        match message {
            Message::NoteOff(pitch) => self.note_off(channel, (tick, fine), pitch),
            Message::NoteOn(pitch, velocity) => {
                let velocity = Velocity::clamped(velocity.into());
                let Some(voice) = self.voice_with_room(channel, |all| &mut all.note_count) else { return };
                let notes = &mut self.current_voices()[voice].notes;
                notes.push((Note { start: tick, pitch, duration: 1, velocity }, fine, 0));
                let index = notes.len() - 1;
                let keys = &mut self.open[voice];
                if keys.is_empty() {
                    keys.resize_with(KEYS, Open::default);
                }
                keys[usize::from(pitch.get())].notes.push_back(index as u32);
            }
            Message::Control(control) => {
                if let Some(voice) = self.voice_with_room(channel, |all| &mut all.control_count) {
                    if ends_notes(control) {
                        self.end_open(voice, (tick, fine));
                    }
                    self.current_voices()[voice].controls.push((ControlEvent { tick, control }, fine));
                }
            }
        }
    }

    /// Ends the oldest open note of the pitch, if there is one.
    fn note_off(&mut self, channel: u8, off: (Tick, i16), pitch: Pitch) {
        let voice = self.voices.get(&(self.port, channel)).copied();
        if let Some(voice) = voice
            && let Some(open) = self.open[voice].get_mut(usize::from(pitch.get()))
        {
            open.last_off = Some(off);
            if let Some(index) = open.notes.pop_front() {
                return end(&mut self.current_voices()[voice].notes[index as usize], off);
            }
        }
        if self.lone_offs.len() < MAX_EVENTS {
            self.lone_offs.push(((self.song, self.port, channel), pitch, off));
        }
    }

    /// Ends all open notes of a voice that began earlier.
    fn end_open(&mut self, voice: usize, off: (Tick, i16)) {
        let last = self.tracks.len() - 1; // begin_track comes before every event
        let notes = &mut self.tracks[last].voices[voice].notes;
        for open in &mut self.open[voice] {
            while let Some(&index) = open.notes.front() {
                let note = &mut notes[index as usize];
                if (note.0.start, note.1) >= off {
                    break;
                }
                end(note, off);
                open.notes.pop_front();
            }
        }
    }

    /// The same as [`Self::voice`] for an event that is kept, as far as there is room for more of its kind.
    fn voice_with_room(&mut self, channel: u8, count: fn(&mut Self) -> &mut usize) -> Option<usize> {
        if *count(self) >= MAX_EVENTS {
            self.events_left_out += 1;
            return None;
        }
        let voice = self.voice(channel)?;
        *count(self) += 1;
        Some(voice)
    }

    fn current_voices(&mut self) -> &mut Vec<Voice> {
        let last = self.tracks.len() - 1; // begin_track comes before every event
        &mut self.tracks[last].voices
    }

    /// The index of the current track's voice on a channel; a new one if it has none and there is room.
    fn voice(&mut self, channel: u8) -> Option<usize> {
        if let Some(index) = self.at_hand[usize::from(channel)] {
            return Some(index);
        }
        let place = (self.port, channel);
        let index = match self.voices.get(&place) {
            Some(index) => *index,
            None if self.voice_count >= Score::MAX_PARTS => {
                self.without_room.insert((self.track_number, self.port, channel));
                return None;
            }
            None => {
                self.voice_count += 1;
                let channel = (self.song, self.port, channel);
                let voices = self.current_voices();
                voices.push(Voice { channel, notes: Vec::new(), controls: Vec::new(), is_zone: false });
                let index = voices.len() - 1;
                self.open.push(Vec::new());
                self.voices.insert(place, index);
                index
            }
        };
        self.at_hand[usize::from(channel)] = Some(index);
        Some(index)
    }

    pub fn says_tempo(&self) -> bool {
        !self.tempi.is_empty()
    }

    pub fn into_score(mut self, notices: &mut Vec<Notice>) -> Score {
        let encoding = self.remarks.texts.encoding();
        notices.extend(encoding.map(|encoding| Notice::Encoding(encoding.name())));
        if !self.without_room.is_empty() {
            notices.push(Notice::TooManyParts(self.without_room.len()));
        }
        if self.events_left_out > 0 {
            notices.push(Notice::TooManyEvents(self.events_left_out));
        }
        if self.has_tunings {
            notices.push(Notice::Tunings);
        }
        if self.has_transpositions {
            notices.push(Notice::Transpositions);
        }
        let lyrics = self.remarks.take_lyrics(encoding, notices);
        let title = self.take_title(encoding);
        let is_ours = self.tracks.iter().any(|track| track.extra.is_some());
        let hanging = parts::end_all(&mut self.tracks, self.unended, self.lone_offs);
        if hanging > 0 {
            notices.push(Notice::Hanging(hanging));
        }
        silences::apply(&mut self.tracks);
        self.drums.banks(&self.tracks); // before resets say banks of their own
        self.resets.apply(&mut self.tracks);
        mpe::merge_zones(&mut self.tracks, notices);
        for start in self.song_starts {
            // every song begins as a file does
            if self.tempi.iter().all(|change| change.tick != start) {
                self.tempi.push(TempoChange { tick: start, micros_per_quarter: TempoMap::DEFAULT_MICROS });
            }
            if self.metres.iter().all(|change| change.tick != start) {
                self.metres.push(MetreChange { tick: start, metre: Metre::FOUR_FOUR });
            }
        }
        let (parts, melody) = parts::from_tracks(self.tracks, self.drums, self.resolution, encoding, notices);
        let silent: Vec<String> =
            parts.iter().skip(Score::MAX_SOUNDING).map(|part| part.shown_name().to_owned()).collect();
        if !silent.is_empty() {
            notices.push(Notice::Silent(Score::MAX_SOUNDING + 1, silent));
        }
        self.keys.sort_by_key(|change| change.tick);
        self.keys.dedup_by(|later, earlier| {
            let same = later.tick == earlier.tick;
            if same {
                *earlier = *later; // of several at one tick the last wins
            }
            same
        });
        let (sections, chords) = self.remarks.into_sections_and_chords(is_ours, encoding);
        let mut score = Score {
            title,
            lyrics,
            sections,
            chords,
            tempo: TempoMap::from_changes(self.tempi),
            metre: MetreMap::from_changes(self.metres),
            keys: self.keys,
            parts,
            melody,
            volume: self.volume.unwrap_or(127),
            resolution: self.resolution,
            ..Score::default()
        };
        if super::write::resolution(&score) != self.resolution {
            // it could not be written as it came
            score.resolution = TICKS_PER_QUARTER as u16;
            score.parts.iter_mut().for_each(|part| Arc::make_mut(part).fine = FineTimes::default());
        }
        score
    }

    /// The title that a karaoke file says. Else the name of the first track is the piece's in a single-track file, or
    /// where that track plays nothing; else what is said around the file.
    fn take_title(&mut self, encoding: Option<&'static Encoding>) -> String {
        let is_title = |first: &&mut Track| {
            let plays_nothing = first.voices.iter().all(|voice| voice.notes.is_empty());
            first.extra.is_none() && (self.is_single_track || (plays_nothing && !self.is_songs))
        };
        let name = self.tracks.first_mut().filter(is_title).map(|first| std::mem::take(&mut first.name));
        let said = [self.remarks.take_title(), name.unwrap_or_default(), std::mem::take(&mut self.wrapping_title)];
        said.iter().map(|title| text::name(title, encoding)).find(|title| !title.is_empty()).unwrap_or_default()
    }
}
