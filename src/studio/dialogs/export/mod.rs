//! How files are exported: what is chosen for them, and the window that asks.

pub mod state;
mod window;

pub use self::window::show;
pub(super) use self::window::silenced;
