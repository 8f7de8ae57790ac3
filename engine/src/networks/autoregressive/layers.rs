//! The layers that generator and discriminator are made of.

use tch::nn::{self, Init, Path};
use tch::{Kind, Tensor};

use super::sheet::Columns;
use crate::random::Source;

/// Parts of a sequence's channels set to zero in training, the same ones at all its steps; nothing otherwise.
#[derive(Debug)]
pub struct Dropout<'a>(pub Option<(&'a mut Source, f32)>);

impl Dropout<'_> {
    /// Of \[batch, steps, channels\].
    pub fn apply(&mut self, x: &Tensor) -> Tensor {
        match &mut self.0 {
            Some((source, share)) if *share > 0.0 => {
                let size = x.size();
                let keep = source.uniform_tensor(&[size[0], 1, size[2]], 0.0, 1.0, x.device()).ge(f64::from(*share));
                x * (keep.to_kind(Kind::Float) / f64::from(1.0 - *share))
            }
            _ => x.shallow_clone(),
        }
    }
}

/// Even within one over the root of the inputs, as Kaiming He's with a slope of the root of five.
pub fn linear(path: &Path<'_>, inputs: i64, outputs: i64) -> nn::Linear {
    let bound = 1.0 / (inputs as f64).sqrt();
    let even = Init::Uniform { lo: -bound, up: bound };
    nn::linear(path, inputs, outputs, nn::LinearConfig { ws_init: even, bs_init: Some(even), bias: true })
}

/// A linear layer that begins near an even choice.
pub fn choice(path: &Path<'_>, inputs: i64, outputs: i64) -> nn::Linear {
    let small = Init::Randn { mean: 0.0, stdev: 0.01 };
    nn::linear(path, inputs, outputs, nn::LinearConfig { ws_init: small, bs_init: Some(Init::Const(0.0)), bias: true })
}

/// Layer normalisation of the last dimension.
pub fn norm(path: &Path<'_>, width: i64) -> nn::LayerNorm {
    nn::layer_norm(path, vec![width], nn::LayerNormConfig::default())
}

/// An embedding for each column, added up; all in one table.
#[derive(Debug)]
pub struct SummedEmbedding {
    columns: Columns,
    table: Tensor,
    first_rows: Vec<i64>,
    width: i64,
}

impl SummedEmbedding {
    /// With a row for each value of each column.
    pub fn new(path: &Path<'_>, columns: Columns, width: i64) -> Self {
        let stdev = 0.5 / (columns.len() as f64).sqrt();
        let mut rows = 0;
        let mut first_rows = Vec::with_capacity(columns.len());
        for (_, size) in &columns {
            first_rows.push(rows);
            rows += size;
        }
        let table = path.var("table", &[rows, width], Init::Randn { mean: 0.0, stdev });
        Self { columns, table, first_rows, width }
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Of values row by row, `first` giving the shape before the columns: \[..first, width\].
    pub fn forward(&self, values: &[i64], first: &[i64]) -> Tensor {
        let columns = self.columns.len();
        let rows: Vec<i64> =
            values.iter().enumerate().map(|(index, value)| value + self.first_rows[index % columns]).collect();
        let device = self.table.device();
        let rows = Tensor::from_slice(&rows).to_device(device);
        let starts = Tensor::arange_start_step(0, values.len() as i64, columns as i64, (Kind::Int64, device));
        let (sum, ..) = Tensor::embedding_bag::<Tensor>(&self.table, &rows, &starts, false, 0, false, None, false);
        let shape: Vec<i64> = first.iter().copied().chain([self.width]).collect();
        sum.view(shape.as_slice())
    }

    /// Takes the rows of columns that another one has, too; none from a table of another width.
    pub fn take(&self, other: &Self) {
        if self.width != other.width {
            return;
        }
        tch::no_grad(|| {
            for (index, (name, size)) in self.columns.iter().enumerate() {
                if let Some(theirs) = other.columns.iter().position(|(other, of)| (other, of) == (name, size)) {
                    let mut mine = self.table.narrow(0, self.first_rows[index], *size);
                    mine.copy_(&other.table.narrow(0, other.first_rows[theirs], *size));
                }
            }
        });
    }
}

/// A gated residual convolution of kernel 3: a step sees itself and those `dilation` before and after it. Written as
/// one multiplication of three steps set side by side, which is fast on a CPU.
#[derive(Debug)]
pub struct ConvBlock {
    dilation: i64,
    norm: nn::LayerNorm,
    convolution: nn::Linear,
    out: nn::Linear,
}

impl ConvBlock {
    /// Of that width.
    pub fn new(path: &Path<'_>, width: i64, dilation: i64) -> Self {
        Self {
            dilation,
            norm: norm(&(path / "norm"), width),
            convolution: linear(&(path / "convolution"), 3 * width, 2 * width),
            out: linear(&(path / "out"), width, width),
        }
    }

    /// Of \[batch, steps, width\]; `valid` \[batch, steps, 1\] is 0 in the padding, so that a piece does not depend on
    /// its company in the batch.
    pub fn forward(&self, x: &Tensor, valid: &Tensor, dropout: &mut Dropout<'_>) -> Tensor {
        let steps = x.size()[1];
        let padded = (x.apply(&self.norm) * valid).constant_pad_nd([0, 0, self.dilation, self.dilation]);
        let taps: Vec<Tensor> = (0..3).map(|tap| padded.narrow(1, tap * self.dilation, steps)).collect();
        let gated = Tensor::cat(&taps, -1).apply(&self.convolution).glu(-1);
        x + dropout.apply(&gated.apply(&self.out))
    }
}

/// A gated recurrent unit (Cho et al. 2014).
#[derive(Debug)]
pub struct Gru {
    weights: [Tensor; 4],
    width: i64,
}

impl Gru {
    /// As wide as its inputs.
    pub fn new(path: &Path<'_>, width: i64) -> Self {
        let bound = 1.0 / (width as f64).sqrt();
        let even = Init::Uniform { lo: -bound, up: bound };
        let weights = [
            path.var("input", &[3 * width, width], even),
            path.var("hidden", &[3 * width, width], even),
            path.var("input_bias", &[3 * width], even),
            path.var("hidden_bias", &[3 * width], even),
        ];
        Self { weights, width }
    }

    /// Silence, for so many rows.
    pub fn first(&self, rows: i64) -> Tensor {
        Tensor::zeros([rows, self.width], (Kind::Float, self.weights[0].device()))
    }

    /// Over \[batch, steps, width\].
    pub fn forward(&self, x: &Tensor) -> Tensor {
        let first = self.first(x.size()[0]).unsqueeze(0);
        let (out, _) = x.gru(&first, &self.weights, true, 1, 0.0, false, false, true);
        out
    }

    /// One step: \[rows, width\].
    pub fn step(&self, x: &Tensor, memory: &Tensor) -> Tensor {
        let [input, hidden, input_bias, hidden_bias] = &self.weights;
        x.gru_cell(memory, input, hidden, Some(input_bias), Some(hidden_bias))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    #[test]
    fn a_step_of_the_recurrent_layer_is_one_of_many() {
        let store = nn::VarStore::new(Device::Cpu);
        let gru = Gru::new(&store.root(), 6);
        let x = Tensor::randn([2, 3, 6], (Kind::Float, Device::Cpu));
        let all = gru.forward(&x);
        let mut memory = gru.first(2);
        for step in 0..3 {
            memory = gru.step(&x.select(1, step), &memory);
        }
        assert!((memory - all.select(1, 2)).abs().max().double_value(&[]) < 1e-6);
    }

    #[test]
    fn columns_are_found_by_name() {
        let store = nn::VarStore::new(Device::Cpu);
        let columns = |names: &[(&str, i64)]| names.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
        let one = SummedEmbedding::new(&(store.root() / "one"), columns(&[("a", 2), ("b", 3)]), 4);
        let two = SummedEmbedding::new(&(store.root() / "two"), columns(&[("c", 2), ("b", 3), ("a", 5)]), 4);
        two.take(&one);
        let row = |of: &SummedEmbedding, row: i64| of.table.select(0, row);
        assert_eq!(row(&two, 3), row(&one, 3));
        assert_ne!(row(&two, 0), row(&one, 0));
        let sum = one.forward(&[1, 2], &[1]).squeeze();
        assert!((sum - (row(&one, 1) + row(&one, 4))).abs().max().double_value(&[]) < 1e-6);
    }
}
