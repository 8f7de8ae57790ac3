//! The window that publishes a composition.

pub mod state;
mod window;

pub use self::window::show;
