//! Adam (Kingma and Ba 2015) over named tensors, with a state that can be saved, which libtorch's own does not offer
//! here.

use tch::nn::VarStore;
use tch::{Kind, Tensor};

use crate::weights;

/// The optimiser of one network.
#[derive(Debug)]
pub struct Adam {
    parameters: Vec<(String, Tensor)>,
    first: Vec<Tensor>,
    second: Vec<Tensor>,
    /// Steps taken, one whole number on the CPU, so that it is saved and restored with the rest.
    steps: Tensor,
    settings: AdamSettings,
}

/// What an [`Adam`] does with a gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamSettings {
    /// How slowly the mean and the variance follow the gradients.
    pub betas: (f64, f64),
    /// Added to the root of the uncorrected variance, as TensorFlow does.
    pub epsilon: f64,
    /// Gradients longer than this, all together, are shortened to it.
    pub max_norm: Option<f64>,
    /// By how much of the learning rate parameters shrink at each step, apart from their gradients (Loshchilov and
    /// Hutter 2019).
    pub weight_decay: f64,
}

impl Adam {
    /// For all trained tensors of a store.
    pub fn new(store: &VarStore, settings: AdamSettings) -> Self {
        Self::of(store, |_| true, settings)
    }

    /// For the trained tensors of a store whose names are `wanted`.
    pub fn of(store: &VarStore, wanted: impl Fn(&str) -> bool, settings: AdamSettings) -> Self {
        let mut parameters = weights::trainable(store);
        parameters.retain(|(name, _)| wanted(name));
        let zeros = || parameters.iter().map(|(_, tensor)| tensor.detach().zeros_like()).collect();
        Self { first: zeros(), second: zeros(), parameters, steps: Tensor::from_slice(&[0_i64]), settings }
    }

    /// What it trains, in the order in which [`Self::step`] wants the gradients.
    pub fn parameters(&self) -> Vec<&Tensor> {
        self.parameters.iter().map(|(_, tensor)| tensor).collect()
    }

    /// Moves each parameter against its gradient; one that had no share in a loss has none, which counts as 0.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn step(&mut self, gradients: &[Tensor], learning_rate: f64) -> Result<(), tch::TchError> {
        let AdamSettings { betas, epsilon, max_norm, weight_decay } = self.settings;
        let _ = self.steps.f_add_scalar_(1)?;
        let steps = self.steps.int64_value(&[0]) as f64;
        let rate = learning_rate * (1.0 - betas.1.powf(steps)).sqrt() / (1.0 - betas.0.powf(steps));
        let gradients: Vec<Tensor> = gradients
            .iter()
            .zip(&self.parameters)
            .map(|(gradient, (_, of))| if gradient.defined() { gradient.shallow_clone() } else { of.zeros_like() })
            .collect();
        tch::no_grad(|| {
            // stays on the device: asking for the length would wait for it
            let shorten = max_norm.map(|most| norm(&gradients).clamp_min(most).reciprocal() * most);
            for (index, gradient) in gradients.iter().enumerate() {
                let gradient = match &shorten {
                    Some(shorten) => gradient * shorten,
                    None => gradient.shallow_clone(),
                };
                let (first, second) = (&mut self.first[index], &mut self.second[index]);
                let _ = first.f_lerp_(&gradient, 1.0 - betas.0)?;
                let _ = second.f_lerp_(&gradient.f_square()?, 1.0 - betas.1)?;
                let mut parameter = self.parameters[index].1.shallow_clone();
                if weight_decay > 0.0 {
                    let _ = parameter.f_mul_scalar_(1.0 - learning_rate * weight_decay)?;
                }
                let change = first.f_div(&(second.f_sqrt()? + epsilon))? * rate;
                let _ = parameter.f_sub_(&change)?;
            }
            Ok(())
        })
    }

    /// Begins anew, with the parameters as they are.
    pub fn forget(&mut self) {
        for moment in self.first.iter_mut().chain(&mut self.second).chain(std::iter::once(&mut self.steps)) {
            let _ = moment.zero_();
        }
    }

    /// The moments by name, to be saved and restored with [`weights::save`] and [`weights::load`].
    pub fn state(&self, prefix: &str) -> Vec<(String, Tensor)> {
        let named = |kind: &str, moments: &[Tensor]| {
            let names = self.parameters.iter().map(|(name, _)| format!("{prefix}.{kind}.{name}"));
            names.zip(moments.iter().map(Tensor::shallow_clone)).collect::<Vec<_>>()
        };
        let mut state = named("first", &self.first);
        state.extend(named("second", &self.second));
        state.push((format!("{prefix}.steps"), self.steps.shallow_clone()));
        state
    }
}

/// The length of gradients taken as one vector, left on their device.
pub fn norm(gradients: &[Tensor]) -> Tensor {
    let squares: Vec<Tensor> = gradients.iter().map(|gradient| gradient.square().sum(Kind::Float)).collect();
    Tensor::stack(&squares, 0).sum(Kind::Float).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::nn::Init;

    fn settings(max_norm: Option<f64>) -> AdamSettings {
        AdamSettings { betas: (0.5, 0.9), epsilon: 1e-7, max_norm, weight_decay: 0.0 }
    }

    #[test]
    fn two_steps_by_hand() {
        let store = VarStore::new(tch::Device::Cpu);
        let weight = store.root().var("weight", &[1], Init::Const(1.0));
        let mut adam = Adam::new(&store, settings(None));
        adam.step(&[Tensor::from_slice(&[2.0_f32])], 0.1).unwrap();
        // the first step is one learning rate long, whatever the gradient
        assert!((weight.double_value(&[0]) - 0.9).abs() < 1e-6);
        adam.step(&[Tensor::from_slice(&[-1.0_f32])], 0.1).unwrap();
        let (m, v): (f64, f64) = (0.5 * 1.0 - 0.5, 0.9 * 0.4 + 0.1);
        let expected = 0.9 - 0.1 * (m / 0.75) / (v / 0.19).sqrt();
        assert!((weight.double_value(&[0]) - expected).abs() < 1e-6);
    }

    #[test]
    fn only_long_gradients_are_shortened() {
        let moved = |gradient: f32| {
            let store = VarStore::new(tch::Device::Cpu);
            let _ = store.root().var("weight", &[2], Init::Const(1.0));
            let mut adam = Adam::new(&store, settings(Some(5.0)));
            adam.step(&[Tensor::from_slice(&[3.0 * gradient, 4.0 * gradient])], 0.1).unwrap();
            [adam.first[0].double_value(&[0]), adam.first[0].double_value(&[1])]
        };
        assert_eq!(moved(0.5), [0.75, 1.0]); // half of the gradient itself
        let long = moved(100.0);
        assert!((long[0] - 1.5).abs() < 1e-5 && (long[1] - 2.0).abs() < 1e-5, "{long:?}");
        assert_eq!(norm(&[Tensor::from_slice(&[3.0_f32]), Tensor::from_slice(&[4.0_f32])]).double_value(&[]), 5.0);
    }

    #[test]
    fn it_finds_the_bottom_of_a_bowl() {
        let store = VarStore::new(tch::Device::Cpu);
        let at = store.root().var("at", &[2], Init::Const(0.0));
        let bottom = Tensor::from_slice(&[3.0_f32, -1.0]);
        let mut adam = Adam::new(&store, settings(Some(1.0)));
        for _ in 0..400 {
            let loss = (&at - &bottom).square().sum(Kind::Float);
            let gradients = Tensor::run_backward(&[loss], &adam.parameters(), false, false);
            adam.step(&gradients, 0.05).unwrap();
        }
        assert!((&at - &bottom).abs().max().double_value(&[]) < 0.05);
    }
}
