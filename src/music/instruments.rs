//! The names of General MIDI Level 1: programs, their families, the sounds of a kit.

use super::Pitch;

/// The 128 programs, as the MIDI specification names them; index = program number from 0.
#[rustfmt::skip]
pub const PROGRAMS: [&str; 128] = [
    "Acoustic grand piano", "Bright acoustic piano", "Electric grand piano", "Honky-tonk piano",
    "Electric piano 1", "Electric piano 2", "Harpsichord", "Clavinet",
    "Celesta", "Glockenspiel", "Music box", "Vibraphone", "Marimba", "Xylophone", "Tubular bells", "Dulcimer",
    "Drawbar organ", "Percussive organ", "Rock organ", "Church organ",
    "Reed organ", "Accordion", "Harmonica", "Tango accordion",
    "Nylon-string guitar", "Steel-string guitar", "Jazz guitar", "Clean electric guitar",
    "Muted electric guitar", "Overdriven guitar", "Distortion guitar", "Guitar harmonics",
    "Acoustic bass", "Fingered bass", "Picked bass", "Fretless bass",
    "Slap bass 1", "Slap bass 2", "Synth bass 1", "Synth bass 2",
    "Violin", "Viola", "Cello", "Contrabass", "Tremolo strings", "Pizzicato strings", "Orchestral harp", "Timpani",
    "String ensemble 1", "String ensemble 2", "Synth strings 1", "Synth strings 2",
    "Choir aahs", "Voice oohs", "Synth voice", "Orchestra hit",
    "Trumpet", "Trombone", "Tuba", "Muted trumpet", "French horn", "Brass section", "Synth brass 1", "Synth brass 2",
    "Soprano sax", "Alto sax", "Tenor sax", "Baritone sax", "Oboe", "English horn", "Bassoon", "Clarinet",
    "Piccolo", "Flute", "Recorder", "Pan flute", "Blown bottle", "Shakuhachi", "Whistle", "Ocarina",
    "Square lead", "Sawtooth lead", "Calliope lead", "Chiff lead",
    "Charang lead", "Voice lead", "Fifths lead", "Bass and lead",
    "New age pad", "Warm pad", "Polysynth pad", "Choir pad", "Bowed pad", "Metallic pad", "Halo pad", "Sweep pad",
    "Rain", "Soundtrack", "Crystal", "Atmosphere", "Brightness", "Goblins", "Echoes", "Sci-fi",
    "Sitar", "Banjo", "Shamisen", "Koto", "Kalimba", "Bagpipe", "Fiddle", "Shanai",
    "Tinkle bell", "Agogo", "Steel drums", "Woodblock", "Taiko drum", "Melodic tom", "Synth drum", "Reverse cymbal",
    "Guitar fret noise", "Breath noise", "Seashore", "Bird tweet",
    "Telephone ring", "Helicopter", "Applause", "Gunshot",
];

/// The 16 families of eight programs each; index = program / 8.
#[rustfmt::skip]
pub const FAMILIES: [&str; 16] = [
    "Piano", "Chromatic percussion", "Organ", "Guitar", "Bass", "Strings", "Ensemble", "Brass",
    "Reed", "Pipe", "Synth lead", "Synth pad", "Synth effects", "Ethnic", "Percussive", "Sound effects",
];

/// The lowest and the highest pitch that an instrument plays, after the usual books on orchestration; of keyboards and
/// synthesisers that of a piano.
pub const fn range(program: u8) -> (u8, u8) {
    match program {
        24..=31 => (40, 88),            // guitars of six strings
        32..=39 | 43 => (28, 67),       // basses of four strings, double bass
        40 => (55, 103),                // violin
        41 => (48, 91),                 // viola
        42 => (36, 81),                 // cello
        44 | 45 | 48..=51 => (28, 103), // strings together
        46 => (23, 103),                // harp
        47 => (36, 60),                 // timpani
        52..=54 => (40, 84),            // choir
        56 => (54, 86),                 // trumpet
        57 => (40, 77),                 // trombone
        58 => (28, 65),                 // tuba
        60 => (34, 77),                 // horn
        61..=63 => (28, 86),            // brass together
        64 => (56, 88),                 // saxophones
        65 => (49, 81),
        66 => (44, 76),
        67 => (36, 69),
        68 => (58, 91),  // oboe
        69 => (52, 84),  // cor anglais
        70 => (34, 75),  // bassoon
        71 => (50, 94),  // clarinet
        72 => (74, 108), // piccolo
        73 => (60, 96),  // flute
        _ => (21, 108),
    }
}

/// Whether the sound of an instrument dies away while its key is held: it is struck or plucked.
pub const fn dies_away(program: u8) -> bool {
    matches!(program, 0..=15 | 24..=37 | 45..=47 | 104..=108 | 112..=119)
}

/// A program's name; numbers above 127 have the last one's.
pub fn program_name(program: u8) -> &'static str {
    PROGRAMS[usize::from(program.min(127))]
}

/// What a kit of General MIDI has on a key, in a word or two.
#[rustfmt::skip]
pub fn drum_name(pitch: Pitch) -> Option<&'static str> {
    const NAMES: [&str; 47] = [
        "Kick 2", "Kick", "Side stick", "Snare", "Clap", "Snare 2", "Low tom 2", "Closed hat", "Low tom", "Pedal hat",
        "Mid tom 2", "Open hat", "Mid tom", "High tom 2", "Crash", "High tom", "Ride", "China", "Ride bell",
        "Tambourine", "Splash", "Cowbell", "Crash 2", "Vibraslap", "Ride 2", "High bongo", "Low bongo", "Mute conga",
        "High conga", "Low conga", "Hi timbale", "Lo timbale", "High agogô", "Low agogô", "Cabasa", "Maracas",
        "Whistle", "Whistle 2", "Guiro", "Guiro 2", "Claves", "High block", "Low block", "Mute cuíca", "Cuíca",
        "Triangle 2", "Triangle",
    ];
    NAMES.get(usize::from(pitch.get()).checked_sub(35)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_general_midi_puts_them() {
        assert_eq!(program_name(48), "String ensemble 1");
        assert_eq!(program_name(73), "Flute");
        assert_eq!(FAMILIES[73 / 8], "Pipe");
    }
}
