//! What is heard: the player, the SoundFont, and the studio's own way into them.
//!
//! Everything here only sends messages; the audio callback never waits for the window nor the window for it.

use std::{ops::Range, sync::Arc, time::Instant};

use crate::{
    clock,
    music::{Score, Tick},
    sound::{
        Buffer, Faults, LiveInput, OutputEvent, OutputState, Peaks, Player, PlayerOptions, Position, Priority,
        SoundFont, Wake, unheard,
    },
};

/// The SoundFont, as people need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FontState {
    /// It is being looked for or read.
    Loading,
    /// It sounds.
    Loaded(String),
    /// There is none; why.
    None(String),
}

/// The studio's end of the sound.
pub struct Sound {
    player: Option<Player>,
    live: Option<LiveInput>,
    enabled: bool,
    /// The SoundFont that plays, for rendering too.
    pub font: Option<SoundFont>,
    /// What of it is told.
    pub font_state: FontState,
    /// The outputs of this computer.
    pub outputs: Vec<String>,
    sent: Option<Arc<Score>>,
    /// The parts of that which cannot be heard.
    unheard: Vec<usize>,
    /// Where the playhead rests while there is no player yet.
    resting: Tick,
    live_instrument: Option<(u8, bool)>,
    metronome: (bool, f32),
    looped: Option<Range<Tick>>,
}

impl Sound {
    /// Silent until [`Self::start`]; for ever where sound is not wanted.
    pub fn new(enabled: bool) -> Self {
        Self {
            player: None,
            live: None,
            enabled,
            font: None,
            font_state: FontState::Loading,
            outputs: Vec::new(),
            sent: None,
            unheard: Vec::new(),
            resting: 0,
            live_instrument: None,
            metronome: (false, 0.6),
            looped: None,
        }
    }

    /// Starts the player; `wake` is called when there is something to be shown. Tells whether sound is wanted at all,
    /// so that SoundFonts are to be looked for.
    pub fn start(&mut self, wake: Wake, device: Option<String>, buffer: Buffer) -> bool {
        let player = Player::start(PlayerOptions {
            device: if self.enabled { device } else { Some("no sound wanted".to_owned()) },
            buffer,
            falls_back: self.enabled,
            wake: Some(wake),
            ..PlayerOptions::default()
        });
        self.live = Some(player.live_input());
        player.set_metronome(self.metronome.0, self.metronome.1);
        player.set_loop(self.looped.clone());
        self.player = Some(player);
        if !self.enabled {
            self.font_state = FontState::None("sound is off".into());
        }
        self.enabled
    }

    /// The SoundFont that was found at the start, if one was.
    pub fn take_font(&mut self, font: Option<SoundFont>) {
        let Some(font) = font else {
            self.font_state = FontState::None("no SoundFont was found on this computer".into());
            return;
        };
        self.with_player(|player| player.set_soundfont(font.clone()));
        self.note_font(font);
    }

    /// The player plays with this from now on.
    pub fn note_font(&mut self, font: SoundFont) {
        self.font_state = FontState::Loaded(font.name().to_owned());
        self.font = Some(font);
        self.find_unheard();
    }

    /// The parts of a score that cannot be heard, in order. None of a score that is not the one that is heard.
    pub fn unheard(&self, score: &Arc<Score>) -> &[usize] {
        let is_heard = self.sent.as_ref().is_some_and(|sent| Arc::ptr_eq(sent, score));
        if is_heard { &self.unheard } else { &[] }
    }

    /// Why the part at an index, one of those, cannot be heard: a sentence without its full stop.
    pub fn why_unheard(&self, score: &Score, index: usize) -> String {
        unheard::why(self.font.as_ref().map_or("", SoundFont::name), score, index)
    }

    fn find_unheard(&mut self) {
        self.unheard = match (&self.font, &self.sent) {
            (Some(font), Some(score)) => unheard::unheard(font, score),
            _ => Vec::new(),
        };
    }

    /// The player, for those who need all of it.
    pub fn player(&self) -> Option<&Player> {
        self.player.as_ref()
    }

    /// Where the sound goes.
    pub fn output(&self) -> OutputState {
        self.player.as_ref().map_or(OutputState::Opening, Player::output)
    }

    /// What happened to the output since this was last asked.
    pub fn output_events(&self) -> Vec<OutputEvent> {
        self.player.as_ref().map(|player| player.events().collect()).unwrap_or_default()
    }

    /// What went wrong since the start, or since it was last forgotten.
    pub fn faults(&self) -> Faults {
        self.player.as_ref().map(Player::faults).unwrap_or_default()
    }

    /// The same for people.
    pub fn fault_words(&self) -> String {
        words(self.faults())
    }

    /// How the system treats the thread that sounds.
    pub fn priority(&self) -> Priority {
        self.player.as_ref().map(Player::priority).unwrap_or_default()
    }

    /// Another output or buffer size.
    pub fn set_output(&self, device: Option<String>, buffer: Buffer) {
        if let Some(player) = &self.player {
            player.set_output(device, buffer);
        }
    }

    /// Where the music is.
    pub fn position(&self) -> Position {
        self.player.as_ref().map_or(
            Position { tick: f64::from(self.resting), playing: false, count_in_beats_left: None },
            Player::position,
        )
    }

    /// Where the music was that was heard at that instant, within the last second or so.
    pub fn position_at(&self, instant: Instant) -> Position {
        self.player.as_ref().map_or_else(|| self.position(), |player| player.position_at(instant))
    }

    /// How loud it is.
    pub fn peaks(&self) -> Peaks {
        self.player.as_ref().map(Player::peaks).unwrap_or_default()
    }

    /// Hands the score to the player where it is another one than before.
    pub fn keep_up(&mut self, score: &Arc<Score>) {
        if self.sent.as_ref().is_some_and(|sent| Arc::ptr_eq(sent, score)) {
            return;
        }
        if let Some(player) = &self.player {
            player.set_score(score);
            self.sent = Some(Arc::clone(score));
            self.find_unheard();
        }
    }

    /// The instrument that live notes sound with.
    pub fn set_live_instrument(&mut self, program: u8, is_drum: bool) {
        if self.live_instrument != Some((program, is_drum))
            && let Some(player) = &self.player
        {
            player.set_live_instrument(program, is_drum);
            self.live_instrument = Some((program, is_drum));
        }
    }

    /// Sounds a message from the window's own keys.
    pub fn live(&mut self, message: [u8; 3]) {
        if let Some(live) = &mut self.live {
            live.send(clock::now_micros(), message);
        }
    }

    /// Click or not, and how loudly (0 to 1).
    pub fn set_metronome(&mut self, on: bool, volume: f32) {
        self.metronome = (on, volume);
        if let Some(player) = &self.player {
            player.set_metronome(on, volume);
        }
    }

    /// Plays this range round and round, or no more.
    pub fn set_loop(&mut self, range: Option<Range<Tick>>) {
        if self.looped != range {
            self.looped.clone_from(&range);
            if let Some(player) = &self.player {
                player.set_loop(range);
            }
        }
    }

    /// Goes there.
    pub fn seek(&mut self, tick: Tick) {
        self.resting = tick;
        if let Some(player) = &self.player {
            player.seek(tick);
        }
    }

    /// Plays, pauses, stops, silences: whatever the player can do at once.
    pub fn with_player(&self, act: impl FnOnce(&Player)) {
        if let Some(player) = &self.player {
            act(player);
        }
    }
}

fn words(faults: Faults) -> String {
    let some = [
        (faults.dropouts, "dropout", "dropouts"),
        (faults.late_buffers, "buffer late", "buffers late"),
        (faults.late_notes, "note late", "notes late"),
        (faults.lost_notes, "note lost", "notes lost"),
    ];
    let told: Vec<String> = some
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    if told.is_empty() { "None".into() } else { told.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_in_words() {
        assert_eq!(words(Faults::default()), "None");
        let faults = Faults { dropouts: 1, late_notes: 2, ..Faults::default() };
        assert_eq!(words(faults), "1 dropout, 2 notes late");
    }
}
