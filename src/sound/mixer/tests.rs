use assert_no_alloc::assert_no_alloc;

use super::*;

const RATE_HZ: u32 = 48_000;

struct Rig {
    mixer: Mixer,
    buses: Buses,
    left: [f32; BLOCK_FRAMES],
    right: [f32; BLOCK_FRAMES],
}

impl Rig {
    fn new() -> Self {
        Self { mixer: Mixer::new(RATE_HZ), buses: Buses::new(), left: [0.0; BLOCK_FRAMES], right: [0.0; BLOCK_FRAMES] }
    }

    /// A block with that level on a channel, or with none.
    fn block(&mut self, channel: Option<usize>, level: f32) {
        self.buses.clear();
        if let Some(channel) = channel {
            let bus = self.buses.open(channel);
            (bus.left, bus.right) = ([level; BLOCK_FRAMES], [level; BLOCK_FRAMES]);
        }
        assert_no_alloc(|| self.mixer.mix(&mut self.buses, &mut self.left, &mut self.right));
    }

    fn last(&self) -> [f32; 2] {
        [self.left[BLOCK_FRAMES - 1], self.right[BLOCK_FRAMES - 1]]
    }
}

#[test]
fn faders_and_pan_scale_and_the_defaults_change_nothing() {
    let mut rig = Rig::new();
    rig.block(Some(3), 0.5);
    assert_eq!(rig.last(), [0.5, 0.5]);
    rig.mixer.control(3, VOLUME, 50);
    rig.block(None, 0.0);
    rig.block(Some(3), 0.5);
    assert_eq!(rig.last(), [0.125, 0.125]);
    rig.mixer.control(3, PAN, 127);
    rig.block(None, 0.0);
    rig.block(Some(3), 0.5);
    let right = 0.125 * std::f32::consts::SQRT_2;
    assert!(rig.last()[0] < 1e-6 && (rig.last()[1] - right).abs() < 1e-6, "{:?}", rig.last());
    let (peaks, others) = (rig.mixer.peaks(3), rig.mixer.peaks(4));
    assert!(peaks[1] > 0.17 && others == [0.0, 0.0], "meters are after the fader: {peaks:?}");
}

#[test]
fn a_fader_that_moves_under_sound_glides() {
    let mut rig = Rig::new();
    rig.block(Some(0), 1.0);
    rig.mixer.control(0, VOLUME, 0);
    let mut before = 1.0;
    for _ in 0..40 {
        rig.block(Some(0), 1.0);
        for sample in rig.left {
            assert!((0.0..0.01).contains(&(before - sample)), "{before} to {sample}");
            before = sample;
        }
    }
    assert_eq!(before, 0.0);
}

#[test]
fn what_is_sent_comes_back_and_dies_away_and_then_costs_nothing() {
    for (number, seconds) in [(REVERB, 4.0), (CHORUS, 0.5)] {
        let mut rig = Rig::new();
        rig.mixer.control(5, number, 127);
        rig.block(None, 0.0);
        for block in 0..100 {
            rig.block(Some(5), if block % 2 == 0 { 0.3 } else { -0.3 });
        }
        let mut tail = 0.0_f32;
        for _ in 0..30 {
            rig.block(None, 0.0);
            tail = tail.max(rig.left[5].abs());
            assert_eq!(rig.left, rig.mixer.returns().left);
        }
        assert!(tail > 1e-3, "effect {number}: {tail}");
        for _ in 0..(seconds * RATE_HZ as f32) as usize / BLOCK_FRAMES {
            rig.block(None, 0.0);
        }
        assert!(!rig.mixer.reverb.is_sounding() && !rig.mixer.chorus.is_sounding(), "effect {number}");
        assert_eq!(rig.left, [0.0; BLOCK_FRAMES]);
    }
}

#[test]
fn nothing_is_sent_where_no_send_is_open() {
    let mut rig = Rig::new();
    rig.block(Some(0), 0.5);
    assert!(!rig.mixer.reverb.is_sounding() && !rig.mixer.chorus.is_sounding());
    assert_eq!(rig.mixer.returns().left, [0.0; BLOCK_FRAMES]);
}

#[test]
fn the_master_fader_turns_the_whole_and_its_effects_and_glides_under_sound() {
    let mut rig = Rig::new();
    rig.mixer.set_master(0);
    rig.mixer.control(0, REVERB, 127);
    for _ in 0..200 {
        rig.block(Some(0), 0.5);
        assert_eq!(rig.last(), [0.0, 0.0], "set in silence, it is there at once");
    }
    rig.mixer.set_master(64);
    rig.mixer.control(0, REVERB, 0);
    let mut before = 0.0;
    for _ in 0..400 {
        rig.block(Some(1), 0.5);
        for sample in rig.left {
            assert!((sample - before).abs() < 0.01, "{before} to {sample}");
            before = sample;
        }
    }
    for _ in 0..4000 {
        rig.block(Some(1), 0.5);
    }
    let wanted = 0.5 * (64.0_f32 / 127.0).powi(2);
    assert!((rig.last()[0] - wanted).abs() < 1e-3, "{:?}", rig.last());
}

#[test]
fn values_above_the_midi_range_count_as_its_end() {
    let mut rigs = [127, 255].map(|value| {
        let mut rig = Rig::new();
        for number in [VOLUME, PAN, REVERB, CHORUS] {
            rig.mixer.control(0, number, value);
        }
        rig.mixer.set_master(value);
        rig
    });
    for _ in 0..50 {
        let [usual, beyond] = rigs.each_mut().map(|rig| {
            rig.block(Some(0), 0.5);
            (rig.left, rig.right)
        });
        assert_eq!(usual, beyond);
    }
}
