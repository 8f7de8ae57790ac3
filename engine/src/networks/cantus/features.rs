//! What the layers of `cantus` see of lines of tokens, and where in its bar each step lies.

use tch::{Kind, Tensor};

use super::tokens::{FIRST_PITCH, HOLD, PITCHES, REST, VOCABULARY};

/// Channels of one line for the critic: what sounds, and whether it is struck, held or silent.
pub const LINE: i64 = PITCHES + 3;
/// Channels of the pitch classes that sound in a line.
pub const CLASSES: i64 = 12;
/// Channels of the place in bar and piece.
pub const PLACE: i64 = 10;

/// Tokens (\[n, lines, steps\], whole numbers) as \[n, lines, VOCABULARY, steps\] of 0 and 1.
pub fn one_hot(tokens: &Tensor) -> Tensor {
    tokens.one_hot(VOCABULARY).to_kind(Kind::Float).permute([0, 1, 3, 2])
}

/// The channels of lines: \[n, lines, LINE, steps\].
///
/// `hot` is [`one_hot`] or a softened version of it through which slopes flow; `tokens` decide who holds whom.
pub fn lines(hot: &Tensor, tokens: &Tensor) -> Tensor {
    let size = tokens.size();
    let steps = Tensor::arange(size[2], (Kind::Int64, tokens.device())).expand_as(tokens);
    // where the last token that is no hold stands: what it struck still sounds
    let struck_at = steps.where_self(&tokens.ne(HOLD), &steps.zeros_like()).cummax(-1).0;
    let pitches = hot.narrow(2, FIRST_PITCH, PITCHES);
    let at = struck_at.unsqueeze(2).expand_as(&pitches);
    let sounding = pitches.gather(3, &at, false);
    let struck = pitches.sum_dim_intlist(2, true, Kind::Float);
    Tensor::cat(&[&sounding, &struck, &hot.narrow(2, HOLD, 1), &hot.narrow(2, REST, 1)], 2)
}

/// The pitch classes that sound: \[n, lines, LINE, steps\] to \[n, lines, 12, steps\].
pub fn classes(lines: &Tensor) -> Tensor {
    let size = lines.size();
    lines.narrow(2, 0, PITCHES).view([size[0], size[1], PITCHES / CLASSES, CLASSES, size[3]]).sum_dim_intlist(
        2,
        false,
        Kind::Float,
    )
}

/// Lines of which only some cells are known (\[n, lines, steps\], 1 where known), with their classes and the mask
/// itself: \[n, lines * (LINE + CLASSES + 1), steps\].
pub fn known_lines(tokens: &Tensor, known: &Tensor) -> Tensor {
    let size = tokens.size();
    // an unknown cell holds nothing and nothing can be held through it
    let seen = tokens.where_self(&known.gt(0.5), &tokens.full_like(REST));
    let hot = one_hot(&seen) * known.unsqueeze(2);
    let lines = lines(&hot, &seen);
    Tensor::cat(&[&lines, &classes(&lines), &known.unsqueeze(2)], 2).reshape([size[0], -1, size[2]])
}

/// Where a window lies in its piece and its bars.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its first step.
    pub first: usize,
    /// Steps in a bar.
    pub steps_per_bar: usize,
    /// Steps of the whole piece.
    pub piece_steps: usize,
    /// Whether the network is shown the bar lines at all; not all sources have them in the right place.
    pub bars_known: bool,
}

/// The place of each step, [`PLACE`] channels x `length`, channel by channel.
pub fn place(place: Place, length: usize) -> Vec<f32> {
    let mut channels = vec![0.0; PLACE as usize * length];
    let bar = place.steps_per_bar.max(1);
    for index in 0..length {
        let step = place.first + index;
        let mut set = |channel: usize, value: f32| channels[channel * length + index] = value;
        if step >= place.piece_steps {
            continue; // beyond the end all is 0
        }
        let in_bar = step % bar;
        set(0, 1.0);
        set(1 + in_bar % 4, 1.0);
        if place.bars_known {
            let angle = std::f32::consts::TAU * in_bar as f32 / bar as f32;
            set(5, if in_bar == 0 { 1.0 } else { 0.0 });
            set(6, angle.sin());
            set(7, angle.cos());
        }
        set(8, if step == 0 { 1.0 } else { 0.0 });
        set(9, if step + 1 == place.piece_steps { 1.0 } else { 0.0 });
    }
    channels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(lines: &Tensor, channel: i64) -> Vec<f32> {
        Vec::<f32>::try_from(lines.get(0).get(0).get(channel).contiguous()).unwrap()
    }

    #[test]
    fn a_held_pitch_sounds_until_the_next() {
        let tokens =
            Tensor::from_slice(&[HOLD, FIRST_PITCH + 12, HOLD, REST, HOLD, FIRST_PITCH + 3, HOLD]).view([1, 1, 7]);
        let lines = lines(&one_hot(&tokens), &tokens);
        assert_eq!(lines.size(), [1, 1, LINE, 7]);
        assert_eq!(channel(&lines, 12), [0., 1., 1., 0., 0., 0., 0.]);
        assert_eq!(channel(&lines, 3), [0., 0., 0., 0., 0., 1., 1.]);
        assert_eq!(channel(&lines, PITCHES), [0., 1., 0., 0., 0., 1., 0.]);
        assert_eq!(channel(&classes(&lines), 0), [0., 1., 1., 0., 0., 0., 0.]);
    }

    #[test]
    fn unknown_cells_hide_what_is_held_through_them() {
        let tokens = Tensor::from_slice(&[FIRST_PITCH, HOLD, FIRST_PITCH + 1, HOLD]).view([1, 1, 4]);
        let known = Tensor::from_slice(&[1.0_f32, 1.0, 0.0, 1.0]).view([1, 1, 4]);
        let seen = known_lines(&tokens, &known).view([1, 1, -1, 4]);
        assert_eq!(channel(&seen, 0), [1., 1., 0., 0.]);
        assert_eq!(channel(&seen, 1), [0.; 4]);
        assert_eq!(channel(&seen, PITCHES + 1), [0., 1., 0., 1.]); // it is known that step 3 holds
        assert_eq!(channel(&seen, LINE + CLASSES), [1., 1., 0., 1.]);
    }

    #[test]
    fn slopes_flow_to_the_struck_pitch() {
        let tokens = Tensor::from_slice(&[FIRST_PITCH, HOLD, HOLD]).view([1, 1, 3]);
        let hot = one_hot(&tokens).detach().set_requires_grad(true);
        let sum = lines(&hot, &tokens).narrow(2, 0, PITCHES).sum(Kind::Float);
        let slope = &Tensor::run_backward(&[sum], &[&hot], false, false)[0];
        assert_eq!(slope.double_value(&[0, 0, FIRST_PITCH, 0]), 3.0);
        assert_eq!(slope.double_value(&[0, 0, FIRST_PITCH, 1]), 0.0);
    }

    #[test]
    fn places_say_bar_beat_and_ends() {
        let at = Place { first: 10, steps_per_bar: 12, piece_steps: 14, bars_known: true };
        let place = place(at, 6);
        assert_eq!(place.len(), 60);
        assert_eq!(place[..6], [1., 1., 1., 1., 0., 0.]);
        assert_eq!(place[30..36], [0., 0., 1., 0., 0., 0.]);
        assert_eq!(place[54..], [0., 0., 0., 1., 0., 0.]);
    }
}
