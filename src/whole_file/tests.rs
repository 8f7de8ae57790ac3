use super::*;

#[test]
fn a_file_is_there_only_when_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    let half = WholeFile::create(&path).unwrap();
    half.handle().unwrap().write_all(b"half").unwrap();
    drop(half);
    assert_eq!(names(), 0);
    write(&path, b"old").unwrap();
    let other = WholeFile::create(&path).unwrap();
    other.handle().unwrap().write_all(b"new").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    other.keep().unwrap();
    assert_eq!((std::fs::read(&path).unwrap().as_slice(), names()), (&b"new"[..], 1));
    replace(&path, b"newer").unwrap();
    assert_eq!((std::fs::read(&path).unwrap().as_slice(), names()), (&b"newer"[..], 1));
    assert!(write(&folder.path().join("no/such/x"), b"").is_err());
}

#[test]
fn what_a_killed_program_left_is_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("whole"), b"whole").unwrap();
    std::mem::forget(WholeFile::create(&folder.path().join("half")).unwrap());
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names(), 2);
    sweep(folder.path());
    assert!(names() == 1 && folder.path().join("whole").exists());
}

#[cfg(unix)]
#[test]
fn others_may_read_it_as_they_may_the_users_other_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plain"), b"").unwrap();
    write(&folder.path().join("ours"), b"").unwrap();
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("plain"));
}

#[test]
fn titles_become_names_that_every_system_takes() {
    assert_eq!(name_from_title("Für Elise / 1.b: \"x\""), "Für Elise _ 1.b_ _x_");
    assert_eq!(name_from_title("..."), "");
    assert_eq!(name_from_title("Con.brio"), "_Con.brio");
    assert_eq!(name_from_title("com1"), "_com1");
    assert_eq!(name_from_title("Comfort"), "Comfort");
    assert_eq!(name_from_title(&"x".repeat(500)).len(), 80);
}
