//! Cantus: play a melody, and a GAN on your own machine writes the other parts.
//!
//! `ARCHITECTURE.md` draws the map. In short: [`music`] is the domain; [`devices`], [`sound`],
//! [`engine`] and [`library`] each do one job on it and do not know each other; [`studio`] (the
//! window) and [`cli`] bring them together; [`gan`] holds the networks and runs in a process of its
//! own, `cantus-engine`, which is the only program that links libtorch.

pub mod cli;
pub mod clock;
pub mod devices;
pub mod engine;
pub mod gan;
pub mod library;
pub mod music;
pub mod plural;
pub mod resident;
pub mod sound;
pub mod studio;
pub mod whole_file;

/// Lets tests forbid allocation: the audio callback's.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
