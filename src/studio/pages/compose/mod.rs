//! The page on which music is made.

pub mod editor;
pub mod generate;
pub mod parts;
pub mod piano;
pub mod roll;
pub mod side_panels;
pub mod transport;
