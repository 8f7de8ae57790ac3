//! The one answer that the browser brings back, to an address of this computer (RFC 8252).

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use oauth2::url::Url;

use super::PublishError;
use super::cancel::Cancel;

const LOOK: Duration = Duration::from_millis(50);
/// A browser that connects and says nothing is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longer requests are no browser's.
const MOST_BYTES: usize = 16 << 10;

/// What the browser shows; whether Cantus is connected is not known before the code is exchanged.
const GO_BACK: &str = "Go back to Cantus to see whether it is connected. You can close this tab.";

/// Listens until the answer has come.
#[derive(Debug)]
pub(super) struct Loopback {
    listener: TcpListener,
}

impl Loopback {
    /// Listens on a port of this computer alone.
    pub fn listen(port: u16) -> Result<Self, PublishError> {
        let busy = |_| PublishError::PortBusy(port);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(busy)?;
        listener.set_nonblocking(true).map_err(busy)?;
        Ok(Self { listener })
    }

    /// The code that the answer brings; the answer must name this state.
    pub fn wait(self, state: &str, at_most: Duration, cancel: &Cancel) -> Result<String, PublishError> {
        let end = Instant::now() + at_most;
        loop {
            if cancel.is_cancelled() {
                return Err(PublishError::Cancelled);
            }
            if Instant::now() > end {
                return Err(PublishError::TimedOut);
            }
            match self.listener.accept() {
                Ok((stream, _)) => {
                    if let Some(answer) = answer(stream, state) {
                        return answer;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(LOOK),
                Err(_) => return Err(PublishError::Connection),
            }
        }
    }
}

/// Reads a request and answers it; `None` where it is not the one that is waited for, such as one for an icon.
fn answer(mut stream: TcpStream, state: &str) -> Option<Result<String, PublishError>> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let mut bytes = Vec::new();
    let mut some = [0; 1024];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") && bytes.len() < MOST_BYTES {
        match stream.read(&mut some) {
            Ok(read) if read > 0 => bytes.extend(&some[..read]),
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let target = text.strip_prefix("GET ")?.split_whitespace().next()?;
    let url = Url::parse("http://127.0.0.1/").ok()?.join(target).ok()?;
    if url.path() != "/callback" {
        respond(&mut stream, "404 Not Found", "There is nothing here.");
        return None;
    }
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let result = match (value("state"), value("code"), value("error")) {
        (Some(given), ..) if given != state => Err(PublishError::WrongState),
        (None, ..) => Err(PublishError::WrongState),
        (_, Some(code), None) => Ok(code),
        (_, _, error) => Err(PublishError::Denied(super::api::shortened(&error.unwrap_or_default()))),
    };
    match &result {
        Ok(_) => respond(&mut stream, "200 OK", GO_BACK),
        Err(_) => respond(&mut stream, "400 Bad Request", "Cantus is not connected. Go back to it and try again."),
    }
    Some(result)
}

fn respond(stream: &mut TcpStream, status: &str, text: &str) {
    let page = format!("<!doctype html><meta charset=utf-8><title>Cantus</title><p>{text}");
    let length = page.len();
    let head = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
    let answer = format!("HTTP/1.1 {status}\r\n{head}Content-Length: {length}\r\n\r\n{page}");
    drop(stream.write_all(answer.as_bytes())); // the browser may be gone; its answer is here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_nothing_that_is_not_known_yet() {
        let loopback = Loopback::listen(0).unwrap();
        let address = loopback.listener.local_addr().unwrap();
        let browser = std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /callback?state=mine&code=42 HTTP/1.1\r\n\r\n").unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).unwrap();
            page
        });
        assert_eq!(loopback.wait("mine", PATIENCE, &Cancel::default()).unwrap(), "42");
        let page = browser.join().unwrap();
        assert!(page.contains("200 OK") && page.contains("Go back to Cantus"), "{page}");
        assert!(!page.contains("Cantus is connected"), "{page}");
    }
}
