//! Waves of synthesisers: without aliasing, an octave or less to a sample.

use super::bank::Bank;
use super::tone::{Partial, Tone, harmonics};

const LOUDNESS: f64 = 0.13;

pub fn add_to(bank: &mut Bank) {
    let roots = [24, 33, 42, 51, 60, 69, 78, 87, 96];
    bank.add("saw", &roots, |root| {
        let partials = harmonics(root, 13_000.0, |number, _| Partial::steady(number, 1.0 / number, 0.0));
        Tone::new(root, 32_000, 0.004, 0.02, partials).render("saw", LOUDNESS)
    });
    bank.add("square", &roots, |root| {
        let partials = harmonics(root, 13_000.0, |number, _| {
            Partial::steady(number, if number % 2.0 == 1.0 { 1.0 / number } else { 0.0 }, 0.0)
        });
        Tone::new(root, 32_000, 0.004, 0.02, partials).render("square", LOUDNESS)
    });
    bank.add("sine", &[60, 84], |root| {
        Tone::new(root, 22_050, 0.004, 0.02, vec![Partial::steady(1.0, 1.0, 0.0)]).render("sine", LOUDNESS)
    });
    bank.add("super saw", &[40, 52, 64, 75, 86], |root| {
        let partials = harmonics(root, 8000.0, |number, _| Partial::steady(number, 1.0 / number, 0.0));
        Tone::new(root, 18_000, 0.01, 0.55, partials).ensemble(5, 12.0, 0.0).render("super saw", LOUDNESS)
    });
    // partials of a struck plate that do not die
    bank.add("metal", &[50, 66, 82], |root| {
        let ratios = [(1.0, 1.0), (2.0, 0.35), (2.76, 0.4), (4.07, 0.25), (5.4, 0.2), (6.8, 0.12), (8.93, 0.1)];
        let partials = ratios.map(|(ratio, level)| Partial::steady(ratio, level, 0.01)).to_vec();
        Tone::new(root, 22_000, 0.03, 0.3, partials).ensemble(3, 7.0, 0.0).render("metal", LOUDNESS)
    });
}
