use super::*;
use crate::sound::soundfont::testing::{STEP_FRAMES, STEP_KEY, font, step_font};

const RATE_HZ: u32 = 48_000;

fn pool() -> FluidSynth {
    let mut pool = FluidSynth::new(&font(), RATE_HZ).unwrap();
    pool.instrument(0, 0, false);
    pool
}

/// The next blocks of a channel, left and right one after the other.
fn blocks(pool: &mut FluidSynth, channel: usize, count: usize) -> Vec<f32> {
    let mut sound = Vec::new();
    for _ in 0..count {
        pool.advance(BLOCK_FRAMES);
        let bus = pool.finish_block().open(channel);
        sound.extend_from_slice(&bus.left);
    }
    sound
}

fn peak(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// The first frame that is not silent.
fn onset(sound: &[f32]) -> Option<usize> {
    sound.iter().position(|sample| sample.abs() > 1e-7)
}

#[test]
fn a_note_begins_on_its_very_frame_whatever_else_sounds() {
    let mut pool = FluidSynth::new(&step_font(RATE_HZ), RATE_HZ).unwrap();
    for channel in 0..100 {
        pool.instrument(channel, 0, false);
    }
    let mut random = fastrand::Rng::with_seed(5);
    for channel in 0..100 {
        let frame = random.usize(0..BLOCK_FRAMES);
        pool.advance(frame);
        pool.note_on(channel, STEP_KEY as u8, 100);
        pool.advance(BLOCK_FRAMES - frame);
        let bus = pool.finish_block().open(channel);
        assert!(bus.left.iter().all(|sample| *sample == 0.0));
        let rest = blocks(&mut pool, channel, 3);
        assert_eq!(onset(&rest), Some(frame + STEP_FRAMES - BLOCK_FRAMES));
    }
}

#[test]
fn a_voice_that_was_used_begins_on_its_frame_again() {
    let mut pool = FluidSynth::new(&step_font(RATE_HZ), RATE_HZ).unwrap();
    pool.instrument(0, 0, false);
    for frame in [7, 0, 63, 31] {
        pool.advance(frame);
        pool.note_on(0, STEP_KEY as u8, 100);
        pool.advance(BLOCK_FRAMES - frame);
        pool.finish_block();
        assert_eq!(onset(&blocks(&mut pool, 0, 3)), Some(frame + STEP_FRAMES - BLOCK_FRAMES));
        pool.silence(0);
        blocks(&mut pool, 0, 2);
        assert!(pool.voices.is_empty());
    }
}

#[test]
fn a_released_note_ends_and_costs_nothing() {
    let mut pool = pool();
    pool.note_on(0, 60, 100);
    assert!(peak(&blocks(&mut pool, 0, 20)) > 0.01);
    pool.note_off(0, 60);
    blocks(&mut pool, 0, 300);
    assert!(pool.voices.is_empty());
    pool.advance(BLOCK_FRAMES);
    assert!(pool.finish_block().used().next().is_none(), "what is silent costs nothing");
}

#[test]
fn the_pedal_holds_and_releases() {
    let mut pool = pool();
    pool.note_on(0, 60, 100);
    blocks(&mut pool, 0, 20);
    pool.control(0, 64, 127);
    pool.note_off(0, 60);
    // played again under the pedal: both sound, as on a piano
    pool.note_on(0, 60, 100);
    pool.note_off(0, 60);
    assert!(peak(&blocks(&mut pool, 0, 400)[300 * BLOCK_FRAMES..]) > 0.01);
    assert_eq!(pool.voices.len(), 2);
    pool.control(0, 64, 0);
    blocks(&mut pool, 0, 300);
    assert!(pool.voices.is_empty());
    // and a note that is held stays when the pedal goes
    pool.control(0, 64, 127);
    pool.note_on(0, 60, 100);
    pool.control(0, 64, 0);
    assert!(peak(&blocks(&mut pool, 0, 400)[300 * BLOCK_FRAMES..]) > 0.01);
}

#[test]
fn the_sostenuto_pedal_holds_what_was_down_and_nothing_else() {
    let mut pool = pool();
    let count = |pool: &mut FluidSynth| {
        blocks(pool, 0, 300);
        pool.voices.len()
    };
    pool.note_on(0, 60, 100);
    pool.control(0, 66, 127);
    pool.note_on(0, 64, 100);
    pool.note_off(0, 60);
    pool.note_off(0, 64);
    assert_eq!(count(&mut pool), 1, "what was played later ends with its key");
    pool.control(0, 66, 100); // still down
    pool.control(0, 66, 0);
    assert_eq!(count(&mut pool), 0);
    // a key that is still down when the pedal goes up stays
    pool.note_on(0, 60, 100);
    pool.control(0, 66, 127);
    pool.control(0, 66, 0);
    assert_eq!(count(&mut pool), 1);
    // and neither end of everything leaves it hanging
    for end in [FluidSynth::release_all as fn(&mut FluidSynth, usize), FluidSynth::reset_controllers] {
        pool.note_on(0, 60, 100);
        pool.control(0, 66, 127);
        pool.note_off(0, 60);
        end(&mut pool, 0);
        assert_eq!(count(&mut pool), 0);
    }
}

#[test]
fn the_soft_pedal_softens_what_is_struck_under_it() {
    let mut pool = pool();
    let mut struck = |pedal: u8| {
        pool.control(0, 67, pedal);
        pool.note_on(0, 60, 100);
        let loud = peak(&blocks(&mut pool, 0, 20));
        pool.note_off(0, 60);
        blocks(&mut pool, 0, 300);
        loud
    };
    let [hard, soft, again] = [0, 127, 0].map(&mut struck);
    assert!(soft < hard * 0.8 && soft > hard * 0.2, "{soft} under the pedal, {hard} without");
    assert!((again - hard).abs() < hard * 0.01);
}

#[test]
fn the_same_key_again_releases_the_older_note() {
    let mut pool = pool();
    for _ in 0..10 {
        pool.note_on(0, 60, 100);
        blocks(&mut pool, 0, 2);
    }
    blocks(&mut pool, 0, 300);
    assert_eq!(pool.voices.len(), 1);
}

/// fluidlite keeps the zone's key in place of the one that was played, and would never find it again.
#[test]
fn a_zone_with_a_key_of_its_own_ends_with_the_key_that_was_played() {
    let mut pool = FluidSynth::new(&step_font(RATE_HZ), RATE_HZ).unwrap();
    pool.instrument(0, 8, false);
    pool.note_on(0, STEP_KEY as u8, 100);
    pool.note_on(0, STEP_KEY as u8, 100);
    assert!(peak(&blocks(&mut pool, 0, 20)) > 0.01);
    assert_eq!(pool.voices.len(), 1);
    pool.note_off(0, STEP_KEY as u8);
    blocks(&mut pool, 0, 20);
    assert!(pool.voices.is_empty());
}

#[test]
fn controllers_reach_sounding_notes_of_their_channel_and_later_ones() {
    let mut pool = pool();
    pool.instrument(1, 0, false);
    let loudness = |pool: &mut FluidSynth, channel| peak(&blocks(pool, channel, 40)[20 * BLOCK_FRAMES..]);
    pool.note_on(0, 60, 100);
    pool.note_on(1, 60, 100);
    let before = loudness(&mut pool, 0);
    pool.control(0, 11, 32);
    let after = loudness(&mut pool, 0);
    assert!(after < before * 0.2, "{before} to {after}");
    assert!(loudness(&mut pool, 1) > before * 0.9, "the other channel is left alone");
    pool.silence(0);
    loudness(&mut pool, 0);
    pool.note_on(0, 60, 100);
    assert!((loudness(&mut pool, 0) - after).abs() < after * 0.1);
    pool.silence(0);
    loudness(&mut pool, 0);
    for pitch in 61..80 {
        pool.note_on(1, pitch, 1);
    }
    pool.instrument(2, 0, false);
    pool.note_on(2, 60, 100);
    assert!(loudness(&mut pool, 2) > before * 0.9);
    pool.reset_controllers(0);
    pool.note_on(0, 60, 100);
    assert!(loudness(&mut pool, 0) > before * 0.9);
}

#[test]
fn a_bend_of_an_octave_doubles_the_pitch() {
    let mut pool = pool();
    let crossings = |sound: &[f32]| sound.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    pool.note_on(0, 60, 100);
    let before = crossings(&blocks(&mut pool, 0, 400));
    for (number, value) in [(101, 0), (100, 0), (6, 12)] {
        pool.control(0, number, value);
    }
    pool.send(0, Message::PitchBend(8191));
    blocks(&mut pool, 0, 2);
    let after = crossings(&blocks(&mut pool, 0, 400));
    assert!(after.abs_diff(before * 2) <= 2, "{before} to {after}");
}

#[test]
fn an_exclusive_class_ends_others_of_its_channel_only() {
    let mut pool = FluidSynth::new(&step_font(RATE_HZ), RATE_HZ).unwrap();
    for (channel, kit) in [(0, 0), (1, 0), (2, 1)] {
        pool.instrument(channel, kit, true);
        pool.note_on(channel, 60, 100);
    }
    blocks(&mut pool, 0, 10);
    for channel in [0, 2] {
        pool.note_on(channel, 62, 100);
    }
    blocks(&mut pool, 0, 20);
    let keys = |channel: usize| -> Vec<u8> {
        let of_channel = pool.voices.iter().filter(|voice| voice.channel == channel);
        of_channel.map(|voice| voice.key).collect()
    };
    assert_eq!((keys(0), keys(1), keys(2)), (vec![62], vec![60], vec![60, 62]));
}

#[test]
fn more_notes_than_voices_make_room_without_a_click() {
    let mut pool = pool();
    let mut sound = Vec::new();
    // each of another pitch or channel, all held
    for number in 0..POLYPHONY + 60 {
        let channel = number / 40;
        pool.instrument(channel, 0, false);
        pool.note_on(channel, 40 + (number % 40) as u8, 20);
        pool.advance(BLOCK_FRAMES);
        let mut sum = [0.0; BLOCK_FRAMES];
        for (_, bus) in pool.finish_block().used() {
            add_scaled(&mut sum, &bus.left, 1.0);
        }
        sound.extend_from_slice(&sum);
    }
    assert!(pool.voices.len() <= POLYPHONY);
    let newest = pool.voices.last().unwrap();
    assert_eq!((newest.channel, newest.key), ((POLYPHONY + 59) / 40, 40 + ((POLYPHONY + 59) % 40) as u8));
    // the steepest step of sines that come and go: a cut note of this velocity would add its whole height
    let step = sound.windows(2).fold(0.0_f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
    let height = peak(&sound);
    assert!(step < height * 0.25, "a step of {step} in sound of {height}");
}

/// The same notes sound alike, bit for bit, whatever the voices did before.
#[test]
fn what_sounded_before_leaves_no_trace() {
    let play = |pool: &mut FluidSynth| {
        pool.reset_controllers(0);
        for pitch in [50, 57, 62, 66] {
            pool.note_on(0, pitch, 90);
        }
        blocks(pool, 0, 60)
    };
    let mut pool = pool();
    let fresh = play(&mut pool);
    let mut random = fastrand::Rng::with_seed(8);
    for _ in 0..400 {
        let channel = random.usize(0..4);
        pool.instrument(channel, random.u8(0..128), random.bool());
        pool.control(channel, random.u8(0..120), random.u8(0..128));
        pool.send(channel, Message::PitchBend(random.i16(-8192..8192)));
        pool.note_on(channel, random.u8(20..100), random.u8(1..128));
        pool.advance(random.usize(1..BLOCK_FRAMES));
        pool.finish_block();
    }
    for channel in 0..4 {
        pool.silence(channel);
    }
    blocks(&mut pool, 0, 4);
    pool.control(0, 0, 0);
    pool.instrument(0, 0, false);
    assert!(play(&mut pool) == fresh, "another sound than when it was fresh");
}

/// How often a sound crosses zero upwards in a second.
fn frequency(sound: &[f32]) -> f64 {
    let crossings = sound.windows(2).filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0).count();
    crossings as f64 * f64::from(RATE_HZ) / sound.len() as f64
}

#[test]
fn bend_range_and_tuning_are_set_by_registered_parameters_only() {
    let played = |controllers: &[(u8, u8)], bend: u16| {
        let mut pool = pool();
        for &(number, value) in controllers {
            pool.control(0, number, value);
        }
        pool.library.bend(0, bend);
        pool.note_on(0, 69, 100);
        frequency(&blocks(&mut pool, 0, 80)[1024..])
    };
    let plain = played(&[], 8192);
    let ratio = |controllers: &[(u8, u8)], bend| played(controllers, bend) / plain;
    let is_near = |ratio: f64, semitones: f64| (ratio / (semitones / 12.0).exp2() - 1.0).abs() < 0.03;
    let range = [(101, 0), (100, 0), (6, 12), (38, 0)];
    assert!(is_near(ratio(&range, 16_383), 12.0));
    assert!(is_near(ratio(&[(100, 0), (101, 0), (6, 12)], 16_383), 12.0), "the other way round");
    assert!(is_near(ratio(&[&range[..], &[(101, 127), (100, 127), (6, 1)]].concat(), 16_383), 12.0));
    assert!(is_near(ratio(&[(6, 12)], 16_383), 2.0), "data for nothing");
    assert!(is_near(ratio(&[&range[..2], &[(99, 1), (98, 8), (6, 12)]].concat(), 16_383), 2.0), "a maker's own");
    assert!(is_near(ratio(&[(101, 0), (100, 2), (6, 76)], 8192), 12.0), "coarse tuning");
    assert!(is_near(ratio(&[(101, 0), (100, 1), (6, 127)], 8192), 1.0), "fine tuning");
    // with cents, wherever the wheel is
    let bent = |cents: u8, bend_first: bool| {
        let mut pool = pool();
        if bend_first {
            pool.send(0, Message::PitchBend(8191));
        }
        for (number, value) in [(101, 0), (100, 0), (6, 11), (38, cents)] {
            pool.control(0, number, value);
        }
        if !bend_first {
            pool.send(0, Message::PitchBend(8191));
        }
        pool.note_on(0, 69, 100);
        frequency(&blocks(&mut pool, 0, 400)[1024..])
    };
    for bend_first in [true, false] {
        let ratio = bent(50, bend_first) / bent(0, bend_first);
        assert!((ratio / (0.5_f64 / 12.0).exp2() - 1.0).abs() < 0.01, "{ratio}");
    }
    let mut pool = pool();
    for (number, value) in [(101, 0), (100, 2), (6, 76)] {
        pool.control(0, number, value);
    }
    pool.reset_controllers(0);
    pool.note_on(0, 69, 100);
    assert!(is_near(frequency(&blocks(&mut pool, 0, 80)[1024..]) / plain, 0.0), "back in tune");
}
