//! Plays a schedule on a synth, frame by frame: the transport, chasing, looping, count-in and metronome.
//!
//! Pure of devices, threads and clocks. Runs inside the audio callback, so nothing here allocates, frees or waits;
//! offline rendering and tests drive the very same code.

use std::ops::Range;
use std::sync::Arc;

use crate::music::{Control, Tick};

use super::metronome::{Beat, Clicker, beat_from};
use super::schedule::{EXACT_PER_SECOND, Event, Exact, Mix, PartState, Schedule, State, UNSET, What};
use super::synth::{MAX_PARTS, Synth};
use super::transport::Line;

/// Shorter loops would be a buzz, and could pass within one frame.
const SHORTEST_LOOP: Exact = EXACT_PER_SECOND / 100;
/// Blocks between turning a muted part down and ending its voices: long enough for the synth's own ramp, against clicks.
const FADE_BLOCKS: u8 = 3;

/// What becomes of sounding notes when the music jumps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// All end; what should sound is struck.
    Restrike,
    /// What should go on goes on.
    Keep,
    /// All end.
    End,
}

#[derive(Clone, Copy, Debug)]
struct CountIn {
    /// Where the music starts.
    until: Exact,
    beat: Exact,
    beats_left: u32,
    beats_per_bar: u32,
}

impl CountIn {
    /// Beats that have not ended yet.
    fn beats_to_come(&self, now: Exact) -> u32 {
        ((self.until - now + self.beat - 1) / self.beat.max(1)).max(1) as u32
    }

    fn next_click(&self) -> Exact {
        self.until - Exact::from(self.beats_left) * self.beat
    }
}

/// Where the music is, as the callback knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub at: Exact,
    pub playing: bool,
    pub count_in_beats_left: Option<u32>,
}

/// See the module.
pub(super) struct Sequencer {
    schedule: Arc<Schedule>,
    line: Line,
    /// The event that comes next.
    cursor: usize,
    playing: bool,
    count_in: Option<CountIn>,
    loop_ticks: Option<Range<Tick>>,
    /// Of `loop_ticks`; `None` also where the music is past the loop's end.
    loop_ahead: Option<Range<Exact>>,
    stop_at_end: bool,
    click_volume: Option<f32>,
    next_click: Option<Beat>,
    /// What the synth was told.
    applied: State,
    /// What it should have been told: scratch for jumps.
    wanted: State,
    mixes: Box<[Mix]>,
    /// Blocks until a part that was muted is silenced for good.
    fading: Box<[u8]>,
    /// Jumps so far: the clock must not draw a line through them.
    jumps: u64,
}

impl Sequencer {
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            schedule: Arc::default(),
            line: Line::new(sample_rate_hz),
            cursor: 0,
            playing: false,
            count_in: None,
            loop_ticks: None,
            loop_ahead: None,
            stop_at_end: false,
            click_volume: None,
            next_click: None,
            applied: State::default(),
            wanted: State::default(),
            mixes: vec![Mix::START; MAX_PARTS].into(),
            fading: vec![0; MAX_PARTS].into(),
            jumps: 0,
        }
    }

    pub fn place(&self) -> Place {
        Place {
            at: self.line.now(),
            playing: self.playing,
            count_in_beats_left: self.count_in.map(|count_in| count_in.beats_to_come(self.line.now())),
        }
    }

    /// Exact units in a second of the clock.
    pub fn speed(&self) -> Exact {
        self.line.speed()
    }

    pub fn jumps(&self) -> u64 {
        self.jumps
    }

    /// How many parts the schedule has.
    pub fn parts(&self) -> usize {
        self.schedule.parts.len()
    }

    pub fn set_sample_rate(&mut self, sample_rate_hz: u32) {
        self.line.set_sample_rate(sample_rate_hz);
    }

    /// Another synth: told everything anew.
    pub fn set_up(&mut self, synth: &mut dyn Synth) {
        for part in 0..self.schedule.parts.len() {
            self.applied.parts[part].held = [0; 128];
            self.tell_all(part, synth);
        }
        self.chase(self.line.now(), self.held_now(Held::Restrike), synth);
    }

    /// Swaps the schedule, the place in ticks kept; what goes on sounding in both goes on. Returns the old one.
    pub fn set_schedule(&mut self, schedule: Arc<Schedule>, synth: &mut dyn Synth) -> Arc<Schedule> {
        let now = self.line.now();
        let place = if self.schedule.time == schedule.time {
            now
        } else {
            schedule.time.exact_from_fraction(self.schedule.time.tick_from_exact(now))
        };
        for part in schedule.parts.len()..self.schedule.parts.len() {
            self.end_notes(part, synth);
        }
        let known = self.schedule.parts.len();
        let old = std::mem::replace(&mut self.schedule, schedule);
        for part in 0..self.schedule.parts.len() {
            let setup = self.schedule.parts[part];
            if part >= known {
                self.mixes[part] = setup.mix;
                self.applied.parts[part].program = setup.program;
                self.applied.parts[part].is_drum = setup.is_drum;
                self.tell_all(part, synth);
            } else if self.mixes[part] != setup.mix {
                self.set_mix(part, setup.mix, synth);
            }
        }
        if place != now {
            self.line.jump(place);
        }
        if let Some(count_in) = &mut self.count_in {
            // The count-in's line stands; only where the music starts may have moved.
            count_in.until += place - now;
        }
        self.chase(place, self.held_now(Held::Keep), synth);
        old
    }

    pub fn play(&mut self, synth: &mut dyn Synth) {
        if self.playing && self.count_in.is_none() {
            return;
        }
        let mut from = self.count_in.take().map_or(self.line.now(), |count_in| count_in.until);
        if self.stop_at_end && self.loop_ticks.is_none() && from >= self.schedule.end {
            from = 0;
        }
        self.playing = true;
        self.jump(from, synth);
    }

    /// Plays after a count-in in the tempo and metre of where it is.
    pub fn play_with_count_in(&mut self, bars: u32, synth: &mut dyn Synth) {
        if bars == 0 {
            return self.play(synth);
        }
        self.pause(synth);
        let until = self.line.now();
        let tick = self.schedule.time.tick_from_exact(until).max(0.0) as Tick;
        let metre = self.schedule.metre.metre_at(tick);
        let beats_per_bar = u32::from(metre.numerator());
        let count_in = CountIn {
            until,
            beat: Exact::from(metre.beat_ticks()) * self.schedule.time.per_tick(tick),
            beats_left: bars.min(8) * beats_per_bar,
            beats_per_bar,
        };
        self.playing = true;
        self.chase(until, Held::End, synth);
        self.line.jump(count_in.next_click());
        self.count_in = Some(count_in);
    }

    pub fn pause(&mut self, synth: &mut dyn Synth) {
        if !self.playing {
            return;
        }
        self.playing = false;
        self.jumps += 1;
        if let Some(count_in) = self.count_in.take() {
            self.line.jump(count_in.until);
        }
        for part in 0..self.schedule.parts.len() {
            self.end_notes(part, synth);
        }
    }

    /// Stops and goes back to the start, or the loop's.
    pub fn stop(&mut self, synth: &mut dyn Synth) {
        self.pause(synth);
        let start = self.loop_ticks.as_ref().map_or(0, |range| range.start);
        self.seek(start, synth);
    }

    pub fn seek(&mut self, tick: Tick, synth: &mut dyn Synth) {
        self.count_in = None;
        self.jump(self.schedule.time.exact_from_tick(tick), synth);
    }

    pub fn set_loop(&mut self, range: Option<Range<Tick>>) {
        self.loop_ticks = range;
        self.look_for_loop(self.line.now());
    }

    pub fn set_stop_at_end(&mut self, on: bool) {
        self.stop_at_end = on;
    }

    pub fn set_scale(&mut self, scale_milli: u32) {
        self.line.set_scale(scale_milli);
        self.jumps += 1;
    }

    /// `None` turns it off; the volume is 0 to 1.
    pub fn set_metronome(&mut self, volume: Option<f32>) {
        self.click_volume = volume;
        self.look_for_beat(self.line.now());
    }

    /// How a part stands in the mix, at once.
    fn set_mix(&mut self, part: usize, mix: Mix, synth: &mut dyn Synth) {
        let Some(known) = self.mixes.get_mut(part) else { return };
        let was_audible = known.is_audible();
        // A fader that is moved wins over what the score said before; its next controller wins again.
        let controllers = &mut self.applied.parts[part].controllers;
        if known.volume != mix.volume {
            controllers[7] = UNSET;
        }
        if known.pan != mix.pan {
            controllers[10] = UNSET;
        }
        if known.reverb != mix.reverb {
            controllers[91] = UNSET;
        }
        if known.chorus != mix.chorus {
            controllers[93] = UNSET;
        }
        *known = mix;
        if part >= self.schedule.parts.len() {
            return;
        }
        match (was_audible, mix.is_audible()) {
            (true, false) => {
                synth.control(part, 7, 0);
                synth.control(part, 11, 0);
                self.fading[part] = FADE_BLOCKS;
            }
            (false, true) => {
                self.finish_fade(part, synth);
                self.tell_mix(part, synth);
                if self.held_now(Held::Restrike) == Held::Restrike {
                    self.schedule.state_at(self.line.now(), &mut self.wanted);
                    self.strike_wanted(part, synth);
                }
            }
            (true, true) => self.tell_mix(part, synth),
            (false, false) => {}
        }
    }

    /// Silence at once; controllers as they should be, notes come again with the next that begins.
    pub fn panic(&mut self, synth: &mut dyn Synth) {
        for part in 0..self.schedule.parts.len() {
            synth.silence(part);
            self.applied.parts[part].held = [0; 128];
            self.tell_all(part, synth);
        }
    }

    /// Once a block, before anything else of it.
    pub fn begin_block(&mut self, synth: &mut dyn Synth) {
        for part in 0..self.schedule.parts.len() {
            match self.fading[part] {
                0 => {}
                1 => self.finish_fade(part, synth),
                _ => self.fading[part] -= 1,
            }
        }
    }

    /// Does all that is due at the present frame.
    pub fn dispatch(&mut self, synth: &mut dyn Synth, clicker: &mut Clicker) {
        if !self.playing || !self.dispatch_count_in(synth, clicker) {
            return;
        }
        if let Some(range) = self.loop_ahead.clone()
            && self.line.frames_until(range.end) == 0
        {
            self.line.shift_back(range.end - range.start);
            self.jumps += 1;
            self.chase(range.start, Held::Restrike, synth);
            self.look_for_beat(range.start);
        }
        if let (Some(volume), Some(beat)) = (self.click_volume, self.next_click)
            && self.line.frames_until(beat.at) == 0
        {
            clicker.strike(beat.accented, volume);
            // At absurd tempi several beats share a frame; one click is enough.
            self.look_for_beat(self.line.now().max(beat.at) + 1);
        }
        while let Some(&event) = self.schedule.events.get(self.cursor)
            && self.line.frames_until(event.at) == 0
        {
            self.cursor += 1;
            self.emit(event, synth);
        }
        if self.stop_at_end && self.loop_ahead.is_none() && self.line.frames_until(self.schedule.end) == 0 {
            self.pause(synth);
        }
    }

    /// Frames until something is due, at most `limit`, at least 1.
    pub fn frames_until_next(&self, limit: u64) -> u64 {
        if !self.playing {
            return limit;
        }
        let until = |at: Option<Exact>| at.map_or(limit, |at| self.line.frames_until(at));
        let nearest = if let Some(count_in) = self.count_in {
            until(Some(count_in.next_click().min(count_in.until)))
        } else {
            let event = self.schedule.events.get(self.cursor).map(|event| event.at);
            let click = self.click_volume.and(self.next_click).map(|beat| beat.at);
            let end = (self.stop_at_end && self.loop_ahead.is_none()).then_some(self.schedule.end);
            let seam = self.loop_ahead.as_ref().map(|range| range.end);
            until(event).min(until(click)).min(until(end)).min(until(seam))
        };
        nearest.clamp(1, limit)
    }

    pub fn advance(&mut self, frames: u64) {
        if self.playing {
            self.line.advance(frames);
        }
    }

    /// Clicks the count-in. Whether the music itself is on.
    fn dispatch_count_in(&mut self, synth: &mut dyn Synth, clicker: &mut Clicker) -> bool {
        let Some(count_in) = &mut self.count_in else { return true };
        if count_in.beats_left > 0 && self.line.frames_until(count_in.next_click()) == 0 {
            let accented = count_in.beats_left % count_in.beats_per_bar == 0;
            clicker.strike(accented, self.click_volume.unwrap_or(0.7));
            count_in.beats_left -= 1;
        }
        if self.line.frames_until(count_in.until) > 0 {
            return false;
        }
        let until = count_in.until;
        self.count_in = None;
        self.chase(until, Held::Restrike, synth);
        self.look_for_beat(until);
        true
    }

    fn jump(&mut self, to: Exact, synth: &mut dyn Synth) {
        self.line.jump(to);
        self.jumps += 1;
        self.chase(to, self.held_now(Held::Restrike), synth);
    }

    /// Notes are only struck while music plays.
    fn held_now(&self, while_playing: Held) -> Held {
        if self.playing && self.count_in.is_none() { while_playing } else { Held::End }
    }

    fn look_for_loop(&mut self, now: Exact) {
        let time = &self.schedule.time;
        let range =
            self.loop_ticks.as_ref().map(|range| time.exact_from_tick(range.start)..time.exact_from_tick(range.end));
        self.loop_ahead = range.filter(|range| range.end - range.start >= SHORTEST_LOOP && now < range.end);
    }

    fn look_for_beat(&mut self, from: Exact) {
        self.next_click = self.click_volume.map(|_| beat_from(from, &self.schedule.time, &self.schedule.metre));
    }

    /// Brings instruments, controllers and notes to what they should be at a place.
    fn chase(&mut self, at: Exact, held: Held, synth: &mut dyn Synth) {
        self.look_for_loop(at);
        self.look_for_beat(at);
        self.cursor = self.schedule.state_at(at, &mut self.wanted);
        for part in 0..self.schedule.parts.len() {
            if held != Held::Keep {
                self.end_notes(part, synth);
            }
            self.bring_controls(part, synth);
            let applied = &mut self.applied.parts[part];
            let wanted = &self.wanted.parts[part];
            for pitch in 0..128 {
                if applied.held[pitch] > 0 && wanted.held[pitch] == 0 {
                    applied.held[pitch] = 0;
                    synth.note_off(part, pitch as u8);
                }
            }
            if held != Held::End {
                self.strike_wanted(part, synth);
            }
        }
    }

    fn strike_wanted(&mut self, part: usize, synth: &mut dyn Synth) {
        if !self.mixes[part].is_audible() {
            return;
        }
        for pitch in 0..128 {
            let velocity = self.wanted.parts[part].held[pitch];
            if velocity > 0 && self.applied.parts[part].held[pitch] == 0 {
                self.applied.parts[part].held[pitch] = velocity;
                synth.note_on(part, pitch as u8, velocity);
            }
        }
    }

    /// Tells the synth the differences between what it was told and `wanted`, notes excepted.
    fn bring_controls(&mut self, part: usize, synth: &mut dyn Synth) {
        let (applied, wanted) = (&mut self.applied.parts[part], &self.wanted.parts[part]);
        let instrument_changes = applied.program != wanted.program || applied.is_drum != wanted.is_drum;
        (applied.program, applied.is_drum) = (wanted.program, wanted.is_drum);
        let gone = |number: usize| applied.controllers[number] != UNSET && wanted.controllers[number] == UNSET;
        if (0..128).any(gone) || applied.controllers[0] != wanted.controllers[0] {
            applied.controllers = wanted.controllers;
            (applied.bend, applied.pressure) = (wanted.bend, wanted.pressure);
            return self.tell_all(part, synth);
        }
        for number in 0..128 {
            let value = wanted.controllers[number];
            if value != applied.controllers[number] {
                applied.controllers[number] = value;
                if !(number == 7 && self.fading[part] > 0) {
                    synth.control(part, number as u8, value);
                }
            }
        }
        if applied.bend != wanted.bend {
            applied.bend = wanted.bend;
            synth.pitch_bend(part, wanted.bend);
        }
        if applied.pressure != wanted.pressure {
            applied.pressure = wanted.pressure;
            synth.pressure(part, wanted.pressure);
        }
        if instrument_changes {
            synth.instrument(part, wanted.program, wanted.is_drum);
        }
    }

    /// Tells the synth everything about a part but its notes.
    fn tell_all(&self, part: usize, synth: &mut dyn Synth) {
        let applied: &PartState = &self.applied.parts[part];
        synth.reset_controls(part);
        self.tell_mix(part, synth);
        for (number, &value) in applied.controllers.iter().enumerate() {
            if value != UNSET && !matches!(number, 7 | 10 | 91 | 93) {
                synth.control(part, number as u8, value);
            }
        }
        synth.pitch_bend(part, applied.bend);
        synth.pressure(part, applied.pressure);
        synth.instrument(part, applied.program, applied.is_drum);
    }

    /// Volume, pan and sends: what the score said last, or how the part stands in the mix.
    fn tell_mix(&self, part: usize, synth: &mut dyn Synth) {
        let (applied, mix) = (&self.applied.parts[part], self.mixes[part]);
        let or = |value: u8, otherwise: u8| if value == UNSET { otherwise } else { value };
        if self.fading[part] == 0 {
            synth.control(part, 7, or(applied.controllers[7], mix.volume));
            synth.control(part, 11, or(applied.controllers[11], 127));
        }
        synth.control(part, 10, or(applied.controllers[10], mix.pan));
        synth.control(part, 91, or(applied.controllers[91], mix.reverb));
        synth.control(part, 93, or(applied.controllers[93], mix.chorus));
    }

    fn finish_fade(&mut self, part: usize, synth: &mut dyn Synth) {
        if self.fading[part] > 0 {
            self.fading[part] = 0;
            synth.silence(part);
            self.applied.parts[part].held = [0; 128];
            self.tell_mix(part, synth);
        }
    }

    fn end_notes(&mut self, part: usize, synth: &mut dyn Synth) {
        let applied = &mut self.applied.parts[part];
        // sustain and sostenuto; releasing lifts both
        let is_down = |pedal: usize| applied.controllers[pedal] != UNSET && applied.controllers[pedal] >= 64;
        let down = [64, 66].map(is_down);
        if down.contains(&true) || applied.held.iter().any(|velocity| *velocity > 0) {
            applied.held = [0; 128];
            synth.release_all(part);
            for (pedal, _) in [64, 66].into_iter().zip(down).filter(|(_, down)| *down) {
                applied.controllers[pedal] = 0;
            }
        }
    }

    fn emit(&mut self, event: Event, synth: &mut dyn Synth) {
        let part = usize::from(event.part);
        let audible = self.mixes[part].is_audible();
        let held = &mut self.applied.parts[part].held;
        match event.what {
            What::NoteOff { pitch } => {
                if std::mem::take(&mut held[usize::from(pitch)]) > 0 {
                    synth.note_off(part, pitch);
                }
            }
            What::NoteOn { pitch, velocity } => {
                if audible {
                    if std::mem::replace(&mut held[usize::from(pitch)], velocity) > 0 {
                        synth.note_off(part, pitch);
                    }
                    synth.note_on(part, pitch, velocity);
                }
            }
            What::Control(control) => {
                self.applied.apply(event.part, event.what);
                self.emit_control(part, control, synth);
            }
        }
    }

    fn emit_control(&mut self, part: usize, control: Control, synth: &mut dyn Synth) {
        match control {
            Control::Controller { number: 121, .. } => self.tell_all(part, synth),
            Control::Controller { number: 120, .. } => synth.silence(part),
            Control::Controller { number: 123..=127, .. } => synth.release_all(part),
            Control::Controller { number: 7 | 11, .. } if self.fading[part] > 0 => {}
            Control::Controller { number, value } => synth.control(part, number & 0x7F, value & 0x7F),
            Control::PitchBend(bend) => synth.pitch_bend(part, bend),
            Control::Pressure(value) => synth.pressure(part, value & 0x7F),
            Control::KeyPressure { pitch, value } => synth.key_pressure(part, pitch.get(), value & 0x7F),
            Control::Program(program) => synth.instrument(part, program & 0x7F, self.applied.parts[part].is_drum),
        }
    }
}

#[cfg(test)]
mod tests;
