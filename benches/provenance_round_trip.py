#!/usr/bin/env python3
"""Says what other programs leave of a provenance record when they read a MIDI file and write it again.

    cargo build --release
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install mido pretty_midi music21
    target/release/ripieno compose examples/seeds/greensleeves.mid -o piece.mid --seed 7
    /tmp/venv/bin/python benches/provenance_round_trip.py target/release/ripieno piece.mid

Programs that are not installed are left out; midicsv (Debian: `midicsv`) is tried as well.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def mido(source, target):
    import mido

    mido.MidiFile(source).save(target)


def pretty_midi(source, target):
    import pretty_midi

    pretty_midi.PrettyMIDI(str(source)).write(str(target))


def music21_midi(source, target):
    from music21 import midi

    file = midi.MidiFile()
    file.open(str(source))
    file.read()
    file.close()
    file.open(str(target), "wb")
    file.write()
    file.close()


def music21_converter(source, target):
    from music21 import converter

    converter.parse(str(source)).write("midi", str(target))


def midicsv(source, target):
    if not shutil.which("midicsv"):
        raise ImportError("midicsv")
    table = subprocess.run(["midicsv", source], check=True, capture_output=True).stdout
    target.write_bytes(subprocess.run(["csvmidi"], input=table, check=True, capture_output=True).stdout)


def main(ripieno, piece):
    programs = {
        "mido": mido,
        "midicsv": midicsv,
        "pretty_midi": pretty_midi,
        "music21, its MIDI layer": music21_midi,
        "music21, its converter": music21_converter,
    }
    print(f"{'program':<26} {'record':<8} {'text':<6} notes changed")
    with tempfile.TemporaryDirectory() as folder:
        for name, again in programs.items():
            target = Path(folder) / "again.mid"
            try:
                again(Path(piece), target)
            except ImportError as missing:
                print(f"{name:<26} not tried: {missing}")
                continue
            told = subprocess.run([ripieno, "provenance", target, "--json"], capture_output=True, text=True)
            if told.returncode:
                print(f"{name:<26} {told.stderr.strip()}")
                continue
            told = json.loads(told.stdout)
            keeps = ["kept" if told[part] else "lost" for part in ("record", "text")]
            changed = len(told["check"]["changes"]) if told["check"] else "unknown"
            print(f"{name:<26} {keeps[0]:<8} {keeps[1]:<6} {changed}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
