use super::*;
use crate::music::{TempoChange, TempoMap};
use crate::sound::soundfont::testing::{STEP_FRAMES, STEP_KEY, font, step_font};
use crate::sound::testing::{ClickSynth, note, rendered, score};

fn loudness(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
}

/// Seconds of interleaved stereo.
fn stretch(samples: &[f32], from: f32, to: f32) -> &[f32] {
    let at = |seconds: f32| (seconds * 48_000.0) as usize * 2;
    &samples[at(from)..at(to)]
}

#[test]
fn clicks_stand_on_the_frames_of_their_notes() {
    let starts = [0, 31, 480, 997, 1920, 1921, 5000];
    let score = score(vec![starts.iter().map(|start| note(*start, 60, 10)).collect()]);
    let (synth, _) = ClickSynth::new();
    let mut samples = Vec::new();
    render_with(synth, &score, 44_100, Extent::Mix, &mut |chunk| {
        samples.extend_from_slice(chunk);
        ControlFlow::Continue(())
    });
    let seen: Vec<usize> = (0..samples.len() / 2).filter(|frame| samples[frame * 2] > 0.5).collect();
    let wanted: Vec<usize> =
        starts.iter().map(|start| (f64::from(*start) * 0.5 / 480.0 * 44_100.0).round() as usize).collect();
    assert_eq!(seen, wanted);
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

/// What the studio plays is what it exports, to the last bit: the same callback, with what a player and a device do to
/// it.
#[test]
fn a_render_is_what_the_live_path_plays() {
    let mut melody: Vec<_> = (0..12).map(|index| note(index * 240 + 7, 55 + index as i32, 200)).collect();
    melody.push(note(100, 40, 2500));
    let mut score = score(vec![melody, vec![note(0, 62, 700), note(701, 64, 700)]]);
    score.part_mut(1).unwrap().pan = 10;
    (score.part_mut(0).unwrap().reverb, score.part_mut(1).unwrap().chorus) = (60, 80);
    score.volume = 100;
    score.tempo = crate::music::TempoMap::from_changes(vec![crate::music::TempoChange {
        tick: 900,
        micros_per_quarter: 333_333,
    }]);
    let rate_hz = 44_100;
    let wanted = rendered(&score, rate_hz);

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
    let bits = |samples: &[f32]| samples.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>();
    let differs = bits(&wanted).iter().zip(bits(&played)).position(|(one, other)| *one != other);
    assert_eq!(differs, None, "the first sample that differs");
    assert!(wanted.iter().any(|sample| sample.abs() > 0.1));
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
