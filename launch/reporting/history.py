"""The life of a run: starts, how each ended, and checkpoints, over time, or over steps where no times were recorded."""

import dataclasses
import datetime
import math

import numpy

from reporting.clock import ClockAxis, time_of_day
from reporting.markup import duration, element, join, note, number, section, table
from reporting.svg import Axis, drawing, figure, key, line, rectangle, text

LEFT, RIGHT, WIDTH, ROW = 64, 16, 640, 24  # of a time line
OUTCOMES = {
    "done": ("done", 2),
    "stopped": ("stopped on request", 4),
    "interrupted": ("interrupted", 1),
    "": ("interrupted, or goes on", 1),
}


@dataclasses.dataclass(frozen=True)
class Start:
    """A start of the program, with what its run knows of one that was killed and could not say how far it came."""

    place: int  # from 1
    began: float  # Unix time
    ended: float  # of a start that was killed, the last that is known of it
    first_step: int
    last_step: int
    outcome: str
    colour: int
    facts: dict  # as recorded

    @property
    def title(self):
        return f"start {self.place}: steps {number(self.first_step)} to {number(self.last_step)}, {self.outcome}"


def starts_of(run):
    """Earlier versions recorded times to the second, and none of checkpoints."""
    began = [
        start.get("start_unix_time") or datetime.datetime.fromisoformat(start["start_time"]).timestamp()
        for start in run.starts
    ]
    saved = run.metrics["checkpoints"].get("time", ())
    found = []
    for i, (start, begin) in enumerate(zip(run.starts, began)):
        after = began[i + 1] if i + 1 < len(began) else math.inf
        ended = [start.get("last_unix_time") or begin + start["wall_seconds"]]
        ended += [time for time in saved if begin <= time < after]
        steps = [start["last_step"]]
        said = start.get("outcome", "")
        if not said and i + 1 < len(began):
            said = "interrupted"
            steps.append(run.starts[i + 1]["first_step"])
        words, colour = OUTCOMES.get(said, (said, 5))
        found.append(Start(i + 1, begin, max(ended), start["first_step"], max(steps), words, colour, start))
    return found


def best_step(run):
    return int(run.best.attributes["step"]) if run.best else None


def diamond(x, y, title, is_best):
    place = f"translate({x:.1f} {y:.1f}) rotate(45)"
    return element("g", rectangle(-4, -4, 8, 8, f"diamond c{0 if is_best else 7}", title), transform=place)


def grid(axis, bottom):
    parts = []
    for value, words in axis.ticks():
        parts += [line(axis(value), 0, axis(value), bottom, "grid"), text(axis(value), bottom + 15, words, "middle")]
    return parts


def time_line(starts, parts, axis, bottom, label, more=()):
    """The figure of what stands over an axis."""
    ends = [line(axis.start, bottom, axis.end, bottom, "axis"), text(axis.end, bottom + 29, label, "end", "label")]
    picture = drawing("Starts and checkpoints", *parts, *ends, width=WIDTH, height=bottom + 34)
    bars = dict.fromkeys((f"area c{start.colour}", start.outcome) for start in starts)
    legend = key([*bars, ("diamond c7", "checkpoint"), ("diamond c0", "best"), *more])
    return figure("Time line", picture, legend, "broad")


def over_steps(run, starts):
    """A bar a start, over the steps that it took; below, the checkpoints that are in the folder."""
    last = max([start.last_step for start in starts] + list(run.steps_kept) + [1])
    x = Axis(numpy.array([0.0, last]), LEFT, WIDTH - RIGHT, whole=True, ticks=6)
    bottom = (len(starts) + 1) * ROW
    parts = grid(x, bottom)
    for row, start in enumerate(starts):
        y, begin, end = row * ROW, x(start.first_step), x(start.last_step)
        parts.append(text(LEFT - 8, y + 16, f"start {start.place}", "end"))
        parts.append(rectangle(begin, y + 5, max(end - begin, 2), ROW - 10, f"area c{start.colour}", start.title))
    y = len(starts) * ROW + ROW / 2
    parts.append(text(LEFT - 8, y + 4, "saved", "end"))
    best = best_step(run)
    for step in sorted({*run.steps_kept, *([best] if best is not None else [])}):
        if step >= 0:
            words = f"checkpoint of step {number(step)}{', the best' if step == best else ''}"
            parts.append(diamond(x(step), y, words, step == best))
    return time_line(starts, parts, x, bottom, "step")


def over_time(run, starts):
    """When the run ran, a bar a start with gaps between, and when its checkpoints were written."""
    x = ClockAxis(starts[0].began, max(start.ended for start in starts), LEFT, WIDTH - RIGHT)
    bottom = 2 * ROW
    parts = [*grid(x, bottom), text(LEFT - 8, ROW / 2 + 4, "ran", "end"), text(LEFT - 8, 1.5 * ROW + 4, "saved", "end")]
    for start in starts:
        begin, end = x(start.began), x(start.ended)
        words = f"{start.title}; {time_of_day(start.began)} to {time_of_day(start.ended)}"
        width = max(end - begin - 1, 2)  # a gap between bars shows, however short the pause was
        parts.append(rectangle(begin, 4, width, ROW - 8, f"area c{start.colour}", words))
        if width > 20:
            parts.append(text(begin + width / 2, ROW / 2 + 4, start.place, "middle", "on"))
    parts += checkpoints(run, x, 1.5 * ROW)
    return time_line(starts, parts, x, bottom, x.label, [("gone", "replaced since")])


def checkpoints(run, x, y):
    """A diamond for each that is in the folder, over ticks for those that later ones have replaced."""
    saved = run.metrics["checkpoints"]
    ticks, diamonds, best = {}, {}, best_step(run)
    for step, time, newest, is_best in zip(*(saved.get(name, ()) for name in ("step", "time", "newest", "best"))):
        words = f"checkpoint of step {number(step)}, {time_of_day(time)}"
        if step == best and is_best:
            diamonds[step] = (time, words + ", the best")
        elif newest and step in run.steps_kept:
            diamonds[step] = (time, words)
        else:
            ticks[round(x(time))] = words + ", replaced since"  # as many as can be seen
    parts = [rectangle(place - 0.5, y - 4, 1, 8, "gone", words) for place, words in ticks.items()]
    return parts + [diamond(x(time), y, words, step == best) for step, (time, words) in diamonds.items()]


def starts_table(starts):
    rows = []
    for before, start in zip([None, *starts], starts):
        facts = start.facts
        rows.append(
            [
                number(start.place),
                facts["start_time"].replace("T", " ").removesuffix("Z"),
                start.outcome,
                duration(max(start.began - before.ended, 0)) if before else "–",
                duration(start.ended - start.began),
                f"{number(start.first_step)}–{number(start.last_step)}",
                number(facts["ranks"]),
                ", ".join(facts["hosts"][:3]) + (", …" if len(facts["hosts"]) > 3 else ""),
                facts["lockstep"],
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
    killed = sum(not start.get("outcome") for start in run.starts[:-1])
    if killed:
        asked += f" {number(killed)} of {number(len(run.starts))} starts did not end by themselves; "
        asked += "what such a one did is told up to its last checkpoint."
    starts = starts_of(run)
    has_times = all("start_unix_time" in start for start in run.starts)
    line_of = over_time if has_times else over_steps
    return section("History", note(asked), join([line_of(run, starts), starts_table(starts)]))
