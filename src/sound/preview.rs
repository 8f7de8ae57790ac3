//! A short phrase over the music, to try a SoundFont before it is chosen. The music goes on as it is.

use std::sync::Arc;

/// Frames over which a phrase that is cut off fades: 5 ms at 48 kHz.
const FADE_FRAMES: usize = 256;

/// Interleaved stereo at the output's rate.
pub(super) type Phrase = Arc<[f32]>;

/// A phrase that plays.
#[derive(Debug)]
struct Playing {
    phrase: Phrase,
    frame: usize,
    /// How far it has faded out, if it does.
    faded: Option<usize>,
}

impl Playing {
    /// Adds the next frames. Whether it is over.
    fn mix(&mut self, left: &mut [f32], right: &mut [f32]) -> bool {
        let frames = self.phrase.as_chunks::<2>().0.iter().skip(self.frame);
        for (frame, (left, right)) in frames.zip(left.iter_mut().zip(right.iter_mut())) {
            let gain = self.faded.map_or(1.0, |faded| 1.0 - (faded as f32 / FADE_FRAMES as f32).min(1.0));
            *left += frame[0] * gain;
            *right += frame[1] * gain;
            self.faded = self.faded.map(|faded| faded + 1);
        }
        self.frame += left.len();
        self.frame * 2 >= self.phrase.len() || self.faded.is_some_and(|faded| faded >= FADE_FRAMES)
    }
}

/// What is being previewed.
#[derive(Debug, Default)]
pub(super) struct Preview {
    present: Option<Playing>,
    /// The one before, while it fades out.
    before: Option<Playing>,
}

impl Preview {
    /// Starts another phrase, or none; the one before fades out. Returns what is no longer needed, to be dropped
    /// elsewhere.
    pub fn start(&mut self, phrase: Option<Phrase>) -> Option<Phrase> {
        let next = phrase.map(|phrase| Playing { phrase, frame: 0, faded: None });
        let before = std::mem::replace(&mut self.present, next)?;
        self.before.replace(Playing { faded: Some(0), ..before }).map(|playing| playing.phrase)
    }

    /// Adds the next frames. Returns a phrase that is over, to be dropped elsewhere.
    pub fn mix(&mut self, left: &mut [f32], right: &mut [f32]) -> Option<Phrase> {
        let before = self.before.take_if(|playing| playing.mix(left, right));
        let is_over = self.present.as_mut().is_some_and(|playing| playing.mix(left, right));
        before.or_else(|| self.present.take_if(|_| is_over)).map(|playing| playing.phrase)
    }
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
