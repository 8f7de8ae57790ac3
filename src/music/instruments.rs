//! The names of General MIDI Level 1: programs, their families, the sounds of a kit.

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

/// The first key of a General MIDI kit.
pub const FIRST_DRUM: u8 = 35;

/// The kit's sounds, from key [`FIRST_DRUM`] (35) to 81.
#[rustfmt::skip]
pub const DRUMS: [&str; 47] = [
    "Acoustic bass drum", "Bass drum", "Side stick", "Acoustic snare", "Hand clap", "Electric snare", "Low floor tom",
    "Closed hi-hat", "High floor tom", "Pedal hi-hat", "Low tom",
    "Open hi-hat", "Low-mid tom", "High-mid tom", "Crash cymbal 1",
    "High tom", "Ride cymbal 1", "Chinese cymbal", "Ride bell",
    "Tambourine", "Splash cymbal", "Cowbell", "Crash cymbal 2",
    "Vibraslap", "Ride cymbal 2", "High bongo", "Low bongo", "Muted high conga", "Open high conga", "Low conga",
    "High timbale", "Low timbale", "High agogo", "Low agogo", "Cabasa", "Maracas", "Short whistle", "Long whistle",
    "Short guiro", "Long guiro", "Claves", "High woodblock", "Low woodblock", "Muted cuica", "Open cuica",
    "Muted triangle", "Open triangle",
];

/// A program's name; numbers above 127 have the last one's.
pub fn program_name(program: u8) -> &'static str {
    PROGRAMS[usize::from(program.min(127))]
}

/// A kit sound's name, where General MIDI has one for the key.
pub fn drum_name(key: u8) -> Option<&'static str> {
    DRUMS.get(usize::from(key.checked_sub(FIRST_DRUM)?)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_general_midi_puts_them() {
        assert_eq!(program_name(48), "String ensemble 1");
        assert_eq!(program_name(73), "Flute");
        assert_eq!(FAMILIES[73 / 8], "Pipe");
        assert_eq!(drum_name(38), Some("Acoustic snare"));
        assert_eq!(drum_name(56), Some("Cowbell"));
        assert_eq!(drum_name(81), Some("Open triangle"));
        assert_eq!((drum_name(34), drum_name(82)), (None, None));
    }
}
