//! The recorder: stamped MIDI messages in, notes and controls in ticks out.
//!
//! A pure state machine. It reads no clock, knows no device and keeps what was played as it was played: nothing is
//! quantised, any channel counts, a note-on of velocity 0 is a note-off. Whether a recording replaces or joins what
//! the part already has is the caller's business.

use std::ops::Range;

use super::{Control, ControlEvent, MAX_TICK, Note, Part, Pitch, TICKS_PER_QUARTER, TempoMap, Tick, Velocity};

/// A channel message as it came, with its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// When, in microseconds on the program's one clock (`clock::now_micros`).
    pub stamp_micros: u64,
    /// Status and data; a message of two bytes has a 0 at the end.
    pub message: [u8; 3],
}

/// Where on the score the recording begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Origin {
    /// The playhead is (or was, or will be) at `tick` at that time. What is struck before it, in a count-in, and is
    /// still held then begins at the tick; pedals and wheels moved before it begin with their last value.
    At {
        /// On the clock of [`Stamped`].
        stamp_micros: u64,
        /// Ticks from the start of the score.
        tick: f64,
    },
    /// The first note struck is at `tick`, and time runs from there.
    FirstNote {
        /// Ticks from the start of the score.
        tick: f64,
    },
}

/// What was played: sorted, every note at least a tick long, no two of a pitch at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Performance {
    /// Sorted by [`Note`]'s order.
    pub notes: Vec<Note>,
    /// Sorted by tick.
    pub controls: Vec<ControlEvent>,
}

impl Performance {
    /// Whether nothing was played.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.controls.is_empty()
    }

    /// What lies within a span: notes cut at its ends, controls with the value they have where it begins, and nothing
    /// left hanging where it ends.
    #[must_use]
    pub fn trimmed(&self, span: &Range<Tick>) -> Self {
        let cut = |note: &Note| {
            let (start, end) = (note.start.max(span.start), note.end().min(span.end));
            (start < end).then(|| Note { start, duration: end - start, ..*note })
        };
        let mut trimmed = Self { notes: self.notes.iter().filter_map(cut).collect(), controls: Vec::new() };
        let mut at_start: Vec<Control> = Vec::new();
        for event in &self.controls {
            if event.tick < span.start {
                at_start.retain(|other| !is_same_control(*other, event.control));
                at_start.push(event.control);
            } else if event.tick < span.end {
                trimmed.controls.push(*event);
            }
        }
        let moved = at_start.into_iter().filter(|control| !is_at_rest(*control));
        let carried = moved.map(|control| ControlEvent { tick: span.start, control });
        trimmed.controls.splice(0..0, carried);
        let ends = sprung_back(trimmed.controls.iter().map(|event| event.control));
        trimmed.controls.extend(ends.into_iter().map(|control| ControlEvent { tick: span.end, control }));
        trimmed.notes.sort_unstable();
        trimmed
    }

    /// The performance as a part. Volume and pan set at the very start become the part's own, as everywhere in a score.
    pub fn into_part(self, name: impl Into<String>, program: u8) -> Part {
        let mut part = Part { notes: self.notes, controls: self.controls, ..Part::new(name, program) };
        part.normalise_controls();
        part
    }
}

/// More notes and controls than this are not taken: 17 minutes of the densest stream a MIDI cable can carry.
pub const MAX_EVENTS: usize = 1_000_000;

/// When something happened, for the recorder.
#[derive(Clone, Copy, Debug)]
struct Moment {
    /// `None` while time has not begun.
    tick: Option<Tick>,
    /// Whether it lies before the origin, in the count-in.
    is_before: bool,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    start: Tick,
    velocity: Velocity,
    /// Struck before the origin.
    is_early: bool,
}

/// Turns [`Stamped`] messages into notes and controls.
#[derive(Clone, Debug)]
pub struct Recorder {
    tempo: TempoMap,
    begins: Origin,
    /// Time and tick from which all is counted; `None` until the first note where that is the origin.
    origin: Option<(u64, f64)>,
    held: [Option<Held>; 128],
    /// Where the last finished note of each pitch ends, so that none overlap.
    ends: [Tick; 128],
    notes: Vec<Note>,
    /// What wheels and pedals did before the origin, one entry a control.
    before: Vec<Control>,
    controls: Vec<ControlEvent>,
}

impl Recorder {
    /// A recorder that waits for its first message.
    pub fn new(tempo: TempoMap, begins: Origin) -> Self {
        let origin = match begins {
            Origin::At { stamp_micros, tick } => Some((stamp_micros, tick.max(0.0))),
            Origin::FirstNote { .. } => None,
        };
        Self {
            tempo,
            begins,
            origin,
            held: [None; 128],
            ends: [0; 128],
            notes: Vec::new(),
            before: Vec::new(),
            controls: Vec::new(),
        }
    }

    /// Whether it takes no more, having [`MAX_EVENTS`].
    pub fn is_full(&self) -> bool {
        self.notes.len() + self.controls.len() >= MAX_EVENTS
    }

    /// Takes a message. Anything that is neither note, controller, wheel, pressure nor program is left alone.
    pub fn push(&mut self, stamped: Stamped) {
        let [status, _, velocity] = stamped.message;
        if let Origin::FirstNote { tick } = self.begins
            && self.origin.is_none()
            && status & 0xF0 == 0x90
            && (1..128).contains(&velocity)
        {
            self.origin = Some((stamped.stamp_micros, tick.max(0.0)));
        }
        self.handle(self.moment(stamped.stamp_micros), stamped.message);
    }

    /// Takes a message whose place in the music the caller knows: `tick`, with its fraction.
    pub fn push_at(&mut self, tick: f64, message: [u8; 3]) {
        self.handle(self.moment_at(tick), message);
    }

    fn handle(&mut self, at: Moment, [status, first, second]: [u8; 3]) {
        if first > 127 || second > 127 {
            return; // not a channel message, whatever the status says
        }
        match (status & 0xF0, second) {
            (0x90, 1..) => self.note_on(at, first, second),
            (0x80 | 0x90, _) => self.note_off(at, first),
            (0xA0, _) => self.control(at, Control::KeyPressure { pitch: Pitch::clamped(first.into()), value: second }),
            (0xB0, _) if first == 120 || first >= 123 => self.release(at), // all sound off, all notes off, mode changes
            (0xB0, _) => self.control(at, Control::Controller { number: first, value: second }),
            (0xC0, _) => self.control(at, Control::Program(first)),
            (0xD0, _) => self.control(at, Control::Pressure(first)),
            (0xE0, _) => self.control(at, Control::PitchBend((i16::from(second) << 7 | i16::from(first)) - 8192)),
            _ => {} // clock, active sensing, system exclusive
        }
    }

    fn release(&mut self, at: Moment) {
        for pitch in 0..128 {
            self.note_off(at, pitch);
        }
    }

    /// The finished notes, in the order in which they ended.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The controls so far, in the order in which they came.
    pub fn controls(&self) -> &[ControlEvent] {
        &self.controls
    }

    /// The notes that are held now, grown to that time.
    pub fn held(&self, now_micros: u64) -> impl Iterator<Item = Note> + '_ {
        self.held_until(self.tick_at(now_micros).unwrap_or(0))
    }

    /// The notes that are held now, grown to that tick.
    pub fn held_until(&self, now: Tick) -> impl Iterator<Item = Note> + '_ {
        self.held.iter().zip(0..).filter_map(move |(held, pitch)| {
            held.map(|held| Note {
                start: held.start,
                pitch: Pitch::clamped(pitch),
                duration: now.saturating_sub(held.start).max(1),
                velocity: held.velocity,
            })
        })
    }

    /// What a stop at that time would give; the recording goes on. For saving as it goes.
    pub fn snapshot(&self, now_micros: u64) -> Performance {
        self.clone().stop(now_micros)
    }

    /// Ends the recording: closes held notes, lifts pedals and centres the wheel, so that nothing hangs when it plays.
    pub fn stop(self, stamp_micros: u64) -> Performance {
        let at = self.moment(stamp_micros);
        self.stop_when(at)
    }

    /// The same where the caller knows the tick, with its fraction.
    pub fn stop_at(self, tick: f64) -> Performance {
        let at = self.moment_at(tick);
        self.stop_when(at)
    }

    fn stop_when(mut self, at: Moment) -> Performance {
        self.release(at);
        for control in self.sprung_back() {
            self.control(at, control);
        }
        let mut performance = Performance { notes: self.notes, controls: self.controls };
        if let Some((_, tick)) = self.origin {
            let tick = (tick.round() as Tick).min(MAX_TICK);
            let before = self.before.into_iter().filter(|control| !is_at_rest(*control));
            performance.controls.splice(0..0, before.map(|control| ControlEvent { tick, control }));
        }
        performance.notes.sort_unstable();
        performance.controls.sort_by_key(|event| event.tick); // stable: what came first stays first
        performance
    }

    /// The tick of a stamp, or `None` while time has not begun. Never before the origin's tick.
    pub fn tick_at(&self, stamp_micros: u64) -> Option<Tick> {
        let (origin_micros, origin_tick) = self.origin?;
        let seconds = stamp_micros.saturating_sub(origin_micros) as f64 / 1e6;
        let tempo = &self.tempo;
        let whole = origin_tick.min(f64::from(MAX_TICK)).floor();
        let per_tick = f64::from(tempo.change_at(whole as Tick).micros_per_quarter) / f64::from(TICKS_PER_QUARTER);
        let origin_seconds = tempo.seconds_from_tick(whole as Tick) + (origin_tick - whole) * per_tick / 1e6;
        Some((tempo.tick_from_seconds(origin_seconds + seconds).round() as Tick).min(MAX_TICK))
    }

    fn moment(&self, stamp_micros: u64) -> Moment {
        Moment { tick: self.tick_at(stamp_micros), is_before: self.is_before(stamp_micros) }
    }

    fn moment_at(&self, tick: f64) -> Moment {
        let origin = self.origin.map_or(0.0, |(_, origin)| origin);
        Moment { tick: Some((tick.max(origin).round() as Tick).min(MAX_TICK)), is_before: tick < origin }
    }

    /// Whether a stamp lies before the origin, in the count-in.
    fn is_before(&self, stamp_micros: u64) -> bool {
        self.origin.is_none_or(|(origin_micros, _)| stamp_micros < origin_micros)
    }

    fn note_on(&mut self, at: Moment, pitch: u8, velocity: u8) {
        let slot = usize::from(pitch);
        if let Some(velocity) = Velocity::new(velocity)
            && !self.is_full()
        {
            self.note_off(at, pitch); // a key struck twice: the first strike ends where the second begins
            let start = at.tick.unwrap_or(0).max(self.ends[slot]);
            let is_early = at.is_before;
            self.held[slot] = Some(Held { start, velocity, is_early });
        }
    }

    fn note_off(&mut self, at: Moment, pitch: u8) {
        let slot = usize::from(pitch);
        let Some(held) = self.held[slot].take() else {
            return; // struck before the recording, or closed already
        };
        if held.is_early && at.is_before {
            return; // played and let go within the count-in
        }
        let duration = at.tick.unwrap_or(0).saturating_sub(held.start).max(1);
        let note = Note { start: held.start, pitch: Pitch::clamped(pitch.into()), duration, velocity: held.velocity };
        self.ends[slot] = note.end();
        self.notes.push(note);
    }

    fn control(&mut self, at: Moment, control: Control) {
        if at.is_before {
            self.before.retain(|other| !is_same_control(*other, control));
            self.before.push(control);
        } else if let Some(tick) = at.tick
            && !self.is_full()
        {
            self.controls.push(ControlEvent { tick, control });
        }
    }

    fn sprung_back(&self) -> Vec<Control> {
        sprung_back(self.before.iter().copied().chain(self.controls.iter().map(|event| event.control)))
    }
}

/// What lifts the pedals that are down and centres the wheel, if they are not so already.
fn sprung_back(all: impl Iterator<Item = Control>) -> Vec<Control> {
    let mut last: Vec<Control> = Vec::new();
    for control in all {
        let Some(rest) = at_rest(control) else { continue };
        last.retain(|other| !is_same_control(*other, rest));
        if control != rest {
            last.push(rest);
        }
    }
    last
}

/// The same pedal, wheel or pressure let go; `None` for what stays where it is put.
fn at_rest(control: Control) -> Option<Control> {
    match control {
        Control::Controller { number: number @ 64..=69, .. } => Some(Control::Controller { number, value: 0 }),
        Control::PitchBend(_) => Some(Control::PitchBend(0)),
        Control::Pressure(_) => Some(Control::Pressure(0)),
        Control::KeyPressure { pitch, .. } => Some(Control::KeyPressure { pitch, value: 0 }),
        Control::Controller { .. } | Control::Program(_) => None,
    }
}

fn is_at_rest(control: Control) -> bool {
    at_rest(control) == Some(control)
}

/// Whether two controls set the same thing.
fn is_same_control(one: Control, other: Control) -> bool {
    match (one, other) {
        (Control::Controller { number: a, .. }, Control::Controller { number: b, .. }) => a == b,
        (Control::KeyPressure { pitch: a, .. }, Control::KeyPressure { pitch: b, .. }) => a == b,
        _ => std::mem::discriminant(&one) == std::mem::discriminant(&other),
    }
}

#[cfg(test)]
mod tests;
