//! Renders, encodes, and puts the files in their places: all of them, or none.

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::encoder::{Encoder, Output};
use super::format::Format;
use super::loudness::{self, Meter, from_db};
use super::options::{ExportError, ExportOptions, Exported};
use super::spool::Spool;
use crate::music::instruments::program_name;
use crate::music::{Part, Score, excerpt};
use crate::sound::render::{LONGEST_TAIL_SECONDS, frames_of, render, render_stem};
use crate::sound::soundfont::SoundFont;
use crate::sound::soundfont::error::SoundFontError;
use crate::whole_file::{WholeFile, name_from_title};

/// What a pass that measures or encodes costs compared with one that renders, for the progress.
const LIGHT_PASS: f64 = 0.2;
/// How often a mix is measured until its gain is found.
const USUAL_ROUNDS: u32 = 3;

/// Writes a score as sound, as it is heard: muted parts are left out.
///
/// `progress` gets the share that is done, from 0 to 1, and cancels the export by breaking. The same score, font and
/// options give the same bytes. The stems are taken before the master limiter, so that they add up to its input.
///
/// # Errors
/// See [`ExportError`]; no file is left behind then.
pub fn export(
    score: &Score,
    font: &SoundFont,
    path: &Path,
    options: &ExportOptions,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Exported, ExportError> {
    export_through(score, font, path, options, progress, &|file| Box::new(BufWriter::new(file)))
}

/// The parts that get a file of their own, with its path; none unless stems are wanted.
pub fn stem_paths(score: &Score, mix: &Path, options: &ExportOptions) -> Vec<(usize, PathBuf)> {
    let has_stem = |&index: &usize| options.stems && score.is_audible(index) && !score.parts[index].notes.is_empty();
    let digits = score.parts.len().to_string().len();
    let path = |index: usize| {
        let number = format!("{:0digits$}", index + 1);
        (index, stem_path(mix, &number, &score.parts[index], options.format.ending()))
    };
    (0..score.parts.len()).filter(has_stem).map(path).collect()
}

/// The path of a stem, next to the mix: `Song - 2 Bass.wav`. Numbers keep names unique and in order.
pub(super) fn stem_path(mix: &Path, number: &str, part: &Part, ending: &str) -> PathBuf {
    let song = mix.file_stem().unwrap_or_default().to_string_lossy();
    let instrument = if part.is_drum { "Drums" } else { program_name(part.program) };
    let name = match name_from_title(&part.name) {
        name if name.is_empty() => name_from_title(instrument),
        name => name,
    };
    mix.with_file_name(format!("{song} - {number} {name}.{ending}"))
}

/// The same with wrapped files: for tests of a full disk.
pub(super) fn export_through(
    score: &Score,
    font: &SoundFont,
    path: &Path,
    options: &ExportOptions,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    open: &dyn Fn(File) -> Box<dyn Output>,
) -> Result<Exported, ExportError> {
    let cut = options.range.clone().map(|range| excerpt::excerpt(score, range));
    let score = cut.as_ref().unwrap_or(score);
    let stems = stem_paths(score, path, options);
    let stem_passes = if options.format.goes_beyond_full_scale() { 1.0 } else { 2.0 };
    let passes = 1.0
        + if options.loudness.is_some() { f64::from(USUAL_ROUNDS + 1) * LIGHT_PASS } else { 0.0 }
        + stem_passes * stems.len() as f64;
    let work = Work { score, font, path, options, open };
    let mut progress =
        Progress { report: progress, passes, passes_done: 0.0, expected_frames: check_length(score, options)? };
    let (mix, mut exported) = work.mix(&mut progress)?;
    let mut files = vec![mix];
    files.extend(work.stems(&stems, &mut exported, &mut progress)?);
    exported.files = files.iter().map(|file| file.path.clone()).collect();
    keep_all(files)?;
    Ok(exported)
}

/// Checks rate and length; returns the frames to come, without the tail.
fn check_length(score: &Score, options: &ExportOptions) -> Result<u64, ExportError> {
    let rate = options.sample_rate_hz;
    let format = options.format.name();
    if !options.format.takes_rate(rate) {
        return Err(ExportError::Rate { sample_rate_hz: rate, format });
    }
    let frames = frames_of(score, rate);
    let longest = frames + (LONGEST_TAIL_SECONDS * f64::from(rate)) as u64;
    if let Format::Wav(depth) = options.format
        && longest.saturating_mul(u64::from(depth.bits()) / 4) > u64::from(u32::MAX) - 1024
    {
        let minutes = frames as f64 / f64::from(rate) / 60.0;
        return Err(ExportError::TooLong { minutes, format });
    }
    Ok(frames)
}

/// How far the export is.
struct Progress<'a> {
    report: &'a mut dyn FnMut(f32) -> ControlFlow<()>,
    /// Passes over the whole piece; one that renders counts 1.
    passes: f64,
    passes_done: f64,
    expected_frames: u64,
}

impl Progress<'_> {
    /// A pass of some weight has come to a frame.
    fn at(&mut self, frame: u64, weight: f64) -> Result<(), ExportError> {
        let of_pass = frame as f64 / self.expected_frames.max(1) as f64;
        let share = (self.passes_done + weight * of_pass.min(1.0)) / self.passes;
        if (self.report)(share.min(1.0) as f32).is_break() {
            return Err(ExportError::Cancelled);
        }
        Ok(())
    }

    fn pass_done(&mut self, weight: f64) {
        self.passes_done += weight;
    }
}

/// A file being encoded.
struct Track<'a> {
    file: WholeFile,
    path: PathBuf,
    encoder: Box<dyn Encoder + 'a>,
}

/// A finished file that is not in its place yet.
struct Written {
    file: WholeFile,
    path: PathBuf,
}

impl Track<'_> {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        self.encoder.write(samples).map_err(|error| ExportError::encode(error, &self.path))
    }

    fn finish(self) -> Result<Written, ExportError> {
        self.encoder.finish().map_err(|error| ExportError::encode(error, &self.path))?;
        Ok(Written { file: self.file, path: self.path })
    }
}

/// What all passes need.
struct Work<'a> {
    score: &'a Score,
    font: &'a SoundFont,
    path: &'a Path,
    options: &'a ExportOptions,
    open: &'a dyn Fn(File) -> Box<dyn Output>,
}

impl<'a> Work<'a> {
    fn begin(&self, path: PathBuf, title: &str) -> Result<Track<'a>, ExportError> {
        let options = self.options;
        let file = WholeFile::create(&path).map_err(|error| ExportError::write(error, &path))?;
        let out = (self.open)(file.handle().map_err(|error| ExportError::write(error, &path))?);
        let encoder = options
            .format
            .encoder(options.sample_rate_hz, title, out)
            .map_err(|error| ExportError::encode(error, &path))?;
        Ok(Track { file, path, encoder })
    }

    fn mix(&self, progress: &mut Progress<'_>) -> Result<(Written, Exported), ExportError> {
        let mut exported = Exported { files: Vec::new(), frames: 0, peak: 0.0, loudness: None, stems_gain_db: 0.0 };
        let mut track = self.begin(self.path.to_owned(), &self.score.title)?;
        let (score, font, rate) = (self.score, self.font, self.options.sample_rate_hz);
        let loudness = self.options.loudness;
        let spool = loudness.map(|wanted| Spool::create(self.path).map(|spool| (wanted, spool, Meter::new(rate))));
        let mut spool = spool.transpose()?;
        rendered(
            |sink| render(score, font, rate, sink),
            |samples| {
                exported.frames += samples.len() as u64 / 2;
                if let Some((_, spool, meter)) = &mut spool {
                    meter.add(samples);
                    spool.write(samples)?;
                } else {
                    exported.peak = exported.peak.max(peak_of(samples));
                    track.write(samples)?;
                }
                progress.at(exported.frames, 1.0)
            },
        )?;
        progress.pass_done(1.0);
        if let Some((wanted, mut spool, meter)) = spool {
            let mut rounds = 0;
            let (gain, found) = loudness::normalise::<ExportError>(wanted, rate, &meter, |gain, meter| {
                rounds += 1;
                spool.read(gain, |samples, frames| {
                    meter.add(samples);
                    progress.at(frames, LIGHT_PASS)
                })?;
                if rounds < USUAL_ROUNDS {
                    progress.pass_done(LIGHT_PASS); // further rounds repeat the last one's progress
                }
                Ok(())
            })?;
            progress.passes_done = 1.0 + f64::from(USUAL_ROUNDS) * LIGHT_PASS;
            spool.read(&gain, |samples, frames| {
                exported.peak = exported.peak.max(peak_of(samples));
                track.write(samples)?;
                progress.at(frames, LIGHT_PASS)
            })?;
            progress.pass_done(LIGHT_PASS);
            exported.loudness = Some(found);
            exported.stems_gain_db = found.gain_db;
        }
        Ok((track.finish()?, exported))
    }

    fn stems(
        &self,
        parts: &[(usize, PathBuf)],
        exported: &mut Exported,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<Written>, ExportError> {
        let gain = from_db(exported.stems_gain_db);
        let mut highest = 0.0_f32;
        if !self.options.format.goes_beyond_full_scale() {
            for (part, _) in parts {
                self.stem(*part, exported.frames, progress, |samples| {
                    highest = highest.max(peak_of(samples));
                    Ok(())
                })?;
            }
        }
        let reduction = if highest * gain > 1.0 { 1.0 / (highest * gain) } else { 1.0 };
        let gain = gain * reduction;
        exported.stems_gain_db += 20.0 * f64::from(reduction).log10();
        let mut written = Vec::new();
        for (index, path) in parts {
            let part = &self.score.parts[*index];
            let title = match (self.score.title.as_str(), part.name.as_str()) {
                ("", name) => name.to_owned(),
                (title, name) => format!("{title} - {name}"),
            };
            let mut track = self.begin(path.clone(), &title)?;
            let mut scaled = Vec::new();
            self.stem(*index, exported.frames, progress, |samples| {
                scaled.clear();
                scaled.extend(samples.iter().map(|sample| sample * gain));
                track.write(&scaled)
            })?;
            written.push(track.finish()?);
        }
        Ok(written)
    }

    /// Renders one part alone, before the limiter, as long as the mix.
    fn stem(
        &self,
        part: usize,
        frames: u64,
        progress: &mut Progress<'_>,
        mut take: impl FnMut(&[f32]) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let mut frame = 0;
        rendered(
            |sink| render_stem(self.score, self.font, self.options.sample_rate_hz, part, frames, sink),
            |samples| {
                take(samples)?;
                frame += samples.len() as u64 / 2;
                progress.at(frame, 1.0)
            },
        )?;
        progress.pass_done(1.0);
        Ok(())
    }
}

/// Runs a render until its taker fails.
fn rendered(
    render: impl FnOnce(&mut dyn FnMut(&[f32]) -> ControlFlow<()>) -> Result<(), SoundFontError>,
    mut take: impl FnMut(&[f32]) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut stopped = None;
    render(&mut |samples| match take(samples) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            stopped = Some(error);
            ControlFlow::Break(())
        }
    })?;
    stopped.map_or(Ok(()), Err)
}

/// Puts the files in their places; if one fails, those that are new are deleted again.
fn keep_all(files: Vec<Written>) -> Result<(), ExportError> {
    let mut new: Vec<PathBuf> = Vec::new();
    for written in files {
        let was_there = written.path.exists();
        if let Err(error) = written.file.keep() {
            for path in new {
                drop(std::fs::remove_file(path)); // the first failure is the one to report
            }
            return Err(ExportError::write(error, &written.path));
        }
        if !was_there {
            new.push(written.path);
        }
    }
    Ok(())
}

fn peak_of(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}
