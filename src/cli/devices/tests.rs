use super::*;
use crate::devices::fake::FakeBackend;

const ALL: System = System { has_nvidia_gpu: false, has_dialogs: true, package: None };

fn working() -> Report {
    let mut backend = FakeBackend::new();
    backend.plug("AKM322 MIDI 1");
    backend.plug("Keystation 49");
    Report {
        midi: midi(&mut backend),
        sound: Sound { outputs: vec!["default".into()], priority: "real time, by rtkit".into(), is_real_time: true },
        soundfonts: vec![SoundFontEntry { name: "TimGM6mb".into(), path: "/usr/share/sounds/sf2/TimGM6mb.sf2".into() }],
        compute: Compute { devices: vec!["CPU".into()], libtorch: Some("2.11.0".into()), unavailable: None },
        missing: Vec::new(),
    }
}

fn whats(report: &Report, system: &System) -> Vec<String> {
    let missing = missing(&report.midi, &report.sound, &report.soundfonts, &report.compute, system);
    missing.into_iter().map(|missing| missing.what).collect()
}

#[test]
fn where_all_is_there_nothing_is_missing() {
    let report = working();
    assert!(whats(&report, &ALL).is_empty());
    let text = report.to_text();
    assert!(text.contains("  AKM322 MIDI 1 · DeepComposer keyboard (AKM322)\n  Keystation 49\n"), "{text}");
    assert!(text.contains("  CPU\nlibtorch\n  2.11.0\n"), "{text}");
}

#[test]
fn where_nothing_is_there_all_of_it_is_told() {
    let mut backend = FakeBackend::new();
    backend.set_unavailable(Some("no sequencer"));
    let report = Report {
        midi: midi(&mut backend),
        sound: Sound { outputs: Vec::new(), priority: "normal: there is no rtkit".into(), is_real_time: false },
        soundfonts: Vec::new(),
        compute: Compute { devices: Vec::new(), libtorch: None, unavailable: Some("no engine".into()) },
        missing: Vec::new(),
    };
    let system = System { has_dialogs: false, ..ALL };
    assert_eq!(
        whats(&report, &system),
        [
            "the system's MIDI",
            "a sound output",
            "real-time priority for the sound",
            "a SoundFont",
            "the composing engine",
            "file dialogs"
        ]
    );
    let text = report.to_text();
    assert!(text.contains("MIDI inputs\n  no sequencer\n") && text.contains("  no engine\n"), "{text}");
}

#[test]
fn a_gpu_that_is_not_used_is_told() {
    let system = System { has_nvidia_gpu: true, ..ALL };
    let mut report = working();
    assert_eq!(whats(&report, &system), ["the GPU"]);
    report.compute.devices.insert(0, "CUDA 0".into());
    assert!(whats(&report, &system).is_empty());
}

#[test]
fn a_package_says_where_libtorch_for_the_gpu_goes() {
    let compute = working().compute;
    let remedy = |folder: Option<&Path>| gpu_remedy(&compute, &System { package: folder.map(PathBuf::from), ..ALL });
    let installed = remedy(Some(Path::new("/usr/lib/cantus")));
    let command = "sudo python3 -m pip install --target \"/usr/lib/cantus/libtorch-2.11.0-cuda\" torch==2.11.0";
    assert!(installed.contains(command), "{installed}");
    assert!(remedy(Some(Path::new("/home/ann/cantus/lib/cantus"))).starts_with("“python3 -m pip"));
    let there = tempfile::tempdir().unwrap();
    std::fs::create_dir(there.path().join("libtorch-2.11.0-cuda")).unwrap();
    assert!(remedy(Some(there.path())).starts_with("libtorch for it is in"));
    assert!(remedy(None).contains("./run"));
}
