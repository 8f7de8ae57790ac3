//! What the window is written and drawn with can be read, seen and told apart.

use super::*;

#[test]
fn what_is_written_has_a_letter_for_everything() {
    use crate::{
        music::{Key, Mode, Pitch},
        studio::commands::table,
    };
    let ctx = Context::default();
    install(&ctx);
    ctx.begin_pass(eframe::egui::RawInput::default());
    let mut texts = Vec::new();
    for entry in table() {
        texts.push(entry.title.to_owned());
        texts.extend(entry.keys.iter().map(crate::studio::commands::key_text));
    }
    for tonic in 0..12 {
        for mode in [Mode::Major, Mode::Minor] {
            let key = Key { tonic, mode };
            texts.push(key.name());
            texts.extend((60..72).map(|pitch| Pitch::clamped(pitch).name_in(Some(key))));
        }
    }
    for text in texts {
        for font in [regular(13.0), bold(11.0)] {
            assert!(ctx.fonts_mut(|fonts| fonts.has_glyphs(&font, &text)), "{text}");
        }
    }
}

/// Text needs this much contrast with what is behind it: WCAG 2.2, 1.4.3, level AA.
const TEXT: f64 = 4.5;
/// So much do large text, icons, and outlines by which a control or its state is seen: 1.4.3 and 1.4.11.
const SIGN: f64 = 3.0;

/// What is drawn on what: a name, the colours on top, the grounds below them, the least contrast.
fn pairs(theme: &Theme) -> Vec<(&'static str, Vec<Color32>, Vec<Color32>, f64)> {
    let panels = vec![theme.background, theme.surface, theme.overlay];
    let cards = vec![theme.raised, theme.raised_hover, theme.accent_soft];
    let wells = vec![theme.sunken, theme.roll_white, theme.roll_black, theme.roll_root];
    let everywhere = [panels.clone(), cards.clone(), wells.clone()].concat();
    let states = vec![theme.success, theme.warning, theme.error];
    let parts = theme.parts.to_vec();
    vec![
        ("text", vec![theme.text], [everywhere.clone(), vec![theme.raised_active]].concat(), 7.0),
        ("labels", vec![theme.text_muted], [everywhere.clone(), vec![theme.raised_active]].concat(), TEXT),
        ("hints", vec![theme.text_faint], everywhere.clone(), TEXT),
        ("what is on or linked", vec![theme.accent], everywhere.clone(), TEXT),
        ("states in words", states, [panels.clone(), cards].concat(), TEXT),
        ("the main button", vec![theme.on_accent], vec![theme.accent, theme.accent_hover], TEXT),
        ("recording and playing", vec![theme.record, theme.play], everywhere.clone(), SIGN),
        ("the playhead", vec![theme.playhead], wells.clone(), SIGN),
        ("outlines of controls", vec![theme.outline], [panels, vec![theme.raised, theme.sunken]].concat(), SIGN),
        ("names on keys", vec![theme.key_text], vec![theme.key_white], TEXT),
        ("white keys", vec![theme.key_border, theme.key_black], vec![theme.key_white], SIGN),
        ("parts", parts, [wells, vec![theme.surface, theme.overlay, theme.raised, theme.background]].concat(), SIGN),
    ]
}

#[test]
fn every_pair_that_is_used_has_enough_contrast() {
    let mut poor = Vec::new();
    for theme in [&DARK, &LIGHT] {
        for (name, tops, grounds, least) in pairs(theme) {
            for (top, ground) in tops.iter().flat_map(|top| grounds.iter().map(move |ground| (*top, *ground))) {
                let found = contrast(top, ground);
                if found < least {
                    poor.push(format!("{name}, dark {}: {top:?} on {ground:?} has {found:.2}", theme.dark));
                }
            }
        }
        // badges and switches: a word on a little of its own colour
        for color in [theme.accent, theme.success, theme.warning, theme.error] {
            assert!(contrast(color, Theme::mix(theme.surface, color, TINT)) >= TEXT, "{color:?} on its tint");
        }
        for color in [theme.record, theme.play].into_iter().chain(theme.parts) {
            assert!(contrast(color, Theme::mix(theme.surface, color, TINT)) >= 2.5, "{color:?} on its tint");
            assert!(contrast(theme.on(color), color) >= TEXT, "text on {color:?}");
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

#[test]
fn parts_stand_out_from_the_roll_and_from_each_other() {
    for theme in [&DARK, &LIGHT] {
        for (index, &color) in theme.parts.iter().enumerate() {
            assert!(contrast(color, theme.roll_white) >= SIGN, "part {index}");
            for &other in &theme.parts[..index] {
                for seen in [normal, deuteranope, protanope] {
                    let (a, b) = (seen(color), seen(other));
                    let distance = (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f64>().sqrt();
                    assert!(distance > 0.07, "{color:?} and {other:?} look alike: {distance}");
                }
            }
        }
    }
}

fn linear(color: Color32) -> [f64; 3] {
    [color.r(), color.g(), color.b()].map(|value| (f64::from(value) / 255.0).powf(2.2))
}

fn normal(color: Color32) -> [f64; 3] {
    linear(color).map(|value| value.powf(1.0 / 2.2))
}

/// Viénot, Brettel and Mollon (1999), on linear RGB.
fn deuteranope(color: Color32) -> [f64; 3] {
    let [r, g, b] = linear(color);
    let yellow = 0.292_75 * r + 0.707_25 * g;
    [yellow, yellow, -0.022_34 * r + 0.022_34 * g + b].map(|value| value.clamp(0.0, 1.0).powf(1.0 / 2.2))
}

/// The same source.
fn protanope(color: Color32) -> [f64; 3] {
    let [r, g, b] = linear(color);
    let yellow = 0.112_38 * r + 0.887_62 * g;
    [yellow, yellow, 0.004_01 * r - 0.004_01 * g + b].map(|value| value.clamp(0.0, 1.0).powf(1.0 / 2.2))
}
