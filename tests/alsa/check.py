#!/usr/bin/env python3
"""Compares what was played (sent.log) with what was recorded (take.mid) and heard (heard.wav); see `inside`.

Own small readers of MIDI and WAV, so that the program is not judged by itself. Standard library only.
"""

import array
import math
import pathlib
import sys
import wave

LATE_SECONDS = 0.5  # an emulated kernel is slow between the keyboard's end of the cable and its own
NOTICED_SECONDS = 2.0  # plugging and pulling must be noticed within this
failures = []


def check(condition, words):
    print(("ok      " if condition else "FAILED  ") + words)
    if not condition:
        failures.append(words)


def read_midi(data):
    """All events of a file as (seconds, message bytes)."""
    assert data[:4] == b"MThd", "no MIDI file"
    resolution = int.from_bytes(data[12:14], "big")
    events, tempi, at = [], [(0, 500000)], 14
    while at < len(data):
        assert data[at : at + 4] == b"MTrk", "no track"
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        at += 8
        tick, status = 0, None

        def variable():
            nonlocal at
            value = 0
            while True:
                byte = data[at]
                at += 1
                value = value << 7 | byte & 127
                if byte < 128:
                    return value

        while at < end:
            tick += variable()
            if data[at] >= 128:
                status = data[at]
                at += 1
            if status == 0xFF:
                kind = data[at]
                at += 1
                length = variable()
                if kind == 0x51:
                    tempi.append((tick, int.from_bytes(data[at : at + length], "big")))
                at += length
            elif status in (0xF0, 0xF7):
                length = variable()
                at += length
            else:
                length = 1 if status & 0xF0 in (0xC0, 0xD0) else 2
                events.append((tick, bytes([status]) + data[at : at + length]))
                at += length
        at = end
    tempi.sort()
    assert len({micros for _, micros in tempi}) == 1, "the take has one tempo"
    seconds_per_tick = tempi[0][1] / 1e6 / resolution
    return [(tick * seconds_per_tick, message) for tick, message in events]


def messages(hexes):
    """Splits bytes into messages: each begins with a status byte."""
    found = []
    for number in (int(byte, 16) for byte in hexes):
        if number >= 128:
            found.append([])
        found[-1].append(number)
    return found


def what_was_sent(log):
    """Notes [start, end, pitch, velocity], controls [time, bytes without channel], and the marks."""
    notes, controls, marks, held = [], [], {}, {}
    for line in log.read_text().splitlines():
        time, *words = line.split()
        time = float(time)
        if words[0].isalpha() and len(words[0]) > 2:
            marks.setdefault(words[0], []).append(time)
            if words[0] == "unplug":
                for note in held.values():
                    note[1] = time
                held.clear()
            continue
        for message in messages(words):
            kind = message[0] & 0xF0
            if kind == 0x90 and message[2] > 0:
                held[message[1]] = note = [time, None, message[1], message[2]]
                notes.append(note)
            elif kind in (0x80, 0x90):
                held.pop(message[1])[1] = time
            elif kind < 0xF0 and message[1:2] != [0x6A]:  # the stop button is no music
                controls.append([time, bytes([kind] + message[1:])])
    return notes, controls, marks


def what_is_in(path):
    notes, controls, held = [], [], {}
    for time, message in read_midi(path.read_bytes()):
        kind = message[0] & 0xF0
        if kind == 0x90 and message[2] > 0:
            held[message[1]] = note = [time, None, message[1], message[2]]
            notes.append(note)
        elif kind in (0x80, 0x90):
            held.pop(message[1])[1] = time
        elif kind != 0xC0 and not (time == 0 and kind == 0xB0 and message[1] in (7, 10, 91, 93)):  # the part's own mix
            controls.append([time, bytes([kind]) + message[1:]])
    check(not held, "every note in the file ends")
    return notes, controls


def check_file(sent, controls_sent, marks, take):
    notes, controls = what_is_in(take)
    check([note[2:] for note in notes] == [note[2:] for note in sent], f"pitches and velocities of {len(sent)} notes, in order")
    check([c[1] for c in controls] == [c[1] for c in controls_sent], f"{len(controls_sent)} controls, in order")
    if failures:
        print("notes in the file:", notes, "\ncontrols in the file:", controls)
        return
    origin_sent, origin = sent[0][0], notes[0][0]
    pulled = max(note[0] for note in sent if note[0] < marks["unplug"][0])
    errors = []
    for was, note in zip(sent, notes):
        errors.append(abs((note[0] - origin) - (was[0] - origin_sent)))
        late = (note[1] - origin) - (was[1] - origin_sent)
        if was[0] == pulled:
            since = late - (marks["pulled"][0] - marks["unplug"][0])
            check(late > -LATE_SECONDS and since < NOTICED_SECONDS, f"the held note ends with the unplugging (noticed after {since:.2f} s)")
        else:
            errors.append(abs(late))
    errors += [abs((c[0] - origin) - (was[0] - origin_sent)) for was, c in zip(controls_sent, controls)]
    check(max(errors) < LATE_SECONDS, f"times: at most {max(errors) * 1000:.0f} ms from the sending, median {sorted(errors)[len(errors) // 2] * 1000:.0f} ms")


def check_noticed(marks, told):
    lines = [line.split(" ", 1) for line in told.read_text().splitlines()]
    connected = [float(time) for time, words in lines if words.startswith("Recording from")]
    for number, (plugged, noticed) in enumerate(zip(marks["plug"], connected), 1):
        check(noticed - plugged < NOTICED_SECONDS, f"plugging {number} was noticed after {noticed - plugged:.2f} s")


def read_wav(path):
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (2, 2)
        rate = sound.getframerate()
        samples = array.array("h", sound.readframes(sound.getnframes() or 1 << 30))
    return rate, [(left + right) / 65536 for left, right in zip(samples[::2], samples[1::2])]


def level(samples, rate, at, seconds, hz):
    """How loud a frequency is around there (Goertzel, Hann window)."""
    part = samples[max(0, int(at * rate)) : int((at + seconds) * rate)]
    count = len(part)
    if count < rate * seconds * 0.9:
        return 0.0
    factor, one, two = 2 * math.cos(2 * math.pi * hz / rate), 0.0, 0.0
    for index, sample in enumerate(part):
        one, two = sample * (0.5 - 0.5 * math.cos(2 * math.pi * index / count)) + factor * one - two, one
    return math.sqrt(max(0.0, one * one + two * two - factor * one * two)) / count


def hertz(pitch):
    return 440 * 2 ** ((pitch - 69) / 12)


def loudest(samples, rate, begin, end, hz):
    """How loud a frequency gets: the loudest of many short looks, for an emulated sound card has gaps."""
    looks = max(1, int((end - begin - 0.2) / 0.1))
    return max(level(samples, rate, begin + look * 0.1, 0.2, hz) for look in range(looks))


def loudest_pitch(samples, rate, at, around):
    """The semitone, within two of a pitch, whose fundamental is loudest there."""
    return max(range(around - 2, around + 3), key=lambda pitch: level(samples, rate, at, 0.35, hertz(pitch)))


def check_sound(sent, controls, marks, path):
    rate, samples = read_wav(path)
    loud = max(map(abs, samples), default=0)
    check(loud > 0.01, f"the loopback card heard something ({len(samples) / rate:.1f} s, peak {loud:.3f})")
    if loud <= 0.01:
        return
    first = next(index for index, sample in enumerate(samples) if abs(sample) > loud / 10) / rate
    origin = sent[0][0]

    def heard_at(time):
        return first + time - origin

    for start, end, pitch, _ in sent:
        # late delivery and an emulated sound card shift it a little
        heard = [loudest_pitch(samples, rate, heard_at(start) + late, pitch) for late in (0.1, 0.25, 0.4, 0.55)]
        check(pitch in heard, f"pitch {pitch} is heard {heard_at(start):.2f} s into the recording")
    mark = {word: heard_at(times[0]) for word, times in marks.items()}
    ringing = loudest(samples, rate, mark["ringing"] + 0.4, mark["damped"], hertz(72))
    damped = loudest(samples, rate, mark["damped"] + 0.7, heard_at(next(n[0] for n in sent if n[2] == 69)), hertz(72))
    check(ringing > 4 * damped, f"the pedal holds ({ringing:.5f}) and lets go ({damped:.5f})")
    wheel = heard_at(next(time for time, message in controls if message == b"\xe0\x00\x40"))
    up, straight = (loudest(samples, rate, mark["bent"] + 0.5, wheel, hertz(pitch)) for pitch in (71, 69))
    check(up > 2 * straight, f"the wheel bends by two semitones ({up:.5f} against {straight:.5f})")
    held = loudest(samples, rate, mark["unplug"] - 0.8, mark["unplug"], hertz(55))
    silent = loudest(samples, rate, mark["pulled"] + NOTICED_SECONDS + 0.5, heard_at(sent[-1][0]), hertz(55))
    check(held > 4 * silent, f"the held note falls silent after the unplugging ({held:.5f}, then {silent:.5f})")


def main():
    out = pathlib.Path(sys.argv[1])
    sent, controls, marks = what_was_sent(out / "sent.log")
    check_file(sent, controls, marks, out / "take.mid")
    check_noticed(marks, out / "told.log")
    check_sound(sent, controls, marks, out / "heard.wav")
    print(f"{len(failures)} failed" if failures else "all is as it was played")
    sys.exit(1 if failures else 0)


main()
