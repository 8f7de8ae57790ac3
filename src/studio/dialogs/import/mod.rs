//! MIDI files in: what is in them, what is chosen of it, and the window that asks.

pub mod file;
pub mod state;
#[cfg(test)]
mod tests;
mod window;

pub use self::window::show;
