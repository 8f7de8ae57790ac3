//! Layers that were rewritten to be quick, against the plain ones.

use super::*;

use tch::Device;

/// Twice as long and wide, and padded as TensorFlow's "same" pads an even kernel.
fn doubled(x: &Tensor) -> Tensor {
    let size = x.size();
    x.upsample_nearest2d([size[2] * 2, size[3] * 2], None, None).constant_pad_nd([1, 2, 1, 2])
}

fn most(a: &Tensor, b: &Tensor) -> f64 {
    (a - b).abs().max().double_value(&[])
}

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
fn convolutions_without_doubling_are_those_with_it() {
    tch::manual_seed(1);
    let store = nn::VarStore::new(Device::Cpu);
    let mut conv = keeping(&store.root(), 3, 2);
    tch::no_grad(|| {
        let _ = conv.ws.uniform_(-1.0, 1.0);
        let _ = conv.bs.as_mut().unwrap().uniform_(-1.0, 1.0);
    });
    let x = (Tensor::rand([2, 3, 4, 6], (Kind::Float, Device::Cpu)) - 0.5).set_requires_grad(true);
    let (direct, short) = (doubled(&x).apply(&conv), upsampled(&x, &conv, Kind::Float));
    assert_eq!(short.size(), [2, 2, 8, 12]);
    assert!(most(&direct, &short) < 1e-5);
    // so are the slopes, of a sum in which no two cells weigh the same
    let weights = Tensor::arange(direct.numel() as i64, (Kind::Float, Device::Cpu)).view([2, 2, 8, 12]) / 100.0;
    let slopes = |y: &Tensor| Tensor::run_backward(&[(y * &weights).sum(Kind::Float)], &[&x, &conv.ws], false, false);
    for (direct, short) in slopes(&direct).iter().zip(slopes(&short)) {
        assert!(most(direct, &short) < 1e-3);
    }
}

#[test]
fn the_slope_written_down_is_the_one_that_libtorch_finds() {
    tch::manual_seed(2);
    let store = nn::VarStore::new(Device::Cpu);
    let critic = Critic::new(&store.root());
    tch::no_grad(|| store.variables().values_mut().for_each(|weights| drop(weights.uniform_(-0.1, 0.1))));
    let random = |tracks| Tensor::rand([3, tracks, 32, 128], (Kind::Float, Device::Cpu)) * 2.0 - 1.0;
    let (tracks, melody) = (random(TRACKS).set_requires_grad(true), random(1));
    let score = critic.forward(&tracks, &melody).sum(Kind::Float);
    let found = Tensor::run_backward(&[score], &[&tracks], true, true).remove(0);
    let written = critic.slope(&tracks, &melody);
    let scale = found.abs().max().double_value(&[]);
    assert!(scale > 0.01 && most(&found, &written) < 1e-4 * scale);
    // and by the weights
    let kernels: Vec<&Tensor> = critic.convs.iter().map(|conv| &conv.ws).chain([&critic.score.ws]).collect();
    let by_weights = |slope: &Tensor| Tensor::run_backward(&[slope.square().sum(Kind::Float)], &kernels, false, false);
    for (found, written) in by_weights(&found).iter().zip(by_weights(&written)) {
        assert!(most(found, &written) < 1e-4 * found.abs().max().double_value(&[]));
    }
}

#[test]
fn the_leak_is_a_fifth_and_so_is_its_slope() {
    let x = Tensor::from_slice(&[-1.0_f32, 2.0]).set_requires_grad(true);
    let y = leaky(&x);
    let slope = Tensor::run_backward(&[y.sum(Kind::Float)], &[&x], false, false).remove(0);
    assert_eq!(Vec::<f32>::try_from(y).unwrap(), [-0.2, 2.0]);
    assert_eq!(Vec::<f32>::try_from(slope).unwrap(), [0.2, 1.0]);
}
