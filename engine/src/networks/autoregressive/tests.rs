use super::*;
use crate::networks::autoregressive::batch::Batch;
use crate::networks::autoregressive::generator::Sizes;
use crate::networks::autoregressive::layers::Dropout;
use crate::networks::autoregressive::policy::{Manners, Policy};
use crate::networks::autoregressive::settings::VoiceSpec;
use crate::testing::{part, tune};
use cantus::music::Role;

pub fn small() -> Sizes {
    Sizes { width: 16, blocks: 3, hidden: 16, heads: 12, past: 8, critic: 8 }
}

fn network() -> Autoregressive {
    let parts = vec![part(Role::Alto, 53, 74), part(Role::Tenor, 48, 69), part(Role::Bass, 36, 62)];
    let line = |part: usize, low, high| VoiceSpec { part, low, high };
    let settings = Settings {
        sizes: small(),
        lines: vec![line(2, 36, 62), line(1, 48, 69), line(0, 53, 74)],
        melody_low: 60,
        melody_high: 79,
        repeats: false,
        policy: Policy::default(),
        drummer: None,
        rests: Vec::new(),
        patterns: Vec::new(),
        swing: None,
        hands: Vec::new(),
        drafts: 3,
    };
    Autoregressive::new(parts, settings, 5, Device::Cpu).unwrap()
}

#[test]
fn it_writes_every_part_within_its_range_whatever_the_metre() {
    let network = network();
    for (steps, bar) in [(1, 16), (33, 12), (70, 20), (64, 16)] {
        let context = GenerateContext { steps_per_bar: bar, ..GenerateContext::new(3) };
        let grids = network.generate(&tune(steps), &context).unwrap().parts;
        for (grid, spec) in grids.iter().zip(network.parts()) {
            assert_eq!(grid.steps(), steps);
            let pitches = (0..steps).flat_map(|step| grid.sounding(step).collect::<Vec<_>>());
            assert!(pitches.into_iter().all(|pitch| (usize::from(spec.low)..=usize::from(spec.high)).contains(&pitch)));
        }
        assert_eq!(grids, network.generate(&tune(steps), &context).unwrap().parts, "the same seed, the same notes");
    }
    assert!(network.generate(&Grid::silent(0), &GenerateContext::new(1)).unwrap().parts[0].steps() == 0);
}

#[test]
fn what_is_kept_stays_and_the_last_chord_is_the_tonic() {
    let network = network();
    let melody = tune(65).window(0, 60); // ends on a C
    let first = network.generate(&melody, &GenerateContext::new(1)).unwrap().parts;
    let kept: Vec<Option<KeptPart>> =
        first.iter().map(|grid| Some(KeptPart { grid: grid.clone(), written: 16..32 })).collect();
    let context = GenerateContext { kept: &kept, ..GenerateContext::new(2) };
    let second = network.generate(&melody, &context).unwrap().parts;
    for (old, new) in first.iter().zip(&second) {
        assert_eq!(old.window(0, 16), new.window(0, 16));
        for step in 33..60 {
            assert_eq!(old.sounding(step).collect::<Vec<_>>(), new.sounding(step).collect::<Vec<_>>(), "{step}");
        }
    }
    assert_ne!(first, second);
    let last: Vec<usize> = first.iter().filter_map(|grid| grid.sounding(59).next()).collect();
    assert_eq!(last.len(), 3);
    assert!(last.iter().all(|pitch| [0, 4, 7].contains(&(pitch % 12))), "{last:?}");
    assert_eq!(last[2] % 12, 0);
}

#[test]
fn the_bass_steps_from_the_fifth_to_the_tonic_at_the_end() {
    let network = network();
    let mut melody = Grid::silent(64);
    // a tune in C that ends on D and C
    for (beat, pitch) in [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 64, 65, 64, 62, 60].into_iter().enumerate() {
        for step in 0..4 {
            melody.set(beat * 4 + step, pitch, if step == 0 { Cell::Onset } else { Cell::Held });
        }
    }
    for seed in 0..4 {
        let parts = network.generate(&melody, &GenerateContext::new(seed)).unwrap().parts;
        let bass = |step: usize| parts[2].sounding(step).next().map(|pitch| pitch % 12);
        assert_eq!((bass(56), bass(60)), (Some(7), Some(0)), "{seed}");
    }
}

#[test]
fn models_of_the_first_release_keep_their_widths() {
    let sizes: Sizes = serde_json::from_str(r#"{"blocks": 7, "critic": 96, "hidden": 256, "width": 128}"#).unwrap();
    assert_eq!(sizes, Sizes { heads: 256, past: 256, ..Sizes::default() });
}

#[test]
fn what_is_drawn_is_as_likely_when_learned_from() {
    let network = network();
    let ranges = network.ranges();
    let calm = Policy::for_style(Manners::default(), false);
    assert!(calm.step > 0.0 && calm.turn > 0.0 && calm.held > 0.0 && calm.crowded > 0.0);
    for policy in [Policy::LEARNING, calm.learning_late()] {
        let sheet = network.sheet(&tune(40), &GenerateContext::new(1));
        let short = network.sheet(&tune(24), &GenerateContext::new(1));
        let mut sheets = vec![sheet.clone(), sheet, short.clone(), short];
        let writer = Writer { drafts: 2, ..Writer::learning(&network.generator, policy, &ranges) };
        let drawn = writer.write(&mut sheets, &mut Source::new(1, Purpose::Training, 0)).unwrap();
        let batch = Batch::new(&sheets.iter().collect::<Vec<_>>(), policy, &ranges, Device::Cpu);
        let logs = tch::no_grad(|| network.generator.log_probabilities(&batch, &mut Dropout(None)));
        let all = logs.iter().skip(1).fold(logs[0].shallow_clone(), |sum, logs| sum + logs);
        for (row, drawn) in drawn.iter().enumerate() {
            for (step, drawn) in drawn.iter().enumerate() {
                let learned = all.double_value(&[row as i64, step as i64]);
                assert!((learned - f64::from(*drawn)).abs() < 1e-3, "row {row}, step {step}: {learned} {drawn}");
            }
        }
    }
}

#[test]
fn another_model_is_a_beginning_whatever_its_parts() {
    let one = network();
    let mut settings = one.settings.clone();
    settings.lines.push(VoiceSpec { part: 0, low: 60, high: 80 });
    let two = Autoregressive::new(one.parts.clone(), settings, 9, Device::Cpu).unwrap();
    let weight = |of: &Autoregressive| of.store.variables()["memory.input"].shallow_clone();
    assert_ne!(weight(&one), weight(&two));
    two.start_from(&one);
    assert_eq!(weight(&one), weight(&two));
    two.generate(&tune(20), &GenerateContext::new(1)).unwrap();
}
