//! A short phrase over the music, to try a SoundFont before it is chosen. The music goes on as it is.

use std::sync::Arc;

/// Frames over which a phrase that is cut off fades: 5 ms at 48 kHz.
const FADE_FRAMES: usize = 256;

/// Interleaved stereo at the output's rate.
pub(super) type Phrase = Arc<[f32]>;

/// What is being previewed.
#[derive(Debug, Default)]
pub(super) struct Preview {
    phrase: Option<(Phrase, usize)>,
    /// The one before, while it fades out, and how far it has faded.
    fading_out: Option<(Phrase, usize, usize)>,
}

impl Preview {
    /// Starts another phrase, or none; the one before fades out. Returns what is no longer needed, to be dropped
    /// elsewhere.
    pub fn start(&mut self, phrase: Option<Phrase>) -> Option<Phrase> {
        let before = self.phrase.take().map(|(phrase, at)| (phrase, at, 0));
        self.phrase = phrase.map(|phrase| (phrase, 0));
        before.and_then(|before| self.fading_out.replace(before)).map(|(phrase, ..)| phrase)
    }

    /// Adds the next frames. Returns a phrase that has ended, to be dropped elsewhere.
    pub fn mix(&mut self, left: &mut [f32], right: &mut [f32]) -> Option<Phrase> {
        if let Some((phrase, at)) = &mut self.phrase {
            let frames = phrase.as_chunks::<2>().0.iter().skip(*at);
            for (frame, (left, right)) in frames.zip(left.iter_mut().zip(right.iter_mut())) {
                *left += frame[0];
                *right += frame[1];
            }
            *at += left.len();
        }
        if let Some((phrase, at, faded)) = &mut self.fading_out {
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
            self.fading_out.take_if(|(phrase, at, faded)| *faded >= FADE_FRAMES || over(phrase, *at))
        {
            return Some(phrase);
        }
        self.phrase.take_if(|(phrase, at)| over(phrase, *at)).map(|(phrase, _)| phrase)
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
