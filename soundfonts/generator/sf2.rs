//! Writes SoundFont 2.04 files. Numbers in comments are sections of that specification.

use std::collections::BTreeMap;

/// Generators, by their number (8.1.2). Amounts are in the specification's units.
pub mod generator {
    pub const MOD_LFO_TO_PITCH: u16 = 5;
    pub const VIB_LFO_TO_PITCH: u16 = 6;
    pub const MOD_ENV_TO_PITCH: u16 = 7;
    pub const FILTER_CUTOFF: u16 = 8;
    pub const FILTER_Q: u16 = 9;
    pub const MOD_LFO_TO_FILTER: u16 = 10;
    pub const MOD_ENV_TO_FILTER: u16 = 11;
    pub const MOD_LFO_TO_VOLUME: u16 = 13;
    pub const REVERB_SEND: u16 = 16;
    pub const PAN: u16 = 17;
    pub const DELAY_MOD_LFO: u16 = 21;
    pub const FREQ_MOD_LFO: u16 = 22;
    pub const DELAY_VIB_LFO: u16 = 23;
    pub const FREQ_VIB_LFO: u16 = 24;
    pub const ATTACK_MOD_ENV: u16 = 26;
    pub const DECAY_MOD_ENV: u16 = 28;
    pub const SUSTAIN_MOD_ENV: u16 = 29;
    pub const RELEASE_MOD_ENV: u16 = 30;
    pub const DELAY_VOL_ENV: u16 = 33;
    pub const ATTACK_VOL_ENV: u16 = 34;
    pub const DECAY_VOL_ENV: u16 = 36;
    pub const SUSTAIN_VOL_ENV: u16 = 37;
    pub const RELEASE_VOL_ENV: u16 = 38;
    pub const KEY_TO_VOL_ENV_DECAY: u16 = 40;
    pub const INSTRUMENT: u16 = 41;
    pub const KEY_RANGE: u16 = 43;
    pub const ATTENUATION: u16 = 48;
    pub const COARSE_TUNE: u16 = 51;
    pub const FINE_TUNE: u16 = 52;
    pub const SAMPLE_ID: u16 = 53;
    pub const SAMPLE_MODES: u16 = 54;
    pub const SCALE_TUNING: u16 = 56;
    pub const EXCLUSIVE_CLASS: u16 = 57;
    pub const ROOT_KEY: u16 = 58;
}

/// Frames of silence behind each sample (7.10).
const GAP_FRAMES: usize = 46;
/// Frames that a loop goes on behind its end, for interpolation (7.10 asks for 8).
pub const LOOP_TAIL_FRAMES: usize = 8;

/// A mono recording, with its place for looping.
#[derive(Clone)]
pub struct Sample {
    /// At most 20 characters of ASCII, and no two alike.
    pub name: String,
    /// -1 to 1.
    pub frames: Vec<f64>,
    pub rate_hz: u32,
    /// The key that sounds at the recorded speed.
    pub root_key: u8,
    /// Added on playback.
    pub correction_cents: i8,
    /// First frame of the loop and the first behind it.
    pub loop_frames: Option<(usize, usize)>,
}

/// A linear or concave way from a controller to a generator (8.2).
#[derive(Clone, Copy)]
pub struct Modulator {
    pub source: u16,
    pub destination: u16,
    pub amount: i16,
    pub amount_source: u16,
}

/// Generators and modulators that hold together.
#[derive(Clone, Default)]
pub struct Zone {
    pub generators: BTreeMap<u16, i16>,
    pub modulators: Vec<Modulator>,
    /// The sample's or the instrument's index; none in a global zone.
    pub target: Option<usize>,
}

impl Zone {
    /// One generator more, or another amount.
    pub fn set(&mut self, generator: u16, amount: i16) -> &mut Self {
        self.generators.insert(generator, amount);
        self
    }

    /// The keys it is for.
    pub fn set_keys(&mut self, low: u8, high: u8) -> &mut Self {
        self.set(generator::KEY_RANGE, i16::from_le_bytes([low, high]))
    }
}

/// An instrument or a preset: zones, the global one first.
pub struct Zoned {
    pub name: String,
    pub zones: Vec<Zone>,
}

/// A preset's place.
pub struct Preset {
    pub bank: u16,
    pub program: u16,
    pub zoned: Zoned,
}

/// The whole font.
#[derive(Default)]
pub struct Font {
    pub name: &'static str,
    pub comment: &'static str,
    pub copyright: &'static str,
    pub samples: Vec<Sample>,
    pub instruments: Vec<Zoned>,
    pub presets: Vec<Preset>,
}

impl Font {
    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut frames: Vec<i16> = Vec::new();
        let mut headers = Vec::new();
        for sample in &self.samples {
            let start = frames.len();
            frames.extend(sample.frames.iter().map(|value| (value * 32767.0).round() as i16));
            let end = frames.len();
            let (loop_start, loop_end) =
                sample.loop_frames.map_or((start, end), |(first, end)| (start + first, start + end));
            frames.resize(end + GAP_FRAMES, 0);
            name_into(&mut headers, &sample.name);
            for place in [start, end, loop_start, loop_end, sample.rate_hz as usize] {
                headers.extend((place as u32).to_le_bytes());
            }
            headers.extend([sample.root_key, sample.correction_cents as u8]);
            headers.extend([0, 0, 1, 0]); // no linked sample; mono
        }
        name_into(&mut headers, "EOS");
        headers.extend([0; 26]);
        let info = [
            chunk(*b"ifil", &[2, 0, 4, 0]),
            chunk(*b"isng", &text("EMU8000")),
            chunk(*b"INAM", &text(self.name)),
            chunk(*b"ICOP", &text(self.copyright)),
            chunk(*b"ICMT", &text(self.comment)),
        ];
        let data: Vec<u8> = frames.iter().flat_map(|frame| frame.to_le_bytes()).collect();
        let body = [
            b"sfbk".to_vec(),
            list(*b"INFO", &info),
            list(*b"sdta", &[chunk(*b"smpl", &data)]),
            list(*b"pdta", &self.parameters(&headers)),
        ];
        chunk(*b"RIFF", &body.concat())
    }

    /// The nine tables (7.2 to 7.10).
    fn parameters(&self, sample_headers: &[u8]) -> [Vec<u8>; 9] {
        let mut presets = Vec::new();
        let mut bags = 0_u16;
        for preset in &self.presets {
            name_into(&mut presets, &preset.zoned.name);
            for field in [preset.program, preset.bank, bags] {
                presets.extend(field.to_le_bytes());
            }
            presets.extend([0; 12]);
            bags += preset.zoned.zones.len() as u16;
        }
        name_into(&mut presets, "EOP");
        presets.extend([0; 4]);
        presets.extend(bags.to_le_bytes());
        presets.extend([0; 12]);
        let mut instruments = Vec::new();
        bags = 0;
        for instrument in &self.instruments {
            name_into(&mut instruments, &instrument.name);
            instruments.extend(bags.to_le_bytes());
            bags += instrument.zones.len() as u16;
        }
        name_into(&mut instruments, "EOI");
        instruments.extend(bags.to_le_bytes());
        let preset_zones = self.presets.iter().flat_map(|preset| &preset.zoned.zones);
        let [pbag, pmod, pgen] = zone_tables(preset_zones, generator::INSTRUMENT);
        let instrument_zones = self.instruments.iter().flat_map(|instrument| &instrument.zones);
        let [ibag, imod, igen] = zone_tables(instrument_zones, generator::SAMPLE_ID);
        [
            chunk(*b"phdr", &presets),
            chunk(*b"pbag", &pbag),
            chunk(*b"pmod", &pmod),
            chunk(*b"pgen", &pgen),
            chunk(*b"inst", &instruments),
            chunk(*b"ibag", &ibag),
            chunk(*b"imod", &imod),
            chunk(*b"igen", &igen),
            chunk(*b"shdr", sample_headers),
        ]
    }
}

/// Bags, modulators and generators; the key range comes first (its number is the smallest that is allowed to), the
/// target last.
fn zone_tables<'a>(zones: impl Iterator<Item = &'a Zone>, target_generator: u16) -> [Vec<u8>; 3] {
    let (mut bags, mut modulators, mut generators) = (Vec::new(), Vec::new(), Vec::new());
    let bag = |generators: &Vec<u8>, modulators: &Vec<u8>| {
        let (first_generator, first_modulator) = ((generators.len() / 4) as u16, (modulators.len() / 10) as u16);
        [first_generator.to_le_bytes(), first_modulator.to_le_bytes()].concat()
    };
    for zone in zones {
        bags.extend(bag(&generators, &modulators));
        for modulator in &zone.modulators {
            modulators.extend(modulator.source.to_le_bytes());
            modulators.extend(modulator.destination.to_le_bytes());
            modulators.extend(modulator.amount.to_le_bytes());
            modulators.extend(modulator.amount_source.to_le_bytes());
            modulators.extend([0, 0]);
        }
        let range = zone.generators.get_key_value(&generator::KEY_RANGE);
        let others = zone.generators.iter().filter(|(number, _)| **number != generator::KEY_RANGE);
        for (number, amount) in range.into_iter().chain(others) {
            generators.extend(number.to_le_bytes());
            generators.extend(amount.to_le_bytes());
        }
        if let Some(target) = zone.target {
            generators.extend(target_generator.to_le_bytes());
            generators.extend((target as u16).to_le_bytes());
        }
    }
    bags.extend(bag(&generators, &modulators));
    modulators.extend([0; 10]);
    generators.extend([0; 4]);
    [bags, modulators, generators]
}

fn chunk(id: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = id.to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    if body.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

fn list(kind: [u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(*b"LIST", &[kind.as_slice(), &chunks.concat()].concat())
}

/// Ends with one or two zeros, to an even length (5).
fn text(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn name_into(bytes: &mut Vec<u8>, name: &str) {
    assert!(name.len() <= 20 && name.is_ascii(), "{name} is no name for a SoundFont");
    bytes.extend(name.as_bytes());
    bytes.resize(bytes.len() + 20 - name.len(), 0);
}
