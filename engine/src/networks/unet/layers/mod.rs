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
    let config = nn::ConvConfig { stride: 2, padding: 1, ws_init: Init::Const(0.0), ..nn::ConvConfig::default() };
    nn::conv2d(path, from, to, 4, config)
}

/// A convolution of 4 x 4 that keeps the size; applied by [`upsampled`].
fn keeping(path: &nn::Path<'_>, from: i64, to: i64) -> nn::Conv2D {
    let config = nn::ConvConfig { ws_init: Init::Const(0.0), ..nn::ConvConfig::default() };
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

/// A convolution computed in a kind of numbers: weights are cast on the way, and stay as exact as they are.
fn convolved(x: &Tensor, conv: &nn::Conv2D, stride: i64, padding: i64, kind: Kind) -> Tensor {
    let bias = conv.bs.as_ref().map(|bias| bias.to_kind(kind));
    laid_out(x, kind).conv2d(&conv.ws.to_kind(kind), bias, stride, padding, 1, 1)
}

/// A leaky `ReLU`: each number times its [`bent`] place's slope. Its own derivative is the same function again, so that
/// libtorch's derivative of it serves as itself: `leaky_relu` has a fixed slope here, and `prelu` takes ten times as
/// long backwards, for it finds the leak's own slope along.
fn leaky(x: &Tensor) -> Tensor {
    bent(x, &x.detach())
}

/// Numbers times the slope that a leaky `ReLU` has where others are: 1 above zero, [`LEAK`] at it and below.
fn bent(x: &Tensor, places: &Tensor) -> Tensor {
    places.leaky_relu_backward(x, LEAK, false)
}

/// The same tensor laid out with its channels innermost where it is in half as many bits, which is how processors
/// multiply those.
fn laid_out(x: &Tensor, kind: Kind) -> Tensor {
    let x = x.to_kind(kind);
    if kind == Kind::Float {
        return x;
    }
    x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
}

/// A convolution of 4 x 4 over cells doubled along both sides (nearest), padded as TensorFlow's "same" pads an even
/// kernel: 1 before, 2 after.
///
/// Computed without doubling: a cell reaches five cells of the result along each side, by those taps that fall on one
/// of its two copies. That is a transposed convolution of 5 x 5 in steps of two: the same function of the same weights,
/// but for rounding, with 25 multiplications where the direct way takes 64.
fn upsampled(x: &Tensor, conv: &nn::Conv2D, kind: Kind) -> Tensor {
    let kernel = widened(&widened(&conv.ws, 2), 3).transpose(0, 1);
    let bias = conv.bs.as_ref().map(|bias| bias.to_kind(kind));
    laid_out(x, kind).conv_transpose2d(&kernel.to_kind(kind), bias, 2, 2, 1, 1, 1)
}

/// What a cell that stands for two adds to the results from 2 before to 2 after the first of them: taps k3, k2 + k3, k1
/// + k2, k0 + k1, k0.
fn widened(kernel: &Tensor, side: i64) -> Tensor {
    let tap = |index| kernel.narrow(side, index, 1);
    Tensor::cat(&[tap(3), tap(2) + tap(3), tap(1) + tap(2), tap(0) + tap(1), tap(0)], side)
}

/// The U-Net.
#[derive(Debug)]
pub struct Generator {
    /// What convolutions are computed in: full precision, or bfloat16.
    pub kind: Kind,
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
            kind: Kind::Float,
            d1: halving(&(root / "d1" / "conv"), 1, 64),
            down: vec![block("d2", halving, 64, 128), block("d3", halving, 128, 256), block("d4", halving, 256, 512)],
            up: vec![block("u4", keeping, 1024, 256), block("u5", keeping, 512, 128), block("u6", keeping, 256, 64)],
            out: keeping(&(root / "out" / "conv"), 128, TRACKS),
        }
    }

    pub fn forward(&self, melody: &Tensor, noise: &Tensor, train: bool) -> Tensor {
        let kind = self.kind;
        let mut skips = vec![leaky(&convolved(melody, &self.d1, 2, 1, kind))];
        for (conv, norm) in &self.down {
            let x = leaky(&convolved(&skips[skips.len() - 1], conv, 2, 1, kind));
            skips.push(norm.forward_t(&x, train));
        }
        let deepest = skips.pop().unwrap_or_else(|| melody.shallow_clone());
        let mut x = Tensor::cat(&[deepest, noise.to_kind(kind)], 1);
        for (conv, norm) in &self.up {
            x = norm.forward_t(&upsampled(&x, conv, kind), train).relu();
            if let Some(skip) = skips.pop() {
                x = Tensor::cat(&[x, skip], 1);
            }
        }
        upsampled(&x, &self.out, kind).to_kind(Kind::Float).tanh()
    }
}

/// Four halving convolutions and a sum, without norm.
#[derive(Debug)]
pub struct Critic {
    /// What convolutions are computed in; the sum always in full precision.
    pub kind: Kind,
    convs: Vec<nn::Conv2D>,
    score: nn::Linear,
}

impl Critic {
    pub fn new(root: &nn::Path<'_>) -> Self {
        let sizes = [(TRACKS + 1, 64), (64, 128), (128, 256), (256, 512)];
        let convs = sizes.iter().enumerate();
        let config = nn::LinearConfig { ws_init: Init::Const(0.0), bs_init: Some(Init::Const(0.0)), bias: true };
        Self {
            kind: Kind::Float,
            convs: convs.map(|(index, &(from, to))| halving(&(root / format!("c{}", index + 1)), from, to)).collect(),
            score: nn::linear(root / "score", 8192, 1, config),
        }
    }

    pub fn forward(&self, tracks: &Tensor, melody: &Tensor) -> Tensor {
        let mut x = Tensor::cat(&[tracks, melody], 1);
        for conv in &self.convs {
            x = leaky(&convolved(&x, conv, 2, 1, self.kind));
        }
        x.flatten(1, -1).to_kind(Kind::Float).apply(&self.score)
    }

    /// The slopes of the scores by the tracks, shaped as these are; they can be differentiated by the weights.
    ///
    /// From bend to bend the critic is linear: its slope is the product of its convolutions, transposed and from the
    /// last to the first, with each leak in its place. Written down so it takes half the time of a slope that libtorch
    /// finds and then differentiates.
    pub fn slope(&self, tracks: &Tensor, melody: &Tensor) -> Tensor {
        let kind = self.kind;
        // where it bends does not move with the weights, but for places that no window hits
        let places = tch::no_grad(|| {
            let mut x = Tensor::cat(&[tracks, melody], 1);
            let mut places = Vec::new();
            for conv in &self.convs {
                let before = convolved(&x, conv, 2, 1, kind);
                x = leaky(&before);
                places.push(before);
            }
            places
        });
        let deepest = places.last().map(Tensor::size).unwrap_or_default();
        let mut slope = self.score.ws.view([1, deepest[1], deepest[2], deepest[3]]).to_kind(kind);
        for (nth, (conv, place)) in self.convs.iter().zip(&places).enumerate().rev() {
            let kernel = if nth == 0 { conv.ws.narrow(1, 0, TRACKS) } else { conv.ws.shallow_clone() };
            slope = bent(&slope.expand_as(place), place).conv_transpose2d(
                &kernel.to_kind(kind),
                None::<Tensor>,
                2,
                1,
                0,
                1,
                1,
            );
        }
        slope.to_kind(Kind::Float)
    }
}

#[cfg(test)]
mod tests;
