//! The computer keyboard as a piano: A to ' are white and black keys from C on, Z and X change the octave, C and V how
//! hard they strike. Physical keys, so that every layout of letters plays the same.

use eframe::egui::{Context, Event, Key as KeyboardKey};

use super::event::PianoEvent;
use super::keyboard_layout::KeyboardLayout;
use crate::music::{Pitch, Velocity};

/// The keys in order of semitones above the octave's C, as their physical places are named.
const PLAYED: [KeyboardKey; 18] = [
    KeyboardKey::A,
    KeyboardKey::W,
    KeyboardKey::S,
    KeyboardKey::E,
    KeyboardKey::D,
    KeyboardKey::F,
    KeyboardKey::T,
    KeyboardKey::G,
    KeyboardKey::Y,
    KeyboardKey::H,
    KeyboardKey::U,
    KeyboardKey::J,
    KeyboardKey::K,
    KeyboardKey::O,
    KeyboardKey::L,
    KeyboardKey::P,
    KeyboardKey::Semicolon,
    KeyboardKey::Quote,
];

/// How much C and V change the velocity.
const VELOCITY_STEP: i32 = 16;

/// What the computer keyboard holds and where it plays.
#[derive(Clone, Debug)]
pub struct ComputerKeys {
    /// Whether they play at all; the window shows it.
    pub enabled: bool,
    octave: u8,
    velocity: Velocity,
    held: Vec<(KeyboardKey, Pitch)>,
    layout: KeyboardLayout,
}

impl Default for ComputerKeys {
    fn default() -> Self {
        Self {
            enabled: false,
            octave: 4,
            velocity: Velocity::DEFAULT,
            held: Vec::new(),
            layout: KeyboardLayout::Qwerty,
        }
    }
}

impl ComputerKeys {
    /// The octave of the key A; 4 has middle C.
    pub const fn octave(&self) -> u8 {
        self.octave
    }

    /// Moves the octave of the key A, within 0 to 8. Notes held go on.
    pub const fn shift_octave(&mut self, octaves: i8) {
        let octave = self.octave.saturating_add_signed(octaves);
        self.octave = if octave > 8 { 8 } else { octave };
    }

    /// Takes the letters of the keys from the system, where it says which they are.
    pub fn ask_system(&mut self) {
        self.layout = KeyboardLayout::of_system().unwrap_or(self.layout);
    }

    /// The letter that plays a pitch now, as it stands on its key.
    pub fn letter(&self, pitch: Pitch) -> Option<&'static str> {
        let above = pitch.get().checked_sub((self.octave + 1) * 12)?;
        let key = PLAYED.get(usize::from(above))?;
        Some(self.layout.letter(*key))
    }

    /// Takes its keys out of the window's input and says what they play.
    ///
    /// To be called before anything else reads the keys. While text is being typed, and with Ctrl or Alt held, the
    /// keys are left alone. When the window loses focus or the piano is switched off, everything is released.
    pub fn update(&mut self, ctx: &Context) -> Vec<PianoEvent> {
        self.learn_layout(ctx);
        let typing = ctx.text_edit_focused();
        let focused = ctx.input(|state| state.focused);
        if !self.enabled || !focused || typing {
            return self.release_all();
        }
        let mut played = Vec::new();
        ctx.input_mut(|state| {
            state.events.retain(|event| !self.take(event, &mut played));
        });
        played
    }

    /// What a key means tells the layout.
    fn learn_layout(&mut self, ctx: &Context) {
        ctx.input(|state| {
            for event in &state.events {
                if let Event::Key { key, physical_key: Some(place), pressed: true, .. } = event {
                    self.layout = self.layout.after(*place, *key);
                }
            }
        });
    }

    /// Releases every key that is held.
    pub fn release_all(&mut self) -> Vec<PianoEvent> {
        let velocity = self.velocity;
        let off = |(_, pitch)| PianoEvent { pitch, velocity, on: false };
        self.held.drain(..).map(off).collect()
    }

    /// Plays an event; tells whether it was one of ours.
    fn take(&mut self, event: &Event, played: &mut Vec<PianoEvent>) -> bool {
        let Event::Key { key, physical_key, pressed, repeat, modifiers } = event else {
            return false;
        };
        let key = physical_key.unwrap_or(*key);
        if !pressed {
            return self.let_go(key, played);
        }
        // what was held with this very key: by the end of a slow frame it may have been let go
        if modifiers.command || modifiers.ctrl || modifiers.alt {
            return false;
        }
        if let Some(above) = PLAYED.iter().position(|played| *played == key) {
            self.strike(key, above as u8, played);
            return true;
        }
        let change = i32::from(!repeat);
        match key {
            KeyboardKey::Z => self.shift_octave(-(change as i8)),
            KeyboardKey::X => self.shift_octave(change as i8),
            KeyboardKey::C => {
                self.velocity = Velocity::clamped(i32::from(self.velocity.get()) - change * VELOCITY_STEP);
            }
            KeyboardKey::V => {
                self.velocity = Velocity::clamped(i32::from(self.velocity.get()) + change * VELOCITY_STEP);
            }
            _ => return false,
        }
        true
    }

    /// A key goes down; held keys repeat, which strikes nothing.
    fn strike(&mut self, key: KeyboardKey, above: u8, played: &mut Vec<PianoEvent>) {
        let already = self.held.iter().any(|(held, _)| *held == key);
        if let Some(pitch) = Pitch::new((self.octave + 1) * 12 + above).filter(|_| !already) {
            self.held.push((key, pitch));
            let velocity = self.velocity;
            played.push(PianoEvent { pitch, velocity, on: true });
        }
    }

    /// A key goes up: the pitch that it struck ends, whatever the octave is by now.
    fn let_go(&mut self, key: KeyboardKey, played: &mut Vec<PianoEvent>) -> bool {
        let Some(at) = self.held.iter().position(|(held, _)| *held == key) else {
            return false;
        };
        let (_, pitch) = self.held.swap_remove(at);
        let velocity = self.velocity;
        played.push(PianoEvent { pitch, velocity, on: false });
        true
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Modifiers, RawInput};

    use super::*;

    fn key(key: KeyboardKey, pressed: bool) -> Event {
        let at = KeyboardKey::ALL.iter().position(|other| *other == key).unwrap();
        let elsewhere = KeyboardKey::ALL[(at + 7) % KeyboardKey::ALL.len()];
        Event::Key {
            key: elsewhere, // what the layout says does not matter
            physical_key: Some(key),
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        }
    }

    /// What is played, and how many events are left for the others.
    fn frame(
        ctx: &Context,
        keys: &mut ComputerKeys,
        focused: bool,
        modifiers: Modifiers,
        events: Vec<Event>,
    ) -> (Vec<(u8, bool)>, usize) {
        let held = |mut event: Event| {
            if let Event::Key { modifiers: with, .. } = &mut event {
                *with = modifiers;
            }
            event
        };
        let mut input = RawInput { focused, events: events.into_iter().map(held).collect(), ..RawInput::default() };
        // let go again within the same frame: what counts is what was held with the key
        input.events.push(Event::ModifiersChanged(Modifiers::NONE));
        let mut seen = (Vec::new(), 0);
        let mut output = ctx.run_ui(input, |ui| {
            let played = keys.update(ui.ctx());
            let left = ui.input(|state| state.events.iter().filter(|event| matches!(event, Event::Key { .. })).count());
            seen = (played.iter().map(|event| (event.pitch.get(), event.on)).collect(), left);
        });
        output.textures_delta.clear(); // nothing is drawn here
        seen
    }

    fn enabled() -> ComputerKeys {
        ComputerKeys { enabled: true, ..ComputerKeys::default() }
    }

    #[test]
    fn physical_keys_play_and_repeats_do_not() {
        let (ctx, mut keys) = (Context::default(), enabled());
        let plain = Modifiers::NONE;
        let down = frame(&ctx, &mut keys, true, plain, vec![key(KeyboardKey::A, true), key(KeyboardKey::W, true)]);
        assert_eq!(down, (vec![(60, true), (61, true)], 0));
        let again = frame(&ctx, &mut keys, true, plain, vec![key(KeyboardKey::A, true)]);
        assert_eq!(again, (vec![], 0), "a repeat is swallowed");
        let octave = frame(&ctx, &mut keys, true, plain, vec![key(KeyboardKey::X, true), key(KeyboardKey::A, false)]);
        assert_eq!(octave.0, [(60, false)], "the pitch that was struck ends, not the one an octave above");
        let high = frame(&ctx, &mut keys, true, plain, vec![key(KeyboardKey::A, true)]);
        assert_eq!(high.0, [(72, true)]);
        assert_eq!(keys.letter(Pitch::clamped(73)), Some("W"));
        assert_eq!(keys.letter(Pitch::clamped(71)), None);
    }

    #[test]
    fn lost_focus_and_switching_off_release_everything() {
        let (ctx, mut keys) = (Context::default(), enabled());
        frame(&ctx, &mut keys, true, Modifiers::NONE, vec![key(KeyboardKey::A, true), key(KeyboardKey::G, true)]);
        let (mut released, _) = frame(&ctx, &mut keys, false, Modifiers::NONE, vec![]);
        released.sort_unstable();
        assert_eq!(released, [(60, false), (67, false)]);
        frame(&ctx, &mut keys, true, Modifiers::NONE, vec![key(KeyboardKey::D, true)]);
        keys.enabled = false;
        assert_eq!(
            frame(&ctx, &mut keys, true, Modifiers::NONE, vec![key(KeyboardKey::A, true)]),
            (vec![(64, false)], 1)
        );
    }

    #[test]
    fn commands_and_other_keys_are_left_alone() {
        let (ctx, mut keys) = (Context::default(), enabled());
        assert_eq!(frame(&ctx, &mut keys, true, Modifiers::COMMAND, vec![key(KeyboardKey::A, true)]), (vec![], 1));
        assert_eq!(frame(&ctx, &mut keys, true, Modifiers::NONE, vec![key(KeyboardKey::Space, true)]), (vec![], 1));
    }

    #[test]
    fn octave_and_velocity_have_ends() {
        let mut keys = enabled();
        (0..20).for_each(|_| keys.shift_octave(1));
        assert_eq!(keys.octave(), 8);
        (0..20).for_each(|_| keys.shift_octave(-1));
        assert_eq!(keys.octave(), 0);
        let ctx = Context::default();
        for _ in 0..20 {
            let press = vec![key(KeyboardKey::C, true), key(KeyboardKey::C, false)];
            frame(&ctx, &mut keys, true, Modifiers::NONE, press);
        }
        assert_eq!(keys.velocity.get(), 1);
    }
}
