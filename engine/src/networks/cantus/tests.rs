//! The network as a whole: ranges, lengths, keys, settings.

use super::layers::Sizes;
use super::plan::Progressions;
use super::*;
use crate::testing::{part, tune};

fn settings() -> Settings {
    let line = |part, low, high| LineSpec { part, low, high };
    Settings {
        sizes: Sizes { step_channels: 16, beat_channels: 24, beat_blocks: 2, critic_channels: 8 },
        lines: vec![line(0, 55, 74), line(1, 36, 62), line(1, 40, 70)],
        melody_low: 60,
        melody_high: 78,
        repeats: true,
        drafting: Drafting::default(),
        sampling: Vec::new(),
        dissonant: false,
        staccato: false,
        sustained: Vec::new(),
        swing: None,
        progressions: Some(Progressions::default()),
    }
}

fn cantus() -> Cantus {
    let parts = vec![part(Role::Alto, 40, 90), part(Role::Bass, 20, 90)];
    Cantus::new(parts, settings(), 1, Device::Cpu).unwrap()
}

#[test]
fn parts_stay_in_their_range_in_any_key() {
    let parts = vec![part(Role::Alto, 57, 74), part(Role::Bass, 36, 64)];
    let cantus = Cantus::new(parts, settings(), 1, Device::Cpu).unwrap();
    let range = |shift| cantus.ranges(shift).iter().map(|line| (line.low, line.high)).collect::<Vec<_>>();
    assert_eq!(range(0), [(57, 74), (36, 62), (40, 64)]);
    assert_eq!(range(3), [(60, 74), (39, 62), (40, 67)]);
    assert_eq!(range(20)[0], (55, 74)); // too narrow: the line's own
}

#[test]
fn any_length_and_bar_is_covered_and_the_seed_decides() {
    let cantus = cantus();
    for (steps, steps_per_bar) in [(1, 16), (40, 16), (61, 12), (70, 14), (0, 16)] {
        let context = GenerateContext { steps_per_bar, ..GenerateContext::new(4) };
        let melody = tune(steps);
        let parts = cantus.generate(&melody, &context).unwrap().parts;
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|part| part.steps() == steps));
        assert_eq!(parts, cantus.generate(&melody, &context).unwrap().parts);
        assert!(cantus.rate(&melody, &parts).unwrap().is_finite());
    }
    let melody = tune(64);
    let take = |seed| cantus.generate(&melody, &GenerateContext::new(seed)).unwrap().parts;
    assert_ne!(take(5), take(4));
}

#[test]
fn lines_stay_in_their_range_and_follow_the_key() {
    let cantus = cantus();
    let (melody, mut higher) = (tune(64), Grid::silent(64));
    for step in 0..64 {
        for pitch in melody.sounding(step) {
            higher.set(step, pitch + 3, melody.get(step, pitch));
        }
    }
    let parts = cantus.generate(&melody, &GenerateContext::new(2)).unwrap().parts;
    for (part, (low, high)) in parts.iter().zip([(55, 74), (36, 70)]) {
        assert!((0..64).flat_map(|step| part.sounding(step)).all(|pitch| (low..=high).contains(&pitch)));
    }
    let moved = cantus.generate(&higher, &GenerateContext::new(2)).unwrap().parts;
    for (part, moved) in parts.iter().zip(&moved) {
        for step in 0..64 {
            let expected: Vec<usize> = part.sounding(step).map(|pitch| pitch + 3).collect();
            assert_eq!(moved.sounding(step).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn what_is_known_changes_what_is_predicted_and_padding_does_not() {
    let cantus = cantus();
    let melody = Tensor::full([1, 1, 16], 40_i64, (Kind::Int64, Device::Cpu));
    let lines = Tensor::full([1, 3, 16], 20_i64, (Kind::Int64, Device::Cpu));
    let place = cantus.place(16, 16, 16);
    let plan = cantus.plan(&|_| None, 16);
    let predict = |known: f64, lines: &Tensor| {
        let known = Tensor::full([1, 3, 16], known, (Kind::Float, Device::Cpu));
        let seen = Seen { melody: &melody, lines, known: &known, place: &place, plan: &plan };
        tch::no_grad(|| cantus.predict(&seen, &mut Dropout(None)))
    };
    assert_eq!(predict(0.0, &lines), predict(0.0, &(&lines + 1)));
    assert_ne!(predict(1.0, &lines), predict(1.0, &(&lines + 1)));
}

#[test]
fn settings_out_of_bounds_are_refused() {
    let parts = || vec![part(Role::Alto, 53, 74), part(Role::Bass, 36, 64)];
    let refused_with = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings();
        change(&mut settings);
        Cantus::new(parts(), settings, 1, Device::Cpu).is_err()
    };
    let refused = |change: fn(&mut Settings)| refused_with(&change);
    assert!(!refused(|_| {}));
    assert!(refused(|settings| settings.sizes.beat_channels = 1 << 40));
    assert!(refused(|settings| settings.sizes.beat_blocks = 0));
    assert!(refused(|settings| settings.drafting.unmasking_passes = 1 << 40));
    assert!(refused(|settings| settings.drafting.temperature = f32::NAN));
    assert!(refused(|settings| settings.lines[0].part = 2));
    assert!(refused(|settings| settings.lines.truncate(1)));
    assert!(refused(|settings| settings.lines = vec![settings.lines[0]; 17]));
    assert!(refused(|settings| settings.melody_high = settings.melody_low));
    let short = || {
        serde_json::from_value(serde_json::json!({"on_bar": [1], "within": [], "first": [], "last": [], "melody": []}))
            .unwrap()
    };
    assert!(refused_with(&|settings: &mut Settings| settings.progressions = Some(short())));
}

#[test]
fn cancelling_ends_it() {
    let cancelled = GenerateContext { cancel: &|| true, ..GenerateContext::new(1) };
    assert!(matches!(cantus().generate(&tune(64), &cancelled), Err(Error::Cancelled)));
}
