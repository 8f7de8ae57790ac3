//! How a supervisor opens devices, and what it shows about them.

use std::time::Instant;

use crossbeam_channel::{Sender, bounded};

use super::driver::{Driver, DummyDriver, OpenDevice};
use super::{SEEK_EVERY, Supervisor};
use crate::sound::callback::Callback;
use crate::sound::output::state::OutputState;
use crate::sound::output::{CallbackSource, Device, OutputError, Stream, estimated_latency, live_delay_frames};

impl Supervisor {
    /// Opens the wanted device, else a substitute; else there is no device, and the reason is shown.
    pub(super) fn open(&mut self, now: Instant) {
        self.seek_at = now + SEEK_EVERY;
        let mut tried = Vec::new();
        let wanted = self.choice.device.clone();
        let Err(why) = self.try_device(wanted.as_deref(), None, &mut tried, now) else {
            return;
        };
        if self.choice.falls_back {
            let default = wanted.is_some().then_some(None);
            let named = self.outputs.names().into_iter().map(Some);
            for other in default.into_iter().chain(named) {
                if self.try_device(other.as_deref(), Some(&why), &mut tried, now).is_ok() {
                    return;
                }
            }
        }
        self.show_no_device(&why.to_string());
    }

    /// Opens one device, unless it is among those in `tried`. On failure the callback is driven as before.
    fn try_device(
        &mut self,
        wanted: Option<&str>,
        instead: Option<&OutputError>,
        tried: &mut Vec<String>,
        now: Instant,
    ) -> Result<(), OutputError> {
        let device = self.outputs.find(wanted)?;
        let refused = |reason: &str| OutputError::Refused { name: device.name().to_owned(), reason: reason.to_owned() };
        if tried.iter().any(|name| name == device.name()) {
            return Err(refused("it did not open before"));
        }
        tried.push(device.name().to_owned());
        if self.is_dead(device.name(), now) {
            return Err(refused("it takes no sound"));
        }
        let DummyDriver { callback, run_until } = match std::mem::replace(&mut self.driver, Driver::Changing) {
            Driver::Dummy(dummy) => dummy,
            other => {
                self.driver = other;
                return Err(refused("another one does not close"));
            }
        };
        let (give_back, returned) = bounded(1);
        match self.open_device(&*device, callback, give_back) {
            Ok(stream) => {
                self.driver = Driver::Device(OpenDevice {
                    stream,
                    returned,
                    name: device.name().to_owned(),
                    found_by: wanted.map(str::to_owned),
                    sample_rate_hz: device.sample_rate_hz(),
                    instead: instead.cloned(),
                    buffers: 0,
                    active: now,
                    reported_latency_ms: None,
                });
                self.show_running();
                Ok(())
            }
            Err(error) => {
                let callback = returned
                    .try_recv()
                    .expect("a device that did not open has dropped the samples, which returns the callback");
                self.drive(callback, run_until);
                Err(error)
            }
        }
    }

    fn open_device(
        &mut self,
        device: &dyn Device,
        mut callback: Box<Callback>,
        give_back: Sender<Box<Callback>>,
    ) -> Result<Box<dyn Stream>, OutputError> {
        let rate_hz = device.sample_rate_hz();
        let buffer_frames = device.buffer_frames(self.choice.buffer.frames(device.name()).0);
        self.link.shared.stream.begin_stream(live_delay_frames(buffer_frames));
        callback.set_stream(rate_hz, estimated_latency(buffer_frames, rate_hz));
        if self.synth_rate_hz != Some(rate_hz) {
            self.build_synth(rate_hz);
        }
        let samples = Box::new(CallbackSource::new(callback, give_back));
        let shared = &self.link.shared;
        let stream = device.open(buffer_frames, samples, &shared.stream, &shared.clock)?;
        shared.stream.set_live_delay_frames(live_delay_frames(stream.buffer_frames()));
        Ok(stream)
    }

    pub(super) fn show_running(&self) {
        let Driver::Device(device) = &self.driver else { return };
        let buffer_frames = device.stream.buffer_frames();
        let rate_hz = f64::from(device.sample_rate_hz);
        let estimated = estimated_latency(buffer_frames, device.sample_rate_hz).as_secs_f64() * 1000.0;
        let output_latency_ms = device.reported_latency_ms.unwrap_or(estimated as f32);
        let live_delay_ms = f64::from(live_delay_frames(buffer_frames)) * 1000.0 / rate_hz;
        self.link.set_state(OutputState::Running {
            device: device.name.clone(),
            sample_rate_hz: device.sample_rate_hz,
            buffer_frames,
            output_latency_ms,
            output_latency_is_measured: device.reported_latency_ms.is_some(),
            latency_ms: output_latency_ms + live_delay_ms as f32,
            instead: device.instead.as_ref().map(ToString::to_string),
        });
    }

    pub(super) fn show_no_device(&self, reason: &str) {
        let reason = reason.to_owned();
        self.link.set_state(OutputState::NoDevice { reason });
    }
}
