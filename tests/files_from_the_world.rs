//! Small files as they are in the world, each with a fault or an oddity, and what is right for each.
//!
//! They lie beside a checkout of the project, in `shared/cases`; where they are not, the kinds are still tested by
//! files made in the tests of `src/music/midi_file` and `src/corpus/roles`.

#![allow(clippy::print_stderr, reason = "says that the files are not there")]

use std::path::{Path, PathBuf};

use cantus::corpus::roles;
use cantus::music::midi_file::{self, MidiFile, Notice};
use cantus::music::{Control, Note, Part, Pitch, Role, Score, Velocity};
use cantus::sound::SoundFont;
use cantus::sound::unheard::unheard;

/// The folder of the cases, beside the checkout or above it.
fn folder() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1);
    above.map(|folder| folder.join("shared/cases/midi")).find(|folder| folder.is_dir())
}

struct Case(MidiFile, String);

impl Case {
    /// The case of a name, if it is there.
    fn of(name: &str) -> Option<Self> {
        let Some(path) = folder().map(|folder| folder.join(name)).filter(|path| path.is_file()) else {
            eprintln!("no {name} to be read");
            return None;
        };
        let bytes = std::fs::read(&path).expect("a case can be read");
        let read = midi_file::read_file(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        Some(Self(read, name.to_owned()))
    }

    fn part(&self, index: usize) -> &Part {
        &self.0.score.parts[index]
    }

    fn pitches(&self, index: usize) -> Vec<u8> {
        self.part(index).notes.iter().map(|note| note.pitch.get()).collect()
    }

    /// Parts as their numbers of notes.
    fn has_notes(&self, counts: &[usize]) -> &Self {
        let found: Vec<usize> = self.0.score.parts.iter().map(|part| part.notes.len()).collect();
        assert_eq!(found, counts, "{}", self.1);
        self
    }

    fn tells(&self, is_it: impl Fn(&Notice) -> bool) -> &Self {
        assert!(self.0.notices.iter().any(is_it), "{}: {:?}", self.1, self.0.notices);
        self
    }

    fn tells_nothing(&self) -> &Self {
        assert_eq!(self.0.notices, [], "{}", self.1);
        self
    }
}

/// Asserts something of a case where it is there.
fn case(name: &str, check: impl FnOnce(&Case)) {
    if let Some(case) = Case::of(name) {
        check(&case);
    }
}

const SCALE: [u8; 8] = [60, 62, 64, 65, 67, 69, 71, 72];

#[test]
fn whole_files_are_read_as_they_are() {
    for name in ["01_good.mid", "02_rmid.rmi", "10_type2_single.mid", "12_ppq_960.mid", "19_karaoke.kar"] {
        case(name, |case| {
            case.has_notes(&[8]).tells_nothing();
            assert_eq!(case.pitches(0), SCALE);
            let last = case.part(0).notes[7];
            assert_eq!((last.start, last.duration), (7 * 480, 480), "{name}");
        });
    }
    case("19_karaoke.kar", |case| {
        assert_eq!((case.0.score.title.as_str(), case.part(0).name.as_str()), ("Song", "Mel"));
    });
}

#[test]
fn outer_damage_is_passed_over() {
    case("05_ntrks_too_few.mid", |case| {
        case.has_notes(&[8, 8]).tells(|notice| *notice == Notice::TrackCount { declared: 2, found: 3 });
    });
    case("05_ntrks_too_many.mid", |case| {
        case.has_notes(&[8]).tells(|notice| *notice == Notice::TrackCount { declared: 3, found: 2 });
    });
    case("06_junk_between_tracks.mid", |case| {
        case.has_notes(&[8, 8]).tells(|notice| *notice == Notice::Junk(8));
        assert_eq!(case.0.score.tempo.qpm_at(0), 120.0);
    });
    for (name, counts) in [
        ("06_tracklen_ffffffff.mid", &[8][..]),
        ("06_tracklen_too_long_last.mid", &[8]),
        ("06_tracklen_too_short.mid", &[8, 8]),
        ("06_tracklen_zero.mid", &[8]),
    ] {
        case(name, |case| {
            case.has_notes(counts).tells(|notice| *notice == Notice::TrackLengths(1));
            assert_eq!(case.pitches(0), SCALE, "{name}");
        });
    }
    case("07_no_eot.mid", |case| {
        case.has_notes(&[8]).tells(|notice| *notice == Notice::NoEnd(1));
    });
}

#[test]
fn damaged_events_are_passed_over() {
    case("08_first_event_no_status.mid", |case| {
        case.has_notes(&[]).tells(|notice| *notice == Notice::Stray(2));
    });
    case("08_running_status_meta.mid", |case| {
        // the event in the middle is a text
        case.has_notes(&[2]).tells(|notice| *notice == Notice::Texts);
    });
    case("08_running_status_sysex.mid", |case| {
        case.has_notes(&[2]).tells_nothing();
    });
    case("09_data_byte_255_cc7.mid", |case| {
        case.has_notes(&[8]).tells(|notice| *notice == Notice::Clipped(1));
        assert_eq!(case.part(0).volume, 127);
    });
    case("09_key_above127.mid", |case| {
        case.has_notes(&[8]).tells(|notice| *notice == Notice::OutOfRange(2));
        assert_eq!(case.part(0).notes[0].start, 480);
    });
    for name in ["09_smpte_offset_bad.mid", "18_keysig_bad.mid"] {
        case(name, |case| {
            case.has_notes(&[8]).tells(|notice| *notice == Notice::OddEvents(1));
            assert!(case.0.score.keys.is_empty());
        });
    }
    case("24_sysex_len_too_long.mid", |case| {
        case.has_notes(&[8]).tells(|notice| matches!(notice, Notice::GaveUp { track: 1, others: 0, .. }));
    });
    case("24_vlq_5bytes.mid", |case| {
        case.has_notes(&[1]).tells(|notice| *notice == Notice::LongNumbers(1));
    });
    case("14_hanging_note.mid", |case| {
        case.has_notes(&[9]).tells(|notice| *notice == Notice::Hanging(1));
        assert_eq!(case.part(0).notes[0].duration, 8 * 480);
    });
    case("14_note_off_other_track.mid", |case| {
        case.has_notes(&[2]).tells_nothing();
        let spans: Vec<_> = case.part(0).notes.iter().map(|note| (note.start, note.end())).collect();
        assert_eq!(spans, [(0, 480), (960, 1440)]);
    });
}

#[test]
fn times_are_kept() {
    case("11_smpte_25_40.mid", |case| {
        case.has_notes(&[8]).tells(|notice| *notice == Notice::Frames { has_tempo: false });
        let starts: Vec<_> = case.part(0).notes.iter().map(|note| note.start).collect();
        assert_eq!(starts, [0, 480, 960, 1440, 1920, 2400, 2880, 3360]);
    });
    for name in ["12_ppq_960_humanised.mid", "12_ppq_960.mid"] {
        case(name, |case| {
            let folder = folder().unwrap();
            let before = std::fs::read(folder.join(name)).unwrap();
            assert_eq!(ticks(&midi_file::write(&case.0.score)), ticks(&before), "{name}");
        });
    }
    case("18_pickup_1beat.mid", |case| {
        assert_eq!(case.0.score.metre.bar_start(1), 480);
    });
}

/// Resolution, and all keys struck and let go with their ticks.
fn ticks(bytes: &[u8]) -> (u16, Vec<(u32, u8, bool)>) {
    let smf = midly::Smf::parse(bytes).expect("what we wrote is MIDI");
    let midly::Timing::Metrical(resolution) = smf.header.timing else { panic!("ticks of a quarter") };
    let mut found = Vec::new();
    for track in &smf.tracks {
        let mut now = 0;
        for event in track {
            now += event.delta.as_int();
            match event.kind {
                midly::TrackEventKind::Midi { message: midly::MidiMessage::NoteOn { key, vel }, .. } => {
                    found.push((now, key.as_int(), vel > 0));
                }
                midly::TrackEventKind::Midi { message: midly::MidiMessage::NoteOff { key, .. }, .. } => {
                    found.push((now, key.as_int(), false));
                }
                _ => {}
            }
        }
    }
    found.sort_unstable();
    (resolution.as_int(), found)
}

#[test]
fn instruments_and_drums_are_as_meant() {
    let programs = |case: &Case| case.0.score.parts.iter().map(|part| part.program).collect::<Vec<_>>();
    case("16_pc_shared_channel.mid", |case| assert_eq!(programs(case), [48, 48]));
    case("16_two_tracks_one_channel_two_programs.mid", |case| {
        assert_eq!(programs(case), [56, 0]);
        let later: Vec<_> = case.part(0).controls.iter().map(|event| event.control).collect();
        assert_eq!(later, [Control::Program(0)], "the channel is a piano from the second note on");
    });
    for (name, is_drum) in
        [("17_gs_drums_ch11.mid", true), ("17_xg_drums_ch11_bank127.mid", true), ("17_gs_melodic_ch10.mid", false)]
    {
        case(name, |case| assert_eq!(case.part(0).is_drum, is_drum, "{name}"));
    }
    case("17_gs_melodic_ch10.mid", |case| assert_eq!(programs(case), [48]));
    case("22_port1_ch10_melodic.mid", |case| assert!(case.part(0).is_drum && case.part(1).is_drum));
    case("22b_ports_musescore.mid", |case| {
        let names: Vec<_> = case.0.score.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!((names, programs(case)), (vec!["Flute", "Flute 2", "Violin"], vec![73, 73, 48]));
    });
    case("25_130_parts.mid", |case| {
        assert_eq!(case.0.score.parts.len(), 130);
        case.tells(|notice| matches!(notice, Notice::Silent(128, names) if names.len() == 3));
    });
    case("27_20_parts.mid", |case| {
        let back = midi_file::read(&midi_file::write(&case.0.score)).unwrap();
        assert_eq!(back, case.0.score);
    });
}

#[test]
fn names_are_legible() {
    for (name, title, part) in [
        ("19_cp1251_name.mid", "Песня", "Гитара"),
        ("19_sjis_name.mid", "テスト曲", "ピアノ"),
        ("19_utf16_name.mid", "Title", "Piano"),
        ("19_utf8_names.mid", "Über schöne Melodie", "B♭ Clarinet"),
        ("19_utf8_emoji_rtl.mid", "عربي 🎹", "שלום 🎸"),
    ] {
        case(name, |case| {
            assert_eq!((case.0.score.title.as_str(), case.part(0).name.as_str()), (title, part), "{name}");
        });
    }
    case("19_sjis_name.mid", |case| {
        case.tells(|notice| *notice == Notice::Encoding("Shift_JIS"));
    });
}

#[test]
fn the_melody_is_what_is_played_as_one() {
    case("26_voice_oohs_pad.mid", |case| {
        assert_eq!(roles::propose_melody(&case.0.score), Some(0), "the flute's line");
    });
    case("26_steelstr.mid", |case| {
        let found = roles::find(&case.0.score.parts, false);
        assert_eq!(found[0].0, Role::Guitar, "{found:?}");
    });
}

/// A SoundFont of the cases, if it is there.
fn soundfont(name: &str) -> Option<SoundFont> {
    let path = folder()?.with_file_name("soundfont").join(name);
    path.is_file().then(|| SoundFont::load(&path).unwrap_or_else(|error| panic!("{name}: {error}")))
}

#[test]
fn soundfonts_play_what_they_have_and_say_what_they_lack() {
    let score = |is_drum: bool| {
        let note = Note { start: 0, pitch: Pitch::MIDDLE_C, duration: 480, velocity: Velocity::DEFAULT };
        let part = Part { is_drum, notes: vec![note], ..Part::new("", 73) };
        Score { parts: vec![part.into()], ..Score::default() }
    };
    if let Some(font) = soundfont("only_drums.sf2") {
        assert_eq!((unheard(&font, &score(false)), unheard(&font, &score(true))), (vec![0], vec![]));
    }
    if let Some(font) = soundfont("only_bank8.sf2") {
        assert_eq!(unheard(&font, &score(false)), [0; 0], "the nearest preset");
    }
    if let Some(font) = soundfont("rate0_unused.sf2") {
        assert_eq!(unheard(&font, &score(false)), [0; 0]);
    }
}

#[test]
fn no_case_is_refused() {
    let Some(folder) = folder() else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).expect("a case can be read");
        let read = midi_file::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let again = midi_file::read(&midi_file::write(&read)).unwrap();
        assert_eq!(again, read, "{}", path.display());
    }
}
