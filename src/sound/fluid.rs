//! The [`Synth`] that sounds: fluidlite, on an image from the gate.
//!
//! Facts about it that matter here, from its sources: it renders 64 frames at a time and starts a voice with the next
//! such block, so a note sounds at most 63 frames after its sample; a note-on takes a voice from a pool and allocates
//! nothing; an instrument change allocates and frees some 60 bytes with C's malloc; loading uses global variables.

use std::io::SeekFrom;
use std::path::Path;
use std::sync::{Arc, Mutex, Once, PoisonError};

use fluidlite::{FileApi, IsSettings, Loader, Log, LogLevel, Logger, Settings};

use super::soundfont::{Image, PresetPlace};
use super::synth::{CHANNELS, Synth};
use super::{SoundFont, SoundFontError};

/// Rates the synth's settings allow.
pub(super) const RATES_HZ: std::ops::RangeInclusive<u32> = 22_050..=96_000;

/// Loud enough for one part, with headroom for several; the limiter takes care of the rest.
const GAIN: f64 = 1.2;
const POLYPHONY: i32 = 256;
const MIDI_CHANNELS: i32 = CHANNELS as u8 as i32;

/// The loader keeps sizes and messages in global variables.
static LOADING: Mutex<()> = Mutex::new(());
static SILENCE_LOG: Once = Once::new();

/// fluidlite behind our trait.
pub(super) struct FluidSynth {
    synth: fluidlite::Synth,
    font: u32,
    presets: Arc<[PresetPlace]>,
    /// What controller 0 said, for each channel.
    banks: [u8; CHANNELS],
    /// What sounds on each channel, to leave it alone where nothing changes.
    chosen: [Option<PresetPlace>; CHANNELS],
}

impl FluidSynth {
    /// Loads a font at a sample rate. Takes 20 ms for 6 MB, half a second for 145 MB.
    pub fn new(font: &SoundFont, sample_rate_hz: u32) -> Result<Self, SoundFontError> {
        let failed = |error: fluidlite::Error| SoundFontError::Synth(error.to_string());
        if !RATES_HZ.contains(&sample_rate_hz) {
            return Err(SoundFontError::Synth(format!(
                "{sample_rate_hz} Hz is not within {} to {} Hz",
                RATES_HZ.start(),
                RATES_HZ.end()
            )));
        }
        let _one_at_a_time = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        // Else it writes to standard error, from the audio callback too.
        SILENCE_LOG.call_once(|| Log::set(LogLevel::DEBUG, Quiet));
        let settings = Settings::new().map_err(failed)?;
        let set = [
            settings
                .num("synth.sample-rate")
                .is_some_and(|setting| setting.set(f64::from(sample_rate_hz))),
            settings
                .int("synth.midi-channels")
                .is_some_and(|setting| setting.set(MIDI_CHANNELS)),
            settings.int("synth.polyphony").is_some_and(|setting| setting.set(POLYPHONY)),
            settings.num("synth.gain").is_some_and(|setting| setting.set(GAIN)),
            // Kits are chosen by bank on any channel, so channel 10 is like the others.
            settings.str_("synth.drums-channel.active").is_some_and(|setting| setting.set("no")),
        ];
        if set.contains(&false) {
            return Err(SoundFontError::Synth("it does not know one of its settings".into()));
        }
        let synth = fluidlite::Synth::new(settings).map_err(failed)?;
        let loader = Loader::new_default().map_err(failed)?;
        loader.set_file_api(ImageFile(font.image()));
        synth.add_sfloader(loader);
        let id = synth.sfload("image", true).map_err(failed)?;
        Ok(Self {
            synth,
            font: id,
            presets: font.presets(),
            banks: [0; CHANNELS],
            chosen: [None; CHANNELS],
        })
    }

    /// The preset that comes nearest: the bank's, the General MIDI one, one of the same family, any.
    fn nearest_preset(&self, bank: u8, program: u8, is_drum: bool) -> Option<PresetPlace> {
        let has = |bank: u16, program: u16| self.presets.binary_search(&(bank, program)).ok().map(|_| (bank, program));
        let program = u16::from(program);
        let first_of = |range: std::ops::RangeInclusive<PresetPlace>| self.presets.iter().copied().find(|place| range.contains(place));
        if is_drum {
            return has(128, program).or_else(|| first_of((128, 0)..=(128, 127)));
        }
        let family = program / 8 * 8;
        has(u16::from(bank), program)
            .or_else(|| has(0, program))
            .or_else(|| first_of((0, family)..=(0, family + 7)))
            .or_else(|| first_of((0, 0)..=(127, 127)))
    }
}

impl Synth for FluidSynth {
    // Results are dropped throughout: a failure means "nothing to do" (no such voice, no preset), and there is nobody
    // to tell in the audio callback.
    fn note_on(&mut self, channel: usize, pitch: u8, velocity: u8) {
        if self.chosen[channel].is_some() {
            drop(self.synth.note_on(channel as u32, pitch.into(), velocity.into()));
        }
    }

    fn note_off(&mut self, channel: usize, pitch: u8) {
        drop(self.synth.note_off(channel as u32, pitch.into()));
    }

    fn control(&mut self, channel: usize, number: u8, value: u8) {
        match number {
            0 => self.banks[channel] = value,
            // Bank select is ours; 98 and 99 (NRPN) would set any generator to any value, unchecked by the synth.
            32 | 98 | 99 => {}
            _ => drop(self.synth.cc(channel as u32, number.into(), value.into())),
        }
    }

    fn pitch_bend(&mut self, channel: usize, bend: i16) {
        let value = (i32::from(bend) + 8192).clamp(0, 16_383) as u32;
        drop(self.synth.pitch_bend(channel as u32, value));
    }

    fn pressure(&mut self, channel: usize, value: u8) {
        drop(self.synth.channel_pressure(channel as u32, value.into()));
    }

    fn key_pressure(&mut self, channel: usize, pitch: u8, value: u8) {
        drop(self.synth.key_pressure(channel as u32, pitch.into(), value.into()));
    }

    fn instrument(&mut self, channel: usize, program: u8, is_drum: bool) {
        let preset = self.nearest_preset(self.banks[channel], program, is_drum);
        if preset == self.chosen[channel] {
            return;
        }
        self.chosen[channel] = preset;
        if let Some((bank, program)) = preset {
            drop(self.synth.program_select(channel as u32, self.font, bank.into(), program.into()));
        }
    }

    fn release_all(&mut self, channel: usize) {
        drop(self.synth.cc(channel as u32, 64, 0));
        drop(self.synth.cc(channel as u32, 123, 0));
    }

    fn silence(&mut self, channel: usize) {
        drop(self.synth.cc(channel as u32, 120, 0));
    }

    fn reset_controls(&mut self, channel: usize) {
        let channel_number = channel as u32;
        self.banks[channel] = 0;
        // 121 forgets the pedal without letting go of what it holds.
        drop(self.synth.cc(channel_number, 64, 0));
        drop(self.synth.cc(channel_number, 121, 0));
        // What "reset all controllers" leaves alone (RP-015), at its defaults: the sends and the sound controllers.
        for number in 91..=95 {
            drop(self.synth.cc(channel_number, number, 0));
        }
        for number in 70..=79 {
            drop(self.synth.cc(channel_number, number, 64));
        }
        drop(self.synth.pitch_wheel_sens(channel_number, 2));
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        drop(self.synth.write((left, right)));
    }
}

/// Drops messages. Ours never make it say anything; where it does, there is no place for it.
struct Quiet;

impl Logger for Quiet {
    fn log(&mut self, _level: LogLevel, _message: &str) {}
}

/// Lets the loader read the checked image in place of a file.
struct ImageFile(Image);

/// A place in the image.
struct ImageReader {
    image: Image,
    at: u64,
}

impl FileApi for ImageFile {
    type File = ImageReader;

    fn open(&mut self, _name: &Path) -> Option<ImageReader> {
        Some(ImageReader {
            image: self.0.clone(),
            at: 0,
        })
    }

    fn read(file: &mut ImageReader, buffer: &mut [u8]) -> bool {
        let read = file.image.read_at(file.at, buffer);
        if read {
            file.at += buffer.len() as u64;
        }
        read
    }

    fn seek(file: &mut ImageReader, to: SeekFrom) -> bool {
        let size = file.image.len();
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => size.checked_add_signed(by),
            SeekFrom::Current(by) => file.at.checked_add_signed(by),
        };
        match at {
            Some(at) if at <= size => {
                file.at = at;
                true
            }
            _ => false,
        }
    }

    fn tell(file: &mut ImageReader) -> Option<u64> {
        Some(file.at)
    }
}
