//! The discriminator: one logit for each step, above zero where it takes the music for real. It hears some bars around
//! a step and not the whole piece, for faults are local, and only local praise tells a draft's good bars from its bad
//! ones. It hears what sounds; the line of chords is a plan and does not.

use tch::nn::{self, Path};
use tch::{Device, Kind, Tensor};

use super::cells::{CHORD, CLASS_SIZE, NARROW, NARROW_SIZE, PITCHES, class_in_key, interval};
use super::layers::{ConvBlock, Dropout, SummedEmbedding, linear, norm};
use super::sheet::{CONTEXT_SIZES, Columns, Sheet};

/// Intervals between lines are told apart up to so many semitones.
const WIDEST: i32 = 40;
const WIDEST_SIZE: i64 = 2 * WIDEST as i64 + 2;
const LONGEST: i64 = 16;
const DILATIONS: [i64; 5] = [1, 2, 4, 8, 4];
/// Columns of the context that it is told, too: place in the bar, steps to the end and from the beginning, mode, steps
/// until the phrase ends.
const TOLD: [usize; 5] = [7, 9, 10, 13, 16];

fn sizes(lines: usize) -> Columns {
    let mut sizes = Columns::new();
    for line in (0..lines).filter(|line| *line != CHORD) {
        let own = [
            ("pitch", PITCHES as i64 + 1),
            ("class", CLASS_SIZE),
            ("struck", 2),
            ("length", LONGEST + 1),
            ("moved", NARROW_SIZE),
        ];
        sizes.extend(own.map(|(name, size)| (format!("{name}{line}"), size)));
        let others = (0..line).filter(|other| *other != CHORD);
        sizes.extend(others.map(|other| (format!("interval{other}.{line}"), WIDEST_SIZE)));
    }
    sizes.extend(TOLD.map(|column| (format!("context{column}"), CONTEXT_SIZES[column])));
    sizes
}

/// What it hears of a step.
fn columns(sheet: &Sheet, step: usize, out: &mut Vec<i64>) {
    let cells = &sheet.cells;
    for line in (0..sheet.lines()).filter(|line| *line != CHORD) {
        let value = cells.value(step, line);
        let before = if step == 0 { 0 } else { cells.value(step - 1, line) };
        out.extend([
            i64::from(value),
            class_in_key(value, sheet.home.tonic),
            i64::from(value > 0 && (cells.onset(step, line) || before == 0)),
            i64::from(cells.length(step, line)).min(LONGEST),
            interval(value, before, NARROW),
        ]);
        let others = (0..line).filter(|other| *other != CHORD);
        out.extend(others.map(|other| interval(cells.value(step, other), value, WIDEST)));
    }
    out.extend(TOLD.map(|column| sheet.context[step * CONTEXT_SIZES.len() + column]));
}

/// See the module's text.
#[derive(Debug)]
pub struct Critic {
    embedding: SummedEmbedding,
    blocks: Vec<ConvBlock>,
    norm: nn::LayerNorm,
    mix: nn::Linear,
    out: nn::Linear,
}

impl Critic {
    /// Of that width, for so many lines.
    pub fn new(root: &Path<'_>, lines: usize, width: i64) -> Self {
        let block =
            |(index, dilation): (usize, i64)| ConvBlock::new(&(root / format!("block{index}")), width, dilation);
        Self {
            embedding: SummedEmbedding::new(&(root / "embedding"), sizes(lines), width),
            blocks: DILATIONS.into_iter().enumerate().map(block).collect(),
            norm: norm(&(root / "norm"), width),
            mix: linear(&(root / "mix"), width, width),
            out: linear(&(root / "out"), width, 1),
        }
    }

    /// Logits of passages of sheets, \[passages, steps\], and 1 within them, of the same shape.
    pub fn forward(
        &self,
        passages: &[(&Sheet, std::ops::Range<usize>)],
        device: Device,
        dropout: &mut Dropout<'_>,
    ) -> (Tensor, Tensor) {
        let steps = passages.iter().map(|(_, passage)| passage.len()).max().unwrap_or(0);
        let width = self.embedding.columns();
        let mut values = Vec::with_capacity(passages.len() * steps * width);
        let mut valid = Vec::with_capacity(passages.len() * steps);
        for (sheet, passage) in passages {
            passage.clone().for_each(|step| columns(sheet, step, &mut values));
            values.extend(std::iter::repeat_n(0, (steps - passage.len()) * width));
            valid.extend(std::iter::repeat_n(1.0_f32, passage.len()));
            valid.extend(std::iter::repeat_n(0.0_f32, steps - passage.len()));
        }
        let size = [passages.len() as i64, steps as i64];
        let valid = Tensor::from_slice(&valid).view([size[0], size[1], 1]).to_device(device);
        let mut x = dropout.apply(&self.embedding.forward(&values, &size));
        for block in &self.blocks {
            x = block.forward(&x, &valid, dropout);
        }
        let logits = x.apply(&self.norm).apply(&self.mix).gelu("none").apply(&self.out).squeeze_dim(-1);
        (logits, valid.squeeze_dim(-1))
    }

    /// The logits of passages, step by step, without learning.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn hear(
        &self,
        passages: &[(&Sheet, std::ops::Range<usize>)],
        device: Device,
    ) -> Result<Vec<Vec<f32>>, tch::TchError> {
        const AT_ONCE: usize = 48;
        let mut heard = Vec::with_capacity(passages.len());
        for some in passages.chunks(AT_ONCE) {
            let (logits, _) = tch::no_grad(|| self.forward(some, device, &mut Dropout(None)));
            let steps = logits.size()[1] as usize;
            let logits =
                Vec::<f32>::try_from(logits.to_device(Device::Cpu).to_kind(Kind::Float).contiguous().view(-1))?;
            let rows = some.iter().zip(logits.chunks(steps.max(1)));
            heard.extend(rows.map(|((_, passage), row)| row[..passage.len()].to_vec()));
        }
        Ok(heard)
    }
}
