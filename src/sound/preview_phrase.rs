//! The phrase that previews a SoundFont's preset.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::render::render;
use super::soundfont::error::SoundFontError;
use super::soundfont::{Preset, SoundFont};
use crate::music::{Control, ControlEvent, Note, Part, Pitch, Score, Tick, Velocity};

/// A tail that does not end is cut here.
const LONGEST_SECONDS: usize = 6;

/// A short phrase on one of a font's presets, as interleaved stereo: an arpeggio and its chord, or a bar of drums.
/// Fewer frames if it is cancelled. Takes as long as the synth needs to load the font, and some milliseconds more.
///
/// # Errors
/// The synth refuses the font or the sample rate.
pub fn preview_phrase(
    font: &SoundFont,
    preset: &Preset,
    rate_hz: u32,
    cancelled: &AtomicBool,
) -> Result<Arc<[f32]>, SoundFontError> {
    const EIGHTH: Tick = 240;
    let mut part = Part::new("Preview", preset.program);
    part.is_drum = preset.bank == 128;
    let keys: [(Tick, i32, Tick); 8] = if part.is_drum {
        let drums = [(0, 36), (0, 42), (1, 42), (2, 38), (2, 42), (3, 42), (4, 36), (4, 49)];
        drums.map(|(eighth, key)| (eighth, key, 1))
    } else {
        let tune = [(0, 60, 1), (1, 64, 1), (2, 67, 1), (3, 72, 1)];
        let chord = [(4, 48, 3), (4, 60, 3), (4, 64, 3), (4, 67, 3)];
        std::array::from_fn(|index| if index < 4 { tune[index] } else { chord[index - 4] })
    };
    part.notes = keys
        .map(|(start, pitch, duration)| Note {
            start: start * EIGHTH,
            pitch: Pitch::clamped(pitch),
            duration: duration * EIGHTH,
            velocity: Velocity::clamped(96),
        })
        .to_vec();
    let bank = preset.bank.min(127) as u8;
    let select = [Control::Controller { number: 0, value: bank }, Control::Program(preset.program)];
    if !part.is_drum {
        part.controls = select.map(|control| ControlEvent { tick: 0, control }).to_vec();
    }
    part.sort();
    let score = Score { parts: vec![Arc::new(part)], ..Score::default() };
    let longest = rate_hz as usize * 2 * LONGEST_SECONDS;
    let mut frames: Vec<f32> = Vec::new();
    render(&score, font, rate_hz, &mut |piece| {
        frames.extend_from_slice(piece);
        if frames.len() > longest || cancelled.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    Ok(frames.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preset_that_is_asked_for_is_heard() {
        let font = SoundFont::from_bytes("test", crate::sound::soundfont::testing::font_bytes()).unwrap();
        let on = AtomicBool::new(false);
        for preset in font.preset_list() {
            let phrase = preview_phrase(&font, preset, 32_000, &on).unwrap();
            let loud = phrase.iter().filter(|value| value.abs() > 0.01).count();
            assert!(loud > 4000, "{preset:?}: {loud} samples");
        }
        let none = preview_phrase(&font, &font.preset_list()[0], 32_000, &AtomicBool::new(true)).unwrap();
        assert!(none.len() < 20_000);
    }
}
