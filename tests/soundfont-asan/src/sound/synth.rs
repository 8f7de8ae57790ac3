//! What the tests ask of a synth, as in Cantus.

pub trait Synth {
    fn note_on(&mut self, channel: usize, pitch: u8, velocity: u8);
    fn control(&mut self, channel: usize, number: u8, value: u8);
    fn pitch_bend(&mut self, channel: usize, bend: i16);
    fn pressure(&mut self, channel: usize, value: u8);
    fn key_pressure(&mut self, channel: usize, pitch: u8, value: u8);
    fn instrument(&mut self, channel: usize, program: u8, is_drum: bool);
    fn release_all(&mut self, channel: usize);
    fn silence(&mut self, channel: usize);
    fn render(&mut self, left: &mut [f32], right: &mut [f32]);
}
