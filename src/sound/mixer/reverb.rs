//! A room: the very samples of fundsp's `reverb_stereo`, several times faster.
//!
//! It is a feedback delay network (Jot and Chaigne, "Digital delay networks for designing artificial reverberators",
//! 1991): 32 delay lines, each damped by a small filter, whose outputs a Hadamard matrix scatters over all inputs.
//! fundsp takes every frame through all of it. As no line is as short as a block, a block can be taken through each
//! step at once, which compilers turn into vector instructions; what is added to what, and in which order, stays.

use fundsp::denormal::prevent_denormals;
use fundsp::prelude32::{Frame, U3, fir3, lerp, pan, smooth9};

use super::buses::Bus;
use crate::sound::block::BLOCK_FRAMES;

const LINES: usize = 32;

/// Microseconds of fundsp's lines in a room of ten metres, of which none is a multiple of another.
const DELAY_MICROS: [u32; LINES] = [
    73_904, 52_918, 66_238, 66_387, 37_783, 80_073, 50_961, 75_900, 43_646, 72_095, 56_194, 45_961, 58_934, 68_016,
    47_529, 58_156, 72_972, 36_084, 62_715, 76_377, 44_339, 76_725, 77_884, 46_126, 67_741, 49_800, 51_709, 82_923,
    70_121, 79_315, 55_039, 81_859,
];

/// A block of each line.
type Lines = [[f32; BLOCK_FRAMES]; LINES];

/// What went into a line, as far back as it delays.
struct Delay {
    ring: Box<[f32]>,
    at: usize,
    /// The two frames that left it last.
    before: [f32; 2],
}

impl Delay {
    fn new(frames: usize) -> Self {
        Self { ring: vec![0.0; frames.max(BLOCK_FRAMES)].into(), at: 0, before: [0.0; 2] }
    }

    /// Where a block lies: up to the end of the ring, and on from its beginning.
    fn split(&mut self) -> (&mut [f32], &mut [f32]) {
        let (start, end) = self.ring.split_at_mut(self.at);
        let first = end.len().min(BLOCK_FRAMES);
        (&mut end[..first], &mut start[..BLOCK_FRAMES - first])
    }

    /// The next block that leaves the line, damped by three weights.
    fn leave(&mut self, weights: [f32; 3], to: &mut [f32; BLOCK_FRAMES]) {
        let mut frames = [0.0; BLOCK_FRAMES + 2];
        frames[..2].copy_from_slice(&self.before);
        let (first, rest) = self.split();
        frames[2..2 + first.len()].copy_from_slice(first);
        frames[2 + first.len()..].copy_from_slice(rest);
        self.before = [frames[BLOCK_FRAMES], frames[BLOCK_FRAMES + 1]];
        for (frame, to) in to.iter_mut().enumerate() {
            *to = weights[0] * frames[frame] + weights[1] * frames[frame + 1] + weights[2] * frames[frame + 2];
        }
    }

    /// Takes in the next block, in place of the one that has just left.
    fn enter(&mut self, block: &[f32; BLOCK_FRAMES]) {
        let (first, rest) = self.split();
        first.copy_from_slice(&block[..first.len()]);
        rest.copy_from_slice(&block[first.len()..]);
        self.at = (self.at + BLOCK_FRAMES) % self.ring.len();
    }
}

/// See the module.
pub struct Reverb {
    delays: Vec<Delay>,
    damping: [f32; 3],
    /// How much of each line is heard on either side.
    pans: [[f32; 2]; LINES],
    /// What the matrix gave for the last frame of the block before: it enters the lines with the next one.
    scattered: [f32; LINES],
    lines: Box<Lines>,
}

impl Reverb {
    /// A room of so many metres, in which sound takes so many seconds to die away, high sound (damping 0 to 1) less.
    /// Allocates.
    pub fn new(metres: f32, seconds: f32, damping: f32, sample_rate_hz: u32) -> Self {
        let [metres, seconds, damping] = [metres, seconds, damping].map(f64::from);
        let rate_hz = f64::from(sample_rate_hz);
        let delay = |micros: u32| (f64::from(micros) / 1e6 * metres / 10.0 * rate_hz).round() as usize;
        let decay = 10_f64.powf(-60.0 / 20.0).powf(0.03 * metres / 10.0 / seconds) as f32;
        let weights = fir3(1.0 - damping as f32).weights() * Frame::<f32, U3>::splat(decay);
        let place = |line: usize| lerp(-1.0, 1.0, smooth9((line as f64 / (LINES - 1) as f64) as f32));
        Self {
            delays: DELAY_MICROS.map(|micros| Delay::new(delay(micros))).into(),
            damping: [weights[0], weights[1], weights[2]],
            pans: std::array::from_fn(|line| {
                let sides = pan(place(line)).tick(&[1.0].into());
                [sides[0], sides[1]]
            }),
            scattered: [0.0; LINES],
            lines: Box::new([[0.0; BLOCK_FRAMES]; LINES]),
        }
    }

    /// Forgets all that went in.
    pub fn reset(&mut self) {
        for delay in &mut self.delays {
            delay.ring.fill(0.0);
            delay.before = [0.0; 2];
        }
        self.scattered = [0.0; LINES];
    }

    /// What is heard of the room while `sent` goes in.
    pub fn process(&mut self, sent: &Bus, heard: &mut Bus) {
        /// All lines together are about as loud as what went in.
        const GAIN: f32 = 1.0 / 16.0;
        prevent_denormals();
        *heard = Bus::SILENT;
        for ((delay, line), [left, right]) in self.delays.iter_mut().zip(self.lines.iter_mut()).zip(&self.pans) {
            delay.leave(self.damping, line);
            for ((frame, to_left), to_right) in line.iter().zip(&mut heard.left).zip(&mut heard.right) {
                *to_left += frame * left;
                *to_right += frame * right;
            }
        }
        for frame in heard.left.iter_mut().chain(&mut heard.right) {
            *frame *= GAIN;
        }
        scatter(&mut self.lines);
        let sides = [&sent.left, &sent.right];
        for (index, (delay, line)) in self.delays.iter_mut().zip(self.lines.iter()).enumerate() {
            let mut block = *sides[index % 2];
            block[0] += self.scattered[index];
            for (frame, scattered) in block[1..].iter_mut().zip(line) {
                *frame += scattered;
            }
            self.scattered[index] = line[BLOCK_FRAMES - 1];
            delay.enter(&block);
        }
    }
}

/// Multiplies each frame of all lines by the orthogonal Hadamard matrix.
fn scatter(lines: &mut Lines) {
    let mut half = 1;
    while half < LINES {
        for group in lines.chunks_exact_mut(half * 2) {
            let (upper, lower) = group.split_at_mut(half);
            for (a, b) in upper.iter_mut().zip(lower) {
                for (a, b) in a.iter_mut().zip(b) {
                    (*a, *b) = (*a + *b, *a - *b);
                }
            }
        }
        half *= 2;
    }
    let scale = (1.0 / (LINES as f64).sqrt()) as f32;
    lines.as_flattened_mut().iter_mut().for_each(|frame| *frame *= scale);
}

#[cfg(test)]
mod tests {
    use fundsp::prelude32::{BufferVec, reverb_stereo};

    use super::*;

    #[test]
    fn it_gives_the_samples_of_fundsp() {
        for (rate, metres) in [(48_000, 15.0), (44_100, 15.0), (22_050, 10.0), (96_000, 30.0)] {
            let mut ours = Reverb::new(metres, 0.85, 0.4, rate);
            let mut theirs = reverb_stereo(metres, 0.85, 0.4);
            theirs.set_sample_rate(f64::from(rate));
            let (mut input, mut output) = (BufferVec::new(2), BufferVec::new(2));
            let mut random = fastrand::Rng::with_seed(u64::from(rate));
            let (mut sent, mut heard) = (Bus::SILENT, Bus::SILENT);
            let mut peak = 0.0_f32;
            for block in 0..600 {
                if block == 450 {
                    ours.reset();
                    theirs.reset();
                }
                for frame in 0..BLOCK_FRAMES {
                    let is_sent = block % 200 < 50;
                    let mut next = || if is_sent { random.f32() * 2.0 - 1.0 } else { 0.0 };
                    (sent.left[frame], sent.right[frame]) = (next(), next());
                }
                input.channel_f32_mut(0).copy_from_slice(&sent.left);
                input.channel_f32_mut(1).copy_from_slice(&sent.right);
                theirs.process(BLOCK_FRAMES, &input.buffer_ref(), &mut output.buffer_mut());
                ours.process(&sent, &mut heard);
                assert_eq!(heard.left, output.channel_f32(0), "{rate} Hz, block {block}, left");
                assert_eq!(heard.right, output.channel_f32(1), "{rate} Hz, block {block}, right");
                peak = heard.left.iter().fold(peak, |peak, frame| peak.max(frame.abs()));
            }
            assert!(peak > 0.1, "{rate} Hz: {peak}");
        }
    }
}
