//! The networks of Cantus, their training and composing: everything that knows tensors. Runs as `cantus-engine`, a
//! process of its own; `cantus` starts it and talks with it by lines of JSON (`cantus::engine_client`).

pub mod composing;
pub mod compute;
pub mod error;
mod key;
pub mod network;
pub mod networks;
pub mod random;
pub mod serve;
pub mod training;
pub mod weights;
pub mod work;

#[cfg(test)]
mod testing;
