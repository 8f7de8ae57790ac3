//! `cantus-engine`: the networks, in a process of their own. Reads requests and writes events, one JSON object a line.

use cantus::gan::engine_work;
use clap::Parser as _;

fn main() {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    engine_work::run(&engine_work::Arguments::parse());
}
