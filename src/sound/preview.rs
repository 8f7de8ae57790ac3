//! A short sound beside the music: a phrase that lets a SoundFont be heard before it is taken. The music goes on as it is.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Preset, SoundFont, SoundFontError, render};
use crate::music::{Control, ControlEvent, Note, Part, Pitch, Score, Tick, Velocity};

/// Frames over which a phrase that is cut off fades: 5 ms at 48 kHz.
const FADE_FRAMES: usize = 256;

/// A tail that does not end ends here.
const LONGEST_SECONDS: usize = 6;

/// Interleaved stereo at the output's rate.
pub(super) type Phrase = Arc<[f32]>;

/// What is being previewed.
#[derive(Debug, Default)]
pub(super) struct Preview {
    phrase: Option<(Phrase, usize)>,
    /// The one before, while it fades, and how far it has faded.
    leaving: Option<(Phrase, usize, usize)>,
}

impl Preview {
    /// Starts another phrase, or none; what sounded fades. What is no longer needed comes back, to be dropped elsewhere.
    pub fn start(&mut self, phrase: Option<Phrase>) -> Option<Phrase> {
        let leaving = self.phrase.take().map(|(phrase, at)| (phrase, at, 0));
        self.phrase = phrase.map(|phrase| (phrase, 0));
        match leaving {
            Some(leaving) => self.leaving.replace(leaving).map(|(phrase, ..)| phrase),
            None => None,
        }
    }

    /// Adds the next frames. What has ended comes back, to be dropped elsewhere.
    pub fn mix(&mut self, left: &mut [f32], right: &mut [f32]) -> Option<Phrase> {
        if let Some((phrase, at)) = &mut self.phrase {
            let frames = phrase.as_chunks::<2>().0.iter().skip(*at);
            for (frame, (left, right)) in frames.zip(left.iter_mut().zip(right.iter_mut())) {
                *left += frame[0];
                *right += frame[1];
            }
            *at += left.len();
        }
        if let Some((phrase, at, faded)) = &mut self.leaving {
            let frames = phrase.as_chunks::<2>().0.iter().skip(*at);
            for (frame, (left, right)) in frames.zip(left.iter_mut().zip(right.iter_mut())) {
                let gain = 1.0 - (*faded as f32 / FADE_FRAMES as f32).min(1.0);
                *left += frame[0] * gain;
                *right += frame[1] * gain;
                *faded += 1;
            }
            *at += left.len();
        }
        let over = |phrase: &Phrase, at: usize| at * 2 >= phrase.len();
        if let Some((phrase, ..)) =
            self.leaving.take_if(|(phrase, at, faded)| *faded >= FADE_FRAMES || over(phrase, *at))
        {
            return Some(phrase);
        }
        self.phrase.take_if(|(phrase, at)| over(phrase, *at)).map(|(phrase, _)| phrase)
    }
}

/// A short phrase on one of a font's presets, as interleaved stereo: an arpeggio and its chord, or a bar of drums. Fewer
/// frames where it is cancelled. Takes the synth's time to load the font, and then some milliseconds.
///
/// # Errors
/// Where the synth does not take the font or the rate.
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

    fn phrase(frames: usize, value: f32) -> Phrase {
        std::iter::repeat_n(value, frames * 2).collect()
    }

    #[test]
    fn a_phrase_is_added_once_and_given_back() {
        let mut preview = Preview::default();
        assert!(preview.start(Some(phrase(100, 0.5))).is_none());
        let (mut left, mut right) = ([0.25; 64], [0.0; 64]);
        assert!(preview.mix(&mut left, &mut right).is_none());
        assert_eq!((left[0], right[63]), (0.75, 0.5));
        let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
        assert!(preview.mix(&mut left, &mut right).is_some());
        assert_eq!((left[35], left[36]), (0.5, 0.0));
        assert!(preview.mix(&mut left, &mut right).is_none());
    }

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

    #[test]
    fn what_is_cut_off_fades() {
        let mut preview = Preview::default();
        preview.start(Some(phrase(10_000, 1.0)));
        let mut heard = Vec::new();
        for block in 0..8 {
            if block == 2 {
                assert!(preview.start(None).is_none());
            }
            let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
            let back = preview.mix(&mut left, &mut right);
            assert_eq!(back.is_some(), block == 5, "block {block}");
            heard.extend(left);
        }
        let step = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(heard[100] == 1.0 && heard[511] == 0.0 && step < 0.01, "{step}");
    }
}
