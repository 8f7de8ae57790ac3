//! From the channels' sound to what is heard: faders, pan, sends, two effects, meters.
//!
//! [`Mixer::mix`] works in place: after it, each channel's bus holds its sound after its own fader and pan, dry. Stems
//! are these buses; the effects' output is a bus of its own ([`Mixer::returns`]), since one reverb serves all parts.
//! After the master fader, stems and returns add up to the input of the limiter.

pub(super) mod buses;
mod effects;
mod reverb;

use self::buses::{Bus, Buses, add_scaled};
use self::effects::Effect;
use super::block::{BLOCK_FRAMES, CHANNELS};
use super::synth::{Message, Receiver};

/// The share of the distance to its target that a fader moves in a block: 90 % in 10 ms at 48 kHz.
const RAMP_PER_BLOCK: f32 = 0.27;
/// Closer than this, a fader has reached its target.
const CLOSE: f32 = 1e-4;
/// How much of a meter's level is left after a block: half in some 100 ms at 48 kHz.
const METER_FALL: f32 = 0.991;

/// Controllers that are the mixer's, and not the synth's.
pub(super) const VOLUME: u8 = 7;
pub(super) const PAN: u8 = 10;
pub(super) const REVERB: u8 = 91;
pub(super) const CHORUS: u8 = 93;

/// What a channel is reset to.
const DEFAULTS: [(u8, u8); 4] = [(VOLUME, 100), (PAN, 64), (REVERB, 40), (CHORUS, 0)];

/// A gain that glides to its target.
#[derive(Clone, Copy, Debug)]
struct Ramp {
    now: f32,
    target: f32,
}

impl Ramp {
    const fn at(gain: f32) -> Self {
        Self { now: gain, target: gain }
    }

    fn finish(&mut self) {
        self.now = self.target;
    }

    /// Where it is at the beginning and at the end of the next block.
    fn next(&mut self) -> [f32; 2] {
        let from = self.now;
        self.now += (self.target - self.now) * RAMP_PER_BLOCK;
        if (self.target - self.now).abs() < CLOSE {
            self.now = self.target;
        }
        [from, self.now]
    }
}

/// A fader's gain: 100, where General MIDI has it at first, changes nothing; 0 is silence (GM's square law).
fn fader_gain(value: u8) -> f32 {
    (f32::from(value) / 100.0).powi(2)
}

/// Left and right gain of a pan from 0 to 127; constant power, and the middle (64) changes nothing.
fn pan_gains(pan: u8) -> [f32; 2] {
    let side = (f32::from(pan) - 64.0) / if pan < 64 { 64.0 } else { 63.0 };
    let angle = (side + 1.0) * std::f32::consts::FRAC_PI_4;
    [angle.cos(), angle.sin()].map(|gain| if pan == 64 { 1.0 } else { gain.max(0.0) * std::f32::consts::SQRT_2 })
}

/// A channel strip.
#[derive(Clone, Debug)]
struct Strip {
    volume: u8,
    pan: u8,
    left: Ramp,
    right: Ramp,
    reverb: Ramp,
    chorus: Ramp,
    peaks: [f32; 2],
}

impl Strip {
    const START: Self = Self {
        volume: 100,
        pan: 64,
        left: Ramp::at(1.0),
        right: Ramp::at(1.0),
        reverb: Ramp::at(0.0),
        chorus: Ramp::at(0.0),
        peaks: [0.0; 2],
    };

    fn control(&mut self, number: u8, value: u8) {
        let value = value.min(127);
        match number {
            VOLUME => self.volume = value,
            PAN => self.pan = value,
            REVERB => self.reverb.target = f32::from(value) / 127.0,
            CHORUS => self.chorus.target = f32::from(value) / 127.0,
            _ => {}
        }
        let (fader, [left, right]) = (fader_gain(self.volume), pan_gains(self.pan));
        (self.left.target, self.right.target) = (fader * left, fader * right);
    }

    fn ramps(&mut self) -> [&mut Ramp; 4] {
        [&mut self.left, &mut self.right, &mut self.reverb, &mut self.chorus]
    }
}

/// See the module.
pub(super) struct Mixer {
    strips: Box<[Strip]>,
    reverb: Effect,
    chorus: Effect,
    returns: Bus,
    master: Ramp,
    /// The channels that had sound in the block before: a fader only glides under sound.
    sounding: [bool; CHANNELS],
}

impl Mixer {
    /// Allocates; not for the callback.
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            strips: vec![Strip::START; CHANNELS].into(),
            reverb: Effect::reverb(sample_rate_hz),
            chorus: Effect::chorus(sample_rate_hz),
            returns: Bus::SILENT,
            master: Ramp::at(1.0),
            sounding: [false; CHANNELS],
        }
    }

    /// The effects for another rate. Allocates; not for the callback.
    pub fn set_sample_rate(&mut self, sample_rate_hz: u32) {
        self.reverb = Effect::reverb(sample_rate_hz);
        self.chorus = Effect::chorus(sample_rate_hz);
    }

    /// Whether a message is for the mixer alone, and not for the synth.
    pub const fn is_fader(message: Message) -> bool {
        matches!(message, Message::Controller(VOLUME | PAN | REVERB | CHORUS, _))
    }

    /// A control change; above 127, the value counts as 127. Controllers that are not the mixer's do nothing.
    fn control(&mut self, channel: usize, number: u8, value: u8) {
        self.strips[channel].control(number, value);
    }

    /// A channel's fader, pan and sends to their defaults.
    fn reset(&mut self, channel: usize) {
        for (number, value) in DEFAULTS {
            self.control(channel, number, value);
        }
    }

    /// The master fader, 0 to 127; 127 changes nothing (GM's square law), and so does more.
    pub fn set_master(&mut self, value: u8) {
        self.master.target = (f32::from(value.min(127)) / 127.0).powi(2);
    }

    /// The highest samples of the last moments after a channel's fader, left and right.
    pub fn peaks(&self, channel: usize) -> [f32; 2] {
        self.strips[channel].peaks
    }

    /// The effects' output of this block.
    #[cfg(test)]
    pub const fn returns(&self) -> &Bus {
        &self.returns
    }

    /// Mixes a block into `left` and `right`, overwriting them; see the module for what the buses hold afterwards.
    pub fn mix(&mut self, buses: &mut Buses, left: &mut [f32; BLOCK_FRAMES], right: &mut [f32; BLOCK_FRAMES]) {
        for (channel, strip) in self.strips.iter_mut().enumerate() {
            strip.peaks = strip.peaks.map(|peak| peak * METER_FALL);
            if !self.sounding[channel] {
                strip.ramps().into_iter().for_each(Ramp::finish);
            }
        }
        if !self.sounding.contains(&true) && !self.reverb.is_sounding() && !self.chorus.is_sounding() {
            self.master.finish();
        }
        (*left, *right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
        self.sounding = [false; CHANNELS];
        for (channel, bus) in buses.used() {
            self.sounding[channel] = true;
            let strip = &mut self.strips[channel];
            scale(&mut bus.left, strip.left.next());
            scale(&mut bus.right, strip.right.next());
            for (held, side) in strip.peaks.iter_mut().zip([&bus.left, &bus.right]) {
                *held = side.iter().fold(*held, |peak, sample| peak.max(sample.abs()));
            }
            add_scaled(left, &bus.left, 1.0);
            add_scaled(right, &bus.right, 1.0);
            self.reverb.send(bus, strip.reverb.next());
            self.chorus.send(bus, strip.chorus.next());
        }
        self.returns = Bus::SILENT;
        self.chorus.process(&mut self.returns);
        self.reverb.process(&mut self.returns);
        add_scaled(left, &self.returns.left, 1.0);
        add_scaled(right, &self.returns.right, 1.0);
        let master = self.master.next();
        scale(left, master);
        scale(right, master);
    }
}

impl Receiver for Mixer {
    fn send(&mut self, channel: usize, message: Message) {
        match message {
            Message::Controller(number, value) => self.control(channel, number, value),
            Message::ResetControllers => self.reset(channel),
            _ => {}
        }
    }
}

/// Multiplies by a gain that goes from one to another.
fn scale(sound: &mut [f32; BLOCK_FRAMES], [from, to]: [f32; 2]) {
    if from == to {
        if to != 1.0 {
            for sample in sound {
                *sample *= to;
            }
        }
        return;
    }
    let step = (to - from) / BLOCK_FRAMES as f32;
    for (sample, frame) in sound.iter_mut().zip(1_u16..) {
        *sample *= from + step * f32::from(frame);
    }
}

#[cfg(test)]
mod tests;
