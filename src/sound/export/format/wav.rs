//! RIFF WAVE, by hound; the title as a `LIST INFO` chunk after the sound.

use std::cell::RefCell;
use std::io::{self, Seek, SeekFrom, Write};
use std::rc::Rc;

use super::super::encoder::{EncodeError, Encoder, Output};
use super::super::quantise::{Depth, Quantiser};

/// See the module.
pub(super) struct Wav<'a> {
    writer: hound::WavWriter<Shared<'a>>,
    out: Shared<'a>,
    /// `None` where samples stay floating point.
    quantiser: Option<Quantiser>,
    title: String,
}

impl<'a> Wav<'a> {
    pub fn new(out: Box<dyn Output + 'a>, sample_rate: u32, depth: Depth, title: String) -> Result<Self, EncodeError> {
        let is_float = depth == Depth::Float32;
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate,
            bits_per_sample: depth.bits(),
            sample_format: if is_float { hound::SampleFormat::Float } else { hound::SampleFormat::Int },
        };
        let out = Shared(Rc::new(RefCell::new(out)));
        Ok(Self {
            writer: hound::WavWriter::new(out.clone(), spec).map_err(encode_error)?,
            out,
            quantiser: (!is_float).then(|| Quantiser::new(depth)),
            title,
        })
    }
}

impl Encoder for Wav<'_> {
    fn write(&mut self, samples: &[f32]) -> Result<(), EncodeError> {
        for &sample in samples {
            match &mut self.quantiser {
                Some(quantiser) => self.writer.write_sample(quantiser.quantise(sample)),
                None => self.writer.write_sample(sample),
            }
            .map_err(encode_error)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), EncodeError> {
        self.writer.finalize().map_err(encode_error)?;
        let mut out = self.out;
        if !self.title.is_empty() {
            let list = info_list(&self.title);
            let end = out.seek(SeekFrom::End(0))?;
            out.write_all(&list)?;
            let size = end + list.len() as u64 - 8; // all but "RIFF" and this number itself
            if let Ok(size) = u32::try_from(size) {
                out.seek(SeekFrom::Start(4))?;
                out.write_all(&size.to_le_bytes())?;
            }
        }
        Ok(out.flush()?)
    }
}

/// `LIST INFO` with the title (`INAM`), each chunk of an even length.
fn info_list(title: &str) -> Vec<u8> {
    let mut text = title.as_bytes().to_vec();
    text.push(0);
    let mut chunk = b"INFOINAM".to_vec();
    chunk.extend((text.len() as u32).to_le_bytes());
    chunk.extend(&text);
    if !text.len().is_multiple_of(2) {
        chunk.push(0);
    }
    let mut list = b"LIST".to_vec();
    list.extend((chunk.len() as u32).to_le_bytes());
    list.extend(chunk);
    list
}

fn encode_error(error: hound::Error) -> EncodeError {
    match error {
        hound::Error::IoError(error) => error.into(),
        other => EncodeError::refused(other),
    }
}

/// hound keeps its writer to itself, and we need it again for the tags.
#[derive(Clone)]
struct Shared<'a>(Rc<RefCell<Box<dyn Output + 'a>>>);

impl Write for Shared<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

impl Seek for Shared<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.borrow_mut().seek(to)
    }
}
