#!/usr/bin/env python3
"""This synthesizer beside fluidsynth and rustysynth: the same files, effects on, one after the other in turns.

    cargo build --release -p ripieno-synth --examples
    python3 synth/benches/beside.py FONT.sf2 [FILE.mid...]

Needs fluidsynth and a SoundFont (Debian: fluidsynth, timgm6mb-soundfont). Prints the CPU seconds (user and system) of
the best of five runs, the median of the ratios of paired runs, and the peak memory; then how many held notes of a
program one core can sound: what sixty of them cost, over what silence costs, in a minute.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 5
RATE_HZ = 48_000
HELD_NOTES, HELD_S, HELD_PROGRAMS = 60, 60, (19, 40, 73)


def players(font, out):
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "release/examples"
    # Each writes a WAV file; fluidsynth renders as many voices as this synthesizer by default, 256.
    return {
        "ripieno": lambda midi: [target / "render", midi, out],
        "fluidsynth": lambda midi: ["fluidsynth", "-niq", "-r", str(RATE_HZ), "-T", "wav", "-F", out, font, midi],
        "rustysynth": lambda midi: [target / "soundfont", font, midi, out],
    }, target


def run(command):
    """CPU seconds and peak MiB of a command."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(players, midi):
    """For each player the CPU seconds of all rounds, and its peak MiB."""
    seconds = {name: [] for name in players}
    memory = dict.fromkeys(players, 0)
    for _ in range(ROUNDS):
        for name, command in players.items():
            cpu_s, mib = run(command(midi))
            seconds[name].append(cpu_s)
            memory[name] = max(memory[name], mib)
    return seconds, memory


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        everyone, target = players(sys.argv[1], folder / "out.wav")
        subprocess.run([target / "pieces", folder], check=True)
        print(f"{'file':28} " + " ".join(f"{name:>20}" for name in everyone) + "   over fluidsynth, rustysynth")
        for midi in [folder / "dense.mid", *map(pathlib.Path, sys.argv[2:])]:
            seconds, memory = measure(everyone, midi)
            columns = " ".join(f"{min(seconds[name]):9.2f} s {memory[name]:5.0f} MiB" for name in everyone)
            ratios = [
                statistics.median(ours / theirs for ours, theirs in zip(seconds["ripieno"], seconds[other]))
                for other in ("fluidsynth", "rustysynth")
            ]
            print(f"{midi.stem[-28:]:28} {columns}   " + ", ".join(f"{ratio:.2f}" for ratio in ratios), flush=True)
        silence, _ = measure(everyone, folder / "silent.mid")
        print(f"\nHeld notes a core can sound at {RATE_HZ} Hz:")
        for program in HELD_PROGRAMS:
            seconds, _ = measure(everyone, folder / f"held-{program}.mid")
            notes = {
                name: HELD_NOTES * HELD_S / (min(seconds[name]) - min(silence[name])) for name in everyone
            }
            print(f"  program {program:3}: " + ", ".join(f"{name} {count:.0f}" for name, count in notes.items()))


if __name__ == "__main__":
    main()
