//! `cantus devices` and `cantus record` on whatever computer the tests run on, most likely one without any device.

use predicates::prelude::*;

use super::*;

#[test]
fn devices_says_what_is_there_and_always_succeeds() {
    let home = tempfile::tempdir().unwrap();
    let output = cantus(home.path()).args(["devices", "--json"]).assert().success();
    let report: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert!(report["midi"]["inputs"].is_array() && report["sound"]["outputs"].is_array());
    assert!(report["soundfonts"].is_array() && report["missing"].is_array());
    // the engine is real, so what it says of itself must be there
    assert!(report["compute"]["libtorch"].as_str().unwrap().starts_with("2."), "{report}");
    assert!(report["compute"]["devices"].as_array().unwrap().iter().any(|device| device == "CPU"), "{report}");
    let text = cantus(home.path()).arg("devices").assert().success();
    let stdout = String::from_utf8(text.get_output().stdout.clone()).unwrap();
    for title in ["MIDI inputs", "Sound outputs", "SoundFonts", "Compute devices", "libtorch"] {
        assert!(stdout.contains(title), "{stdout}");
    }
    assert!(text.get_output().stderr.is_empty(), "{:?}", text.get_output().stderr);
}

#[test]
fn devices_goes_without_an_engine() {
    let home = tempfile::tempdir().unwrap();
    let output = cantus(home.path())
        .args(["devices", "--json"])
        .env("CANTUS_ENGINE", home.path().join("nowhere"))
        .assert()
        .success();
    let report: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert!(report["compute"]["unavailable"].is_string() && report["compute"]["libtorch"].is_null(), "{report}");
}

#[test]
fn record_ends_with_a_sentence_where_it_cannot_record() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("take.mid");
    // with a sequencer nothing is played, without one nothing can be: neither leaves a file
    let sentence = predicate::str::is_match("cantus: (nothing was played|.*sequencer|.*the system's MIDI)").unwrap();
    cantus(home.path())
        .args(["record", "--seconds", "0.2", "--input", "no keyboard of this name", "--out"])
        .arg(&out)
        .assert()
        .code(1)
        .stderr(sentence);
    assert!(!out.exists());
    cantus(home.path())
        .args(["record", "--out", "no/such/folder/take.mid"])
        .assert()
        .code(1)
        .stderr("cantus: there is no such folder: no/such/folder\n");
    for wrong in [["--seconds", "0"], ["--count-in", "99"], ["--tempo", "fast"], ["--buffer", "1"]] {
        cantus(home.path()).args(["record", "--out", "take.mid"]).args(wrong).assert().code(2);
    }
    cantus(home.path()).arg("record").assert().code(2);
}
