use super::super::testing::font_bytes;
use super::*;
use crate::sound::fluid::FluidSynth;
use crate::sound::soundfont::SoundFont;
use crate::sound::soundfont::search::find_soundfonts;
use crate::sound::testing::loudest;

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
    assert_eq!(check(b"MThd\0\0\0\x06\0\x01\0\x01\x01\xe0").unwrap_err(), Refusal::NotASoundFont);
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
fn a_bad_sample_that_nothing_plays_is_no_reason_to_refuse() {
    let mut bytes = font_bytes();
    let second = body_of(&bytes, *b"shdr") + 46;
    put_u32(&mut bytes, second + 36, 0);
    assert_eq!(check(&bytes).unwrap_err(), Refusal::Sample { index: 1, what: "has an impossible rate" });
    let generators = body_of(&bytes, *b"igen");
    let plays_second = |at: &usize| bytes[*at..*at + 4] == [53, 0, 1, 0];
    let at = (generators..).step_by(4).find(plays_second).unwrap();
    put_u16(&mut bytes, at + 2, 0);
    assert_eq!(check(&bytes).unwrap().presets.len(), 3);
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
    for file in find_soundfonts(None) {
        let font = SoundFont::load(&file.path).unwrap_or_else(|error| panic!("{error}"));
        assert!(!font.preset_list().is_empty());
    }
}

/// All 128 programs and a kit, and each is heard.
#[test]
fn the_bundled_font_is_general_midi() {
    let font = SoundFont::bundled().unwrap();
    let has = |bank, program| font.preset_list().iter().any(|preset| (preset.bank, preset.program) == (bank, program));
    assert!((0..128).all(|program| has(0, program)) && has(128, 0));
    let mut synth = FluidSynth::new(&font, 32_000).unwrap();
    for program in 0..=128 {
        let is_drum = program == 128;
        synth.instrument(0, program % 128, is_drum);
        synth.note_on(0, if is_drum { 38 } else { 60 }, 110);
        let peak = loudest(&mut synth, 400);
        assert!(peak > 0.003 && peak < 4.0, "program {program} peaks at {peak}");
        synth.silence(0);
        loudest(&mut synth, 75);
    }
}
