//! SF3, whose samples are Vorbis streams, into a plain SF2 file.
//!
//! Samples are decoded in batches on all cores and written at once, so that neither file is ever whole in memory.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::{LoadFault, Refusal};
use super::gate::MIN_SAMPLE_FRAMES;
use super::image;
use super::loading::{Loading, Stage};
use super::source::Source;
use super::tables::{Encoding, Font, Sample};
use super::vorbis::{self, Budget};

/// Silence after each sample (SoundFont 2.04, 6.1, wants 46 frames).
const GAP_FRAMES: usize = 48;
/// Bytes of streams that are decoded together; real samples become some twelve times as large.
const BATCH_BYTES: u64 = 2 << 20;
/// The most that a font may decode to: this much, and no more than so many times its file. Real ones grow to five to
/// twelve times their size.
const MAX_BYTES: u64 = 1 << 30;
const MAX_GROWTH: u64 = 32;
const FREE_BYTES: u64 = 64 << 20;
/// A minute is long for any font on any computer; nobody waits for ten.
const MAX_DURATION: Duration = Duration::from_mins(10);
const MAX_WORKERS: usize = 8;

/// Writes the font as an SF2 file into an empty one.
pub(super) fn unpack(font: &Font, source: &Source, file: &mut File, loading: &Loading<'_>) -> Result<(), LoadFault> {
    let unwritable = LoadFault::Unwritable;
    let most = (source.len().saturating_mul(MAX_GROWTH) + FREE_BYTES).min(MAX_BYTES);
    let budget = Budget::new(most / 2);
    let until = Instant::now() + MAX_DURATION;
    let cancelled = loading.cancelled;
    let goes_on = || !cancelled.is_some_and(|cancelled| cancelled.load(Ordering::Relaxed)) && Instant::now() < until;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    out.write_all(&[0; image::HEAD_BYTES]).map_err(unwritable)?;
    let mut unpacked = Font { samples: Vec::with_capacity(font.samples.len()), data: 0..0, ..font.clone() };
    let total = font.data_bytes().max(1);
    let (mut done, mut frames) = (0_u64, 0_u32);
    for batch in batches(&font.samples) {
        let sounds = decode_batch(font, batch.clone(), source, &budget, &goes_on);
        if loading.is_cancelled() {
            return Err(LoadFault::Cancelled);
        }
        if Instant::now() >= until {
            return Err(Refusal::TooSlow(MAX_DURATION.as_secs() / 60).into());
        }
        for (sample, sound) in font.samples[batch].iter().zip(sounds?) {
            let Some(sample) = sample else {
                unpacked.samples.push(None);
                continue;
            };
            for frame in &sound {
                out.write_all(&frame.to_le_bytes()).map_err(unwritable)?;
            }
            out.write_all(&[0; GAP_FRAMES * 2]).map_err(unwritable)?;
            unpacked.samples.push(Some(placed(*sample, frames, sound.len() as u32)));
            // far from overflowing, thanks to the budget
            frames += (sound.len() + GAP_FRAMES) as u32;
            done += sample_bytes(sample);
        }
        (loading.progress)(Stage::Decoding(done as f32 / total as f32));
    }
    unpacked.data = 0..u64::from(frames) * 2;
    let tail = image::tail(&unpacked);
    out.write_all(&tail).map_err(unwritable)?;
    out.seek(SeekFrom::Start(0)).map_err(unwritable)?;
    out.write_all(&image::head(unpacked.data_bytes(), tail.len() as u64)).map_err(unwritable)?;
    out.flush().map_err(unwritable)
}

/// The sample where it lies now. A plain one's loop counts from the sample data's start, a compressed one's from its
/// own.
fn placed(sample: Sample, start: u32, frames: u32) -> Sample {
    let from = match sample.encoding {
        Encoding::Plain => sample.start,
        Encoding::Vorbis => 0,
    };
    let moved = |at: u32| at.checked_sub(from).and_then(|at| at.checked_add(start));
    let (loop_start, loop_end) = (moved(sample.loop_start), moved(sample.loop_end));
    let sample = Sample { encoding: Encoding::Plain, start, end: start + frames, ..sample };
    sample.with_loop(loop_start.unwrap_or(0), loop_end.unwrap_or(0))
}

fn sample_bytes(sample: &Sample) -> u64 {
    let count = u64::from(sample.end - sample.start);
    match sample.encoding {
        Encoding::Plain => count * 2,
        Encoding::Vorbis => count,
    }
}

/// Stretches of samples that together have about [`BATCH_BYTES`], each of one sample at least.
fn batches(samples: &[Option<Sample>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, sample) in samples.iter().enumerate() {
        bytes += sample.as_ref().map_or(0, sample_bytes);
        if bytes >= BATCH_BYTES || index + 1 == samples.len() {
            found.push(start..index + 1);
            (start, bytes) = (index + 1, 0);
        }
    }
    found
}

/// Decodes some samples on all cores; what comes back is in their order. Those in ROM are empty.
fn decode_batch(
    font: &Font,
    batch: Range<usize>,
    source: &Source,
    budget: &Budget,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<i16>>, Refusal> {
    let results: Vec<Mutex<Result<Vec<i16>, Refusal>>> = batch.clone().map(|_| Mutex::new(Ok(Vec::new()))).collect();
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let goes_on = || goes_on() && !failed.load(Ordering::Relaxed);
    let work = || {
        while goes_on() {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let Some(result) = results.get(nth) else { return };
            let index = batch.start + nth;
            let Some(sample) = font.samples[index] else { continue };
            let decoded = decode(index, &sample, font, source, budget, &goes_on);
            failed.fetch_or(decoded.is_err(), Ordering::Relaxed);
            *result.lock().unwrap_or_else(PoisonError::into_inner) = decoded;
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 1..cores.min(MAX_WORKERS).min(results.len()) {
            // without further threads, this one does it all
            let _ = std::thread::Builder::new().name("SoundFont".into()).spawn_scoped(scope, work);
        }
        work();
    });
    let results = results.into_iter().map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner));
    results.collect()
}

/// One sample's frames; fewer if it was stopped.
fn decode(
    index: usize,
    sample: &Sample,
    font: &Font,
    source: &Source,
    budget: &Budget,
    goes_on: &dyn Fn() -> bool,
) -> Result<Vec<i16>, Refusal> {
    let width = if sample.encoding == Encoding::Plain { 2 } else { 1 };
    let at = |position: u32| font.data.start + u64::from(position) * width;
    let bytes = source.read(at(sample.start)..at(sample.end))?;
    let wrong = |what| Refusal::Sample { index, what };
    if sample.encoding == Encoding::Plain {
        return Ok(bytes.as_chunks().0.iter().map(|&frame| i16::from_le_bytes(frame)).collect());
    }
    let frames = vorbis::decode(&bytes, budget, goes_on).map_err(wrong)?;
    if frames.len() < MIN_SAMPLE_FRAMES as usize && goes_on() {
        return Err(wrong("is too short"));
    }
    Ok(frames)
}
