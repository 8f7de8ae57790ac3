use std::sync::Mutex;
use std::time::Instant;

use super::*;
use crate::devices::fake::FakeBackend;
use crate::devices::profile::{ButtonMode, Knob, TransportButton};
use crate::music::Stamped;

const AKM: &str = "AKM322 MIDI 1";

type Heard = Arc<Mutex<Vec<(String, Stamped)>>>;

/// Keyboards that are polled often, and what their sinks hear.
fn start(backend: &FakeBackend, inputs: Inputs) -> (Keyboards, Heard) {
    let heard = Heard::default();
    let into = heard.clone();
    let sinks: SinkFactory = Box::new(move |name| {
        let (into, name) = (into.clone(), name.to_owned());
        Box::new(move |stamped| into.lock().unwrap().push((name.clone(), stamped)))
    });
    let options = KeyboardsOptions { inputs, poll_interval: Duration::from_millis(2), ..KeyboardsOptions::new(sinks) };
    (Keyboards::start(Box::new(backend.clone()), options), heard)
}

fn next(keyboards: &Keyboards) -> KeyboardEvent {
    keyboards.events().recv_timeout(Duration::from_secs(10)).expect("an event")
}

fn connected(name: &str) -> KeyboardEvent {
    KeyboardEvent::Connected { name: name.into(), profile: Profile::find(name) }
}

fn lost(name: &str) -> KeyboardEvent {
    KeyboardEvent::Lost { name: name.into() }
}

fn messages(heard: &Heard) -> Vec<[u8; 3]> {
    heard.lock().unwrap().drain(..).map(|(_, stamped)| stamped.message).collect()
}

#[test]
fn a_keyboard_comes_plays_goes_and_comes_again() {
    let backend = FakeBackend::new();
    let (keyboards, heard) = start(&backend, Inputs::All);
    backend.plug(AKM);
    assert_eq!(next(&keyboards), connected(AKM));
    let status = keyboards.status();
    assert!(status.inputs.iter().all(|input| input.profile.is_some()));

    assert!(backend.send(AKM, 1_000, &[0x90, 60, 80]));
    assert!(backend.send(AKM, 2_000, &[0xB0, 64, 127]));
    assert!(backend.send(AKM, 3_000, &[0xE0, 0, 96]));
    assert!(backend.send(AKM, 4_000, &[0x90, 64, 70]));
    assert!(backend.send(AKM, 5_000, &[0x80, 64, 0]));
    assert!(backend.send(AKM, 5_500, &[0xD0, 50]));
    let stamps: Vec<_> = heard.lock().unwrap().iter().map(|(_, stamped)| stamped.stamp_micros).collect();
    assert_eq!(stamps, [1_000, 2_000, 3_000, 4_000, 5_000, 5_500]);
    messages(&heard);

    let before = clock::now_micros();
    backend.unplug(AKM);
    let mut event = next(&keyboards);
    while matches!(event, KeyboardEvent::Controller { .. }) {
        event = next(&keyboards); // the pedal, for MIDI learn
    }
    assert_eq!(event, lost(AKM));
    let released = heard.lock().unwrap().clone();
    assert!(released.iter().all(|(_, stamped)| stamped.stamp_micros >= before));
    assert_eq!(messages(&heard), [[0x80, 60, 64], [0xB0, 64, 0], [0xE0, 0, 64], [0xD0, 0, 0]]);
    assert!(!backend.send(AKM, 6_000, &[0x90, 60, 80]));

    backend.plug(AKM);
    assert_eq!(next(&keyboards), connected(AKM));
    assert!(backend.send(AKM, 7_000, &[0x90, 62, 80]));
    drop(keyboards); // closing releases too
    assert_eq!(messages(&heard), [[0x90, 62, 80], [0x80, 62, 64]]);
}

#[test]
fn a_quick_unplugging_is_noticed_though_the_name_is_there_again() {
    let backend = FakeBackend::new();
    backend.plug(AKM);
    let (keyboards, heard) = start(&backend, Inputs::All);
    assert_eq!(next(&keyboards), connected(AKM));
    assert!(backend.send(AKM, 0, &[0x95, 60, 80]));
    backend.replug(AKM);
    assert_eq!(next(&keyboards), lost(AKM));
    assert_eq!(next(&keyboards), connected(AKM));
    assert_eq!(messages(&heard), [[0x95, 60, 80], [0x85, 60, 64]]);
}

#[test]
fn several_keyboards_at_once() {
    let backend = FakeBackend::new();
    backend.plug(AKM);
    backend.plug("Keystation 49");
    let (keyboards, heard) = start(&backend, Inputs::All);
    assert_eq!(next(&keyboards), connected(AKM));
    assert_eq!(next(&keyboards), connected("Keystation 49"));
    backend.send(AKM, 1, &[0x90, 60, 80]);
    backend.send("Keystation 49", 2, &[0x90, 48, 80]);
    let names: Vec<_> = heard.lock().unwrap().iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names, [AKM, "Keystation 49"]);
    messages(&heard);
    backend.unplug(AKM);
    assert_eq!(next(&keyboards), lost(AKM));
    assert_eq!(messages(&heard), [[0x80, 60, 64]]); // the other one still holds its key
}

#[test]
fn only_the_chosen_one() {
    let backend = FakeBackend::new();
    backend.plug(AKM);
    backend.plug("Keystation 49");
    let (keyboards, heard) = start(&backend, Inputs::Matching("keystation".into()));
    assert_eq!(next(&keyboards), connected("Keystation 49"));
    assert!(!backend.send(AKM, 1, &[0x90, 60, 80]));
    backend.send("Keystation 49", 2, &[0x90, 48, 80]);
    keyboards.choose(Inputs::Matching("akm322".into()));
    assert_eq!(next(&keyboards), connected(AKM));
    assert_eq!(messages(&heard), [[0x90, 48, 80], [0x80, 48, 64]]); // released when it was left
    let wait = Instant::now() + Duration::from_secs(10);
    let is_connected =
        |name: &str| keyboards.status().inputs.iter().any(|input| *input.name == *name && input.is_connected);
    while !is_connected(AKM) || is_connected("Keystation 49") {
        assert!(Instant::now() < wait, "{:?}", keyboards.status());
        std::thread::yield_now();
    }
}

#[test]
fn transport_buttons_are_no_music_and_knobs_are_both() {
    let backend = FakeBackend::new();
    backend.plug(AKM);
    let (keyboards, heard) = start(&backend, Inputs::All);
    assert_eq!(next(&keyboards), connected(AKM));
    let button = |button, stamp_micros| KeyboardEvent::Button { name: AKM.into(), button, stamp_micros };
    for (stamp_micros, message) in
        [(1, [0xB0, 106, 127]), (2, [0xB0, 106, 0]), (3, [0xB0, 105, 64]), (4, [0xB0, 107, 63])]
    {
        backend.send(AKM, stamp_micros, &message);
    }
    assert_eq!(next(&keyboards), button(TransportButton::Stop, 1));
    assert_eq!(next(&keyboards), button(TransportButton::Play, 3));
    backend.send(AKM, 5, &[0xB0, 21, 99]);
    let event = KeyboardEvent::Knob { name: Arc::from(AKM), knob: Knob::One, number: 21, value: 99 };
    assert_eq!(next(&keyboards), event);
    assert_eq!(messages(&heard), [[0xB0, 21, 99]]);

    keyboards.set_buttons(Some(ButtonMap { record: Some(21), mode: ButtonMode::Toggle, ..ButtonMap::default() }));
    backend.send(AKM, 6, &[0xB0, 21, 0]);
    assert_eq!(next(&keyboards), button(TransportButton::Record, 6));
    backend.send(AKM, 7, &[0xB0, 106, 127]); // the profile's own still counts
    assert_eq!(next(&keyboards), button(TransportButton::Stop, 7));
    assert!(messages(&heard).is_empty());
}

#[test]
fn no_midi_is_a_state_and_is_reported_once() {
    let backend = FakeBackend::new();
    backend.set_unavailable(Some("no sequencer"));
    let (keyboards, _) = start(&backend, Inputs::All);
    let reason = "no sequencer".to_owned();
    assert_eq!(next(&keyboards), KeyboardEvent::Unavailable { reason });
    std::thread::sleep(Duration::from_millis(20));
    backend.plug(AKM);
    backend.set_unavailable(None);
    assert_eq!(next(&keyboards), connected(AKM));
    backend.set_unavailable(Some("gone")); // the sound system ends while a key may be held
    let reason = "gone".to_owned();
    assert_eq!(next(&keyboards), KeyboardEvent::Unavailable { reason });
    assert_eq!(next(&keyboards), lost(AKM));
}

#[test]
fn what_does_not_open_is_reported_once_and_tried_again() {
    let backend = FakeBackend::new();
    backend.plug(AKM);
    backend.refuse(AKM, Some("busy"));
    let (keyboards, _) = start(&backend, Inputs::All);
    let KeyboardEvent::Failed { reason, .. } = next(&keyboards) else { panic!("it connected") };
    assert!(reason.contains("busy") && reason.contains(AKM), "{reason}");
    std::thread::sleep(Duration::from_millis(20));
    assert!(!keyboards.status().inputs[0].is_connected);
    backend.refuse(AKM, None);
    assert_eq!(next(&keyboards), connected(AKM));
}

#[test]
fn noise_on_the_cable_is_left_alone() {
    let backend = FakeBackend::new();
    backend.plug(AKM);
    let (keyboards, heard) = start(&backend, Inputs::All);
    assert_eq!(next(&keyboards), connected(AKM));
    let noise: [&[u8]; 9] = [
        &[],
        &[0xF8],
        &[0xFE],
        &[0x90],
        &[0x90, 60],
        &[0x90, 200, 80],
        &[0x90, 60, 128],
        &[0xF0, 1, 2, 3, 0xF7],
        &[60, 80, 0],
    ];
    for bytes in noise {
        assert!(backend.send(AKM, 1, bytes));
    }
    backend.send(AKM, 2, &[0xC3, 7]);
    assert_eq!(messages(&heard), [[0xC3, 7, 0]]);
}

/// A window that does not answer, as one that holds its own lock while it draws: the driver's thread is not delayed,
/// and the window is still woken afterwards.
#[test]
fn a_window_that_blocks_delays_no_message() {
    let backend = FakeBackend::new();
    backend.plug(AKM);
    let count = Arc::new(Mutex::new(0_u32));
    let heard = count.clone();
    let sinks: SinkFactory = Box::new(move |_| {
        let heard = heard.clone();
        Box::new(move |_| *heard.lock().unwrap() += 1)
    });
    let window = Arc::new(Mutex::new(()));
    let (wakes, woken) = bounded(1000);
    let locks = window.clone();
    let wake = move || {
        wakes.send(()).unwrap();
        drop(locks.lock());
    };
    let options = KeyboardsOptions { wake: Some(Arc::new(wake)), ..KeyboardsOptions::new(sinks) };
    let keyboards = Keyboards::start(Box::new(backend.clone()), options);
    assert_eq!(next(&keyboards), connected(AKM));
    let drawing = window.lock().unwrap();
    woken.recv_timeout(Duration::from_secs(10)).expect("the connection wakes the window");
    for stamp in 0..1000 {
        assert!(backend.send(AKM, stamp, &[0x90, 60, 80]));
        assert!(backend.send(AKM, stamp, &[0xB0, 21, (stamp % 128) as u8])); // with an event
    }
    assert_eq!(*count.lock().unwrap(), 2000);
    while woken.try_recv().is_ok() {}
    drop(drawing);
    woken.recv_timeout(Duration::from_secs(10)).expect("what came meanwhile wakes the window");
}

/// What the driver's thread runs for each message, without what a sink itself does.
#[test]
fn a_message_is_handled_without_touching_memory() {
    let (events, _events) = bounded(16);
    let buttons = Arc::new(SharedButtons::new(None));
    let waker = Waker::start(Arc::new(|| {})).unwrap();
    let (feeder, mut tap) = crate::devices::tap();
    let sink = Box::new(feeder.sink());
    let mut handler = InputHandler::new(AKM.into(), sink, events, Some(waker.clone()), buttons);
    assert_no_alloc::assert_no_alloc(|| {
        for stamp in 0..1000 {
            handler.receive(stamp, &[0x90, 60, 80]);
            handler.receive(stamp, &[0xB0, 21, 99]);
            handler.receive(stamp, &[0xB0, 1, 64]);
            handler.receive(stamp, &[0xB0, 106, 127]);
        }
        handler.release(1000);
    });
    waker.stop();
    let mut messages = 0;
    tap.drain(|_| messages += 1);
    assert_eq!(messages, 3001);
}
