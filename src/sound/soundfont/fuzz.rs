//! Damaged fonts, plain and compressed, through the gate, the decoder and the synth: nothing may crash, hang or run
//! away.
//!
//! A test run has time for some; `CANTUS_FUZZ` asks for more, of which plain and compressed fonts are a fiftieth each
//! (see `tests/fuzz_library.rs`), and `CANTUS_FUZZ_FROM` begins at another one: each mutant depends on its number
//! alone. `tests/soundfont-asan` runs the same under `AddressSanitizer`.

use std::ops::Range;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::gate::TABLES;
use super::ogg::fix_checksums;
use super::{BUNDLED, SoundFont, testing};
use crate::sound::fluid::FluidSynth;
use crate::sound::synth::{Message, Receiver as _};
use crate::sound::testing::loudest;

/// A number from the environment.
fn setting(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn damaged_plain_fonts_do_no_harm() {
    run("SF2", &testing::font_bytes(), 500, 50);
}

#[test]
fn damaged_compressed_fonts_do_no_harm() {
    run("SF3", &testing::sf3_bytes(), 500, 50);
}

/// A font of real size; its tables are the larger part of what can go wrong.
#[test]
fn damaged_bundled_fonts_do_no_harm() {
    run("bundled SF2", BUNDLED, 12, 1000);
}

/// Plays mutants of a font: usually so many, with `CANTUS_FUZZ` one in so many of those. Enough must pass the gate to
/// have tested the synth.
fn run(kind: &str, original: &[u8], usually: u64, one_in: u64) {
    let map = Map::of(original);
    let count = setting("CANTUS_FUZZ").map_or(usually, |all| all / one_in);
    let from = setting("CANTUS_FUZZ_FROM").unwrap_or(0);
    let (mut passed, mut slowest) = (0, (Duration::ZERO, 0));
    for number in from..from + count {
        let mut random = Rng::with_seed(2026 + number);
        let bytes = mutant(original, &map, &mut random);
        let began = Instant::now();
        if let Ok(font) = SoundFont::from_bytes("mutant", bytes) {
            passed += 1;
            play(&font, &mut random);
        }
        slowest = slowest.max((began.elapsed(), number));
    }
    println!("{kind}: {passed} of {count} mutants passed the gate and were played; the slowest, {slowest:?}");
    let peak = peak_kilobytes();
    println!("the process had {peak:?} kB at most");
    assert!(slowest.0 < Duration::from_secs(5), "mutant {} took {:?}", slowest.1, slowest.0);
    // other tests of this program take their share, too
    assert!(peak.is_none_or(|peak| peak < 4 << 20), "{peak:?} kB");
    assert!(passed > count / 20, "only {passed} of {count} passed: the gate refuses too much to be tested");
}

/// How much memory this process has had at most, as Linux accounts for it.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Loads it, plays over the whole range with every controller moving, and lets it ring out.
fn play(font: &SoundFont, random: &mut Rng) {
    let mut synth = FluidSynth::new(font, 44_100).expect("what passed the gate loads");
    let presets = font.preset_list();
    for round in 0..3 {
        for channel in 0..6 {
            let preset = &presets[random.usize(0..presets.len())];
            synth.control(channel, 0, preset.bank.min(127) as u8);
            synth.instrument(channel, preset.program, preset.bank == 128);
            synth.note_on(channel, [0, 21, 60, 108, 127][random.usize(0..5)], random.u8(1..128));
            synth.note_on(channel, random.u8(0..128), random.u8(1..128));
        }
        loudest(&mut synth, 8);
        synth.send(round, Message::PitchBend(random.i16(-8192..8192)));
        synth.control(round, random.u8(0..120), random.u8(0..128));
        synth.send(2, Message::KeyPressure(60, 99));
        synth.send(3, Message::Pressure(random.u8(0..128)));
        loudest(&mut synth, 8);
        synth.release_all(round);
    }
    (0..6).for_each(|channel| synth.release_all(channel));
    for _ in 0..4 {
        loudest(&mut synth, 8);
    }
}

/// Where a sound font has what.
struct Map {
    /// Bodies of the tables, their records' size, and where the size of the chunk is written.
    tables: Vec<(&'static str, Range<usize>, usize)>,
    samples: Range<usize>,
}

impl Map {
    fn of(bytes: &[u8]) -> Self {
        let find = |id: &str| {
            let at = bytes.windows(4).position(|window| window == id.as_bytes()).expect("a sound font has it") + 8;
            let size = u32::from_le_bytes(bytes[at - 4..at].try_into().expect("four bytes")) as usize;
            at..at + size
        };
        let table = |(id, record): (&'static str, usize)| (id, find(id), record);
        Self { tables: TABLES.into_iter().map(table).collect(), samples: find("smpl") }
    }

    /// The start of a record of one of these tables.
    fn record(&self, among: &[&str], random: &mut Rng) -> usize {
        let wanted = among[random.usize(0..among.len())];
        let (_, body, record) = self.tables.iter().find(|(id, ..)| *id == wanted).expect("all nine are there");
        body.start + record * random.usize(0..body.len() / record)
    }
}

const NUMBERS: [u32; 14] = [0, 1, 2, 15, 16, 64, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, u32::MAX];

/// A font with some damage, of every kind there is a name for.
fn mutant(original: &[u8], map: &Map, random: &mut Rng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let is_compressed = bytes[map.samples.start..].starts_with(b"OggS");
    for _ in 0..random.usize(1..5) {
        match random.u8(0..11) {
            // headers: of the file, its lists, INFO
            0 => bytes[random.usize(0..map.samples.start)] = random.u8(..),
            // a chunk's size
            1 => {
                let (_, body, record) = &map.tables[random.usize(0..map.tables.len())];
                let size = [body.len() - record, body.len() + record, body.len() + 1, 0, random.usize(0..100_000)];
                put(&mut bytes, body.start - 4, 4, size[random.usize(0..5)] as u32);
            }
            // a sample's place, loop, rate, key and kind
            2 | 3 => {
                let (field, width) =
                    [(20, 4), (24, 4), (28, 4), (32, 4), (36, 4), (40, 2), (44, 2)][random.usize(0..7)];
                let at = map.record(&["shdr"], random) + field;
                number(&mut bytes, at, width, map.samples.len() as u32, random);
            }
            // generators and their amounts
            4 | 5 => {
                let at = map.record(&["pgen", "igen"], random);
                if random.bool() {
                    put(&mut bytes, at, 2, random.u32(0..66));
                } else {
                    number(&mut bytes, at + 2, 2, 300, random);
                }
            }
            // modulators
            6 => {
                let at = map.record(&["pmod", "imod"], random) + 2 * random.usize(0..5);
                number(&mut bytes, at, 2, 70, random);
            }
            // zones, and whose they are
            7 => {
                let at = map.record(&["pbag", "ibag"], random) + 2 * random.usize(0..2);
                number(&mut bytes, at, 2, 12, random);
            }
            8 => {
                let at = map.record(&["phdr"], random) + [20, 22, 24][random.usize(0..3)];
                number(&mut bytes, at, 2, 140, random);
            }
            // what is in the samples
            9 if is_compressed => {
                for _ in 0..random.usize(1..4) {
                    let at = random.usize(map.samples.clone());
                    bytes[at] = if random.bool() { random.u8(..) } else { bytes[at] ^ 1 << random.u8(0..8) };
                }
            }
            _ => {
                let (from, to) = (random.usize(12..bytes.len() - 4), random.usize(12..bytes.len() - 4));
                bytes.copy_within(from..from + 4, to);
            }
        }
    }
    match random.u8(0..40) {
        0 => bytes.truncate(random.usize(0..bytes.len())),
        1 => drop(bytes.drain(map.samples.end - random.usize(1..64)..map.samples.end)),
        _ => {}
    }
    // damage that a checksum reveals would never reach the decoder
    if is_compressed && random.u8(0..10) > 0 {
        let end = map.samples.end.min(bytes.len());
        if let Some(streams) = bytes.get_mut(map.samples.start..end) {
            fix_checksums(streams);
        }
    }
    bytes
}

/// Writes an interesting number: an extreme one, one near what is there, or one within a range.
fn number(bytes: &mut [u8], at: usize, width: usize, range: u32, random: &mut Rng) {
    let mut before = [0; 4];
    before[..width].copy_from_slice(&bytes[at..at + width]);
    let before = u32::from_le_bytes(before);
    let value = match random.u8(0..4) {
        0 => NUMBERS[random.usize(0..NUMBERS.len())],
        1 => before.wrapping_add(random.u32(0..5)).wrapping_sub(2),
        2 => before ^ 1 << random.u8(0..8 * width as u8),
        _ => random.u32(0..range),
    };
    put(bytes, at, width, value);
}

fn put(bytes: &mut [u8], at: usize, width: usize, value: u32) {
    bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
}
