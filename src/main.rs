//! `cantus`: the studio's window, and the command line.

use std::process::ExitCode;

use cantus::cli::{self, Outcome};

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    let result = cli::run().and_then(|outcome| match outcome {
        Outcome::OpenStudio { files, new_window } => {
            if !new_window && cantus::studio::hand_over(&files) {
                return cli::print("Opened in the window that is already open\n");
            }
            cantus::studio::run(files)
        }
        Outcome::BenchCurves { as_json } => cli::print(&cantus::studio::bench::curves::report(as_json)?),
        Outcome::BenchRoll { as_json } => cli::print(&cantus::studio::pages::compose::bench::report(as_json)?),
        Outcome::Done => Ok(()),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the one place where a command's error is told")]
            {
                eprintln!("cantus: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
