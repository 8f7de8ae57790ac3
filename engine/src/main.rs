//! `cantus-engine`: the networks, in a process of their own. Reads requests and writes events, one JSON object a line.

use cantus_engine::work;
use clap::Parser as _;

fn main() {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    work::run(&work::Arguments::parse());
}
