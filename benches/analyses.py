#!/usr/bin/env python3
"""Writes MIDI files beside published analyses, for the example `analyses` of ripieno-score.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install music21
    /tmp/venv/bin/python benches/analyses.py OUT [--when-in-rome FOLDER] [--collection FOLDER]
    cargo run --release -p ripieno-score --example analyses -- OUT

music21 brings twenty chorales by Bach and Monteverdi's madrigals with analyses (RomanText), and the notes of all chorales.
`--when-in-rome` takes a copy of https://github.com/MarkGotham/When-in-Rome, which has analyses of all of them; `--collection` one of
MIDI files with those of OpenEWLD and Mutopia, for the rags, blues and the sonata whose analyses lie in `benches/analyses/`. An upbeat is
given a bar of its own with rests before it, and repeats are not played, so that bars are measures; a score in another key
than its analysis is transposed. Where score and analysis are of different measures the piece is left out, and said to be.
"""

import argparse
import re
import shutil
import struct
import sys
from pathlib import Path

from music21 import converter, corpus, meter

PPQ = 480

# Where fewer of the notes of an analysis sound in the score, the two have other measures or are other pieces: among notes taken
# at random it is four in ten, in the others more than seven.
LEAST_AGREEMENT = 0.65


def variable(number):
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def track(events):
    """Bytes of a track; events are pairs of tick and message."""
    now, data = 0, b""
    for tick, message in sorted(events, key=lambda event: event[0]):
        data += variable(tick - now) + message
        now = tick
    data += b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(data)) + data


def notes_of(part):
    return [note for note in part.stripTies().flatten().notes if not note.duration.isGrace]


def agreement(score, analysis):
    """How many semitones the score lies below the analysis, and how much of its chords sounds there then, from 0 to 1."""
    notes = [
        (note.offset, note.offset + note.quarterLength, pitch.pitchClass)
        for part in score.parts
        for note in notes_of(part)
        for pitch in note.pitches
    ]
    chords = list(analysis.recurse().getElementsByClass("RomanNumeral"))
    shares = [0.0] * 12
    for chord in chords:
        at = chord.getOffsetInHierarchy(analysis)
        sounding = {pitch for start, end, pitch in notes if start <= at < end}
        classes = {pitch.pitchClass for pitch in chord.pitches}
        for shift in range(12):
            shares[shift] += len(classes & {(pitch + shift) % 12 for pitch in sounding}) / len(classes) / len(chords)
    best = max(range(12), key=lambda shift: shares[shift])
    return (best + 5) % 12 - 5, shares[best]


def write_midi(score, semitones, path):
    part = score.parts[0]
    measures = list(part.getElementsByClass("Measure"))
    first = part.recurse().getElementsByClass(meter.TimeSignature).first()
    upbeat = measures[0].duration.quarterLength
    shift = first.barDuration.quarterLength - upbeat if upbeat < first.barDuration.quarterLength else 0
    ticks = lambda quarters: round(float(quarters) * PPQ)
    head = []
    for sign in part.recurse().getElementsByClass(meter.TimeSignature):
        at = sign.getOffsetInHierarchy(part)
        start = 0 if at == 0 else ticks(at + shift)
        power = sign.denominator.bit_length() - 1
        head.append((start, bytes([0xFF, 0x58, 4, sign.numerator, power, 24, 8])))
    tracks = [track(head)]
    for channel, part in enumerate(score.parts):
        events = []
        for note in notes_of(part):
            start = ticks(note.offset + shift)
            end = max(start + 1, ticks(note.offset + note.quarterLength + shift))
            for pitch in note.pitches:
                # Ends come before beginnings at the same moment.
                events.append((start + 0.5, bytes([0x90 | channel % 9, pitch.midi + semitones, 80])))
                events.append((end, bytes([0x80 | channel % 9, pitch.midi + semitones, 0])))
        tracks.append(track([(int(tick), message) for tick, message in sorted(events, key=lambda event: event[0])]))
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), PPQ)
    path.write_bytes(header + b"".join(tracks))


def pair(source, analysis, target, is_sure=False):
    """A score of music21 beside its analysis; where that is not sure, both are compared before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        score = corpus.parse(source)
        certain = (0, 1.0)
        semitones, share = certain if is_sure else agreement(score, converter.parse(analysis, format="romantext"))
        if share < LEAST_AGREEMENT:
            raise ValueError(f"only {share:.0%} of the chords' notes sound where the analysis has them")
        write_midi(score, semitones, target)
    except Exception as problem:  # what music21 cannot read is left out, and said to be
        print(f"left out: {target.parent.name}/{target.stem}: {problem}", file=sys.stderr)
        return
    shutil.copyfile(analysis, target.with_suffix(".rntxt"))


def own(collection, out):
    """The analyses beside this script, with the notes that they name: of music21, or a file of the collection."""
    files = {file.name: file for file in collection.rglob("*.mid")} if collection else {}
    for analysis in sorted((Path(__file__).parent / "analyses").glob("*/*.rntxt")):
        name = re.search(r"^Note: the notes are those of (.+)$", analysis.read_text(), re.MULTILINE)[1]
        target = out / analysis.parent.name / analysis.name
        if name.startswith("music21: "):
            pair(name.removeprefix("music21: "), analysis, target.with_suffix(".mid"), is_sure=True)
        elif name in files:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(files[name], target.with_suffix(".mid"))
            shutil.copyfile(analysis, target)
        else:
            print(f"left out: {analysis.stem}: it needs --collection with {name}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description="MIDI files beside published analyses")
    parser.add_argument("out", type=Path)
    parser.add_argument("--when-in-rome", type=Path)
    parser.add_argument("--collection", type=Path)
    wishes = parser.parse_args()
    out = wishes.out
    home = Path(corpus.__file__).parent
    numbers = corpus.chorales.ChoraleListRKBWV().byRiemenschneider
    chorale = lambda number: f"bach/bwv{numbers[number]['bwv']}"
    for analysis in sorted((home / "bach" / "choraleAnalyses").glob("*.rntxt")):
        number = int(analysis.stem[-3:])
        pair(chorale(number), analysis, out / "chorales-music21" / f"{number:03}.mid")
    for analysis in sorted((home / "monteverdi").glob("*.rntxt")):
        pair(f"monteverdi/{analysis.stem}", analysis, out / "madrigals" / f"{analysis.stem}.mid")
    if wishes.when_in_rome:
        chorales = wishes.when_in_rome / "Corpus" / "Early_Choral" / "Bach,_Johann_Sebastian" / "Chorales"
        for analysis in sorted(chorales.glob("*/analysis.txt")):
            number = int(analysis.parent.name)
            if number > 20 and number in numbers:
                pair(chorale(number), analysis, out / "chorales-when-in-rome" / f"{number:03}.mid")
    own(wishes.collection, out)


main()
