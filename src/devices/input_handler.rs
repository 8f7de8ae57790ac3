//! What happens to an input's messages on the driver's thread.

use std::sync::Arc;

use crossbeam_channel::Sender;

use super::event::KeyboardEvent;
use super::profile::{Control, Profile, SharedButtons};
use super::waker::Waker;
use crate::music::Stamped;

/// Where messages go: called on the driver's thread, so it must not wait, lock or allocate.
pub type Sink = Box<dyn FnMut(Stamped) + Send>;

/// Handles an input's messages on the driver's thread: transport buttons become events, the rest goes to the sink.
/// Tracks what is held, so that it can be released when the keyboard is unplugged.
pub struct InputHandler {
    name: Arc<str>,
    sink: Sink,
    events: Sender<KeyboardEvent>,
    waker: Option<Waker>,
    profile: Option<&'static Profile>,
    /// The user's own buttons (MIDI learn), before the profile's.
    buttons: Arc<SharedButtons>,
    last_value: [u8; 128],
    /// A bit per key, per channel.
    keys: [u128; 16],
    /// A bit per channel and controller 64 to 69, the pedals.
    pedals: [u8; 16],
    /// A bit per channel whose pitch wheel is not in the middle.
    bent: u16,
    /// A bit per channel with pressure.
    pressed: u16,
}

impl InputHandler {
    pub(super) fn new(
        name: Arc<str>,
        sink: Sink,
        events: Sender<KeyboardEvent>,
        waker: Option<Waker>,
        buttons: Arc<SharedButtons>,
    ) -> Self {
        Self {
            profile: Profile::find(&name),
            name,
            sink,
            events,
            waker,
            buttons,
            last_value: [0; 128],
            keys: [0; 16],
            pedals: [0; 16],
            bent: 0,
            pressed: 0,
        }
    }

    /// Handles one message from the driver. Other messages than those of a channel (clock, active sensing, system
    /// exclusive) and incomplete or damaged ones are ignored. Neither locks nor allocates, as long as the sink does
    /// not.
    pub fn receive(&mut self, stamp_micros: u64, bytes: &[u8]) {
        let message = match *bytes {
            [status @ (0x80..=0xBF | 0xE0..=0xEF), first @ ..=127, second @ ..=127] => [status, first, second],
            [status @ 0xC0..=0xDF, first @ ..=127] => [status, first, 0],
            _ => return,
        };
        if message[0] & 0xF0 == 0xB0 && self.handle_controller(stamp_micros, message[1], message[2]) {
            return;
        }
        self.track(message);
        self.send(stamp_micros, message);
        self.wake();
    }

    /// Releases what is held, as the player would: note-offs, pedals up, wheels to the middle.
    pub fn release(&mut self, stamp_micros: u64) {
        for channel in 0..16_u8 {
            let (keys, pedals) = (self.keys[usize::from(channel)], self.pedals[usize::from(channel)]);
            for key in (0..128_u8).filter(|key| keys >> key & 1 == 1) {
                self.send(stamp_micros, [0x80 | channel, key, 64]);
            }
            for pedal in (0..6_u8).filter(|pedal| pedals >> pedal & 1 == 1) {
                self.send(stamp_micros, [0xB0 | channel, 64 + pedal, 0]);
            }
            if self.bent >> channel & 1 == 1 {
                self.send(stamp_micros, [0xE0 | channel, 0, 64]);
            }
            if self.pressed >> channel & 1 == 1 {
                self.send(stamp_micros, [0xD0 | channel, 0, 0]);
            }
        }
        (self.keys, self.pedals, self.bent, self.pressed) = ([0; 16], [0; 16], 0, 0);
    }

    fn send(&mut self, stamp_micros: u64, message: [u8; 3]) {
        (self.sink)(Stamped { stamp_micros, message });
    }

    /// Sends an event for a button or knob; whether the controller is a transport button and no music.
    fn handle_controller(&mut self, stamp_micros: u64, number: u8, value: u8) -> bool {
        let before = std::mem::replace(&mut self.last_value[usize::from(number)], value);
        let learned = self.buttons.get().control(number);
        let control = learned.or_else(|| self.profile.and_then(|profile| profile.control(number)));
        let name = self.name.clone();
        let (event, is_button) = match control {
            Some(Control::Button { button, mode }) => {
                if !mode.is_press(before, value) {
                    return true;
                }
                let event = KeyboardEvent::Button { name, button, stamp_micros };
                (event, true)
            }
            Some(Control::Knob(knob)) => {
                let event = KeyboardEvent::Knob { name, knob, number, value };
                (event, false)
            }
            None => (KeyboardEvent::Controller { name, number, value }, false),
        };
        // a full channel means that nobody is listening; the music must not wait for that
        if self.events.try_send(event).is_ok() {
            self.wake();
        }
        is_button
    }

    fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake();
        }
    }

    fn track(&mut self, [status, first, second]: [u8; 3]) {
        let channel = usize::from(status & 0x0F);
        let set = |bits: u16, on: bool| bits & !(1 << channel) | u16::from(on) << channel;
        match status & 0xF0 {
            0x90 if second > 0 => self.keys[channel] |= 1 << first,
            0x80 | 0x90 => self.keys[channel] &= !(1 << first),
            0xB0 if (64..70).contains(&first) => {
                let bit = 1 << (first - 64);
                self.pedals[channel] = self.pedals[channel] & !bit | if second > 0 { bit } else { 0 };
            }
            0xD0 => self.pressed = set(self.pressed, first > 0),
            0xE0 => self.bent = set(self.bent, (first, second) != (0, 64)),
            _ => {}
        }
    }
}
