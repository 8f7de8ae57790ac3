//! A score compiled for the audio callback: one sorted list of events at exact times, and the state at any of them.
//!
//! Times stay exact (the integers of [`TempoMap::exact_from_tick`]), so that one schedule serves every sample rate and
//! tempo scale, and a sample position is the same however it is reached.

use std::ops::Range;

use crate::music::parameters::Parameters;
use crate::music::pedal::pedal_notes;
use crate::music::{Control, MetreMap, Note, Part, Score, TempoMap, Tick};

use super::block::MAX_PARTS;

const _: () = assert!(MAX_PARTS == Score::MAX_SOUNDING, "what is told of a file is so");

/// Musical time as an exact number: 1/480 microseconds from the start of the score.
pub(super) type Exact = i64;

/// One second of it.
pub(super) const EXACT_PER_SECOND: Exact = 480_000_000;

/// The effect of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    NoteOff { pitch: u8 },
    Control(Control),
    NoteOn { pitch: u8, velocity: u8 },
}

impl EventKind {
    /// The order at one instant: note-offs, then controls, then note-ons.
    const fn rank(self) -> u8 {
        match self {
            Self::NoteOff { .. } => 0,
            Self::Control(_) => 1,
            Self::NoteOn { .. } => 2,
        }
    }
}

/// An event of a part at its exact time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub at: Exact,
    pub part: u8,
    pub kind: EventKind,
}

/// A note that only the pedal holds, and from where to where.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pedalled {
    range: Range<Exact>,
    part: u8,
    pitch: u8,
    velocity: u8,
}

/// A part's instrument at the start, and its place in the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartSetup {
    pub program: u8,
    pub is_drum: bool,
    pub mix: Mix,
}

/// A part in the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mix {
    /// 0 to 127.
    pub volume: u8,
    /// 0 to 127, 64 in the middle.
    pub pan: u8,
    /// How much goes to the reverb and to the chorus, 0 to 127.
    pub reverb: u8,
    pub chorus: u8,
    /// Whether mute and solo let it sound.
    pub audible: bool,
}

impl Mix {
    /// Before anything was changed.
    pub const DEFAULT: Self = Self { volume: 100, pan: 64, reverb: 40, chorus: 0, audible: true };

    /// A fader at the bottom is a mute, so that its notes need not be played.
    pub const fn is_audible(self) -> bool {
        self.audible && self.volume > 0
    }
}

/// The state before an event, as its differences from the start.
#[derive(Clone, Debug)]
struct Checkpoint {
    next_event: usize,
    changes: Box<[(u8, EventKind)]>,
}

/// Events between two checkpoints: the most that the callback has to walk through to know the state anywhere.
const CHECKPOINT_EVERY: usize = 512;

/// A whole score, compiled.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pub parts: Vec<PartSetup>,
    pub events: Vec<Event>,
    checkpoints: Vec<Checkpoint>,
    /// By where their keys are let go.
    pedalled: Vec<Pedalled>,
    pub time: TimeIndex,
    pub metre: MetreMap,
    pub end: Exact,
    /// The master fader, 0 to 127.
    pub volume: u8,
}

impl Default for Schedule {
    fn default() -> Self {
        Self::compile(&Score::default())
    }
}

impl Schedule {
    /// Compiles a score. Of two notes of one pitch in a part, the later one ends the earlier, as on a keyboard.
    pub fn compile(score: &Score) -> Self {
        let time = TimeIndex::new(&score.tempo);
        let mut events = Vec::new();
        for (index, part) in score.parts.iter().take(MAX_PARTS).enumerate() {
            compile_part(part, index as u8, &time, &mut events);
        }
        // stable: controls of one instant keep the file's order (a bank comes before its program)
        events.sort_by_key(|event| (event.at, event.kind.rank()));
        let parts: Vec<PartSetup> = score
            .parts
            .iter()
            .take(MAX_PARTS)
            .enumerate()
            .map(|(index, part)| PartSetup {
                program: part.program.min(127),
                is_drum: part.is_drum,
                mix: Mix {
                    volume: part.volume.min(127),
                    pan: part.pan.min(127),
                    reverb: part.reverb.min(127),
                    chorus: part.chorus.min(127),
                    audible: score.is_audible(index),
                },
            })
            .collect();
        let checkpoints = checkpoints(&parts, &events);
        let mut pedalled = Vec::new();
        for (index, part) in score.parts.iter().take(MAX_PARTS).enumerate() {
            pedalled.extend(pedal_notes(part, &score.tempo).into_iter().map(|note| Pedalled {
                range: time.exact_from_tick(note.ticks.start)..time.exact_from_tick(note.ticks.end),
                part: index as u8,
                pitch: note.pitch.get(),
                velocity: note.velocity.get(),
            }));
        }
        pedalled.sort_by_key(|note| note.range.start);
        Self {
            parts,
            events,
            checkpoints,
            pedalled,
            end: time.exact_from_tick(score.end()),
            time,
            metre: score.metre.clone(),
            volume: score.volume.min(127),
        }
    }

    /// Part, pitch and velocity of the notes that only the pedal holds at `at`.
    pub fn held_by_pedal(&self, at: Exact) -> impl Iterator<Item = (usize, u8, u8)> {
        let begun = self.pedalled.partition_point(|note| note.range.start <= at);
        let held = self.pedalled[..begun].iter().filter(move |note| note.range.end > at);
        held.map(|note| (usize::from(note.part), note.pitch, note.velocity))
    }

    /// Sets `state` to what it should be just before the note-ons at `at`, and returns which event comes next.
    /// Note-offs and controls at `at` are part of the state, so that no note is started only to be ended.
    pub fn state_at(&self, at: Exact, state: &mut State) -> usize {
        state.start_from(&self.parts);
        let before =
            |event: &Event| event.at < at || (event.at == at && !matches!(event.kind, EventKind::NoteOn { .. }));
        let next = self.events.partition_point(before);
        let checkpoint = self.checkpoints.partition_point(|checkpoint| checkpoint.next_event <= next);
        let mut from = 0;
        if let Some(checkpoint) = checkpoint.checked_sub(1).and_then(|index| self.checkpoints.get(index)) {
            from = checkpoint.next_event;
            for &(part, kind) in &checkpoint.changes {
                state.apply(part, kind);
            }
        }
        for event in &self.events[from..next] {
            state.apply(event.part, event.kind);
        }
        next
    }
}

fn compile_part(part: &Part, index: u8, time: &TimeIndex, events: &mut Vec<Event>) {
    let mut spans: Vec<Note> = Vec::with_capacity(part.notes.len());
    let mut last_of_pitch = [None::<usize>; 128];
    let mut notes: Vec<&Note> = part.notes.iter().collect();
    notes.sort_unstable(); // a part that was edited freely may not be sorted
    for note in notes {
        let last = &mut last_of_pitch[usize::from(note.pitch.get())];
        if let Some(earlier) = last.and_then(|at| spans.get_mut(at)) {
            if earlier.start == note.start {
                earlier.duration = earlier.duration.max(note.duration);
                earlier.velocity = earlier.velocity.max(note.velocity);
                continue;
            }
            earlier.duration = earlier.duration.min(note.start - earlier.start);
        }
        *last = Some(spans.len());
        spans.push(*note);
    }
    for note in &spans {
        let pitch = note.pitch.get();
        let mut push = |tick, kind| {
            events.push(Event { at: time.exact_from_tick(tick), part: index, kind });
        };
        push(note.start, EventKind::NoteOn { pitch, velocity: note.velocity.get() });
        push(note.start.saturating_add(note.duration.max(1)), EventKind::NoteOff { pitch });
    }
    for event in &part.controls {
        let kind = EventKind::Control(in_range(event.control));
        events.push(Event { at: time.exact_from_tick(event.tick), part: index, kind });
    }
}

/// Data bytes above 127 become 127: a score may come from anywhere.
fn in_range(control: Control) -> Control {
    match control {
        Control::Controller { number, value } => Control::Controller { number: number & 0x7F, value: value.min(127) },
        Control::PitchBend(bend) => Control::PitchBend(bend.clamp(-8192, 8191)),
        Control::Pressure(value) => Control::Pressure(value.min(127)),
        Control::KeyPressure { pitch, value } => Control::KeyPressure { pitch, value: value.min(127) },
        Control::Program(program) => Control::Program(program.min(127)),
    }
}

fn checkpoints(parts: &[PartSetup], events: &[Event]) -> Vec<Checkpoint> {
    let mut state = State::default();
    state.start_from(parts);
    let mut checkpoints = Vec::new();
    for (block, chunk) in events.chunks(CHECKPOINT_EVERY).enumerate() {
        if block > 0 {
            checkpoints.push(Checkpoint { next_event: block * CHECKPOINT_EVERY, changes: state.changes(parts) });
        }
        for event in chunk {
            state.apply(event.part, event.kind);
        }
    }
    checkpoints
}

/// The state of one channel: instrument, controllers, pitch wheel, held keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PartState {
    pub program: u8,
    pub is_drum: bool,
    /// [`UNSET`] where none was sent.
    pub controllers: [u8; 128],
    /// Bend range and tuning.
    pub parameters: Parameters,
    pub bend: i16,
    pub pressure: u8,
    /// Velocity of each held key, 0 where none is.
    pub held: [u8; 128],
}

/// The value of a controller that was not sent.
pub(super) const UNSET: u8 = u8::MAX;

impl PartState {
    const START: Self = Self {
        program: 0,
        is_drum: false,
        controllers: [UNSET; 128],
        parameters: Parameters::START,
        bend: 0,
        pressure: 0,
        held: [0; 128],
    };
}

/// The state of all parts. Large and allocated once; the callback fills it again and again.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub parts: Box<[PartState]>,
}

impl Default for State {
    fn default() -> Self {
        Self { parts: vec![PartState::START; MAX_PARTS].into_boxed_slice() }
    }
}

impl State {
    fn start_from(&mut self, parts: &[PartSetup]) {
        for (state, setup) in self.parts.iter_mut().zip(parts) {
            *state = PartState { program: setup.program, is_drum: setup.is_drum, ..PartState::START };
        }
    }

    /// Applies an event.
    pub fn apply(&mut self, part: u8, kind: EventKind) {
        let part = &mut self.parts[usize::from(part)];
        match kind {
            EventKind::NoteOff { pitch } => part.held[usize::from(pitch)] = 0,
            EventKind::NoteOn { pitch, velocity } => part.held[usize::from(pitch)] = velocity,
            EventKind::Control(control) => match control {
                Control::Controller { number, value } if Parameters::are_meant(number) => {
                    part.parameters.apply(number, value);
                }
                // "Reset all controllers" undoes what came before it, except bank, volume and pan (RP-015)
                Control::Controller { number: 121, .. } => {
                    let (bank, volume, pan) = (part.controllers[0], part.controllers[7], part.controllers[10]);
                    part.controllers = [UNSET; 128];
                    (part.controllers[0], part.controllers[7], part.controllers[10]) = (bank, volume, pan);
                    (part.bend, part.pressure) = (0, 0);
                    part.parameters.deselect();
                }
                Control::Controller { number: 120 | 123..=127, .. } => part.held = [0; 128],
                Control::Controller { number, value } => part.controllers[usize::from(number)] = value,
                Control::PitchBend(bend) => part.bend = bend,
                Control::Pressure(value) => part.pressure = value,
                Control::KeyPressure { .. } => {}
                Control::Program(program) => part.program = program,
            },
        }
    }

    fn changes(&self, parts: &[PartSetup]) -> Box<[(u8, EventKind)]> {
        let mut changes = Vec::new();
        for (index, (state, setup)) in self.parts.iter().zip(parts).enumerate() {
            let mut push = |kind| changes.push((index as u8, kind));
            if state.program != setup.program {
                push(EventKind::Control(Control::Program(state.program)));
            }
            if state.bend != 0 {
                push(EventKind::Control(Control::PitchBend(state.bend)));
            }
            if state.pressure != 0 {
                push(EventKind::Control(Control::Pressure(state.pressure)));
            }
            state.parameters.for_each(|number, value| push(EventKind::Control(Control::Controller { number, value })));
            for (number, &value) in state.controllers.iter().enumerate().filter(|(_, value)| **value != UNSET) {
                let number = number as u8;
                push(EventKind::Control(Control::Controller { number, value }));
            }
            for (pitch, &velocity) in state.held.iter().enumerate().filter(|(_, velocity)| **velocity > 0) {
                let pitch = pitch as u8;
                push(EventKind::NoteOn { pitch, velocity });
            }
        }
        changes.into_boxed_slice()
    }
}

/// The tempo map, indexed: exact times from ticks and back by binary search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeIndex {
    /// Tick, its exact time, exact units per tick from there on.
    spans: Vec<(Tick, Exact, Exact)>,
}

impl Default for TimeIndex {
    fn default() -> Self {
        Self::new(&TempoMap::default())
    }
}

impl TimeIndex {
    pub fn new(tempo: &TempoMap) -> Self {
        let mut spans = Vec::with_capacity(tempo.changes().len());
        let (mut tick, mut at, mut per_tick) = (0, 0, Exact::from(TempoMap::DEFAULT_MICROS));
        for change in tempo.changes() {
            at += Exact::from(change.tick - tick) * per_tick;
            (tick, per_tick) = (change.tick, Exact::from(change.micros_per_quarter));
            spans.push((tick, at, per_tick));
        }
        Self { spans }
    }

    pub fn exact_from_tick(&self, tick: Tick) -> Exact {
        let after = self.spans.partition_point(|span| span.0 <= tick);
        let (from, at, per_tick) = self.spans[after.saturating_sub(1)];
        at + Exact::from(tick - from) * per_tick
    }

    /// The tick with its fraction; before the start, negative in the first tempo.
    pub fn tick_from_exact(&self, at: Exact) -> f64 {
        let after = self.spans.partition_point(|span| span.1 <= at);
        let (tick, from, per_tick) = self.spans[after.saturating_sub(1)];
        f64::from(tick) + (at - from) as f64 / per_tick as f64
    }

    /// The exact time of a tick with its fraction.
    pub fn exact_from_fraction(&self, tick: f64) -> Exact {
        let whole = tick.floor().clamp(0.0, f64::from(Tick::MAX)) as Tick;
        self.exact_from_tick(whole) + ((tick - f64::from(whole)) * self.per_tick(whole) as f64).round() as Exact
    }

    /// Exact units per tick at a tick.
    pub fn per_tick(&self, tick: Tick) -> Exact {
        let after = self.spans.partition_point(|span| span.0 <= tick);
        self.spans[after.saturating_sub(1)].2
    }
}

#[cfg(test)]
mod tests;
