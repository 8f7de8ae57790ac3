//! One layer of a program: a set of samples and how it is played.

use super::bank::Bank;
use super::sf2::{Modulator, Zone, Zoned, generator};
use super::units::{absolute_cents, attenuation, timecents};

/// Note-on velocity, linear, falling from 1 to 0 (8.2.1).
const SOFTNESS: u16 = 0x0102;
/// Note-on velocity as a switch: the second source that the fluid synths give their velocity-to-filter default.
const VELOCITY_SWITCH: u16 = 0x0C02;

/// A layer, built up call by call.
#[derive(Clone)]
pub struct Voice {
    pub set: &'static str,
    global: Zone,
}

/// A layer that plays a set as it is recorded: there at once, held, gone 0.2 s after the key.
pub fn voice(set: &'static str) -> Voice {
    let mut global = Zone::default();
    global.set(generator::REVERB_SEND, 90);
    Voice { set, global }.envelope(0.001, 0.0, 0.0, 0.3)
}

impl Voice {
    fn with(mut self, number: u16, amount: i16) -> Self {
        self.global.set(number, amount);
        self
    }

    /// Attack in seconds; then a fall in seconds per 100 dB to so many dB down; release in seconds per 100 dB.
    pub fn envelope(self, attack_s: f64, decay_s: f64, sustain_db_down: f64, release_s: f64) -> Self {
        self.with(generator::ATTACK_VOL_ENV, timecents(attack_s))
            .with(generator::DECAY_VOL_ENV, timecents(decay_s))
            .with(generator::SUSTAIN_VOL_ENV, (sustain_db_down * 10.0).min(1000.0) as i16)
            .with(generator::RELEASE_VOL_ENV, timecents(release_s))
    }

    /// Rings out, high keys sooner: seconds per 100 dB at key 60.
    pub fn rings(self, decay_s: f64, release_s: f64) -> Self {
        self.envelope(0.001, decay_s, 100.0, release_s).with(generator::KEY_TO_VOL_ENV_DECAY, 40)
    }

    /// A low-pass filter; `soft_cents` lower for the softest touch.
    pub fn filter(mut self, hz: f64, q_db: f64, soft_cents: i16) -> Self {
        for (amount_source, amount) in [(VELOCITY_SWITCH, 0), (0, -soft_cents)] {
            self.global.modulators.push(Modulator {
                source: SOFTNESS,
                destination: generator::FILTER_CUTOFF,
                amount,
                amount_source,
            });
        }
        self.with(generator::FILTER_CUTOFF, absolute_cents(hz)).with(generator::FILTER_Q, (q_db * 10.0) as i16)
    }

    /// The filter opens by so many cents and closes to a share (0 to 1) of them.
    pub fn filter_envelope(self, cents: i16, attack_s: f64, decay_s: f64, sustain: f64) -> Self {
        self.with(generator::MOD_ENV_TO_FILTER, cents).modulation_envelope(attack_s, decay_s, sustain)
    }

    /// The pitch begins so many cents off and comes home.
    pub fn scoop(self, cents: i16, seconds: f64) -> Self {
        self.with(generator::MOD_ENV_TO_PITCH, cents).modulation_envelope(0.001, seconds, 0.0)
    }

    fn modulation_envelope(self, attack_s: f64, decay_s: f64, sustain: f64) -> Self {
        self.with(generator::ATTACK_MOD_ENV, timecents(attack_s))
            .with(generator::DECAY_MOD_ENV, timecents(decay_s))
            .with(generator::SUSTAIN_MOD_ENV, (1000.0 * (1.0 - sustain)) as i16)
            .with(generator::RELEASE_MOD_ENV, timecents(0.3))
    }

    pub fn vibrato(self, cents: i16, hz: f64, after_s: f64) -> Self {
        self.with(generator::VIB_LFO_TO_PITCH, cents)
            .with(generator::FREQ_VIB_LFO, absolute_cents(hz))
            .with(generator::DELAY_VIB_LFO, timecents(after_s))
    }

    pub fn tremolo(self, decibels: f64, hz: f64) -> Self {
        self.with(generator::MOD_LFO_TO_VOLUME, (decibels * 10.0) as i16).slow_wave(hz)
    }

    /// The filter goes up and down.
    pub fn wah(self, cents: i16, hz: f64) -> Self {
        self.with(generator::MOD_LFO_TO_FILTER, cents).slow_wave(hz)
    }

    /// The pitch goes up and down, from the beginning.
    pub fn warble(self, cents: i16, hz: f64) -> Self {
        self.with(generator::MOD_LFO_TO_PITCH, cents).slow_wave(hz)
    }

    fn slow_wave(self, hz: f64) -> Self {
        self.with(generator::FREQ_MOD_LFO, absolute_cents(hz)).with(generator::DELAY_MOD_LFO, timecents(0.001))
    }

    pub fn tune(self, cents: i16) -> Self {
        self.with(generator::COARSE_TUNE, cents / 100).with(generator::FINE_TUNE, cents % 100)
    }

    /// -50 (left) to 50 (right).
    pub fn pan(self, place: i16) -> Self {
        self.with(generator::PAN, place * 10)
    }

    /// So many decibels softer.
    pub fn down(self, decibels: f64) -> Self {
        self.with(generator::ATTENUATION, attenuation(decibels))
    }

    /// Percent into reverberation.
    pub fn reverb(self, percent: i16) -> Self {
        self.with(generator::REVERB_SEND, percent * 10)
    }

    /// Sounds late, as an echo does.
    pub fn after(self, seconds: f64) -> Self {
        self.with(generator::DELAY_VOL_ENV, timecents(seconds))
    }

    /// Noises change less from key to key: cents per key.
    pub fn scale(self, cents: i16) -> Self {
        self.with(generator::SCALE_TUNING, cents)
    }

    /// Softer by so much more, on top of what is set.
    pub fn softer(mut self, decibels: f64) -> Self {
        let more = attenuation(decibels);
        let amount = self.global.generators.entry(generator::ATTENUATION).or_insert(0);
        *amount += more;
        self
    }

    /// As an instrument of the font.
    pub fn instrument(&self, name: String, bank: &Bank) -> Zoned {
        let mut zones = vec![self.global.clone()];
        let set = bank.sets.get(self.set).unwrap_or_else(|| panic!("there is no set {}", self.set));
        for part in set {
            let mut zone = Zone::default();
            zone.set_keys(part.low, part.high);
            if bank.samples[part.sample].loop_frames.is_some() {
                zone.set(generator::SAMPLE_MODES, 1);
            }
            zone.target = Some(part.sample);
            zones.push(zone);
        }
        Zoned { name, zones }
    }
}
