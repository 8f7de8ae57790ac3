//! Plays a schedule on a synth, frame by frame: the transport, chasing, looping, count-in and metronome.
//!
//! Knows no devices, threads or clocks. Runs in the audio callback, so nothing here allocates, frees or waits; offline
//! rendering and tests run the very same code.

mod parts;

use std::ops::Range;
use std::sync::Arc;

use self::parts::Parts;
use super::metronome::{Beat, Clicker, beat_from};
use super::schedule::{EXACT_PER_SECOND, Exact, Mix, Schedule};
use super::synth::{Message, Receiver};
use super::transport::Timeline;
use crate::music::Tick;

/// Shorter loops would be a buzz, and could pass within one frame.
const SHORTEST_LOOP: Exact = EXACT_PER_SECOND / 100;

/// What happens to held notes when the music jumps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeldNotes {
    /// All end; those that should be held are started again.
    Restart,
    /// Those that should be held go on.
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

/// Where the music is, in the callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Playhead {
    pub at: Exact,
    pub playing: bool,
    pub count_in_beats_left: Option<u32>,
}

/// See the module.
pub(super) struct Sequencer {
    schedule: Arc<Schedule>,
    timeline: Timeline,
    /// The event that comes next.
    cursor: usize,
    playing: bool,
    count_in: Option<CountIn>,
    loop_ticks: Option<Range<Tick>>,
    /// Of `loop_ticks`; `None` also once the music is past the loop's end.
    loop_ahead: Option<Range<Exact>>,
    stop_at_end: bool,
    click_volume: Option<f32>,
    next_click: Option<Beat>,
    parts: Parts,
    /// Jumps so far: the clock must not extrapolate over them.
    jumps: u64,
}

impl Sequencer {
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            schedule: Arc::default(),
            timeline: Timeline::new(sample_rate_hz),
            cursor: 0,
            playing: false,
            count_in: None,
            loop_ticks: None,
            loop_ahead: None,
            stop_at_end: false,
            click_volume: None,
            next_click: None,
            parts: Parts::new(),
            jumps: 0,
        }
    }

    pub fn playhead(&self) -> Playhead {
        Playhead {
            at: self.timeline.now(),
            playing: self.playing,
            count_in_beats_left: self.count_in.map(|count_in| count_in.beats_to_come(self.timeline.now())),
        }
    }

    pub fn jumps(&self) -> u64 {
        self.jumps
    }

    /// How many parts the schedule has.
    pub fn part_count(&self) -> usize {
        self.schedule.parts.len()
    }

    pub fn set_sample_rate(&mut self, sample_rate_hz: u32) {
        self.timeline.set_sample_rate(sample_rate_hz);
    }

    /// Sends everything to another synth.
    pub fn set_up(&mut self, synth: &mut dyn Receiver) {
        for part in 0..self.part_count() {
            self.parts.resend(part, synth);
        }
        self.chase(self.timeline.now(), self.while_playing(HeldNotes::Restart), synth);
    }

    /// Swaps the schedule; the position in ticks stays, and notes that are in both go on. Returns the old one.
    pub fn set_schedule(&mut self, schedule: Arc<Schedule>, synth: &mut dyn Receiver) -> Arc<Schedule> {
        let now = self.timeline.now();
        let at = if self.schedule.time == schedule.time {
            now
        } else {
            schedule.time.exact_from_fraction(self.schedule.time.tick_from_exact(now))
        };
        for part in schedule.parts.len()..self.part_count() {
            self.parts.end_notes(part, synth);
        }
        let known = self.part_count();
        let old = std::mem::replace(&mut self.schedule, schedule);
        for part in 0..self.part_count() {
            let setup = self.schedule.parts[part];
            if part >= known {
                self.parts.add(part, setup, synth);
            } else {
                self.set_mix(part, setup.mix, synth);
            }
        }
        if at != now {
            self.timeline.jump(at);
        }
        if let Some(count_in) = &mut self.count_in {
            // the count-in goes on; only where the music starts may have moved
            count_in.until += at - now;
        }
        self.chase(at, self.while_playing(HeldNotes::Keep), synth);
        old
    }

    pub fn play(&mut self, synth: &mut dyn Receiver) {
        if self.playing && self.count_in.is_none() {
            return;
        }
        let mut from = self.count_in.take().map_or(self.timeline.now(), |count_in| count_in.until);
        if self.stop_at_end && self.loop_ticks.is_none() && from >= self.schedule.end {
            from = 0;
        }
        self.playing = true;
        self.jump(from, synth);
    }

    /// Plays after a count-in in the tempo and metre of where it is.
    pub fn play_with_count_in(&mut self, bars: u32, synth: &mut dyn Receiver) {
        if bars == 0 {
            return self.play(synth);
        }
        self.pause(synth);
        let until = self.timeline.now();
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
        self.chase(until, HeldNotes::End, synth);
        self.timeline.jump(count_in.next_click());
        self.count_in = Some(count_in);
    }

    pub fn pause(&mut self, synth: &mut dyn Receiver) {
        if !self.playing {
            return;
        }
        self.playing = false;
        self.jumps += 1;
        if let Some(count_in) = self.count_in.take() {
            self.timeline.jump(count_in.until);
        }
        for part in 0..self.part_count() {
            self.parts.end_notes(part, synth);
        }
    }

    /// Pauses where the music was shown last, if that is ahead: a playhead that stops does not go back.
    pub fn pause_from(&mut self, shown: Option<Exact>, synth: &mut dyn Receiver) {
        let end = self.loop_ahead.as_ref().map(|range| range.end - 1);
        let end = end.or(self.stop_at_end.then_some(self.schedule.end)).unwrap_or(Exact::MAX);
        let shown = shown.map(|shown| shown.min(end)).filter(|shown| *shown > self.timeline.now());
        if let Some(shown) = shown.filter(|_| self.playing && self.count_in.is_none()) {
            self.timeline.jump(shown);
        }
        self.pause(synth);
    }

    /// Stops and goes back to the start, or the loop's.
    pub fn stop(&mut self, synth: &mut dyn Receiver) {
        self.pause(synth);
        let start = self.loop_ticks.as_ref().map_or(0, |range| range.start);
        self.seek(start, synth);
    }

    pub fn seek(&mut self, tick: Tick, synth: &mut dyn Receiver) {
        self.count_in = None;
        self.jump(self.schedule.time.exact_from_tick(tick), synth);
    }

    pub fn set_loop(&mut self, range: Option<Range<Tick>>) {
        self.loop_ticks = range;
        self.find_loop_ahead(self.timeline.now());
    }

    pub fn set_stop_at_end(&mut self, on: bool) {
        self.stop_at_end = on;
    }

    /// `None` turns it off; the volume is 0 to 1.
    pub fn set_metronome(&mut self, volume: Option<f32>) {
        self.click_volume = volume;
        self.find_next_beat(self.timeline.now());
    }

    fn set_mix(&mut self, part: usize, mix: Mix, synth: &mut dyn Receiver) {
        let is_to_start = self.parts.set_mix(part, mix, synth);
        if is_to_start && self.while_playing(HeldNotes::Restart) == HeldNotes::Restart {
            self.schedule.state_at(self.timeline.now(), &mut self.parts.wanted);
            self.parts.start_wanted_notes(part, synth);
        }
    }

    /// Silences everything at once and sends all controllers again; notes sound again from the next that begins.
    pub fn panic(&mut self, synth: &mut dyn Receiver) {
        for part in 0..self.part_count() {
            synth.send(part, Message::Silence);
            self.parts.resend(part, synth);
        }
    }

    /// Once a block, before anything else in it.
    pub fn begin_block(&mut self, synth: &mut dyn Receiver) {
        for part in 0..self.part_count() {
            self.parts.continue_fade(part, synth);
        }
    }

    /// Sends everything that is due at the present frame.
    pub fn dispatch(&mut self, synth: &mut dyn Receiver, clicker: &mut Clicker) {
        if !self.playing || !self.dispatch_count_in(synth, clicker) {
            return;
        }
        if let Some(range) = self.loop_ahead.clone()
            && self.timeline.frames_until(range.end) == 0
        {
            self.timeline.shift_back(range.end - range.start);
            self.jumps += 1;
            self.chase(range.start, HeldNotes::Restart, synth);
            self.find_next_beat(range.start);
        }
        if let (Some(volume), Some(beat)) = (self.click_volume, self.next_click)
            && self.timeline.frames_until(beat.at) == 0
        {
            clicker.trigger(beat.accented, volume);
            // at absurd tempi several beats share a frame; one click is enough
            self.find_next_beat(self.timeline.now().max(beat.at) + 1);
        }
        while let Some(&event) = self.schedule.events.get(self.cursor)
            && self.timeline.frames_until(event.at) == 0
        {
            self.cursor += 1;
            self.parts.send_event(event, synth);
        }
        if self.stop_at_end && self.loop_ahead.is_none() && self.timeline.frames_until(self.schedule.end) == 0 {
            self.pause(synth);
        }
    }

    /// Frames until something is due, at most `limit`, at least 1.
    pub fn frames_until_next(&self, limit: u64) -> u64 {
        if !self.playing {
            return limit;
        }
        let until = |at: Option<Exact>| at.map_or(limit, |at| self.timeline.frames_until(at));
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
            self.timeline.advance(frames);
        }
    }

    /// Clicks the count-in. Whether the music itself plays.
    fn dispatch_count_in(&mut self, synth: &mut dyn Receiver, clicker: &mut Clicker) -> bool {
        let Some(count_in) = &mut self.count_in else { return true };
        if count_in.beats_left > 0 && self.timeline.frames_until(count_in.next_click()) == 0 {
            let accented = count_in.beats_left % count_in.beats_per_bar == 0;
            clicker.trigger(accented, self.click_volume.unwrap_or(0.7));
            count_in.beats_left -= 1;
        }
        if self.timeline.frames_until(count_in.until) > 0 {
            return false;
        }
        let until = count_in.until;
        self.count_in = None;
        self.chase(until, HeldNotes::Restart, synth);
        self.find_next_beat(until);
        true
    }

    fn jump(&mut self, to: Exact, synth: &mut dyn Receiver) {
        self.timeline.jump(to);
        self.jumps += 1;
        self.chase(to, self.while_playing(HeldNotes::Restart), synth);
    }

    /// Notes only sound while music plays.
    fn while_playing(&self, held: HeldNotes) -> HeldNotes {
        if self.playing && self.count_in.is_none() { held } else { HeldNotes::End }
    }

    fn find_loop_ahead(&mut self, now: Exact) {
        let time = &self.schedule.time;
        let range =
            self.loop_ticks.as_ref().map(|range| time.exact_from_tick(range.start)..time.exact_from_tick(range.end));
        self.loop_ahead = range.filter(|range| range.end - range.start >= SHORTEST_LOOP && now < range.end);
    }

    fn find_next_beat(&mut self, from: Exact) {
        self.next_click = self.click_volume.map(|_| beat_from(from, &self.schedule.time, &self.schedule.metre));
    }

    /// Sets instruments, controllers and notes to what they should be at a position.
    fn chase(&mut self, at: Exact, held: HeldNotes, synth: &mut dyn Receiver) {
        self.find_loop_ahead(at);
        self.find_next_beat(at);
        self.cursor = self.schedule.state_at(at, &mut self.parts.wanted);
        for part in 0..self.part_count() {
            if held != HeldNotes::Keep {
                self.parts.end_notes(part, synth);
            }
            self.parts.send_changes(part, synth);
            self.parts.end_unwanted_notes(part, synth);
            if held != HeldNotes::End {
                self.parts.start_wanted_notes(part, synth);
            }
        }
        if held == HeldNotes::Restart {
            for note in self.schedule.held_by_pedal(at) {
                self.parts.start_pedalled(note, synth);
            }
        }
    }
}

#[cfg(test)]
mod tests;
