//! The SoundCloud of the tests as a process, which `tests/window/publish` lets the real window meet.

use std::io::Cursor;

use symphonia::core::{
    codecs::audio::AudioDecoderOptions,
    formats::{FormatOptions, TrackType, probe::Hint},
    io::{MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
};

use super::support::soundcloud::{Fault, Sent, SoundCloud};

/// Serves until its input ends, does what the lines there say, and fails if a request was wrong or a track was cut.
#[test]
#[ignore = "is started by tests/window/publish, which tells it what to do"]
#[allow(clippy::print_stdout, reason = "the script reads it")]
fn serves_the_window() {
    let server = SoundCloud::start();
    println!("\nport = {}\nat = \"{}\"", server.settings().port, server.address);
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("browse", address) => assert!(SoundCloud::browser(address), "no redirection from {address}"),
            ("cut", _) => server.state().faults.push_back(Fault::CutHalfway),
            ("tell", _) => {
                let state = server.state();
                let tracks = state.tracks.iter().map(|track| {
                    let field = |name: &str| &track.fields[&format!("track[{name}]")];
                    format!("{}, {}, {} s", field("title"), field("sharing"), whole_seconds(track))
                });
                let tracks = tracks.collect::<Vec<_>>().join("; ");
                println!("{} requests, {} cuts to come, tracks: {tracks}.", state.requests, state.faults.len());
            }
            other => panic!("{other:?} is not understood"),
        }
    }
    assert_eq!(server.state().complaints, Vec::<String>::new());
}

/// How long its sound is, which must decode to what its checksum says.
fn whole_seconds(track: &Sent) -> u64 {
    let stream =
        MediaSourceStream::new(Box::new(Cursor::new(track.sound.clone())), MediaSourceStreamOptions::default());
    let (hint, metadata) = (Hint::new(), MetadataOptions::default());
    let mut format = symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), metadata).unwrap();
    let parameters =
        format.default_track(TrackType::Audio).unwrap().codec_params.as_ref().unwrap().audio().unwrap().clone();
    let mut options = AudioDecoderOptions::default();
    options.verify = true;
    let mut decoder = symphonia::default::get_codecs().make_audio_decoder(&parameters, &options).unwrap();
    let mut frames = 0;
    while let Some(packet) = format.next_packet().unwrap() {
        frames += decoder.decode(&packet).unwrap().frames() as u64;
    }
    assert_eq!(decoder.finalize().verify_ok, Some(true), "the sound is whole");
    frames / u64::from(parameters.sample_rate.unwrap())
}
