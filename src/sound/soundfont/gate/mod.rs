//! The gate: reads an SF2 or SF3 file strictly into tables in which every index and position is known to be in range.
//!
//! The synth's own loader crashes on damaged fonts (it follows indices, loops and modulator targets without
//! checking), so it never gets a file, only an image that [`super::image`] writes from these tables.
//! Broken structure is refused; what the specification says to ignore (unknown generators, zones without an instrument
//! or sample) is left out. Numbers in comments are sections of the SoundFont 2.04 specification.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::Refusal;
use super::riff::{Chunk, chunks, list, name_of};
use super::source::Source;
use super::tables::{Encoding, Font, Instrument, Modulator, Preset, Sample, Zone, generator};
use crate::one_line::one_line;

// Bounds that real fonts stay far below (the 145 MB FluidR3 has 189 presets, 1,500 samples). The synth's loader walks
// linked lists, so time grows with products of these, and it copies an instrument for each zone that names it.
const MAX_PRESETS: usize = 4096;
const MAX_INSTRUMENTS: usize = 8192;
const MAX_SAMPLES: usize = 16384;
const MAX_ZONES: usize = 65_535;
/// What 16-bit indices reach, and the terminal record.
const MAX_RECORDS: usize = 65_536 + 1;
const MAX_GENERATORS_PER_ZONE: usize = 128;
/// The synth collects a zone's and its global zone's modulators in an array of 64, unchecked.
const MAX_MODULATORS_PER_ZONE: usize = 32;
const MAX_COPIED_ZONES: usize = 200_000;
/// The synth finds samples by comparing names one by one, for every copied zone.
const MAX_NAME_COMPARISONS: usize = 1_000_000_000;
/// Fewer frames than this cannot be interpolated (9.4.2 wants 48; short single cycles exist).
pub(super) const MIN_SAMPLE_FRAMES: u32 = 16;

/// Samples compressed into less than this have no room for Vorbis's three headers.
const MIN_VORBIS_BYTES: u32 = 100;
/// All compressed samples together, as a multiple of the sample data: streams that share bytes would be decoded again
/// and again.
const MAX_SHARED: u64 = 2;

/// Checks a whole source and returns its tables; the sample data stays where it is.
pub(super) fn check(source: &Source) -> Result<Font, Refusal> {
    let whole = 0..source.len();
    let riff = match chunks(source, whole, Some(1)) {
        Err(Refusal::Truncated(of)) if of != "RIFF" => return Err(Refusal::NotASoundFont),
        chunks => chunks?.into_iter().next().ok_or(Refusal::NotASoundFont)?,
    };
    let mut form = [0; 4];
    if riff.id != *b"RIFF" || riff.len() < 4 {
        return Err(Refusal::NotASoundFont);
    }
    source.read_at(riff.body.start, &mut form)?;
    if form != *b"sfbk" {
        return Err(Refusal::NotASoundFont);
    }
    let (mut version, mut data, mut parameters) = (None, None, None);
    for chunk in chunks(source, riff.body.start + 4..riff.body.end, None)? {
        let Some(list) = list(source, &chunk)? else { continue };
        match &list.id {
            b"INFO" => version = read_version(source, list.body)?,
            b"sdta" => data = find(source, list.body, *b"smpl")?,
            b"pdta" => parameters = Some(Parameters::read(source, list.body)?),
            _ => {}
        }
    }
    match version {
        Some(2 | 3) => {}
        Some(version) => return Err(Refusal::Version(version)),
        None => return Err(Refusal::Missing("ifil")),
    }
    let parameters = parameters.ok_or(Refusal::Missing("pdta"))?;
    let data = data.ok_or(Refusal::Missing("smpl"))?;
    assemble(&parameters, data.body)
}

/// The major version: 2, or 3 where samples may be compressed. `None` where it is not said.
fn read_version(source: &Source, within: Range<u64>) -> Result<Option<u16>, Refusal> {
    let Some(chunk) = find(source, within, *b"ifil")? else {
        return Ok(None);
    };
    if chunk.len() < 4 {
        return Ok(None);
    }
    let mut major = [0; 2];
    source.read_at(chunk.body.start, &mut major)?;
    Ok(Some(u16::from_le_bytes(major)))
}

/// The first chunk of that name, the whole list is walked so that a truncated one after it is noticed.
fn find(source: &Source, within: Range<u64>, id: [u8; 4]) -> Result<Option<Chunk>, Refusal> {
    Ok(chunks(source, within, None)?.into_iter().find(|chunk| chunk.id == id))
}

/// The nine tables of `pdta` (7.1), sizes checked, still bytes.
struct Parameters {
    tables: [Vec<u8>; 9],
}

const PHDR: usize = 0;
const PBAG: usize = 1;
const PMOD: usize = 2;
const PGEN: usize = 3;
const INST: usize = 4;
const IBAG: usize = 5;
const IMOD: usize = 6;
const IGEN: usize = 7;
const SHDR: usize = 8;
/// The tables of `pdta` and their records' sizes.
pub(super) const TABLES: [(&str, usize); 9] = [
    ("phdr", 38),
    ("pbag", 4),
    ("pmod", 10),
    ("pgen", 4),
    ("inst", 22),
    ("ibag", 4),
    ("imod", 10),
    ("igen", 4),
    ("shdr", 46),
];

impl Parameters {
    fn read(source: &Source, within: Range<u64>) -> Result<Self, Refusal> {
        let mut tables: [Option<Vec<u8>>; 9] = Default::default();
        for chunk in chunks(source, within, None)? {
            let Some(index) = TABLES.iter().position(|(name, _)| name.as_bytes() == chunk.id) else {
                return Err(Refusal::Unknown(name_of(chunk.id)));
            };
            let (name, record_bytes) = TABLES[index];
            let records = chunk.len() / record_bytes as u64;
            if chunk.len() % record_bytes as u64 != 0 || records == 0 {
                return Err(Refusal::Size(name));
            }
            bounded(records as usize, MAX_RECORDS, "records in a table")?;
            tables[index] = Some(source.read(chunk.body)?);
        }
        let mut found: [Vec<u8>; 9] = Default::default();
        for (index, table) in tables.into_iter().enumerate() {
            found[index] = table.ok_or(Refusal::Missing(TABLES[index].0))?;
        }
        Ok(Self { tables: found })
    }

    /// How many records there are, the last (terminal) one not counted.
    fn count(&self, table: usize) -> usize {
        self.tables[table].len() / TABLES[table].1 - 1
    }

    /// The bytes of a record, the terminal one included.
    fn record(&self, table: usize, index: usize) -> &[u8] {
        let size = TABLES[table].1;
        &self.tables[table][index * size..(index + 1) * size]
    }

    /// A 16-bit field of a record.
    fn u16(&self, table: usize, index: usize, offset: usize) -> u16 {
        let record = self.record(table, index);
        u16::from_le_bytes([record[offset], record[offset + 1]])
    }

    /// The range of `to` that a record's index field opens and the next record's closes; in order and inside.
    fn range(&self, from: usize, index: usize, offset: usize, to: usize) -> Result<Range<usize>, Refusal> {
        let start = usize::from(self.u16(from, index, offset));
        let end = usize::from(self.u16(from, index + 1, offset));
        if start > end || end > self.count(to) {
            return Err(Refusal::Order(TABLES[from].0, index));
        }
        Ok(start..end)
    }
}

fn assemble(parameters: &Parameters, data: Range<u64>) -> Result<Font, Refusal> {
    bounded(parameters.count(PHDR), MAX_PRESETS, "presets")?;
    bounded(parameters.count(INST), MAX_INSTRUMENTS, "instruments")?;
    bounded(parameters.count(SHDR), MAX_SAMPLES, "samples")?;
    bounded(parameters.count(PBAG), MAX_ZONES, "zones")?;
    bounded(parameters.count(IBAG), MAX_ZONES, "zones")?;
    let data_bytes = data.end - data.start;
    // a bad one is refused where something plays it
    let mut bad = BTreeMap::new();
    let checked = |index| {
        sample(parameters, index, data_bytes).unwrap_or_else(|refusal| {
            bad.insert(index, refusal);
            None
        })
    };
    let samples: Vec<Option<Sample>> = (0..parameters.count(SHDR)).map(checked).collect();
    let vorbis = samples.iter().flatten().filter(|sample| sample.encoding == Encoding::Vorbis);
    if vorbis.map(|sample| u64::from(sample.end - sample.start)).sum::<u64>() > MAX_SHARED * data_bytes {
        return Err(Refusal::Shared);
    }
    let mut instruments = Vec::with_capacity(parameters.count(INST));
    let mut bad_instruments = BTreeMap::new();
    for index in 0..parameters.count(INST) {
        let bags = parameters.range(INST, index, 20, IBAG)?;
        let mut zones = zones(parameters, bags, [IBAG, IGEN, IMOD], generator::SAMPLE_ID, samples.len())?;
        let targets = zones.iter().filter_map(|zone| zone.target);
        if let Some(refusal) = targets.map(usize::from).find_map(|target| bad.get(&target)) {
            bad_instruments.insert(index, refusal);
        }
        // Zones of samples that cannot be played (in ROM) are silent anyway.
        zones.retain(|zone| zone.target.is_none_or(|target| samples[usize::from(target)].is_some()));
        instruments.push(Instrument { zones });
    }
    let mut presets = Vec::with_capacity(parameters.count(PHDR));
    for index in 0..parameters.count(PHDR) {
        let bags = parameters.range(PHDR, index, 24, PBAG)?;
        let zones = zones(parameters, bags, [PBAG, PGEN, PMOD], generator::INSTRUMENT, instruments.len())?;
        let (program, bank) = (parameters.u16(PHDR, index, 20), parameters.u16(PHDR, index, 22));
        let targets = zones.iter().filter_map(|zone| zone.target);
        if let Some(refusal) = targets.map(usize::from).find_map(|target| bad_instruments.get(&target)) {
            return Err(Refusal::clone(refusal));
        }
        let sounds = zones.iter().any(|zone| zone.target.is_some());
        if sounds && program <= 127 && bank <= 128 {
            let name = text(&parameters.record(PHDR, index)[..20]);
            presets.push(Preset { program, bank, name, zones });
        }
    }
    if presets.is_empty() {
        return Err(Refusal::NoPresets);
    }
    let copied: usize = presets
        .iter()
        .flat_map(|preset| &preset.zones)
        .filter_map(|zone| zone.target)
        .map(|target| instruments[usize::from(target)].zones.len().max(1))
        .sum();
    bounded(copied, MAX_COPIED_ZONES, "zones in all presets together")?;
    bounded(copied * samples.len(), MAX_NAME_COMPARISONS, "zones and samples together")?;
    Ok(Font { presets, instruments, samples, data })
}

fn bounded(count: usize, most: usize, what: &'static str) -> Result<(), Refusal> {
    if count > most { Err(Refusal::TooMany { what, count, most }) } else { Ok(()) }
}

/// A name of the file's, fit to be shown: UTF-8, else Latin-1, up to the first zero, without control characters.
fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    let read =
        std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned);
    one_line(&read, usize::MAX).trim().to_owned()
}

/// One sample's header (7.10); `None` for a sample in ROM, which no computer has.
fn sample(parameters: &Parameters, index: usize, data_bytes: u64) -> Result<Option<Sample>, Refusal> {
    let record = parameters.record(SHDR, index);
    let u32_at = |offset: usize| {
        u32::from_le_bytes([record[offset], record[offset + 1], record[offset + 2], record[offset + 3]])
    };
    let kind = parameters.u16(SHDR, index, 44);
    if kind & 0x8000 != 0 {
        return Ok(None);
    }
    let (encoding, most, least) = if kind & 0x10 != 0 {
        (Encoding::Vorbis, data_bytes, MIN_VORBIS_BYTES)
    } else {
        (Encoding::Plain, data_bytes / 2, MIN_SAMPLE_FRAMES)
    };
    let wrong = |what| Err(Refusal::Sample { index, what });
    let (start, end) = (u32_at(20), u32_at(24));
    if start >= end || u64::from(end) > most {
        return wrong("lies outside the sample data");
    }
    if end - start < least {
        return wrong("is too short");
    }
    let rate_hz = u32_at(36);
    if !(400..=192_000).contains(&rate_hz) {
        return wrong("has an impossible rate");
    }
    let (loop_start, loop_end) = (u32_at(28), u32_at(32));
    let sample = Sample {
        encoding,
        start,
        end,
        loop_start,
        loop_end,
        rate_hz,
        root_key: if record[40] <= 127 { record[40] } else { 60 }, // 255: no pitch of its own (7.10)
        correction_cents: record[41].cast_signed(),
    };
    Ok(Some(match encoding {
        Encoding::Plain => sample.with_loop(loop_start, loop_end),
        Encoding::Vorbis => sample,
    }))
}

/// The zones of a preset or instrument: a global one first if there is one, then those with a target in range.
fn zones(
    parameters: &Parameters,
    bags: Range<usize>,
    [bag, generators, modulators]: [usize; 3],
    target_id: u16,
    targets: usize,
) -> Result<Vec<Zone>, Refusal> {
    let mut zones = Vec::with_capacity(bags.len());
    for (position, index) in bags.enumerate() {
        let mut zone = Zone::default();
        let range = parameters.range(bag, index, 0, generators)?;
        bounded(range.len(), MAX_GENERATORS_PER_ZONE, "generators in a zone")?;
        for at in range {
            let (id, amount) = (parameters.u16(generators, at, 0), parameters.u16(generators, at, 2));
            if id == target_id {
                if usize::from(amount) >= targets {
                    return Err(Refusal::Order(TABLES[generators].0, at));
                }
                zone.target = Some(amount);
                break; // what follows is to be ignored (8.1.2)
            }
            if generator::is_usable(id, amount, target_id == generator::SAMPLE_ID) {
                zone.set(id, amount);
            }
        }
        for at in parameters.range(bag, index, 2, modulators)? {
            let field = |offset| parameters.u16(modulators, at, offset);
            let modulator =
                Modulator { source: field(0), destination: field(2), amount: field(4), amount_source: field(6) };
            let linear = field(8) == 0;
            if linear && modulator.is_usable() && zone.modulators.len() < MAX_MODULATORS_PER_ZONE {
                zone.modulators.push(modulator);
            }
        }
        // A zone without a target is the global one where it comes first, and to be ignored elsewhere (7.3, 7.7).
        if zone.target.is_some() || (position == 0 && !zone.is_empty()) {
            zones.push(zone);
        }
    }
    Ok(zones)
}

#[cfg(test)]
mod tests;
