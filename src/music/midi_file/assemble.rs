//! From the events of all tracks, as they come, to parts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::limits::{DRUM_CHANNEL, MAX_NAME_CHARS};
use super::sequencer_specific::SequencerSpecific;
use crate::music::instruments::program_name;
use crate::music::{
    Control, ControlEvent, Key, KeyChange, Metre, MetreChange, MetreMap, Note, Part, Pitch, Score, TempoChange,
    TempoMap, Tick, Velocity,
};

/// The controllers that become a part's fields.
const VOLUME: u8 = 7;
const PAN: u8 = 10;
const REVERB: u8 = 91;
const CHORUS: u8 = 93;

/// One channel of one track.
struct Voice {
    channel: u8,
    notes: Vec<Note>,
    controls: Vec<ControlEvent>,
}

/// One track with its channels, in the order in which they came.
#[derive(Default)]
struct Track {
    name: String,
    /// Only our own files have it.
    extra: Option<SequencerSpecific>,
    voices: Vec<Voice>,
}

/// What a channel is set to when its first note comes.
#[derive(Clone, Copy, Default)]
struct Setup {
    program: Option<u8>,
    volume: Option<u8>,
    pan: Option<u8>,
    reverb: Option<u8>,
    chorus: Option<u8>,
}

/// All that was read so far.
#[derive(Default)]
pub struct Assembly {
    is_single_track: bool,
    tempi: Vec<TempoChange>,
    metres: Vec<MetreChange>,
    keys: Vec<KeyChange>,
    volume: Option<u8>,
    tracks: Vec<Track>,
    voice_count: usize,
    /// Notes of the current track that still sound, oldest first: indices into ttarget voice's notes.
    open: BTreeMap<(usize, Pitch), VecDeque<usize>>,
}

impl Assembly {
    pub fn new(is_single_track: bool) -> Self {
        Self { is_single_track, ..Self::default() }
    }

    pub fn begin_track(&mut self) {
        self.tracks.push(Track::default());
    }

    /// Closes what still sounds.
    pub fn end_track(&mut self, tick: Tick) {
        let Some(track) = self.tracks.last_mut() else { return };
        for ((voice, _), open) in std::mem::take(&mut self.open) {
            for index in open {
                let note = &mut track.voices[voice].notes[index];
                note.duration = (tick - note.start).max(1);
            }
        }
    }

    pub fn track_name(&mut self, bytes: &[u8]) {
        if let Some(track) = self.tracks.last_mut()
            && track.name.is_empty()
        {
            track.name = text(bytes);
        }
    }

    pub fn sequencer_specific(&mut self, event: SequencerSpecific) {
        if let Some(track) = self.tracks.last_mut() {
            track.extra.get_or_insert(event);
        }
    }

    pub fn tempo(&mut self, tick: Tick, micros_per_quarter: u32) {
        if micros_per_quarter > 0 {
            self.tempi.push(TempoChange { tick, micros_per_quarter });
        }
    }

    pub fn metre(&mut self, tick: Tick, metre: Metre) {
        self.metres.push(MetreChange { tick, metre });
    }

    pub fn key(&mut self, tick: Tick, key: Key) {
        self.keys.push(KeyChange { tick, key });
    }

    /// The master volume; the first that is said holds for all of the piece.
    pub fn volume(&mut self, volume: u8) {
        self.volume.get_or_insert(volume);
    }

    /// False if there is no room for another part; so with the next ones.
    pub fn note_on(&mut self, channel: u8, start: Tick, pitch: Pitch, velocity: Velocity) -> bool {
        let Some(voice) = self.voice(channel) else { return false };
        let notes = &mut self.current_voices()[voice].notes;
        notes.push(Note { start, pitch, duration: 1, velocity });
        let index = notes.len() - 1;
        self.open.entry((voice, pitch)).or_default().push_back(index);
        true
    }

    /// Ends the oldest open note of the pitch, if there is one.
    pub fn note_off(&mut self, channel: u8, tick: Tick, pitch: Pitch) -> bool {
        let Some(voice) = self.voice(channel) else { return false };
        if let Some(index) = self.open.get_mut(&(voice, pitch)).and_then(VecDeque::pop_front) {
            let note = &mut self.current_voices()[voice].notes[index];
            note.duration = (tick - note.start).max(1);
        }
        true
    }

    pub fn control(&mut self, channel: u8, tick: Tick, control: Control) -> bool {
        let Some(voice) = self.voice(channel) else { return false };
        self.current_voices()[voice].controls.push(ControlEvent { tick, control });
        true
    }

    fn current_voices(&mut self) -> &mut Vec<Voice> {
        let last = self.tracks.len() - 1; // begin_track comes before every event
        &mut self.tracks[last].voices
    }

    /// The index of the current track's voice on a channel; a new one if it has none and there is room.
    fn voice(&mut self, channel: u8) -> Option<usize> {
        if let Some(index) = self.current_voices().iter().position(|voice| voice.channel == channel) {
            return Some(index);
        }
        if self.voice_count >= Score::MAX_PARTS {
            return None;
        }
        self.voice_count += 1;
        let voices = self.current_voices();
        voices.push(Voice { channel, notes: Vec::new(), controls: Vec::new() });
        Some(voices.len() - 1)
    }

    pub fn says_tempo(&self) -> bool {
        !self.tempi.is_empty()
    }

    pub fn into_score(mut self) -> Score {
        let title = self.take_title();
        let setups = self.share_lone_controls();
        let mut parts = Vec::new();
        let mut melody = None;
        for track in self.tracks {
            let is_ours = track.extra.is_some();
            let names_one_part = track.voices.len() == 1 && !track.name.is_empty();
            for (index, voice) in track.voices.into_iter().enumerate() {
                let mut part = part_from(voice, &setups);
                part.name = if is_ours || names_one_part {
                    track.name.clone()
                } else if part.is_drum {
                    "Drums".to_owned()
                } else {
                    program_name(part.program).to_owned()
                };
                if let Some(extra) = track.extra.as_ref().filter(|_| index == 0) {
                    extra.apply_to(&mut part);
                    if extra.is_melody && melody.is_none() {
                        melody = Some(parts.len());
                    }
                }
                parts.push(Arc::new(part));
            }
        }
        self.keys.sort_by_key(|change| change.tick);
        self.keys.dedup_by(|later, earlier| {
            let same = later.tick == earlier.tick;
            if same {
                *earlier = *later; // of several at one tick the last wins
            }
            same
        });
        Score {
            title,
            tempo: TempoMap::from_changes(self.tempi),
            metre: MetreMap::from_changes(self.metres),
            keys: self.keys,
            parts,
            melody,
            volume: self.volume.unwrap_or(127),
            ..Score::default()
        }
    }

    /// The name of the first track is the piece's in a single-track file, or where that track plays nothing.
    fn take_title(&mut self) -> String {
        match self.tracks.first_mut() {
            Some(first) if self.is_single_track || first.voices.iter().all(|voice| voice.notes.is_empty()) => {
                if first.extra.is_some() {
                    return String::new();
                }
                std::mem::take(&mut first.name)
            }
            _ => String::new(),
        }
    }

    /// Drops voices without notes that only set channels up for other tracks, and gives ttarget controls to those
    /// tracks.
    ///
    /// Such a voice stays if its track is ours, or if it is alone in its track and on its channel: an empty part.
    fn share_lone_controls(&mut self) -> [Setup; 16] {
        let mut setups = [Setup::default(); 16];
        let mut sounding = [false; 16];
        for voice in self.tracks.iter().flat_map(|track| &track.voices) {
            sounding[usize::from(voice.channel)] |= !voice.notes.is_empty();
        }
        let mut shared: BTreeMap<u8, Vec<ControlEvent>> = BTreeMap::new();
        for track in &mut self.tracks {
            let alone = track.voices.len() == 1;
            if track.extra.is_some() {
                continue;
            }
            for voice in track
                .voices
                .extract_if(.., |voice| voice.notes.is_empty() && (!alone || sounding[usize::from(voice.channel)]))
            {
                shared.entry(voice.channel).or_default().extend(voice.controls);
            }
        }
        for (channel, mut controls) in shared {
            controls.sort_by_key(|event| event.tick);
            let targets = self.tracks.iter_mut().filter(|track| track.extra.is_none());
            let mut targets = targets.flat_map(|track| &mut track.voices).filter(|voice| voice.channel == channel);
            if let Some(target) = targets.next() {
                let first_note = target.notes.iter().map(|note| note.start).min();
                setups[usize::from(channel)] = take_setup(&mut controls, first_note);
                controls.append(&mut target.controls);
                target.controls = controls;
            }
        }
        setups
    }
}

/// Takes the first program, volume, pan and sends out, if they come no later than the first note.
fn take_setup(controls: &mut Vec<ControlEvent>, first_note: Option<Tick>) -> Setup {
    let mut setup = Setup::default();
    let mut seen = [false; 5];
    controls.retain(|event| {
        let (kind, field, value) = match event.control {
            Control::Program(program) => (0, &mut setup.program, program),
            Control::Controller { number: VOLUME, value } => (1, &mut setup.volume, value),
            Control::Controller { number: PAN, value } => (2, &mut setup.pan, value),
            Control::Controller { number: REVERB, value } => (3, &mut setup.reverb, value),
            Control::Controller { number: CHORUS, value } => (4, &mut setup.chorus, value),
            _ => return true,
        };
        let is_first = !std::mem::replace(&mut seen[kind], true);
        let is_setup = is_first && first_note.is_none_or(|start| event.tick <= start);
        if is_setup {
            *field = Some(value);
        }
        !is_setup
    });
    setup
}

fn part_from(voice: Voice, setups: &[Setup; 16]) -> Part {
    let Voice { channel, notes, mut controls } = voice;
    controls.sort_by_key(|event| event.tick);
    let own = take_setup(&mut controls, notes.iter().map(|note| note.start).min());
    let shared = setups[usize::from(channel)];
    let default = Part::default();
    let mut part = Part {
        program: own.program.or(shared.program).unwrap_or(default.program),
        volume: own.volume.or(shared.volume).unwrap_or(default.volume),
        pan: own.pan.or(shared.pan).unwrap_or(default.pan),
        reverb: own.reverb.or(shared.reverb).unwrap_or(default.reverb),
        chorus: own.chorus.or(shared.chorus).unwrap_or(default.chorus),
        is_drum: channel == DRUM_CHANNEL,
        notes,
        controls,
        ..default
    };
    part.sort();
    part
}

/// Text of a file: UTF-8, or Latin-1 where it is not that; one line, without blanks around it.
fn text(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(MAX_NAME_CHARS * 4)];
    let utf8 = match str::from_utf8(bytes) {
        Ok(text) => Some(text),
        // the cut above may have split the last character
        Err(error) if error.error_len().is_none() => str::from_utf8(&bytes[..error.valid_up_to()]).ok(),
        Err(_) => None,
    };
    let text = utf8.map_or_else(|| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned);
    let clean: String = text.chars().filter(|character| !character.is_control()).take(MAX_NAME_CHARS).collect();
    clean.trim().to_owned()
}
