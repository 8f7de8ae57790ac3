//! The network as a whole: sizes, shapes, precision, lengths.

use super::*;
use crate::testing::{part, tune};
use cantus::music::Role;

fn unet() -> UNet {
    UNet::new(vec![part(Role::Alto, 53, 74), part(Role::Bass, 36, 64)], 1, Device::Cpu).unwrap()
}

#[test]
fn it_has_the_parameters_of_the_original() {
    let unet = unet();
    assert_eq!(weights::count(unet.generator_store()), (8_273_540, 8_270_852));
    assert_eq!(weights::count(unet.critic_store().unwrap()), (2_766_785, 2_766_785));
}

#[test]
fn shapes_are_as_drawn() {
    let unet = unet();
    let (melody, noise) = (
        Tensor::zeros([3, 1, 32, 128], (Kind::Float, Device::Cpu)),
        Tensor::zeros([3, 512, 2, 8], (Kind::Float, Device::Cpu)),
    );
    let tracks = tch::no_grad(|| unet.generator(&melody, &noise, true));
    assert_eq!(tracks.size(), [3, 4, 32, 128]);
    assert_eq!(unet.critic(&tracks, &melody).unwrap().size(), [3, 1]);
}

#[test]
fn mixed_precision_is_nearly_full_precision_and_learns_in_full() {
    let mut unet = unet();
    let mut source = Source::new(1, Purpose::Measuring, 0);
    let melody = source.uniform_tensor(&[2, 1, 32, 128], -1.0, 1.0, Device::Cpu);
    let noise = source.truncated_normal_tensor(&[2, 512, 2, 8], Device::Cpu);
    let tracks = source.uniform_tensor(&[2, 4, 32, 128], -1.0, 1.0, Device::Cpu);
    // as the penalty of a critic has it: the slope of a slope
    let outputs = |unet: &UNet| {
        let written = tch::no_grad(|| unet.generator(&melody, &noise, true));
        let slope = unet.critic_slope(&tracks, &melody);
        let kernel = unet.critic_store().unwrap().variables().remove("c2.weight").unwrap();
        let of_weights = Tensor::run_backward(&[slope.square().sum(Kind::Float)], &[kernel], false, false).remove(0);
        assert_eq!([written.kind(), slope.kind(), of_weights.kind()], [Kind::Float; 3]);
        [written, slope, of_weights]
    };
    let full = outputs(&unet);
    unet.set_mixed(true);
    for (full, mixed) in full.iter().zip(outputs(&unet)) {
        let off = (full - &mixed).norm().double_value(&[]) / full.norm().double_value(&[]);
        assert!(off > 0.0 && off < 0.1, "{off}"); // eight bits of a number, and slopes of slopes
    }
}

#[test]
fn any_length_and_bar_is_covered_and_the_seed_decides() {
    let unet = unet();
    for (steps, steps_per_bar) in [(1, 16), (40, 16), (61, 12), (70, 14), (0, 16)] {
        let context = GenerateContext { steps_per_bar, ..GenerateContext::new(4) };
        let melody = tune(steps);
        let parts = unet.generate(&melody, &context).unwrap().parts;
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|part| part.steps() == steps));
        assert_eq!(parts, unet.generate(&melody, &context).unwrap().parts);
        assert!(unet.rate(&melody, &parts).unwrap().is_finite());
    }
    let (melody, other) = (tune(64), GenerateContext::new(5));
    assert_ne!(
        unet.generate(&melody, &other).unwrap().parts,
        unet.generate(&melody, &GenerateContext::new(4)).unwrap().parts
    );
}

#[test]
fn cancelling_and_too_long_melodies_end_it() {
    let unet = unet();
    let cancelled = GenerateContext { cancel: &|| true, ..GenerateContext::new(1) };
    assert!(matches!(unet.generate(&tune(64), &cancelled), Err(Error::Cancelled)));
    let long = Grid::silent(MAX_STEPS + 1);
    assert!(matches!(unet.generate(&long, &GenerateContext::new(1)), Err(Error::TooLong { .. })));
}

#[test]
fn saved_weights_write_the_same_notes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("generator.safetensors");
    let unet = unet();
    weights::save(&path, &weights::sorted(unet.generator_store()), Kind::Float).unwrap();
    let loaded = UNet::load(unet.parts.clone(), &ModelFiles { generator: path, critic: None }, Device::Cpu).unwrap();
    let context = GenerateContext::new(9);
    assert_eq!(loaded.generate(&tune(32), &context).unwrap().parts, unet.generate(&tune(32), &context).unwrap().parts);
    assert_eq!(loaded.rate(&tune(32), &[]).unwrap(), 0.0);
}
