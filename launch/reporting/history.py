"""The life of a run: starts, how each ended, and checkpoints, over the steps."""

import datetime

import numpy

from reporting.markup import duration, element, join, note, number, section, table
from reporting.svg import Axis, drawing, figure, key, line, rectangle, text

OUTCOMES = {"done": ("done", 2), "stopped": ("stopped on request", 4), "": ("interrupted, or goes on", 1)}


def when(start):
    return datetime.datetime.fromisoformat(start["start_time"].replace("Z", "+00:00"))


def pauses(starts):
    """Seconds between each start and the end of the one before; None for the first."""
    found = [None]
    for before, after in zip(starts, starts[1:]):
        found.append((when(after) - when(before)).total_seconds() - before["wall_seconds"])
    return found


def outcome(start):
    return OUTCOMES.get(start["outcome"], (start["outcome"], 5))


def time_line(run):
    """A bar a start, over the steps that it took; below, the checkpoints that are in the folder."""
    left, width, tall = 64, 640, 24
    last = max([start["last_step"] for start in run.starts] + list(run.steps_kept) + [1])
    x = Axis(numpy.array([0.0, last]), left, width - 16, whole=True, ticks=6)
    bottom = (len(run.starts) + 1) * tall
    parts = []
    for value, words in x.ticks():
        parts += [line(x(value), 0, x(value), bottom, "grid"), text(x(value), bottom + 15, words, "middle")]
    for row, start in enumerate(run.starts):
        words, colour = outcome(start)
        y, begin, end = row * tall, x(start["first_step"]), x(start["last_step"])
        title = f"start {row + 1}: steps {number(start['first_step'])} to {number(start['last_step'])}, {words}"
        parts.append(text(left - 8, y + 16, f"start {row + 1}", "end"))
        parts.append(rectangle(begin, y + 5, max(end - begin, 2), tall - 10, f"area c{colour}", title))
    y = len(run.starts) * tall + tall / 2
    parts.append(text(left - 8, y + 4, "saved", "end"))
    best = run.best.attributes["step"] if run.best else None
    for step in sorted({*run.steps_kept, *([int(best)] if best is not None else [])}):
        if step >= 0:
            is_best = step == best
            place = f"translate({x(step):.1f} {y:.1f}) rotate(45)"
            words = f"checkpoint of step {number(step)}{', the best' if is_best else ''}"
            kind = f"diamond c{0 if is_best else 7}"
            parts.append(element("g", rectangle(-4, -4, 8, 8, kind, words), transform=place))
    parts += [line(left, bottom, width - 16, bottom, "axis"), text(width - 16, bottom + 29, "step", "end", "label")]
    seen = {outcome(start): None for start in run.starts}
    legend = key(
        [*((f"area c{colour}", words) for words, colour in seen), ("diamond c7", "checkpoint"), ("diamond c0", "best")]
    )
    return figure(
        "Time line", drawing("Starts and checkpoints", *parts, width=width, height=bottom + 34), legend, "broad"
    )


def starts(run):
    rows = []
    for i, (start, pause) in enumerate(zip(run.starts, pauses(run.starts))):
        rows.append(
            [
                number(i + 1),
                start["start_time"].replace("T", " ").removesuffix("Z"),
                outcome(start)[0],
                "–" if pause is None else duration(max(pause, 0)),
                duration(start["wall_seconds"]),
                f"{number(start['first_step'])}–{number(start['last_step'])}",
                number(start["ranks"]),
                ", ".join(start["hosts"][:3]) + (", …" if len(start["hosts"]) > 3 else ""),
                start["lockstep"],
            ]
        )
    head = ["", "began, UTC", "ended", "pause before", "took", "steps", "ranks", "hosts", "Lockstep"]
    return element("figure", table(head, rows, texts=3))


def make(run):
    if not run.starts:
        return None
    interval = run.config["checkpoint"]
    words = []
    for key_, unit in (("every_epochs", "epoch"), ("every_steps", "step")):
        if interval[key_]:
            words.append(f"every {number(interval[key_])} {unit}s" if interval[key_] > 1 else f"every {unit}")
    asked = f"Checkpoints: {' and '.join(words) or 'the last one'}; the newest {number(interval['keep'])} and the best "
    asked += "are kept."
    killed = sum(start["outcome"] == "" for start in run.starts[:-1])
    if killed:
        asked += f" {number(killed)} of {number(len(run.starts))} starts did not end by themselves; "
        asked += "what such a one took is told up to its last checkpoint."
    return section("History", note(asked), join([time_line(run), starts(run)]))
