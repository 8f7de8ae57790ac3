//! Strings under the bow, and voices.

use super::bank::Bank;
use super::sf2::Sample;
use super::tone::{Breath, Partial, Tone, formants, harmonics, roll_off};

const LOUDNESS: f64 = 0.14;

/// Resonances of bodies, (centre, width, gain).
const VIOLIN: &[(f64, f64, f64)] =
    &[(290.0, 90.0, 0.9), (470.0, 120.0, 0.9), (1000.0, 500.0, 0.4), (2600.0, 1300.0, 0.55)];
const CELLO: &[(f64, f64, f64)] = &[(105.0, 50.0, 0.8), (190.0, 70.0, 0.9), (420.0, 200.0, 0.5), (1500.0, 1000.0, 0.3)];

pub fn add_to(bank: &mut Bank) {
    bank.add("violin", &[55, 64, 74, 85], |root| solo("violin", root, VIOLIN, 5200.0));
    bank.add("cello", &[40, 49, 58, 68], |root| solo("cello", root, CELLO, 2600.0));
    bank.add("contrabass", &[32, 43, 54], |root| solo("contrabass", root, CELLO, 1500.0));
    bank.add("section", &[36, 47, 58, 68, 78, 88], section);
    bank.add("aah", &[43, 54, 65, 76], |root| {
        choir("aah", root, &[(740.0, 160.0, 1.0), (1180.0, 200.0, 0.6), (2700.0, 400.0, 0.18), (3600.0, 500.0, 0.08)])
    });
    bank.add("ooh", &[43, 54, 65, 76], |root| {
        choir("ooh", root, &[(340.0, 160.0, 1.0), (800.0, 220.0, 0.22), (2500.0, 500.0, 0.03)])
    });
}

/// The bow's sawtooth through the body; it takes a moment to speak, and always scratches a little.
fn solo(name: &str, root: u8, body: &[(f64, f64, f64)], bright_hz: f64) -> Sample {
    let partials = harmonics(root, 9000.0, |number, hz| {
        let level = formants(hz, 0.35, body) / number * roll_off(hz, bright_hz, 2.5);
        Partial::steady(number, level, 0.035 + 0.004 * number.min(12.0))
    });
    let bow = Breath { low_hz: 700.0, high_hz: 6000.0, start_level: 0.1, steady_level: 0.012, settle_s: 0.06 };
    let rate_hz = if bright_hz > 3000.0 { 20_000 } else { 15_000 };
    Tone::new(root, rate_hz, 0.15, 0.16, partials).breath(bow).render(name, LOUDNESS)
}

fn section(root: u8) -> Sample {
    let partials = harmonics(root, 7500.0, |number, hz| {
        let body = if root < 55 { CELLO } else { VIOLIN };
        Partial::steady(number, formants(hz, 0.4, body) / number.powf(0.9) * roll_off(hz, 3600.0, 2.2), 0.05)
    });
    let bows = Breath { low_hz: 700.0, high_hz: 5000.0, start_level: 0.06, steady_level: 0.02, settle_s: 0.1 };
    let rate_hz = if root < 50 { 14_000 } else { 18_000 };
    Tone::new(root, rate_hz, 0.13, 0.62, partials).breath(bows).ensemble(5, 10.0, 9.0).render("section", LOUDNESS)
}

fn choir(name: &str, root: u8, vowel: &[(f64, f64, f64)]) -> Sample {
    let partials = harmonics(root, 6500.0, |number, hz| {
        // the voice's own slope before the vowel
        Partial::steady(number, formants(hz, 0.015, vowel) * number.powf(-0.5), 0.06)
    });
    let breath = Breath { low_hz: 1500.0, high_hz: 4800.0, start_level: 0.03, steady_level: 0.012, settle_s: 0.1 };
    let rate_hz = if name == "ooh" { 11_000 } else { 14_500 };
    Tone::new(root, rate_hz, 0.13, 0.62, partials).breath(breath).ensemble(5, 10.0, 11.0).render(name, LOUDNESS)
}
