//! What every command says and returns when something is wrong.

use super::{cantus, song, untrained_model, write_song};

/// A failure is one sentence on standard error and a status; never a panic, and nothing on standard output.
fn fails(arguments: &[&str], environment: &[(&str, &str)], status: i32, says: &str) {
    let home = tempfile::tempdir().unwrap();
    untrained_model(home.path());
    write_song(home.path(), &song());
    std::fs::write(home.path().join("text.mid"), "These are words.").unwrap();
    let before = std::fs::read_dir(home.path()).unwrap().count();
    let output = cantus(home.path()).args(arguments).envs(environment.iter().copied()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let case = format!("cantus {}: {told}", arguments.join(" "));
    assert_eq!(output.status.code(), Some(status), "{case}");
    assert!(told.contains(says), "{case} does not say “{says}”");
    assert!(!told.contains("panicked") && !told.contains("stack backtrace"), "{case}");
    assert!(output.stdout.is_empty(), "{case}");
    if status == 1 {
        assert!(told.starts_with("cantus: ") && told.trim_end().lines().count() == 1, "{case} is not one sentence");
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), before, "{case}: something was left behind");
}

const MODEL: &str = "./untrained";

#[test]
fn wrong_usage_is_2() {
    fails(&["generate"], &[], 2, "--model");
    let complete = ["generate", "--model", MODEL, "--melody", "song.mid", "--out", "o.mid"];
    for (option, value) in [
        ("--takes", "0"),
        ("--takes", "65"),
        ("--track", "0"),
        ("--seed", "-1"),
        ("--surprise", "2"),
        ("--density", "NaN"),
        ("--device", "tpu"),
    ] {
        fails(&[&complete[..], &[option, value]].concat(), &[], 2, value);
    }
    fails(&["train", "--out", "run"], &[], 2, "--data");
    for (option, value) in [("--network", "rnn"), ("--iterations", "0"), ("--learning-rate", "2"), ("--batch", "-1")] {
        fails(&["train", "--data", "builtin:chorale", "--out", "run", option, value], &[], 2, value);
    }
    fails(&["metrics"], &[], 2, "FILES");
    fails(&["dataset"], &[], 2, "DATA");
    fails(&["completions", "fortran"], &[], 2, "fortran");
    fails(&["render", "song.mid", "o.wav", "--bars", "4-2"], &[], 2, "such as 5-12");
    fails(&["render", "song.mid", "o.wav", "--loudness", "5"], &[], 2, "LUFS");
    fails(&["models", "sell"], &[], 2, "sell");
    fails(&["models", "show"], &[], 2, "NAME");
    fails(&["bench", "everything"], &[], 2, "everything");
}

#[test]
fn generate_says_what_is_wrong() {
    let generate = |model: &str, melody: &str, more: &[&str], environment: &[(&str, &str)], says: &str| {
        let mut arguments = [&["generate", "--model", model, "--melody", melody], more].concat();
        for (option, value) in [("--device", "cpu"), ("--out", "out.mid")] {
            if !arguments.contains(&option) {
                arguments.extend([option, value]);
            }
        }
        fails(&arguments, environment, 1, says);
    };
    generate(MODEL, "nothing.mid", &[], &[], "nothing.mid");
    generate(MODEL, "text.mid", &[], &[], "not a MIDI file");
    generate(MODEL, ".", &[], &[], "not a file");
    generate("no-such-model", "song.mid", &[], &[], "no model “no-such-model”");
    generate("../..", "song.mid", &[], &[], "no model");
    generate(MODEL, "song.mid", &["--track", "9"], &[], "2 Flute solo");
    generate(MODEL, "song.mid", &["--track", "1"], &[], "no melody");
    generate(MODEL, "song.mid", &["--device", "cuda:7"], &[], "CUDA");
    generate(MODEL, "song.mid", &["--out", "song.mid"], &[], "overwrite");
    generate(MODEL, "song.mid", &["--out", "no/such/folder/out.mid"], &[], "no/such/folder");
    generate(MODEL, "song.mid", &[], &[("CANTUS_ENGINE", "/nowhere/engine")], "cargo build --bin cantus-engine");
    generate(MODEL, "song.mid", &[], &[("CANTUS_ENGINE", "/bin/false")], "exit status: 1");
}

#[test]
fn models_says_what_is_wrong() {
    fails(&["models", "show", "nothing"], &[], 1, "no model “nothing”");
    fails(&["models", "delete", "nothing"], &[], 1, "no model “nothing”");
    fails(&["models", "import", "."], &[], 1, "no model");
    fails(&["models", "import", "./nothing"], &[], 1, "nothing");
}

#[test]
fn render_says_what_is_wrong() {
    fails(&["render", "song.mid", "out.aiff"], &[], 1, "unsupported audio format .aiff");
    fails(&["render", "song.mid", "out.mp3", "--rate", "96000"], &[], 1, "MP3 takes no 96000 Hz");
    fails(&["render", "song.mid", "out.wav", "--bars", "900"], &[], 1, "ends before");
    fails(&["render", "song.mid", "no/such/folder/out.ogg"], &[], 1, "no/such/folder");
    fails(&["render", "text.mid", "out.wav"], &[], 1, "not a MIDI file");
}

#[test]
fn training_and_its_data_say_what_is_wrong() {
    fails(&["train", "--data", "nothing", "--out", "run"], &[], 1, "nothing");
    fails(&["train", "--data", "untrained", "--out", "run"], &[], 1, "untrained");
    fails(&["train", "--data", "builtin:polka", "--out", "run"], &[], 1, "builtin:chorale");
    fails(&["train", "--resume", "--out", "run"], &[], 1, "no training to resume");
    fails(&["dataset", "nothing"], &[], 1, "nothing");
    fails(&["metrics", "nothing.mid"], &[], 1, "nothing.mid");
    fails(&["metrics", "text.mid"], &[], 1, "not a MIDI file");
}

#[test]
fn what_works_returns_0_and_prints_what_it_says() {
    let home = tempfile::tempdir().unwrap();
    untrained_model(&home.path().join(".local/share/cantus/models"));
    write_song(home.path(), &song());
    let says = |arguments: &[&str], words: &str| {
        let output = cantus(home.path()).args(arguments).assert().success();
        let told = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
        assert!(told.contains(words), "cantus {}: {told}", arguments.join(" "));
        if arguments.contains(&"--json") {
            serde_json::from_str::<serde_json::Value>(&told).unwrap();
        }
    };
    says(&["--version"], env!("CARGO_PKG_VERSION"));
    says(&["--help"], "generate");
    says(&["generate", "--help"], "--melody");
    for shell in ["bash", "zsh", "fish"] {
        says(&["completions", shell], "cantus");
    }
    says(&["models"], "untrained");
    says(&["models", "list", "--json"], "\"unet\"");
    says(&["models", "show", "untrained"], "Alto, Tenor, Bass");
    says(&["models", "export", "untrained", "copy"], "exported");
    says(&["models", "import", "copy", "--name", "second"], "imported");
    says(&["models", "rename", "second", "third", "--json"], "renamed");
    says(&["models", "delete", "untrained"], "deleted");
    says(&["models"], "third");
    says(&["metrics", "song.mid", "--json"], "song.mid");
    let stems = ["render", "song.mid", "o.flac", "--bars", "2", "--stems", "--loudness", "-20", "--json"];
    says(&stems, "o - 2 Flute solo.flac");
    for file in ["o.flac", "o - 1 Kit.flac", "o - 3 Chords.flac"] {
        assert!(std::fs::read(home.path().join(file)).unwrap().starts_with(b"fLaC"), "{file}");
    }
}
