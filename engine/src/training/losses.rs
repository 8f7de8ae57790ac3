//! The two losses of an adversarial training: Wasserstein with gradient penalty (Gulrajani et al. 2017), and hinge (Lim
//! and Ye 2017) with a penalty on the slope at real music (R1, Mescheder et al. 2018).

use tch::{Device, Kind, Tensor};

use cantus::engine_client::curves::{Curve, CurveValues};
use cantus::engine_client::protocol::Loss;

/// Weight of the gradient penalty in the critic's loss.
const PENALTY_WEIGHT: f64 = 10.0;
/// Weight of R1: half of the paper's gamma of 10.
const R1_WEIGHT: f64 = 5.0;

/// What the critic minimises, without the penalty: E D(fake) - E D(real), or E max(0, 1 + D(fake)) + E max(0, 1 -
/// D(real)).
pub fn critic_loss(loss: Loss, fake_scores: &Tensor, real_scores: &Tensor) -> Tensor {
    match loss {
        Loss::Wasserstein => fake_scores.mean(Kind::Float) - real_scores.mean(Kind::Float),
        Loss::Hinge => {
            (fake_scores + 1.0).relu().mean(Kind::Float) + (real_scores.neg() + 1.0).relu().mean(Kind::Float)
        }
    }
}

/// The critic's mean scores of real and of generated music, left on its device, as they are shown beside the losses.
pub fn mean_scores(real_scores: &Tensor, fake_scores: &Tensor) -> Tensor {
    Tensor::stack(&[real_scores, fake_scores].map(|scores| scores.mean(Kind::Float)), 0).detach()
}

/// The same of a step in which the critic did not learn: no numbers.
pub fn no_scores(device: Device) -> Tensor {
    Tensor::full([2], f64::NAN, (Kind::Float, device))
}

/// Takes both means into the curves, where they are numbers.
pub fn set_scores(values: &mut CurveValues, [real, generated]: [f64; 2]) {
    values.set(Curve::RealScore, Some(real).filter(|score| score.is_finite()));
    values.set(Curve::GeneratedScore, Some(generated).filter(|score| score.is_finite()));
}

/// Tells the slopes of a critic's scores at the points it is given, shaped as these are and such that they can be
/// differentiated by the critic's weights.
pub type Slope<'a> = dyn Fn(&Tensor) -> Result<Tensor, tch::TchError> + 'a;

/// The penalty as it is added to the critic's loss: E (|grad D(x)| - 1)^2 at points x between real and fake, one
/// `epsilon` (0 to 1, shape [batch, 1, ...]) per sample, or R1, E |grad D(x)|^2 at real points x; each weighted.
///
/// # Errors
/// What libtorch says.
pub fn penalty(
    loss: Loss,
    slope: &Slope<'_>,
    real: &Tensor,
    fake: &Tensor,
    epsilon: &Tensor,
) -> Result<Tensor, tch::TchError> {
    let squares = |at: &Tensor| -> Result<Tensor, tch::TchError> {
        let slopes = slope(&at.detach())?;
        Ok(slopes.square().flatten(1, -1).sum_dim_intlist(1, false, Kind::Float))
    };
    match loss {
        Loss::Wasserstein => {
            // a square root's slope is infinite at 0
            let lengths = (squares(&(fake + (real - fake) * epsilon))? + 1e-8).sqrt();
            Ok((lengths - 1.0).square().mean(Kind::Float) * PENALTY_WEIGHT)
        }
        Loss::Hinge => Ok(squares(real)?.mean(Kind::Float) * R1_WEIGHT),
    }
}

/// A [`Slope`] of any critic, found by libtorch. `critic` scores a batch: [batch, ...] to [batch, 1]. What it is
/// conditioned on is its own affair and is not mixed.
///
/// # Errors
/// What libtorch says.
pub fn slope_of(critic: &dyn Fn(&Tensor) -> Tensor, at: &Tensor) -> Result<Tensor, tch::TchError> {
    let at = at.detach().set_requires_grad(true);
    let scores = critic(&at).sum(Kind::Float);
    Ok(Tensor::f_run_backward(&[scores], &[at], true, true)?.remove(0))
}

/// What the generator minimises: -E D(fake).
pub fn generator_loss(fake_scores: &Tensor) -> Tensor {
    -fake_scores.mean(Kind::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_losses_of_known_scores() {
        let (real, fake) = (Tensor::from_slice(&[3.0_f32, 5.0]), Tensor::from_slice(&[-1.0_f32, 2.0]));
        assert!((critic_loss(Loss::Wasserstein, &fake, &real).double_value(&[]) + 3.5).abs() < 1e-6);
        // max(0, 1 - 1) and 3 on the fakes, nothing on the real ones, which are beyond 1
        assert!((critic_loss(Loss::Hinge, &fake, &real).double_value(&[]) - 1.5).abs() < 1e-6);
        assert!((generator_loss(&fake).double_value(&[]) + 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_penalty_of_a_linear_critic_is_that_of_its_weights() {
        let weights = Tensor::from_slice(&[3.0_f32, 0.0, 4.0]).set_requires_grad(true);
        let critic = |x: &Tensor| x.matmul(&weights).unsqueeze(1);
        let (real, fake) = (
            Tensor::from_slice(&[1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]).view([2, 3]),
            Tensor::from_slice(&[0.0_f32; 6]).view([2, 3]),
        );
        let epsilon = Tensor::from_slice(&[0.25_f32, 0.75]).view([2, 1]);
        let slope = |at: &Tensor| slope_of(&critic, at);
        let penalty = penalty(Loss::Wasserstein, &slope, &real, &fake, &epsilon).unwrap();
        assert!((penalty.double_value(&[]) - PENALTY_WEIGHT * 16.0).abs() < 1e-3); // (5 - 1)^2
        // and its own gradient: 2 (|w| - 1) w / |w|
        let by_weights = Tensor::run_backward(&[penalty / PENALTY_WEIGHT], &[&weights], false, false);
        let expected = Tensor::from_slice(&[4.8_f32, 0.0, 6.4]);
        assert!((&by_weights[0] - expected).abs().max().double_value(&[]) < 1e-3);
    }

    #[test]
    fn r1_is_the_square_of_the_slope_at_the_real_ones() {
        // D(x) = x^2 / 2 has the slope x
        let critic = |x: &Tensor| x.square() * 0.5;
        let real = Tensor::from_slice(&[4.0_f32, 2.0]).view([2, 1]);
        let none = Tensor::from_slice(&[0.0_f32]);
        let weighted = penalty(Loss::Hinge, &|at| slope_of(&critic, at), &real, &none, &none).unwrap();
        assert!((weighted.double_value(&[]) - R1_WEIGHT * 10.0).abs() < 1e-4);
    }

    #[test]
    fn the_penalty_looks_between_real_and_fake() {
        // D(x) = x^2 / 2 has the slope x
        let critic = |x: &Tensor| x.square() * 0.5;
        let (real, fake) = (Tensor::from_slice(&[4.0_f32]).view([1, 1]), Tensor::from_slice(&[0.0_f32]).view([1, 1]));
        for (epsilon, expected) in [(0.0_f32, 1.0), (0.5, 1.0), (1.0, 9.0)] {
            let epsilon = Tensor::from_slice(&[epsilon]).view([1, 1]);
            let penalty = penalty(Loss::Wasserstein, &|at| slope_of(&critic, at), &real, &fake, &epsilon).unwrap();
            assert!((penalty.double_value(&[]) / PENALTY_WEIGHT - expected).abs() < 1e-3);
        }
    }
}
