use assert_no_alloc::assert_no_alloc;

use super::*;
use crate::music::{Control, ControlEvent, Score};
use crate::sound::fluid::FluidSynth;
use crate::sound::live::LiveInput;
use crate::sound::player::live_inputs::LiveInputs;
use crate::sound::schedule::Schedule;
use crate::sound::soundfont::testing::font;
use crate::sound::testing::c_memory::touches;
use crate::sound::testing::{ClickSynth, Log, note, score};

const RATE_HZ: u32 = 48_000;

struct Rig {
    callback: Box<Callback>,
    link: Link,
    live_inputs: LiveInputs,
    block: [f32; BLOCK_FRAMES * 2],
}

impl Rig {
    fn new(synth: Box<dyn Synth>) -> Self {
        let (callback, link) = Callback::new(RATE_HZ, 256);
        let live_inputs = LiveInputs::new(link.commands.clone(), Arc::clone(&link.shared));
        let rig = Self { callback, link, live_inputs, block: [0.0; BLOCK_FRAMES * 2] };
        rig.send(Command::Synth(synth));
        rig
    }

    fn send(&self, command: Command) {
        assert!(self.link.commands.send(command), "the ring is full");
    }

    fn live_input(&self) -> LiveInput {
        self.live_inputs.take()
    }

    /// Renders under the allocation guard; the trash of a block is dropped outside of it.
    fn run(&mut self, blocks: usize) {
        for _ in 0..blocks {
            let (callback, block) = (&mut self.callback, &mut self.block);
            let touched = touches(|| assert_no_alloc(|| callback.render(block)));
            assert_eq!(touched, 0, "memory was touched from C");
            while self.link.trash.pop().is_ok() {}
        }
    }

    fn loudest(&mut self, blocks: usize) -> f32 {
        let mut peak = 0.0_f32;
        for _ in 0..blocks {
            self.run(1);
            peak = self.block.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        }
        peak
    }
}

fn fluid() -> Box<dyn Synth> {
    Box::new(FluidSynth::new(&font(), RATE_HZ).unwrap())
}

fn schedule(score: &Score) -> Command {
    Command::Schedule(Arc::new(Schedule::compile(score)))
}

/// Notes, controllers and instrument changes in four parts, hundreds a second.
fn busy_score(seed: u64) -> Score {
    let mut random = fastrand::Rng::with_seed(seed);
    let parts = (0..4)
        .map(|_| (0..3000).map(|index| note(index * 4, random.i32(30..100), random.u32(1..400))).collect())
        .collect();
    let mut score = score(parts);
    for index in 0..4 {
        let part = score.part_mut(index).unwrap();
        for step in 0..600 {
            let control = match random.u8(0..5) {
                0 => Control::Program(random.u8(0..128)),
                1 => Control::PitchBend(random.i16(-8192..8192)),
                2 => Control::Pressure(random.u8(0..128)),
                _ => Control::Controller { number: random.u8(0..128), value: random.u8(0..128) },
            };
            let tick = step * 20;
            part.controls.push(ControlEvent { tick, control });
        }
        part.is_drum = index == 3;
        part.sort();
    }
    score
}

/// Hard traffic: some 2,000 events a second, all commands at random, live notes, other synths and schedules. The guards
/// end the test at the first allocation or free in the callback, of Rust's or of C's, and at the end nothing hangs.
/// `CANTUS_GUARD_SECONDS=300` makes it five minutes.
#[test]
fn nothing_in_the_callback_touches_memory() {
    let seconds = std::env::var("CANTUS_GUARD_SECONDS").map_or(15, |seconds| seconds.parse().unwrap());
    let mut random = fastrand::Rng::with_seed(11);
    let mut rig = Rig::new(fluid());
    rig.send(schedule(&busy_score(0)));
    rig.send(Command::Play);
    let mut live = rig.live_input();
    let blocks_per_second = RATE_HZ as usize / BLOCK_FRAMES;
    let steps = blocks_per_second * seconds / 25;
    for step in 0..steps {
        match random.u8(0..40) {
            0 => rig.send(schedule(&busy_score(step as u64))),
            1 => rig.send(Command::Seek(random.u32(0..12_000))),
            2 => rig.send(Command::Loop(Some(random.u32(0..5000)..random.u32(5000..9000)))),
            3 => rig.send(Command::Loop(None)),
            4 => rig.send(Command::Panic),
            6 => rig.send(Command::Metronome(random.bool().then_some(0.8))),
            7 => rig.send(Command::PlayWithCountIn(1)),
            8 => rig.send(Command::Pause(random.bool().then(|| random.i64(0..20 * EXACT_PER_SECOND)))),
            9 => rig.send(Command::Stop),
            10 => rig.send(Command::LiveInstrument { program: random.u8(0..128), is_drum: random.bool() }),
            11 if step % 7 == 0 => rig.send(Command::Synth(fluid())),
            12 => {
                let (_, gone) = RingBuffer::new(8);
                rig.send(Command::LiveInput(gone));
            }
            _ => rig.send(Command::Play),
        }
        for _ in 0..10 {
            let message = [random.u8(0x80..=0xEF), random.u8(0..128), random.u8(0..128)];
            live.send(step as u64 * 33_333, message);
        }
        rig.run(25);
    }
    assert_eq!(rig.link.shared.blocks.load(Ordering::Relaxed), (steps * 25) as u64);
    // live notes still to come, and the tails of the room
    rig.send(Command::Stop);
    rig.run(blocks_per_second);
    rig.send(Command::Panic);
    rig.run(blocks_per_second * 4);
    assert!(rig.loudest(blocks_per_second) < 1e-3, "a note hangs");
}

/// Something that can happen, by its name.
type Happening<'a> = (&'a str, Box<dyn Fn(&mut Rig) + 'a>);

/// Held notes, a pedal that the score never releases, and a live chord: whatever happens to them, nothing sounds once
/// everything was stopped and released.
#[test]
fn nothing_hangs_after_any_kind_of_event() {
    let held = || {
        let mut score = score(vec![vec![note(0, 60, 4800), note(10, 64, 4800)], vec![note(0, 36, 4800)]]);
        let part = score.part_mut(0).unwrap();
        part.program = 19;
        part.controls.push(ControlEvent { tick: 0, control: Control::Controller { number: 64, value: 127 } });
        score
    };
    let changed = |change: fn(&mut Score)| {
        let mut score = held();
        change(&mut score);
        schedule(&score)
    };
    let program = |score: &mut Score| {
        let control = Control::Program(40);
        score.part_mut(0).unwrap().controls.push(ControlEvent { tick: 120, control });
    };
    let with_panic = |rig: &mut Rig| rig.send(Command::Panic);
    let events: Vec<Happening<'_>> = vec![
        ("nothing", Box::new(|_| {})),
        ("a program change", Box::new(|rig| rig.send(changed(program)))),
        ("another instrument", Box::new(|rig| rig.send(changed(|score| score.part_mut(0).unwrap().program = 48)))),
        ("a seek forwards", Box::new(|rig| rig.send(Command::Seek(6000)))),
        ("a seek backwards", Box::new(|rig| rig.send(Command::Seek(0)))),
        ("a loop", Box::new(|rig| rig.send(Command::Loop(Some(0..100))))),
        ("an empty score", Box::new(|rig| rig.send(schedule(&Score::default())))),
        ("a part less", Box::new(|rig| rig.send(changed(|score| drop(score.parts.remove(0)))))),
        ("a mute", Box::new(|rig| rig.send(changed(|score| score.part_mut(0).unwrap().muted = true)))),
        ("a kit", Box::new(|rig| rig.send(changed(|score| score.part_mut(0).unwrap().is_drum = true)))),
        ("another SoundFont", Box::new(|rig| rig.send(Command::Synth(fluid())))),
        ("a panic", Box::new(with_panic)),
        ("a count-in", Box::new(|rig| rig.send(Command::PlayWithCountIn(1)))),
        ("a pause", Box::new(|rig| rig.send(Command::Pause(None)))),
        (
            "the end",
            Box::new(|rig| {
                rig.send(Command::StopAtEnd(true));
                rig.send(Command::Seek(4700));
            }),
        ),
        (
            "another live instrument",
            Box::new(|rig| {
                rig.send(Command::LiveInstrument { program: 40, is_drum: false });
            }),
        ),
    ];
    for (what, happens) in events {
        let mut rig = Rig::new(fluid());
        let mut live = rig.live_input();
        rig.send(Command::LiveInstrument { program: 19, is_drum: false });
        rig.send(schedule(&held()));
        rig.send(Command::Play);
        let mut play = |message| live.send(crate::clock::now_micros(), message);
        for message in [[0xB0, 91, 0], [0xB0, 64, 127], [0x90, 72, 100], [0x90, 76, 100]] {
            play(message);
        }
        assert!(rig.loudest(100) > 0.01, "{what}: there must be something to hang");
        happens(&mut rig);
        rig.run(300);
        for message in [[0x80, 72, 0], [0x80, 76, 0], [0xB0, 64, 0]] {
            play(message);
        }
        rig.send(Command::Stop);
        rig.run(2000);
        let rest = rig.loudest(20);
        assert!(rest < 1e-3, "after {what} something sounds on: {rest}");
    }
}

#[test]
fn a_live_note_is_heard_within_its_delay() {
    let mut rig = Rig::new(fluid());
    rig.callback.set_stream(RATE_HZ, Duration::ZERO);
    rig.link.shared.stream.begin_stream(128);
    let mut live = rig.live_input();
    assert!(rig.loudest(4) < 1e-6);
    live.send(crate::clock::now_micros(), [0xB0, 91, 0]); // dry, so that its end can be heard
    live.send(crate::clock::now_micros(), [0x90, 60, 100]);
    assert!(rig.loudest(24) > 0.01);
    live.send(crate::clock::now_micros(), [0x80, 60, 0]);
    rig.run(400);
    assert!(rig.loudest(1) < 1e-3);
}

/// Plays notes with these stamps, each delivered this many frames late; returns how many frames after its stamp each
/// sounds, and how many came after they should have sounded.
fn delays(buffer_frames: u32, notes: &[(i64, i64)]) -> (Vec<i64>, u64) {
    let nanos = |frames: i64| frames * 1_000_000_000 / i64::from(RATE_HZ);
    let (synth, log) = ClickSynth::new();
    let mut rig = Rig::new(synth);
    let delay = crate::sound::output::live_delay_frames(buffer_frames);
    rig.callback.set_stream(RATE_HZ, Duration::ZERO);
    rig.link.shared.stream.begin_stream(delay);
    let (mut ring, consumer) = RingBuffer::new(4096);
    rig.send(Command::LiveInput(consumer));
    rig.send(Command::Play); // while stopped, the synth counts no frames
    let mut waiting = notes.to_vec();
    waiting.sort_by_key(|(stamp, late)| stamp + late);
    let mut waiting = waiting.into_iter().peekable();
    let last = notes.iter().map(|(stamp, _)| stamp).max().unwrap() + 4 * i64::from(buffer_frames) + 2000;
    let mut buffer = 0;
    while buffer * i64::from(buffer_frames) < last {
        let asked = buffer * i64::from(buffer_frames);
        while let Some((stamp, _)) = waiting.next_if(|(stamp, late)| stamp + late <= asked) {
            let bytes = [0x90, 60, 100];
            ring.push(LiveMessage { at: nanos(stamp), bytes }).unwrap();
        }
        rig.link.shared.stream.begin_buffer(nanos(asked), buffer_frames, RATE_HZ, None);
        rig.run(buffer_frames as usize / BLOCK_FRAMES);
        buffer += 1;
    }
    let onsets = onsets(&log);
    assert_eq!(onsets.len(), notes.len());
    let delays = onsets.iter().zip(notes).map(|(onset, (stamp, _))| onset.cast_signed() - stamp);
    (delays.collect(), rig.link.shared.late.load(Ordering::Relaxed))
}

fn stamps(random: &mut fastrand::Rng) -> Vec<i64> {
    (0..300)
        .scan(200_000, |at, _| {
            *at += random.i64(40..2000);
            Some(*at)
        })
        .collect()
}

/// At every buffer size all notes sound the same time after their stamps, although drivers request whole buffers.
#[test]
fn live_notes_are_placed_by_their_stamps() {
    let mut random = fastrand::Rng::with_seed(4);
    for buffer_frames in [64, 128, 256, 512, 1024] {
        let notes: Vec<_> = stamps(&mut random).into_iter().map(|stamp| (stamp, 0)).collect();
        let (delays, late) = delays(buffer_frames, &notes);
        let (least, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
        assert!(most - least <= 1, "{buffer_frames}: {least} to {most} frames");
        assert!(*most <= i64::from(buffer_frames) + 64, "{buffer_frames}: {most} frames");
        assert_eq!(late, 0);
    }
}

/// A driver that delivers up to 20 ms late: what still comes in time keeps its distance, the rest sounds at once and is
/// counted.
#[test]
fn what_comes_too_late_sounds_at_once_and_is_counted() {
    let mut random = fastrand::Rng::with_seed(5);
    for buffer_frames in [64, 256, 1024] {
        // far enough apart to keep their order
        let notes: Vec<_> = (0..300).map(|index| (200_000 + index * 2_000, random.i64(0..960))).collect();
        let (delays, late) = delays(buffer_frames, &notes);
        let in_time = i64::from(buffer_frames) + 64;
        let mut were_late = 0;
        for (delay, (stamp, late)) in delays.iter().zip(&notes) {
            let heard_of = (stamp + late + i64::from(buffer_frames) - 1) / i64::from(buffer_frames)
                * i64::from(buffer_frames)
                - stamp;
            if heard_of > in_time {
                were_late += 1;
                assert_eq!(*delay, heard_of, "at once");
            } else {
                assert!((in_time - 1..=in_time).contains(delay), "{delay} instead of {in_time}");
            }
        }
        assert!(late.abs_diff(were_late) <= 3, "{late} counted, {were_late} were"); // those that are late by a frame
        assert!(buffer_frames > 256 || were_late > 20);
    }
}

fn onsets(log: &Log) -> Vec<u64> {
    let log = log.lock().unwrap();
    log.iter().filter(|entry| matches!(entry.2, Message::NoteOn(..))).map(|entry| entry.0).collect()
}

#[test]
fn another_synth_is_sent_everything() {
    let (first, _) = ClickSynth::new();
    let mut rig = Rig::new(first);
    let mut score = score(vec![vec![note(0, 60, 9600)]]);
    score.part_mut(0).unwrap().program = 40;
    rig.send(schedule(&score));
    rig.send(Command::LiveInstrument { program: 19, is_drum: false });
    rig.send(Command::Play);
    rig.run(10);
    let (second, log) = ClickSynth::new();
    rig.send(Command::Synth(second));
    rig.run(1);
    let messages: Vec<(usize, Message)> = log.lock().unwrap().iter().map(|entry| (entry.1, entry.2)).collect();
    let instrument = |program| Message::Instrument { program, is_drum: false };
    for wanted in [(0, instrument(40)), (0, Message::NoteOn(60, 100)), (LIVE_CHANNEL, instrument(19))] {
        assert!(messages.contains(&wanted), "{wanted:?} is missing from {messages:?}");
    }
}

#[test]
fn messages_beyond_the_capacity_of_a_ring_are_counted() {
    let rig = Rig::new(ClickSynth::new().0);
    let mut live = rig.live_input();
    for stamp in 0..1030 {
        live.send(stamp, [0x90, 60, 1]);
    }
    assert_eq!(rig.link.shared.lost.load(Ordering::Relaxed), 6);
}

/// Live inputs that come and go, far more than there is room for at once: each is heard, and the callback gets no more
/// of them than were in use at once.
#[test]
fn live_inputs_are_lent_again_without_end() {
    let (synth, log) = ClickSynth::new();
    let mut rig = Rig::new(synth);
    for round in 0..300 {
        let mut inputs = [rig.live_input(), rig.live_input()];
        for input in &mut inputs {
            input.send(0, [0x90, 60, 100]);
        }
        drop(inputs); // what was played still counts
        rig.run(8);
        assert_eq!(onsets(&log).len(), (round + 1) * 2);
    }
    assert_eq!(rig.callback.live.len(), 2);
}

/// More at once than there is room for: those beyond are silent, and nothing is allocated or freed in the callback.
#[test]
fn too_many_live_inputs_do_no_harm() {
    let (synth, log) = ClickSynth::new();
    let mut rig = Rig::new(synth);
    let mut inputs: Vec<LiveInput> = (0..MAX_LIVE_INPUTS + 10).map(|_| rig.live_input()).collect();
    rig.run(1);
    for input in &mut inputs {
        input.send(0, [0x90, 60, 100]);
    }
    rig.run(8);
    assert_eq!(onsets(&log).len(), MAX_LIVE_INPUTS);
}
