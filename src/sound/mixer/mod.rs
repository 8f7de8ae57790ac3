//! From the channels' sound to what is heard.

mod buses;

pub(super) use buses::{Buses, add_scaled};
