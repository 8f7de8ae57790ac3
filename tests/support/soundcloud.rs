//! A SoundCloud of our own: checks every request as the API's documents say, and plays what can go wrong.

use std::{
    collections::{HashMap, VecDeque},
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cantus::soundcloud::SoundCloudSettings;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const CLIENT: &str = "the client of a test";

/// What goes wrong with the next track that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The token has run out.
    Expired,
    /// 401 with an empty body.
    Empty401,
    /// 422.
    Unprocessable,
    /// 429 with a reset time.
    TooMany,
    /// 500.
    OutOfOrder,
    /// The connection is cut in the middle of the sound.
    CutHalfway,
    /// All is taken, the track is made, and the connection is cut.
    TakenAndCut,
}

/// A track as it came.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    pub fields: HashMap<String, String>,
    pub sound: Vec<u8>,
    pub artwork: Vec<u8>,
}

#[derive(Default)]
pub struct State {
    challenge: String,
    redirect: String,
    code: String,
    access: String,
    refresh: String,
    made: u32,
    pub lifetime_seconds: u64,
    pub seconds_left: Option<u64>,
    pub tracks: Vec<Sent>,
    pub faults: VecDeque<Fault>,
    pub refreshes: u32,
    /// How many requests there were, well or ill.
    pub requests: u32,
    /// What a request had wrong.
    pub complaints: Vec<String>,
}

impl State {
    fn tokens(&mut self) -> Value {
        self.made += 1;
        self.access = format!("access-{}", self.made);
        self.refresh = format!("refresh-{}", self.made);
        json!({"access_token": self.access, "refresh_token": self.refresh, "token_type": "bearer",
               "expires_in": self.lifetime_seconds, "scope": ""})
    }

    fn check(&mut self, is_so: bool, what: &str) {
        if !is_so {
            self.complaints.push(what.to_owned());
        }
    }
}

/// The server; ends with the test.
#[derive(Clone)]
pub struct SoundCloud {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl SoundCloud {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = State { lifetime_seconds: 3599, seconds_left: Some(6000), ..State::default() };
        let server = Self { address, state: Arc::new(Mutex::new(state)) };
        let serving = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        server
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Settings that point here, with a free port for the answer.
    pub fn settings(&self) -> SoundCloudSettings {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        SoundCloudSettings {
            client_id: CLIENT.into(),
            port,
            sign_in_address: self.address.clone(),
            api_address: self.address.clone(),
        }
    }

    /// A browser whose user says yes: follows the redirection to the waiting program.
    pub fn browser(address: &str) -> bool {
        let answer = get(address);
        let Some(location) = answer.lines().find_map(|line| line.strip_prefix("Location: ")) else { return false };
        let location = location.trim().to_owned();
        std::thread::spawn(move || get(&location));
        true
    }

    fn serve(&self, mut stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let Some((head, rest)) = read_head(&mut stream) else { return };
        let mut words = head.split_whitespace();
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or("").to_owned());
        let header = |name: &str| {
            let named = |line: &&str| line.to_lowercase().starts_with(&format!("{name}:"));
            head.lines().find(named).map(|line| line.split_once(':').unwrap().1.trim().to_owned())
        };
        let length: usize = header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        self.state().requests += 1;
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let fault = (method == "POST" && path == "/tracks").then(|| self.state().faults.pop_front()).flatten();
        let is_cut = fault == Some(Fault::CutHalfway);
        let mut body = rest;
        while body.len() < if is_cut { length / 2 } else { length } {
            let mut some = vec![0; 65536];
            match stream.read(&mut some) {
                Ok(read) if read > 0 => body.extend(&some[..read]),
                _ => return,
            }
        }
        if is_cut {
            return;
        }
        let authorization = header("authorization").unwrap_or_default();
        let (status, more, text) = match (method, path) {
            ("GET", "/authorize") => self.authorize(&form(query)),
            ("POST", "/oauth/token") => {
                self.state().check(!authorization.starts_with("Basic"), "the client stands in the form");
                self.token(&form(&String::from_utf8_lossy(&body)))
            }
            ("GET", "/me") => self.when_signed_in(&authorization, |state| {
                let quota = match state.seconds_left {
                    Some(left) => json!({"unlimited_upload_quota": false, "upload_seconds_left": left}),
                    None => json!({"unlimited_upload_quota": true}),
                };
                (200, json!({"username": "Ann", "quota": quota}).to_string())
            }),
            ("GET", "/me/tracks") => self.when_signed_in(&authorization, |state| {
                let tracks = state.tracks.iter().enumerate().rev();
                (200, tracks.map(|(id, track)| answer_for(id, track)).collect::<Value>().to_string())
            }),
            ("POST", "/tracks") => {
                self.track(&authorization, &header("content-type").unwrap_or_default(), &body, fault)
            }
            _ => {
                self.state().complaints.push(format!("{method} {path} is not there"));
                (404, String::new(), String::new())
            }
        };
        if fault == Some(Fault::TakenAndCut) {
            return;
        }
        let more = format!("{more}Content-Type: application/json\r\nConnection: close\r\n");
        let answer = format!("HTTP/1.1 {status} X\r\n{more}Content-Length: {}\r\n\r\n{text}", text.len());
        let _ = stream.write_all(answer.as_bytes());
    }

    fn authorize(&self, query: &HashMap<String, String>) -> (u16, String, String) {
        let mut state = self.state();
        let given = |name: &str| query.get(name).cloned().unwrap_or_default();
        state.check(given("response_type") == "code", "response_type is code");
        state.check(given("client_id") == CLIENT, "the client id");
        state.check(given("code_challenge_method") == "S256", "the method is S256");
        state.check(given("code_challenge").len() == 43, "a challenge of 43 letters");
        state.check(given("state").len() >= 16, "a state that cannot be guessed");
        state.check(given("redirect_uri").starts_with("http://127.0.0.1:"), "a loopback address");
        state.challenge = given("code_challenge");
        state.redirect = given("redirect_uri");
        state.made += 1;
        state.code = format!("code-{}", state.made);
        let location = format!("Location: {}?code={}&state={}\r\n", state.redirect, state.code, given("state"));
        (302, location, String::new())
    }

    fn token(&self, form: &HashMap<String, String>) -> (u16, String, String) {
        let mut state = self.state();
        let given = |name: &str| form.get(name).cloned().unwrap_or_default();
        state.check(given("client_id") == CLIENT, "the client id of a token request");
        let denied = (400, String::new(), json!({"error": "invalid_grant"}).to_string());
        match given("grant_type").as_str() {
            "authorization_code" => {
                let verifier = given("code_verifier");
                state.check((43..=128).contains(&verifier.len()), "a verifier of 43 to 128 letters");
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
                let fits = challenge == state.challenge && !state.code.is_empty() && given("code") == state.code;
                let redirect = state.redirect.clone();
                state.check(given("redirect_uri") == redirect, "the same redirect address");
                state.code.clear(); // serves once
                if !fits {
                    return denied;
                }
            }
            "refresh_token" => {
                if given("refresh_token") != state.refresh {
                    return denied;
                }
                state.refreshes += 1;
            }
            other => state.complaints.push(format!("grant_type {other}")),
        }
        (200, String::new(), state.tokens().to_string())
    }

    fn when_signed_in(
        &self,
        authorization: &str,
        answer: impl FnOnce(&State) -> (u16, String),
    ) -> (u16, String, String) {
        let state = self.state();
        if authorization != format!("OAuth {}", state.access) {
            return (401, String::new(), json!({"message": "no"}).to_string());
        }
        let (status, text) = answer(&state);
        (status, String::new(), text)
    }

    fn track(&self, authorization: &str, kind: &str, body: &[u8], fault: Option<Fault>) -> (u16, String, String) {
        let answer = |status, text: Value| (status, String::new(), text.to_string());
        match fault {
            Some(Fault::Expired) => {
                self.state().access.clear();
                return answer(401, json!({"message": "the token has run out"}));
            }
            Some(Fault::Empty401) => return (401, String::new(), String::new()),
            Some(Fault::Unprocessable) => {
                return answer(422, json!({"errors": [{"error_message": "the sound is too short"}]}));
            }
            Some(Fault::TooMany) => {
                return answer(429, json!({"errors": [{"meta": {"reset_time": "2030/01/02 03:04:05 +0000"}}]}));
            }
            Some(Fault::OutOfOrder) => return answer(500, json!({})),
            Some(Fault::CutHalfway | Fault::TakenAndCut) | None => {}
        }
        let mut state = self.state();
        if authorization != format!("OAuth {}", state.access) {
            return answer(401, json!({}));
        }
        let sent = multipart(kind, body);
        state.check(sent.sound.starts_with(b"fLaC"), "the sound is FLAC");
        state.check(sent.artwork.starts_with(b"\x89PNG"), "the artwork is a picture");
        let has = |name: &str| sent.fields.contains_key(name);
        state.check(has("track[title]") && has("track[sharing]") && has("track[license]"), "title, sharing, licence");
        state.tracks.push(sent.clone());
        answer(201, answer_for(state.tracks.len() - 1, &sent))
    }
}

fn answer_for(id: usize, track: &Sent) -> Value {
    let link = format!("https://soundcloud.com/ann/{id}");
    json!({"id": id, "title": track.fields["track[title]"], "permalink_url": link})
}

fn read_head(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Some((String::from_utf8_lossy(&bytes).into_owned(), rest));
        }
        let mut some = [0; 4096];
        match stream.read(&mut some) {
            Ok(read) if read > 0 => bytes.extend(&some[..read]),
            _ => return None,
        }
    }
}

fn get(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn form(text: &str) -> HashMap<String, String> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut letters = text.bytes();
        while let Some(byte) = letters.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [letters.next().unwrap(), letters.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (decoded(key), decoded(value))).collect()
}

/// Takes a form apart, as RFC 7578 has it.
fn multipart(kind: &str, body: &[u8]) -> Sent {
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let line = format!("--{boundary}");
    let mut sent = Sent::default();
    let find = |from: usize, what: &[u8]| {
        body[from..].windows(what.len()).position(|window| window == what).map(|at| from + at)
    };
    let mut at = find(0, line.as_bytes()).unwrap();
    loop {
        at += line.len();
        if body[at..].starts_with(b"--\r\n") {
            return sent;
        }
        let head_end = find(at, b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&body[at..head_end]).into_owned();
        let next = find(head_end, format!("\r\n{line}").as_bytes()).unwrap();
        let content = &body[head_end + 4..next];
        let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
        match name {
            "track[asset_data]" => sent.sound = content.to_vec(),
            "track[artwork_data]" => sent.artwork = content.to_vec(),
            _ => {
                sent.fields.insert(name.to_owned(), String::from_utf8(content.to_vec()).unwrap());
            }
        }
        at = next + 2;
    }
}
