#!/usr/bin/env python3
"""The same network in PyTorch, beside ours: are the losses the same, and which is faster?

    python3 -m venv venv && venv/bin/pip install torch safetensors numpy
    cargo build --release -p ripieno-composer --example beside_pytorch
    venv/bin/python benches/pytorch.py target/release/examples/beside_pytorch

All of the network is here: the outer Transformer with style, every inner head, the same sizes. The example program writes
its weights and a batch of eight stretches, and this script first checks that both give the same losses, field by field. Then
the two take turns, round after round, on the same machine: decoding event by event with a key-value cache and every field
drawn, and training steps with AdamW and a clipped norm on the same eight stretches. What is printed is the median of the
rounds, and the ratio within each round. PyTorch trains with its fused attention; decoding is eager, as PyTorch is used.
The figures mean something only on a machine that does nothing else.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torch.nn.functional as F
from safetensors import safe_open

ILLEGAL = -60.0
NEXT_BAR, END, POSITIONS, PITCHES, PARTS_STATE_FORBIDDEN = 192, 193, 194, 128, 36


def rms_norm(x):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


class Network(torch.nn.Module):
    """Weights under the names that they have in the file; linear weights are [inputs, outputs]."""

    def __init__(self, path):
        super().__init__()
        with safe_open(path, "pt") as file:
            self.sizes = json.loads(file.metadata()["ripieno"])["network"]
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}
        self.w = torch.nn.ParameterDict({name.replace(".", "_"): torch.nn.Parameter(t) for name, t in tensors.items()})
        self.heads_count = self.sizes["attention_heads"]
        self.size = self.sizes["width"] // self.heads_count
        classes = torch.arange(POSITIONS + 1)
        inside = classes < 192
        self.in_quarter = torch.where(inside, classes % 24, 24)
        self.quarter = torch.where(inside, classes // 24, 8)
        pitches = torch.arange(PITCHES + 1)
        self.pitch_classes = torch.where(pitches < 128, pitches % 12, 12)
        self.pitches = torch.arange(PITCHES)[None]
        half = self.size // 2
        frequency = 10000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
        angle = torch.arange(4096, dtype=torch.float64)[:, None] * frequency
        self.cos, self.sin = angle.cos().float(), angle.sin().float()

    def p(self, name):
        return self.w[name.replace(".", "_")]

    def linear(self, name, x, bias=True):
        x = x @ self.p(name + ".weight")
        return x + self.p(name + ".bias") if bias else x

    def positions(self, name):
        return (self.p(name + ".own") + self.p(name + ".in_quarter")[self.in_quarter]
                + self.p(name + ".quarter")[self.quarter])

    def embed(self, steps, bars):
        """steps [rows, 7]; bars: rows, meter, tempo, attributes [bars, 10]."""
        e = "embedding."
        pitch = self.p(e + "pitch") + self.p(e + "pitch_class")[self.pitch_classes]
        x = (self.p(e + "mark")[steps[:, 0]] + self.positions(e + "position")[steps[:, 1]]
             + self.p(e + "part")[steps[:, 2]] + self.p(e + "instrument")[steps[:, 3]] + pitch[steps[:, 4]]
             + self.p(e + "duration")[steps[:, 5]] + self.p(e + "velocity")[steps[:, 6]])
        rows, meter, tempo, attributes = bars
        if len(rows):
            bar = self.p(e + "meter")[meter] + self.p(e + "tempo")[tempo]
            for kind in range(attributes.shape[1]):
                bar = bar + self.p(f"{e}attributes.{kind}")[attributes[:, kind]]
            x = x.index_add(0, rows, bar)
        return x

    def rotate(self, x, past):
        a, b = x.chunk(2, -1)
        cos, sin = self.cos[past:past + x.shape[2]], self.sin[past:past + x.shape[2]]
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)

    def outer(self, x, style, examples, cache=None):
        """x [examples * steps, width]; style [examples, style width]; the cache holds keys and values by layer."""
        steps = x.shape[0] // examples
        past = 0 if not cache or cache[0] is None else cache[0][0].shape[2]
        for layer in range(self.sizes["layers"]):
            n = f"blocks.{layer}."
            film = self.linear(n + "style", style).view(examples, 4, 1, -1)

            def styled(x, scale, shift):
                x = rms_norm(x).view(examples, steps, -1)
                return (x * (film[:, scale] + 1.0) + film[:, shift]).reshape(examples * steps, -1)

            y = styled(x, 0, 1)
            query, key, value = (self.linear(n + k, y, False).view(examples, steps, self.heads_count, self.size)
                                 .transpose(1, 2) for k in ("query", "key", "value"))
            sharpness = self.p(n + "sharpness").clamp(max=3.0).view(1, -1, 1, 1)
            query = self.rotate(rms_norm(query), past) * sharpness
            key = self.rotate(rms_norm(key), past)
            if cache is not None:
                if cache[layer] is not None:
                    key = torch.cat([cache[layer][0], key], 2)
                    value = torch.cat([cache[layer][1], value], 2)
                cache[layer] = (key, value)
            mixed = F.scaled_dot_product_attention(query, key, value, is_causal=steps > 1)
            x = x + self.linear(n + "merge", mixed.transpose(1, 2).reshape(examples * steps, -1), False)
            y = styled(x, 2, 3)
            x = x + self.linear(n + "down", F.relu(self.linear(n + "gate", y, False)) * self.linear(n + "up", y, False), False)
        return rms_norm(x)

    def head(self, name, x):
        return self.linear(f"heads.{name}.out", self.hidden(name, x))

    def hidden(self, name, x):
        return F.relu(self.linear(f"heads.{name}.hidden", rms_norm(x)))

    def enter(self, state, query):
        """query [rows, 5]: cursor, length, next onset one and two bars ago, next given."""
        h = "heads."
        x = self.linear(h + "enter", state)
        for column, name in enumerate(("cursor", "length", "next_one_bar_ago", "next_two_bars_ago", "next_given")):
            x = x + self.p(h + name)[query[:, column]]
        return x

    def describe(self, declared):
        h = "heads."
        return self.p(h + "instrument")[declared[:, 0]] + self.p(h + "role")[declared[:, 1]] + self.p(h + "slot")[declared[:, 2]]

    def part_logits(self, x, described, candidates, states):
        query = self.head("part", x)
        keys = self.linear("heads.part_key", described)[candidates]
        fit = (keys * query[:, None]).sum(2)
        return fit + (query @ self.p("heads.part_state").T).gather(1, states)

    def with_note_known(self, x, described, chosen, known, harmony):
        x = x + described[chosen] + self.linear("heads.harmony", harmony)
        for column in range(known.shape[1]):
            x = x + self.p(f"heads.known.{column}")[known[:, column]]
        return x

    def pitch_logits(self, x, last):
        hidden = self.hidden("pitch", x)
        intervals = self.pitches - last[:, None] + PITCHES
        return self.linear("heads.pitch.out", hidden) + self.linear("heads.interval", hidden).gather(1, intervals)

    def losses(self, b):
        """Summed nats by field: position, part, pitch, duration, velocity, bar."""
        state = self.outer(self.embed(b["steps"], b["bars"]), self.p("styles")[b["style"]], b["examples"])

        def nll(logits, target):
            return F.cross_entropy(logits, target, reduction="sum")

        entered = self.enter(state[b["position_steps"]], b["position_query"])
        position = nll(self.head("position", entered) + b["position_mask"], b["position_target"])
        described = self.describe(b["declared"])
        x = entered[b["note_rows"]] + self.positions("heads.position_chosen")[b["target"][:, 0]]
        part = nll(self.part_logits(x, described, b["candidates"], b["states"]) + b["part_mask"], b["target"][:, 1])
        x = self.with_note_known(x, described, b["chosen"], b["known"], b["harmony"])
        pitch = nll(self.pitch_logits(x, b["known"][:, 0]) + b["pitch_mask"], b["target"][:, 2])
        x = x + self.p("heads.pitch_chosen")[b["target"][:, 2]]
        duration = nll(self.head("duration", x), b["target"][:, 3])
        x = x + self.p("heads.duration_chosen")[b["target"][:, 3]]
        velocity = nll(self.head("velocity", x), b["target"][:, 4])
        x = entered[b["bar_rows"][:, 0]]
        x = x + self.p("heads.last_meter")[b["bar_rows"][:, 1]] + self.p("heads.last_tempo")[b["bar_rows"][:, 2]]
        meter = nll(self.head("meter", x), b["bar_rows"][:, 3])
        x = x + self.p("heads.meter_chosen")[b["bar_rows"][:, 3]]
        tempo = nll(self.head("tempo", x), b["bar_rows"][:, 4])
        return torch.stack([position, part, pitch, duration, velocity, meter + tempo])


def batch(examples):
    """Stretches side by side, padded to the longest: what `network/batch.rs` does."""
    longest = max(len(e["steps"]) for e in examples)
    padding = [1, 194, 48, 129, 128, 64, 32]
    parts = max(len(e["parts"]) for e in examples)
    b = {k: [] for k in ("steps", "style", "position_steps", "position_query", "position_target", "note_rows", "declared",
                         "candidates", "states", "chosen", "known", "harmony", "target", "bar_rows", "floor")}
    bars = [[], [], [], []]
    for index, e in enumerate(examples):
        b["steps"] += e["steps"] + [padding] * (longest - len(e["steps"]))
        b["style"].append(e["style"])
        for step, meter, tempo, attributes in e["bars"]:
            for column, value in zip(bars, (index * longest + step, meter, tempo, attributes)):
                column.append(value)
        first_part, first_row = len(b["declared"]), len(b["position_steps"])
        b["declared"] += [[instrument, role, slot] for slot, (instrument, role) in enumerate(e["parts"])]
        for step, query, target in e["positions"]:
            b["position_steps"].append(index * longest + step)
            b["position_query"].append(query)
            b["position_target"].append(target)
        for note in e["notes"]:
            b["note_rows"].append(first_row + note["row"])
            b["chosen"].append(first_part + note["target"][1])
            b["candidates"].append([first_part + min(s, len(e["parts"]) - 1) for s in range(parts)])
            b["states"].append(note["states"] + [PARTS_STATE_FORBIDDEN] * (parts - len(note["states"])))
            b["known"].append(note["known"])
            b["harmony"].append(note["harmony"])
            b["target"].append(note["target"])
            b["floor"].append(note["floor"])
        b["bar_rows"] += [[first_row + row[0]] + row[1:] for row in e["bar_rows"]]
    harmony = torch.tensor(b.pop("harmony"), dtype=torch.float32)
    b = {k: torch.tensor(v, dtype=torch.int64) for k, v in b.items()}
    b |= {"harmony": harmony, "bars": [torch.tensor(c, dtype=torch.int64) for c in bars], "examples": len(examples)}
    b["part_mask"] = torch.where(b["states"] == PARTS_STATE_FORBIDDEN, ILLEGAL, 0.0)
    b["pitch_mask"] = torch.where(torch.arange(PITCHES)[None] < b["floor"][:, None], ILLEGAL, 0.0)
    cursor, length = b["position_query"][:, :1], b["position_query"][:, 1:2]
    cursor = torch.where(cursor == 192, 0, cursor)
    positions = torch.arange(POSITIONS)[None]
    legal = ((positions >= cursor) & (positions < length)) | (positions == NEXT_BAR) | ((positions == END) & (length > 0))
    b["position_mask"] = torch.where(legal, 0.0, ILLEGAL)
    return b


def training(network, b, steps, warm_up=2):
    """Notes a second; a batch for each of our replicas, whose gradients are added."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4, betas=(0.9, 0.98), weight_decay=0.05)
    notes = sum(len(part["target"]) for part in b)
    for step in range(steps + warm_up):
        if step == warm_up:
            start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        for part in b:
            (network.losses(part).sum() / notes).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return steps * notes / (time.perf_counter() - start)


@torch.inference_mode()
def decoding(network, example, from_step, events):
    """Events a second and the 99th of a hundred of the seconds of one event, from a cache of `from_step` steps on. What is
    known before each field is taken from the example, which costs nothing; our side works it out."""
    b = batch([example])
    style = network.p("styles")[b["style"]]
    cache = [None] * network.sizes["layers"]
    none = torch.zeros(0, dtype=torch.int64)
    bars = {row: i for i, row in enumerate(b["bars"][0].tolist())}

    def embed(start, end):
        at = [bars[row] for row in range(start, end) if row in bars]
        columns = [b["bars"][0][at] - start] + [column[at] for column in b["bars"][1:]] if at else [none, none, none, none[:, None]]
        return network.embed(b["steps"][start:end], columns)

    def draw(logits):
        return torch.multinomial(F.softmax(logits, -1), 1)[:, 0]

    network.outer(embed(0, from_step), style, 1, cache)
    described = network.describe(b["declared"])
    rows = {row: i for i, row in enumerate(b["note_rows"].tolist())}
    times = []
    for row, step in enumerate(b["position_steps"].tolist()):
        if step < from_step or row not in rows:
            continue
        while cache[0][0].shape[2] < step:
            network.outer(embed(cache[0][0].shape[2], cache[0][0].shape[2] + 1), style, 1, cache)
        start = time.perf_counter()
        note = slice(rows[row], rows[row] + 1)
        state = network.outer(embed(step, step + 1), style, 1, cache)
        x = network.enter(state, b["position_query"][row:row + 1])
        draw(network.head("position", x) + b["position_mask"][row:row + 1])
        x = x + network.positions("heads.position_chosen")[b["target"][note, 0]]
        draw(network.part_logits(x, described, b["candidates"][note], b["states"][note]) + b["part_mask"][note])
        x = network.with_note_known(x, described, b["chosen"][note], b["known"][note], b["harmony"][note])
        draw(network.pitch_logits(x, b["known"][note, 0]) + b["pitch_mask"][note])
        x = x + network.p("heads.pitch_chosen")[b["target"][note, 2]]
        draw(network.head("duration", x))
        x = x + network.p("heads.duration_chosen")[b["target"][note, 3]]
        draw(network.head("velocity", x))
        times.append(time.perf_counter() - start)
        if len(times) == events:
            break
    times.sort()
    return len(times) / sum(times), 1e3 * times[math.ceil(0.99 * len(times)) - 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the example beside_pytorch, built with --release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=300, help="events decoded in each round")
    parser.add_argument("--steps", type=int, default=4, help="training steps in each round")
    parser.add_argument("--threads", type=int, default=2, help="for training; decoding has one, as ours")
    parser.add_argument("--check", action="store_true", help="compare the losses only")
    typed = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="ripieno-pytorch-")
    subprocess.run([typed.program, folder], check=True)
    network = Network(f"{folder}/weights.safetensors")
    with open(f"{folder}/batch.json") as file:
        ours = json.load(file)
    examples, replicas = ours["examples"], ours["replicas"]
    with torch.inference_mode():
        theirs = network.losses(batch(examples)).tolist()
    print(f"{'nats':<12}{'ours':>14}{'PyTorch':>14}")
    worst = 0.0
    for field, a, b in zip(("position", "part", "pitch", "duration", "velocity", "bar"), ours["losses"], theirs):
        print(f"{field:<12}{a:>14.4f}{b:>14.4f}")
        worst = max(worst, abs(a - b) / max(abs(a), 1.0))
    print(f"the largest relative difference is {worst:.1e}")
    if worst > 1e-3:
        sys.exit("the networks differ")
    if typed.check:
        return

    share = len(examples) // replicas
    batches = [batch(examples[i * share:(i + 1) * share]) for i in range(replicas)]
    rounds = []
    for number in range(typed.rounds):
        line = subprocess.run([typed.program, folder, str(typed.events), str(typed.steps)], check=True,
                              capture_output=True, text=True).stdout
        us = json.loads(line)
        torch.set_num_threads(1)
        events, p99 = decoding(network, examples[0], 150, typed.events)
        torch.set_num_threads(typed.threads)
        notes = training(network, batches, typed.steps)
        rounds.append((us["events_per_s"], us["p99_ms"], us["notes_per_s"], events, p99, notes))
        print(f"round {number + 1}: decoding {us['events_per_s']:.0f} and {events:.0f} events/s, "
              f"training {us['notes_per_s']:.0f} and {notes:.0f} notes/s", flush=True)
    columns = list(zip(*rounds))
    print(f"{'median of ' + str(typed.rounds):<28}{'ours':>10}{'PyTorch':>10}{'ratio':>8}")
    for name, a, b in (("decoding, events/s", 0, 3), ("decoding, p99 ms", 1, 4), ("training, notes/s", 2, 5)):
        ratio = statistics.median(y / x if name.endswith("ms") else x / y for x, y in zip(columns[a], columns[b]))
        print(f"{name:<28}{statistics.median(columns[a]):>10.1f}{statistics.median(columns[b]):>10.1f}{ratio:>8.2f}")


if __name__ == "__main__":
    main()
