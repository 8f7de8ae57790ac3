//! Winds: brass, reeds, flutes, organs.

use super::bank::Bank;
use super::sf2::Sample;
use super::tone::{Breath, Partial, Tone, formants, harmonics, roll_off};

const LOUDNESS: f64 = 0.14;

pub fn add_to(bank: &mut Bank) {
    add_brass(bank);
    add_reeds(bank);
    add_flutes(bank);
    add_organs(bank);
}

/// Lips: the higher a partial the later it comes; beyond the bell's cutoff they fall off.
fn brass(name: &str, root: u8, cutoff_hz: f64, order: f64, speak_s: f64) -> Sample {
    let partials = harmonics(root, 9000.0, |number, hz| {
        let rise = 1.0 / (1.0 + (0.35 * cutoff_hz / hz).powi(2));
        Partial::steady(number, (0.25 + rise) * roll_off(hz, cutoff_hz, order), speak_s * (1.0 + 0.22 * number))
    });
    let lips = Breath { low_hz: 200.0, high_hz: 2500.0, start_level: 0.12, steady_level: 0.012, settle_s: 0.03 };
    let rate_hz = ((cutoff_hz * 9.0) as u32).clamp(11_000, 22_000);
    Tone::new(root, rate_hz, 0.12, 0.12, partials).breath(lips).render(name, LOUDNESS)
}

fn add_brass(bank: &mut Bank) {
    bank.add("trumpet", &[57, 67, 77, 87], |root| brass("trumpet", root, 1900.0, 2.2, 0.012));
    bank.add("trombone", &[38, 48, 59, 70], |root| brass("trombone", root, 1150.0, 2.4, 0.016));
    bank.add("tuba", &[30, 42, 54], |root| brass("tuba", root, 480.0, 2.6, 0.02));
    bank.add("horn", &[40, 52, 63, 74], |root| brass("horn", root, 640.0, 2.7, 0.02));
    bank.add("muted trumpet", &[55, 65, 75, 85], |root| {
        let partials = harmonics(root, 9000.0, |number, hz| {
            let level = formants(hz, 0.12, &[(1500.0, 900.0, 1.0), (3300.0, 1600.0, 0.5)]) * roll_off(hz, 5500.0, 3.0);
            Partial::steady(number, level, 0.01 * (1.0 + 0.1 * number))
        });
        Tone::new(root, 24_000, 0.12, 0.05, partials).render("muted trumpet", LOUDNESS)
    });
}

fn reed(name: &str, root: u8, noise: f64, spectrum: impl Fn(f64, f64) -> f64) -> Sample {
    let partials =
        harmonics(root, 9500.0, |number, hz| Partial::steady(number, spectrum(number, hz), 0.014 + 0.002 * number));
    let breath =
        Breath { low_hz: 800.0, high_hz: 5000.0, start_level: 0.08 + noise, steady_level: noise, settle_s: 0.025 };
    let loop_s = if noise > 0.0 { 0.16 } else { 0.04 };
    Tone::new(root, 21_000, 0.11, loop_s, partials).breath(breath).render(name, LOUDNESS)
}

fn add_reeds(bank: &mut Bank) {
    bank.add("sax", &[49, 60, 71, 82], |root| {
        reed("sax", root, 0.025, |number, hz| {
            let body = formants(hz, 0.35, &[(550.0, 500.0, 0.8), (1250.0, 700.0, 0.6), (2600.0, 1200.0, 0.25)]);
            body * number.powf(-0.55) * roll_off(hz, 3200.0, 2.5)
        })
    });
    bank.add("low sax", &[37, 48, 59], |root| {
        reed("low sax", root, 0.02, |number, hz| {
            let body = formants(hz, 0.3, &[(380.0, 350.0, 0.9), (900.0, 600.0, 0.6), (2000.0, 1200.0, 0.25)]);
            body * number.powf(-0.4) * roll_off(hz, 2600.0, 2.5)
        })
    });
    bank.add("oboe", &[58, 67, 76, 85], |root| {
        reed("oboe", root, 0.0, |_, hz| {
            formants(hz, 0.1, &[(1100.0, 700.0, 1.0), (2900.0, 1100.0, 0.45)]) * roll_off(hz, 5000.0, 3.0)
        })
    });
    bank.add("english horn", &[52, 62, 72], |root| {
        reed("english horn", root, 0.0, |_, hz| {
            formants(hz, 0.12, &[(850.0, 600.0, 1.0), (2200.0, 1000.0, 0.3)]) * roll_off(hz, 3800.0, 3.0)
        })
    });
    bank.add("bassoon", &[36, 46, 56, 66], |root| {
        reed("bassoon", root, 0.0, |_, hz| {
            formants(hz, 0.08, &[(480.0, 320.0, 1.0), (1150.0, 500.0, 0.3)]) * roll_off(hz, 2600.0, 3.0)
        })
    });
    // a closed tube: even partials are weak, less so the higher they are
    bank.add("clarinet", &[52, 63, 74, 85], |root| {
        reed("clarinet", root, 0.012, |number, hz| {
            let even = number % 2.0 == 0.0;
            let strength = if even { (0.03 * number).min(0.5) } else { 1.0 };
            strength * number.powf(-0.7) * roll_off(hz, 2400.0, 2.2)
        })
    });
    bank.add("free reed", &[40, 52, 64, 76, 88], |root| {
        reed("free reed", root, 0.0, |number, hz| {
            formants(hz, 0.4, &[(700.0, 800.0, 0.5), (1900.0, 1400.0, 0.5)])
                * number.powf(-0.5)
                * roll_off(hz, 4500.0, 2.5)
        })
    });
    bank.add("harmonica", &[55, 67, 79], |root| {
        reed("harmonica", root, 0.015, |number, hz| {
            formants(hz, 0.25, &[(1000.0, 600.0, 0.8), (2400.0, 900.0, 0.8), (4200.0, 1500.0, 0.3)]) * number.powf(-0.3)
        })
    });
    bank.add("bagpipe", &[53, 65, 77], |root| {
        reed("bagpipe", root, 0.0, |_, hz| {
            formants(hz, 0.3, &[(1000.0, 500.0, 0.6), (1900.0, 700.0, 1.0), (3300.0, 1200.0, 0.5)])
        })
    });
}

/// An air jet: few partials, a good deal of breath, a chiff before the tone.
fn flute(name: &str, root: u8, jet: &Jet) -> Sample {
    let partials = jet.levels.iter().enumerate().map(|(index, level)| {
        let number = index as f64 + 1.0;
        Partial::steady(number, *level, jet.speak_s * (1.0 + 0.3 * index as f64))
    });
    let root_hz = super::dsp::key_hz(f64::from(root));
    let air = Breath {
        low_hz: root_hz * 0.8,
        high_hz: (root_hz * 5.0).clamp(2500.0, 6500.0),
        start_level: jet.chiff,
        steady_level: jet.breath,
        settle_s: 0.035,
    };
    let rate_hz = if jet.levels.len() > 4 { 19_000 } else { 15_000 };
    Tone::new(root, rate_hz, 0.12, 0.18, partials.collect()).breath(air).render(name, LOUDNESS)
}

/// What sets the flutes apart: their partials, breath, chiff and how soon they speak.
struct Jet {
    levels: &'static [f64],
    breath: f64,
    chiff: f64,
    speak_s: f64,
}

fn add_flutes(bank: &mut Bank) {
    let mut add = |name: &'static str, roots: &[u8], jet: &Jet| {
        bank.add(name, roots, |root| flute(name, root, jet));
    };
    let flute = Jet { levels: &[1.0, 0.42, 0.2, 0.08, 0.05, 0.02], breath: 0.035, chiff: 0.16, speak_s: 0.03 };
    add("flute", &[62, 72, 82, 92], &flute);
    let recorder = Jet { levels: &[1.0, 0.08, 0.16, 0.02, 0.03], breath: 0.02, chiff: 0.2, speak_s: 0.014 };
    add("recorder", &[60, 72, 84], &recorder);
    let pan_flute = Jet { levels: &[1.0, 0.04, 0.14, 0.02], breath: 0.09, chiff: 0.7, speak_s: 0.03 };
    add("pan flute", &[55, 67, 79], &pan_flute);
    let bottle = Jet { levels: &[1.0, 0.03, 0.04], breath: 0.16, chiff: 0.4, speak_s: 0.05 };
    add("bottle", &[50, 64, 78], &bottle);
    let shakuhachi = Jet { levels: &[1.0, 0.3, 0.24, 0.1, 0.05], breath: 0.13, chiff: 0.8, speak_s: 0.045 };
    add("shakuhachi", &[55, 67, 79], &shakuhachi);
    let whistle = Jet { levels: &[1.0, 0.02, 0.006], breath: 0.02, chiff: 0.08, speak_s: 0.03 };
    add("whistle", &[69, 84], &whistle);
}

/// Drawbars in their order, as ratios to the key: 16', 5 1/3', 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1'.
const DRAWBARS: [f64; 9] = [0.5, 1.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0];

fn drawbars(name: &str, root: u8, pulled: [f64; 9]) -> Sample {
    let partials = DRAWBARS.iter().zip(pulled).map(|(ratio, level)| Partial::steady(*ratio, level, 0.002));
    let click = Breath { low_hz: 900.0, high_hz: 4000.0, start_level: 0.12, steady_level: 0.0, settle_s: 0.004 };
    Tone::new(root, 24_000, 0.03, 0.04, partials.collect()).breath(click).render(name, LOUDNESS)
}

fn add_organs(bank: &mut Bank) {
    let roots = [36, 48, 60, 72, 84];
    bank.add("drawbars", &roots, |root| drawbars("drawbars", root, [0.7, 0.5, 1.0, 0.55, 0.3, 0.15, 0.0, 0.0, 0.0]));
    bank.add("full drawbars", &roots, |root| {
        drawbars("full drawbars", root, [0.9, 0.7, 1.0, 0.8, 0.6, 0.6, 0.3, 0.35, 0.5])
    });
    // principals of four lengths and a mixture, none quite in tune with another
    bank.add("church organ", &[40, 52, 64, 76, 88], |root| {
        let mut partials = Vec::new();
        for (rank, strength) in [(1.0, 1.0), (2.0, 0.7), (3.0, 0.3), (4.0, 0.45), (6.0, 0.15), (8.0, 0.14)] {
            for (index, level) in [1.0, 0.5, 0.28, 0.14, 0.08].iter().enumerate() {
                partials.push(Partial::steady(rank * (index as f64 + 1.0), level * strength, 0.03 / rank));
            }
        }
        let wind = Breath { low_hz: 600.0, high_hz: 4500.0, start_level: 0.1, steady_level: 0.01, settle_s: 0.03 };
        Tone::new(root, 17_000, 0.1, 0.4, partials).breath(wind).ensemble(3, 3.0, 0.0).render("church organ", LOUDNESS)
    });
}
