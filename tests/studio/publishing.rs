//! Publishing, sheets and pages, against a SoundCloud of the tests.

use cantus::{
    music::{Note, Score},
    sound::{Loading, SoundFont},
    soundcloud::{
        Account, Cancel, MemorySecrets, PublishError, Published, Secrets, SoundCloudSettings, Stage, Track, publish,
        sign_in,
    },
    studio::services::publishing::AccountState,
};

use eframe::egui::{Event, PointerButton};

use super::*;
use support::soundcloud::{CLIENT, Fault, SoundCloud};

fn font() -> SoundFont {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2");
    SoundFont::load_with(&path, &Loading::cached(None)).unwrap()
}

fn song(seconds: u32) -> Score {
    let notes = (0..seconds * 2).map(|quarter| Note { ..note(quarter * 480, 60 + quarter as i32 % 12) });
    let part = Part { notes: notes.collect(), ..Part::new("Tune", 0) };
    Score { title: "A tune".into(), parts: vec![Arc::new(part)], ..Score::default() }
}

struct Here {
    server: SoundCloud,
    settings: SoundCloudSettings,
    secrets: MemorySecrets,
}

impl Here {
    /// Somebody who is connected.
    fn connected() -> Self {
        let server = SoundCloud::start();
        let here = Self { settings: server.settings(), server, secrets: MemorySecrets::default() };
        sign_in(&here.settings, &here.secrets, &SoundCloud::browser, &Cancel::default()).unwrap();
        here
    }

    fn publish(&self) -> Result<Published, PublishError> {
        self.publish_until(&Cancel::default(), &|_| {})
    }

    fn publish_until(&self, cancel: &Cancel, on: &(dyn Fn(Stage) + Sync)) -> Result<Published, PublishError> {
        let track = Track { title: "Mine".into(), tags: "piano, slow tune".into(), ..Track::default() };
        let mut account = Account::open(&self.settings, &self.secrets).unwrap();
        publish(&mut account, &song(3), &font(), &track, cancel, on)
    }
}

#[test]
fn a_track_arrives_whole_and_private() {
    let here = Here::connected();
    let published = here.publish().unwrap();
    assert_eq!(published.link, "https://soundcloud.com/ann/0");
    let state = here.server.state();
    assert_eq!(state.complaints, Vec::<String>::new());
    let track = &state.tracks[0];
    assert_eq!(track.fields["track[sharing]"], "private");
    assert_eq!(track.fields["track[tag_list]"], "piano \"slow tune\"");
    assert_eq!(track.fields["track[license]"], "all-rights-reserved");
    assert!(!track.fields.contains_key("track[genre]"), "what is empty is not sent");
    assert!(track.sound.len() > 10_000 && image::load_from_memory(&track.artwork).is_ok());
}

#[test]
fn a_token_that_runs_out_is_refreshed_and_nothing_is_published_twice() {
    let here = Here::connected();
    here.server.state().faults.push_back(Fault::Expired);
    here.publish().unwrap();
    assert_eq!(here.server.state().tracks.len(), 1);
    assert_eq!(here.server.state().refreshes, 1);
    // a token that ends soon is refreshed before it is used; the refresh token is the new one, which serves once
    here.server.state().lifetime_seconds = 10;
    here.server.state().faults.push_back(Fault::Expired);
    here.publish().unwrap();
    here.publish().unwrap();
    assert_eq!(here.server.state().tracks.len(), 3);
    assert!(here.server.state().refreshes >= 3);
    assert_eq!(here.server.state().complaints, Vec::<String>::new());
}

#[test]
fn what_soundcloud_says_is_told_and_nothing_is_published() {
    let here = Here::connected();
    for (faults, told) in [
        (&[Fault::Unprocessable][..], "the sound is too short"),
        (&[Fault::TooMany], "2030/01/02 03:04:05 +0000"),
        (&[Fault::OutOfOrder], "status 500"),
        (&[Fault::Empty401, Fault::Empty401], "e-mail address"),
        (&[Fault::CutHalfway], "the connection to SoundCloud failed"),
    ] {
        here.server.state().faults.extend(faults);
        let error = here.publish().unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(told) || matches!(error, PublishError::Unknown), "{text}");
        assert!(!text.contains("access-") && !text.contains("refresh-"), "{text}");
        assert!(here.server.state().tracks.is_empty(), "{text}");
    }
    here.publish().unwrap();
    assert_eq!(here.server.state().tracks.len(), 1, "and the next time it works");
}

#[test]
fn a_track_whose_answer_got_lost_is_found_and_not_sent_again() {
    let here = Here::connected();
    here.publish().unwrap();
    here.server.state().faults.push_back(Fault::TakenAndCut);
    assert_eq!(here.publish().unwrap().link, "https://soundcloud.com/ann/1");
    assert_eq!(here.server.state().tracks.len(), 2);
}

#[test]
fn quota_and_cancelling_come_before_anything_is_sent() {
    let here = Here::connected();
    here.server.state().seconds_left = Some(1);
    assert!(matches!(here.publish(), Err(PublishError::QuotaExceeded { left: 0, needed: 1 })));
    here.server.state().seconds_left = None;
    for stage in [Stage::Rendering(0.0), Stage::Sending(0.0)] {
        let cancel = Cancel::default();
        let on = |now: Stage| {
            if std::mem::discriminant(&now) == std::mem::discriminant(&stage) {
                cancel.cancel();
            }
        };
        assert!(matches!(here.publish_until(&cancel, &on), Err(PublishError::Cancelled)), "{stage:?}");
    }
    assert!(here.server.state().tracks.is_empty());
}

#[test]
fn sign_ins_that_go_wrong_keep_no_token() {
    let server = SoundCloud::start();
    let secrets = MemorySecrets::default();
    let settings = server.settings();
    let busy = std::net::TcpListener::bind(("127.0.0.1", settings.port)).unwrap();
    let tried = sign_in(&settings, &secrets, &SoundCloud::browser, &Cancel::default());
    assert!(matches!(tried, Err(PublishError::PortBusy(port)) if port == settings.port));
    drop(busy);
    // somebody else's page sends an answer
    let forged = |address: &str| {
        let state = address.split("state=").nth(1).unwrap().split('&').next().unwrap();
        SoundCloud::browser(&address.replace(state, "0123456789abcdef0123"))
    };
    assert!(matches!(sign_in(&settings, &secrets, &forged, &Cancel::default()), Err(PublishError::WrongState)));
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(matches!(sign_in(&settings, &secrets, &|_| true, &cancel), Err(PublishError::Cancelled)));
    assert!(matches!(sign_in(&settings, &secrets, &|_| false, &Cancel::default()), Err(PublishError::NoBrowser)));
    assert!(matches!(Account::open(&settings, &secrets), Err(PublishError::NotConnected)));
    assert_eq!(secrets.get(&format!("tokens of {CLIENT}")).unwrap(), None);
}

/// A studio with instruments and two notes, which are soon rendered.
fn open_with_sound(folder: &Path) -> Harness<'static, Studio> {
    let mut harness = open(folder, &FakeBackend::new(), fake_engine());
    harness.state_mut().services.sound.font = Some(font());
    harness.state_mut().document.history.edit("Shorten", |score| score.part_mut(0).unwrap().notes.truncate(2));
    harness
}

fn type_into(harness: &mut Harness<'static, Studio>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.run_steps(2);
    harness.get_by_label(label).type_text(text);
    harness.run_steps(2);
}

#[test]
fn from_the_menu_to_the_link_by_a_browser_that_says_yes() {
    let folder = tempfile::tempdir().unwrap();
    let server = SoundCloud::start();
    let mut harness = open_with_sound(folder.path());
    let settings = SoundCloudSettings { client_id: String::new(), ..server.settings() };
    let studio = harness.state_mut();
    studio.services.publishing.secrets = Arc::new(MemorySecrets::default());
    studio.services.publishing.browser = Arc::new(SoundCloud::browser);
    studio.services.preferences.soundcloud = settings;
    studio.services.ask(Command::Publish);
    harness.run_steps(3);
    assert!(harness.get_by_label("Connect…").accesskit_node().is_disabled());
    type_into(&mut harness, "Client id", CLIENT);
    click(&mut harness, "Connect…");
    until(&mut harness, "the account was there", |studio| {
        matches!(studio.services.publishing.account, AccountState::Connected(_))
    });
    harness.run_steps(2);
    harness.get_by_label_contains("Connected as Ann");
    harness.get_by_label_contains("no keyring");
    // the title's last letter and the click come within one slow frame
    type_into(&mut harness, "Title", "Evening wal");
    let pos = harness.get_by_label("Publish privately").rect().center();
    let press =
        |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    harness.input_mut().events.extend([
        Event::Text("k".to_owned()),
        Event::PointerMoved(pos),
        press(true),
        press(false),
    ]);
    harness.run_steps(3);
    until(&mut harness, "it was published", |studio| studio.services.publishing.done.is_some());
    harness.run_steps(2);
    harness.get_by_label("https://soundcloud.com/ann/0");
    assert!(server.state().tracks[0].fields["track[title]"].ends_with("Evening walk"));
    assert_eq!(server.state().complaints, Vec::<String>::new());
    // settings keep the app, and no token
    until(&mut harness, "the app was kept", |_| {
        std::fs::read_to_string(folder.path().join("settings.toml")).is_ok_and(|text| text.contains(CLIENT))
    });
    let kept = std::fs::read_to_string(folder.path().join("settings.toml")).unwrap();
    assert!(!kept.contains("access-") && !kept.contains("refresh-"));
    click(&mut harness, "Disconnect");
    until(&mut harness, "nobody was connected", |studio| {
        matches!(studio.services.publishing.account, AccountState::None)
    });
    harness.run_steps(2);
    harness.get_by_label("Client id");
}

#[test]
fn the_client_secret_stays_until_somebody_is_connected_or_the_window_closes() {
    let folder = tempfile::tempdir().unwrap();
    let server = SoundCloud::start();
    let mut harness = open_with_sound(folder.path());
    let studio = harness.state_mut();
    studio.services.publishing.secrets = Arc::new(MemorySecrets::default());
    studio.services.publishing.browser = Arc::new(|_: &str| false);
    studio.services.preferences.soundcloud = SoundCloudSettings { client_id: String::new(), ..server.settings() };
    studio.services.ask(Command::Publish);
    harness.run_steps(3);
    let typed = |harness: &Harness<'static, Studio>| harness.state().dialogs.publish.secret.0.clone();
    let try_in_vain = |harness: &mut Harness<'static, Studio>| {
        type_into(harness, "Client secret", "hush");
        click(harness, "Connect…");
        until(harness, "it failed", |studio| studio.services.publishing.failed.is_some());
        harness.run_steps(2);
    };
    type_into(&mut harness, "Client id", CLIENT);
    try_in_vain(&mut harness);
    assert_eq!(typed(&harness), "hush");
    click(&mut harness, "Close publishing");
    harness.run_steps(2);
    assert_eq!(typed(&harness), "");
    harness.state_mut().services.ask(Command::Publish);
    harness.step();
    until(&mut harness, "nobody was connected", |studio| {
        matches!(studio.services.publishing.account, AccountState::None)
    });
    harness.run_steps(2);
    try_in_vain(&mut harness);
    let kept = |harness: &Harness<'static, Studio>| {
        harness.state().services.publishing.secrets.get(&format!("secret of {CLIENT}")).unwrap()
    };
    assert_eq!(kept(&harness), None, "one that served nobody is not kept");
    harness.state_mut().services.publishing.browser = Arc::new(SoundCloud::browser);
    click(&mut harness, "Connect…");
    let is_connected = |studio: &Studio| matches!(studio.services.publishing.account, AccountState::Connected(_));
    until(&mut harness, "the account was there", is_connected);
    harness.run_steps(2);
    assert_eq!((typed(&harness), kept(&harness).as_deref()), (String::new(), Some("hush")));

    // the window of another start: the field is empty, the keyring is not
    harness.state_mut().services.publishing.account = AccountState::None;
    harness.run_steps(2);
    click(&mut harness, "Connect…");
    until(&mut harness, "the account was there again", is_connected);
    assert_eq!(kept(&harness).as_deref(), Some("hush"));
}

#[test]
fn without_an_app_the_piece_is_saved_and_the_upload_page_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open_with_sound(folder.path());
    let shown = Arc::new(std::sync::Mutex::new(Vec::new()));
    let showing = Arc::clone(&shown);
    harness.state_mut().services.publishing.browser = Arc::new(move |address: &str| {
        showing.lock().unwrap().push(address.to_owned());
        true
    });
    harness.state_mut().services.ask(Command::Publish);
    harness.run_steps(3);
    assert!(!harness.get_by_label("Save and open SoundCloud's upload page…").accesskit_node().is_disabled());
    let path = folder.path().join("mine.flac");
    take_path(&mut harness, Purpose::SaveForUpload, &path);
    until(&mut harness, "the file was there", |_| path.is_file());
    until(&mut harness, "the page was shown", |_| !shown.lock().unwrap().is_empty());
    assert_eq!(*shown.lock().unwrap(), ["https://soundcloud.com/upload"]);
}

#[test]
fn esc_closes_the_windows_of_publishing_and_exporting_on_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open_with_sound(folder.path());
    let windows = [
        (Command::Publish, "Close publishing"),
        (Command::ExportAudio, "Close the export"),
        (Command::ExportPage, "Close the export"),
    ];
    for (page, (command, label)) in Page::ALL.into_iter().flat_map(|page| windows.map(|window| (page, window))) {
        harness.state().services.ask(Command::Show(page));
        harness.state().services.ask(command);
        harness.run_steps(3);
        harness.get_by_label(label);
        press(&mut harness, Modifiers::NONE, Key::Escape);
        assert!(harness.query_by_label(label).is_none(), "{command:?} on {page:?}");
    }
}

#[test]
fn sheets_and_pages_go_out_by_the_menu() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open_with_sound(folder.path());
    let sheet = folder.path().join("mine.musicxml");
    take_path(&mut harness, Purpose::ExportSheet, &folder.path().join("mine"));
    until(&mut harness, "the sheet was there", |_| sheet.is_file());
    assert!(std::fs::read_to_string(&sheet).unwrap().contains("<part-name>Melody</part-name>"));
    harness.state_mut().services.ask(Command::ExportPage);
    harness.run_steps(3);
    harness.get_by_label_contains("plays in any browser");
    let page = folder.path().join("mine.html");
    take_path(&mut harness, Purpose::ExportPage, &page);
    until(&mut harness, "the page was there", |_| page.is_file());
    until(&mut harness, "it was told", |studio| studio.services.exports.done.is_some());
    harness.run_steps(2);
    harness.get_by_label("mine.html");
}

#[test]
fn about_tells_what_is_in_use_and_no_path() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    until(&mut harness, "the engine was there", |studio| studio.services.engine.why_not().is_none());
    harness.state_mut().services.fail("Couldn't read it: /home/ann/song.mid");
    harness.state_mut().services.ask(Command::About);
    harness.run_steps(3);
    let Some(Dialog::About(report)) = &harness.state().dialogs.open else { panic!("nothing is shown") };
    assert!(report.contains("libtorch: none") && report.contains(env!("CARGO_PKG_VERSION")), "{report}");
    assert!(report.contains("\n  Couldn't read it: (a path)\n") && !report.contains("ann"), "{report}");
    click(&mut harness, "Copy the report");
    click(&mut harness, "Close");
    assert!(harness.state().dialogs.open.is_none());
}
