//! A hundred thousand damaged MIDI files: each gives a score or a reason, soon and in bounded memory.
//!
//! The only test of this program, so that nothing else allocates while it counts. `fuzz_library.rs` says how all
//! targets are tried at length.

#![allow(clippy::print_stdout, reason = "the long run says what it did")]

use std::alloc::System;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cantus::music::midi_file::{self, MidiFile};
use cantus::music::{Control, ControlEvent, Note, Part, Pitch, Score, Velocity, melodies};
use cap::Cap;
use fastrand::Rng;

/// Aborts the test when a file takes more than its bound.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// How many there are where nobody asks for a share of `CANTUS_FUZZ`.
const USUALLY: usize = 100_000;
/// What reading may take at any moment: a note is four times what its bytes are, a vector doubles as it grows, and the
/// fixed part is what the allowed number of parts weighs.
const BYTES_PER_BYTE: usize = 64;
const FIXED_BYTES: usize = 1 << 19;
const LONGEST: Duration = Duration::from_secs(2);

/// A file of ours with everything in it: several parts, a kit, controls of all kinds, changes of tempo and metre.
fn ours() -> Vec<u8> {
    let mut score = melodies::all()[10].score();
    let mut random = Rng::with_seed(7);
    for index in 0..4_u8 {
        let mut part = Part::new(format!("Part {index}"), index * 20);
        part.is_drum = index == 3;
        for beat in 0..24_u32 {
            part.notes.push(Note {
                start: beat * 240,
                pitch: Pitch::clamped(random.i32(40..80)),
                duration: random.u32(1..900),
                velocity: Velocity::clamped(random.i32(1..128)),
            });
            let control = match beat % 5 {
                0 => Control::Controller { number: 64, value: random.u8(0..128) },
                1 => Control::PitchBend(random.i16(-8192..8192)),
                2 => Control::Pressure(random.u8(0..128)),
                3 => Control::Program(random.u8(0..128)),
                _ => Control::KeyPressure { pitch: Pitch::MIDDLE_C, value: 9 },
            };
            part.controls.push(ControlEvent { tick: beat * 240, control });
        }
        part.sort();
        score.parts.push(Arc::new(part));
    }
    midi_file::write(&score)
}

/// Files as other programs write them, by hand: type 0 and 1, running status, system exclusives, strange chunks.
fn theirs() -> Vec<Vec<u8>> {
    let chunk = |id: &[u8; 4], data: &[u8]| {
        let mut bytes = id.to_vec();
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(data);
        bytes
    };
    let mut events = vec![0, 0xFF, 0x51, 3, 7, 0xA1, 0x20, 0, 0xFF, 0x58, 4, 6, 3, 36, 8, 0, 0xFF, 0x59, 2, 0xFE, 1];
    events.extend([0, 0xFF, 3, 4, b'N', 0xE4, b'm', b'e', 0, 0xF0, 5, 0x7E, 0x7F, 9, 1, 0xF7, 0, 0xC0, 40, 0, 0xC9, 0]);
    for index in 0..40_u8 {
        events.extend([0, 0x90 | (index % 3), 50 + index, 90, 0x60, 50 + index, 0]);
        events.extend([0, 0x99, 36, 100, 0x83, 0x60, 36, 0]);
    }
    events.extend([0x40, 0xE0, 0, 64, 0, 0xFF, 0x2F, 0]);
    let setup = [0, 0xC0, 12, 0, 0xB0, 7, 99, 0, 10, 20, 0, 0xFF, 0x2F, 0];
    let type_0 = [chunk(b"MThd", &[0, 0, 0, 1, 0, 96]), chunk(b"MTrk", &events)].concat();
    let type_1 = [
        chunk(b"MThd", &[0, 1, 0, 3, 0x03, 0xC0]),
        chunk(b"MTrk", &setup),
        chunk(b"XFIH", b"strange"),
        chunk(b"MTrk", &events),
        chunk(b"MTrk", &events[..events.len() - 4]),
    ]
    .concat();
    vec![type_0, type_1]
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Rng) {
    const TELLING: [u8; 10] = [0, 1, 0x7F, 0x80, 0x81, 0x90, 0xF0, 0xF7, 0xFF, 0x2F];
    for _ in 0..random.usize(1..=3) {
        let at = random.usize(0..bytes.len());
        let span = random.usize(1..=32).min(bytes.len() - at);
        match random.u8(0..9) {
            0 => bytes[at] ^= 1 << random.u8(0..8),
            1 => bytes[at] = TELLING[random.usize(0..TELLING.len())],
            2 => bytes[at] = random.u8(..),
            3 => bytes.insert(at, random.u8(..)),
            4 => drop(bytes.drain(at..at + span)),
            5 => {
                let copy = bytes[at..at + span].to_vec();
                let to = random.usize(0..=bytes.len());
                bytes.splice(to..to, copy);
            }
            6 => bytes.truncate(at.max(1)),
            7 => bytes[at..at + span].iter_mut().for_each(|byte| *byte = random.u8(..)),
            // the fields of the header
            _ => bytes[random.usize(0..14.min(at + 1))] = TELLING[random.usize(0..TELLING.len())],
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
}

#[test]
fn damaged_files_give_a_score_or_a_reason() {
    let mut seeds = theirs();
    seeds.push(ours());
    seeds.push(midi_file::write(&Score::default()));
    for seed in &seeds {
        midi_file::read(seed).expect("whole files are read");
    }
    let asked = std::env::var("CANTUS_FUZZ").ok().and_then(|text| text.parse::<usize>().ok());
    let mutants = asked.map_or(USUALLY, |all| all * 3 / 10);
    let mut random = Rng::with_seed(2024);
    let (mut read, mut refused, mut told, mut slowest) = (0, 0, 0, Duration::ZERO);
    for mutant in 0..mutants {
        let mut bytes = seeds[mutant % seeds.len()].clone();
        mutate(&mut bytes, &mut random);
        let bound = BYTES_PER_BYTE * bytes.len() + FIXED_BYTES;
        let begin = Instant::now();
        ALLOCATOR.set_limit(ALLOCATOR.allocated() + bound).expect("the bound is above what is allocated");
        let result = midi_file::read_file(&bytes);
        ALLOCATOR.set_limit(usize::MAX).expect("there is no bound");
        slowest = slowest.max(begin.elapsed());
        assert!(slowest < LONGEST, "mutant {mutant} takes too long: {bytes:02x?}");
        match result {
            Ok(MidiFile { score, notices, .. }) => {
                read += 1;
                told += usize::from(!notices.is_empty());
                let again = midi_file::read(&midi_file::write(&score)).expect("what we write is read");
                assert!(again == score, "mutant {mutant} does not come back equal: {bytes:02x?}");
            }
            Err(error) => {
                refused += 1;
                let text = error.to_string();
                assert!(text.contains("byte") || text.starts_with("not a MIDI file"), "mutant {mutant}: {text}");
            }
        }
    }
    println!("MIDI: {mutants} mutants, {read} read, {told} with notices, {refused} refused, the slowest {slowest:.0?}");
    // all ways are well trodden
    assert!(
        told > mutants / 20 && read > told && refused > mutants / 500,
        "{read} read, {told} told, {refused} refused"
    );
}
