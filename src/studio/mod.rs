//! The window: commands, pages, widgets, theme.

pub mod piano;
pub mod roll;
pub mod theme;

/// Opens the studio with these files, and returns when it closes.
///
/// # Errors
/// If no window can be had.
pub fn run(_files: Vec<std::path::PathBuf>) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
