use tch::nn::VarStore;
use tch::{Device, Tensor};

use super::bars::{Bar, LIMBS};
use super::training::{Drumbook, loss};
use super::writing::strokes_of;
use super::{Asked, Drummer, DrummerSettings, Task};
use crate::random::{Purpose, Source};
use crate::training::adam::{Adam, AdamSettings};
use cantus::corpus::drumming::Drumming;
use cantus::music::kit::{Limb, Sound, Stroke};

const STEPS: usize = 16;

fn stroke(step: u32, key: u8, velocity: u8, late: i8) -> Stroke {
    Stroke { step, sound: Sound::of_key(key).unwrap(), velocity, late }
}

/// A rock beat, loud on the beats and late on the off-beats, with a fill of toms in each fourth bar.
fn song() -> Vec<Stroke> {
    let mut strokes = Vec::new();
    for bar in 0..16 {
        let at = |step: u32| bar * STEPS as u32 + step;
        strokes.extend([stroke(at(0), 36, 110, 0), stroke(at(4), 38, 115, 0), stroke(at(10), 36, 100, 0)]);
        if bar % 4 == 3 {
            strokes.extend((8..16).map(|step| stroke(at(step), [48, 45, 43][step as usize % 3], 90, -8)));
        } else {
            strokes.push(stroke(at(12), 38, 115, 0));
        }
        for step in (0..16).step_by(2) {
            strokes.push(if step % 4 == 0 { stroke(at(step), 42, 100, 0) } else { stroke(at(step), 42, 50, 24) });
        }
    }
    strokes.sort_unstable();
    strokes
}

fn taught(book: &Drumbook, steps: u64) -> (VarStore, Drummer) {
    tch::manual_seed(1);
    let store = VarStore::new(Device::Cpu);
    let drummer = Drummer::new(&store.root());
    let mut adam =
        Adam::new(&store, AdamSettings { betas: (0.9, 0.98), epsilon: 1e-8, max_norm: Some(1.0), weight_decay: 0.01 });
    for step in 0..steps {
        let loss = loss(&drummer, book, &mut Source::new(1, Purpose::Training, step));
        let gradients = Tensor::f_run_backward(&[&loss], &adam.parameters(), false, false).unwrap();
        adam.step(&gradients, 3e-3).unwrap();
    }
    (store, drummer)
}

#[test]
fn it_plays_what_it_learned() {
    let book = Drumbook::new(std::iter::once((song(), STEPS)), &[]);
    let (_store, drummer) = taught(&book, 60);
    let mut source = Source::new(2, Purpose::Drumming, 0);
    let asked = Asked { like: None, before: None, task: Task::Groove, crash: false, family: 0 };
    let groove = drummer.write_bar(&asked, STEPS, 0.7, &mut source).unwrap();
    let real = Bar::of(&song()[..13], STEPS);
    assert!(groove.likeness(&real) > 0.8, "{groove:?}");
    let fill = Asked { like: Some(&groove), before: Some(&groove), task: Task::Fill, ..asked };
    let fill = drummer.write_bar(&fill, STEPS, 0.7, &mut source).unwrap();
    let toms = |bar: &Bar| bar.kinds.iter().filter(|kinds| kinds[Limb::Toms as usize] > 0).count();
    assert!(toms(&fill) >= 4 && toms(&groove) == 0, "{fill:?}");
    let settings = DrummerSettings { part: Some(0), is_heard: true, family: 0, hands: 0, players: book.players(0) };
    let mut bars = vec![groove; 8];
    drummer.play(&mut bars, &settings, 0.7, &mut source).unwrap();
    let strokes = strokes_of(&bars, &mut source);
    let mean = |of: &dyn Fn(&Stroke) -> bool, value: &dyn Fn(&Stroke) -> f64| {
        let chosen: Vec<f64> = strokes.iter().filter(|stroke| of(stroke)).map(value).collect();
        chosen.iter().sum::<f64>() / chosen.len() as f64
    };
    let hat = |stroke: &Stroke| stroke.sound.limb == Limb::Hand;
    let on = |stroke: &Stroke| stroke.step.is_multiple_of(4);
    let velocity = |stroke: &Stroke| f64::from(stroke.velocity);
    let late = |stroke: &Stroke| f64::from(stroke.late);
    assert!(
        mean(&|stroke| hat(stroke) && on(stroke), &velocity)
            > mean(&|stroke| hat(stroke) && !on(stroke), &velocity) + 20.0
    );
    assert!(mean(&|stroke| hat(stroke) && !on(stroke), &late) > mean(&|stroke| hat(stroke) && on(stroke), &late) + 8.0);
}

#[test]
fn songs_that_a_program_played_get_the_hands_of_rock_drummers() {
    let flat = |velocity: u8| song().into_iter().map(|stroke| Stroke { velocity, late: 0, ..stroke }).collect();
    let played = Drumming { family: "rock".into(), is_fill: false, steps_per_bar: STEPS, strokes: song() };
    // each song has its loudness, but nobody strikes now harder and now softer
    let programmed: [Vec<Stroke>; 2] = [flat(50), flat(120)];
    let book = Drumbook::new(programmed.into_iter().map(|strokes| (strokes, STEPS)), std::slice::from_ref(&played));
    assert_eq!(book.families(), (0, 1));
    let book = Drumbook::new(std::iter::once((song(), STEPS)), &[played]);
    assert_eq!(book.families(), (0, 0));
}

#[test]
fn nothing_in_a_card_can_break_it() {
    let good = DrummerSettings { part: Some(1), is_heard: true, family: 0, hands: 2, players: vec![[3; LIMBS]] };
    assert!(good.check(2).is_ok());
    for bad in [
        DrummerSettings { part: Some(2), ..good.clone() },
        DrummerSettings { family: -1, ..good.clone() },
        DrummerSettings { hands: 99, ..good.clone() },
        DrummerSettings { players: Vec::new(), ..good.clone() },
        DrummerSettings { players: vec![[200; LIMBS]], ..good },
    ] {
        assert!(bad.check(2).is_err());
    }
}

#[test]
fn hands_come_back_to_a_groove() {
    let book = Drumbook::new(std::iter::once((song(), STEPS)), &[]);
    let (_store, drummer) = taught(&book, 10);
    let settings = DrummerSettings { part: Some(0), is_heard: true, family: 0, hands: 0, players: book.players(0) };
    let mut bars = vec![Bar::of(&song()[..13], STEPS); 16];
    drummer.play(&mut bars, &settings, 1.0, &mut Source::new(3, Purpose::Drumming, 0)).unwrap();
    // as loud on the first beat as in the bar before, far more often than chance would have it
    let same = |step: usize| {
        bars.windows(2).filter(|pair| pair[0].velocity[step] == pair[1].velocity[step]).count() as f64 / 15.0
    };
    let shares: Vec<f64> = (0..STEPS).filter(|step| bars[0].kinds[*step] != [0; LIMBS]).map(same).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!((0.3..0.95).contains(&mean), "{mean}");
}
