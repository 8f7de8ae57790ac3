//! One block of stereo sound for each channel of the synth.

use crate::sound::block::{BLOCK_FRAMES, CHANNELS};

/// Stereo, one block.
#[derive(Clone, Debug)]
pub struct Bus {
    pub left: [f32; BLOCK_FRAMES],
    pub right: [f32; BLOCK_FRAMES],
}

impl Bus {
    pub const SILENT: Self = Self { left: [0.0; BLOCK_FRAMES], right: [0.0; BLOCK_FRAMES] };

    /// Adds another, its gain going from one to another over the block.
    pub fn add_fading(&mut self, other: &Self, from: f32, to: f32) {
        add_fading(&mut self.left, &other.left, from, to);
        add_fading(&mut self.right, &other.right, from, to);
    }
}

/// Adds sound at a gain.
pub fn add_scaled(to: &mut [f32], sound: &[f32], gain: f32) {
    for (to, sound) in to.iter_mut().zip(sound) {
        *to += sound * gain;
    }
}

fn add_fading(to: &mut [f32], sound: &[f32], from: f32, gain: f32) {
    let step = (gain - from) / sound.len() as f32;
    for ((to, sound), frame) in to.iter_mut().zip(sound).zip(1_u16..) {
        *to += sound * (from + step * f32::from(frame));
    }
}

/// A bus for each channel. Silent ones cost nothing: they are neither cleared nor mixed.
#[derive(Clone, Debug)]
pub struct Buses {
    buses: Box<[Bus]>,
    /// Which have sound in this block.
    used: [bool; CHANNELS],
}

impl Buses {
    /// Allocates; not for the callback.
    pub fn new() -> Self {
        Self { buses: vec![Bus::SILENT; CHANNELS].into(), used: [false; CHANNELS] }
    }

    /// A new block: all silent.
    pub fn clear(&mut self) {
        self.used = [false; CHANNELS];
    }

    /// The bus of a channel, to add to; silent where nothing was added yet in this block.
    pub fn open(&mut self, channel: usize) -> &mut Bus {
        let bus = &mut self.buses[channel];
        if !std::mem::replace(&mut self.used[channel], true) {
            (bus.left, bus.right) = (Bus::SILENT.left, Bus::SILENT.right);
        }
        bus
    }

    /// The channels with sound in this block and their buses, in order.
    pub fn used(&mut self) -> impl Iterator<Item = (usize, &mut Bus)> {
        self.buses.iter_mut().enumerate().zip(&self.used).filter_map(|(bus, used)| used.then_some(bus))
    }
}
