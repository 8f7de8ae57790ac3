//! Cantus: play a melody, and a GAN on your own machine writes the other parts.
//!
//! `ARCHITECTURE.md` draws the map. In short: [`music`] is the domain; [`devices`], [`sound`],
//! [`engine_client`], [`library`], [`corpus`] and [`measures`] each do one job on it; [`studio`] (the
//! window) and [`cli`] bring them together. The networks are the package `cantus-engine`, a process
//! of its own and the only one that links libtorch.

pub mod cli;
pub mod clock;
pub mod corpus;
pub mod devices;
pub mod engine_client;
pub mod library;
pub mod measures;
pub mod music;
pub mod one_line;
pub mod plural;
pub mod resident;
pub mod sound;
pub mod soundcloud;
pub mod studio;
pub mod system_open;
pub mod whole_file;

/// Lets tests forbid allocation: the audio callback's.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
