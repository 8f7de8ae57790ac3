//! The 128 programs of General MIDI.

use super::voice::{Voice, voice};

/// A program's name (at most 20 characters) and its layers.
pub fn program(number: u8) -> (&'static str, Vec<Voice>) {
    let down = LEVELS[usize::from(number)];
    let (name, voices) = match number / 8 {
        0 => pianos(number),
        1 => percussion(number),
        2 => organs(number),
        3 => guitars(number),
        4 => basses(number),
        5 => strings(number),
        6 => ensembles(number),
        7 => brass(number),
        8 => reeds(number),
        9 => pipes(number),
        10 => leads(number),
        11 => pads(number),
        12 => synth_effects(number),
        13 => ethnic(number),
        14 => percussive(number),
        _ => sound_effects(number),
    };
    (name, voices.into_iter().map(|voice| voice.softer(down)).collect())
}

/// Decibels that each program is softened by, so that all are about as loud: measured on four notes each, A-weighted,
/// the loudest 150 ms; what dies away may be louder than what stays.
#[rustfmt::skip]
const LEVELS: [f64; 128] = [
    2.5, 3.0, 3.0, 5.5, 0.0, 0.5, 2.5, 0.5, 0.0, 0.5, 0.0, 1.5, 0.0, 0.0, 2.5, 5.0,
    0.0, 1.0, 1.5, 1.0, 2.0, 7.0, 3.0, 2.5, 1.0, 1.5, 0.0, 2.0, 0.0, 2.0, 3.5, 1.5,
    0.5, 2.0, 2.5, 1.5, 2.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 2.5, 4.0,
    0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.5, 0.0, 1.5, 0.5, 0.5, 3.5, 0.5, 4.5, 3.5, 0.0,
    1.5, 1.5, 2.0, 1.5, 3.0, 3.0, 1.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    0.0, 4.5, 0.0, 0.0, 5.0, 2.5, 2.5, 0.5, 0.5, 0.0, 0.0, 0.5, 0.0, 1.5, 2.0, 0.0,
    0.0, 0.5, 3.5, 3.5, 0.0, 0.0, 0.0, 2.0, 5.5, 2.0, 0.5, 3.0, 0.0, 8.5, 0.0, 5.5,
    2.5, 0.0, 1.5, 0.0, 0.0, 0.0, 0.0, 3.5, 0.0, 0.0, 0.0, 0.0, 2.0, 1.0, 2.0, 0.0,
];

#[rustfmt::skip]
fn pianos(number: u8) -> (&'static str, Vec<Voice>) {
    let piano = || voice("piano").rings(20.0, 0.7);
    match number {
        0 => ("Grand piano", vec![piano().filter(5200.0, 0.0, 3600)]),
        1 => ("Bright piano", vec![piano().filter(11_000.0, 0.0, 2400)]),
        2 => ("Electric grand", vec![
            piano().filter(6500.0, 0.0, 2400).pan(-15),
            voice("tine").rings(14.0, 0.6).down(5.0).pan(15),
        ]),
        3 => ("Honky-tonk", vec![
            piano().filter(8000.0, 0.0, 2400).tune(8).pan(-15),
            piano().filter(8000.0, 0.0, 2400).tune(-8).pan(15),
        ]),
        4 => ("Electric piano 1", vec![voice("tine").rings(16.0, 0.5).filter(4000.0, 0.0, 4200).tremolo(1.5, 5.2)]),
        5 => ("Electric piano 2", vec![
            voice("fm piano").rings(15.0, 0.5).filter(9000.0, 0.0, 3600).tune(4).pan(-20).down(3.0),
            voice("fm piano").rings(15.0, 0.5).filter(9000.0, 0.0, 3600).tune(-4).pan(20).down(3.0),
        ]),
        6 => ("Harpsichord", vec![voice("harpsichord").rings(12.0, 0.35)]),
        _ => ("Clavinet", vec![
            voice("harpsichord").rings(7.0, 0.12).filter(1800.0, 4.0, 2400).filter_envelope(1800, 0.001, 0.6, 0.0),
        ]),
    }
}

#[rustfmt::skip]
fn percussion(number: u8) -> (&'static str, Vec<Voice>) {
    match number {
        8 => ("Celesta", vec![voice("celesta").rings(7.0, 1.5)]),
        9 => ("Glockenspiel", vec![voice("glockenspiel").rings(7.0, 3.0)]),
        10 => ("Music box", vec![voice("music box").rings(6.0, 3.0)]),
        11 => ("Vibraphone", vec![voice("vibraphone").rings(16.0, 1.5).tremolo(3.0, 4.6)]),
        12 => ("Marimba", vec![voice("marimba").rings(4.5, 1.0)]),
        13 => ("Xylophone", vec![voice("xylophone").rings(2.5, 0.8)]),
        14 => ("Tubular bells", vec![voice("tubular bell").rings(14.0, 5.0).reverb(19)]),
        _ => ("Dulcimer", vec![
            voice("steel").rings(9.0, 1.5).tune(2).pan(-15),
            voice("harpsichord").rings(9.0, 1.5).tune(-2).pan(15).down(3.0),
        ]),
    }
}

#[rustfmt::skip]
fn organs(number: u8) -> (&'static str, Vec<Voice>) {
    let organ = |set| voice(set).envelope(0.004, 0.0, 0.0, 0.1);
    match number {
        16 => ("Drawbar organ", vec![organ("drawbars").vibrato(5, 6.2, 0.001)]),
        17 => ("Percussive organ", vec![
            organ("drawbars"),
            voice("celesta").envelope(0.001, 1.2, 100.0, 0.1).tune(1200).down(3.0),
        ]),
        18 => ("Rock organ", vec![organ("full drawbars").vibrato(9, 6.6, 0.001)]),
        19 => ("Church organ", vec![organ("church organ").envelope(0.02, 0.0, 0.0, 0.7).reverb(24)]),
        20 => ("Reed organ", vec![organ("free reed").envelope(0.03, 0.0, 0.0, 0.2).filter(3200.0, 0.0, 600)]),
        21 => ("Accordion", vec![
            organ("free reed").envelope(0.02, 0.0, 0.0, 0.15).tune(6).pan(-10),
            organ("free reed").envelope(0.02, 0.0, 0.0, 0.15).tune(-6).pan(10),
        ]),
        22 => ("Harmonica", vec![
            voice("harmonica").envelope(0.03, 0.0, 0.0, 0.15).vibrato(12, 5.0, 0.4).filter(5000.0, 0.0, 1800),
        ]),
        _ => ("Tango accordion", vec![
            organ("free reed").envelope(0.02, 0.0, 0.0, 0.15).filter(3600.0, 0.0, 1200),
            organ("harmonica").envelope(0.02, 0.0, 0.0, 0.15).tune(1200).down(9.0),
        ]),
    }
}

#[rustfmt::skip]
fn guitars(number: u8) -> (&'static str, Vec<Voice>) {
    match number {
        24 => ("Nylon guitar", vec![voice("nylon").rings(9.0, 0.4).filter(6000.0, 0.0, 2400)]),
        25 => ("Steel guitar", vec![voice("steel").rings(11.0, 0.4).filter(9000.0, 0.0, 2400)]),
        26 => ("Jazz guitar", vec![voice("electric").rings(10.0, 0.25).filter(1700.0, 0.0, 1800)]),
        27 => ("Clean guitar", vec![
            voice("electric").rings(13.0, 0.25).filter(7000.0, 0.0, 2400).tune(3).pan(-20).down(3.0),
            voice("electric").rings(13.0, 0.25).filter(7000.0, 0.0, 2400).tune(-3).pan(20).down(3.0),
        ]),
        28 => ("Muted guitar", vec![voice("electric").rings(1.6, 0.1).filter(2600.0, 0.0, 2400)]),
        29 => ("Overdriven guitar", vec![
            voice("overdrive").rings(26.0, 0.2).filter(3000.0, 2.0, 1200).vibrato(6, 5.0, 0.6),
        ]),
        30 => ("Distortion guitar", vec![
            voice("overdrive").rings(40.0, 0.2).filter(5200.0, 3.0, 800).tune(-4).pan(-15),
            voice("overdrive").rings(40.0, 0.2).filter(4200.0, 3.0, 800).tune(4).pan(15),
        ]),
        _ => ("Guitar harmonics", vec![
            voice("kalimba").rings(9.0, 0.6).tune(1200),
            voice("electric").rings(7.0, 0.5).tune(1200).filter(2500.0, 0.0, 1200).down(6.0),
        ]),
    }
}

#[rustfmt::skip]
fn basses(number: u8) -> (&'static str, Vec<Voice>) {
    match number {
        32 => ("Acoustic bass", vec![voice("bass").rings(8.0, 0.3).filter(1400.0, 0.0, 2400)]),
        33 => ("Fingered bass", vec![voice("bass").rings(14.0, 0.2).filter(2400.0, 0.0, 2400)]),
        34 => ("Picked bass", vec![voice("electric bass").rings(13.0, 0.2).filter(3200.0, 0.0, 2400)]),
        35 => ("Fretless bass", vec![
            voice("bass").rings(22.0, 0.25).filter(1000.0, 3.0, 1200)
                .filter_envelope(900, 0.05, 0.6, 0.4).vibrato(8, 4.8, 0.5),
        ]),
        36 => ("Slap bass 1", vec![
            voice("electric bass").rings(9.0, 0.15).filter(2200.0, 4.0, 3600).filter_envelope(3000, 0.001, 0.25, 0.0),
        ]),
        37 => ("Slap bass 2", vec![
            voice("electric bass").rings(9.0, 0.15).filter(1200.0, 7.0, 3600).filter_envelope(4200, 0.001, 0.18, 0.0),
        ]),
        38 => ("Synth bass 1", vec![
            voice("saw").envelope(0.002, 9.0, 14.0, 0.12).filter(420.0, 5.0, 1800)
                .filter_envelope(2700, 0.001, 0.6, 0.15),
        ]),
        _ => ("Synth bass 2", vec![
            voice("square").envelope(0.002, 8.0, 8.0, 0.12).filter(450.0, 4.0, 1800)
                .filter_envelope(2200, 0.001, 0.35, 0.2),
            voice("sine").envelope(0.002, 9.0, 8.0, 0.12).down(4.0),
        ]),
    }
}

#[rustfmt::skip]
fn strings(number: u8) -> (&'static str, Vec<Voice>) {
    let bowed = |set| voice(set).envelope(0.05, 0.0, 0.0, 0.35);
    match number {
        40 => ("Violin", vec![bowed("violin").vibrato(14, 5.6, 0.25).filter(7000.0, 0.0, 2400)]),
        41 => ("Viola", vec![bowed("violin").vibrato(13, 5.3, 0.28).filter(3000.0, 0.0, 2400)]),
        42 => ("Cello", vec![bowed("cello").vibrato(12, 5.0, 0.3).filter(4800.0, 0.0, 2400)]),
        43 => ("Contrabass", vec![bowed("contrabass").vibrato(8, 4.6, 0.35).filter(3200.0, 0.0, 1800)]),
        44 => ("Tremolo strings", vec![bowed("section").tremolo(5.0, 7.5)]),
        45 => ("Pizzicato strings", vec![voice("pizzicato").rings(3.5, 0.8).reverb(13)]),
        46 => ("Harp", vec![voice("harp").rings(10.0, 2.5).filter(6500.0, 0.0, 2400).reverb(13)]),
        _ => ("Timpani", vec![voice("timpani").rings(9.0, 3.0).filter(2600.0, 0.0, 2400).reverb(13)]),
    }
}

#[rustfmt::skip]
fn ensembles(number: u8) -> (&'static str, Vec<Voice>) {
    match number {
        48 => ("String ensemble 1", vec![
            voice("section").envelope(0.12, 0.0, 0.0, 0.7).filter(7000.0, 0.0, 1800).reverb(13),
        ]),
        49 => ("String ensemble 2", vec![
            voice("section").envelope(0.4, 0.0, 0.0, 1.1).filter(4200.0, 0.0, 1200).reverb(16),
        ]),
        50 => ("Synth strings 1", vec![voice("super saw").envelope(0.15, 0.0, 0.0, 0.8).filter(3600.0, 0.0, 1200)]),
        51 => ("Synth strings 2", vec![voice("super saw").envelope(0.45, 0.0, 0.0, 1.2).filter(1900.0, 2.0, 1200)]),
        52 => ("Choir aahs", vec![voice("aah").envelope(0.12, 0.0, 0.0, 0.7).reverb(16)]),
        53 => ("Voice oohs", vec![voice("ooh").envelope(0.12, 0.0, 0.0, 0.7).reverb(16)]),
        54 => ("Synth voice", vec![
            voice("ooh").envelope(0.06, 0.0, 0.0, 0.5),
            voice("super saw").envelope(0.08, 0.0, 0.0, 0.5).filter(900.0, 4.0, 0).down(9.0),
        ]),
        _ => ("Orchestra hit", vec![
            voice("section").envelope(0.002, 2.2, 100.0, 0.5).pan(-20),
            voice("section").envelope(0.002, 2.0, 100.0, 0.5).tune(-1200).pan(20),
            voice("trombone").envelope(0.002, 1.8, 100.0, 0.4).down(3.0),
            voice("timpani").envelope(0.001, 3.0, 100.0, 1.0).tune(-1200).reverb(19),
        ]),
    }
}

#[rustfmt::skip]
fn brass(number: u8) -> (&'static str, Vec<Voice>) {
    let blown = |set, hz| {
        voice(set).envelope(0.02, 6.0, 2.0, 0.18).filter(hz, 0.0, 3600).filter_envelope(600, 0.06, 0.5, 0.4)
    };
    match number {
        56 => ("Trumpet", vec![blown("trumpet", 5600.0).vibrato(7, 5.0, 0.45)]),
        57 => ("Trombone", vec![blown("trombone", 3600.0).vibrato(5, 4.6, 0.5)]),
        58 => ("Tuba", vec![blown("tuba", 2000.0)]),
        59 => ("Muted trumpet", vec![
            voice("muted trumpet").envelope(0.015, 0.0, 0.0, 0.15).filter(7000.0, 0.0, 1800).vibrato(6, 5.0, 0.5),
        ]),
        60 => ("French horn", vec![blown("horn", 2400.0).envelope(0.04, 0.0, 0.0, 0.3).reverb(16)]),
        61 => ("Brass section", vec![
            blown("trumpet", 5200.0).tune(5).pan(-20),
            blown("trombone", 4200.0).tune(-5).pan(20),
        ]),
        62 => ("Synth brass 1", vec![
            voice("saw").envelope(0.02, 0.0, 0.0, 0.2).filter(900.0, 2.0, 1800)
                .filter_envelope(2600, 0.05, 0.6, 0.55).tune(6).pan(-15),
            voice("saw").envelope(0.02, 0.0, 0.0, 0.2).filter(900.0, 2.0, 1800)
                .filter_envelope(2600, 0.05, 0.6, 0.55).tune(-6).pan(15),
        ]),
        _ => ("Synth brass 2", vec![
            voice("super saw").envelope(0.05, 0.0, 0.0, 0.3).filter(700.0, 1.0, 1800)
                .filter_envelope(2200, 0.12, 0.9, 0.5),
        ]),
    }
}

#[rustfmt::skip]
fn reeds(number: u8) -> (&'static str, Vec<Voice>) {
    let reed = |set, hz| voice(set).envelope(0.025, 0.0, 0.0, 0.15).filter(hz, 0.0, 2400);
    match number {
        64 => ("Soprano sax", vec![reed("sax", 6500.0).vibrato(10, 5.2, 0.35)]),
        65 => ("Alto sax", vec![reed("sax", 4600.0).vibrato(11, 5.0, 0.35)]),
        66 => ("Tenor sax", vec![reed("low sax", 5000.0).vibrato(11, 4.8, 0.35)]),
        67 => ("Baritone sax", vec![reed("low sax", 3200.0).vibrato(7, 4.6, 0.4)]),
        68 => ("Oboe", vec![reed("oboe", 7000.0).vibrato(9, 5.2, 0.35)]),
        69 => ("English horn", vec![reed("english horn", 5500.0).vibrato(9, 5.0, 0.35)]),
        70 => ("Bassoon", vec![reed("bassoon", 4200.0).vibrato(6, 4.8, 0.4)]),
        _ => ("Clarinet", vec![reed("clarinet", 5000.0).vibrato(3, 4.8, 0.6)]),
    }
}

#[rustfmt::skip]
fn pipes(number: u8) -> (&'static str, Vec<Voice>) {
    let pipe = |set| voice(set).envelope(0.03, 0.0, 0.0, 0.2);
    match number {
        72 => ("Piccolo", vec![pipe("flute").filter(9000.0, 0.0, 1800).vibrato(8, 5.6, 0.3)]),
        73 => ("Flute", vec![pipe("flute").filter(5000.0, 0.0, 2400).vibrato(11, 5.2, 0.35).tremolo(0.8, 5.2)]),
        74 => ("Recorder", vec![pipe("recorder").vibrato(4, 4.8, 0.6)]),
        75 => ("Pan flute", vec![pipe("pan flute").vibrato(8, 5.0, 0.4)]),
        76 => ("Blown bottle", vec![pipe("bottle").envelope(0.06, 0.0, 0.0, 0.25)]),
        77 => ("Shakuhachi", vec![pipe("shakuhachi").scoop(-70, 0.12).vibrato(16, 4.6, 0.5)]),
        78 => ("Whistle", vec![pipe("whistle").vibrato(12, 5.4, 0.25)]),
        _ => ("Ocarina", vec![pipe("whistle").filter(2600.0, 0.0, 1200).vibrato(5, 5.0, 0.4)]),
    }
}

#[rustfmt::skip]
fn leads(number: u8) -> (&'static str, Vec<Voice>) {
    let lead = |set, hz| voice(set).envelope(0.003, 0.0, 0.0, 0.15).filter(hz, 1.0, 2400).vibrato(10, 5.4, 0.4);
    match number {
        80 => ("Square lead", vec![lead("square", 6500.0)]),
        81 => ("Saw lead", vec![lead("saw", 7000.0).tune(4).pan(-10), lead("saw", 7000.0).tune(-4).pan(10)]),
        82 => ("Calliope lead", vec![lead("pan flute", 8000.0), lead("square", 1800.0).down(7.0)]),
        83 => ("Chiff lead", vec![
            lead("square", 3600.0),
            voice("pan flute").envelope(0.001, 0.6, 100.0, 0.1).tune(1200).down(3.0),
        ]),
        84 => ("Charang lead", vec![
            lead("overdrive", 6000.0).envelope(0.002, 0.0, 0.0, 0.15),
            lead("saw", 5000.0).tune(7).down(5.0),
        ]),
        85 => ("Voice lead", vec![voice("aah").envelope(0.03, 0.0, 0.0, 0.25), lead("square", 2000.0).down(9.0)]),
        86 => ("Fifths lead", vec![lead("saw", 5500.0).pan(-10), lead("saw", 5500.0).tune(702).down(2.0).pan(10)]),
        _ => ("Bass and lead", vec![lead("saw", 5200.0), lead("square", 2600.0).tune(-1200).down(2.0)]),
    }
}

#[rustfmt::skip]
fn pads(number: u8) -> (&'static str, Vec<Voice>) {
    let pad = |set, attack_s, hz| voice(set).envelope(attack_s, 0.0, 0.0, 1.4).filter(hz, 1.0, 600).reverb(19);
    match number {
        88 => ("New age pad", vec![
            pad("super saw", 0.5, 1300.0).pan(-10),
            voice("fm piano").rings(14.0, 1.5).down(3.0).pan(10).reverb(19),
        ]),
        89 => ("Warm pad", vec![pad("super saw", 0.6, 850.0)]),
        90 => ("Polysynth pad", vec![pad("super saw", 0.03, 4800.0).envelope(0.03, 12.0, 6.0, 0.8)]),
        91 => ("Choir pad", vec![pad("ooh", 0.5, 6000.0), pad("super saw", 0.6, 1500.0).down(8.0)]),
        92 => ("Bowed pad", vec![pad("bowed glass", 0.5, 7000.0).vibrato(5, 4.5, 0.5)]),
        93 => ("Metallic pad", vec![pad("metal", 0.25, 6000.0), pad("super saw", 0.4, 1600.0).down(7.0)]),
        94 => ("Halo pad", vec![pad("aah", 0.7, 4500.0), pad("bowed glass", 0.8, 7000.0).tune(1200).down(8.0)]),
        _ => ("Sweep pad", vec![pad("super saw", 0.4, 500.0).filter_envelope(3400, 2.2, 4.0, 0.3)]),
    }
}

#[rustfmt::skip]
fn synth_effects(number: u8) -> (&'static str, Vec<Voice>) {
    let pad = |set, attack_s, hz| voice(set).envelope(attack_s, 0.0, 0.0, 1.4).filter(hz, 1.0, 600).reverb(22);
    match number {
        96 => ("Rain", vec![
            voice("music box").rings(9.0, 2.0).reverb(24),
            voice("rain drops").envelope(0.3, 0.0, 0.0, 1.5).scale(15).down(11.0),
        ]),
        97 => ("Soundtrack", vec![
            pad("super saw", 0.8, 1400.0).pan(-15),
            pad("super saw", 1.1, 1400.0).tune(702).down(3.0).pan(15),
        ]),
        98 => ("Crystal", vec![
            voice("glockenspiel").rings(9.0, 3.0).reverb(22),
            voice("fm piano").rings(12.0, 2.0).tune(1200).down(5.0),
        ]),
        99 => ("Atmosphere", vec![voice("nylon").rings(11.0, 1.2).reverb(22), pad("super saw", 0.5, 1200.0).down(6.0)]),
        100 => ("Brightness", vec![
            voice("metal").envelope(0.005, 9.0, 12.0, 1.0).reverb(19),
            pad("super saw", 0.1, 4500.0).down(5.0),
        ]),
        101 => ("Goblins", vec![
            pad("ooh", 0.6, 2600.0).warble(18, 3.2),
            pad("metal", 0.9, 1800.0).tune(-1200).wah(1500, 0.6).down(5.0),
        ]),
        102 => ("Echoes", vec![
            voice("square").envelope(0.01, 5.0, 100.0, 0.6).filter(2600.0, 2.0, 1200).reverb(22),
            voice("square").envelope(0.01, 5.0, 100.0, 0.6).filter(1900.0, 2.0, 1200).after(0.28).pan(-30).down(8.0),
            voice("square").envelope(0.01, 5.0, 100.0, 0.6).filter(1400.0, 2.0, 1200).after(0.56).pan(30).down(14.0),
        ]),
        _ => ("Sci-fi", vec![
            pad("metal", 0.05, 3000.0).wah(2000, 1.8).warble(12, 1.8),
            pad("saw", 0.3, 900.0).tune(2).wah(1800, 0.5).down(5.0),
        ]),
    }
}

#[rustfmt::skip]
fn ethnic(number: u8) -> (&'static str, Vec<Voice>) {
    match number {
        104 => ("Sitar", vec![
            voice("sitar").rings(11.0, 0.9),
            voice("sitar").rings(16.0, 1.5).tune(1203).after(0.03).down(13.0),
        ]),
        105 => ("Banjo", vec![voice("banjo").rings(4.5, 0.4)]),
        106 => ("Shamisen", vec![
            voice("banjo").rings(3.2, 0.3).filter(3600.0, 3.0, 2400).filter_envelope(1800, 0.001, 0.2, 0.0),
        ]),
        107 => ("Koto", vec![voice("koto").rings(8.0, 0.8).scoop(12, 0.08)]),
        108 => ("Kalimba", vec![voice("kalimba").rings(5.0, 0.9)]),
        109 => ("Bagpipe", vec![
            voice("bagpipe").envelope(0.02, 0.0, 0.0, 0.1).tune(4),
            voice("bagpipe").envelope(0.02, 0.0, 0.0, 0.1).tune(-4),
        ]),
        110 => ("Fiddle", vec![
            voice("violin").envelope(0.02, 0.0, 0.0, 0.2).vibrato(7, 5.8, 0.3).filter(9000.0, 0.0, 1800),
        ]),
        _ => ("Shanai", vec![
            voice("oboe").envelope(0.02, 0.0, 0.0, 0.12).scoop(-40, 0.09).vibrato(14, 5.8, 0.25),
            voice("bagpipe").envelope(0.02, 0.0, 0.0, 0.12).scoop(-40, 0.09).down(5.0),
        ]),
    }
}

#[rustfmt::skip]
fn percussive(number: u8) -> (&'static str, Vec<Voice>) {
    match number {
        112 => ("Tinkle bell", vec![voice("glockenspiel").rings(4.0, 2.0).tune(1200)]),
        113 => ("Agogo", vec![voice("agogo").rings(4.0, 2.0)]),
        114 => ("Steel drums", vec![voice("steel drum").rings(6.0, 0.8).vibrato(4, 6.0, 0.05)]),
        115 => ("Woodblock", vec![voice("woodblock").rings(2.0, 1.0)]),
        116 => ("Taiko drum", vec![voice("taiko").envelope(0.001, 0.0, 0.0, 8.0).scale(60).reverb(16)]),
        117 => ("Melodic tom", vec![voice("melodic tom").envelope(0.001, 0.0, 0.0, 8.0)]),
        118 => ("Synth drum", vec![voice("synth drum").envelope(0.001, 0.0, 0.0, 8.0)]),
        _ => ("Reverse cymbal", vec![voice("reverse cymbal").envelope(0.001, 0.0, 0.0, 0.4).scale(25)]),
    }
}

#[rustfmt::skip]
fn sound_effects(number: u8) -> (&'static str, Vec<Voice>) {
    match number {
        120 => ("Fret noise", vec![voice("fret noise").envelope(0.001, 0.0, 0.0, 2.0).scale(40)]),
        121 => ("Breath noise", vec![voice("breath noise").envelope(0.001, 0.0, 0.0, 2.0).scale(40)]),
        122 => ("Seashore", vec![
            voice("seashore").envelope(1.2, 0.0, 0.0, 3.0).filter(1500.0, 0.0, 0).wah(1500, 0.18).scale(20),
        ]),
        123 => ("Bird tweet", vec![voice("bird").envelope(0.001, 0.0, 0.0, 2.0).scale(50)]),
        124 => ("Telephone", vec![voice("telephone").envelope(0.002, 0.0, 0.0, 0.8).scale(30)]),
        125 => ("Helicopter", vec![voice("helicopter").envelope(0.4, 0.0, 0.0, 1.5).scale(40)]),
        126 => ("Applause", vec![voice("applause").envelope(0.35, 0.0, 0.0, 2.0).scale(20).reverb(16)]),
        _ => ("Gunshot", vec![voice("gunshot").envelope(0.001, 0.0, 0.0, 6.0).scale(40).reverb(22)]),
    }
}
