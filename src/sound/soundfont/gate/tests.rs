use super::super::testing::font_bytes;
use super::*;
use crate::sound::SoundFont;
use crate::sound::fluid::FluidSynth;
use crate::sound::synth::Synth;

fn check(bytes: &[u8]) -> Result<Font, Refusal> {
    super::check(&Source::Memory(bytes.to_vec()))
}

/// Where a chunk's body begins.
fn body_of(bytes: &[u8], id: [u8; 4]) -> usize {
    bytes.windows(4).position(|window| window == id).unwrap() + 8
}

fn refusal(damage: impl FnOnce(&mut Vec<u8>)) -> Refusal {
    let mut bytes = font_bytes();
    damage(&mut bytes);
    check(&bytes).expect_err("the damage is noticed")
}

fn put_u16(bytes: &mut [u8], at: usize, value: u16) {
    bytes[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

fn put_u32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn a_sound_font_passes_and_comes_out_the_same() {
    let bytes = font_bytes();
    let font = check(&bytes).unwrap();
    assert_eq!((font.presets.len(), font.instruments.len(), font.samples.len()), (3, 2, 2));
    let again = check(&crate::sound::soundfont::testing::font().image().bytes()).unwrap();
    assert_eq!(again.presets, font.presets);
    assert_eq!(again.presets[1].name, "Preset 0:40");
    for (one, other) in font.instruments.iter().zip(&again.instruments) {
        assert_eq!(one.zones, other.zones);
    }
}

#[test]
fn other_files_are_no_soundfonts() {
    assert_eq!(check(b""), Err(Refusal::NotASoundFont));
    assert_eq!(
        check(b"MThd\0\0\0\x06\0\x01\0\x01\x01\xe0").unwrap_err(),
        Refusal::Truncated("MThd".into())
    );
    assert_eq!(refusal(|bytes| bytes[8..12].copy_from_slice(b"WAVE")), Refusal::NotASoundFont);
}

#[test]
fn versions_2_and_3_are_read() {
    assert_eq!(refusal(|bytes| bytes[32] = 1), Refusal::Version(1));
    assert_eq!(refusal(|bytes| bytes[32] = 4), Refusal::Version(4));
    let mut bytes = font_bytes();
    bytes[32] = 3;
    assert!(!check(&bytes).unwrap().is_compressed());
}

#[test]
fn a_cut_file_is_refused_wherever_it_is_cut() {
    let bytes = font_bytes();
    for end in (0..bytes.len()).step_by(7) {
        assert!(check(&bytes[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn indices_out_of_range_or_backwards_are_refused() {
    // first preset's first bag beyond the second's
    let backwards = |bytes: &mut Vec<u8>| {
        let at = body_of(bytes, *b"phdr") + 24;
        put_u16(bytes, at, 5);
    };
    assert_eq!(refusal(backwards), Refusal::Order("phdr", 0));
    // a bag's generators beyond the table
    let beyond = |bytes: &mut Vec<u8>| {
        let at = body_of(bytes, *b"ibag") + 4;
        put_u16(bytes, at, 900);
    };
    assert_eq!(refusal(beyond), Refusal::Order("ibag", 0));
    // an instrument that is not there: the second generator is the first zone's target
    let target = |bytes: &mut Vec<u8>| {
        let at = body_of(bytes, *b"pgen") + 4;
        assert_eq!(bytes[at], 41);
        put_u16(bytes, at + 2, 2);
    };
    assert_eq!(refusal(target), Refusal::Order("pgen", 1));
}

#[test]
fn samples_outside_the_data_are_refused() {
    let at = |bytes: &[u8], field: usize| body_of(bytes, *b"shdr") + field;
    let sample = |what| Refusal::Sample { index: 0, what };
    let set = |field: usize, value: u32| {
        refusal(|bytes| {
            let at = at(bytes, field);
            put_u32(bytes, at, value);
        })
    };
    assert_eq!(set(24, u32::MAX), sample("lies outside the sample data"));
    assert_eq!(set(20, 1 << 20), sample("lies outside the sample data"));
    assert_eq!(set(24, 70), sample("is too short"));
    assert_eq!(set(36, 0), sample("has an impossible rate"));
}

#[test]
fn nonsensical_loops_become_the_whole_sample() {
    let mut bytes = font_bytes();
    let at = body_of(&bytes, *b"shdr") + 28;
    put_u32(&mut bytes, at, 0);
    put_u32(&mut bytes, at + 4, u32::MAX);
    let font = check(&bytes).unwrap();
    let sample = font.samples[0].unwrap();
    assert_eq!((sample.loop_start, sample.loop_end), (sample.start, sample.end));
}

#[test]
fn what_the_synth_would_index_by_is_left_out() {
    let mut bytes = font_bytes();
    // the modulator's destination, past every table of the synth's
    let at = body_of(&bytes, *b"imod") + 2;
    put_u16(&mut bytes, at, 0x7FFF);
    // the first generator of the first instrument becomes "key", with a key that does not exist
    let at = body_of(&bytes, *b"igen");
    put_u16(&mut bytes, at + 8, 46);
    put_u16(&mut bytes, at + 10, 4000);
    let font = check(&bytes).unwrap();
    let zone = &font.instruments[0].zones[0];
    assert!(zone.modulators.is_empty());
    assert!(zone.generators.iter().all(|(id, _)| *id != 46));
}

#[test]
fn real_fonts_pass() {
    for file in crate::sound::find_soundfonts() {
        let font = SoundFont::load(&file.path).unwrap_or_else(|error| panic!("{error}"));
        assert!(!font.preset_list().is_empty());
    }
}

/// All 128 programs and a kit, and each is heard.
#[test]
fn the_bundled_font_is_general_midi() {
    let font = SoundFont::bundled().unwrap();
    let presets = font.presets();
    assert!((0..128).all(|program| presets.contains(&(0, program))) && presets.contains(&(128, 0)));
    let mut synth = FluidSynth::new(&font, 32_000).unwrap();
    let (mut left, mut right) = (vec![0.0; 4800], vec![0.0; 4800]);
    for program in 0..=128 {
        let is_drum = program == 128;
        synth.instrument(0, program % 128, is_drum);
        synth.note_on(0, if is_drum { 38 } else { 60 }, 110);
        synth.render(&mut left, &mut right);
        let peak = left.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(peak > 0.003 && peak < 4.0, "program {program} peaks at {peak}");
        synth.silence(0);
        synth.render(&mut left, &mut right);
    }
}

/// How many mutants there are; `CANTUS_FUZZ` asks for more than a test run has time for.
fn mutants(usually: usize) -> usize {
    std::env::var("CANTUS_FUZZ")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(usually)
}

/// Whatever the gate lets through, the synth plays without harm. (Without the gate, one mutant in seven crashed it.)
#[test]
fn what_passes_the_gate_does_not_hurt_the_synth() {
    let passed = play_mutants(&font_bytes(), mutants(2000));
    assert!(
        passed > mutants(2000) / 20,
        "only {passed} mutants passed: the gate refuses too much to be tested"
    );
}

/// The same with a font of real size.
#[test]
fn mutants_of_the_bundled_font_do_no_harm() {
    play_mutants(super::super::BUNDLED, mutants(1000) / 20);
}

/// How many of the mutants passed the gate; each of those is loaded and played.
fn play_mutants(original: &[u8], count: usize) -> usize {
    let mut random = fastrand::Rng::with_seed(2026);
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    let mut passed = 0;
    for _ in 0..count {
        let bytes = mutant(original, &mut random);
        let Ok(font) = SoundFont::from_bytes("mutant", bytes) else {
            continue;
        };
        passed += 1;
        let mut synth = FluidSynth::new(&font, 44_100).expect("what passed the gate loads");
        for channel in 0..6 {
            synth.instrument(channel, [0, 40, 127][channel % 3], channel > 2);
            synth.note_on(channel, random.u8(0..128), random.u8(1..128));
            synth.note_on(channel, 60, 100);
        }
        synth.render(&mut left, &mut right);
        synth.pitch_bend(0, random.i16(-8192..8192));
        synth.control(1, random.u8(0..120), random.u8(0..128));
        synth.key_pressure(2, 60, 99);
        synth.render(&mut left, &mut right);
        synth.note_off(0, 60);
        synth.release_all(1);
        synth.render(&mut left, &mut right);
    }
    passed
}

/// A few bytes changed, most of them in the tables, with the values that break things.
fn mutant(original: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let tables = body_of(&bytes, *b"phdr") - 8;
    for _ in 0..random.usize(1..6) {
        let at = if random.u8(0..10) == 0 {
            random.usize(0..bytes.len() - 4)
        } else {
            random.usize(tables..bytes.len() - 4)
        };
        match random.u8(0..6) {
            0 => bytes[at] = random.u8(..),
            1 => bytes[at] ^= 1 << random.u8(0..8),
            2 => put_u16(&mut bytes, at & !1, [0, 1, 0x7F, 0x80, 0x7FFF, 0x8000, 0xFFFF][random.usize(0..7)]),
            3 => put_u32(&mut bytes, at & !1, [0, 1, 0x7FFF_FFFF, 0x8000_0000, u32::MAX][random.usize(0..5)]),
            4 => put_u16(&mut bytes, at & !1, random.u16(0..64)),
            _ => {
                let from = random.usize(tables..bytes.len() - 4);
                bytes.copy_within(from..from + 4, at);
            }
        }
    }
    if random.u8(0..20) == 0 {
        bytes.truncate(random.usize(0..bytes.len()));
    }
    bytes
}
