//! What waits while nobody takes events: scalars and progress merge, milestones stay.

use std::collections::VecDeque;

use crossbeam_channel::{Sender, TrySendError};

use super::options::EngineEvent;
use crate::engine_client::protocol::Event;

/// Events on their way into a bounded channel.
#[derive(Debug, Default)]
pub struct Backlog {
    waiting: VecDeque<EngineEvent>,
}

impl Backlog {
    /// Takes an event in, merging it with the last one waiting where nothing of worth is lost.
    pub fn push(&mut self, event: EngineEvent) {
        use EngineEvent::Event as Says;
        match (&event, self.waiting.back_mut()) {
            (Says(Event::Heartbeat), _) => return,
            (Says(Event::Scalars(new)), Some(Says(Event::Scalars(old)))) => {
                old.update(new);
                return;
            }
            (Says(Event::Progress { id: new, .. }), Some(Says(Event::Progress { id: old, .. }))) if new == old => {
                self.waiting.pop_back();
            }
            _ => {}
        }
        self.waiting.push_back(event);
    }

    /// Hands over as much as there is room for; whether anything went.
    ///
    /// # Errors
    /// When nobody listens any more.
    pub fn flush(&mut self, to: &Sender<EngineEvent>) -> Result<bool, Closed> {
        let mut any = false;
        while let Some(event) = self.waiting.pop_front() {
            match to.try_send(event) {
                Ok(()) => any = true,
                Err(TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    break;
                }
                Err(TrySendError::Disconnected(_)) => return Err(Closed),
            }
        }
        Ok(any)
    }

    /// Hands over everything, waiting for room.
    ///
    /// # Errors
    /// When nobody listens any more.
    pub fn finish(&mut self, to: &Sender<EngineEvent>) -> Result<(), Closed> {
        for event in self.waiting.drain(..) {
            to.send(event).map_err(|_| Closed)?;
        }
        Ok(())
    }
}

/// Nobody listens any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::curves::{Curve, CurvePoint};

    fn scalars(iteration: u64, similarity: Option<f64>) -> EngineEvent {
        let mut point = CurvePoint { iteration, ..CurvePoint::default() };
        point.values.set(Curve::Similarity, similarity);
        EngineEvent::Event(Event::Scalars(point))
    }

    fn progress(id: u64, done: u64) -> EngineEvent {
        EngineEvent::Event(Event::Progress { id, done, total: 10, label: String::new() })
    }

    #[test]
    fn scalars_merge_and_milestones_stay_when_nobody_takes_them() {
        let (sender, receiver) = crossbeam_channel::bounded(1);
        let mut backlog = Backlog::default();
        backlog.push(EngineEvent::Event(Event::Checkpoint { iteration: 0 }));
        assert_eq!(backlog.flush(&sender), Ok(true)); // the channel is full now
        for iteration in 1..=100 {
            backlog.push(scalars(iteration, (iteration == 50).then_some(0.5)));
            backlog.push(EngineEvent::Event(Event::Heartbeat));
            if iteration % 50 == 0 {
                assert_eq!(backlog.flush(&sender), Ok(false));
                backlog.push(EngineEvent::Event(Event::Checkpoint { iteration }));
            }
        }
        for done in 0..5 {
            backlog.push(progress(1, done));
        }
        backlog.push(progress(2, 0));
        let taker = std::thread::spawn(move || receiver.iter().collect::<Vec<_>>());
        backlog.finish(&sender).unwrap();
        drop(sender);
        let told: Vec<String> = taker.join().unwrap().iter().map(|event| format!("{event:?}")).collect();
        assert_eq!(told.len(), 7, "{told:#?}");
        assert!(told[1].contains("iteration: 50") && told[1].contains("Similarity: 0.5"), "{}", told[1]);
        assert!(told[2].contains("Checkpoint { iteration: 50"));
        assert!(told[3].contains("iteration: 100") && told[4].contains("Checkpoint { iteration: 100"));
        assert!(told[5].contains("id: 1, done: 4") && told[6].contains("id: 2, done: 0"));
    }

    #[test]
    fn a_closed_channel_is_noticed() {
        let (sender, receiver) = crossbeam_channel::bounded(1);
        drop(receiver);
        let mut backlog = Backlog::default();
        backlog.push(EngineEvent::Ended);
        assert_eq!(backlog.flush(&sender), Err(Closed));
    }
}
