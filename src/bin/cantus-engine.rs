//! `cantus-engine`: the networks, in a process of their own. Reads requests and writes events, one JSON object a line.

fn main() {}
