//! Strings that are plucked: guitars, basses, the harp, keys with quills, the far east.

use super::bank::Bank;
use super::string::Pluck;

const LOUDNESS: f64 = 0.2;
const WOOD: &[(f64, f64, f64)] = &[(105.0, 4.0, 0.9), (210.0, 5.0, 0.7), (390.0, 6.0, 0.35)];
const NO_BODY: &[(f64, f64, f64)] = &[];

pub fn add_to(bank: &mut Bank) {
    let nylon = Pluck {
        rate_hz: 17_000.0,
        length_s: 0.5,
        pick_hz: 2600.0,
        place: 0.27,
        brightness: 0.35,
        ring_s: 1.3,
        body: WOOD,
        drive: 0.0,
    };
    let steel = Pluck { rate_hz: 21_000.0, pick_hz: 6000.0, place: 0.17, brightness: 0.7, ring_s: 1.8, ..nylon };
    let strings: [(&'static str, &[u8], Pluck); 12] = [
        ("nylon", &[42, 51, 60, 69, 78], nylon),
        ("steel", &[42, 51, 60, 69, 78], steel),
        (
            "electric",
            &[42, 55, 68, 80],
            Pluck {
                rate_hz: 18_000.0,
                pick_hz: 4200.0,
                place: 0.12,
                brightness: 0.6,
                ring_s: 2.6,
                body: NO_BODY,
                length_s: 0.4,
                ..nylon
            },
        ),
        (
            "overdrive",
            &[40, 50, 60, 70, 80],
            Pluck {
                pick_hz: 3000.0,
                place: 0.2,
                brightness: 0.5,
                ring_s: 5.0,
                body: NO_BODY,
                drive: 4.0,
                length_s: 0.35,
                ..nylon
            },
        ),
        (
            "bass",
            &[30, 41, 53],
            Pluck {
                rate_hz: 11_000.0,
                pick_hz: 1500.0,
                place: 0.3,
                brightness: 0.5,
                ring_s: 1.0,
                body: &[(95.0, 3.0, 0.5)],
                length_s: 0.5,
                ..nylon
            },
        ),
        (
            "electric bass",
            &[30, 41, 53],
            Pluck {
                rate_hz: 14_000.0,
                pick_hz: 4500.0,
                place: 0.12,
                brightness: 0.8,
                ring_s: 1.2,
                body: NO_BODY,
                length_s: 0.5,
                ..nylon
            },
        ),
        (
            "harp",
            &[36, 49, 62, 75, 88],
            Pluck {
                pick_hz: 3200.0,
                place: 0.45,
                brightness: 0.55,
                ring_s: 2.2,
                body: &[(180.0, 3.0, 0.5)],
                length_s: 0.4,
                ..nylon
            },
        ),
        (
            "pizzicato",
            &[40, 55, 69, 82],
            Pluck {
                rate_hz: 15_000.0,
                pick_hz: 1800.0,
                place: 0.3,
                brightness: 0.3,
                ring_s: 0.32,
                body: &[(280.0, 4.0, 0.9), (460.0, 5.0, 0.6), (900.0, 3.0, 0.3)],
                length_s: 0.35,
                ..nylon
            },
        ),
        (
            "harpsichord",
            &[41, 55, 69, 82],
            Pluck {
                rate_hz: 24_000.0,
                pick_hz: 11_000.0,
                place: 0.09,
                brightness: 0.85,
                ring_s: 1.3,
                body: &[(240.0, 3.0, 0.3), (2600.0, 2.0, 0.4)],
                length_s: 0.4,
                ..nylon
            },
        ),
        (
            "sitar",
            &[50, 61, 73],
            Pluck {
                rate_hz: 21_000.0,
                pick_hz: 9000.0,
                place: 0.06,
                brightness: 0.92,
                ring_s: 1.4,
                body: &[(700.0, 4.0, 0.8), (1900.0, 3.0, 0.7)],
                drive: 1.8,
                length_s: 0.5,
            },
        ),
        (
            "banjo",
            &[52, 64, 76],
            Pluck {
                rate_hz: 21_000.0,
                pick_hz: 7000.0,
                place: 0.14,
                brightness: 0.55,
                ring_s: 0.4,
                body: &[(320.0, 3.0, 0.8), (760.0, 2.5, 1.0), (2500.0, 2.0, 0.5)],
                length_s: 0.35,
                ..nylon
            },
        ),
        (
            "koto",
            &[52, 64, 76],
            Pluck {
                rate_hz: 20_000.0,
                pick_hz: 6500.0,
                place: 0.1,
                brightness: 0.6,
                ring_s: 1.0,
                body: &[(330.0, 6.0, 0.7), (620.0, 5.0, 0.5)],
                length_s: 0.4,
                ..nylon
            },
        ),
    ];
    for (name, roots, pluck) in strings {
        bank.add(name, roots, |root| pluck.render(name, root, LOUDNESS));
    }
}
