//! The files, decoded by other libraries: WAV by hound, the rest by symphonia.

use std::io::{self, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::{FormatOptions, TrackType, probe::Hint};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, StandardTag};

use super::loudness::Meter;
use super::write::export_through;
use super::*;
use crate::music::{Part, Score};
use crate::sound::render::{Extent, render_on};
use crate::sound::soundfont::SoundFont;
use crate::sound::soundfont::testing::font;
use crate::sound::testing::{note, rendered, score};

const RATE_HZ: u32 = 44_100;

/// A tune and a bass of not quite a second, the bass to the left.
fn piece() -> Score {
    let mut score = score(vec![
        vec![note(0, 60, 150), note(160, 64, 150), note(320, 67, 300)],
        vec![note(0, 43, 300), note(320, 48, 250)],
        vec![note(0, 90, 100)],
        Vec::new(),
    ]);
    score.title = "Grüße / 1".into();
    for (index, (name, pan, muted)) in
        [("Tune", 80, false), ("Bass: low?", 20, false), ("Not heard", 64, true), ("Empty", 64, false)]
            .into_iter()
            .enumerate()
    {
        let part = score.part_mut(index).unwrap();
        (part.name, part.pan, part.muted) = (name.into(), pan, muted);
    }
    score
}

fn options(format: Format) -> ExportOptions {
    ExportOptions::whole(format, RATE_HZ)
}

fn on(_: f32) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn written(score: &Score, path: &Path, options: &ExportOptions) -> Exported {
    export(score, &font(), path, options, &mut on).unwrap()
}

fn wav(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).unwrap();
    let spec = reader.spec();
    assert_eq!((spec.channels, reader.len() % 2), (2, 0));
    match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => {
            let full_scale = ((1_u32 << (spec.bits_per_sample - 1)) - 1) as f32;
            reader.samples::<i32>().map(|sample| sample.unwrap() as f32 / full_scale).collect()
        }
    }
}

struct Heard {
    samples: Vec<f32>,
    title: Option<String>,
    rate_hz: u32,
    /// Whether the decoder found the sound to be what the file's checksum says, where there is one.
    verified: Option<bool>,
}

fn heard(path: &Path) -> Heard {
    let file = Box::new(std::fs::File::open(path).unwrap());
    let stream = MediaSourceStream::new(file, MediaSourceStreamOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .unwrap();
    let title = format.metadata().skip_to_latest().and_then(|revision| {
        revision.media.tags.iter().find_map(|tag| match &tag.std {
            Some(StandardTag::TrackTitle(title)) => Some(title.to_string()),
            _ => None,
        })
    });
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap().clone();
    let mut options = AudioDecoderOptions::default();
    options.verify = true;
    let mut decoder = symphonia::default::get_codecs().make_audio_decoder(&parameters, &options).unwrap();
    let (mut samples, mut some) = (Vec::new(), Vec::new());
    while let Some(packet) = format.next_packet().unwrap() {
        let buffer = decoder.decode(&packet).unwrap();
        some.resize(buffer.samples_interleaved(), 0.0_f32);
        buffer.copy_to_slice_interleaved(&mut some);
        samples.extend_from_slice(&some);
    }
    Heard { samples, title, rate_hz: parameters.sample_rate.unwrap(), verified: decoder.finalize().verify_ok }
}

/// Level of the difference below that of the sound, in dB.
fn error_db(sound: &[f32], other: &[f32]) -> f32 {
    let power = |samples: &mut dyn Iterator<Item = f32>| samples.map(|sample| sample * sample).sum::<f32>();
    let error = power(&mut sound.iter().zip(other).map(|(sound, other)| sound - other));
    10.0 * (error / power(&mut sound.iter().copied())).log10()
}

fn furthest(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).fold(0.0, |far, (one, other)| far.max((one - other).abs()))
}

#[test]
fn wav_of_every_depth_and_rate_is_the_sound_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    for (depth, rate_hz, step) in [
        (Depth::Bits16, 44_100, 1.6 / 32_767.0), // dither adds up to one step to half a step of rounding
        (Depth::Bits24, 48_000, 0.51 / 8_388_607.0),
        (Depth::Float32, 96_000, 0.0),
    ] {
        let options = ExportOptions { sample_rate_hz: rate_hz, ..options(Format::Wav(depth)) };
        let exported = written(&piece(), &path, &options);
        let sound = rendered(&piece(), rate_hz);
        assert_eq!(exported.files, std::slice::from_ref(&path));
        assert_eq!(exported.frames, sound.len() as u64 / 2);
        assert!(furthest(&wav(&path), &sound) <= step, "{depth:?}");
        let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert_eq!(exported.peak, peak);
    }
    let bytes = std::fs::read(&path).unwrap();
    let size = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
    assert_eq!(size as usize + 8, bytes.len(), "the header counts the tags in");
    let title = "Grüße / 1".as_bytes();
    assert!(bytes.windows(title.len()).any(|window| window == title));
}

#[test]
fn flac_gives_back_the_bits_of_the_wav() {
    let folder = tempfile::tempdir().unwrap();
    for depth in [Depth::Bits16, Depth::Bits24] {
        let (flac, wave) = (folder.path().join("out.flac"), folder.path().join("out.wav"));
        let exported = written(&piece(), &flac, &options(Format::Flac(depth)));
        written(&piece(), &wave, &options(Format::Wav(depth)));
        let heard = heard(&flac);
        assert_eq!((heard.rate_hz, heard.samples.len() as u64), (RATE_HZ, exported.frames * 2));
        assert_eq!((heard.verified, heard.title.as_deref()), (Some(true), Some("Grüße / 1")), "{depth:?}");
        // both are the same whole numbers, over 2^n and over 2^n - 1
        assert!(
            furthest(&heard.samples, &wav(&wave)) < 1.1 / 32_768.0 * if depth == Depth::Bits16 { 1.0 } else { 0.004 }
        );
        assert!(std::fs::metadata(&flac).unwrap().len() < std::fs::metadata(&wave).unwrap().len());
    }
    let error =
        export(&piece(), &font(), &folder.path().join("float.flac"), &options(Format::Flac(Depth::Float32)), &mut on);
    assert!(matches!(error, Err(ExportError::Encoder { .. })), "{error:?}");
}

#[test]
fn ogg_and_mp3_are_the_sound_in_length_level_and_shape() {
    let folder = tempfile::tempdir().unwrap();
    let sound = rendered(&piece(), RATE_HZ);
    for (name, format, below_db) in
        [("out.ogg", Format::Ogg { quality: 8.0 }, -25.0), ("out.mp3", Format::Mp3 { kbps: 320 }, -25.0)]
    {
        let path = folder.path().join(name);
        let exported = written(&piece(), &path, &options(format));
        let heard = heard(&path);
        assert_eq!(heard.rate_hz, RATE_HZ);
        assert_eq!(heard.samples.len() as u64, exported.frames * 2, "{name}: gapless");
        let bytes = std::fs::read(&path).unwrap();
        let title = "Grüße / 1".as_bytes();
        assert!(bytes[..200].windows(title.len()).any(|window| window == title), "{name}");
        let error = error_db(&sound, &heard.samples);
        assert!(error < below_db, "{name}: {error} dB");
        let level = |samples: &[f32]| samples.iter().map(|sample| sample * sample).sum::<f32>();
        let difference = 10.0 * (level(&heard.samples) / level(&sound)).log10();
        assert!(difference.abs() < 0.1, "{name}: {difference} dB");
    }
}

#[test]
fn twice_the_same_bytes_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let short = score(vec![vec![note(0, 60, 200)]]);
    for format in [
        Format::Wav(Depth::Bits16),
        Format::Flac(Depth::Bits16),
        Format::Ogg { quality: 3.0 },
        Format::Mp3 { kbps: 128 },
    ] {
        let [one, other] = ["one", "other"].map(|name| {
            let path = folder.path().join(name);
            written(&short, &path, &options(format));
            std::fs::read(path).unwrap()
        });
        assert!(one == other, "{} differs", format.name());
    }
}

#[test]
fn stems_have_the_numbers_of_their_parts() {
    let mut score = piece();
    score.part_mut(0).unwrap().muted = true;
    let stems = ExportOptions { stems: true, ..options(Format::Wav(Depth::Bits16)) };
    let [(part, path)] = &super::write::stem_paths(&score, Path::new("song.wav"), &stems)[..] else { panic!() };
    assert_eq!((*part, path.as_path()), (1, Path::new("song - 2 Bass_ low_.wav")));
}

#[test]
fn stems_add_up_to_the_limiters_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.wav");
    let exported = written(&piece(), &path, &ExportOptions { stems: true, ..options(Format::Wav(Depth::Float32)) });
    let names: Vec<String> =
        exported.files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["song.wav", "song - 1 Tune.wav", "song - 2 Bass_ low_.wav"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    let mut before_limiter = Vec::new();
    render_on(2, &piece(), &font(), RATE_HZ, Extent::Stem { frames: exported.frames }, &mut |chunk| {
        before_limiter.extend_from_slice(chunk);
        ControlFlow::Continue(())
    })
    .unwrap();
    let stems: Vec<Vec<f32>> = exported.files[1..].iter().map(|file| wav(file)).collect();
    let sum: Vec<f32> = stems[0].iter().zip(&stems[1]).map(|(one, other)| one + other).collect();
    assert!(furthest(&sum, &before_limiter) < 1e-5);
    assert!(stems.iter().all(|stem| stem.iter().any(|sample| sample.abs() > 0.05)));
}

#[test]
fn stems_too_loud_for_their_files_are_turned_down_together() {
    let folder = tempfile::tempdir().unwrap();
    let cluster: Vec<_> = (30..90).map(|pitch| note(0, pitch, 480)).collect();
    let score = score(vec![cluster, vec![note(0, 60, 480)]]);
    let exported = written(
        &score,
        &folder.path().join("song.wav"),
        &ExportOptions { stems: true, ..options(Format::Wav(Depth::Bits24)) },
    );
    let peak = |index: usize| wav(&exported.files[index]).iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!(exported.stems_gain_db < -1.0, "{}", exported.stems_gain_db);
    assert!((0.99..=1.0).contains(&peak(1)), "{}", peak(1));
    assert!(peak(2) < 0.3);
}

#[test]
fn a_loudness_is_met_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loud.wav");
    for target_lufs in [-16.0, -30.0] {
        let exported = written(
            &piece(),
            &path,
            &ExportOptions {
                loudness: Some(Loudness { target_lufs, ceiling_dbtp: -1.0 }),
                ..options(Format::Wav(Depth::Bits24))
            },
        );
        let mut meter = Meter::new(RATE_HZ);
        meter.add(&wav(&path));
        let reported = exported.loudness.unwrap();
        assert!((meter.lufs() - target_lufs).abs() < 0.1, "{} of {target_lufs}", meter.lufs());
        assert!(meter.true_peak_dbtp() <= -0.99, "{}", meter.true_peak_dbtp());
        assert!(
            (reported.lufs - meter.lufs()).abs() < 0.01
                && (reported.true_peak_dbtp - meter.true_peak_dbtp()).abs() < 0.01
        );
    }
}

#[test]
fn a_range_is_what_lies_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("range.wav");
    let exported =
        written(&piece(), &path, &ExportOptions { range: Some(320..480), ..options(Format::Wav(Depth::Float32)) });
    let whole = rendered(&piece(), RATE_HZ);
    let range = wav(&path);
    let at = RATE_HZ as usize * 2 / 3; // a third of a second in
    // the piece sounds on from before, so levels and not samples: a sixth of a second of notes, then a short tail
    let level = |samples: &[f32]| samples.iter().map(|sample| sample * sample).sum::<f32>().sqrt();
    let (there, here) = (level(&whole[at + 4410..at + 13_000]), level(&range[4410..13_000]));
    assert!((here / there - 1.0).abs() < 0.05, "{here} and {there}");
    assert!(exported.frames < u64::from(RATE_HZ), "{}", exported.frames);
}

#[test]
fn progress_rises_to_the_end_and_a_cancelled_export_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.flac");
    let options =
        ExportOptions { stems: true, loudness: Some(Loudness::default()), ..options(Format::Flac(Depth::Bits16)) };
    let mut shares = Vec::new();
    export(&piece(), &font(), &path, &options, &mut |share| {
        shares.push(share);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
    assert!(shares.windows(2).filter(|pair| pair[1] < pair[0]).count() <= 3, "{shares:?}");
    assert!(*shares.last().unwrap() > 0.9);
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files(), 3);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    for stop_at in [0, 3, shares.len() - 2] {
        let mut reports = 0;
        let stopped = export(&piece(), &font(), &path, &options, &mut |_| {
            reports += 1;
            if reports > stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(ExportError::Cancelled)), "{stopped:?}");
        assert_eq!(files(), 0, "stopped after {stop_at}");
    }
}

/// A disk with room for so many bytes.
struct Full {
    file: std::fs::File,
    room: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.room = self.room.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Full {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn a_full_disk_is_reported_and_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    for format in [
        Format::Wav(Depth::Bits16),
        Format::Flac(Depth::Bits16),
        Format::Ogg { quality: 5.0 },
        Format::Mp3 { kbps: 320 },
    ] {
        let path = folder.path().join("out");
        std::fs::write(&path, b"before").unwrap();
        for room in [0, 10, 7000] {
            let full = export_through(&piece(), &font(), &path, &options(format), &mut on, &move |file| {
                Box::new(Full { file, room })
            });
            match full {
                Err(error @ ExportError::DiskFull { .. }) => {
                    assert!(error.to_string().starts_with("the disk is full; nothing"));
                }
                other => panic!("{} with room for {room}: {other:?}", format.name()),
            }
            assert_eq!(std::fs::read(&path).unwrap(), b"before");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_rendered() {
    let folder = tempfile::tempdir().unwrap();
    let never = |_: f32| -> ControlFlow<()> { panic!("it began") };
    let refused = |score: &Score, path: &Path, options: &ExportOptions| {
        export(score, &font(), path, options, &mut { never }).unwrap_err().to_string()
    };
    let fast = ExportOptions { sample_rate_hz: 96_000, ..options(Format::Mp3 { kbps: 192 }) };
    assert_eq!(refused(&piece(), &folder.path().join("x.mp3"), &fast), "MP3 takes no 96000 Hz");
    let long = score(vec![vec![note(960 * 3600 * 10, 60, 480)]]);
    let message = refused(&long, &folder.path().join("x.wav"), &options(Format::Wav(Depth::Bits16)));
    assert!(message.starts_with("600 minutes are too long for a WAV file"), "{message}");
    let nowhere = refused(&piece(), &folder.path().join("no/such/x.wav"), &options(Format::Wav(Depth::Bits16)));
    assert!(nowhere.contains("no/such/x.wav"), "{nowhere}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn stems_have_names_even_where_their_parts_have_none() {
    let mut drums = Part::new("...", 0);
    drums.is_drum = true;
    let mix = Path::new("a/My song.wav");
    assert_eq!(super::write::stem_path(mix, "1", &Part::new("", 73), "wav"), Path::new("a/My song - 1 Flute.wav"));
    assert_eq!(super::write::stem_path(mix, "02", &drums, "ogg"), Path::new("a/My song - 02 Drums.ogg"));
}

#[test]
fn the_studio_and_the_command_line_can_send_it_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<(Arc<Score>, SoundFont, ExportOptions, ExportError, Exported)>();
}
