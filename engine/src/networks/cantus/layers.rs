//! The layers of `cantus`: convolutions over time only, so that a melody of any length goes through in one piece.

use serde::{Deserialize, Serialize};
use tch::nn::{self, Init};
use tch::{Kind, Tensor};

use super::features::{CLASSES, LINE, PLACE, classes};
use super::tokens::{FIRST_PITCH, PITCHES, VOCABULARY};
use crate::random::Source;

/// Steps that the trunk sees as one: a beat.
pub const BEAT: i64 = 4;

/// How large the layers are; bounded, for it comes with a model's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sizes {
    /// Channels at each sixteenth.
    pub step_channels: i64,
    /// Channels at each beat.
    pub beat_channels: i64,
    /// Pairs of blocks at each beat, the second of a pair reaching further; dilations 1, 2, 4, 8 in turn.
    pub beat_blocks: i64,
    /// Channels of the critic.
    pub critic_channels: i64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { step_channels: 96, beat_channels: 192, beat_blocks: 8, critic_channels: 96 }
    }
}

impl Sizes {
    /// Whether they are within what any computer here can hold.
    pub fn are_sane(&self) -> bool {
        let channels = [self.step_channels, self.beat_channels, self.critic_channels];
        channels.iter().all(|channels| (8..=512).contains(channels)) && (1..=16).contains(&self.beat_blocks)
    }
}

fn conv(path: &nn::Path<'_>, from: i64, to: i64, kernel: i64, stride: i64, dilation: i64) -> nn::Conv1D {
    let config = nn::ConvConfig {
        stride,
        padding: if stride == 1 { (kernel - 1) / 2 * dilation } else { 0 },
        dilation,
        ws_init: Init::Const(0.0),
        ..nn::ConvConfig::default()
    };
    nn::conv1d(path, from, to, kernel, config)
}

fn leaky(x: &Tensor) -> Tensor {
    x.maximum(&(x * 0.2))
}

/// A gated convolution beside an identity (Dauphin et al. 2017), on what root-mean-square norm per step makes of its
/// input.
#[derive(Debug)]
struct Block {
    gain: Tensor,
    dilation: i64,
    gated: nn::Conv1D,
    out: nn::Conv1D,
}

impl Block {
    fn new(path: &nn::Path<'_>, channels: i64, dilation: i64) -> Self {
        Self {
            gain: path.var("gain", &[1, channels, 1], Init::Const(1.0)),
            dilation,
            gated: conv(&(path / "gated"), channels, 2 * channels, 3, 1, dilation),
            out: conv(&(path / "out"), channels, channels, 1, 1, 1),
        }
    }

    fn forward(&self, x: &Tensor, dropout: &mut Dropout<'_>) -> Tensor {
        let size = x.square().mean_dim([1_i64].as_slice(), true, Kind::Float);
        let normed = x * (size + 1e-6).rsqrt() * &self.gain;
        let halves = self.gated(&normed).chunk(2, 1);
        x + dropout.apply(&(&halves[0] * halves[1].sigmoid()).apply(&self.out))
    }

    /// The gated convolution. With a single short piece libtorch's way of dilating sets each channel to its bias by two
    /// calls, which take longer than all else; so the bias comes afterwards there.
    fn gated(&self, x: &Tensor) -> Tensor {
        match &self.gated.bs {
            Some(bias) if self.dilation > 1 && x.size()[0] == 1 => {
                x.conv1d(&self.gated.ws, None::<Tensor>, 1, self.dilation, self.dilation, 1) + bias.unsqueeze(1)
            }
            _ => x.apply(&self.gated),
        }
    }
}

/// Whole channels set to zero in training, drawn from our own stream; nothing otherwise.
#[derive(Debug)]
pub struct Dropout<'a>(pub Option<(&'a mut Source, f32)>);

impl Dropout<'_> {
    fn apply(&mut self, x: &Tensor) -> Tensor {
        match &mut self.0 {
            Some((source, share)) if *share > 0.0 => {
                let size = x.size();
                let keep = source.uniform_tensor(&[size[0], size[1], 1], 0.0, 1.0, x.device()).ge(f64::from(*share));
                x * keep.to_kind(Kind::Float) / f64::from(1.0 - *share)
            }
            _ => x.shallow_clone(),
        }
    }
}

/// Predicts the unknown cells of the lines from the melody and the known ones.
#[derive(Debug)]
pub struct Generator {
    lines: i64,
    stem: nn::Conv1D,
    stem_block: Block,
    down: nn::Conv1D,
    trunk: Vec<Block>,
    up: nn::Conv1D,
    fine: Vec<Block>,
    pitch_head: nn::Conv1D,
    class_head: nn::Conv1D,
    other_head: nn::Conv1D,
}

impl Generator {
    /// With weights of 0, to be drawn or loaded.
    ///
    /// `plan` is how many channels tell it the chords: 0, or [`super::plan::PLAN`].
    pub fn new(root: &nn::Path<'_>, lines: i64, plan: i64, sizes: Sizes) -> Self {
        let (steps, beats) = (sizes.step_channels, sizes.beat_channels);
        let input = (lines + 1) * (LINE + CLASSES + 1) + PLACE + plan;
        let trunk =
            (0..sizes.beat_blocks).map(|index| Block::new(&(root / format!("trunk{index}")), beats, 1 << (index % 4)));
        Self {
            lines,
            stem: conv(&(root / "stem"), input, steps, 1, 1, 1),
            stem_block: Block::new(&(root / "stem_block"), steps, 1),
            down: conv(&(root / "down"), steps, beats, BEAT, BEAT, 1),
            trunk: trunk.collect(),
            up: conv(&(root / "up"), beats, steps * BEAT, 1, 1, 1),
            fine: vec![Block::new(&(root / "fine0"), steps, 1), Block::new(&(root / "fine1"), steps, 2)],
            pitch_head: conv(&(root / "pitch_head"), steps, lines * PITCHES, 1, 1, 1),
            class_head: conv(&(root / "class_head"), steps, lines * CLASSES, 1, 1, 1),
            other_head: conv(&(root / "other_head"), steps, lines * FIRST_PITCH, 1, 1, 1),
        }
    }

    /// From [`super::features::known_lines`] of melody and lines, the place and the plan (\[n, channels, steps\] each,
    /// whole beats) to logits \[n, lines, VOCABULARY, steps\].
    pub fn forward(&self, inputs: &[Tensor], dropout: &mut Dropout<'_>) -> Tensor {
        let x = Tensor::cat(inputs, 1).apply(&self.stem);
        let fine = self.stem_block.forward(&x, dropout);
        let (count, steps) = (fine.size()[0], fine.size()[2]);
        let mut beats = fine.apply(&self.down);
        for block in &self.trunk {
            beats = block.forward(&beats, dropout);
        }
        let wide = beats.apply(&self.up).view([count, BEAT, -1, steps / BEAT]);
        let mut x = fine + wide.permute([0, 2, 3, 1]).reshape([count, -1, steps]);
        for block in &self.fine {
            x = block.forward(&x, dropout);
        }
        let x = x.relu();
        let of_class = x.apply(&self.class_head).view([count, self.lines, 1, CLASSES, steps]);
        let of_pitch = x.apply(&self.pitch_head).view([count, self.lines, PITCHES / CLASSES, CLASSES, steps]);
        let pitches = (of_class + of_pitch).reshape([count, self.lines, PITCHES, steps]);
        let others = x.apply(&self.other_head).view([count, self.lines, FIRST_PITCH, steps]);
        let logits = Tensor::cat(&[others, pitches], 2);
        debug_assert_eq!(logits.size()[2], VOCABULARY);
        logits
    }
}

/// Scores lines beside their melody, bar by bar.
#[derive(Debug)]
pub struct Critic {
    stem: nn::Conv1D,
    beats: nn::Conv1D,
    near: nn::Conv1D,
    far: nn::Conv1D,
    bars: nn::Conv1D,
    wide: nn::Conv1D,
    score: nn::Conv1D,
}

impl Critic {
    /// With weights of 0, to be drawn or loaded.
    pub fn new(root: &nn::Path<'_>, lines: i64, sizes: Sizes) -> Self {
        let width = sizes.critic_channels;
        let input = (lines + 1) * (LINE + CLASSES) + CLASSES + PLACE;
        Self {
            stem: conv(&(root / "stem"), input, width, 1, 1, 1),
            beats: conv(&(root / "beats"), width, 2 * width, BEAT, BEAT, 1),
            near: conv(&(root / "near"), 2 * width, 2 * width, 3, 1, 1),
            far: conv(&(root / "far"), 2 * width, 2 * width, 3, 1, 2),
            bars: conv(&(root / "bars"), 2 * width, 2 * width, 4, 4, 1),
            wide: conv(&(root / "wide"), 2 * width, 2 * width, 3, 1, 1),
            score: conv(&(root / "score"), 2 * width, 1, 1, 1, 1),
        }
    }

    /// From [`super::features::lines`] of lines and melody (\[n, lines, LINE, steps\], whole spans of 16) to \[n, 1\].
    pub fn forward(&self, lines: &Tensor, melody: &Tensor, place: &Tensor) -> Tensor {
        let all = Tensor::cat(&[melody, lines], 1);
        let of_class = classes(&all);
        let harmony = of_class.sum_dim_intlist(1, false, Kind::Float);
        let x = Tensor::cat(&[&all.flatten(1, 2), &of_class.flatten(1, 2), &harmony, place], 1);
        let x = leaky(&leaky(&x.apply(&self.stem)).apply(&self.beats));
        let x = &x + leaky(&x.apply(&self.near));
        let x = &x + leaky(&x.apply(&self.far));
        let x = leaky(&x.apply(&self.bars));
        let x = &x + leaky(&x.apply(&self.wide));
        x.apply(&self.score).mean_dim([2_i64].as_slice(), false, Kind::Float)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tch::Device;

    #[test]
    fn a_piece_alone_goes_through_a_block_as_among_others() {
        let store = nn::VarStore::new(Device::Cpu);
        for dilation in [1, 2, 8] {
            let block = Block::new(&(store.root() / format!("block{dilation}")), 12, dilation);
            tch::manual_seed(dilation);
            tch::no_grad(|| store.variables().values_mut().for_each(|weights| drop(weights.uniform_(-0.5, 0.5))));
            let pieces = Tensor::randn([2, 12, 20], (Kind::Float, Device::Cpu));
            let forward = |pieces: &Tensor| tch::no_grad(|| block.forward(pieces, &mut Dropout(None)));
            let off =
                (forward(&pieces).narrow(0, 0, 1) - forward(&pieces.narrow(0, 0, 1))).abs().max().double_value(&[]);
            assert!(off < 1e-5, "{off} at a dilation of {dilation}");
        }
    }
}
