//! The generator: an encoder of dilated convolutions over the whole melody and all that is known, a recurrent layer
//! over what was written, and for each line a head that knows what the lines before it chose in this very step.
//!
//! The logit of a pitch is a sum, so that what is learned of an interval holds wherever a line lies: of the pitch
//! itself, its class in the key, its class above the chord's root, its distance from the line's own last pitch and from
//! each pitch chosen before it in this step, and of copying what the line sang some bars ago. All these tables are
//! outputs of the network.

use serde::{Deserialize, Serialize};
use tch::nn::{self, Path};
use tch::{Device, Kind, Tensor};

use super::batch::{Batch, EncoderInputs, LineBatch};
use super::cells::{CHORD, LOWEST, MELODY, PITCHES, WIDE};
use super::chords::{CHORDS, QUALITIES};
use super::layers::{ConvBlock, Dropout, Gru, SummedEmbedding, choice, linear, norm};
use super::sheet::{
    CONTEXT_SIZES, EVIDENCE, LAGS, chord_sizes, context_sizes, kit_sizes, known_sizes, past_sizes, reference_count,
    voice_sizes,
};

/// What the table of one reference holds: distances from -24 to 24.
pub const DISTANCES: i64 = 2 * WIDE as i64 + 1;

/// How large the layers are; bounded, for it comes with a model's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sizes {
    /// Channels of the encoder.
    pub width: i64,
    /// Its blocks, dilations 1, 2, 4 and so on.
    pub blocks: i64,
    /// Channels of the recurrent layer.
    pub hidden: i64,
    /// Channels of the voices' heads.
    #[serde(default = "first_width")]
    pub heads: i64,
    /// Channels in which what was written is told to the recurrent layer.
    #[serde(default = "first_width")]
    pub past: i64,
    /// Channels of the discriminator.
    pub critic: i64,
}

/// Heads and past of models whose cards do not say how wide they are.
const fn first_width() -> i64 {
    256
}

impl Default for Sizes {
    fn default() -> Self {
        Self { width: 128, blocks: 7, hidden: 256, heads: 128, past: 128, critic: 96 }
    }
}

impl Sizes {
    /// Whether they are within what any computer here can hold.
    pub fn are_sane(&self) -> bool {
        [self.width, self.hidden, self.heads, self.past, self.critic]
            .iter()
            .all(|channels| (8..=512).contains(channels))
            && (1..=10).contains(&self.blocks)
    }
}

/// What a head makes of the state and the columns of a step.
#[derive(Debug)]
struct Body {
    embedding: SummedEmbedding,
    state: nn::Linear,
    norm: nn::LayerNorm,
    mix: nn::Linear,
}

impl Body {
    fn new(path: &Path<'_>, columns: super::sheet::Columns, state: i64, width: i64) -> Self {
        Self {
            embedding: SummedEmbedding::new(&(path / "embedding"), columns, width),
            state: linear(&(path / "state"), state, width),
            norm: norm(&(path / "norm"), width),
            mix: linear(&(path / "mix"), width, width),
        }
    }

    /// State \[batch, steps, channels\] and as many columns.
    fn forward(&self, state: &Tensor, columns: &[i64], dropout: &mut Dropout<'_>) -> Tensor {
        let size = state.size();
        let hidden = (state.apply(&self.state) + self.embedding.forward(columns, &size[..2])).gelu("none");
        let hidden = dropout.apply(&hidden.apply(&self.norm));
        let mixed = dropout.apply(&hidden.apply(&self.mix).gelu("none"));
        hidden + mixed
    }
}

/// The head of a pitched line.
#[derive(Debug)]
pub struct VoiceHead {
    body: Body,
    /// To hold, rest and strike, and what copying speaks for.
    action: nn::Linear,
    /// See [`Self::pitch_splits`].
    pitch: nn::Linear,
    line: usize,
}

impl VoiceHead {
    fn new(path: &Path<'_>, line: usize, state: i64, width: i64) -> Self {
        let pitches = Self::pitch_splits(line).iter().sum();
        Self {
            body: Body::new(path, voice_sizes(line), state, width),
            action: choice(&(path / "action"), width, 3 + LAGS as i64),
            pitch: choice(&(path / "pitch"), width, pitches),
            line,
        }
    }

    /// The outputs for pitches: each by itself, by class in the key, by class above the chord's root, by what is
    /// copied, and by distance from each reference.
    pub const fn pitch_splits(line: usize) -> [i64; 5] {
        [PITCHES as i64, 12, 12, LAGS as i64, reference_count(line) as i64 * DISTANCES]
    }

    /// How many columns it looks up.
    pub fn columns(&self) -> usize {
        self.body.embedding.columns()
    }

    /// What both choices are made from.
    pub fn hidden(&self, state: &Tensor, columns: &[i64], dropout: &mut Dropout<'_>) -> Tensor {
        self.body.forward(state, columns, dropout)
    }

    /// \[.., 3 + LAGS\].
    pub fn actions(&self, hidden: &Tensor) -> Tensor {
        hidden.apply(&self.action)
    }

    /// \[.., sum of the splits\].
    pub fn pitches(&self, hidden: &Tensor) -> Tensor {
        hidden.apply(&self.pitch)
    }

    /// Log-probability of what the line did at each step, \[batch, steps\].
    fn log_probability(
        &self,
        state: &Tensor,
        line: &LineBatch,
        temperatures: (f64, f64),
        dropout: &mut Dropout<'_>,
    ) -> Tensor {
        let hidden = self.hidden(state, &line.columns, dropout);
        let outputs = self.actions(&hidden).split_with_sizes([3, LAGS as i64], -1);
        let copied = (&line.copied_actions * outputs[1].unsqueeze(-1)).sum_dim_intlist(2, false, Kind::Float);
        let logits = (&outputs[0] + copied) / temperatures.0 + &line.action_bias;
        let of_action =
            logits.log_softmax(-1, Kind::Float).gather(-1, &line.target.unsqueeze(-1), false).squeeze_dim(-1);
        let strikes = line.strikes.size()[0];
        if strikes == 0 {
            return of_action;
        }
        let size = hidden.size();
        let struck = hidden.reshape([size[0] * size[1], size[2]]).index_select(0, &line.strikes);
        let outputs = self.pitches(&struck).split_with_sizes(Self::pitch_splits(self.line), -1);
        let [absolute, in_key, over_root, copies, tables] = [0, 1, 2, 3, 4].map(|index| &outputs[index]);
        let candidates = Tensor::arange_start(1, PITCHES as i64 + 1, (Kind::Int64, hidden.device())).unsqueeze(0);
        let class = |above: &Tensor| (&candidates - 1 + i64::from(LOWEST) - above.unsqueeze(1)).remainder(12);
        let mut logits = absolute + in_key.gather(1, &class(&line.tonic), false);
        let rooted = line.root.ge(0).to_kind(Kind::Float).unsqueeze(1);
        logits += over_root.gather(1, &class(&line.root), false) * rooted;
        let references = line.references.unsqueeze(-1);
        let distance = (&candidates - &references).clamp(i64::from(-WIDE), i64::from(WIDE)) + i64::from(WIDE);
        let tables = tables.view([strikes, -1, DISTANCES]);
        let by_distance = tables.gather(2, &distance, false) * references.gt(0).to_kind(Kind::Float);
        logits += by_distance.sum_dim_intlist(1, false, Kind::Float);
        let same = candidates.eq_tensor(&line.copied_pitches.unsqueeze(-1)).to_kind(Kind::Float);
        logits += (same * copies.unsqueeze(-1)).sum_dim_intlist(1, false, Kind::Float);
        let logits = logits / temperatures.1 + &line.pitch_bias;
        let of_pitch = logits.log_softmax(-1, Kind::Float).gather(1, &line.pitches.unsqueeze(1), false).squeeze_dim(1);
        let flat = of_action.reshape([-1]).index_add(0, &line.strikes, &of_pitch);
        flat.view([size[0], size[1]])
    }
}

/// The head of the chords' line. Two terms are the same for all twelve roots: how the melody's notes above a root speak
/// for a chord on it, and how chords follow one another; the state says how much each counts now.
#[derive(Debug)]
pub struct ChordHead {
    body: Body,
    out: nn::Linear,
    evidence: nn::Linear,
    /// From the last quality (one more: none) to a chord above its root.
    pub transition: Tensor,
}

impl ChordHead {
    fn new(path: &Path<'_>, state: i64, width: i64) -> Self {
        let qualities = QUALITIES.len() as i64;
        Self {
            body: Body::new(path, chord_sizes(), state, width),
            out: choice(&(path / "out"), width, CHORDS as i64 + LAGS as i64 + 2),
            evidence: nn::linear(
                path / "evidence",
                EVIDENCE as i64,
                qualities,
                nn::LinearConfig { ws_init: nn::Init::Randn { mean: 0.0, stdev: 0.05 }, bs_init: None, bias: false },
            ),
            transition: path.var("transition", &[qualities + 1, 12 * qualities], nn::Init::Const(0.0)),
        }
    }

    /// How many columns it looks up.
    pub fn columns(&self) -> usize {
        self.body.embedding.columns()
    }

    /// Chords, copies, and how much evidence and progression count: \[.., CHORDS + LAGS + 2\].
    pub fn outputs(&self, state: &Tensor, columns: &[i64], dropout: &mut Dropout<'_>) -> Tensor {
        self.body.forward(state, columns, dropout).apply(&self.out)
    }

    /// \[.., 12, EVIDENCE\] to \[.., 12 * qualities\].
    pub fn evidence(&self, evidence: &Tensor) -> Tensor {
        evidence.apply(&self.evidence).flatten(-2, -1)
    }

    fn log_probability(
        &self,
        state: &Tensor,
        batch: &Batch,
        line: &LineBatch,
        temperature: f64,
        dropout: &mut Dropout<'_>,
    ) -> Tensor {
        let outputs = self.outputs(state, &line.columns, dropout);
        let outputs = outputs.split_with_sizes([CHORDS as i64, LAGS as i64, 2], -1);
        let copied = line.copied_pitches.unsqueeze(-1);
        let values = Tensor::arange(CHORDS as i64, (Kind::Int64, state.device()));
        let same = values.eq_tensor(&copied).to_kind(Kind::Float);
        let logits = &outputs[0] + (same * outputs[1].unsqueeze(-1)).sum_dim_intlist(2, false, Kind::Float);
        let weights = outputs[2].softplus();
        let follows = self.transition.view([-1]).take(&line.references);
        let musical = self.evidence(&batch.evidence) * weights.narrow(-1, 0, 1) + follows * weights.narrow(-1, 1, 1);
        let logits = (logits + musical.constant_pad_nd([1, 0])) / temperature + &line.pitch_bias;
        logits.log_softmax(-1, Kind::Float).gather(-1, &line.target.unsqueeze(-1), false).squeeze_dim(-1)
    }
}

/// The whole generator.
#[derive(Debug)]
pub struct Generator {
    context: SummedEmbedding,
    known: SummedEmbedding,
    /// What is heard of a kit, where the model has one.
    kit: Option<SummedEmbedding>,
    blocks: Vec<ConvBlock>,
    encoder_norm: nn::LayerNorm,
    to_memory: nn::Linear,
    past: SummedEmbedding,
    /// To the recurrent layer's channels, where they are others.
    widen_past: Option<nn::Linear>,
    memory_norm: nn::LayerNorm,
    memory: Gru,
    /// The head of the chords.
    pub chords: ChordHead,
    voices: Vec<VoiceHead>,
    lines: usize,
}

impl Generator {
    /// For so many lines, that hear a kit or not.
    pub fn new(root: &Path<'_>, lines: usize, sizes: Sizes, hears_kit: bool) -> Self {
        let (width, hidden) = (sizes.width, sizes.hidden);
        let state = hidden + width;
        let block = |index: i64| ConvBlock::new(&(root / format!("block{index}")), width, 1 << index);
        let pitched = (0..lines).filter(|line| *line != CHORD);
        let head_width = |line| if line == MELODY { hidden / 2 } else { sizes.heads };
        Self {
            context: SummedEmbedding::new(&(root / "context"), context_sizes(), width),
            known: SummedEmbedding::new(&(root / "known"), known_sizes(lines), width),
            kit: hears_kit.then(|| SummedEmbedding::new(&(root / "kit"), kit_sizes(), width)),
            blocks: (0..sizes.blocks).map(block).collect(),
            encoder_norm: norm(&(root / "encoder_norm"), width),
            to_memory: linear(&(root / "to_memory"), width, hidden),
            past: SummedEmbedding::new(&(root / "past"), past_sizes(lines), sizes.past),
            widen_past: (sizes.past != hidden).then(|| linear(&(root / "widen_past"), sizes.past, hidden)),
            memory_norm: norm(&(root / "memory_norm"), hidden),
            memory: Gru::new(&(root / "memory"), hidden),
            chords: ChordHead::new(&(root / "chords"), state, hidden / 2),
            voices: pitched
                .map(|line| VoiceHead::new(&(root / format!("voice{line}")), line, state, head_width(line)))
                .collect(),
            lines,
        }
    }

    /// The head of a pitched line.
    pub fn voice(&self, line: usize) -> &VoiceHead {
        &self.voices[if line == MELODY { 0 } else { line - 1 }]
    }

    /// Takes the rows of tables that another one has, too; its other weights are taken by name elsewhere.
    pub fn take_tables(&self, other: &Self) {
        self.known.take(&other.known);
        self.past.take(&other.past);
        for line in (0..self.lines.min(other.lines)).filter(|line| *line != CHORD) {
            self.voice(line).body.embedding.take(&other.voice(line).body.embedding);
        }
    }

    /// The melody and the known cells, all steps at once: \[batch, steps, width\].
    pub fn encode(&self, inputs: &EncoderInputs, valid: &Tensor, dropout: &mut Dropout<'_>) -> Tensor {
        let EncoderInputs { context, known, kit, .. } = inputs;
        let size = valid.size();
        debug_assert_eq!(context.len() as i64, size[0] * size[1] * CONTEXT_SIZES.len() as i64);
        let mut x = self.context.forward(context, &size[..2]) + self.known.forward(known, &size[..2]);
        if let Some(embedding) = &self.kit {
            x += embedding.forward(kit, &size[..2]);
        }
        for block in &self.blocks {
            x = block.forward(&x, valid, dropout);
        }
        x.apply(&self.encoder_norm)
    }

    /// What the encoder tells the recurrent layer.
    pub fn to_memory(&self, encoded: &Tensor) -> Tensor {
        encoded.apply(&self.to_memory)
    }

    /// The first state of the recurrent layer.
    pub fn first_memory(&self, rows: i64) -> Tensor {
        self.memory.first(rows)
    }

    /// One step of the recurrent layer: `told` is a step of [`Self::to_memory`], \[rows, hidden\].
    pub fn remember(&self, told: &Tensor, past: &[i64], memory: &Tensor) -> Tensor {
        let rows = told.size()[0];
        self.memory.step(&(told + self.past(past, &[rows])).apply(&self.memory_norm), memory)
    }

    /// What was written, as the recurrent layer is told of it: \[..first, hidden\].
    fn past(&self, columns: &[i64], first: &[i64]) -> Tensor {
        let past = self.past.forward(columns, first);
        self.widen_past.as_ref().map_or_else(|| past.shallow_clone(), |widen| past.apply(widen))
    }

    /// How many columns the past has.
    pub fn past_columns(&self) -> usize {
        self.past.columns()
    }

    /// Log-probability of what each line did at each step, \[batch, steps\] each; of cells that do not count, 0.
    pub fn log_probabilities(&self, batch: &Batch, dropout: &mut Dropout<'_>) -> Vec<Tensor> {
        let encoded = self.encode(&batch.inputs, &batch.valid, dropout);
        let size = [batch.rows, batch.steps];
        let x = (self.to_memory(&encoded) + self.past(&batch.past, &size)).apply(&self.memory_norm);
        let remembered = self.memory.forward(&dropout.apply(&x));
        let state = Tensor::cat(&[dropout.apply(&remembered), encoded], -1);
        let policy = &batch.policy;
        let of_voices = (f64::from(policy.action_temperature), f64::from(policy.pitch_temperature));
        (0..self.lines)
            .map(|line| {
                let of = &batch.lines[line];
                if !of.counts_anywhere {
                    return Tensor::zeros(size, (Kind::Float, state.device()));
                }
                let logs = if line == CHORD {
                    self.chords.log_probability(&state, batch, of, f64::from(policy.chord_temperature), dropout)
                } else {
                    self.voice(line).log_probability(&state, of, of_voices, dropout)
                };
                logs * &of.counted
            })
            .collect()
    }

    /// Where its weights are.
    pub fn device(&self) -> Device {
        self.chords.transition.device()
    }
}
