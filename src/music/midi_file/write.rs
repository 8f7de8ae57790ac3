//! A score as the bytes of a type 1 file: a conductor's track, then one track per part.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, PitchBend, Timing, TrackEvent, TrackEventKind};

use super::limits::MAX_NAME_CHARS;
use super::places::{Place, allot, reminders};
use super::sequencer_specific::{SECTIONS_ARE_MARKERS, SequencerSpecific};
use super::time::file_tick;
use crate::music::{ChordChange, Control, Key, Lyric, MAX_TICK, Mode, Note, Part, Score, TICKS_PER_QUARTER, Tick, key};

/// Events of one track at the file's ticks, in no order yet.
type Timed<'a> = Vec<(u64, TrackEventKind<'a>)>;

/// The score as a Standard MIDI file: type 1, tempo, metre, key, sections and chords (as markers, such as `F#m7`;
/// beside chords, sections are cue points besides) in the first track, then a named track per part with program, volume
/// and pan; kits on channel 10, more than 15 other parts on further ports. It has as many ticks a quarter as the file
/// that the score comes from, or a multiple of them, where something lies between. Where no key is set, chords are
/// spelled in the one that the notes suggest.
///
/// Ticks beyond [`MAX_TICK`] are written as that. See the module for what comes back equal.
pub fn write(score: &Score) -> Vec<u8> {
    let asks = score.keys.is_empty() && !score.chords.is_empty();
    write_in(score, if asks { key::found_in(score, None) } else { None })
}

/// The same, of a score in which this key was `found`.
pub fn write_in(score: &Score, found: Option<Key>) -> Vec<u8> {
    let resolution = resolution(score);
    let places = allot(&score.parts);
    let has_ports = places.iter().any(|place| place.port > 0);
    let extras: Vec<Vec<u8>> = (score.parts.iter().enumerate())
        .map(|(index, part)| SequencerSpecific::of(part, score.melody == Some(index)).to_bytes())
        .collect();
    let symbol = |change: &ChordChange| change.ascii_symbol_in(score.written_key_at(change.tick, found));
    let symbols: Vec<String> = score.chords.iter().map(symbol).collect();
    let volume = [0x7F, 0x7F, 0x04, 0x01, 0, score.volume.min(127), 0xF7];
    let lyrics = || {
        let at = |lyric: &Lyric| file_tick(lyric.tick.min(MAX_TICK), 0, resolution);
        score
            .lyrics
            .iter()
            .map(move |lyric| (at(lyric), TrackEventKind::Meta(MetaMessage::Lyric(lyric.text.as_bytes()))))
    };
    let sung = score.melody.filter(|melody| *melody < score.parts.len());
    let mut of_all = conductor(score, resolution, &volume, &symbols);
    if sung.is_none() {
        of_all.extend(lyrics());
    }
    let mut tracks = vec![in_order(of_all)];
    let reminders = reminders(&score.parts, &places);
    for (index, part) in score.parts.iter().enumerate() {
        let mut events = Timed::new();
        if has_ports {
            let port = MetaMessage::MidiPort(u7::new(places[index].port));
            events.push((0, TrackEventKind::Meta(port)));
        }
        part_events(part, places[index], &extras[index], &reminders[index], resolution, &mut events);
        if sung == Some(index) {
            events.extend(lyrics());
        }
        tracks.push(in_order(events));
    }
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(resolution)));
    let mut bytes = Vec::new();
    midly::write(&header, &tracks, &mut bytes)
        .expect("memory takes everything, and texts and tracks are far below MIDI's limits");
    bytes
}

/// The ticks a quarter that the file gets.
pub(super) fn resolution(score: &Score) -> u16 {
    const OURS: u16 = TICKS_PER_QUARTER as u16;
    let wanted = score.resolution.clamp(1, 0x7FFF);
    let is_too_long = file_tick(score.end().min(MAX_TICK), 0, wanted) > u64::from(MAX_TICK);
    if wanted == OURS || (wanted > OURS && is_too_long) {
        return OURS;
    }
    if wanted > OURS || is_writable(score, wanted) {
        return wanted;
    }
    wanted * OURS.div_ceil(wanted)
}

/// Whether all of our ticks come back from a file of fewer ticks a quarter.
fn is_writable(score: &Score, resolution: u16) -> bool {
    let per_quarter = u64::from(resolution);
    let comes_back = |tick: Tick| {
        let there = file_tick(tick, 0, resolution);
        (there * u64::from(TICKS_PER_QUARTER) + per_quarter / 2) / per_quarter == u64::from(tick)
    };
    let of_part = |part: &Part| {
        part.notes.iter().all(|note| comes_back(note.start) && comes_back(note.end()))
            && part.controls.iter().all(|event| comes_back(event.tick))
    };
    score.parts.iter().all(|part| of_part(part))
        && score.tempo.changes().iter().all(|change| comes_back(change.tick))
        && score.metre.changes().iter().all(|change| comes_back(change.tick))
        && score.keys.iter().all(|change| comes_back(change.tick))
        && score.chords.iter().all(|change| comes_back(change.tick))
        && score.sections.iter().all(|section| comes_back(section.tick))
        && score.lyrics.iter().all(|lyric| comes_back(lyric.tick))
}

/// `volume` is the master's, as a system exclusive message; it is written where it changes anything. `symbols` are the
/// chords'.
fn conductor<'a>(score: &'a Score, resolution: u16, volume: &'a [u8], symbols: &'a [String]) -> Timed<'a> {
    let mut events = Timed::new();
    let at = |tick: Tick| file_tick(tick.min(MAX_TICK), 0, resolution);
    let mut meta = |tick: Tick, message| events.push((at(tick), TrackEventKind::Meta(message)));
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
        let is_minor = change.key.mode == Mode::Minor;
        meta(change.tick, MetaMessage::KeySignature(change.signature(), is_minor));
    }
    for change in score.tempo.changes() {
        meta(change.tick, MetaMessage::Tempo(u24::new(change.micros_per_quarter)));
    }
    if !score.sections.is_empty() {
        meta(0, MetaMessage::SequencerSpecific(SECTIONS_ARE_MARKERS));
    }
    for section in &score.sections {
        let label = section.label.as_bytes();
        meta(section.tick, MetaMessage::Marker(label));
        if !score.chords.is_empty() {
            meta(section.tick, MetaMessage::CuePoint(label));
        }
    }
    for (change, symbol) in score.chords.iter().zip(symbols) {
        meta(change.tick, MetaMessage::Marker(symbol.as_bytes()));
    }
    if score.volume < 127 {
        events.push((0, TrackEventKind::SysEx(volume)));
    }
    events
}

fn part_events<'a>(
    part: &'a Part,
    place: Place,
    extra: &'a [u8],
    reminders: &[(Tick, Control)],
    resolution: u16,
    events: &mut Timed<'a>,
) {
    let midi = |message| TrackEventKind::Midi { channel: u4::new(place.channel), message };
    if !part.name.is_empty() {
        events.push((0, TrackEventKind::Meta(MetaMessage::TrackName(name_bytes(&part.name)))));
    }
    events.push((0, TrackEventKind::Meta(MetaMessage::SequencerSpecific(extra))));
    // others take the bank with the next program
    let is_first_bank = |control: Control| matches!(control, Control::Controller { number: 0 | 32, .. });
    let first = part.controls.iter().take_while(|event| event.tick == 0 && is_first_bank(event.control)).count();
    let (banks, others) = part.controls.split_at(first);
    let start = [
        Control::Program(part.program),
        Control::Controller { number: 7, value: part.volume },
        Control::Controller { number: 10, value: part.pan },
        Control::Controller { number: 91, value: part.reverb },
        Control::Controller { number: 93, value: part.chorus },
    ];
    events.extend(banks.iter().map(|event| (0, midi(message(event.control)))));
    events.extend(start.map(|control| (0, midi(message(control)))));
    let mut at = 0;
    events.extend(others.iter().map(|event| {
        let fine = part.fine.of_control(event, &mut at);
        (file_tick(event.tick.min(MAX_TICK), fine, resolution), midi(message(event.control)))
    }));
    let mut at = 0;
    let mut reminders = reminders.iter().peekable();
    for note in &part.notes {
        let key = u7::new(note.pitch.get());
        let vel = u7::new(note.velocity.get());
        let (start, end) = note_span(note, part.fine.of_note(note, &mut at), resolution);
        while let Some((_, control)) = reminders.next_if(|(tick, _)| *tick <= note.start) {
            events.push((start, midi(message(*control))));
        }
        events.push((start, midi(MidiMessage::NoteOn { key, vel })));
        events.push((end, midi(MidiMessage::NoteOff { key, vel: u7::new(64) })));
    }
}

/// Start and end within the file's range, at least a tick apart.
fn note_span(note: &Note, (begins, ends): (i16, i16), resolution: u16) -> (u64, u64) {
    let start = note.start.min(MAX_TICK - 1);
    let end = note.end().clamp(start + 1, MAX_TICK);
    let start = file_tick(start, begins, resolution);
    (start, file_tick(end, ends, resolution).max(start + 1))
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
    events.sort_by_key(|(tick, kind)| (*tick, rank(kind))); // stable: bank before program stays so
    let end = events.last().map_or(0, |(tick, _)| *tick);
    events.push((end, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    let mut now = 0;
    let delta = |(tick, kind)| {
        let delta = u28::new((tick - now) as u32);
        now = tick;
        TrackEvent { delta, kind }
    };
    events.into_iter().map(delta).collect()
}
