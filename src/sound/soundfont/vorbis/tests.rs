use super::super::ogg::fix_checksums;
use super::super::testing;
use super::*;

/// A tone that swells, so that every block is another one.
fn tone(frames: usize) -> Vec<i16> {
    let at = |frame: usize| (frame as f64 * 0.05).sin() * 20_000.0 * (frame as f64 / frames as f64);
    (0..frames).map(|frame| at(frame) as i16).collect()
}

fn plenty() -> Budget {
    Budget::new(1 << 30)
}

fn fault(stream: &[u8]) -> Fault {
    decode(stream, &plenty(), &|| true).expect_err("the damage is noticed")
}

/// What libvorbis makes of a stream, at the same scale.
fn reference(stream: &[u8]) -> Vec<i16> {
    let mut decoder = vorbis_rs::VorbisDecoder::new(std::io::Cursor::new(stream.to_vec())).unwrap();
    let mut frames = Vec::new();
    while let Some(block) = decoder.decode_audio_block().unwrap() {
        frames.extend(block.samples()[0].iter().copied().map(to_16_bits));
    }
    frames
}

/// A stream by our decoder and by libvorbis.
pub fn both(stream: &[u8]) -> (Vec<i16>, Vec<i16>) {
    (decode(stream, &plenty(), &|| true).unwrap(), reference(stream))
}

#[test]
fn streams_of_any_length_come_out_as_from_libvorbis() {
    for frames in [16, 63, 1000, 4096, 30_001, 100_000] {
        let stream = testing::vorbis(&tone(frames), 44_100);
        let (ours, theirs) = both(&stream);
        assert_eq!((ours.len(), theirs.len()), (frames, frames));
        let apart = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(apart.unwrap() <= 1, "{frames} frames are up to {apart:?} apart");
    }
}

#[test]
fn damage_is_a_fault() {
    let stream = testing::vorbis(&tone(30_000), 44_100);
    assert_eq!(fault(b""), "has no Vorbis headers");
    assert_eq!(fault(b"OggS and then nothing of the kind"), "is a damaged Ogg stream");
    let damaged = |at: usize| {
        let mut bytes = stream.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    for at in (0..stream.len()).step_by(97) {
        assert_eq!(fault(&damaged(at)), "is a damaged Ogg stream", "byte {at}");
    }
    assert_eq!(fault(&stream[..stream.len() - 1]), "is a damaged Ogg stream");
    // the identification header's channels
    let mut stereo = damaged(28 + 11);
    stereo[28 + 11] = 2;
    fix_checksums(&mut stereo);
    assert_eq!(fault(&stereo), "is not mono");
}

/// A megabyte of packets without content, which would take far more memory than the stream.
#[test]
fn packets_are_counted_before_they_are_decoded() {
    let page = |number: u32| {
        let flags = if number == 0 { 2 } else { 0 };
        let head = [b"OggS\0".as_slice(), &[flags], &[0; 8], &[0; 4], &number.to_le_bytes(), &[0; 4], &[255]];
        [head.concat(), vec![0; 255]].concat()
    };
    let mut stream: Vec<u8> = (0..5000).flat_map(page).collect();
    fix_checksums(&mut stream);
    assert_eq!(fault(&stream), "is too long");
}

#[test]
fn budgets_and_cancelling_are_respected() {
    let stream = testing::vorbis(&tone(30_000), 44_100);
    let small = Budget::new(20_000);
    assert!(decode(&stream, &small, &|| true).unwrap_err().contains("far larger"));
    assert!(decode(&stream, &plenty(), &|| false).unwrap().is_empty());
}

/// A setup header that asks for gigabytes in a few hundred bytes: ordered codebooks of 131,072 entries and 32
/// dimensions each, made from a single number.
#[test]
fn codebooks_are_counted_before_they_are_made() {
    let mut bits = Vec::new();
    let mut put = |value: u64, count: u32| bits.extend((0..count).map(|bit| value >> bit & 1 == 1));
    put(255, 8);
    for _ in 0..256 {
        for (value, count) in [(0x56_4342, 24), (32, 16), (1 << 17, 24), (1, 1), (16, 5), (1 << 17, 18)] {
            put(value, count);
        }
        for (value, count) in [(1, 4), (0, 64), (0, 4), (0, 1), (0, 1)] {
            put(value, count);
        }
    }
    let packed = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |all, &bit| all << 1 | u8::from(bit)));
    let setup: Vec<u8> = b"\x05vorbis".iter().copied().chain(packed).collect();
    assert_eq!(codebook_numbers(&setup), Some(256 * 33 * (1 << 17)));
    assert_eq!(codebook_numbers(&setup[..setup.len() - 9]), None);
}

#[test]
fn roots_are_the_largest_that_fit() {
    for (entries, dimensions, expected) in
        [(361, 2, 19), (560, 3, 8), (3, 950, 1), (0, 1, 0), (1 << 24, 1, 1 << 24), (5, 0, 0)]
    {
        assert_eq!(root(entries, dimensions), expected, "{entries}, {dimensions}");
    }
}
