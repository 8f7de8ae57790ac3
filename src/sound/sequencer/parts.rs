//! What the synth was last sent for each part: sets instruments, controllers and notes to what they should be, and
//! fades muted parts.

use crate::music::Control;
use crate::sound::block::MAX_PARTS;
use crate::sound::mixer::{CHORUS, PAN, REVERB, VOLUME};
use crate::sound::schedule::{Event, EventKind, Mix, PartSetup, PartState, State, UNSET};
use crate::sound::synth::{Message, Receiver};

/// Blocks between turning a muted part down and ending its voices: long enough for the fader's own ramp, against
/// clicks.
const FADE_BLOCKS: u8 = 3;
const EXPRESSION: u8 = 11;
const BANK: [usize; 2] = [0, 32];
const SUSTAIN: usize = 64;
const SOSTENUTO: usize = 66;

/// See the module.
pub(super) struct Parts {
    /// What the synth was sent.
    sent: State,
    /// What it should have been sent: scratch for jumps.
    pub wanted: State,
    mixes: Box<[Mix]>,
    /// Blocks until a muted part's voices are ended.
    fading: Box<[u8]>,
}

impl Parts {
    pub fn new() -> Self {
        Self {
            sent: State::default(),
            wanted: State::default(),
            mixes: vec![Mix::DEFAULT; MAX_PARTS].into(),
            fading: vec![0; MAX_PARTS].into(),
        }
    }

    /// A part that was not there before.
    pub fn add(&mut self, part: usize, setup: PartSetup, synth: &mut dyn Receiver) {
        self.mixes[part] = setup.mix;
        self.sent.parts[part].program = setup.program;
        self.sent.parts[part].is_drum = setup.is_drum;
        self.send_setup(part, synth);
    }

    /// All of a part again, with no notes held: for another synth, or after its sound was ended.
    pub fn resend(&mut self, part: usize, synth: &mut dyn Receiver) {
        self.sent.parts[part].held = [0; 128];
        self.send_setup(part, synth);
    }

    /// A part's place in the mix, at once. Whether it has become audible, and its notes are to be started.
    pub fn set_mix(&mut self, part: usize, mix: Mix, synth: &mut dyn Receiver) -> bool {
        let before = std::mem::replace(&mut self.mixes[part], mix);
        if before == mix {
            return false;
        }
        // A moved fader overrides what the score sent before; the score's next controller overrides it in turn.
        let controllers = &mut self.sent.parts[part].controllers;
        for (number, is_moved) in [
            (VOLUME, before.volume != mix.volume),
            (PAN, before.pan != mix.pan),
            (REVERB, before.reverb != mix.reverb),
            (CHORUS, before.chorus != mix.chorus),
        ] {
            if is_moved {
                controllers[usize::from(number)] = UNSET;
            }
        }
        match (before.is_audible(), mix.is_audible()) {
            (true, false) => {
                synth.send(part, Message::Controller(VOLUME, 0));
                synth.send(part, Message::Controller(EXPRESSION, 0));
                self.fading[part] = FADE_BLOCKS;
            }
            (false, true) => {
                self.finish_fade(part, synth);
                self.send_mix(part, synth);
                return true;
            }
            (true, true) => self.send_mix(part, synth),
            (false, false) => {}
        }
        false
    }

    /// Once a block: ends the voices of a muted part whose fade is over.
    pub fn continue_fade(&mut self, part: usize, synth: &mut dyn Receiver) {
        match self.fading[part] {
            0 => {}
            1 => self.finish_fade(part, synth),
            _ => self.fading[part] -= 1,
        }
    }

    /// Ends notes that should not be held.
    pub fn end_unwanted_notes(&mut self, part: usize, synth: &mut dyn Receiver) {
        let (sent, wanted) = (&mut self.sent.parts[part], &self.wanted.parts[part]);
        for pitch in 0..128 {
            if sent.held[pitch] > 0 && wanted.held[pitch] == 0 {
                sent.held[pitch] = 0;
                synth.send(part, Message::NoteOff(pitch as u8));
            }
        }
    }

    /// Starts notes that should be held.
    pub fn start_wanted_notes(&mut self, part: usize, synth: &mut dyn Receiver) {
        if !self.mixes[part].is_audible() {
            return;
        }
        for pitch in 0..128 {
            let velocity = self.wanted.parts[part].held[pitch];
            if velocity > 0 && self.sent.parts[part].held[pitch] == 0 {
                self.sent.parts[part].held[pitch] = velocity;
                synth.send(part, Message::NoteOn(pitch as u8, velocity));
            }
        }
    }

    /// Starts a note that only the pedal holds, unless its key is down.
    pub fn start_pedalled(&self, (part, pitch, velocity): (usize, u8, u8), synth: &mut dyn Receiver) {
        if self.mixes[part].is_audible() && self.sent.parts[part].held[usize::from(pitch)] == 0 {
            synth.send(part, Message::NoteOn(pitch, velocity));
            synth.send(part, Message::NoteOff(pitch));
        }
    }

    /// Sends the differences between what was sent and `wanted`, except notes.
    pub fn send_changes(&mut self, part: usize, synth: &mut dyn Receiver) {
        let (sent, wanted) = (&mut self.sent.parts[part], &self.wanted.parts[part]);
        let instrument_changes = sent.program != wanted.program || sent.is_drum != wanted.is_drum;
        (sent.program, sent.is_drum) = (wanted.program, wanted.is_drum);
        let is_gone = |number: usize| sent.controllers[number] != UNSET && wanted.controllers[number] == UNSET;
        let bank_changes = BANK.into_iter().any(|number| sent.controllers[number] != wanted.controllers[number]);
        if (0..128).any(is_gone) || bank_changes || !sent.parameters.can_become(&wanted.parameters) {
            sent.controllers = wanted.controllers;
            sent.parameters = wanted.parameters;
            (sent.bend, sent.pressure) = (wanted.bend, wanted.pressure);
            return self.send_setup(part, synth);
        }
        for number in 0..128 {
            let value = wanted.controllers[number];
            if value != sent.controllers[number] {
                sent.controllers[number] = value;
                if !(number == usize::from(VOLUME) && self.fading[part] > 0) {
                    synth.send(part, Message::Controller(number as u8, value));
                }
            }
        }
        if sent.parameters != wanted.parameters {
            sent.parameters = wanted.parameters;
            wanted.parameters.for_each(|number, value| synth.send(part, Message::Controller(number, value)));
        }
        if sent.bend != wanted.bend {
            sent.bend = wanted.bend;
            synth.send(part, Message::PitchBend(wanted.bend));
        }
        if sent.pressure != wanted.pressure {
            sent.pressure = wanted.pressure;
            synth.send(part, Message::Pressure(wanted.pressure));
        }
        if instrument_changes {
            let (program, is_drum) = (wanted.program, wanted.is_drum);
            synth.send(part, Message::Instrument { program, is_drum });
        }
    }

    /// Sends everything about a part except its notes.
    fn send_setup(&self, part: usize, synth: &mut dyn Receiver) {
        let sent: &PartState = &self.sent.parts[part];
        synth.send(part, Message::ResetControllers);
        self.send_mix(part, synth);
        for (number, &value) in (0_u8..).zip(&sent.controllers) {
            if value != UNSET && !matches!(number, VOLUME | PAN | REVERB | CHORUS) {
                synth.send(part, Message::Controller(number, value));
            }
        }
        sent.parameters.for_each(|number, value| synth.send(part, Message::Controller(number, value)));
        synth.send(part, Message::PitchBend(sent.bend));
        synth.send(part, Message::Pressure(sent.pressure));
        synth.send(part, Message::Instrument { program: sent.program, is_drum: sent.is_drum });
    }

    /// Sends volume, pan and effect sends: the score's last controllers, else the part's place in the mix.
    fn send_mix(&self, part: usize, synth: &mut dyn Receiver) {
        let (sent, mix) = (&self.sent.parts[part], self.mixes[part]);
        let mut send = |number: u8, otherwise: u8| {
            let value = sent.controllers[usize::from(number)];
            synth.send(part, Message::Controller(number, if value == UNSET { otherwise } else { value }));
        };
        if self.fading[part] == 0 {
            send(VOLUME, mix.volume);
            send(EXPRESSION, 127);
        }
        send(PAN, mix.pan);
        send(REVERB, mix.reverb);
        send(CHORUS, mix.chorus);
    }

    fn finish_fade(&mut self, part: usize, synth: &mut dyn Receiver) {
        if self.fading[part] > 0 {
            self.fading[part] = 0;
            synth.send(part, Message::Silence);
            self.sent.parts[part].held = [0; 128];
            self.send_mix(part, synth);
        }
    }

    /// Releases all keys and pedals.
    pub fn end_notes(&mut self, part: usize, synth: &mut dyn Receiver) {
        let sent = &mut self.sent.parts[part];
        let is_down = |pedal: usize| sent.controllers[pedal] != UNSET && sent.controllers[pedal] >= 64;
        let down = [SUSTAIN, SOSTENUTO].map(is_down);
        if down.contains(&true) || sent.held.iter().any(|velocity| *velocity > 0) {
            sent.held = [0; 128];
            synth.send(part, Message::ReleaseAll);
            for (pedal, _) in [SUSTAIN, SOSTENUTO].into_iter().zip(down).filter(|(_, down)| *down) {
                sent.controllers[pedal] = 0;
            }
        }
    }

    /// Sends an event that is due.
    pub fn send_event(&mut self, event: Event, synth: &mut dyn Receiver) {
        let part = usize::from(event.part);
        let held = &mut self.sent.parts[part].held;
        match event.kind {
            EventKind::NoteOff { pitch } => {
                if std::mem::take(&mut held[usize::from(pitch)]) > 0 {
                    synth.send(part, Message::NoteOff(pitch));
                }
            }
            EventKind::NoteOn { pitch, velocity } => {
                if self.mixes[part].is_audible() {
                    if std::mem::replace(&mut held[usize::from(pitch)], velocity) > 0 {
                        synth.send(part, Message::NoteOff(pitch));
                    }
                    synth.send(part, Message::NoteOn(pitch, velocity));
                }
            }
            EventKind::Control(control) => {
                self.sent.apply(event.part, event.kind);
                self.send_control(part, control, synth);
            }
        }
    }

    fn send_control(&mut self, part: usize, control: Control, synth: &mut dyn Receiver) {
        let message = match control {
            Control::Controller { number: 121, .. } => return self.send_setup(part, synth),
            Control::Controller { number: VOLUME | EXPRESSION, .. } if self.fading[part] > 0 => return,
            Control::Controller { number: 120, .. } => Message::Silence,
            Control::Controller { number: 123..=127, .. } => Message::ReleaseAll,
            Control::Controller { number, value } => Message::Controller(number, value),
            Control::PitchBend(bend) => Message::PitchBend(bend),
            Control::Pressure(value) => Message::Pressure(value),
            Control::KeyPressure { pitch, value } => Message::KeyPressure(pitch.get(), value),
            Control::Program(program) => Message::Instrument { program, is_drum: self.sent.parts[part].is_drum },
        };
        synth.send(part, message);
    }
}
