//! Synthesises the General MIDI SoundFont that the studio brings along, from nothing but arithmetic.
//!
//! `cargo run --release --example make-soundfont` writes `soundfonts/cantus-gm.sf2`, or the file that is named.
//! The same program gives the same bytes.

mod bank;
mod blown;
mod bowed;
mod drums;
mod dsp;
mod effects;
mod kit;
mod plucked;
mod programs;
mod sf2;
mod string;
mod struck;
mod synth;
mod tone;
mod units;
mod voice;

use bank::Bank;
use sf2::{Font, Preset, Zone, Zoned};

/// The whole font as the bytes of its file.
pub fn make() -> Vec<u8> {
    let mut bank = Bank::default();
    struck::add_to(&mut bank);
    plucked::add_to(&mut bank);
    blown::add_to(&mut bank);
    bowed::add_to(&mut bank);
    synth::add_to(&mut bank);
    effects::add_to(&mut bank);
    let mut font = Font {
        name: "Cantus GM",
        comment: "General MIDI, synthesised from arithmetic by soundfonts/generator",
        copyright: "MIT OR Apache-2.0",
        ..Font::default()
    };
    for program in 0..128 {
        let (name, voices) = programs::program(program);
        let mut zones = Vec::new();
        for (layer, voice) in voices.iter().enumerate() {
            zones.push(Zone { target: Some(font.instruments.len()), ..Zone::default() });
            font.instruments.push(voice.instrument(format!("{program:03} {} {layer}", voice.set), &bank));
        }
        font.presets.push(Preset {
            bank: 0,
            program: u16::from(program),
            zoned: Zoned { name: name.to_owned(), zones },
        });
    }
    let (kit_samples, mut kit_zones) = kit::kit();
    for zone in &mut kit_zones {
        zone.target = zone.target.map(|sample| sample + bank.samples.len());
    }
    font.presets.push(Preset {
        bank: 128,
        program: 0,
        zoned: Zoned {
            name: "Standard kit".to_owned(),
            zones: vec![Zone { target: Some(font.instruments.len()), ..Zone::default() }],
        },
    });
    font.instruments.push(Zoned { name: "Standard kit".to_owned(), zones: kit_zones });
    font.samples = bank.samples;
    font.samples.extend(kit_samples);
    font.to_bytes()
}

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "soundfonts/cantus-gm.sf2".to_owned());
    std::fs::write(path, make())
}
