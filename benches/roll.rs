//! `cargo bench --bench roll`: how long a frame of the piano roll takes, without a renderer.
//! `cantus bench roll` is the same.
#![allow(clippy::print_stdout, reason = "a table is all it is for")]

fn main() -> serde_json::Result<()> {
    print!("{}", cantus::studio::pages::compose::bench::report(false)?);
    Ok(())
}
