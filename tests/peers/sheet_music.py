"""Reads MusicXML of ours by music21 (and MuseScore, where it is installed): bars add up, notes are those of the MIDI.

usage: python3 tests/peers/sheet_music.py PROGRAM FILE.mid...
Needs music21 of PyPI. By hand: no other test depends on it.
"""

import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

from music21 import converter, harmony

warnings.simplefilter("error")


def notes_of_midi(path: pathlib.Path) -> collections.Counter:
    """How often each key begins, kits apart."""
    keys: collections.Counter = collections.Counter()
    data = path.read_bytes()
    at, size = 14, len(data)
    while at < size:
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        body, at, running, position = data[at + 8 : at + 8 + length], at + 8 + length, 0, 0
        while position < len(body):
            while body[position] & 0x80:
                position += 1
            position += 1
            if body[position] & 0x80:
                running = body[position]
                position += 1
            if running in (0xFF, 0xF0, 0xF7):
                position += running == 0xFF
                count = 0
                while True:
                    byte = body[position]
                    position, count = position + 1, count << 7 | byte & 0x7F
                    if not byte & 0x80:
                        break
                position += count
            else:
                if running >> 4 == 9 and body[position + 1]:
                    keys["drums" if running & 15 == 9 else body[position]] += 1
                position += 1 if running >> 4 in (12, 13) else 2
    return keys


def notes_of_sheet(path: pathlib.Path) -> collections.Counter:
    """The same of MusicXML, after a look whether all bars add up."""
    keys: collections.Counter = collections.Counter()
    for part in converter.parse(path, forceSource=True).parts:
        for measure in part.getElementsByClass("Measure"):
            wanted = float(measure.barDuration.quarterLength)
            for voice in list(measure.voices) or [measure]:
                sounding = [one for one in voice.notesAndRests if not isinstance(one, harmony.Harmony)]
                end = max((float(one.offset + one.duration.quarterLength) for one in sounding), default=0.0)
                place = f"{path.name}, {part.partName}, bar {measure.number}"
                assert abs(end - wanted) < 1e-6, f"{place}: {end} of {wanted}"
            for one in measure.recurse().notes:
                if isinstance(one, harmony.Harmony):
                    continue
                for note in one.notes if hasattr(one, "notes") else [one]:
                    if note.tie is None or note.tie.type == "start":
                        keys[note.pitch.midi if note.isNote else "drums"] += 1
    return keys


def main() -> None:
    program, *paths = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for path in map(pathlib.Path, paths):
            sheet = pathlib.Path(folder) / (path.stem + ".musicxml")
            subprocess.run([program, "convert", path, sheet], check=True, stdout=subprocess.DEVNULL)
            played, written = notes_of_midi(path), notes_of_sheet(sheet)
            lost = sum((played - written).values())
            assert not written - played, f"{path}: notes that were not there: {written - played}"
            print(f"{path.name}: {sum(written.values())} notes, {lost} that came onto the place of another")
            if musescore := shutil.which("musescore3"):
                command = [musescore, "-o", sheet.with_suffix(".mid"), sheet]
                environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
                done = subprocess.run(command, capture_output=True, text=True, env=environment)
                complaints = [line for line in done.stderr.splitlines() if "rror" in line or "unknown" in line]
                assert done.returncode == 0 and not complaints, complaints


main()
