//! Damaged models: each is loaded or refused, soon and in bounded memory, as `tests/fuzz_library.rs` has it of all
//! other files.
//!
//! The only test of this program, so that nothing else allocates while it counts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::System;
use std::path::Path;
use std::time::{Duration, Instant};

use cantus_engine::networks;
use cap::Cap;
use fastrand::Rng;

/// Aborts the test when loading takes more.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, 1 << 30);

const LONGEST: Duration = Duration::from_secs(20);

/// Digits become other digits, bytes change, pieces go, come twice or grow.
fn damage(random: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..random.usize(1..8) {
        if bytes.is_empty() {
            return;
        }
        let at = random.usize(0..bytes.len());
        let end = (at + random.usize(1..64)).min(bytes.len());
        match random.u8(0..7) {
            0 => bytes[at] ^= 1 << random.u8(0..8),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            3 => bytes[at..end].fill(*random.choice(b"\0\xFF[{\"9").unwrap()),
            4 => bytes.truncate(at),
            5 => {
                let odd = ["1e999", "-1", "18446744073709551616", "null", "NaN", "[[[[[[", "\\u0000"];
                drop(bytes.splice(at..at, random.choice(odd).unwrap().bytes()));
            }
            _ => {
                if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                    bytes[at + digit] = random.u8(b'0'..=b'9');
                }
            }
        }
    }
}

#[test]
fn damage_is_loaded_or_refused_soon_and_in_bounded_memory() {
    let all: u64 = std::env::var("CANTUS_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let bach = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/bach");
    let folder = tempfile::tempdir().unwrap();
    let mut random = Rng::with_seed(11);
    let read = |name: &str| std::fs::read(bach.join(name)).unwrap();
    for name in ["model.json", "generator.safetensors"] {
        std::fs::write(folder.path().join(name), read(name)).unwrap();
    }
    for name in ["model.json", "generator.safetensors"] {
        let whole = read(name);
        // most of a file of weights is numbers, of which any are weights; what can be wrong is in its head
        let head = match name {
            "model.json" => whole.len(),
            _ => 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize,
        };
        let load = |head: &[u8], numbers: &[u8]| {
            std::fs::write(folder.path().join(name), [head, numbers].concat()).unwrap();
            let start = Instant::now();
            let loaded = networks::load(folder.path(), tch::Device::Cpu).is_ok();
            assert!(start.elapsed() < LONGEST, "{name} took {:?}", start.elapsed());
            loaded
        };
        let (head, numbers) = whole.split_at(head);
        assert!(load(head, numbers), "{name}: what is whole is loaded");
        let refused = (0..all / 400).filter(|_| {
            let mut damaged = head.to_vec();
            damage(&mut random, &mut damaged);
            !load(&damaged, numbers)
        });
        assert!(refused.count() > 0, "{name}: nothing was refused");
        assert!(load(head, numbers));
    }
}
