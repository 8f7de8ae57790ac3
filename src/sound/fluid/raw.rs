//! fluidlite's C half: a font, channels to play it on, and its voices one by one.
//!
//! All that is unsafe about the synth is in here; above it are indices and numbers. What it relies on, from fluidlite's
//! sources (1.2.2, built from the crate, whatever the system has):
//! - A voice renders 64 frames from wherever it is, knows nothing of the others and of no common clock. So we render
//!   voices ourselves, each from the frame its note began on, in place of `fluid_synth_write_*`, which begins all of
//!   them with the synth's own blocks.
//! - `fluid_synth_start` is given a preset: with presets made at loading, no instrument change allocates.
//! - Starting, controllers, wheels and rendering take voices from an array; they neither allocate nor lock.
//! - Loading, and the first synth ever, write global variables: a lock of ours lets one in at a time.

#![expect(unsafe_code, reason = "the safe crate neither renders single voices nor starts a preset without allocating")]

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr::{NonNull, null_mut};
use std::sync::{Mutex, Once, PoisonError};

use fluidlite_sys as ffi;

use crate::sound::block::{BLOCK_FRAMES, CHANNELS};
use crate::sound::soundfont::SoundFont;
use crate::sound::soundfont::error::SoundFontError;
use crate::sound::soundfont::image::Image;

/// Loud enough for one part, with headroom for several; the limiter takes care of the rest.
const GAIN: f64 = 1.2;
/// More layers than any note of a real font has.
pub(super) const VOICES_PER_NOTE: usize = 32;

static LOADING: Mutex<()> = Mutex::new(());
static SILENCE_LOG: Once = Once::new();

// Not in the headers, as programs usually let the synth do this; declared in fluid_voice.h and fluid_synth.h.
unsafe extern "C" {
    /// Adds a block of a voice to both (and to the effects' where they are not null).
    fn fluid_voice_write(
        voice: *mut ffi::fluid_voice_t,
        left: *mut f32,
        right: *mut f32,
        reverb: *mut f32,
        chorus: *mut f32,
    ) -> c_int;
    /// Ends a voice this instant.
    fn fluid_voice_off(voice: *mut ffi::fluid_voice_t) -> c_int;
    /// Releases a voice's key.
    fn fluid_voice_noteoff(voice: *mut ffi::fluid_voice_t) -> c_int;
}

/// A voice of a [`Library`]: the same number for the same voice, however often it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VoiceNumber(usize);

/// A font, its presets, and a synth to play it on.
pub(super) struct Library {
    synth: NonNull<ffi::fluid_synth_t>,
    settings: NonNull<ffi::fluid_settings_t>,
    /// In the order of the font's own list.
    presets: Vec<NonNull<ffi::fluid_preset_t>>,
    /// The voices that were ever started. The synth has them all its life.
    voices: Vec<NonNull<ffi::fluid_voice_t>>,
    /// The number of the last note, to distinguish its voices from the others.
    note: u32,
}

// SAFETY: nothing in the library is bound to a thread; all that the pointers lead to belongs to this struct alone, and
// every call into it takes `&mut self`, so that one thread at a time is in there.
unsafe impl Send for Library {}

impl Library {
    /// Loads a font. 20 ms for 6 MB, half a second for 145 MB.
    pub fn load(font: &SoundFont, sample_rate_hz: u32, polyphony: usize) -> Result<Self, SoundFontError> {
        let failed = |what: &str| SoundFontError::Synth(what.to_owned());
        let _one_at_a_time = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        SILENCE_LOG.call_once(|| {
            for level in 0..ffi::fluid_log_level_LAST_LOG_LEVEL {
                // SAFETY: a static function that touches nothing; the lock above keeps loading threads out.
                unsafe { ffi::fluid_set_log_function(level as c_int, Some(drop_message), null_mut()) };
            }
        });
        // SAFETY: no arguments; null on failure, which is looked at.
        let settings =
            NonNull::new(unsafe { ffi::new_fluid_settings() }).ok_or_else(|| failed("it is out of memory"))?;
        let set_number = |name: &CStr, value: f64| {
            // SAFETY: settings are alive, the name ends with a zero byte.
            unsafe { ffi::fluid_settings_setnum(settings.as_ptr(), name.as_ptr(), value) }
        };
        let set_count = |name: &CStr, value: c_int| {
            // SAFETY: as above.
            unsafe { ffi::fluid_settings_setint(settings.as_ptr(), name.as_ptr(), value) }
        };
        let set_text = |name: &CStr, value: &CStr| {
            // SAFETY: as above, and the value is copied.
            unsafe { ffi::fluid_settings_setstr(settings.as_ptr(), name.as_ptr(), value.as_ptr()) }
        };
        set_number(c"synth.sample-rate", f64::from(sample_rate_hz));
        set_number(c"synth.gain", GAIN);
        set_count(c"synth.midi-channels", CHANNELS as c_int);
        set_count(c"synth.polyphony", polyphony as c_int);
        // The mixer has its own, and kits are chosen by bank on any channel.
        set_text(c"synth.reverb.active", c"no");
        set_text(c"synth.chorus.active", c"no");
        set_text(c"synth.drums-channel.active", c"no");
        // SAFETY: settings are alive and outlive the synth (deleted last, below and in the drop).
        let Some(synth) = NonNull::new(unsafe { ffi::new_fluid_synth(settings.as_ptr()) }) else {
            // SAFETY: nothing else holds them.
            unsafe { ffi::delete_fluid_settings(settings.as_ptr()) };
            return Err(failed("it is out of memory"));
        };
        // From here on the drop takes care of everything.
        let mut library = Self { synth, settings, presets: Vec::new(), voices: Vec::with_capacity(polyphony), note: 0 };
        library.load_font(font).ok_or_else(|| failed("it did not take the SoundFont"))?;
        Ok(library)
    }

    fn load_font(&mut self, font: &SoundFont) -> Option<()> {
        let file_api = Box::into_raw(Box::new(ffi::fluid_fileapi_t {
            data: Box::into_raw(Box::new(font.image())).cast(),
            free: Some(free_image),
            fopen: Some(open_image),
            fread: Some(read_image),
            fseek: Some(seek_image),
            fclose: Some(close_image),
            ftell: Some(tell_image),
        }));
        // SAFETY: the loader is a fresh one of ours (a null one would be given back); the synth takes it over, and
        // deletes it and the file functions, through `free_image`, with itself.
        let font_of_synth = unsafe {
            let Some(loader) = ffi::new_fluid_defsfloader().as_mut() else {
                free_image(file_api);
                return None;
            };
            loader.fileapi = file_api;
            ffi::fluid_synth_add_sfloader(self.synth.as_ptr(), loader);
            if ffi::fluid_synth_sfload(self.synth.as_ptr(), c"image".as_ptr(), 1) < 0 {
                return None;
            }
            NonNull::new(ffi::fluid_synth_get_sfont(self.synth.as_ptr(), 0))?
        };
        for preset in font.preset_list() {
            let (bank, program) = (preset.bank.into(), preset.program.into());
            // SAFETY: the font is alive with the synth; its own function makes a preset of it or gives null.
            let preset = unsafe { (font_of_synth.as_ref().get_preset?)(font_of_synth.as_ptr(), bank, program) };
            self.presets.push(NonNull::new(preset)?);
        }
        Some(())
    }

    /// Starts a note (key to 127, velocity 1 to 127) of a preset, by its index in the font's list, and passes on each
    /// of its voices with its exclusive class (SoundFont 2.04, 8.1.2, 57; 0 is none).
    pub fn start(
        &mut self,
        channel: usize,
        preset: usize,
        key: u8,
        velocity: u8,
        mut each: impl FnMut(VoiceNumber, i16),
    ) {
        let (synth, preset) = (self.synth.as_ptr(), self.presets[preset].as_ptr());
        // never 0: the library's own count of notes stays 0, and means "this one" where it releases keys
        self.note = (self.note % (1 << 30)) + 1;
        let mut playing = [null_mut(); VOICES_PER_NOTE];
        // SAFETY: synth and preset are alive as long as `self`; the library checks channel, key and velocity. The list
        // is as long as is said, and voices live as long as their synth.
        unsafe {
            ffi::fluid_synth_start(synth, self.note, preset, 0, channel as c_int, key.into(), velocity.into());
            ffi::fluid_synth_get_voicelist(synth, playing.as_mut_ptr(), VOICES_PER_NOTE as c_int, self.note as c_int);
        }
        for voice in playing.into_iter().map_while(NonNull::new) {
            let known = self.voices.iter().position(|known| *known == voice);
            let number = known.unwrap_or_else(|| {
                self.voices.push(voice);
                self.voices.len() - 1
            });
            // SAFETY: a voice of the list above.
            let class =
                unsafe { ffi::fluid_voice_gen_get(voice.as_ptr(), ffi::fluid_gen_type_GEN_EXCLUSIVECLASS as c_int) };
            each(VoiceNumber(number), class as i16);
        }
    }

    /// Releases the key of a voice; the pedal may still hold it. By key the library would not find the voices of zones
    /// that have a key of their own (generator 46).
    pub fn release(&mut self, voice: VoiceNumber) {
        if self.is_playing(voice) {
            // SAFETY: one of the synth's voices; one that plays has a channel and envelopes.
            unsafe { fluid_voice_noteoff(self.voice(voice)) };
        }
    }

    /// A control change; the library checks all three.
    pub fn control(&mut self, channel: usize, number: u8, value: u8) {
        // SAFETY: the synth is alive.
        unsafe { ffi::fluid_synth_cc(self.synth.as_ptr(), channel as c_int, number.into(), value.into()) };
    }

    /// The wheel, 0 to 16,383; 8,192 is the middle. The library checks the channel.
    pub fn bend(&mut self, channel: usize, bend: u16) {
        // SAFETY: the synth is alive; any value only tunes.
        unsafe { ffi::fluid_synth_pitch_bend(self.synth.as_ptr(), channel as c_int, bend.into()) };
    }

    /// Semitones the wheel bends either way. The library checks the channel.
    pub fn bend_range(&mut self, channel: usize, semitones: u8) {
        // SAFETY: as above.
        unsafe { ffi::fluid_synth_pitch_wheel_sens(self.synth.as_ptr(), channel as c_int, semitones.into()) };
    }

    /// Pressure on the whole keyboard, below 128. The library checks the channel.
    pub fn pressure(&mut self, channel: usize, value: u8) {
        // SAFETY: as above; below 128 it is within the modulators' tables.
        unsafe { ffi::fluid_synth_channel_pressure(self.synth.as_ptr(), channel as c_int, (value & 0x7F).into()) };
    }

    /// Pressure on one key.
    pub fn key_pressure(&mut self, channel: usize, key: u8, value: u8) {
        assert!(channel < CHANNELS);
        // SAFETY: the synth is alive and has that channel; the library checks the others.
        unsafe { ffi::fluid_synth_key_pressure(self.synth.as_ptr(), channel as c_int, key.into(), value.into()) };
    }

    fn voice(&self, voice: VoiceNumber) -> *mut ffi::fluid_voice_t {
        self.voices[voice.0].as_ptr()
    }

    /// Whether a voice sounds.
    pub fn is_playing(&mut self, voice: VoiceNumber) -> bool {
        // SAFETY: one of the synth's voices, which live as long as it does.
        unsafe { ffi::fluid_voice_is_playing(self.voice(voice)) != 0 }
    }

    /// Adds a voice's next block to both.
    pub fn render(&mut self, voice: VoiceNumber, left: &mut [f32; BLOCK_FRAMES], right: &mut [f32; BLOCK_FRAMES]) {
        const { assert!(BLOCK_FRAMES == 64, "FLUID_BUFSIZE") };
        // SAFETY: one of the synth's voices; it writes one block to each, and nothing to effects that are null.
        unsafe { fluid_voice_write(self.voice(voice), left.as_mut_ptr(), right.as_mut_ptr(), null_mut(), null_mut()) };
    }

    /// Ends a voice this instant.
    pub fn cut(&mut self, voice: VoiceNumber) {
        if self.is_playing(voice) {
            // SAFETY: one of the synth's voices; one that plays has a sample to let go of.
            unsafe { fluid_voice_off(self.voice(voice)) };
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: each is deleted once, and what points into another goes first: presets into the font, which is the
        // synth's, and that to the settings.
        unsafe {
            for preset in &self.presets {
                if let Some(free) = preset.as_ref().free {
                    free(preset.as_ptr());
                }
            }
            ffi::delete_fluid_synth(self.synth.as_ptr());
            ffi::delete_fluid_settings(self.settings.as_ptr());
        }
    }
}

/// Otherwise messages go to standard error, in the audio callback, too.
unsafe extern "C" fn drop_message(_level: c_int, _message: *mut c_char, _data: *mut c_void) {}

/// A place in the checked image, which the loader reads in place of a file.
struct ImageReader {
    image: Image,
    at: u64,
}

unsafe extern "C" fn free_image(api: *mut ffi::fluid_fileapi_t) -> c_int {
    // SAFETY: both came out of boxes in `load_font`, and the library calls this once.
    unsafe {
        let api = Box::from_raw(api);
        drop(Box::from_raw(api.data.cast::<Image>()));
    }
    ffi::FLUID_OK
}

unsafe extern "C" fn open_image(api: *mut ffi::fluid_fileapi_t, _name: *const c_char) -> *mut c_void {
    // SAFETY: `data` is what `load_font` put there.
    let image = unsafe { Image::clone(&*(*api).data.cast::<Image>()) };
    Box::into_raw(Box::new(ImageReader { image, at: 0 })).cast()
}

unsafe extern "C" fn read_image(buffer: *mut c_void, count: c_int, reader: *mut c_void) -> c_int {
    // SAFETY: a reader of `open_image`, used by the loading thread alone.
    let reader = unsafe { &mut *reader.cast::<ImageReader>() };
    let Ok(count) = usize::try_from(count) else {
        return ffi::FLUID_FAILED;
    };
    // SAFETY: the library gives a buffer of `count` bytes and looks at it only afterwards. It may not have been written
    // yet, so it is before it becomes a slice.
    let buffer = unsafe {
        std::ptr::write_bytes(buffer.cast::<u8>(), 0, count);
        std::slice::from_raw_parts_mut(buffer.cast::<u8>(), count)
    };
    if !reader.image.read_at(reader.at, buffer) {
        return ffi::FLUID_FAILED;
    }
    reader.at += count as u64;
    ffi::FLUID_OK
}

unsafe extern "C" fn seek_image(reader: *mut c_void, by: c_long, from: c_int) -> c_int {
    // SAFETY: as in `read_image`.
    let reader = unsafe { &mut *reader.cast::<ImageReader>() };
    let from = match u32::try_from(from) {
        Ok(ffi::SEEK_SET) => 0,
        Ok(ffi::SEEK_CUR) => reader.at,
        Ok(ffi::SEEK_END) => reader.image.len(),
        _ => return ffi::FLUID_FAILED,
    };
    match from.checked_add_signed(by) {
        Some(at) if at <= reader.image.len() => {
            reader.at = at;
            ffi::FLUID_OK
        }
        _ => ffi::FLUID_FAILED,
    }
}

unsafe extern "C" fn close_image(reader: *mut c_void) -> c_int {
    // SAFETY: it came out of a box in `open_image`, and the library closes it once.
    drop(unsafe { Box::from_raw(reader.cast::<ImageReader>()) });
    ffi::FLUID_OK
}

unsafe extern "C" fn tell_image(reader: *mut c_void) -> c_long {
    // SAFETY: as in `read_image`.
    let reader = unsafe { &*reader.cast::<ImageReader>() };
    reader.at as c_long
}
