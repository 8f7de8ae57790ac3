//! For tests: outputs that come, go, stall, refuse and change when the test says so, and request buffers only then.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use super::{Device, OutputError, Outputs, Samples, Stream};
use crate::sound::clock::PublicClock;
use crate::sound::stream::StreamMonitor;

/// One device of the fake computer.
#[derive(Clone, Debug)]
pub struct FakeDevice {
    pub name: &'static str,
    pub rate_hz: u32,
    pub refuses: bool,
    /// Does not close until the test lets it.
    pub does_not_close: bool,
    /// Has underruns with smaller buffers.
    pub clean_from: u32,
    /// Can only be had as the default, not by its name.
    pub is_nameless: bool,
}

struct Open {
    name: &'static str,
    rate_hz: u32,
    buffer_frames: u32,
    samples: Option<Samples>,
    monitor: Arc<StreamMonitor>,
    clock: Arc<PublicClock>,
}

#[derive(Default)]
struct Computer {
    /// The first is the default.
    devices: Vec<FakeDevice>,
    open: Option<Open>,
    /// Samples of devices that do not close.
    held: Vec<Samples>,
    opened: Vec<(&'static str, u32)>,
}

/// A computer whose devices a test plugs in and unplugs.
#[derive(Clone, Default)]
pub struct FakeOutputs(Arc<Mutex<Computer>>);

impl FakeOutputs {
    fn lock(&self) -> MutexGuard<'_, Computer> {
        self.0.lock().unwrap()
    }

    /// A device is there.
    pub fn plug(&self, name: &'static str, rate_hz: u32) {
        let device =
            FakeDevice { name, rate_hz, refuses: false, does_not_close: false, clean_from: 0, is_nameless: false };
        self.lock().devices.push(device);
    }

    /// The device goes; a stream on it stalls, which drivers do not report.
    pub fn unplug(&self, name: &str) {
        self.lock().devices.retain(|device| device.name != name);
    }

    pub fn change(&self, name: &str, change: impl FnOnce(&mut FakeDevice)) {
        let mut computer = self.lock();
        change(computer.devices.iter_mut().find(|device| device.name == name).unwrap());
    }

    /// Devices that did not close, close.
    pub fn release(&self) {
        self.lock().held.clear();
    }

    /// The open device reports that it is gone.
    pub fn fail(&self) {
        self.lock().open.as_ref().unwrap().monitor.report_failure();
    }

    /// Which device is open, with what buffer.
    pub fn open_one(&self) -> Option<(&'static str, u32)> {
        self.lock().open.as_ref().map(|open| (open.name, open.buffer_frames))
    }

    /// What was opened since the start, with its buffer size.
    pub fn opened(&self) -> Vec<(&'static str, u32)> {
        self.lock().opened.clone()
    }

    /// The open device requests a buffer, if it is still there. Returns its samples.
    pub fn request(&self, now: Instant) -> Option<Vec<f32>> {
        let mut computer = self.lock();
        let Computer { devices, open, .. } = &mut *computer;
        let open = open.as_mut()?;
        let device = devices.iter().find(|device| device.name == open.name)?;
        if open.buffer_frames < device.clean_from {
            open.monitor.report_dropout();
        }
        let now = open.clock.nanos(now);
        open.monitor.begin_buffer(now, open.buffer_frames, open.rate_hz, None);
        let samples = open.samples.as_mut()?.take(open.buffer_frames as usize * 2).collect();
        open.monitor.end_buffer(now, open.rate_hz);
        Some(samples)
    }
}

impl Outputs for FakeOutputs {
    fn find(&mut self, wanted: Option<&str>) -> Result<Box<dyn Device>, OutputError> {
        let computer = self.lock();
        let found = match wanted {
            None => computer.devices.first().ok_or(OutputError::None)?,
            Some(wanted) => computer
                .devices
                .iter()
                .find(|device| !device.is_nameless && device.name.contains(wanted))
                .ok_or_else(|| OutputError::NotFound(wanted.to_owned()))?,
        };
        Ok(Box::new((found.clone(), self.clone())))
    }

    fn names(&mut self) -> Vec<String> {
        self.lock().devices.iter().map(|device| device.name.to_owned()).collect()
    }
}

impl Device for (FakeDevice, FakeOutputs) {
    fn name(&self) -> &str {
        self.0.name
    }

    fn sample_rate_hz(&self) -> u32 {
        self.0.rate_hz
    }

    fn buffer_frames(&self, wanted: u32) -> u32 {
        wanted
    }

    fn open(
        &self,
        buffer_frames: u32,
        samples: Samples,
        monitor: &Arc<StreamMonitor>,
        clock: &Arc<PublicClock>,
    ) -> Result<Box<dyn Stream>, OutputError> {
        if self.0.refuses {
            return Err(OutputError::Refused { name: self.0.name.to_owned(), reason: "it is busy".into() });
        }
        let mut computer = self.1.lock();
        assert!(computer.open.is_none(), "one at a time");
        computer.opened.push((self.0.name, buffer_frames));
        computer.open = Some(Open {
            name: self.0.name,
            rate_hz: self.0.rate_hz,
            buffer_frames,
            samples: Some(samples),
            monitor: Arc::clone(monitor),
            clock: Arc::clone(clock),
        });
        Ok(Box::new(FakeStream { computer: self.1.clone(), does_not_close: self.0.does_not_close, buffer_frames }))
    }
}

struct FakeStream {
    computer: FakeOutputs,
    does_not_close: bool,
    buffer_frames: u32,
}

impl Stream for FakeStream {
    fn buffer_frames(&self) -> u32 {
        self.buffer_frames
    }
}

impl Drop for FakeStream {
    fn drop(&mut self) {
        let mut computer = self.computer.lock();
        let samples = computer.open.take().and_then(|mut open| open.samples.take());
        if self.does_not_close {
            computer.held.extend(samples);
        } else {
            drop(computer);
            drop(samples);
        }
    }
}
