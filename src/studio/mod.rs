//! The window: commands, pages, widgets, theme. The only place where all the other folders meet.

pub mod actions;
mod app;
pub mod bench;
mod chart_choices;
mod charts;
pub mod commands;
pub mod context;
pub mod dialogs;
pub mod document;
pub mod explanations;
mod in_turn;
mod menu_bar;
pub mod page;
pub mod pages;
mod pointer_in_place;
mod regions;
mod second_click;
pub mod services;
pub mod state;
mod status_bar;
pub mod theme;
pub mod toasts;
mod widgets;
mod words;

use anyhow::Context as _;
use eframe::egui::{ViewportBuilder, pos2, vec2};

pub use state::{Studio, StudioOptions};

/// Hands files to the window that is open; whether there are any, and such a window.
pub fn hand_over(files: &[std::path::PathBuf]) -> bool {
    #[cfg(unix)]
    {
        let folder = crate::library::paths::handover_folder();
        !files.is_empty() && folder.is_ok_and(|folder| services::handover::hand_over(&folder, files))
    }
    #[cfg(not(unix))]
    false
}

/// Opens the studio with these files, and returns when it closes.
///
/// # Errors
/// If no window can be had.
pub fn run(files: Vec<std::path::PathBuf>) -> anyhow::Result<()> {
    // a page of text, read before there is a window: where it stood is needed to make it
    let preferences =
        crate::library::paths::settings_file().map(|path| services::preferences::Preferences::load(&path).0);
    let place = preferences.ok().and_then(|preferences| preferences.window);
    let mut viewport = ViewportBuilder::default()
        .with_title("Cantus")
        .with_app_id("cantus")
        .with_inner_size(place.map_or(vec2(1440.0, 900.0), |place| vec2(place.width, place.height)))
        .with_min_inner_size(vec2(1024.0, 640.0))
        .with_maximized(place.is_some_and(|place| place.maximised))
        .with_drag_and_drop(true);
    let corner = place.and_then(|place| Some(pos2(place.x?, place.y?)));
    if let Some(corner) = corner {
        viewport = viewport.with_position(corner);
    }
    let options = eframe::NativeOptions {
        viewport,
        centered: corner.is_none(),
        // named, because tests bring another renderer into the build
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Cantus",
        options,
        Box::new(|creation| Ok(Box::new(Studio::new(creation.egui_ctx.clone(), StudioOptions::new(files))))),
    )
    .map_err(|error| anyhow::anyhow!("{error}"))
    .context("no window can be opened; everything else works from the command line (cantus --help)")
}
