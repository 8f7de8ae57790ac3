//! Devices that files name (Cakewalk, Logic): each is a port of its own.

use super::text;

/// The first port that no file can give by number.
const FIRST_PORT: usize = 128;

/// The names so far.
#[derive(Debug, Default)]
pub struct Devices(Vec<Vec<u8>>);

impl Devices {
    /// The port of a device. The first one is port 0, which tracks have that name none.
    pub fn port(&mut self, name: &[u8]) -> u8 {
        let name = text::kept(name);
        let known = self.0.iter().position(|device| device == name);
        let device = known.unwrap_or_else(|| {
            if self.0.len() < FIRST_PORT {
                self.0.push(name.to_vec());
            }
            self.0.len() - 1
        });
        if device == 0 { 0 } else { (FIRST_PORT + device - 1) as u8 }
    }
}
