//! Wakes a window from drivers' threads without ever making them wait.
//!
//! Asking a window to draw may lock and allocate, so a thread of its own does that; a driver's thread only sets a flag.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;

/// Calls a function on a thread of its own when asked to. Requests that come while it is busy become one call.
#[derive(Clone, Debug)]
pub(super) struct Waker {
    flags: Arc<Flags>,
    thread: Thread,
}

#[derive(Debug, Default)]
struct Flags {
    is_requested: AtomicBool,
    is_stopped: AtomicBool,
}

impl Waker {
    /// Starts the thread.
    pub fn start(wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let flags = Arc::new(Flags::default());
        let on_thread = Arc::clone(&flags);
        let thread = std::thread::Builder::new().name("cantus-waker".into()).spawn(move || {
            while !on_thread.is_stopped.load(Ordering::Acquire) {
                if on_thread.is_requested.swap(false, Ordering::AcqRel) {
                    wake();
                } else {
                    std::thread::park();
                }
            }
        })?;
        Ok(Self { flags, thread: thread.thread().clone() })
    }

    /// Requests a call. Neither blocks nor allocates.
    pub fn wake(&self) {
        if !self.flags.is_requested.swap(true, Ordering::AcqRel) {
            self.thread.unpark();
        }
    }

    /// Ends the thread, after the present call. Does not wait for it.
    pub fn stop(&self) {
        self.flags.is_stopped.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use crossbeam_channel::bounded;

    use super::*;

    #[test]
    fn a_call_follows_every_request_and_a_blocked_call_delays_none() {
        let (called, calls) = bounded(100);
        let gate = Arc::new(Mutex::new(()));
        let on_thread = Arc::clone(&gate);
        let waker = Waker::start(Arc::new(move || {
            called.send(()).unwrap();
            drop(on_thread.lock());
        }))
        .unwrap();
        let next = || calls.recv_timeout(Duration::from_secs(10));
        let blocked = gate.lock().unwrap();
        waker.wake();
        assert_eq!(next(), Ok(()));
        assert_no_alloc::assert_no_alloc(|| (0..100_000).for_each(|_| waker.wake()));
        assert!(calls.is_empty(), "the call before has not returned");
        drop(blocked);
        assert_eq!(next(), Ok(()), "requests during a call are not lost");
        waker.stop();
        while next().is_ok() {}
        assert_eq!(calls.try_recv(), Err(crossbeam_channel::TryRecvError::Disconnected), "the thread has ended");
    }
}
