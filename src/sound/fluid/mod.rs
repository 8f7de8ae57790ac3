//! The [`Synth`] that sounds: fluidlite's voices, each rendered from the very frame its note begins on.
//!
//! fluidlite renders 64 frames at a time and, left to itself, begins notes with its next such block. Here each voice
//! has blocks of its own, the first of which begins with the note. What a voice has rendered ahead of the present frame
//! is kept; it renders on as late as can be: at the present frame when something happens to its channel, else once a
//! block. Sums run in the order in which the notes began, so that the same notes give the same samples whatever
//! sounded before.

pub(super) mod ensemble;
mod raw;

use std::sync::Arc;

use self::raw::{Library, VOICES_PER_NOTE, VoiceNumber};
use super::block::{BLOCK_FRAMES, CHANNELS};
use super::mixer::buses::{Buses, add_scaled};
use super::soundfont::error::SoundFontError;
use super::soundfont::{Preset, SoundFont, nearest_preset};
use super::synth::{Message, Receiver, Synth};
use crate::music::parameters::Parameters;

/// Rates the synth's settings allow.
pub(super) const RATES_HZ: std::ops::RangeInclusive<u32> = 22_050..=96_000;

/// Voices at once, releases included; a stereo note takes two. 5 KB each.
const POLYPHONY: usize = 320;
/// So many sound undisturbed. The others are kept free, so that a chord finds some while others still fade out for it.
const UNDISTURBED_VOICES: usize = POLYPHONY - 48;
/// Voices that fluidlite has: where it ran short, it would choose by itself which one to cut.
const POOL: usize = POLYPHONY + VOICES_PER_NOTE;
/// How quickly a stolen voice fades out.
const STEAL_FADE_FRAMES: usize = 192;
/// How quickly a hi-hat closes: fluidlite itself would take most of a second.
const CHOKE_FADE_FRAMES: usize = 960;
/// How quickly a voice fades out where silence is wanted.
const SILENCE_FADE_FRAMES: usize = BLOCK_FRAMES;
/// Every how many frames the loudness of a voice is looked at.
const LEVEL_STRIDE: usize = 8;

/// The wheel at rest, with its usual range.
const WHEEL: (i16, [u8; 2]) = (0, [2, 0]);

/// A voice that sounds.
#[derive(Clone, Debug)]
struct Voice {
    number: VoiceNumber,
    /// The how-manyth note it belongs to.
    note: u64,
    channel: usize,
    key: u8,
    key_is_down: bool,
    /// The sostenuto pedal went down while its key was: it holds the note until it goes up.
    sostenuto: bool,
    /// The frame of the block that its sound has reached.
    at: usize,
    /// Its own block, of which the last so many frames are still to come.
    left: [f32; BLOCK_FRAMES],
    right: [f32; BLOCK_FRAMES],
    ahead: usize,
    /// It renders nothing more: what is ahead is the last of it.
    ended: bool,
    /// Notes of a channel that share one end each other; 0 is none.
    exclusive_class: i16,
    gain: f32,
    /// Taken off the gain with each frame; 0 where it does not fade.
    fade_per_frame: f32,
    /// How loud it was of late, roughly.
    level: f32,
}

impl Voice {
    /// Whether it will sound on unless something happens to it.
    fn is_staying(&self) -> bool {
        !self.ended && !self.is_fading()
    }

    const fn is_over(&self) -> bool {
        self.ended && self.ahead == 0
    }

    fn is_fading(&self) -> bool {
        self.fade_per_frame > 0.0
    }

    /// Fades to silence in so many frames at the latest.
    fn fade(&mut self, frames: usize) {
        self.key_is_down = false;
        self.fade_per_frame = self.fade_per_frame.max(1.0 / frames as f32);
    }

    /// Adds its sound up to a frame of the block.
    fn sound_to(&mut self, frame: usize, library: &mut Library, buses: &mut Buses) {
        while self.at < frame && !self.is_over() {
            if self.ahead == 0 {
                self.render(library);
            }
            let frames = self.ahead.min(frame - self.at);
            let from = BLOCK_FRAMES - self.ahead;
            let (from, to) = (from..from + frames, self.at..self.at + frames);
            let bus = buses.open(self.channel);
            if self.is_fading() {
                for (from, to) in from.zip(to) {
                    self.gain = (self.gain - self.fade_per_frame).max(0.0);
                    bus.left[to] += self.left[from] * self.gain;
                    bus.right[to] += self.right[from] * self.gain;
                }
            } else {
                add_scaled(&mut bus.left[to.clone()], &self.left[from.clone()], 1.0);
                add_scaled(&mut bus.right[to], &self.right[from], 1.0);
            }
            self.at += frames;
            self.ahead -= frames;
            if self.gain == 0.0 {
                library.cut(self.number);
                (self.ahead, self.ended) = (0, true);
            }
        }
    }

    /// Renders its next block.
    fn render(&mut self, library: &mut Library) {
        (self.left, self.right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
        library.render(self.number, &mut self.left, &mut self.right);
        self.ahead = BLOCK_FRAMES;
        self.ended = !library.is_playing(self.number);
        let louder = |level: f32, sample: &f32| if sample.abs() > level { sample.abs() } else { level };
        let level = |side: &[f32; BLOCK_FRAMES]| side.iter().step_by(LEVEL_STRIDE).fold(0.0, louder);
        self.level = level(&self.left).max(level(&self.right));
    }
}

/// See the module.
pub(super) struct FluidSynth {
    library: Library,
    presets: Arc<[Preset]>,
    /// What controllers 0 and 32 selected, for each channel.
    banks: [[u8; 2]; CHANNELS],
    /// Bend range and tuning of each channel.
    parameters: [Parameters; CHANNELS],
    /// Where the wheel of each channel is, and how many semitones and cents it bends.
    wheels: [(i16, [u8; 2]); CHANNELS],
    /// The preset of each channel, as an index of `presets`.
    chosen: [Option<usize>; CHANNELS],
    /// Whether the sustain pedal is down.
    sustained: [bool; CHANNELS],
    /// Whether the sostenuto pedal is down.
    sostenuto: [bool; CHANNELS],
    /// Whether the soft pedal is down.
    soft: [bool; CHANNELS],
    /// In the order in which they began.
    voices: Vec<Voice>,
    buses: Buses,
    /// The present frame of the block.
    now: usize,
    /// Notes that were begun.
    notes: u64,
    /// Which channels it plays, where it has them among others.
    is_own: [bool; CHANNELS],
}

impl FluidSynth {
    /// Loads a font at a sample rate. Takes 20 ms for 6 MB, half a second for 145 MB.
    pub fn new(font: &SoundFont, sample_rate_hz: u32) -> Result<Self, SoundFontError> {
        if !RATES_HZ.contains(&sample_rate_hz) {
            return Err(SoundFontError::Synth(format!(
                "{sample_rate_hz} Hz is not within {} to {} Hz",
                RATES_HZ.start(),
                RATES_HZ.end()
            )));
        }
        Ok(Self {
            library: Library::load(font, sample_rate_hz, POOL)?,
            presets: font.presets(),
            banks: [[0; 2]; CHANNELS],
            parameters: [Parameters::START; CHANNELS],
            wheels: [WHEEL; CHANNELS],
            chosen: [None; CHANNELS],
            sustained: [false; CHANNELS],
            sostenuto: [false; CHANNELS],
            soft: [false; CHANNELS],
            // the last block of an ended voice may still be to come when fluidlite starts the voice again
            voices: Vec::with_capacity(POOL * 2),
            buses: Buses::new(),
            now: 0,
            notes: 0,
            is_own: [true; CHANNELS],
        })
    }

    /// Renders the voices of a channel up to the present frame: something is about to happen to them.
    fn catch_up(&mut self, channel: usize) {
        for voice in self.voices.iter_mut().filter(|voice| voice.channel == channel) {
            voice.sound_to(self.now, &mut self.library, &mut self.buses);
        }
    }

    /// The sostenuto pedal, which fluidlite does not know: it holds the notes whose keys are down as it goes down.
    fn sostenuto(&mut self, channel: usize, is_down: bool) {
        if std::mem::replace(&mut self.sostenuto[channel], is_down) == is_down {
            return;
        }
        self.catch_up(channel);
        for voice in self.voices.iter_mut().filter(|voice| voice.channel == channel && !voice.ended) {
            if is_down {
                voice.sostenuto = voice.key_is_down;
            } else if std::mem::take(&mut voice.sostenuto) && !voice.key_is_down {
                self.library.release(voice.number);
            }
        }
    }

    /// Voices that have not ended.
    pub fn sounding(&self) -> usize {
        self.voices.iter().filter(|voice| !voice.ended).count()
    }
}

/// The range that fluidlite is given, which knows no cents: the wheel then goes less far.
fn whole_range([semitones, cents]: [u8; 2]) -> u8 {
    (semitones + u8::from(cents > 0)).min(127)
}

/// Fades out voices of synths that share one polyphony until enough are free, or will be soon. One synth or several
/// that have its channels among them: the same voices go.
fn make_room(synths: &mut [&mut FluidSynth]) {
    let voices = |synths: &[&mut FluidSynth], is_counted: fn(&&Voice) -> bool| -> usize {
        synths.iter().map(|synth| synth.voices.iter().filter(is_counted).count()).sum()
    };
    for _ in UNDISTURBED_VOICES..voices(synths, |voice| voice.is_staying()) {
        let least = |voice: &Voice, synth: &FluidSynth| voice.is_staying().then(|| importance(voice, &synth.sustained));
        if let Some((synth, voice)) = lowest(synths, least) {
            let FluidSynth { voices, library, buses, now, .. } = &mut *synths[synth];
            voices[voice].sound_to(*now, library, buses);
            voices[voice].fade(STEAL_FADE_FRAMES);
        }
    }
    for _ in POLYPHONY..voices(synths, |voice| !voice.ended) {
        // too many at once for them to fade: those go that have faded most
        let least = |voice: &Voice, _: &FluidSynth| {
            (!voice.ended).then(|| voice.gain + if voice.is_fading() { 0.0 } else { 1.0 })
        };
        if let Some((synth, voice)) = lowest(synths, least) {
            let FluidSynth { voices, library, .. } = &mut *synths[synth];
            library.cut(voices[voice].number);
            (voices[voice].ended, voices[voice].ahead) = (true, 0);
        }
    }
}

/// The voice with the lowest value, of those the one whose note began first: its synth and its place there.
fn lowest(synths: &[&mut FluidSynth], value: impl Fn(&Voice, &FluidSynth) -> Option<f32>) -> Option<(usize, usize)> {
    let places = synths.iter().enumerate().flat_map(|(index, synth)| {
        let value = &value;
        synth
            .voices
            .iter()
            .enumerate()
            .filter_map(move |(place, voice)| value(voice, synth).map(|value| (value, voice.note, (index, place))))
    });
    places.min_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))).map(|(.., place)| place)
}

/// When a voice has to be stolen, it is the one with the lowest value: released ones first, then those that the pedal
/// holds, then held ones; of each, the quietest.
fn importance(voice: &Voice, sustained: &[bool; CHANNELS]) -> f32 {
    let rank = match voice {
        voice if voice.key_is_down => 2.0,
        voice if voice.sostenuto || sustained[voice.channel] => 1.0,
        _ => 0.0,
    };
    rank * 100.0 + voice.level.min(99.0)
}

/// The messages, one by one.
impl FluidSynth {
    pub fn note_on(&mut self, channel: usize, pitch: u8, velocity: u8) {
        let note = self.notes;
        self.begin_note(channel, pitch, velocity, note);
        make_room(&mut [self]);
    }

    /// Begins a note, which must be the given number of all notes, and leaves it to the caller to make room.
    fn begin_note(&mut self, channel: usize, pitch: u8, velocity: u8, note: u64) {
        self.notes = note + 1;
        let Some(preset) = self.chosen[channel] else { return };
        self.note_off(channel, pitch);
        // fluidlite does not know the soft pedal: softer, and therefore darker
        let velocity = if self.soft[channel] { velocity - velocity / 3 } else { velocity };
        let (voices, now) = (&mut self.voices, self.now);
        let older = voices.len();
        self.library.start(channel, preset, pitch, velocity, |number, exclusive_class| {
            let choked = |voice: &&mut Voice| {
                exclusive_class != 0 && voice.channel == channel && voice.exclusive_class == exclusive_class
            };
            for voice in voices[..older].iter_mut().filter(choked) {
                voice.fade(CHOKE_FADE_FRAMES);
            }
            // if all were in use, fluidlite has cut one off for it
            for voice in voices.iter_mut().filter(|voice| voice.number == number && !voice.ended) {
                (voice.ended, voice.ahead) = (true, 0);
            }
            if voices.len() < voices.capacity() {
                voices.push(Voice {
                    number,
                    note,
                    channel,
                    key: pitch,
                    key_is_down: true,
                    sostenuto: false,
                    at: now,
                    left: [0.0; BLOCK_FRAMES],
                    right: [0.0; BLOCK_FRAMES],
                    ahead: 0,
                    ended: false,
                    exclusive_class,
                    gain: 1.0,
                    fade_per_frame: 0.0,
                    level: 1.0, // not known yet; it must not be the first to be stolen
                });
            }
        });
    }

    pub fn note_off(&mut self, channel: usize, pitch: u8) {
        self.catch_up(channel);
        let of_key = |voice: &&mut Voice| voice.channel == channel && voice.key == pitch && !voice.ended;
        for voice in self.voices.iter_mut().filter(of_key) {
            if std::mem::take(&mut voice.key_is_down) && !voice.sostenuto {
                self.library.release(voice.number);
            }
        }
    }

    pub fn control(&mut self, channel: usize, number: u8, value: u8) {
        match number {
            0 => self.banks[channel][0] = value,
            32 => self.banks[channel][1] = value,
            // fluidlite takes data for nothing as a bend range, and NRPNs would set any generator, unchecked
            _ if Parameters::are_meant(number) => {
                if let Some((parameter, value)) = self.parameters[channel].apply(number, value) {
                    self.catch_up(channel);
                    self.set_parameter(channel, parameter as u8, value);
                }
            }
            66 => self.sostenuto(channel, value >= 64),
            67 => self.soft[channel] = value >= 64,
            _ => {
                if number == 64 {
                    self.sustained[channel] = value >= 64;
                }
                self.catch_up(channel);
                self.library.control(channel, number, value);
            }
        }
    }

    /// Sets bend range (0), fine (1) or coarse tuning (2).
    fn set_parameter(&mut self, channel: usize, parameter: u8, [coarse, fine]: [u8; 2]) {
        match parameter {
            0 => {
                self.wheels[channel].1 = [coarse, fine];
                self.library.bend_range(channel, whole_range([coarse, fine]));
                self.bend(channel);
            }
            1 | 2 => {
                for (number, value) in [(101, 0), (100, parameter), (38, fine), (6, coarse)] {
                    self.library.control(channel, number, value);
                }
            }
            _ => {} // tuning programs and banks, which there are none of
        }
    }

    /// Sends where the wheel is.
    fn bend(&mut self, channel: usize) {
        let (bend, [semitones, cents]) = self.wheels[channel];
        let mut bend = i32::from(bend);
        if cents > 0 {
            let whole = i32::from(whole_range([semitones, cents])) * 100;
            bend = bend * (i32::from(semitones) * 100 + i32::from(cents)).min(whole) / whole;
        }
        self.library.bend(channel, (bend + 8192).clamp(0, 16_383) as u16);
    }

    pub fn instrument(&mut self, channel: usize, program: u8, is_drum: bool) {
        let bank = match self.banks[channel] {
            [121, fine] => fine, // GM2 tells its sounds apart by the fine number
            [coarse, _] => coarse,
        };
        self.chosen[channel] = nearest_preset(&self.presets, bank, program, is_drum);
    }

    pub fn release_all(&mut self, channel: usize) {
        self.control(channel, 66, 0);
        self.control(channel, 64, 0);
        self.library.control(channel, 123, 0);
        for voice in self.voices.iter_mut().filter(|voice| voice.channel == channel) {
            voice.key_is_down = false;
        }
    }

    pub fn silence(&mut self, channel: usize) {
        self.catch_up(channel);
        for voice in self.voices.iter_mut().filter(|voice| voice.channel == channel) {
            voice.fade(SILENCE_FADE_FRAMES);
        }
    }

    pub fn reset_controllers(&mut self, channel: usize) {
        self.banks[channel] = [0; 2];
        if std::mem::replace(&mut self.parameters[channel], Parameters::START) != Parameters::START {
            for tuning in [1, 2] {
                self.set_parameter(channel, tuning, [64, 0]);
            }
        }
        // 121 forgets the pedal without releasing what it holds
        for pedal in [64, 66, 67] {
            self.control(channel, pedal, 0);
        }
        self.library.control(channel, 121, 0);
        // the defaults of what "reset all controllers" leaves alone (RP-015): volume and pan, sends, sound controllers
        for (number, value) in [(7, 100), (39, 0), (10, 64), (42, 0)] {
            self.library.control(channel, number, value);
        }
        for number in 91..=95 {
            self.library.control(channel, number, 0);
        }
        for number in 70..=79 {
            self.library.control(channel, number, 64);
        }
        self.wheels[channel] = WHEEL;
        self.library.bend_range(channel, 2);
    }
}

impl Receiver for FluidSynth {
    fn send(&mut self, channel: usize, message: Message) {
        match message {
            Message::NoteOn(pitch, velocity) => self.note_on(channel, pitch, velocity),
            Message::NoteOff(pitch) => self.note_off(channel, pitch),
            Message::Controller(number, value) => self.control(channel, number, value),
            Message::PitchBend(bend) => {
                self.catch_up(channel);
                self.wheels[channel].0 = bend;
                self.bend(channel);
            }
            Message::Pressure(value) => {
                self.catch_up(channel);
                self.library.pressure(channel, value);
            }
            Message::KeyPressure(pitch, value) => {
                self.catch_up(channel);
                self.library.key_pressure(channel, pitch, value);
            }
            Message::Instrument { program, is_drum } => self.instrument(channel, program, is_drum),
            Message::ReleaseAll => self.release_all(channel),
            Message::Silence => self.silence(channel),
            Message::ResetControllers => self.reset_controllers(channel),
        }
    }
}

impl Synth for FluidSynth {
    fn advance(&mut self, frames: usize) {
        if self.now == 0 {
            self.buses.clear(); // nothing is rendered into a block before its first frame has passed
        }
        self.now += frames;
    }

    fn finish_block(&mut self) -> &mut Buses {
        for voice in &mut self.voices {
            voice.sound_to(BLOCK_FRAMES, &mut self.library, &mut self.buses);
            voice.at = 0;
        }
        self.voices.retain(|voice| !voice.is_over());
        self.now = 0;
        &mut self.buses
    }
}

#[cfg(test)]
mod tests;
