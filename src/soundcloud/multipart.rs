//! A form with files, as it goes over the line: its length is known before, and files are read as they are sent.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

/// A form being put together.
pub(super) struct Form {
    boundary: String,
    pieces: Vec<Piece>,
}

enum Piece {
    Bytes(Vec<u8>),
    File(File, u64),
}

impl Form {
    /// An empty form. The boundary is random: no file can hold it on purpose.
    pub fn new() -> Self {
        Self { boundary: format!("cantus-{:032x}", rand::random::<u128>()), pieces: Vec::new() }
    }

    /// The type of its content.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// Adds a field; one without a value is left out.
    pub fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            let head = self.head(name, "");
            self.pieces.push(Piece::Bytes([head.as_bytes(), value.as_bytes(), b"\r\n"].concat()));
        }
    }

    /// Adds a file under a name of ours, so that none of the user's paths goes out.
    pub fn file(&mut self, name: &str, shown_name: &str, kind: &str, path: &Path) -> io::Result<()> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let head = self.head(name, &format!("; filename=\"{shown_name}\"\r\nContent-Type: {kind}"));
        self.pieces.push(Piece::Bytes(head.into_bytes()));
        self.pieces.push(Piece::File(file, length));
        self.pieces.push(Piece::Bytes(b"\r\n".to_vec()));
        Ok(())
    }

    /// Adds bytes as a file.
    pub fn bytes(&mut self, name: &str, shown_name: &str, kind: &str, bytes: &[u8]) {
        let head = self.head(name, &format!("; filename=\"{shown_name}\"\r\nContent-Type: {kind}"));
        self.pieces.push(Piece::Bytes([head.as_bytes(), bytes, b"\r\n"].concat()));
    }

    fn head(&self, name: &str, more: &str) -> String {
        format!("--{}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n", self.boundary)
    }

    /// Its length in bytes, and it.
    pub fn finish(mut self) -> (u64, impl Read) {
        self.pieces.push(Piece::Bytes(format!("--{}--\r\n", self.boundary).into_bytes()));
        let mut length = 0;
        let mut all: Box<dyn Read> = Box::new(io::empty());
        for piece in self.pieces {
            all = match piece {
                Piece::Bytes(bytes) => {
                    length += bytes.len() as u64;
                    Box::new(all.chain(Cursor::new(bytes)))
                }
                Piece::File(file, bytes) => {
                    length += bytes;
                    Box::new(all.chain(file.take(bytes)))
                }
            };
        }
        (length, all)
    }
}
