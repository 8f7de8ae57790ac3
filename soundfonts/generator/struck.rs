//! What is struck and has a pitch: pianos, bars, bells, the kettle drum.

use super::bank::Bank;
use super::dsp::key_hz;
use super::sf2::Sample;
use super::tone::{Breath, Partial, Tone, harmonics, roll_off};

/// Struck things are loud for a moment only.
const LOUDNESS: f64 = 0.2;

/// Ratio to the key, level, seconds to fall to 1/e; the highest last.
type Modes = &'static [(f64, f64, f64)];

pub fn add_to(bank: &mut Bank) {
    bank.add("piano", &[29, 39, 49, 59, 69, 79, 90, 102], piano);
    bank.add("tine", &[43, 59, 75, 91], tine);
    bank.add("fm piano", &[43, 58, 73, 88], fm_piano);
    let short_bars: [(&'static str, &[u8], Modes); 5] = [
        ("celesta", &[64, 78, 92], &[(1.0, 1.0, 1.2), (2.0, 0.12, 0.5), (4.0, 0.3, 0.35), (10.2, 0.06, 0.08)]),
        ("glockenspiel", &[76, 88, 100], &[(1.0, 1.0, 1.4), (2.76, 0.45, 0.5), (5.4, 0.25, 0.2), (8.93, 0.12, 0.08)]),
        ("marimba", &[48, 65, 82], &[(1.0, 1.0, 0.45), (3.93, 0.28, 0.1), (9.24, 0.1, 0.035)]),
        ("xylophone", &[64, 78, 92], &[(1.0, 1.0, 0.22), (3.0, 0.5, 0.09), (6.1, 0.22, 0.04), (10.0, 0.1, 0.02)]),
        ("kalimba", &[58, 71, 84], &[(1.0, 1.0, 0.6), (2.02, 0.1, 0.3), (5.95, 0.2, 0.06), (11.3, 0.06, 0.03)]),
    ];
    for (name, roots, modes) in short_bars {
        let length_s = modes[0].2.min(0.28);
        bank.add(name, roots, |root| bar(name, root, modes, length_s, 0.12));
    }
    bank.add("music box", &[64, 78, 92], |root| {
        let modes = [(1.0, 1.0, 1.1), (2.0, 0.25, 0.7), (3.01, 0.1, 0.4), (6.27, 0.22, 0.15), (9.5, 0.08, 0.06)];
        bar("music box", root, &modes, 0.28, 0.08)
    });
    bank.add("vibraphone", &[56, 69, 82], |root| {
        bar("vibraphone", root, &[(1.0, 1.0, 3.0), (3.98, 0.22, 0.7), (9.9, 0.07, 0.1)], 0.45, 0.06)
    });
    bank.add("tubular bell", &[62, 75], |root| {
        let modes = [
            (0.5, 0.3, 4.0),
            (1.0, 0.9, 4.0),
            (1.19, 0.25, 2.5),
            (1.5, 0.35, 2.0),
            (2.0, 0.8, 2.4),
            (2.51, 0.3, 1.2),
            (2.97, 0.4, 1.0),
            (4.07, 0.3, 0.6),
            (5.3, 0.2, 0.35),
            (6.8, 0.1, 0.2),
        ];
        bar("tubular bell", root, &modes, 0.8, 0.1)
    });
    bank.add("steel drum", &[55, 67, 79], |root| {
        let modes = [
            (1.0, 1.0, 0.8),
            (2.0, 0.7, 0.5),
            (3.0, 0.3, 0.3),
            (4.04, 0.25, 0.22),
            (5.1, 0.12, 0.12),
            (6.9, 0.08, 0.06),
        ];
        let mut tone = struck_tone(root, &modes, 0.4);
        for partial in &mut tone.partials {
            partial.attack_s = 0.004 * partial.ratio; // the pan speaks slowly
        }
        tone.render("steel drum", LOUDNESS)
    });
    bank.add("timpani", &[40, 50], |root| {
        let modes = [
            (1.0, 1.0, 1.3),
            (1.5, 0.75, 0.9),
            (1.98, 0.5, 0.7),
            (2.44, 0.35, 0.45),
            (0.85, 0.4, 0.12),
            (2.9, 0.2, 0.3),
        ];
        let mut tone = struck_tone(root, &modes, 0.8);
        tone.rate_hz = 8000;
        let skin = Breath { low_hz: 60.0, high_hz: 700.0, start_level: 0.5, steady_level: 0.0, settle_s: 0.03 };
        tone.breath(skin).render("timpani", LOUDNESS)
    });
    bank.add("agogo", &[79], |root| {
        bar("agogo", root, &[(1.0, 1.0, 0.25), (1.52, 0.4, 0.2), (2.6, 0.5, 0.15), (4.2, 0.25, 0.1)], 0.35, 0.1)
    });
    bank.add("woodblock", &[76], |root| {
        bar("woodblock", root, &[(1.0, 1.0, 0.03), (1.7, 0.4, 0.02), (2.9, 0.3, 0.012)], 0.2, 0.3)
    });
    bank.add("bowed glass", &[60, 72, 84], |root| {
        let partials = [(1.0, 1.0), (2.32, 0.25), (4.25, 0.12), (6.63, 0.05)];
        let partials = partials.map(|(ratio, level)| Partial::steady(ratio, level, 0.15)).to_vec();
        Tone::new(root, 15_000, 0.12, 0.4, partials).ensemble(3, 6.0, 3.0).render("bowed glass", 0.14)
    });
}

/// A string is stiff: its partials stretch. Three strings a key, a hammer that leaves out what has a node where it
/// strikes, highs that die first.
fn piano(root: u8) -> Sample {
    let key = f64::from(root);
    let root_hz = key_hz(key);
    let stiffness = 1.2e-4 * ((key - 48.0).max(0.0) / 9.0).exp2();
    let stretch = |number: f64| number * ((1.0 + stiffness * number * number) / (1.0 + stiffness)).sqrt();
    let ring_s = 3.2 * (-(key - 60.0) / 15.0).exp2();
    let mut partials = Vec::new();
    for partial in harmonics(root, 7500.0, |number, _| Partial::struck(number, 1.0, 1.0)) {
        let number = partial.ratio;
        let hz = stretch(number) * root_hz;
        let strike = (std::f64::consts::PI * number / 8.2).sin().abs().max(0.05);
        // the soundboard gives little below 90 Hz
        let board = 1.0 / (1.0 + (70.0 / hz).powi(2));
        let level = strike * board * number.powf(-0.35) * roll_off(hz, 1100.0 + key * 9.0, 2.0);
        let decay_s = ring_s / (1.0 + 0.1 * number + (hz / 2600.0).powi(2));
        partials.push(Partial::struck(stretch(number), level, decay_s));
        // the second string, a little off: the tone swells slowly
        let off = (stretch(number) * 0.0006 + 0.8 / root_hz) * if number % 2.0 == 0.0 { 1.0 } else { -1.0 };
        partials.push(Partial::struck(stretch(number) + off, level * 0.3, decay_s * 1.5));
    }
    let hammer = Breath {
        low_hz: 70.0,
        high_hz: 900.0 + key * 25.0,
        start_level: 0.22 + (key - 50.0).max(0.0) / 160.0,
        steady_level: 0.0,
        settle_s: 0.014,
    };
    let rate_hz = if root < 50 {
        17_000
    } else if root < 75 {
        21_000
    } else {
        26_000
    };
    let attack_s = if root < 66 { 0.78 } else { 0.78 - f64::from(root - 66) / 70.0 };
    Tone::new(root, rate_hz, attack_s, 0.3, partials).breath(hammer).render("piano", LOUDNESS)
}

/// A tine beside a pickup: nearly a sine, a bell for a moment, a growl where it is struck hard (the filter's work).
fn tine(root: u8) -> Sample {
    let bell = 1.0 - (f64::from(root) - 36.0) / 120.0;
    let partials = vec![
        Partial::struck(1.0, 1.0, 3.0),
        Partial::struck(2.0, 0.35, 1.6),
        Partial::struck(3.0, 0.18, 1.0),
        Partial::struck(4.0, 0.08, 0.7),
        Partial::struck(5.0, 0.04, 0.5),
        Partial::struck(7.11, 0.22 * bell, 0.09),
        Partial::struck(11.9, 0.08 * bell, 0.04),
    ];
    Tone::new(root, rate_for(root, 12.0, 20_000), 0.4, 0.06, partials).render("tine", LOUDNESS)
}

/// Frequency modulation 1:1 with a second pair at 14: its sidebands, written out.
fn fm_piano(root: u8) -> Sample {
    let mut partials: Vec<Partial> = [1.0, 0.62, 0.33, 0.17, 0.08, 0.04]
        .iter()
        .enumerate()
        .map(|(index, level)| Partial::struck(index as f64 + 1.0, *level, 2.4 / (1.0 + 0.9 * index as f64)))
        .collect();
    for (ratio, level) in [(13.0, 0.16), (14.0, 0.28), (15.0, 0.16)] {
        partials.push(Partial::struck(ratio, level * (100.0 - f64::from(root)).max(10.0) / 80.0, 0.16));
    }
    Tone::new(root, rate_for(root, 15.0, 22_000), 0.4, 0.06, partials).render("fm piano", LOUDNESS)
}

fn struck_tone(root: u8, modes: &[(f64, f64, f64)], length_s: f64) -> Tone {
    // higher bars are shorter and ring less
    let shorter = (-(f64::from(root) - 72.0) / 24.0).exp2().clamp(0.4, 1.6);
    let partials = modes.iter().map(|(ratio, level, decay_s)| Partial::struck(*ratio, *level, decay_s * shorter));
    Tone::new(root, rate_for(root, modes.last().map_or(1.0, |mode| mode.0), 27_000), length_s, 0.05, partials.collect())
}

/// A rate that holds the highest partial and the noise of striking, and no more.
fn rate_for(root: u8, highest_ratio: f64, most: u32) -> u32 {
    ((key_hz(f64::from(root)) * highest_ratio * 2.5) as u32).clamp(12_000, most)
}

/// A bar with a mallet's noise.
fn bar(name: &str, root: u8, modes: &[(f64, f64, f64)], length_s: f64, mallet: f64) -> Sample {
    let noise = Breath { low_hz: 300.0, high_hz: 5000.0, start_level: mallet, steady_level: 0.0, settle_s: 0.006 };
    struck_tone(root, modes, length_s).breath(noise).render(name, LOUDNESS)
}
