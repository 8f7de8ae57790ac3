//! What passes between the studio and the engine: one JSON object a line, requests down, events up.
//!
//! Small things only. Weights, samples and curves are files in the run's folder.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::curves::CurvePoint;
use super::networks;
use crate::music::{Outline, Part, Score};

/// Spoken by both sides; an engine of another version is refused plainly.
pub const VERSION: u32 = 3;

/// Names one request, so that answers and cancelling find it. 0 is for answers to what was no request.
pub type RequestId = u64;

/// Where the networks run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// A GPU when one works, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The CUDA device of that number.
    Cuda(usize),
    /// Apple's GPU.
    Mps,
}

impl std::fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
            Self::Mps => f.write_str("mps"),
        }
    }
}

impl std::str::FromStr for DeviceChoice {
    type Err = String;

    /// `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = match text {
            "auto" => return Ok(Self::Auto),
            "cpu" => return Ok(Self::Cpu),
            "mps" => return Ok(Self::Mps),
            "cuda" => Some(0),
            _ => text.strip_prefix("cuda:").and_then(|number| number.parse().ok()),
        };
        match number {
            Some(number @ 0..64) => Ok(Self::Cuda(number)),
            _ => Err(format!("“{text}” is none of auto, cpu, cuda, cuda:N and mps")),
        }
    }
}

/// What discriminator (critic) and generator minimise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Wasserstein with a gradient penalty (Gulrajani et al. 2017).
    #[default]
    Wasserstein,
    /// Hinge (Lim and Ye 2017), with a gradient penalty at real music (R1, Mescheder et al. 2018).
    Hinge,
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Wasserstein => "wgan-gp",
            Self::Hinge => "hinge",
        })
    }
}

impl std::str::FromStr for Loss {
    type Err = String;

    /// `wgan-gp` or `hinge`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "wgan-gp" => Ok(Self::Wasserstein),
            "hinge" => Ok(Self::Hinge),
            _ => Err(format!("“{text}” is neither wgan-gp nor hinge")),
        }
    }
}

/// What is asked of the engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// Load a model ahead of need, so that the first composition is quick.
    Warm {
        /// Chosen by the asker.
        id: RequestId,
        /// The model's folder.
        model: PathBuf,
    },
    /// Write parts to a melody.
    Compose(Box<ComposeRequest>),
    /// Drop a request that is under way.
    Cancel {
        /// Which.
        id: RequestId,
    },
    /// Train a network; the engine started for it does nothing else.
    Train(Box<TrainRequest>),
    /// What a running training should do now.
    Control(TrainControl),
    /// End cleanly.
    Shutdown,
}

/// Write parts to a melody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ComposeRequest {
    /// Chosen by the asker.
    pub id: RequestId,
    /// The model's folder.
    pub model: PathBuf,
    /// The piece; its melody part leads, its locked parts stay. Tempo and metre count.
    pub score: Score,
    /// How many different results are wanted, at least 1.
    pub takes: u32,
    /// The same seed gives the same notes.
    pub seed: u64,
    /// 0 (the likeliest) to 1 (the boldest).
    pub surprise: f32,
    /// 0 (sparse) to 1 (busy); 0.5 is what the model learned.
    pub density: f32,
    /// Write only these bars anew, from 0, the last one excluded; elsewhere the score's parts stay.
    #[serde(default)]
    pub bars: Option<(u32, u32)>,
    /// Every note exactly on the grid, not as early or late as people play.
    #[serde(default)]
    pub on_grid: bool,
    /// Bars that introduce the song, before its melody begins; a score that has an introduction keeps it.
    #[serde(default)]
    pub introduction: u32,
}

/// Train a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainRequest {
    /// Folder of MIDI files, or `builtin:STYLE`.
    pub data: String,
    /// The run's folder, which becomes a model folder.
    pub out: PathBuf,
    /// Its name in [`super::networks::NETWORKS`].
    pub network: String,
    /// Iterations in all; one is `update_ratio` critic steps and a generator step.
    pub iterations: u64,
    /// Step size of both optimisers; `None` is the network's own.
    pub learning_rate: Option<f64>,
    /// Critic steps per generator step; `None` is the network's own.
    pub update_ratio: Option<u32>,
    /// Norm of the adversarial loss's gradient by that of the other losses' (`cantus` only); 0 trains the generator
    /// without a discriminator (`autoregressive`, too).
    pub adversarial: Option<f64>,
    /// Windows per step; `None` is the network's own.
    pub batch: Option<u32>,
    /// What discriminator and generator minimise.
    pub loss: Loss,
    /// Everything random follows from it.
    pub seed: u64,
    /// Go on from the last checkpoint in `out`.
    pub resume: bool,
    /// A model folder to start from.
    pub from: Option<PathBuf>,
    /// A folder of recorded drum performances that a drummer learns from beside the data's own (`autoregressive` only).
    pub drums: Option<PathBuf>,
    /// Where to run.
    pub device: DeviceChoice,
    /// Compute convolutions in half as many bits (bfloat16; `unet` only, and not on a processor that is no faster with
    /// it). Weights and sums stay exact.
    pub mixed: bool,
    /// Threads libtorch may take; `None` is all but what playing needs.
    pub threads: Option<usize>,
    /// Where what was read of the data is remembered; `None` remembers nothing.
    pub cache: Option<PathBuf>,
    /// Go on when whoever asked is gone; otherwise that means [`TrainControl::Stop`].
    pub detach: bool,
}

impl TrainRequest {
    /// After which of so many iterations the discriminator begins to learn, and the generator from it, where the
    /// generator learns alone before.
    pub fn joins_at(&self, iterations: u64) -> Option<(u64, u64)> {
        networks::of(&self.network).joins_at(iterations).filter(|_| self.adversarial != Some(0.0))
    }

    /// After which of so many iterations the discriminator learns alone once more, from what it chose among drafts.
    pub fn chooses_at(&self, iterations: u64) -> Option<u64> {
        networks::of(&self.network).chooses_at(iterations).filter(|_| self.adversarial != Some(0.0))
    }

    /// The iteration up to which those learn who learn after `iteration` of so many.
    pub fn phase_end(&self, iteration: u64, iterations: u64) -> u64 {
        let (critic, generator) = self.joins_at(iterations).unwrap_or((iterations, iterations));
        let ends = [critic, generator, self.chooses_at(iterations).unwrap_or(iterations)];
        ends.into_iter().find(|end| iteration < *end).unwrap_or(iterations)
    }

    /// What generator and discriminator minimise, where the network has a choice; `None` is a loss of its own.
    pub fn chosen_loss(&self) -> Option<Loss> {
        networks::of(&self.network).chooses_loss.then_some(self.loss)
    }
}

impl Default for TrainRequest {
    fn default() -> Self {
        Self {
            data: String::new(),
            out: PathBuf::new(),
            network: "cantus".into(),
            iterations: 1000,
            learning_rate: None,
            update_ratio: None,
            adversarial: None,
            batch: None,
            loss: Loss::default(),
            seed: 1,
            resume: false,
            from: None,
            drums: None,
            device: DeviceChoice::Auto,
            mixed: false,
            threads: None,
            cache: None,
            detach: false,
        }
    }
}

/// What a running training should do now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainControl {
    /// Hold after the current step.
    Pause,
    /// Go on.
    Resume,
    /// Take one step of that kind and hold then.
    Step(TrainStep),
    /// Go on with other settings.
    Change(TrainChange),
    /// End after the current step and keep everything.
    Stop,
}

/// Who learns in one iteration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainStep {
    /// The critic, then the generator, as always.
    #[default]
    Both,
    /// The critic alone.
    Critic,
    /// The generator alone.
    Generator,
}

/// Settings that can be changed while a training runs; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainChange {
    /// Step size of both optimisers.
    pub learning_rate: Option<f64>,
    /// Critic steps per generator step.
    pub update_ratio: Option<u32>,
    /// Windows per step.
    pub batch: Option<u32>,
    /// Iterations in all.
    pub iterations: Option<u64>,
    /// Milliseconds to wait after each iteration, so that one can watch.
    pub wait_ms: Option<u64>,
}

/// What the engine tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// First of all: who speaks, and on what.
    Ready {
        /// [`VERSION`] of the engine.
        version: u32,
        /// libtorch's version.
        libtorch: String,
        /// The compute devices found, the best first, in words such as `CPU` or `CUDA 0`.
        devices: Vec<String>,
    },
    /// Still alive; at least each second.
    Heartbeat,
    /// How far a request is.
    Progress {
        /// Which request.
        id: RequestId,
        /// Done of `total`.
        done: u64,
        /// What counts as all.
        total: u64,
        /// What is being done, for people.
        label: String,
    },
    /// One result of a composition.
    Take {
        /// Which request.
        id: RequestId,
        /// Counted from 0.
        index: u32,
        /// The written parts, without the melody.
        parts: Vec<Part>,
        /// Its chords, its sections and where it begins.
        #[serde(flatten)]
        outline: Outline,
        /// The critic's opinion; higher is better, comparable within a request only.
        rating: f32,
        /// The seed that gives exactly this take.
        seed: u64,
    },
    /// A request is complete.
    Done {
        /// Which request.
        id: RequestId,
    },
    /// A request was cancelled, as somebody asked.
    Cancelled {
        /// Which request.
        id: RequestId,
    },
    /// A request failed; the engine goes on.
    Failed {
        /// Which request.
        id: RequestId,
        /// One sentence for people.
        message: String,
    },
    /// A point on the curves of a training.
    Scalars(CurvePoint),
    /// A checkpoint was written; the run could be resumed from here.
    Checkpoint {
        /// Iterations done.
        iteration: u64,
    },
    /// The training ended.
    Trained {
        /// Iterations done.
        iteration: u64,
        /// One sentence for people: complete, stopped, or why it failed.
        message: String,
        /// Whether all went well.
        ok: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_written_as_they_are_read() {
        for text in ["auto", "cpu", "mps", "cuda:0", "cuda:7"] {
            assert_eq!(text.parse::<DeviceChoice>().unwrap().to_string(), text);
        }
        assert_eq!("cuda".parse(), Ok(DeviceChoice::Cuda(0)));
        for text in ["wgan-gp", "hinge"] {
            assert_eq!(text.parse::<Loss>().unwrap().to_string(), text);
        }
        for text in ["", "gpu", "cuda:", "cuda:-1", "cuda:99999999999999999999", "CPU"] {
            assert!(text.parse::<DeviceChoice>().is_err(), "{text}");
        }
    }

    #[test]
    fn requests_and_events_pass_through_json() {
        let request = Request::Train(Box::default());
        let line = serde_json::to_string(&request).unwrap();
        assert!(line.contains(r#""request":"train""#) && !line.contains('\n'), "{line}");
        let compose = r#"{"request":"compose","id":3,"model":"m","score":{},"takes":1,
            "seed":18446744073709551615,"surprise":0.5,"density":0.5}"#;
        let Request::Compose(compose) = serde_json::from_str(compose).unwrap() else { panic!("it is one") };
        assert_eq!((compose.id, compose.seed), (3, u64::MAX));
        let take = r#"{"event":"take","id":3,"index":0,"parts":[],"rating":0.5,"seed":1,"chords":[
            {"tick":960,"chord":{"root":255,"third":4,"fifth":7,"seventh":null},"bass":200},
            {"tick":0,"chord":null,"bass":0}]}"#;
        let Event::Take { outline, .. } = serde_json::from_str(take).unwrap() else { panic!("it is one") };
        let symbols: Vec<_> = outline.chords.iter().map(|change| (change.tick, change.symbol())).collect();
        assert_eq!(symbols, [(0, "N.C.".to_owned()), (960, "E♭/A♭".to_owned())]);
        let event = serde_json::to_string(&Event::Heartbeat).unwrap();
        assert_eq!(event, r#"{"event":"heartbeat"}"#);
    }
}
