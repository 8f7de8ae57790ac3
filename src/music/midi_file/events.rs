//! The events of a track as other programs write them: damage is passed over and counted.

use crate::music::{Control, Pitch};

/// What a channel is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// A key is let go.
    NoteOff(Pitch),
    /// A key is struck; velocity at least 1.
    NoteOn(Pitch, u8),
    /// Everything else.
    Control(Control),
}

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Of a channel, 0 to 15.
    Channel(u8, Message),
    /// Of the file: kind and data.
    Meta(u8, &'a [u8]),
    /// For a synthesiser, without the byte that begins it.
    SysEx(&'a [u8]),
}

/// What was passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Values above 127, taken as 127.
    pub clipped: usize,
    /// Events on keys and controllers that do not exist.
    pub out_of_range: usize,
    /// Bytes that belong to no event.
    pub stray: usize,
    /// Times and lengths of more than four bytes.
    pub long_numbers: usize,
    /// Meta events whose data make no sense.
    pub odd: usize,
}

/// The largest number of variable length.
const MAX_NUMBER: u64 = 0x0FFF_FFFF;

/// The events of a track with the ticks from one to the next.
#[derive(Debug)]
pub struct Events<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The status that data without one belong to. It survives meta and system events.
    running: Option<u8>,
    /// What was passed over so far.
    pub faults: Faults,
    /// Where nothing more could be made of the bytes.
    pub gave_up_at: Option<usize>,
}

impl<'a> Events<'a> {
    /// Of the bytes behind a track's head.
    pub const fn new(bytes: &'a [u8]) -> Self {
        let faults = Faults { clipped: 0, out_of_range: 0, stray: 0, long_numbers: 0, odd: 0 };
        Self { bytes, at: 0, running: None, faults, gave_up_at: None }
    }

    /// How far it has come, in bytes.
    pub const fn place(&self) -> usize {
        self.at
    }

    /// A number of variable length; more than four bytes are taken where they say nothing more.
    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u64;
        for (index, &byte) in self.bytes.get(self.at..)?.iter().enumerate() {
            number = number << 7 | u64::from(byte & 0x7F);
            if number > MAX_NUMBER {
                return None;
            }
            if byte < 0x80 {
                self.at += index + 1;
                self.faults.long_numbers += usize::from(index >= 4);
                return Some(number as u32);
            }
        }
        None
    }

    /// Data of the length that is written before them, if the track has so much.
    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let data = self.bytes.get(self.at..)?.get(..length)?;
        self.at += length;
        Some(data)
    }

    /// A data byte of a channel's message, clipped.
    fn value(&mut self) -> Option<u8> {
        let byte = self.raw()?;
        self.faults.clipped += usize::from(byte > 127);
        Some(byte.min(127))
    }

    fn raw(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    /// The message of a status; the inner one is `None` where its key or controller does not exist.
    #[expect(clippy::option_option, reason = "a message that ends early is not one that says nothing")]
    fn message(&mut self, status: u8) -> Option<Option<Message>> {
        let first = self.raw()?;
        let key = Pitch::new(first);
        let control = |number: u8, value| Message::Control(Control::Controller { number, value });
        let message = match status >> 4 {
            0x8 => {
                self.raw()?;
                key.map(Message::NoteOff)
            }
            0x9 => {
                let velocity = self.value()?;
                key.map(|key| if velocity == 0 { Message::NoteOff(key) } else { Message::NoteOn(key, velocity) })
            }
            0xA => {
                let value = self.value()?;
                key.map(|pitch| Message::Control(Control::KeyPressure { pitch, value }))
            }
            0xB => {
                let value = self.value()?;
                key.map(|_| control(first, value))
            }
            _ => {
                self.faults.clipped += usize::from(first > 127);
                let first = first.min(127);
                Some(Message::Control(match status >> 4 {
                    0xC => Control::Program(first),
                    0xD => Control::Pressure(first),
                    _ => Control::PitchBend((i16::from(self.value()?) << 7 | i16::from(first)) - 8192),
                }))
            }
        };
        self.faults.out_of_range += usize::from(message.is_none());
        Some(message)
    }

    /// Skips data that belong to no event, up to the next time: what lies before a status.
    fn skip_stray(&mut self) {
        let mut data = self.bytes[self.at..].iter().take_while(|byte| **byte < 0x80).count();
        let behind = &self.bytes[self.at + data..];
        let number = behind.iter().take_while(|byte| **byte >= 0x80).count() + 1;
        let is_time = behind.is_empty() || behind.get(number).is_some_and(|byte| *byte >= 0x80);
        data -= usize::from(!is_time); // the last one is the time, and a status follows
        self.at += data;
        self.faults.stray += data;
    }

    fn step(&mut self, delta: &mut u32) -> Option<Event<'a>> {
        loop {
            *delta = delta.saturating_add(self.number()?);
            let first = *self.bytes.get(self.at)?;
            let status = match first {
                0xFF => {
                    let kind = *self.bytes.get(self.at + 1)?;
                    self.at += 2;
                    return self.sized().map(|data| Event::Meta(kind, data));
                }
                0xF0 | 0xF7 => {
                    self.at += 1;
                    return self.sized().map(Event::SysEx);
                }
                // other system messages have no place in a file; skipped with their data
                0xF1 | 0xF3 => {
                    self.at += 2;
                    continue;
                }
                0xF2 => {
                    self.at += 3;
                    continue;
                }
                0xF4.. => {
                    self.at += 1;
                    continue;
                }
                0x80.. => {
                    self.at += 1;
                    self.running = Some(first);
                    first
                }
                _ => {
                    if let Some(running) = self.running {
                        running
                    } else {
                        self.skip_stray();
                        if self.at >= self.bytes.len() {
                            return None;
                        }
                        continue;
                    }
                }
            };
            if let Some(message) = self.message(status)? {
                return Some(Event::Channel(status & 0xF, message));
            }
        }
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = (u32, Event<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.gave_up_at.is_some() || self.at >= self.bytes.len() {
            return None;
        }
        let (before, mut delta) = (self.at, 0);
        let event = self.step(&mut delta);
        if event.is_none() && (self.running.is_some() || self.at < self.bytes.len()) {
            self.gave_up_at = Some(before);
        }
        event.map(|event| (delta, event))
    }
}
