use super::*;
use crate::music::{Control, ControlEvent, TempoChange, TempoMap};
use crate::sound::callback::Callback;
use crate::sound::callback::link::Command;
use crate::sound::fluid::FluidSynth;
use crate::sound::soundfont::testing::{STEP_FRAMES, STEP_KEY, font, step_font};
use crate::sound::testing::{note, rendered, score};

fn loudness(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
}

/// Seconds of interleaved stereo.
fn stretch(samples: &[f32], from: f32, to: f32) -> &[f32] {
    let at = |seconds: f32| (seconds * 48_000.0) as usize * 2;
    &samples[at(from)..at(to)]
}

#[test]
fn there_is_sound_at_notes_and_silence_elsewhere() {
    let samples = rendered(&score(vec![vec![note(480, 60, 480), note(1920, 67, 480)]]), 48_000);
    assert!(loudness(stretch(&samples, 0.0, 0.499)) < 1e-5);
    assert!(loudness(stretch(&samples, 0.52, 0.98)) > 0.02);
    assert!(loudness(stretch(&samples, 1.5, 1.99)) < 1e-3, "the release is short");
    assert!(loudness(stretch(&samples, 2.02, 2.48)) > 0.02);
    let seconds = samples.len() as f32 / 96_000.0;
    assert!((2.5..5.0).contains(&seconds), "the tail ends: {seconds} s");
}

/// Onsets in the sound itself: silence up to the very frame, through tempo changes and swung eighths.
#[test]
fn real_notes_begin_on_their_frames() {
    const RATE_HZ: u32 = 48_000;
    let mut random = fastrand::Rng::with_seed(12);
    // swung: every second eighth late by a third, and a little by hand
    let starts = (0..120).map(|index| index * 240 + if index % 2 == 1 { 80 } else { 0 } + random.u32(0..20));
    let notes = starts.map(|start| note(start, STEP_KEY, 10)).collect();
    let mut score = score(vec![notes]);
    score.part_mut(0).unwrap().reverb = 0;
    score.tempo = TempoMap::from_changes(
        (0..30)
            .map(|index| TempoChange { tick: index * 997, micros_per_quarter: random.u32(300_000..700_000) })
            .collect(),
    );
    let mut samples: Vec<f32> = Vec::new();
    render(&score, &step_font(RATE_HZ), RATE_HZ, &mut |chunk| {
        samples.extend(chunk.iter().step_by(2));
        ControlFlow::Continue(())
    })
    .unwrap();
    for note in &score.parts[0].notes {
        let exact = score.tempo.exact_from_tick(note.start);
        let frame = ((i128::from(exact) * i128::from(RATE_HZ) + 240_000_000) / 480_000_000) as usize;
        let step = frame + STEP_FRAMES;
        assert!(samples[frame..step].iter().all(|sample| *sample == 0.0), "frame {frame}: too early");
        assert!(samples[step].abs() > 1e-6, "frame {frame}: too late");
    }
}

#[test]
fn twice_the_same_and_never_beyond_full_scale() {
    // far more at once than there is room for
    let loud: Vec<_> = (30..90).map(|pitch| note(0, pitch, 960)).collect();
    let score = score(vec![loud.clone(), loud.clone(), loud]);
    let (one, other) = (rendered(&score, 44_100), rendered(&score, 44_100));
    assert!(one == other, "two renders differ");
    let peak = one.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!((0.5..=0.98).contains(&peak), "{peak}");
}

#[test]
fn the_sink_can_stop_it() {
    let long = score(vec![vec![note(0, 60, 480 * 600)]]);
    let mut chunks = 0;
    render(&long, &font(), 48_000, &mut |_| {
        chunks += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(chunks, 1);
}

#[test]
fn impossible_rates_are_refused() {
    let error = render(&Score::default(), &font(), 8000, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().contains("8000 Hz"), "{error}");
}

/// Parts of all kinds: swung, bent, pedalled, with a kit whose hi-hat closes, a muted one, and far more voices than
/// there are.
fn crowd() -> Score {
    let mut random = fastrand::Rng::with_seed(5);
    let mut part = |_| {
        let starts: Vec<_> = (0..40).map(|_| random.u32(0..1900)).collect();
        let notes = starts.into_iter().map(|start| note(start, random.i32(30..90), random.u32(20..800)));
        notes.chain((30..100).map(|pitch| note(900, pitch, 900))).collect()
    };
    let mut score = score((0..6).map(&mut part).collect());
    for index in 0..score.parts.len() {
        let part = score.part_mut(index).unwrap();
        part.is_drum = index == 3;
        part.muted = index == 4;
        (part.pan, part.volume) = (random.u8(0..128), random.u8(40..128));
        (part.reverb, part.chorus) = (random.u8(0..128), random.u8(0..128));
        part.controls = (0..80)
            .map(|_| {
                let control = match random.u8(0..3) {
                    0 => Control::PitchBend(random.i16(-8192..8192)),
                    _ => Control::Controller {
                        number: [1, 7, 10, 11, 64, 64, 66, 91, 121][random.usize(0..9)],
                        value: random.u8(0..128),
                    },
                };
                ControlEvent { tick: random.u32(0..1900), control }
            })
            .chain(
                [64, 66].map(|number| ControlEvent { tick: 1900, control: Control::Controller { number, value: 0 } }),
            )
            .collect();
        part.sort();
    }
    score.volume = 110;
    score.tempo = TempoMap::from_changes(vec![TempoChange { tick: 900, micros_per_quarter: 333_333 }]);
    score
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

/// What the studio plays is what it exports, to the last bit, on however many cores: the callback has one synth, and
/// done to it what a player and a device do.
#[test]
fn a_render_is_what_the_live_path_plays() {
    let rate_hz = 44_100;
    let score = crowd();
    let [wanted, others @ ..] = [1, 2, 5].map(|threads| {
        let mut samples = Vec::new();
        render_on(threads, &score, &font(), rate_hz, Extent::Mix, &mut |chunk| {
            samples.extend_from_slice(chunk);
            ControlFlow::Continue(())
        })
        .unwrap();
        samples
    });
    for (other, threads) in others.iter().zip([2, 5]) {
        assert!(bits(other) == bits(&wanted), "{threads} threads sound other than one");
    }

    let (mut callback, link) = Callback::new(48_000, 64);
    callback.set_stream(rate_hz, std::time::Duration::from_millis(5));
    let send = |command| assert!(link.commands.send(command));
    send(Command::Metronome(None));
    send(Command::Loop(None));
    send(Command::Schedule(Arc::new(Schedule::compile(&Score::default()))));
    let mut block = [0.0; BLOCK_FRAMES * 2];
    callback.render(&mut block);
    send(Command::Synth(Box::new(FluidSynth::new(&font(), rate_hz).unwrap())));
    send(Command::Schedule(Arc::new(Schedule::compile(&score))));
    callback.render(&mut block);
    send(Command::StopAtEnd(true));
    send(Command::Play);
    let mut played = Vec::new();
    while played.len() < wanted.len() {
        callback.render(&mut block);
        played.extend_from_slice(&block);
    }
    let differs = bits(&wanted).iter().zip(bits(&played)).position(|(one, other)| *one != other);
    assert_eq!(differs, None, "the first sample that differs");
    assert!(wanted.iter().any(|sample| sample.abs() > 0.1));
}

#[test]
fn the_parts_are_shared_out_by_how_much_they_sound() {
    let mut score =
        score([900, 100, 300, 500, 0].map(|length| vec![note(0, 60, length); usize::from(length > 0)]).into());
    assert_eq!(groups(&score, 2), [vec![0], vec![3, 2, 1]]);
    assert_eq!(groups(&score, 9), [vec![0], vec![3], vec![2], vec![1]]);
    score.part_mut(3).unwrap().soloed = true;
    assert_eq!(groups(&score, 2), [vec![3]]);
    assert_eq!(groups(&Score::default(), 2), [Vec::<usize>::new()]);
}

/// Sends and faders beyond MIDI's range, as a score from outside may have them, sound as at its end.
#[test]
fn faders_beyond_their_range_sound_as_at_its_end() {
    let sound = |value: u8| {
        let mut score = score(vec![vec![note(0, 60, 100)]]);
        let part = score.part_mut(0).unwrap();
        (part.volume, part.pan, part.reverb, part.chorus) = (value, value, value, value);
        score.volume = value;
        rendered(&score, 22_050)
    };
    assert!(sound(127) == sound(255), "255 sounds other than 127");
}
