//! What the system shows with a program of its own: addresses and folders.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A program that has not failed by then has opened.
const STARTS_WITHIN: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);

/// Shows an address or a folder with the system's program for it; says whether there is one. Waits for some seconds.
pub fn open(what: impl AsRef<OsStr>) -> bool {
    let mut open = Command::new("xdg-open");
    let open = open.arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut program) = open.spawn() else { return false };
    // where there is no desktop, the program itself is what was started, and goes on
    let end = Instant::now() + STARTS_WITHIN;
    while Instant::now() < end {
        match program.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(LOOK),
            Err(_) => return false,
        }
    }
    thread::spawn(move || program.wait());
    true
}
