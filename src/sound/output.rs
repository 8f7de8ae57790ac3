//! The output device: rodio opens it and pulls the callback, sample by sample, from the driver's thread.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossbeam_channel::Sender;
use rodio::cpal::traits::{DeviceTrait, HostTrait};
use rodio::{DeviceSinkBuilder, MixerDeviceSink, Source, cpal};

use super::callback::{BLOCK_FRAMES, Callback, Shared};
use super::fluid::RATES_HZ;

/// What a device is asked for where its own rate is none the synth takes; the mixer converts.
const USUAL_RATE_HZ: u32 = 48_000;
const BUFFER_FRAMES: std::ops::RangeInclusive<u32> = 64..=4096;

/// Why there is no sound, for people.
#[derive(Debug, thiserror::Error)]
pub(super) enum OutputError {
    #[error("no sound output was found")]
    None,
    #[error("no sound output is called \"{0}\"")]
    NotFound(String),
    #[error("the sound output \"{name}\" could not be opened: {reason}")]
    Refused { name: String, reason: String },
}

/// An open device that pulls the callback. Dropping it sends the callback home.
pub(super) struct Output {
    _sink: MixerDeviceSink,
    pub device: String,
    pub sample_rate_hz: u32,
    pub buffer_frames: u32,
}

/// A device that has been found, before the callback goes in.
pub(super) struct FoundDevice {
    builder: DeviceSinkBuilder,
    pub name: String,
    pub buffer_frames: u32,
    pub sample_rate_hz: u32,
}

impl FoundDevice {
    /// The device whose name (or system's name for it, such as `hw:CARD=Loopback,DEV=0`) contains this, or the default one.
    pub fn find(wanted: Option<&str>, buffer_frames: u32) -> Result<Self, OutputError> {
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
        let refused = |error: &dyn std::error::Error| OutputError::Refused {
            name: name.clone(),
            reason: innermost(error),
        };
        let buffer_frames = buffer_frames.clamp(*BUFFER_FRAMES.start(), *BUFFER_FRAMES.end());
        let config = device.default_output_config().map_err(|error| refused(&error))?;
        let rate_hz = config.sample_rate();
        // some take one size only (ALSA's dmix), whatever is asked for
        let buffer_frames = match *config.buffer_size() {
            cpal::SupportedBufferSize::Range { min, max } if min <= max => buffer_frames.clamp(min, max),
            _ => buffer_frames,
        };
        let builder = DeviceSinkBuilder::from_device(device)
            .map_err(|error| refused(&error))?
            .with_buffer_size(cpal::BufferSize::Fixed(buffer_frames));
        Ok(Self {
            builder,
            name,
            buffer_frames,
            sample_rate_hz: if RATES_HZ.contains(&rate_hz) { rate_hz } else { USUAL_RATE_HZ },
        })
    }

    /// Opens it. On failure the callback comes home, too.
    pub fn open(self, callback: Box<Callback>, home: Sender<Box<Callback>>, shared: &Arc<Shared>) -> Result<Output, OutputError> {
        let failures = Arc::clone(shared);
        let source = CallbackSource {
            sample_rate_hz: NonZero::new(self.sample_rate_hz).unwrap_or(NonZero::<u32>::MIN),
            callback: Some(callback),
            home,
            block: [0.0; BLOCK_FRAMES * 2],
            next: BLOCK_FRAMES * 2,
        };
        let opened = self
            .builder
            .with_error_callback(move |error| {
                // A hiccup is over when it is told; a device that is gone stays gone. No logging from this thread.
                if matches!(
                    error.kind(),
                    cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated
                ) {
                    failures.failed.store(true, Ordering::Relaxed);
                }
            })
            .open_stream();
        let mut sink = opened.map_err(|error| OutputError::Refused {
            name: self.name.clone(),
            reason: innermost(&error),
        })?;
        sink.log_on_drop(false);
        sink.mixer().add(source);
        Ok(Output {
            _sink: sink,
            device: self.name,
            sample_rate_hz: self.sample_rate_hz,
            buffer_frames: self.buffer_frames,
        })
    }
}

/// From rendering to hearing: the driver plays one buffer while the next is filled.
pub(super) fn latency(buffer_frames: u32, sample_rate_hz: u32) -> Duration {
    Duration::from_secs_f64(f64::from(buffer_frames) * 2.0 / f64::from(sample_rate_hz))
}

/// A live note sounds this long after its stamp: drivers ask for whole buffers at once, so half of one is jitter.
pub(super) fn live_delay_frames(buffer_frames: u32) -> u32 {
    buffer_frames / 2 + BLOCK_FRAMES as u32
}

/// Names of the sound outputs of this computer: its sound cards, and the sound server where one answers.
///
/// ALSA lists every plugin that is installed as if it were an output; those are left out. May take a moment.
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
        // the user's own configuration may make one of what is no card
        let own = host.default_output_device().filter(|device| device.default_output_config().is_ok());
        names.extend(own.map(|device| device_name(&device)));
    }
    names
}

/// Whether a device is one that sounds.
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

/// ALSA tells on standard error what it tells in its results, too. For this thread, once more no longer.
fn keep_alsa_quiet() {
    #[cfg(target_os = "linux")]
    drop(alsa::Output::local_error_handler()); // it can only lack memory, and would then be as loud as before
}

/// The system's own name for a device, such as `hw:CARD=Loopback,DEV=0`.
fn system_name(device: &cpal::Device) -> Option<String> {
    device
        .description()
        .ok()
        .and_then(|description| description.driver().map(str::to_owned))
}

/// Whether a device is meant by these words.
fn is_called(device: &cpal::Device, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let system_name = system_name(device).map(|name| name.to_lowercase());
    device_name(device).to_lowercase().contains(&wanted) || system_name.is_some_and(|name| name.contains(&wanted))
}

fn device_name(device: &cpal::Device) -> String {
    device
        .description()
        .map_or_else(|_| "unnamed".to_string(), |description| description.name().to_string())
}

/// The last cause of an error: libraries wrap "no such file" into three sentences that say less.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().trim_end_matches('.').to_string()
}

/// The callback as rodio wants it: an endless iterator of samples.
struct CallbackSource {
    sample_rate_hz: NonZero<u32>,
    /// There until the drop.
    callback: Option<Box<Callback>>,
    home: Sender<Box<Callback>>,
    block: [f32; BLOCK_FRAMES * 2],
    next: usize,
}

impl Iterator for CallbackSource {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.next == self.block.len() {
            self.callback.as_mut()?.render(&mut self.block);
            self.next = 0;
        }
        let sample = self.block[self.next];
        self.next += 1;
        Some(sample)
    }
}

impl Source for CallbackSource {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> NonZero<u16> {
        NonZero::<u16>::MIN.saturating_add(1)
    }
    fn sample_rate(&self) -> NonZero<u32> {
        self.sample_rate_hz
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

impl Drop for CallbackSource {
    fn drop(&mut self) {
        if let Some(callback) = self.callback.take() {
            // Room for one, and there is only one.
            drop(self.home.try_send(callback));
        }
    }
}
