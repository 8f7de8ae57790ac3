use super::*;
use crate::music::{Control, ControlEvent, Part, Score, TempoChange, TempoMap};
use crate::sound::synth::Synth as _;
use crate::sound::testing::{ClickSynth, Log, held, note, score};

const RATE_HZ: u32 = 48_000;
/// At 120 quarters a minute and 48 kHz, a quarter lasts this many frames.
const QUARTER: u64 = 24_000;

struct Rig {
    sequencer: Sequencer,
    synth: Box<ClickSynth>,
    clicker: Clicker,
    log: Log,
    frame: u64,
}

impl Rig {
    fn new(score: &Score) -> Self {
        let (mut synth, log) = ClickSynth::new();
        let mut sequencer = Sequencer::new(RATE_HZ);
        sequencer.set_schedule(Arc::new(Schedule::compile(score)), &mut *synth);
        Self { sequencer, synth, clicker: Clicker::new(RATE_HZ), log, frame: 0 }
    }

    /// As the callback does it, in blocks of 64.
    fn run(&mut self, frames: u64) {
        let end = self.frame + frames;
        while self.frame < end {
            self.sequencer.begin_block(&mut *self.synth);
            let mut left_over = (end - self.frame).min(64);
            while left_over > 0 {
                self.sequencer.dispatch(&mut *self.synth, &mut self.clicker);
                let frames = self.sequencer.frames_until_next(left_over);
                self.synth.advance(frames as usize);
                self.sequencer.advance(frames);
                self.frame += frames;
                left_over -= frames;
            }
            self.synth.finish_block();
        }
    }

    fn play(&mut self) {
        self.sequencer.play(&mut *self.synth);
    }

    /// Frames of note-ons of a channel.
    fn onsets(&self, channel: usize) -> Vec<(u64, u8)> {
        let log = self.log.lock().unwrap();
        let onset = |&(frame, of, message): &(u64, usize, Message)| match message {
            Message::NoteOn(pitch, _) if of == channel => Some((frame, pitch)),
            _ => None,
        };
        log.iter().filter_map(onset).collect()
    }

    fn last(&self, channel: usize, wanted: impl Fn(Message) -> bool) -> Option<Message> {
        let log = self.log.lock().unwrap();
        log.iter().rev().find(|(_, of, message)| *of == channel && wanted(*message)).map(|(_, _, message)| *message)
    }

    fn clear_log(&self) {
        self.log.lock().unwrap().clear();
    }
}

#[test]
fn every_onset_is_on_its_frame_through_tempo_changes() {
    let mut random = fastrand::Rng::with_seed(3);
    let notes = (0..2000).map(|index| note(index * 61 + random.u32(0..50), 60, 30)).collect();
    let mut score = score(vec![notes]);
    score.tempo = TempoMap::from_changes(
        (0..80)
            .map(|index| TempoChange { tick: index * 1501, micros_per_quarter: random.u32(180_000..900_000) })
            .collect(),
    );
    let mut rig = Rig::new(&score);
    rig.play();
    rig.run(u64::from(RATE_HZ) * 130);
    let seen: Vec<u64> = rig.onsets(0).into_iter().map(|(frame, _)| frame).collect();
    let wanted: Vec<u64> = score.parts[0]
        .notes
        .iter()
        .map(|note| {
            let exact = u128::from(score.tempo.exact_from_tick(note.start));
            ((exact * u128::from(RATE_HZ) + 240_000_000) / 480_000_000) as u64
        })
        .collect();
    assert_eq!(seen, wanted);
}

#[test]
fn a_loop_goes_round_exactly_and_leaves_nothing_hanging() {
    // one note runs over the loop's end, one over its start
    let score = score(vec![vec![note(0, 40, 960), note(480, 60, 240), note(1200, 64, 4000)]]);
    let mut rig = Rig::new(&score);
    rig.sequencer.set_loop(Some(480..1440));
    rig.play();
    rig.run(QUARTER * 3 + QUARTER * 2 * 50);
    let starts: Vec<u64> =
        rig.onsets(0).into_iter().filter(|(_, pitch)| *pitch == 60).map(|(frame, _)| frame).collect();
    let wanted: Vec<u64> = (0..51).map(|pass| QUARTER + pass * QUARTER * 2).collect();
    assert_eq!(starts, wanted);
    // at the seam the long note ends and the held one starts again
    let seam = QUARTER * 3;
    let at_seam: Vec<Message> =
        rig.log.lock().unwrap().iter().filter(|(frame, ..)| *frame == seam).map(|(_, _, message)| *message).collect();
    assert!(at_seam.contains(&Message::ReleaseAll));
    assert!(at_seam.contains(&Message::NoteOn(40, 100)));
    rig.sequencer.pause(&mut *rig.synth);
    assert!(held(&rig.log, 0).is_empty());
}

#[test]
fn seeking_chases_instrument_controllers_wheel_and_held_notes() {
    let mut part = Part::new("Lead", 3);
    part.notes = vec![note(0, 60, 1920), note(960, 67, 100)];
    let at = |tick, control| ControlEvent { tick, control };
    part.controls = vec![
        at(10, Control::Controller { number: 1, value: 55 }),
        at(20, Control::PitchBend(1234)),
        at(30, Control::Program(44)),
        at(1500, Control::Controller { number: 1, value: 99 }),
    ];
    let score = Score { parts: vec![Arc::new(part)], ..Score::default() };
    let mut rig = Rig::new(&score);
    rig.sequencer.seek(1000, &mut *rig.synth);
    assert_eq!(
        rig.last(0, |message| matches!(message, Message::Instrument { .. })),
        Some(Message::Instrument { program: 44, is_drum: false })
    );
    assert_eq!(rig.last(0, |message| matches!(message, Message::Controller(1, _))), Some(Message::Controller(1, 55)));
    assert_eq!(rig.last(0, |message| matches!(message, Message::PitchBend(_))), Some(Message::PitchBend(1234)));
    assert!(held(&rig.log, 0).is_empty(), "nothing sounds while stopped");
    rig.play();
    rig.run(64);
    assert_eq!(held(&rig.log, 0), [60, 67]);
    // back to before all of it: the wheel and the controller go back, too
    rig.clear_log();
    rig.sequencer.seek(0, &mut *rig.synth);
    assert_eq!(
        rig.last(0, |message| matches!(message, Message::Instrument { .. })),
        Some(Message::Instrument { program: 3, is_drum: false })
    );
    assert!(rig.last(0, |message| message == Message::ResetControllers).is_some());
    assert_eq!(rig.last(0, |message| matches!(message, Message::PitchBend(_))), Some(Message::PitchBend(0)));
}

#[test]
fn seeking_chases_what_the_pedal_holds() {
    let notes = vec![note(0, 60, 240), note(480, 64, 2000), note(3840, 72, 480)];
    let mut part = Part { notes, ..Part::new("Organ", 19) };
    let pedal = |tick, value| ControlEvent { tick, control: Control::Controller { number: 64, value } };
    part.controls = vec![pedal(0, 127), pedal(1920, 0)];
    let mut rig = Rig::new(&Score { parts: vec![Arc::new(part)], ..Score::default() });
    let mut from = |tick: Tick| {
        rig.sequencer.seek(tick, &mut *rig.synth);
        rig.clear_log();
        rig.play();
        rig.run(64);
        let onsets: Vec<u8> = rig.onsets(0).into_iter().map(|(_, pitch)| pitch).collect();
        let is_let_go = rig.last(0, |message| message == Message::NoteOff(60)).is_some();
        rig.sequencer.pause(&mut *rig.synth);
        (onsets, is_let_go)
    };
    assert_eq!(from(960), (vec![64, 60], true));
    assert_eq!(from(1920), (vec![64], false));
    assert_eq!(from(2640), (vec![], false));
}

#[test]
fn a_swap_keeps_what_goes_on_and_ends_what_is_gone() {
    let before = score(vec![vec![note(0, 60, 4000), note(0, 64, 4000)]]);
    let after = score(vec![vec![note(0, 60, 4000), note(0, 67, 4000)], vec![note(480, 72, 100)]]);
    let mut rig = Rig::new(&before);
    rig.play();
    rig.run(1000);
    rig.clear_log();
    rig.sequencer.set_schedule(Arc::new(Schedule::compile(&after)), &mut *rig.synth);
    let messages: Vec<Message> =
        rig.log.lock().unwrap().iter().filter(|(_, of, _)| *of == 0).map(|entry| entry.2).collect();
    assert_eq!(messages, [Message::NoteOff(64), Message::NoteOn(67, 100)]);
    rig.run(QUARTER);
    assert_eq!(rig.onsets(1), [(QUARTER, 72)]);
}

#[test]
fn another_tempo_keeps_the_place_in_the_music() {
    let mut rig = Rig::new(&score(vec![vec![note(1920, 60, 100)]]));
    rig.play();
    rig.run(QUARTER * 2);
    let mut slower = score(vec![vec![note(1920, 60, 100)]]);
    slower.tempo = TempoMap::constant(60.0);
    rig.sequencer.set_schedule(Arc::new(Schedule::compile(&slower)), &mut *rig.synth);
    rig.run(QUARTER * 5);
    assert_eq!(rig.onsets(0), [(QUARTER * 6, 60)]);
}

#[test]
fn mute_and_solo_act_at_once_and_come_back() {
    let mix = |audible| Mix { audible, ..Mix::DEFAULT };
    let mut rig = Rig::new(&score(vec![vec![note(0, 60, 4000), note(480, 62, 480)]]));
    rig.play();
    rig.run(1000);
    rig.clear_log();
    rig.sequencer.set_mix(0, mix(false), &mut *rig.synth);
    assert_eq!(rig.last(0, |message| matches!(message, Message::Controller(7, _))), Some(Message::Controller(7, 0)));
    rig.run(640);
    assert_eq!(rig.last(0, |message| message == Message::Silence), Some(Message::Silence));
    rig.run(QUARTER);
    assert!(rig.onsets(0).is_empty(), "a muted part starts nothing");
    rig.sequencer.set_mix(0, mix(true), &mut *rig.synth);
    let started: Vec<u8> = rig.onsets(0).into_iter().map(|(_, pitch)| pitch).collect();
    assert_eq!(started, [60, 62], "what should be sounding sounds again");
    assert_eq!(rig.last(0, |message| matches!(message, Message::Controller(7, _))), Some(Message::Controller(7, 100)));
}

#[test]
fn the_count_in_clicks_and_the_music_starts_on_its_frame() {
    let mut rig = Rig::new(&score(vec![vec![note(480, 60, 100)]]));
    rig.sequencer.seek(480, &mut *rig.synth);
    rig.sequencer.play_with_count_in(1, &mut *rig.synth);
    assert_eq!(rig.sequencer.playhead().at, rig.sequencer.schedule.time.exact_from_tick(480) - 4 * 240_000_000);
    let mut left = Vec::new();
    for _ in 0..4 {
        rig.run(QUARTER / 2);
        left.push(rig.sequencer.playhead().count_in_beats_left);
        rig.run(QUARTER / 2);
    }
    assert_eq!(left, [Some(4), Some(3), Some(2), Some(1)]);
    assert!(rig.onsets(0).is_empty());
    rig.run(64);
    assert_eq!(rig.sequencer.playhead().count_in_beats_left, None);
    assert_eq!(rig.onsets(0), [(QUARTER * 4, 60)]);
}

#[test]
fn panic_and_stop() {
    let mut rig = Rig::new(&score(vec![vec![note(480, 60, 100), note(960, 62, 4000)]]));
    rig.play();
    rig.run(QUARTER * 3);
    assert_eq!(rig.onsets(0), [(QUARTER, 60), (QUARTER * 2, 62)]);
    rig.sequencer.panic(&mut *rig.synth);
    assert!(held(&rig.log, 0).is_empty());
    assert!(rig.sequencer.playhead().playing);
    rig.sequencer.stop(&mut *rig.synth);
    assert_eq!(rig.sequencer.playhead(), Playhead { at: 0, playing: false, count_in_beats_left: None });
}

#[test]
fn it_stops_at_the_end_when_asked_to_and_starts_over() {
    let mut rig = Rig::new(&score(vec![vec![note(0, 60, 480)]]));
    rig.sequencer.set_stop_at_end(true);
    rig.play();
    rig.run(QUARTER * 2);
    let playhead = rig.sequencer.playhead();
    assert!(!playhead.playing);
    assert_eq!(playhead.at, 240_000_000);
    assert!(held(&rig.log, 0).is_empty());
    rig.play();
    rig.run(64);
    assert_eq!(rig.onsets(0), [(0, 60), (QUARTER * 2, 60)]);
}
