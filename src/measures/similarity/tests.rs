//! The table of degenerate generators, on the built-in chorales.

use rand::Rng;

use super::*;
use crate::corpus::builtin::Style;
use crate::corpus::{Planes, ReadOptions, bits, decide_split};

const SHAPE: WindowShape = WindowShape { bars: 2, hop_bars: 2, steps_per_bar: None };

fn corpus() -> Dataset {
    let mut pieces: Vec<_> = (0..120).map(|number| Style::Chorale.piece(1, number)).collect();
    let options = ReadOptions { valid_one_in: 4, ..ReadOptions::default() };
    decide_split(&mut pieces, &options);
    Dataset { pieces, ..Dataset::default() }
}

fn reference() -> Reference {
    let roles = [Role::Alto, Role::Tenor, Role::Bass];
    Reference::build(&corpus(), &roles, SHAPE, ReferenceOptions::default()).unwrap()
}

fn with_parts(samples: &[Sample], mut parts: impl FnMut(&Sample) -> Vec<Planes>) -> Vec<Sample> {
    samples.iter().map(|sample| Sample { melody: sample.melody.clone(), parts: parts(sample) }).collect()
}

/// The part with a share of its sounding cells gone.
fn dropped(part: &Planes, share: f64, random: &mut ChaCha8Rng) -> Planes {
    let mut part = part.clone();
    let mut before = 0;
    for (sound, onset) in part.sound.iter_mut().zip(&mut part.onset) {
        for pitch in bits(*sound) {
            if random.random::<f64>() < share {
                *sound &= !(1 << pitch);
            }
        }
        *onset = (*onset & *sound) | (*sound & !before);
        before = *sound;
    }
    part
}

fn moved(part: &Planes, semitones: u32) -> Planes {
    Planes {
        onset: part.onset.iter().map(|word| word << semitones).collect(),
        sound: part.sound.iter().map(|word| word << semitones).collect(),
    }
}

#[test]
fn the_table_of_degenerate_generators() {
    let reference = reference();
    let random = &mut ChaCha8Rng::seed_from_u64(3);
    let real = &reference.held_out()[64..128];
    let one = real[0].parts.clone();
    let with_others = shuffled(real, random);
    let table = [
        ("real", real.to_vec(), 0.93, 1.0),
        (
            "cells dropped",
            with_parts(real, |of| of.parts.iter().map(|part| dropped(part, 0.2, random)).collect()),
            0.6,
            0.9,
        ),
        ("others' accompaniment", with_others, 0.5, 0.68),
        ("a semitone up", with_parts(real, |of| of.parts.iter().map(|part| moved(part, 1)).collect()), 0.4, 0.65),
        ("one repeated", with_parts(real, |_| one.clone()), 0.1, 0.4),
        ("noise", reference.noise_for(real, &mut ChaCha8Rng::seed_from_u64(4)), 0.0, 0.05),
        ("silence", with_parts(real, |_| vec![Planes { onset: vec![0; 32], sound: vec![0; 32] }; 3]), 0.0, 0.0),
    ];
    let mut previous = f64::INFINITY;
    for (name, samples, low, high) in table {
        let measured = reference.measure(&samples);
        println!("{name}: {measured:?}");
        let s = measured.similarity;
        assert!((low..=high).contains(&s), "{name}: {measured:?}");
        assert!(s <= previous + 0.02, "{name} above the better one: {measured:?}");
        previous = s;
    }
}

#[test]
fn copies_are_found_in_any_key() {
    let reference = reference();
    let dataset = corpus();
    let train: Vec<Sample> = dataset
        .windows(Split::Train, SHAPE)
        .iter()
        .take(10)
        .map(|window| Sample::from_window(&dataset, window, &reference.roles))
        .collect();
    let copied = with_parts(&train, |of| of.parts.iter().map(|part| moved(part, 5)).collect());
    assert_eq!(reference.copying(&copied), 1.0);
    let random = &mut ChaCha8Rng::seed_from_u64(5);
    let nearly = with_parts(&train, |of| of.parts.iter().map(|part| dropped(part, 0.03, random)).collect());
    assert_eq!(reference.copying(&nearly), 1.0);
    let hardly = with_parts(&train, |of| of.parts.iter().map(|part| dropped(part, 0.2, random)).collect());
    assert_eq!(reference.copying(&hardly), 0.0);
    assert!(reference.copying(&reference.held_out()[..64]) < 0.1);
    let silent = with_parts(&train, |_| vec![Planes { onset: vec![0; 32], sound: vec![0; 32] }; 3]);
    assert_eq!(reference.copying(&silent), 0.0);
}

#[test]
fn variety_is_the_difference_of_takes() {
    let reference = reference();
    let [a, b] = [&reference.held_out()[0], &reference.held_out()[1]];
    assert_eq!(variety(&[a, a]), Some(0.0));
    assert_eq!(variety(&[a]), None);
    let far = with_parts(std::slice::from_ref(a), |of| of.parts.iter().map(|part| moved(part, 1)).collect());
    assert!(variety(&[a, &far[0]]).unwrap() > 0.6);
    assert!(variety(&[a, b, a]).unwrap() < variety(&[a, b]).unwrap());
}

#[test]
fn the_same_seed_builds_the_same_reference() {
    let (a, b) = (reference(), reference());
    assert_eq!(a.fixed_windows(), b.fixed_windows());
    let real = &a.held_out()[..64];
    assert_eq!(a.measure(real), b.measure(real));
}

#[test]
fn without_windows_there_is_no_reference() {
    let long = WindowShape { bars: 1000, ..SHAPE };
    assert_eq!(
        Reference::build(&corpus(), &[Role::Bass], long, ReferenceOptions::default()).unwrap_err(),
        SimilarityError::NoWindows { bars: 1000 }
    );
}
