//! The plainest player there is: one fluidlite synth on a checked image.

use std::io::SeekFrom;
use std::path::Path;
use std::sync::Mutex;

use fluidlite::{FileApi, IsSettings, Loader, Log, LogLevel, Logger, Settings};

use super::soundfont::{Image, SoundFont, SoundFontError};
use super::synth::Synth;

/// The loader has global variables.
static LOADING: Mutex<()> = Mutex::new(());

pub struct FluidSynth {
    synth: fluidlite::Synth,
    font: u32,
    bank: u32,
}

impl FluidSynth {
    pub fn new(font: &SoundFont, sample_rate_hz: u32) -> Result<Self, SoundFontError> {
        let failed = |error: fluidlite::Error| SoundFontError::Synth(error.to_string());
        let _one_at_a_time = LOADING.lock().expect("nobody panics in here");
        Log::set(LogLevel::DEBUG, Quiet);
        let settings = Settings::new().map_err(failed)?;
        settings.num("synth.sample-rate").expect("known").set(f64::from(sample_rate_hz));
        settings.str_("synth.drums-channel.active").expect("known").set("no");
        let synth = fluidlite::Synth::new(settings).map_err(failed)?;
        let loader = Loader::new_default().map_err(failed)?;
        loader.set_file_api(ImageFile(font.image()));
        synth.add_sfloader(loader);
        let font = synth.sfload("image", true).map_err(failed)?;
        Ok(Self { synth, font, bank: 0 })
    }
}

impl Synth for FluidSynth {
    fn note_on(&mut self, channel: usize, pitch: u8, velocity: u8) {
        drop(self.synth.note_on(channel as u32, pitch.into(), velocity.into()));
    }

    fn control(&mut self, channel: usize, number: u8, value: u8) {
        match number {
            0 => self.bank = value.into(),
            32 | 98 | 99 => {}
            _ => drop(self.synth.cc(channel as u32, number.into(), value.into())),
        }
    }

    fn pitch_bend(&mut self, channel: usize, bend: i16) {
        drop(self.synth.pitch_bend(channel as u32, (i32::from(bend) + 8192) as u32));
    }

    fn pressure(&mut self, channel: usize, value: u8) {
        drop(self.synth.channel_pressure(channel as u32, value.into()));
    }

    fn key_pressure(&mut self, channel: usize, pitch: u8, value: u8) {
        drop(self.synth.key_pressure(channel as u32, pitch.into(), value.into()));
    }

    fn instrument(&mut self, channel: usize, program: u8, is_drum: bool) {
        let bank = if is_drum { 128 } else { self.bank };
        drop(self.synth.program_select(channel as u32, self.font, bank, program.into()));
    }

    fn release_all(&mut self, channel: usize) {
        drop(self.synth.cc(channel as u32, 64, 0));
        drop(self.synth.cc(channel as u32, 123, 0));
    }

    fn silence(&mut self, channel: usize) {
        drop(self.synth.cc(channel as u32, 120, 0));
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        drop(self.synth.write((left, right)));
    }
}

struct Quiet;

impl Logger for Quiet {
    fn log(&mut self, _level: LogLevel, _message: &str) {}
}

struct ImageFile(Image);

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
        file.at += buffer.len() as u64;
        read
    }

    fn seek(file: &mut ImageReader, to: SeekFrom) -> bool {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => file.image.len().checked_add_signed(by),
            SeekFrom::Current(by) => file.at.checked_add_signed(by),
        };
        file.at = at.unwrap_or(file.at);
        at.is_some_and(|at| at <= file.image.len())
    }

    fn tell(file: &mut ImageReader) -> Option<u64> {
        Some(file.at)
    }
}
