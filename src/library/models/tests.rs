use super::*;

fn model(place: &Path, name: &str) -> PathBuf {
    let folder = place.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(CARD_FILE), "{}").unwrap();
    folder
}

#[test]
fn models_are_folders_with_a_card_and_the_first_of_a_name_is_meant() {
    let (ours, users) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    model(ours.path(), "pop");
    let chorale = model(ours.path(), "chorale");
    model(users.path(), "chorale");
    model(users.path(), ".half-copied");
    std::fs::create_dir(ours.path().join("no-model")).unwrap();
    let places = [
        (ours.path().to_path_buf(), Origin::Shipped),
        (users.path().to_path_buf(), Origin::User),
        (PathBuf::from("/nowhere/at/all"), Origin::User),
    ];
    let found = find_in(&places);
    let names: Vec<(&str, Origin)> = found.iter().map(|model| (model.name.as_str(), model.origin)).collect();
    assert_eq!(names, [("chorale", Origin::Shipped), ("pop", Origin::Shipped), ("chorale", Origin::User)]);
    assert_eq!(resolve_among("chorale", found).unwrap().path, chorale);
}

#[test]
fn another_copy_of_a_shipped_model_is_not_listed_twice() {
    let (beside, around) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = model(beside.path(), "bach");
    model(around.path(), "bach");
    model(around.path(), "rock");
    let places = [beside.path(), around.path()].map(|place| (place.to_path_buf(), Origin::Shipped));
    let found = find_in(&places);
    assert_eq!(found.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(), ["bach", "rock"]);
    assert_eq!(found[0].path, first);
}

#[test]
fn a_folder_is_a_model_too_and_what_is_missing_is_told() {
    let place = tempfile::tempdir().unwrap();
    let folder = model(place.path(), "mine");
    let resolved = resolve_among(folder.to_str().unwrap(), Vec::new()).unwrap();
    assert_eq!((resolved.name.as_str(), &resolved.path), ("mine", &folder));
    let message = resolve_among("nothing", vec![resolved]).unwrap_err().to_string();
    assert!(message.contains("“nothing”") && message.contains("found: mine"), "{message}");
    assert!(resolve_among("", Vec::new()).is_err());
}

fn weights(folder: &Path) {
    std::fs::write(folder.join("generator.safetensors"), "w").unwrap();
}

#[test]
fn models_are_copied_whole_renamed_and_deleted() {
    let (there, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = model(there.path(), "pop");
    assert!(matches!(copy(&source, place.path(), "pop"), Err(LibraryError::NotAModel { .. })));
    weights(&source);
    std::fs::write(source.join("virus.exe"), "x").unwrap();
    let copied = copy(&source, place.path(), "my pop").unwrap();
    assert!(!copied.join("virus.exe").exists() && copied.join(CARD_FILE).exists());
    assert!(matches!(copy(&source, place.path(), "my pop"), Err(LibraryError::AlreadyThere(_))));
    let users = || find_in(&[(place.path().to_path_buf(), Origin::User)]);
    rename(&users()[0], "pop 2").unwrap();
    assert_eq!(users()[0].name, "pop 2");
    delete(&users()[0]).unwrap();
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing is left");
}

#[test]
fn a_deleted_model_comes_back_whole_or_goes_for_good() {
    let place = tempfile::tempdir().unwrap();
    let users = || find_in(&[(place.path().to_path_buf(), Origin::User)]);
    weights(&model(place.path(), "pop"));
    std::fs::create_dir(place.path().join("pop/samples")).unwrap();
    let binned = move_to_bin(&users()[0]).unwrap();
    assert!(users().is_empty() && binned.join("samples").is_dir());
    assert_eq!(super::binned(place.path()), std::slice::from_ref(&binned));
    empty_bin(place.path(), Duration::from_hours(1));
    // its name was taken meanwhile
    model(place.path(), "pop");
    assert_eq!(restore(&binned).unwrap(), place.path().join("pop 2"));
    assert_eq!(users().len(), 2);
    assert!(place.path().join("pop 2/samples").is_dir());
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 2, "no bin is left");
    move_to_bin(&users()[1]).unwrap();
    empty_bin(place.path(), Duration::ZERO);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    let shipped = ModelFolder { origin: Origin::Shipped, ..users().remove(0) };
    assert!(move_to_bin(&shipped).is_err() && shipped.path.exists());
}

#[test]
fn what_is_not_the_users_stays_and_names_are_plain() {
    let there = tempfile::tempdir().unwrap();
    let source = model(there.path(), "pop");
    weights(&source);
    let shipped = find_in(&[(there.path().to_path_buf(), Origin::Shipped)]).remove(0);
    assert!(delete(&shipped).is_err() && rename(&shipped, "mine").is_err());
    for name in ["", ".", "..", "../x", "a/b", ".hidden", "a\\b", "-rf", "a\0b", "x ", &"n".repeat(81)] {
        assert!(matches!(copy(&source, there.path(), name), Err(LibraryError::BadName(_))), "{name}");
    }
    assert!(copy(&source, there.path(), "Für Elise 2.0").is_ok());
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    let (there, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = model(there.path(), "pop");
    std::os::unix::fs::symlink("/etc/hostname", source.join("generator.safetensors")).unwrap();
    assert!(matches!(copy(&source, place.path(), "pop"), Err(LibraryError::NotAModel { .. })));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}
