//! What the command line asks of `main`.

/// A window, a measurement that the window's own code takes, or nothing more.
#[derive(Debug)]
pub enum Outcome {
    /// Open the studio.
    OpenStudio {
        /// With these files.
        files: Vec<std::path::PathBuf>,
        /// Even where a window is open that could take them.
        new_window: bool,
    },
    /// Measure the charts of a training.
    BenchCurves {
        /// A JSON array instead of a table.
        as_json: bool,
    },
    /// Measure the piano roll.
    BenchRoll {
        /// A JSON array instead of a table.
        as_json: bool,
    },
    /// The command did its work.
    Done,
}
