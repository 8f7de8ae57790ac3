//! `cargo bench --bench publishing`: how long publishing five minutes of music takes, beside rendering it and sending
//! the file as plainly as can be, and how far memory grows. The SoundCloud of the tests, in a process of its own, takes
//! the track.
#![allow(clippy::print_stdout, reason = "a table is all it is for")]
#![allow(clippy::unwrap_used, reason = "it measures, or it ends")]

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../tests/support/soundcloud.rs"]
mod soundcloud;

use std::{
    alloc::System,
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    ops::ControlFlow,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use cantus::{
    music::{Note, Part, Pitch, Score, Velocity},
    sound::{
        Loading, SoundFont,
        export::{self, Depth, ExportOptions, Format},
    },
    soundcloud::{Account, Cancel, MemorySecrets, Secrets as _, SoundCloudSettings, Track, publish, sign_in},
};
use cap::Cap;
use soundcloud::{CLIENT, SoundCloud};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const SERVE: &str = "serve";

fn main() {
    if std::env::args().nth(1).as_deref() == Some(SERVE) {
        println!("{}", SoundCloud::start().address);
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap(); // until whoever started it has ended
        return;
    }
    let (_server, settings) = serve();
    let secrets = MemorySecrets::default();
    sign_in(&settings, &secrets, &SoundCloud::browser, &Cancel::default()).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2");
    let font = SoundFont::load_with(&path, &Loading::cached(None)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("track.flac");

    println!("{:<12} {:>9} {:>9} {:>9} {:>6} {:>10}", "", "rendering", "sending", "publishing", "ratio", "memory");
    for minutes in [1, 5] {
        let score = song(minutes);
        let mut best = [f64::MAX; 3];
        let mut grown = 0;
        for _ in 0..3 {
            let times = [
                seconds(|| render(&score, &font, &file)),
                seconds(|| send(&settings, &secrets, &file)),
                seconds(|| grown = grown.max(publish_whole(&settings, &secrets, &score, &font))),
            ];
            best = std::array::from_fn(|index| best[index].min(times[index]));
        }
        let [rendering, sending, publishing] = best;
        println!(
            "{minutes} min        {rendering:>7.2} s {sending:>7.3} s {publishing:>8.2} s {:>6.3} {:>6.1} MiB, \
             a file of {:.1} MiB",
            publishing / (rendering + sending),
            mib(grown),
            mib(file.metadata().unwrap().len() as usize),
        );
    }
}

/// The best of three is shown, so that what else the computer does counts little.
fn seconds(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Ends with this.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve() -> (Server, SoundCloudSettings) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let mut server = command.arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let address = address.trim().to_owned();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings =
        SoundCloudSettings { client_id: CLIENT.into(), port, sign_in_address: address.clone(), api_address: address };
    (Server(server), settings)
}

/// Five parts with a note on every eighth.
fn song(minutes: u32) -> Score {
    let part = |(index, program): (u32, u8)| {
        let note = |eighth: u32| Note {
            start: eighth * 240,
            duration: 220,
            pitch: Pitch::clamped((40 + index * 8 + eighth * 7 % 12) as i32),
            velocity: Velocity::clamped((60 + eighth % 40) as i32),
        };
        let notes = (0..minutes * 240).map(note).collect();
        Arc::new(Part { notes, ..Part::new(format!("Part {index}"), program) })
    };
    let parts = (0..).zip([0, 33, 48, 73, 25]).map(part).collect();
    Score { title: "A song".into(), parts, ..Score::default() }
}

fn render(score: &Score, font: &SoundFont, path: &Path) {
    let options = ExportOptions::whole(Format::Flac(Depth::Bits16), 44_100);
    export::export(score, font, path, &options, &mut |_| ControlFlow::Continue(())).unwrap();
}

/// The same request, written straight to the line.
fn send(settings: &SoundCloudSettings, secrets: &MemorySecrets, path: &Path) {
    let kept = secrets.get(&format!("tokens of {CLIENT}")).unwrap().unwrap();
    let tokens: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let field = |name: &str, value: &str| {
        format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let before = [
        field("track[title]", "Mine"),
        field("track[sharing]", "private"),
        field("track[license]", "cc-by"),
        field("track[artwork_data]", "a picture"),
        "--line\r\nContent-Disposition: form-data; name=\"track[asset_data]\"\r\n\r\n".into(),
    ]
    .concat();
    let after = "\r\n--line--\r\n";
    let mut file = File::open(path).unwrap();
    let length = before.len() as u64 + file.metadata().unwrap().len() + after.len() as u64;
    let host = settings.api_address.strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(host).unwrap();
    write!(
        line,
        "POST /tracks HTTP/1.1\r\nHost: {host}\r\nAuthorization: OAuth {}\r\n\
         Content-Type: multipart/form-data; boundary=line\r\nContent-Length: {length}\r\n\r\n{before}",
        tokens["access"].as_str().unwrap()
    )
    .unwrap();
    std::io::copy(&mut file, &mut line).unwrap();
    line.write_all(after.as_bytes()).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

/// Publishes, and says by how many bytes memory grew at most.
fn publish_whole(settings: &SoundCloudSettings, secrets: &MemorySecrets, score: &Score, font: &SoundFont) -> usize {
    let before = ALLOCATOR.allocated();
    let most = AtomicUsize::new(before);
    let track = Track { title: "Mine".into(), ..Track::default() };
    let mut account = Account::open(settings, secrets).unwrap();
    let watch = |_| {
        most.fetch_max(ALLOCATOR.allocated(), Ordering::Relaxed);
    };
    publish(&mut account, score, font, &track, &Cancel::default(), &watch).unwrap();
    most.into_inner() - before
}
