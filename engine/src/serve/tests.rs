//! The engine's inside with toy networks, over pipes in memory.

use std::io::{BufReader, PipeReader, PipeWriter};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::testing::{Habit, Toy};
use cantus::music::{Note, Part, Pitch, Score, Velocity};

/// Loads toys by the folder's name, counts, and trains by counting.
struct Toys {
    loaded: Arc<AtomicUsize>,
}

impl Work for Toys {
    fn load(&mut self, folder: &Path) -> Result<Box<dyn Network>, Error> {
        self.loaded.fetch_add(1, Ordering::AcqRel);
        let habit = match folder.file_name().and_then(|name| name.to_str()) {
            Some("sparse") => Habit::Sparse,
            Some("panicking") => Habit::Panicking,
            Some("endless") => Habit::Endless,
            _ => return Err(Error::Request("there is no such toy".into())),
        };
        Ok(Box::new(Toy::new(habit)))
    }

    fn place(&self) -> &'static str {
        "paper"
    }

    fn train(
        &mut self,
        request: &TrainRequest,
        control: &mut dyn FnMut() -> Option<TrainControl>,
        emit: &mut dyn FnMut(Event),
    ) -> Result<(), Error> {
        if request.data.is_empty() {
            return Err(Error::Request("no data".into()));
        }
        assert_ne!(request.data, "broken", "broken on purpose");
        let end = |iteration, message: &str| Event::Trained { iteration, message: message.into(), ok: true };
        for iteration in 1..=request.iterations {
            emit(Event::Checkpoint { iteration });
            std::thread::sleep(Duration::from_millis(2));
            if control() == Some(TrainControl::Stop) {
                emit(end(iteration, "stopped"));
                return Ok(());
            }
        }
        emit(end(request.iterations, "complete"));
        Ok(())
    }
}

/// An engine on a thread, and both ends of its pipes.
struct TestEngine {
    requests: Option<PipeWriter>,
    events: std::io::Lines<BufReader<PipeReader>>,
    thread: std::thread::JoinHandle<()>,
    loaded: Arc<AtomicUsize>,
}

fn start() -> TestEngine {
    let (input, requests) = std::io::pipe().unwrap();
    let (events, output) = std::io::pipe().unwrap();
    let loaded = Arc::new(AtomicUsize::new(0));
    let mut toys = Toys { loaded: Arc::clone(&loaded) };
    let ready = Event::Ready { version: 1, libtorch: String::new(), devices: Vec::new() };
    let thread = std::thread::spawn(move || serve(BufReader::new(input), output, &ready, &mut toys));
    let mut engine = TestEngine { requests: Some(requests), events: BufReader::new(events).lines(), thread, loaded };
    assert!(matches!(engine.next(), Event::Ready { .. }));
    engine
}

impl TestEngine {
    fn send(&mut self, request: &Request) {
        self.send_text(&serde_json::to_string(request).unwrap());
    }

    fn send_text(&mut self, text: &str) {
        writeln!(self.requests.as_mut().unwrap(), "{text}").unwrap();
    }

    /// The next event that is no heartbeat and no progress.
    fn next(&mut self) -> Event {
        loop {
            match serde_json::from_str(&self.events.next().unwrap().unwrap()).unwrap() {
                Event::Heartbeat | Event::Progress { .. } => {}
                event => return event,
            }
        }
    }

    fn failure(&mut self) -> (RequestId, String) {
        match self.next() {
            Event::Failed { id, message } => (id, message),
            event => panic!("no failure: {event:?}"),
        }
    }

    /// Closes the requests; the engine must end by itself.
    fn end(mut self) -> Vec<Event> {
        self.requests = None;
        let rest = self.events.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        self.thread.join().unwrap();
        rest
    }
}

fn compose(id: RequestId, model: &str) -> Request {
    let mut part = Part::new("Tune", 0);
    part.notes.push(Note { start: 0, pitch: Pitch::MIDDLE_C, duration: 1920, velocity: Velocity::DEFAULT });
    Request::Compose(Box::new(ComposeRequest {
        id,
        model: model.into(),
        score: Score { parts: vec![Arc::new(part)], melody: Some(0), ..Score::default() },
        takes: 2,
        seed: 9,
        surprise: 0.5,
        density: 0.5,
        bars: None,
        on_grid: false,
        introduction: 0,
    }))
}

#[test]
fn takes_come_one_by_one_and_a_model_is_loaded_once() {
    let mut engine = start();
    engine.send(&Request::Warm { id: 1, model: "sparse".into() });
    assert!(matches!(engine.next(), Event::Done { id: 1 }));
    engine.send(&compose(2, "sparse"));
    let mut takes = Vec::new();
    for expected in 0..2 {
        let Event::Take { id: 2, index, parts, seed, .. } = engine.next() else { panic!("no take") };
        assert_eq!((index, seed), (expected, seed_of_take(9, expected)));
        takes.push(parts);
    }
    assert_ne!(takes[0], takes[1]);
    assert!(matches!(engine.next(), Event::Done { id: 2 }));
    assert_eq!(engine.loaded.load(Ordering::Acquire), 1);
    assert!(engine.end().is_empty());
}

#[test]
fn what_is_wrong_is_told_and_the_engine_goes_on() {
    let mut engine = start();
    engine.send_text("hello");
    assert_eq!(engine.failure().0, 0);
    engine.send_text("{\"request\":\"fly\"}");
    assert!(engine.failure().1.contains("does not understand"));
    engine.send_text("");
    engine.send(&compose(3, "nothing"));
    assert_eq!(engine.failure(), (3, "there is no such toy".into()));
    engine.send(&compose(4, "panicking"));
    let (id, message) = engine.failure();
    assert!(id == 4 && message.contains("the toy is broken"), "{message}");
    for (id, change) in [(5, "takes"), (6, "takes"), (7, "melody")] {
        let Request::Compose(mut request) = compose(id, "sparse") else { unreachable!() };
        match change {
            "takes" => request.takes = if id == 5 { 0 } else { u32::MAX },
            _ => request.score.melody = None,
        }
        engine.send(&Request::Compose(request));
        let (failed, message) = engine.failure();
        assert!(failed == id && message.contains(change), "{message}");
    }
    engine.send(&compose(8, "sparse"));
    assert!(matches!(engine.next(), Event::Take { id: 8, .. }));
    engine.end();
}

#[test]
fn what_is_cancelled_stops_and_so_does_what_waits_behind_it() {
    let mut engine = start();
    engine.send(&compose(1, "endless"));
    engine.send(&compose(2, "sparse"));
    engine.send(&compose(2, "sparse"));
    let (id, message) = engine.failure();
    assert!(id == 2 && message.contains("still under way"), "{message}");
    engine.send(&Request::Cancel { id: 2 });
    engine.send(&Request::Cancel { id: 1 });
    engine.send(&Request::Cancel { id: 77 });
    for expected in [1, 2] {
        assert!(matches!(engine.next(), Event::Cancelled { id } if id == expected));
    }
    engine.end();
}

#[test]
fn the_engine_ends_with_whoever_asked_and_at_once_when_told() {
    let mut gone = start();
    gone.send(&compose(1, "endless"));
    let rest = gone.end();
    assert!(rest.iter().any(|event| matches!(event, Event::Cancelled { id: 1 })), "{rest:?}");
    let mut told = start();
    told.send(&compose(1, "endless"));
    told.send(&Request::Shutdown);
    assert!(matches!(told.next(), Event::Cancelled { id: 1 }));
    told.thread.join().unwrap();
}

fn train(detach: bool, iterations: u64) -> Request {
    Request::Train(Box::new(TrainRequest { data: "toys".into(), iterations, detach, ..TrainRequest::default() }))
}

#[test]
fn a_training_stops_with_whoever_asked_unless_it_is_detached() {
    for detach in [false, true] {
        let mut engine = start();
        engine.send(&train(detach, 50));
        assert!(matches!(engine.next(), Event::Checkpoint { iteration: 1 }));
        let Some(Event::Trained { iteration, message, ok: true }) = engine.end().pop() else {
            panic!("it did not end well")
        };
        assert_eq!((message.as_str(), iteration == 50), if detach { ("complete", true) } else { ("stopped", false) });
    }
}

#[test]
fn controls_reach_a_training_and_a_broken_one_is_told() {
    let mut engine = start();
    engine.send(&train(false, u64::MAX));
    engine.send(&Request::Control(TrainControl::Pause));
    engine.send(&Request::Control(TrainControl::Stop));
    let trained = std::iter::repeat_with(|| engine.next()).find(|event| matches!(event, Event::Trained { .. }));
    assert!(matches!(trained, Some(Event::Trained { ok: true, .. })));
    for (data, says) in [("", "no data"), ("broken", "broken on purpose")] {
        engine.send(&Request::Train(Box::new(TrainRequest { data: data.into(), ..TrainRequest::default() })));
        let Event::Trained { ok: false, message, .. } = engine.next() else { panic!("it failed") };
        assert!(message.contains(says), "{message}");
    }
    engine.end();
}

#[test]
fn heartbeats_go_on_while_the_worker_is_busy() {
    let mut engine = start();
    engine.send(&compose(1, "endless"));
    std::thread::sleep(HEARTBEAT * 5 / 2);
    let beats = engine.end().iter().filter(|event| matches!(event, Event::Heartbeat)).count();
    assert!(beats >= 2, "{beats}");
}
