//! What `cantus-engine` is when it runs: libtorch's devices, real models, real trainings, on standard input and output.

use std::io::{BufReader, stdin, stdout};
use std::path::Path;

use crate::composing::finishing::Finishing;
use crate::compute::{self, Chosen};
use crate::error::Error;
use crate::network::Network;
use crate::networks;
use crate::serve::{Work, serve};
use crate::training;
use cantus::engine_client::protocol::{DeviceChoice, Event, TrainControl, TrainRequest, VERSION};

/// How the engine's program may be called.
#[derive(Debug, clap::Parser)]
#[command(
    name = "cantus-engine",
    version,
    about = "The networks of Cantus. Started by “cantus”; reads requests and writes events, one JSON object a line."
)]
pub struct Arguments {
    /// Where networks compose: auto, cpu, cuda, cuda:N or mps. With cpu, CUDA is not even looked for
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    /// Threads for libtorch; if not given, what a network gains by to compose, and nearly one per core to train
    #[arg(long)]
    threads: Option<usize>,
    /// How far a training steps back behind everything else
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i32).range(0..=19))]
    nice: i32,
    /// Compose exactly what the network writes, without postprocessing: for judging networks
    #[arg(long)]
    untouched: bool,
}

/// Runs the engine until its input ends or it is told to.
pub fn run(arguments: &Arguments) {
    if arguments.device != DeviceChoice::Cpu
        && let Err(reason) = compute::open_cuda()
    {
        log::debug!("no CUDA: {reason}");
    }
    let ready =
        Event::Ready { version: VERSION, libtorch: compute::LIBTORCH_VERSION.into(), devices: compute::devices() };
    let mut torch = Torch {
        choice: arguments.device.clone(),
        chosen: None,
        threads: arguments.threads,
        nice: arguments.nice,
        finishing: if arguments.untouched { Finishing::OFF } else { Finishing::USUAL },
    };
    serve(BufReader::new(stdin()), stdout(), &ready, &mut torch);
}

/// Real networks on a real device.
struct Torch {
    choice: DeviceChoice,
    /// Found out with the first model: trying a GPU takes a while.
    chosen: Option<Chosen>,
    /// How many threads libtorch may take, whatever is computed.
    threads: Option<usize>,
    /// How far a training steps back.
    nice: i32,
    /// What happens after the network.
    finishing: Finishing,
}

impl Work for Torch {
    fn load(&mut self, folder: &Path) -> Result<Box<dyn Network>, Error> {
        let chosen = match self.chosen.take() {
            Some(chosen) => chosen,
            None => compute::choose(&self.choice)?,
        };
        let device = chosen.device;
        self.chosen = Some(chosen);
        networks::load(folder, device).map(|(_, network)| network)
    }

    fn place(&self) -> &str {
        self.chosen.as_ref().map_or("", |chosen| &chosen.words)
    }

    fn finishing(&self) -> Finishing {
        self.finishing
    }

    fn prepare(&self, network: &dyn Network) {
        let worth = || if network.is_small() { 1 } else { cores() };
        compute::set_threads(self.threads.unwrap_or_else(worth));
    }

    fn train(
        &mut self,
        request: &TrainRequest,
        control: &mut dyn FnMut() -> Option<TrainControl>,
        emit: &mut dyn FnMut(Event),
    ) -> Result<(), Error> {
        let chosen = compute::choose(&request.device)?;
        step_back(self.nice);
        compute::set_threads(request.threads.or(self.threads).unwrap_or_else(threads_beside_playing));
        emit(Event::Progress {
            id: 0,
            done: 0,
            total: request.iterations,
            label: format!("Training on {}", chosen.words),
        });
        training::run(request, &networks::trainable, chosen.device, &chosen.words, control, emit);
        Ok(())
    }
}

/// Lets everything else on this computer go first: sound above all.
fn step_back(nice: i32) {
    #[cfg(unix)]
    if let Err(error) = rustix::process::nice(nice) {
        log::warn!("the training runs at full priority: {error}");
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// One core stays free where there are more than two.
fn threads_beside_playing() -> usize {
    let cores = cores();
    if cores > 2 { cores - 1 } else { cores }
}
