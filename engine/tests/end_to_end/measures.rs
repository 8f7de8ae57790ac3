//! `cantus metrics`, `dataset` and `evaluate`: what they say, and what they say when there is nothing to say.

use super::*;

fn json(command: &mut Command) -> serde_json::Value {
    let output = command.arg("--json").assert().success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

fn failure(command: &mut Command) -> String {
    let output = command.assert().code(1);
    assert!(output.get_output().stdout.is_empty());
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert_eq!(told.trim_end().lines().count(), 1, "{told}");
    told
}

#[test]
fn metrics_of_a_file_part_by_part() {
    let home = tempfile::tempdir().unwrap();
    write_song(home.path(), &song());
    let report = json(cantus(home.path()).args(["metrics", "song.mid"]));
    let file = &report["files"][0];
    assert_eq!((&file["steps_per_bar"], &file["bars"]), (&12.into(), &9.into()));
    let parts = file["parts"].as_array().unwrap();
    let roles: Vec<&str> = parts.iter().map(|part| part["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["drums", "melody", "chords"]);
    assert_eq!(parts[0]["drum_pattern"], 1.0);
    assert!(parts[0]["pitch_class_entropy"].is_null() && parts[1]["dissonance"].is_null());
    assert_eq!(parts[2]["polyphony"], 3.0);
    assert_eq!(parts[2]["pitch_classes_used"], 3.0);
    assert!(parts[2]["dissonance"].as_f64().unwrap() > 0.0);
    let text = cantus(home.path()).args(["metrics", "song.mid"]).assert().success();
    assert!(String::from_utf8_lossy(&text.get_output().stdout).contains("groove consistency"));
    std::fs::write(home.path().join("empty.mid"), midi_file::write(&Score::default())).unwrap();
    assert!(failure(cantus(home.path()).args(["metrics", "empty.mid"])).contains("it has no notes"));
}

#[test]
fn a_data_set_tells_what_it_uses_and_what_not() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("files");
    std::fs::create_dir(&folder).unwrap();
    write_song(&folder, &song());
    std::fs::write(folder.join("words.mid"), "These are words.").unwrap();
    let report = json(cantus(home.path()).args(["dataset", "files"]));
    assert_eq!((&report["files"], &report["files_used"]), (&2.into(), &1.into()));
    assert_eq!(report["pieces"][0]["parts"], serde_json::json!(["drums", "chords"]));
    assert_eq!(report["left_out"][0]["file"], "words.mid");
    assert!(report["windows"][0]["train"].as_u64().unwrap() >= 7);
    let text = cantus(home.path()).args(["dataset", "files", "--tracks"]).assert().success();
    let stdout = String::from_utf8_lossy(&text.get_output().stdout).into_owned();
    assert!(stdout.contains("1 of 2 files used") && stdout.contains("Flute solo: melody"), "{stdout}");
    std::fs::remove_file(folder.join("song.mid")).unwrap();
    assert!(failure(cantus(home.path()).args(["dataset", "files"])).contains("words.mid: not a MIDI file"));
    assert!(failure(cantus(home.path()).args(["dataset", "builtin:polka"])).contains("builtin:chorale"));
}

#[test]
fn an_untrained_model_is_judged_to_be_noise() {
    let home = tempfile::tempdir().unwrap();
    untrained_model(home.path());
    let evaluate =
        ["evaluate", "--model", "./untrained", "--data", "builtin:chorale", "--pieces", "2", "--device", "cpu"];
    let report = json(cantus(home.path()).args(evaluate));
    assert_eq!((&report["pieces"], &report["takes"]), (&2.into(), &2.into()));
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    assert!(number(&report["similarity"]) < 0.2, "{report}");
    assert!(number(&report["real"]["similarity"]) > 0.9, "{report}");
    let controls = &report["controls"];
    assert!(number(&controls["random_training_accompaniment"]["similarity"]) < 0.5, "{report}");
    assert_eq!(number(&controls["silence"]["similarity"]), 0.0);
    assert_eq!((&report["groups"][0]["group"], &report["groups"][7]["score"]), (&"lines".into(), &().into()));
    assert!(
        number(&report["destroyed"]["lines"]["musical"]["bass_bits"]) > number(&report["real"]["musical"]["bass_bits"])
    );
    assert!(report["passes_as_real"].is_null(), "two pieces are too few");
    assert_eq!(report["parts"][2]["role"], "bass");
    assert!(number(&report["variety"]) > 0.0);
    let one = json(cantus(home.path()).args(evaluate).args(["--takes", "1", "--parts", "bass"]));
    assert_eq!((one["parts"].as_array().unwrap().len(), &one["parts"][0]["role"]), (1, &"bass".into()));
    assert_eq!(one["real"]["parts"][0], report["real"]["parts"][2]);
    let unknown = failure(cantus(home.path()).args(evaluate).args(["--parts", "bass,tuba"]));
    assert!(unknown.contains("no part “tuba”") && unknown.contains("alto, tenor, bass"), "{unknown}");
}
