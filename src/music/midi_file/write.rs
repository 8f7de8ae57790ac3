//! A score as the bytes of a type 1 file: a conductor's track, then one track per part.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, PitchBend, Timing, TrackEvent, TrackEventKind};

use super::limits::{DRUM_CHANNEL, MAX_NAME_CHARS};
use super::sequencer_specific::SequencerSpecific;
use crate::music::{ChordChange, Control, Key, MAX_TICK, Mode, Note, Part, Score, TICKS_PER_QUARTER, Tick};

/// The channels for everything but kits.
const PITCHED_CHANNELS: [u8; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15];

/// Events of one track at their ticks, in no order yet.
type Timed<'a> = Vec<(Tick, TrackEventKind<'a>)>;

/// The score as a Standard MIDI file: type 1, 480 ticks per quarter, tempo, metre, key and chords (as markers, such as
/// `F#m7`) in the first track, then a named track per part with program, volume and pan; kits on channel 10.
///
/// Ticks beyond [`MAX_TICK`] are written as that. See the module for what comes back equal.
pub fn write(score: &Score) -> Vec<u8> {
    let channels = allot_channels(score);
    let extras: Vec<Vec<u8>> = (score.parts.iter().enumerate())
        .map(|(index, part)| SequencerSpecific::of(part, score.melody == Some(index)).to_bytes())
        .collect();
    let symbols: Vec<String> = score.chords.iter().map(ChordChange::ascii_symbol).collect();
    let volume = [0x7F, 0x7F, 0x04, 0x01, 0, score.volume.min(127), 0xF7];
    let mut tracks = vec![in_order(conductor(score, &volume, &symbols))];
    for ((part, channel), extra) in score.parts.iter().zip(channels).zip(&extras) {
        tracks.push(in_order(part_events(part, channel, extra)));
    }
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(TICKS_PER_QUARTER as u16)));
    let mut bytes = Vec::new();
    midly::write(&header, &tracks, &mut bytes)
        .expect("memory takes everything, and texts and tracks are far below MIDI's limits");
    bytes
}

/// A channel for each part. Where there are more than 15 pitched parts, the rest share one with a part of the same
/// program, or one in turn; as each has a track of its own they are read back apart.
fn allot_channels(score: &Score) -> Vec<u8> {
    let mut programs: Vec<u8> = Vec::new(); // of PITCHED_CHANNELS, as far as they are taken
    let mut turn = 0;
    let mut allot = |part: &Part| {
        if part.is_drum {
            return DRUM_CHANNEL;
        }
        if programs.len() < PITCHED_CHANNELS.len() {
            programs.push(part.program);
            return PITCHED_CHANNELS[programs.len() - 1];
        }
        let same = programs.iter().position(|program| *program == part.program);
        PITCHED_CHANNELS[same.unwrap_or_else(|| {
            turn = (turn + 1) % PITCHED_CHANNELS.len();
            turn
        })]
    };
    score.parts.iter().map(|part| allot(part)).collect()
}

/// `volume` is the master's, as a system exclusive message; it is written where it changes anything. `symbols` are the
/// chords'.
fn conductor<'a>(score: &'a Score, volume: &'a [u8], symbols: &'a [String]) -> Timed<'a> {
    let mut events = Timed::new();
    let mut meta = |tick: Tick, message| events.push((tick, TrackEventKind::Meta(message)));
    if !score.title.is_empty() {
        meta(0, MetaMessage::TrackName(name_bytes(&score.title)));
    }
    for change in score.metre.changes() {
        let metre = change.metre;
        // the two last numbers: MIDI clocks (24 a quarter) per metronome click, 32nds per quarter
        let clocks = (96 / u32::from(metre.denominator())).max(1) as u8;
        let power = metre.denominator().trailing_zeros() as u8;
        meta(change.tick, MetaMessage::TimeSignature(metre.numerator(), power, clocks, 8));
    }
    for change in &score.keys {
        let (sharps, is_minor) = signature(change.key);
        meta(change.tick, MetaMessage::KeySignature(sharps, is_minor));
    }
    for change in score.tempo.changes() {
        meta(change.tick, MetaMessage::Tempo(u24::new(change.micros_per_quarter)));
    }
    for (change, symbol) in score.chords.iter().zip(symbols) {
        meta(change.tick, MetaMessage::Marker(symbol.as_bytes()));
    }
    if score.volume < 127 {
        events.push((0, TrackEventKind::SysEx(volume)));
    }
    events
}

/// Sharps (flats if negative) and whether it is minor.
fn signature(key: Key) -> (i8, bool) {
    let major_tonic = match key.mode {
        Mode::Major => key.tonic,
        Mode::Minor => key.tonic + 3,
    } % 12;
    // on the circle of fifths, from five flats to six sharps, and six flats for E♭ minor
    let fifths = (i32::from(major_tonic) * 7 + 5).rem_euclid(12) - 5;
    let is_minor = key.mode == Mode::Minor;
    let sharps = if is_minor && fifths == 6 { -6 } else { fifths };
    (sharps as i8, is_minor)
}

fn part_events<'a>(part: &'a Part, channel: u8, extra: &'a [u8]) -> Timed<'a> {
    let midi = |message| TrackEventKind::Midi { channel: u4::new(channel), message };
    let mut events = Timed::new();
    if !part.name.is_empty() {
        events.push((0, TrackEventKind::Meta(MetaMessage::TrackName(name_bytes(&part.name)))));
    }
    events.push((0, TrackEventKind::Meta(MetaMessage::SequencerSpecific(extra))));
    let start = [
        Control::Program(part.program),
        Control::Controller { number: 7, value: part.volume },
        Control::Controller { number: 10, value: part.pan },
        Control::Controller { number: 91, value: part.reverb },
        Control::Controller { number: 93, value: part.chorus },
    ];
    events.extend(start.map(|control| (0, midi(message(control)))));
    events.extend(part.controls.iter().map(|event| (event.tick, midi(message(event.control)))));
    for note in &part.notes {
        let key = u7::new(note.pitch.get());
        let vel = u7::new(note.velocity.get());
        let (start, end) = note_span(note);
        events.push((start, midi(MidiMessage::NoteOn { key, vel })));
        events.push((end, midi(MidiMessage::NoteOff { key, vel: u7::new(64) })));
    }
    events
}

/// Start and end within the file's range, at least a tick apart.
fn note_span(note: &Note) -> (Tick, Tick) {
    let start = note.start.min(MAX_TICK - 1);
    (start, note.end().clamp(start + 1, MAX_TICK))
}

fn message(control: Control) -> MidiMessage {
    let data = |value: u8| u7::new(value.min(127));
    match control {
        Control::Controller { number, value } => {
            MidiMessage::Controller { controller: data(number), value: data(value) }
        }
        Control::PitchBend(bend) => MidiMessage::PitchBend { bend: PitchBend::from_int(bend) },
        Control::Pressure(value) => MidiMessage::ChannelAftertouch { vel: data(value) },
        Control::KeyPressure { pitch, value } => {
            MidiMessage::Aftertouch { key: u7::new(pitch.get()), vel: data(value) }
        }
        Control::Program(program) => MidiMessage::ProgramChange { program: data(program) },
    }
}

/// Names of more bytes than any reader wants are cut between characters.
fn name_bytes(name: &str) -> &[u8] {
    &name.as_bytes()[..name.floor_char_boundary(MAX_NAME_CHARS * 4)]
}

/// As a track: sorted, in deltas, with its end. At one tick notes end first, then controls come, then notes begin.
fn in_order(mut events: Timed<'_>) -> Vec<TrackEvent<'_>> {
    let rank = |kind: &TrackEventKind<'_>| match kind {
        TrackEventKind::Meta(_) => 0,
        TrackEventKind::Midi { message: MidiMessage::NoteOff { .. }, .. } => 1,
        TrackEventKind::Midi { message: MidiMessage::NoteOn { .. }, .. } => 3,
        _ => 2,
    };
    for (tick, _) in &mut events {
        *tick = (*tick).min(MAX_TICK);
    }
    events.sort_by_key(|(tick, kind)| (*tick, rank(kind))); // stable: bank before program stays so
    let end = events.last().map_or(0, |(tick, _)| *tick);
    events.push((end, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    let mut now = 0;
    let delta = |(tick, kind)| {
        let delta = u28::new(tick - now);
        now = tick;
        TrackEvent { delta, kind }
    };
    events.into_iter().map(delta).collect()
}
