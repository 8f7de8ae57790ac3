//! The computer's own outputs: cpal opens and drives them, rodio converts to a device's rate and channels.

use std::sync::Arc;
use std::time::Instant;

use rodio::Source;
use rodio::cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use rodio::cpal::{self, FromSample, SampleFormat, SizedSample};
use rodio::source::UniformSourceIterator;

use super::{Device, OutputError, Outputs, Samples, Stream};
use crate::sound::clock::PublicClock;
use crate::sound::fluid::RATES_HZ;
use crate::sound::stream::StreamMonitor;

/// The rate to render at where the device's own is none that the synth supports; rodio converts.
const USUAL_RATE_HZ: u32 = 48_000;

/// cpal's default host.
#[derive(Debug, Default)]
pub(in crate::sound) struct SystemOutputs;

impl Outputs for SystemOutputs {
    fn find(&mut self, wanted: Option<&str>) -> Result<Box<dyn Device>, OutputError> {
        keep_alsa_quiet();
        let host = cpal::default_host();
        let device = match wanted {
            None => host.default_output_device().ok_or(OutputError::None)?,
            Some(wanted) => host
                .output_devices()
                .map_err(|_| OutputError::None)?
                .find(|device| is_called(device, wanted))
                .ok_or_else(|| OutputError::NotFound(wanted.to_string()))?,
        };
        let name = device_name(&device);
        let config = device.default_output_config().map_err(|error| refused(&name, &error))?;
        Ok(Box::new(SystemDevice { device, name, config }))
    }

    fn names(&mut self) -> Vec<String> {
        output_devices()
    }
}

struct SystemDevice {
    device: cpal::Device,
    name: String,
    config: cpal::SupportedStreamConfig,
}

impl Device for SystemDevice {
    fn name(&self) -> &str {
        &self.name
    }

    fn sample_rate_hz(&self) -> u32 {
        let rate_hz = self.config.sample_rate();
        if RATES_HZ.contains(&rate_hz) { rate_hz } else { USUAL_RATE_HZ }
    }

    fn buffer_frames(&self, wanted: u32) -> u32 {
        match *self.config.buffer_size() {
            cpal::SupportedBufferSize::Range { min, max } if min <= max => wanted.clamp(min, max),
            _ => wanted,
        }
    }

    fn open(
        &self,
        buffer_frames: u32,
        samples: Samples,
        monitor: &Arc<StreamMonitor>,
        clock: &Arc<PublicClock>,
    ) -> Result<Box<dyn Stream>, OutputError> {
        keep_alsa_quiet();
        let open = match self.config.sample_format() {
            SampleFormat::F32 => Self::build::<f32>,
            SampleFormat::F64 => Self::build::<f64>,
            SampleFormat::I8 => Self::build::<i8>,
            SampleFormat::I16 => Self::build::<i16>,
            SampleFormat::I24 => Self::build::<cpal::I24>,
            SampleFormat::I32 => Self::build::<i32>,
            SampleFormat::I64 => Self::build::<i64>,
            SampleFormat::U8 => Self::build::<u8>,
            SampleFormat::U16 => Self::build::<u16>,
            SampleFormat::U24 => Self::build::<cpal::U24>,
            SampleFormat::U32 => Self::build::<u32>,
            SampleFormat::U64 => Self::build::<u64>,
            other => {
                return Err(OutputError::Refused {
                    name: self.name.clone(),
                    reason: format!("its sample format {other} is not supported"),
                });
            }
        };
        let stream = open(self, buffer_frames, samples, monitor, clock).map_err(|error| refused(&self.name, &error))?;
        stream.play().map_err(|error| refused(&self.name, &error))?;
        Ok(Box::new(SystemStream { stream, wanted_frames: buffer_frames }))
    }
}

impl SystemDevice {
    fn build<T: SizedSample + FromSample<f32> + Send + 'static>(
        &self,
        buffer_frames: u32,
        samples: Samples,
        monitor: &Arc<StreamMonitor>,
        clock: &Arc<PublicClock>,
    ) -> Result<cpal::Stream, cpal::Error> {
        let mut config = self.config.config();
        config.buffer_size = cpal::BufferSize::Fixed(buffer_frames);
        let (channels, rate_hz) = (usize::from(config.channels.max(1)), config.sample_rate);
        // the rate we render at; the same but for exotic devices
        let ours_hz = samples.sample_rate().get();
        let scale = move |frames: usize| (frames as u64 * u64::from(ours_hz) / u64::from(rate_hz.max(1))) as u32;
        let target_channels = std::num::NonZero::new(config.channels).unwrap_or(std::num::NonZero::<u16>::MIN);
        let target_rate = std::num::NonZero::new(rate_hz).unwrap_or(samples.sample_rate());
        let mut samples = UniformSourceIterator::new(samples, target_channels, target_rate);
        let (requests, errors, clock) = (Arc::clone(monitor), Arc::clone(monitor), Arc::clone(clock));
        self.device.build_output_stream(
            config,
            move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
                let times = info.timestamp();
                // some backends do not know, and report no latency at all
                let latency = times.playback.checked_duration_since(times.callback).filter(|after| !after.is_zero());
                requests.begin_buffer(clock.nanos(Instant::now()), scale(data.len() / channels), ours_hz, latency);
                for sample in data.iter_mut() {
                    *sample = T::from_sample(samples.next().unwrap_or(0.0));
                }
                requests.end_buffer(clock.nanos(Instant::now()), ours_hz);
            },
            move |error| match error.kind() {
                // an underrun is over when it is reported; a device that is gone stays gone; no logging on this thread
                cpal::ErrorKind::Xrun => errors.report_dropout(),
                cpal::ErrorKind::DeviceNotAvailable
                | cpal::ErrorKind::StreamInvalidated
                | cpal::ErrorKind::HostUnavailable => {
                    errors.report_failure();
                }
                _ => {}
            },
            None,
        )
    }
}

struct SystemStream {
    stream: cpal::Stream,
    wanted_frames: u32,
}

impl Stream for SystemStream {
    fn buffer_frames(&self) -> u32 {
        self.stream.buffer_size().unwrap_or(self.wanted_frames)
    }
}

fn refused(name: &str, error: &dyn std::error::Error) -> OutputError {
    OutputError::Refused { name: name.to_owned(), reason: innermost(error) }
}

/// Names of the sound outputs of this computer: its sound cards, and the sound server where one answers.
///
/// ALSA lists every installed plugin as if it were an output; those are left out. May take a moment.
pub fn output_devices() -> Vec<String> {
    keep_alsa_quiet();
    let host = cpal::default_host();
    let mut names: Vec<String> = Vec::new();
    let devices = host.output_devices().into_iter().flatten().filter(is_output);
    for name in devices.map(|device| device_name(&device)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        // the user's own configuration may have an output that is no card
        let own = host.default_output_device().filter(|device| device.default_output_config().is_ok());
        names.extend(own.map(|device| device_name(&device)));
    }
    names
}

/// Whether a device is a real output.
fn is_output(device: &cpal::Device) -> bool {
    if cfg!(not(target_os = "linux")) {
        return true;
    }
    match system_name(device).as_deref() {
        Some("pulse" | "pipewire") => device.default_output_config().is_ok(),
        Some(name) => name.starts_with("plughw:"),
        None => false,
    }
}

/// Stops ALSA from printing its errors, on this thread: it returns them, too.
fn keep_alsa_quiet() {
    #[cfg(target_os = "linux")]
    drop(alsa::Output::local_error_handler()); // fails only without memory, and then ALSA goes on printing
}

/// The system's own name for a device, such as `hw:CARD=Loopback,DEV=0`.
fn system_name(device: &cpal::Device) -> Option<String> {
    device.description().ok().and_then(|description| description.driver().map(str::to_owned))
}

/// Whether these words are in a device's name.
fn is_called(device: &cpal::Device, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let system_name = system_name(device).map(|name| name.to_lowercase());
    device_name(device).to_lowercase().contains(&wanted) || system_name.is_some_and(|name| name.contains(&wanted))
}

fn device_name(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| "unnamed".to_string(), |description| description.name().to_string())
}

/// The innermost cause of an error: libraries wrap "no such file" in three sentences that say less.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().trim_end_matches('.').to_string()
}
