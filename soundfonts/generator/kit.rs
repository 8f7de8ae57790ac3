//! The standard kit, keys 35 to 81.

use super::drums::{self, Plate};
use super::sf2::{Sample, Zone, generator};
use super::units::timecents;

/// One key of the kit.
struct Drum {
    key: u8,
    sample: usize,
    /// Cents from the recorded speed.
    tune: i16,
    /// -500 (left) to 500 (right), as a drummer's audience sees them.
    pan: i16,
    /// Seconds in which a cymbal falls by 100 dB, beside what it does by itself; 0 for what ends by itself.
    ring_s: f64,
    /// Sounds of one class cut each other off: the hi-hat.
    class: i16,
}

const HATS: i16 = 1;

/// The kit's samples and, for each key, a zone; indices count from the first of these samples.
pub fn kit() -> (Vec<Sample>, Vec<Zone>) {
    let mut samples = Vec::new();
    let mut drums: Vec<Drum> = Vec::new();
    let mut record = |sample: Sample| {
        samples.push(sample);
        samples.len() - 1
    };
    let mut put = |key: u8, sample: usize, tune: i16, pan: i16, class: i16| {
        let ring_s = match key {
            42 => 0.4,
            44 => 0.5,
            46 => 3.2,
            52 => 3.0,
            53 => 4.5,
            55 => 2.2,
            49 | 57 => 5.0,
            51 | 59 => 6.0,
            _ => 0.0,
        };
        drums.push(Drum { key, sample, tune, pan, ring_s, class });
    };
    put(35, record(drums::kick(false)), 0, 0, 0);
    put(36, record(drums::kick(true)), 0, 0, 0);
    put(37, record(drums::side_stick()), 0, -40, 0);
    put(38, record(drums::snare(false)), 0, -20, 0);
    put(39, record(drums::clap()), 0, 40, 0);
    put(40, record(drums::snare(true)), 0, -20, 0);
    let low_tom = record(drums::skin("Tom low", 82.0, 0.2, 1.35, 0.3));
    let high_tom = record(drums::skin("Tom high", 140.0, 0.16, 1.35, 0.3));
    for (key, sample, tune, pan) in [
        (41, low_tom, -200, 220),
        (43, low_tom, 100, 150),
        (45, low_tom, 450, 80),
        (47, high_tom, -100, 0),
        (48, high_tom, 200, -80),
        (50, high_tom, 500, -150),
    ] {
        put(key, sample, tune, pan, 0);
    }
    add_cymbals(&mut record, &mut put);
    add_latin(&mut record, &mut put);
    drums.sort_by_key(|drum| drum.key);
    (samples, drums.iter().map(zone).collect())
}

fn add_cymbals(record: &mut impl FnMut(Sample) -> usize, put: &mut impl FnMut(u8, usize, i16, i16, i16)) {
    let hat = |before_s, decay_s| Plate {
        before_s,
        modes_hz: (3500.0, 12_500.0),
        modes: 26,
        decay_s,
        hiss_hz: (6500.0, 13_000.0),
        hiss: 1.1,
        rate_hz: 26_000.0,
        ping: &[],
        bloom_s: 0.0008,
    };
    put(42, record(drums::plate("Hat closed", &hat(0.1, 0.028), 41)), 0, 120, HATS);
    put(44, record(drums::plate("Hat pedal", &hat(0.12, 0.04), 43)), -150, 120, HATS);
    put(46, record(drums::plate("Hat open", &hat(0.28, 0.5), 41)), 0, 120, HATS);
    let crash = Plate {
        before_s: 0.55,
        modes_hz: (420.0, 11_000.0),
        modes: 48,
        decay_s: 0.42,
        hiss_hz: (3000.0, 12_000.0),
        hiss: 0.8,
        rate_hz: 26_000.0,
        ping: &[],
        bloom_s: 0.012,
    };
    let crash = record(drums::plate("Crash", &crash, 47));
    put(49, crash, 0, -150, 0);
    put(57, crash, 230, 180, 0);
    put(55, crash, 700, -80, 0); // the splash is a small crash
    let ride = Plate {
        before_s: 0.5,
        modes_hz: (600.0, 9000.0),
        modes: 40,
        decay_s: 0.42,
        hiss_hz: (5000.0, 11_000.0),
        hiss: 0.3,
        rate_hz: 26_000.0,
        ping: &[(3150.0, 0.5), (4420.0, 0.35)],
        bloom_s: 0.002,
    };
    let ride = record(drums::plate("Ride", &ride, 53));
    put(51, ride, 0, 200, 0);
    put(59, ride, -250, -200, 0);
    let bell = Plate {
        before_s: 0.4,
        modes_hz: (1500.0, 8000.0),
        modes: 12,
        decay_s: 0.3,
        hiss_hz: (5000.0, 11_000.0),
        hiss: 0.1,
        rate_hz: 26_000.0,
        ping: &[(812.0, 0.7), (1615.0, 0.6), (2420.0, 0.5), (3560.0, 0.4)],
        bloom_s: 0.001,
    };
    put(53, record(drums::plate("Ride bell", &bell, 59)), 0, 200, 0);
    let china = Plate {
        before_s: 0.4,
        modes_hz: (320.0, 7000.0),
        modes: 44,
        decay_s: 0.25,
        hiss_hz: (1800.0, 9000.0),
        hiss: 1.3,
        rate_hz: 26_000.0,
        ping: &[],
        bloom_s: 0.02,
    };
    put(52, record(drums::plate("China", &china, 61)), 0, -200, 0);
}

fn add_latin(record: &mut impl FnMut(Sample) -> usize, put: &mut impl FnMut(u8, usize, i16, i16, i16)) {
    let jingles = [6100.0, 7350.0, 8800.0, 10_300.0];
    put(
        54,
        record(drums::grains(
            "Tambourine",
            &[(0.0, 1.0), (0.022, 0.7), (0.05, 0.4)],
            (5000.0, 12_000.0),
            0.05,
            0.32,
            &jingles,
        )),
        0,
        100,
        0,
    );
    put(56, record(drums::cowbell()), 0, -80, 0);
    put(58, record(drums::train("Vibraslap", (0.018, 0.03), 0.7, (2200.0, 5200.0), 0.25)), 0, 150, 0);
    let bongo = record(drums::skin("Bongo", 320.0, 0.07, 1.08, 0.35));
    put(60, bongo, 200, 120, 0);
    put(61, bongo, -300, 120, 0);
    put(62, record(drums::skin("Conga muted", 215.0, 0.04, 1.05, 0.7)), 0, -120, 0);
    let conga = record(drums::skin("Conga open", 205.0, 0.15, 1.06, 0.25));
    put(63, conga, 0, -120, 0);
    put(64, conga, -450, -120, 0);
    let timbale = record(drums::skin("Timbale", 330.0, 0.14, 1.04, 0.9));
    put(65, timbale, 200, 80, 0);
    put(66, timbale, -400, 80, 0);
    let agogo = [(880.0, 0.13, 1.0), (1340.0, 0.1, 0.4), (2290.0, 0.08, 0.5), (3700.0, 0.05, 0.25)];
    let agogo = record(drums::knock("Agogo bell", &agogo, 0.42, 0.3));
    put(67, agogo, 500, -150, 0);
    put(68, agogo, 0, -150, 0);
    put(
        69,
        record(drums::grains("Cabasa", &[(0.0, 0.5), (0.012, 1.0)], (3800.0, 11_000.0), 0.022, 0.14, &[])),
        0,
        -100,
        0,
    );
    put(70, record(drums::grains("Maracas", &[(0.0, 1.0)], (4500.0, 11_500.0), 0.016, 0.1, &[])), 0, 150, 0);
    put(71, record(drums::whistle("Whistle short", 0.16)), 0, 100, 2);
    put(72, record(drums::whistle("Whistle long", 0.55)), 0, 100, 2);
    put(73, record(drums::train("Guiro short", (0.011, 0.007), 0.16, (1800.0, 6500.0), 0.5)), 0, 150, 3);
    put(74, record(drums::train("Guiro long", (0.016, 0.01), 0.55, (1800.0, 6500.0), 0.9)), 0, 150, 3);
    put(75, record(drums::knock("Claves", &[(2480.0, 0.025, 1.0), (5100.0, 0.008, 0.15)], 0.18, 0.15)), 0, 120, 0);
    let block = record(drums::knock(
        "Wood block",
        &[(950.0, 0.022, 1.0), (1560.0, 0.014, 0.5), (2700.0, 0.01, 0.3)],
        0.16,
        0.2,
    ));
    put(76, block, 350, 150, 0);
    put(77, block, -100, 150, 0);
    put(78, record(drums::cuica("Cuica muted", (620.0, 760.0), 0.16)), 0, -80, 4);
    put(79, record(drums::cuica("Cuica open", (430.0, 720.0), 0.32)), 0, -80, 4);
    let triangle = [(4100.0, 0.4, 0.6), (5230.0, 0.5, 1.0), (7900.0, 0.3, 0.6), (10_700.0, 0.2, 0.4)];
    let muted = triangle.map(|(hz, decay_s, level)| (hz, decay_s * 0.11, level));
    put(80, record(drums::knock("Triangle muted", &muted, 0.2, 0.1)), 0, -150, 5);
    put(81, record(drums::knock("Triangle open", &triangle, 0.7, 0.1)), 0, -150, 5);
}

fn zone(drum: &Drum) -> Zone {
    let mut zone = Zone::default();
    zone.set_keys(drum.key, drum.key)
        .set(generator::ROOT_KEY, i16::from(drum.key))
        .set(generator::PAN, drum.pan)
        .set(generator::COARSE_TUNE, drum.tune / 100)
        .set(generator::FINE_TUNE, drum.tune % 100)
        .set(generator::REVERB_SEND, 60)
        // drums are not cut when the key is let go
        .set(generator::RELEASE_VOL_ENV, timecents(if drum.ring_s > 0.0 { drum.ring_s } else { 20.0 }));
    if drum.ring_s > 0.0 {
        zone.set(generator::SAMPLE_MODES, 1)
            .set(generator::DECAY_VOL_ENV, timecents(drum.ring_s))
            .set(generator::SUSTAIN_VOL_ENV, 1000);
    }
    if drum.class > 0 {
        zone.set(generator::EXCLUSIVE_CLASS, drum.class);
    }
    zone.target = Some(drum.sample);
    zone
}
