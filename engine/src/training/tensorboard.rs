//! The curves as `TensorBoard` reads them: an event file of framed protocol-buffer messages.
//!
//! Only what a scalar takes is written by hand here: `Event { wall_time, step, summary { value { tag, simple_value } }
//! }`.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::records::RecordFile;

/// An event file of one process; a resumed run begins another, and `TensorBoard` reads them as one.
#[derive(Debug)]
pub struct EventFile(RecordFile);

impl EventFile {
    /// Begins a file in the run's folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn create(folder: &Path) -> std::io::Result<Self> {
        let name = format!("events.out.tfevents.{:010}.cantus.{}", wall_time() as u64, std::process::id());
        let mut file = Self(RecordFile::open(&folder.join(name))?);
        let mut event = double(1, wall_time());
        event.extend(bytes(3, b"brain.Event:2"));
        file.record(&event)?;
        Ok(file)
    }

    /// Adds what is there of the points of one iteration.
    ///
    /// # Errors
    /// What the system says.
    pub fn append(&mut self, iteration: u64, points: &[(impl AsRef<str>, Option<f64>)]) -> std::io::Result<()> {
        let mut summary = Vec::new();
        for (tag, value) in points.iter().filter_map(|(tag, value)| value.map(|value| (tag, value))) {
            let mut point = bytes(1, tag.as_ref().as_bytes());
            point.push(2 << 3 | 5);
            point.extend((value as f32).to_le_bytes());
            summary.extend(bytes(1, &point));
        }
        let mut event = double(1, wall_time());
        event.push(2 << 3);
        event.extend(varint(iteration));
        event.extend(bytes(5, &summary));
        self.record(&event)
    }

    fn record(&mut self, data: &[u8]) -> std::io::Result<()> {
        let length = (data.len() as u64).to_le_bytes();
        let mut record = Vec::with_capacity(data.len() + 16);
        record.extend(length);
        record.extend(masked(crc32c(&length)).to_le_bytes());
        record.extend(data);
        record.extend(masked(crc32c(data)).to_le_bytes());
        self.0.add(&record)
    }
}

fn wall_time() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut coded = Vec::new();
    while number >= 0x80 {
        coded.push(number as u8 | 0x80);
        number >>= 7;
    }
    coded.push(number as u8);
    coded
}

fn bytes(field: u8, data: &[u8]) -> Vec<u8> {
    let mut coded = vec![field << 3 | 2];
    coded.extend(varint(data.len() as u64));
    coded.extend(data);
    coded
}

fn double(field: u8, number: f64) -> Vec<u8> {
    let mut coded = vec![field << 3 | 1];
    coded.extend(number.to_le_bytes());
    coded
}

/// Castagnoli's checksum, bit by bit: a record is a hundred bytes.
fn crc32c(data: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82F6_3B78 } else { crc >> 1 };
        }
    }
    !crc
}

/// Checksums within checksummed data are masked so (`TensorFlow`, `crc32c.h`).
const fn masked(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xA282_EAD8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_and_numbers_are_as_published() {
        assert_eq!(crc32c(b"123456789"), 0xE306_9283); // RFC 3720, B.4
        assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
        assert_eq!(varint(300), [0xAC, 0x02]);
    }

    #[test]
    fn a_file_is_whole_records_with_the_points_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EventFile::create(folder.path()).unwrap();
        file.append(300, &[("loss/critic", Some(1.5)), ("similarity/S", None)]).unwrap();
        let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let data = std::fs::read(path).unwrap();
        let mut records = Vec::new();
        let mut rest = data.as_slice();
        while !rest.is_empty() {
            let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
            assert_eq!(rest[8..12], masked(crc32c(&rest[..8])).to_le_bytes());
            let body = &rest[12..12 + length];
            assert_eq!(rest[12 + length..16 + length], masked(crc32c(body)).to_le_bytes());
            records.push(body.to_vec());
            rest = &rest[16 + length..];
        }
        assert_eq!(records.len(), 2);
        assert!(records[0].ends_with(b"brain.Event:2"));
        let point = [&[0x0A, 11][..], b"loss/critic", &[0x15], &1.5_f32.to_le_bytes()].concat();
        assert!(records[1].ends_with(&point));
        assert_eq!(records[1][9..12], [0x10, 0xAC, 0x02]);
        assert!(!records[1].windows(12).any(|window| window == b"similarity/S"));
    }
}
