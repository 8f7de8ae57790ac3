"""Whether our metrics are MusPy's where MusPy is right: pitch-class entropy, scale consistency, polyphony, polyphony rate.

By hand, for it needs the muspy package of PyPI (tried with 0.5.0):
    python3 -m venv venv && venv/bin/pip install muspy
    venv/bin/python tests/peers/muspy_metrics.py target/debug/cantus [MORE.mid ...]
It makes music at random, has both measure it, and those files, if any, of four sixteenths to the quarter.
"""

import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import muspy


def music(seed: int) -> muspy.Music:
    """Three tracks of eight bars: a line, chords, and whatever; notes of one pitch never overlap."""
    draw = random.Random(seed)
    tracks = []
    for number, (most, low, high) in enumerate([(1, 60, 84), (4, 40, 76), (7, 24, 96)]):
        free = {}
        notes = []
        for step in range(128):
            for _ in range(draw.randint(0, most) if draw.random() < 0.4 else 0):
                pitch = draw.randint(low, high)
                length = min(draw.choice([1, 1, 2, 2, 3, 4, 8]), 128 - step)
                if free.get(pitch, 0) <= step:
                    free[pitch] = step + length
                    notes.append(muspy.Note(time=step, pitch=pitch, duration=length, velocity=80))
        tracks.append(muspy.Track(program=0, name=f"Track {number + 1}", notes=notes))
    # the end of the last bar sounds, so that both count the same steps
    for track in tracks:
        track.notes.append(muspy.Note(time=127, pitch=97, duration=1, velocity=80))
    signature = [muspy.TimeSignature(time=0, numerator=4, denominator=4)]
    return muspy.Music(resolution=4, time_signatures=signature, tracks=tracks)


def main() -> None:
    program, files = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(40):
            path = pathlib.Path(folder) / f"{seed}.mid"
            muspy.write_midi(path, music(seed))
            files.append(path)
        compared = 0
        for path in files:
            ours = json.loads(subprocess.check_output([program, "metrics", "--json", str(path)]))["files"][0]
            read = muspy.read_midi(path)
            read.adjust_resolution(4)
            tracks = [track for track in read.tracks if track.notes]
            assert len(tracks) == len(ours["parts"]), path
            for track, part in zip(tracks, ours["parts"]):
                if track.is_drum:
                    continue
                alone = muspy.Music(resolution=4, tracks=[track])
                steps = ours["bars"] * 16
                theirs = {
                    "pitch_class_entropy": muspy.pitch_class_entropy(alone),
                    "scale_consistency": muspy.scale_consistency(alone),
                    "polyphony": muspy.polyphony(alone),
                    # over our whole bars, where a track ends before them
                    "polyphony_rate": muspy.polyphony_rate(alone) * alone.get_end_time() / steps,
                }
                for name, value in theirs.items():
                    assert math.isclose(part[name], value, rel_tol=1e-6, abs_tol=1e-9), f"{path}, {track.name}, {name}: {part[name]}, {value}"
                    compared += 1
        print(f"{compared} numbers of {len(files)} files are MusPy's")


main()
