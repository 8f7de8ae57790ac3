//! Files of a second start, handed to the first window: a socket that only this user can reach.
//!
//! Whoever holds the lock beside the socket is the first window and listens; the others wait for the lock, so that one
//! of them takes its place when it closes, and a socket whose window was killed is replaced. Who may connect is decided
//! by the folder's permissions; what comes is hostile until parsed, and names files at most. Knows no music, and of the
//! window only that somebody takes paths.

use std::{
    ffi::OsString,
    fs::{DirBuilder, File, Permissions},
    io::{self, Read as _, Write as _},
    os::unix::{
        ffi::{OsStrExt as _, OsStringExt as _},
        fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What a message begins with; another version of it is refused.
const GREETING: &[u8] = b"cantus open 1\n";
/// What is answered once the window has the files.
const TAKEN: &[u8] = b"taken\n";
/// Nobody opens more files at once, nor with longer names.
const MOST_BYTES: u64 = 1 << 20;
const MOST_FILES: usize = 256;
/// Whoever is slower than this at a message of a few hundred bytes is none of ours, or hangs.
const PATIENCE: Duration = Duration::from_secs(3);

/// This window's place among those that may be handed files.
#[derive(Debug)]
pub struct HandoverServer {
    socket: PathBuf,
    /// Set while the socket is this window's.
    is_ours: Arc<AtomicBool>,
}

impl HandoverServer {
    /// Waits, on a thread of its own, to be the first window, and gives what is handed over to `take` from then on.
    ///
    /// # Errors
    /// The folder cannot be made, or others could reach it.
    pub fn open(folder: &Path, take: impl Fn(Vec<PathBuf>) + Send + 'static) -> io::Result<Self> {
        private_folder(folder)?;
        let lock = File::create(folder.join("lock"))?;
        let socket = folder.join("socket");
        let is_ours = Arc::new(AtomicBool::new(false));
        let (place, ours) = (socket.clone(), Arc::clone(&is_ours));
        std::thread::Builder::new().name("handed files".into()).spawn(move || {
            if let Err(error) = lock.lock().and_then(|()| listen(&place, &ours, &take)) {
                log::warn!("no files can be handed to this window: {error}");
            }
            drop(lock); // held as long as anybody listens
        })?;
        Ok(Self { socket, is_ours })
    }
}

impl Drop for HandoverServer {
    fn drop(&mut self) {
        // nobody should knock at a door that is closed
        if self.is_ours.load(Ordering::Acquire) {
            let _ = std::fs::remove_file(&self.socket);
        }
    }
}

/// A folder that is this user's alone.
fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let metadata = std::fs::symlink_metadata(folder)?;
    let is_ours = metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw();
    if !is_ours || metadata.mode() & 0o077 != 0 {
        return Err(io::Error::other(format!("others could reach this folder: {}", folder.display())));
    }
    Ok(())
}

fn listen(socket: &Path, is_ours: &AtomicBool, take: &dyn Fn(Vec<PathBuf>)) -> io::Result<()> {
    // with the lock held, whatever lies there is dead
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, Permissions::from_mode(0o600))?;
    is_ours.store(true, Ordering::Release);
    for caller in listener.incoming() {
        // one that fails or says nonsense costs itself only
        if let Err(error) = caller.and_then(|caller| answer(caller, take)) {
            log::warn!("what was handed over was not understood: {error}");
        }
    }
    Ok(())
}

fn answer(mut caller: UnixStream, take: &dyn Fn(Vec<PathBuf>)) -> io::Result<()> {
    caller.set_read_timeout(Some(PATIENCE))?;
    caller.set_write_timeout(Some(PATIENCE))?;
    let mut message = Vec::new();
    (&caller).take(MOST_BYTES).read_to_end(&mut message)?;
    let files = parse(&message).map_err(io::Error::other)?;
    take(files);
    caller.write_all(TAKEN)
}

/// The files that a message names.
fn parse(message: &[u8]) -> Result<Vec<PathBuf>, &'static str> {
    let paths = message.strip_prefix(GREETING).ok_or("it is no message of this version")?;
    let paths = paths.strip_suffix(b"\0").ok_or("it is not whole")?;
    let files: Vec<PathBuf> =
        paths.split(|&byte| byte == 0).map(|path| PathBuf::from(OsString::from_vec(path.to_vec()))).collect();
    if files.len() > MOST_FILES {
        return Err("it names too many files");
    }
    if !files.iter().all(|file| file.is_absolute()) {
        return Err("it names a file without its folder");
    }
    Ok(files)
}

/// Hands files to the first window; whether there is one that took them.
pub fn hand_over(folder: &Path, files: &[PathBuf]) -> bool {
    let hand = || -> io::Result<bool> {
        let mut window = UnixStream::connect(folder.join("socket"))?;
        window.set_read_timeout(Some(PATIENCE))?;
        window.set_write_timeout(Some(PATIENCE))?;
        let mut message = GREETING.to_vec();
        for file in files {
            message.extend(std::path::absolute(file)?.as_os_str().as_bytes());
            message.push(0);
        }
        window.write_all(&message)?;
        window.shutdown(std::net::Shutdown::Write)?;
        let mut answer = Vec::new();
        window.take(TAKEN.len() as u64).read_to_end(&mut answer)?;
        Ok(answer == TAKEN)
    };
    hand().unwrap_or_else(|error| {
        log::debug!("there is no window to hand files to: {error}");
        false
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    fn server(folder: &Path) -> (HandoverServer, Receiver<Vec<PathBuf>>) {
        let (send, receive) = channel();
        let server = HandoverServer::open(folder, move |files| drop(send.send(files))).unwrap();
        (server, receive)
    }

    /// The thread needs a moment to begin to listen.
    fn handed(folder: &Path, files: &[PathBuf]) -> bool {
        (0..500).any(|_| {
            hand_over(folder, files) || {
                std::thread::sleep(Duration::from_millis(10));
                false
            }
        })
    }

    #[test]
    fn files_are_handed_to_the_first_window_and_only_to_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("window");
        assert!(!hand_over(&folder, &["/a.mid".into()]), "there is no window");
        let (first, taken) = server(&folder);
        let odd = PathBuf::from(OsString::from_vec(b"/b \xFF\n.mid".to_vec()));
        assert!(handed(&folder, &["/a.mid".into(), odd.clone()]));
        assert_eq!(taken.recv().unwrap(), [PathBuf::from("/a.mid"), odd]);
        let (_second, its) = server(&folder);
        assert!(hand_over(&folder, &["relative.mid".into()]));
        assert_eq!(taken.recv().unwrap(), [std::env::current_dir().unwrap().join("relative.mid")]);
        assert!(its.try_recv().is_err());
        drop(first);
        assert!(!hand_over(&folder, &["/a.mid".into()]), "a window that closes takes its socket away");
    }

    #[test]
    fn a_dead_socket_is_replaced_and_nonsense_costs_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("window");
        private_folder(&folder).unwrap();
        drop(UnixListener::bind(folder.join("socket")).unwrap()); // nobody listens, but the file stays, as after a kill
        assert!(!hand_over(&folder, &["/a.mid".into()]));
        let (_window, taken) = server(&folder);
        assert!(handed(&folder, &["/a.mid".into()]));
        let long = [GREETING, &vec![b'x'; 2 << 20]].concat();
        for nonsense in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", b"cantus open 1\n", b"cantus open 2\n/a\0", &long] {
            let mut caller = UnixStream::connect(folder.join("socket")).unwrap();
            let _ = caller.write_all(nonsense);
            let _ = caller.shutdown(std::net::Shutdown::Write);
            let mut answer = Vec::new();
            let _ = caller.read_to_end(&mut answer);
            assert_eq!(answer, b"");
        }
        assert!(hand_over(&folder, &["/b.mid".into()]));
        let all: Vec<Vec<PathBuf>> = taken.try_iter().collect();
        assert_eq!(all, [[PathBuf::from("/a.mid")], [PathBuf::from("/b.mid")]]);
    }

    #[test]
    fn messages_name_whole_paths_and_not_too_many() {
        let message = |paths: &str| [GREETING, paths.as_bytes()].concat();
        assert_eq!(parse(&message("/a\0/b\0")), Ok(vec!["/a".into(), "/b".into()]));
        for bad in ["", "/a", "a\0", "\0", "/a\0\0", &"/a\0".repeat(MOST_FILES + 1)] {
            assert!(parse(&message(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_folder_that_others_can_reach_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("window");
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        assert!(HandoverServer::open(&folder, drop).is_err());
        let (_window, _) = server(&home.path().join("other"));
        let mode = |name: &str| home.path().join("other").join(name).metadata().unwrap().mode();
        assert_eq!(mode("") & 0o077, 0);
    }
}
