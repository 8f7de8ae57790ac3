//! Model folders from elsewhere: refused with a reason, never a panic, never more memory than the network's own.

use std::path::PathBuf;

use ::cantus::engine_client::PartSpec;
use ::cantus::engine_client::model_card::{CRITIC_FILE, FORMAT, GENERATOR_FILE};
use ::cantus::engine_client::networks;
use ::cantus::music::Role;
use tch::Kind;

use super::unet::UNet;
use super::*;
use crate::weights;

#[test]
fn the_tables_of_networks_have_the_same_rows() {
    assert_eq!(NETWORKS.map(|entry| entry.name), networks::NETWORKS.map(|network| network.name));
}

fn card() -> ModelCard {
    ModelCard {
        format: FORMAT,
        network: "unet".into(),
        parts: vec![PartSpec { role: Role::Bass, name: "Bass".into(), program: 32, is_drum: false, low: 28, high: 55 }],
        ..ModelCard::default()
    }
}

/// A sound model without a critic.
fn model() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    card().write(folder.path()).unwrap();
    let network = UNet::new(card().parts, 1, Device::Cpu).unwrap();
    let generator = folder.path().join(GENERATOR_FILE);
    weights::save(&generator, &weights::sorted(network.generator_store()), Kind::Half).unwrap();
    (folder, generator)
}

fn refusal(folder: &Path) -> String {
    match load(folder, Device::Cpu) {
        Ok(_) => panic!("it was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_sound_model_loads_and_damaged_weights_do_not() {
    let (folder, generator) = model();
    let (loaded, network) = load(folder.path(), Device::Cpu).unwrap();
    assert_eq!((loaded.network.as_str(), network.parts().len()), ("unet", 1));

    let sound = std::fs::read(&generator).unwrap();
    let header = 8 + u64::from_le_bytes(sound[..8].try_into().unwrap()) as usize;
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = sound.clone();
        change(&mut bytes);
        std::fs::write(&generator, bytes).unwrap();
        refusal(folder.path())
    };
    // cut anywhere, and a header that promises more than there is
    for length in [0, 7, 8, header / 2, header, sound.len() - 1] {
        let message = with(&|bytes| bytes.truncate(length));
        assert!(message.contains("cannot be read"), "{length}: {message}");
    }
    for promised in [u64::MAX, u64::MAX / 2, 99_999_999, 0] {
        let message = with(&|bytes| bytes[..8].copy_from_slice(&promised.to_le_bytes()));
        assert!(message.contains("cannot be read"), "{promised}: {message}");
    }
    let not_finite = with(&|bytes| bytes[header..header + 2].copy_from_slice(&0x7E00_u16.to_le_bytes()));
    assert!(not_finite.contains("no numbers"), "{not_finite}");
    let larger = with(&|bytes| bytes.resize(80 << 20, 0));
    assert!(larger.contains("larger"), "{larger}");
    std::fs::remove_file(&generator).unwrap();
    assert!(refusal(folder.path()).contains(GENERATOR_FILE));
}

#[test]
fn names_shapes_and_kinds_of_a_foreign_file_are_refused() {
    let (folder, generator) = model();
    let sound = std::fs::read(&generator).unwrap();
    let length = u64::from_le_bytes(sound[..8].try_into().unwrap()) as usize;
    let header = String::from_utf8(sound[8..8 + length].to_vec()).unwrap();
    let with = |from: &str, to: &str| {
        let changed = header.replacen(from, to, 1);
        assert_ne!(changed, header, "{from} is not in the header");
        let bytes = [&(changed.len() as u64).to_le_bytes()[..], changed.as_bytes(), &sound[8 + length..]].concat();
        std::fs::write(&generator, bytes).unwrap();
        refusal(folder.path())
    };
    with("\"dtype\":\"F16\"", "\"dtype\":\"I16\"");
    with("\"dtype\":\"F16\"", "\"dtype\":\"F64\"");
    with("\"shape\":[", "\"shape\":[99999999999,99999999999,");
    with("\"shape\":[", "\"shape\":[1,");
    with("\"shape\":[", "\"shape\":[-1,");
    with("\"data_offsets\":[0,", "\"data_offsets\":[4,");
    let key = header.split('"').nth(1).unwrap();
    with(key, "../../../etc/passwd");
    with(key, "");
}

#[test]
fn folders_that_are_no_models_say_so() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path()).contains("no model"));
    assert!(refusal(Path::new("/nowhere/at/all")).contains("no model"));
    ModelCard { network: "transformer".into(), ..card() }.write(folder.path()).unwrap();
    assert!(refusal(folder.path()).contains("transformer"));
    ModelCard { parts: Vec::new(), ..card() }.write(folder.path()).unwrap();
    refusal(folder.path());
    // a folder where the weights should be, and a device that never ends
    card().write(folder.path()).unwrap();
    std::fs::create_dir(folder.path().join(GENERATOR_FILE)).unwrap();
    refusal(folder.path());
    #[cfg(unix)]
    {
        std::fs::remove_dir(folder.path().join(GENERATOR_FILE)).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path().join(GENERATOR_FILE)).unwrap();
        refusal(folder.path());
    }
}

/// A copy of the chorales' model that comes along, or of jazz as it was in the first release, of the network `cantus`;
/// and its card.
fn shipped(name: &str) -> (tempfile::TempDir, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (model, card) = match name {
        "jazz" => (top.join("tests/previous-release/jazz"), top.join("tests/previous-release/jazz.json")),
        _ => (top.join("models").join(name), top.join("models").join(name).join(CARD_FILE)),
    };
    std::fs::copy(card, folder.path().join(CARD_FILE)).unwrap();
    for name in [GENERATOR_FILE, CRITIC_FILE] {
        std::fs::copy(model.join(name), folder.path().join(name)).unwrap();
    }
    let card = std::fs::read(folder.path().join(CARD_FILE)).unwrap();
    (folder, serde_json::from_slice(&card).unwrap())
}

/// Why a model is refused once the settings of its card are changed.
fn refusal_with(folder: &Path, card: &serde_json::Value, change: &dyn Fn(&mut serde_json::Value)) -> String {
    let mut changed = card.clone();
    change(&mut changed["settings"]);
    std::fs::write(folder.join(CARD_FILE), changed.to_string()).unwrap();
    refusal(folder)
}

#[test]
fn a_model_does_not_choose_how_much_memory_a_network_takes() {
    let (folder, card) = shipped("jazz");
    assert!(load(folder.path(), Device::Cpu).is_ok());
    let with = |change: &dyn Fn(&mut serde_json::Value)| refusal_with(folder.path(), &card, change);
    for (size, value) in
        [("step_channels", 1_i64 << 60), ("beat_channels", -1), ("beat_blocks", 1 << 40), ("critic_channels", 0)]
    {
        let message = with(&|settings| settings["sizes"][size] = value.into());
        assert!(message.contains("sizes"), "{size}: {message}");
    }
    let message = with(&|settings| settings["sizes"]["beat_channels"] = 512.into());
    assert!(message.contains("shape"), "within bounds, but not these weights: {message}");
    let message = with(&|settings| settings["drafting"]["settling"] = u64::from(u32::MAX).into());
    assert!(message.contains("drafts"), "{message}");
    let message = with(&|settings| {
        let line = settings["lines"][0].clone();
        settings["lines"] = vec![line; 100_000].into();
    });
    assert!(message.contains("lines") || message.contains("small text file"), "{message}");
}

#[test]
fn a_model_of_chorales_does_not_choose_it_either() {
    let (folder, card) = shipped("bach");
    assert!(load(folder.path(), Device::Cpu).is_ok());
    let with = |change: &dyn Fn(&mut serde_json::Value)| refusal_with(folder.path(), &card, change);
    for (size, value) in [("width", 1_i64 << 60), ("hidden", -1), ("blocks", 1 << 40), ("critic", 0)] {
        let message = with(&|settings| settings["sizes"][size] = value.into());
        assert!(message.contains("sizes"), "{size}: {message}");
    }
    assert!(with(&|settings| settings["sizes"]["hidden"] = 512.into()).contains("shape"));
    for drafts in [0_u64, 33, u64::from(u32::MAX)] {
        assert!(with(&|settings| settings["drafts"] = drafts.into()).contains("choices"), "{drafts}");
    }
    assert!(with(&|settings| settings["policy"]["pitch_temperature"] = 0.0.into()).contains("choices"));
    assert!(with(&|settings| settings["lines"][0]["part"] = 9.into()).contains("voices"));
}

#[test]
fn every_number_of_both_networks_is_looked_at() {
    for (model, name) in ["jazz", "bach"].into_iter().flat_map(|model| [(model, GENERATOR_FILE), (model, CRITIC_FILE)])
    {
        let (folder, _) = shipped(model);
        let path = folder.path().join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 2;
        bytes[last..].copy_from_slice(&0x7E00_u16.to_le_bytes()); // no number, in half precision
        std::fs::write(&path, &bytes).unwrap();
        let message = refusal(folder.path());
        assert!(message.contains("no numbers"), "{name}: {message}");
        bytes.truncate(last);
        std::fs::write(&path, &bytes).unwrap();
        assert!(refusal(folder.path()).contains("cannot be read"), "{name}");
    }
}
