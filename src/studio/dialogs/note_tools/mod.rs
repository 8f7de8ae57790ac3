//! Quantise, humanise, transpose, stretch: a small window beside the music shows and plays the result while it is
//! chosen; nothing is changed until it is applied, as one undo step.

pub mod state;
mod window;

pub use self::window::show;
