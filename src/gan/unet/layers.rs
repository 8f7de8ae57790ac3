//! The layers of `unet`. TensorFlow's defaults are kept where libtorch's differ.

use tch::nn::{self, Init, ModuleT as _};
use tch::{Kind, Tensor};

/// Tracks the generator writes; the first is the melody's.
pub const TRACKS: i64 = 4;
/// The noise of one window: channels x steps x pitches at the narrowest place.
pub const NOISE_SHAPE: [i64; 3] = [512, 2, 8];

const LEAK: f64 = 0.2;

/// A convolution of 4 x 4 that halves both sides; a leaky `ReLU` comes after it.
fn halving(path: &nn::Path<'_>, from: i64, to: i64) -> nn::Conv2D {
    let config = nn::ConvConfig {
        stride: 2,
        padding: 1,
        ws_init: Init::Const(0.0),
        ..nn::ConvConfig::default()
    };
    nn::conv2d(path, from, to, 4, config)
}

/// A convolution of 4 x 4 that keeps the size; its input is padded by [`doubled`].
fn keeping(path: &nn::Path<'_>, from: i64, to: i64) -> nn::Conv2D {
    let config = nn::ConvConfig {
        ws_init: Init::Const(0.0),
        ..nn::ConvConfig::default()
    };
    nn::conv2d(path, from, to, 4, config)
}

fn norm(path: &nn::Path<'_>, channels: i64) -> nn::BatchNorm {
    let config = nn::BatchNormConfig {
        eps: 1e-3,
        momentum: 0.2, // TensorFlow's 0.8 says how much is kept
        ws_init: Init::Const(1.0),
        ..nn::BatchNormConfig::default()
    };
    nn::batch_norm2d(path, channels, config)
}

fn leaky(x: &Tensor) -> Tensor {
    x.maximum(&(x * LEAK)) // libtorch's leaky_relu has a fixed slope here
}

/// Twice as long and wide, and padded as TensorFlow's "same" pads an even kernel: 1 before, 2 after.
fn doubled(x: &Tensor) -> Tensor {
    let size = x.size();
    x.upsample_nearest2d([size[2] * 2, size[3] * 2], None, None)
        .constant_pad_nd([1, 2, 1, 2])
}

/// The U-Net.
#[derive(Debug)]
pub struct Generator {
    d1: nn::Conv2D,
    down: Vec<(nn::Conv2D, nn::BatchNorm)>,
    up: Vec<(nn::Conv2D, nn::BatchNorm)>,
    out: nn::Conv2D,
}

impl Generator {
    pub fn new(root: &nn::Path<'_>) -> Self {
        let block = |name: &str, conv: fn(&nn::Path<'_>, i64, i64) -> nn::Conv2D, from, to| {
            let path = root / name;
            (conv(&(&path / "conv"), from, to), norm(&(&path / "norm"), to))
        };
        Self {
            d1: halving(&(root / "d1" / "conv"), 1, 64),
            down: vec![
                block("d2", halving, 64, 128),
                block("d3", halving, 128, 256),
                block("d4", halving, 256, 512),
            ],
            up: vec![
                block("u4", keeping, 1024, 256),
                block("u5", keeping, 512, 128),
                block("u6", keeping, 256, 64),
            ],
            out: keeping(&(root / "out" / "conv"), 128, TRACKS),
        }
    }

    pub fn forward(&self, melody: &Tensor, noise: &Tensor, train: bool) -> Tensor {
        let mut skips = vec![leaky(&melody.apply(&self.d1))];
        for (conv, norm) in &self.down {
            let x = leaky(&skips[skips.len() - 1].apply(conv));
            skips.push(norm.forward_t(&x, train));
        }
        let deepest = skips.pop().unwrap_or_else(|| melody.shallow_clone());
        let mut x = Tensor::cat(&[&deepest, noise], 1);
        for (conv, norm) in &self.up {
            x = norm.forward_t(&doubled(&x).apply(conv), train).relu();
            if let Some(skip) = skips.pop() {
                x = Tensor::cat(&[x, skip], 1);
            }
        }
        doubled(&x).apply(&self.out).tanh()
    }
}

/// Four halving convolutions and a sum, without norm.
#[derive(Debug)]
pub struct Critic {
    convs: Vec<nn::Conv2D>,
    score: nn::Linear,
}

impl Critic {
    pub fn new(root: &nn::Path<'_>) -> Self {
        let sizes = [(TRACKS + 1, 64), (64, 128), (128, 256), (256, 512)];
        let convs = sizes.iter().enumerate();
        let config = nn::LinearConfig {
            ws_init: Init::Const(0.0),
            bs_init: Some(Init::Const(0.0)),
            bias: true,
        };
        Self {
            convs: convs
                .map(|(index, &(from, to))| halving(&(root / format!("c{}", index + 1)), from, to))
                .collect(),
            score: nn::linear(root / "score", 8192, 1, config),
        }
    }

    pub fn forward(&self, tracks: &Tensor, melody: &Tensor) -> Tensor {
        let mut x = Tensor::cat(&[tracks, melody], 1);
        for conv in &self.convs {
            x = leaky(&x.apply(conv));
        }
        x.flatten(1, -1).to_kind(Kind::Float).apply(&self.score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_kernels_are_padded_as_tensorflow_does() {
        let x = Tensor::from_slice(&[5.0_f32]).view([1, 1, 1, 1]);
        let padded = doubled(&x);
        assert_eq!(padded.size(), [1, 1, 5, 5]);
        let row = |index| Vec::<f32>::try_from(padded.get(0).get(0).get(index)).unwrap();
        assert_eq!(row(0), [0.0; 5]);
        assert_eq!(row(1), [0.0, 5.0, 5.0, 0.0, 0.0]);
        assert_eq!(row(3), [0.0; 5]);
    }

    #[test]
    fn the_leak_is_a_fifth() {
        let x = leaky(&Tensor::from_slice(&[-1.0_f32, 2.0]));
        assert_eq!(Vec::<f32>::try_from(x).unwrap(), [-0.2, 2.0]);
    }
}
