"""Charts as inline SVG, which takes its colours from the page: axes, lines, points, bars."""

import dataclasses
import math

import numpy

from reporting.markup import element, join, number

WIDTH, HEIGHT = 360, 220  # of a chart, in units of its own; the text is as large as the page's small text
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 22, 32
MOST_POINTS = 600  # of a line
MOST_TITLES = 80  # points of a line that say their value under the pointer
COLOURS = 8
RATIO_FOR_LOG = 30


@dataclasses.dataclass
class Series:
    """Values y over x. `style` is "line", "faint" (behind the others), "dash", "mark" (points) or "band" (between y and
    `high`)."""

    name: str
    x: numpy.ndarray
    y: numpy.ndarray
    colour: int = 0
    style: str = "line"
    high: numpy.ndarray | None = None
    titles: list | None = None  # of points


def thin(x, y):
    """At most MOST_POINTS points, least and greatest of each stretch among them, so that no peak is lost."""
    if len(x) <= MOST_POINTS:
        return x, y
    kept = {0, len(x) - 1}
    for part in numpy.array_split(numpy.arange(len(x)), MOST_POINTS // 2):
        finite = part[numpy.isfinite(y[part])]
        kept |= {finite[y[finite].argmin()], finite[y[finite].argmax()]} if len(finite) else {part[0]}
    kept = sorted(kept)
    return x[kept], y[kept]


def nice_step(span, count):
    raw = span / count
    power = 10 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))


class Axis:
    """Numbers to places from `start` to `end`, linear or logarithmic, and their ticks."""

    def __init__(self, values, start, end, log=False, zero=False, whole=False, ticks=5):
        values = values[numpy.isfinite(values)]
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        self.log, self.start, self.end = log, start, end
        if log:
            low, high = math.log10(low), math.log10(high)
        elif zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if high - low < 1e-12 * max(abs(low), abs(high), 1e-300):
            low, high = low - (abs(low) / 2 or 0.5), high + (abs(high) / 2 or 0.5)
            low = max(low, 0.0) if zero else low
        if whole:  # steps or epochs: from the first to the last
            self.step = max(1, nice_step(high - low, ticks))
            self.low, self.high = low, high
        elif log and high - low > 1:
            self.step = max(1, round((high - low) / ticks))
            self.low, self.high = low - 0.03 * (high - low), high + 0.03 * (high - low)
        else:
            if log:  # within a power of ten
                low, high, self.log = 10**low, 10**high, False
            self.step = nice_step(high - low, ticks)
            self.low = math.floor(low / self.step + 1e-9) * self.step
            self.high = math.ceil(high / self.step - 1e-9) * self.step

    def __call__(self, value):
        value = math.log10(value) if self.log else value
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        """Pairs of a value and its text."""
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        if not self.log:
            return [(k * self.step, tick_text(k * self.step)) for k in range(first, last + 1)]
        parts = (1, 2, 5) if self.high - self.low < 2 else (1,)  # of a power of ten
        values = [part * 10.0 ** (k * self.step) for k in range(first - 1, last + 1) for part in parts]
        return [(value, log_text(value)) for value in values if self.low <= math.log10(value) <= self.high]


def tick_text(value):
    if value and abs(value) >= 1e6:
        return f"{value / 1e6:.4g} M" if abs(value) < 1e9 else f"{value:.1g}".replace("e+0", "e").replace("e+", "e")
    if abs(value) >= 1e4:
        return f"{value / 1e3:.4g} k"
    return f"{value:.4g}".replace("e-0", "e-").replace("-", "−")


def log_text(value):
    return (
        f"{value:g}"
        if 1e-3 <= value <= 1e3
        else f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    )


def text(x, y, words, anchor="start", class_=None):
    return element("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, class_=class_)


def line(x1, y1, x2, y2, class_):
    return element("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=class_)


def rectangle(x, y, width, height, class_, title=None, **attributes):
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{max(0, width):.1f}", "height": f"{max(0, height):.1f}"}
    return element("rect", element("title", title) if title else None, class_=class_, **place, **attributes)


def dot(x, y, radius, class_, title=None):
    return element(
        "circle", element("title", title) if title else None, cx=f"{x:.1f}", cy=f"{y:.1f}", r=radius, class_=class_
    )


def drawing(label, *parts, width=WIDTH, height=HEIGHT):
    return element("svg", *parts, viewBox=f"0 0 {width} {height:.0f}", role="img", aria_label=label)


def key(entries):
    """The legend: pairs of a class of the style sheet and a name."""
    return element("span", *(element("span", element("i", class_=c), name) for c, name in entries), class_="key")


def figure(title, picture, legend=None, class_=None, remark=None):
    caption = element("figcaption", element("b", title), legend, element("small", remark) if remark else None)
    return element("figure", caption, picture, class_=class_)


def axes(x, y, x_label, y_label):
    """Grid lines, ticks and names of both axes."""
    parts = []
    for value, words in y.ticks():
        parts += [line(x.start, y(value), x.end, y(value), "grid"), text(x.start - 6, y(value) + 3.5, words, "end")]
    for value, words in x.ticks():
        parts += [line(x(value), y.start, x(value), y.start + 4, "tick"), text(x(value), y.start + 15, words, "middle")]
    parts += [line(x.start, y.start, x.end, y.start, "axis"), text(0, 10, y_label, class_="label")]
    return join([*parts, text(x.end, y.start + 28, x_label, "end", "label")])


def path(x, y, series):
    """A line with a gap where a value is not finite."""
    words, pen = [], "M"
    for a, b in zip(*thin(series.x, series.y)):
        drawn = math.isfinite(b) and (b > 0 or not y.log)
        if drawn:
            words.append(f"{pen}{x(a):.1f} {y(b):.1f}")
        pen = "L" if drawn else "M"
    return element("path", d="".join(words), class_=f"{series.style} c{series.colour % COLOURS}")


def band(x, y, series):
    points = [f"{x(a):.1f} {y(b):.1f}" for a, b in zip(series.x, series.y)]
    points += [f"{x(a):.1f} {y(b):.1f}" for a, b in zip(series.x[::-1], series.high[::-1])]
    return element("path", d=f"M{'L'.join(points)}Z", class_=f"band c{series.colour % COLOURS}")


def points(x, y, series, x_label):
    """Points that say their values under the pointer; a line that has few is marked by them, too."""
    many = len(series.x)
    shown = range(many)
    if series.style != "mark":
        shown = sorted(set(numpy.linspace(0, many - 1, min(many, MOST_TITLES)).astype(int)))
    seen = "mark" if series.style == "mark" else "point" if many <= 30 else "hover"
    dots = []
    for i in shown:
        a, b = float(series.x[i]), float(series.y[i])
        if math.isfinite(b) and (b > 0 or not y.log):
            said = series.titles[i] if series.titles else f"{series.name}: {number(b)} at {x_label} {number(a)}"
            dots.append(dot(x(a), y(b), 2.2 if seen != "hover" else 5, f"{seen} c{series.colour % COLOURS}", said))
    return join(dots)


def chart(title, series, x_label, y_label, log=None, zero=False, whole=False, marks=(), remark=None):
    """A figure of lines. `log`: whether the vertical axis is logarithmic, None: where the values ask for it.
    `marks` are pairs of a place on the horizontal axis and a text."""
    series = [one for one in series if len(one.x)]
    if not series:
        return None
    values = numpy.concatenate([numpy.r_[one.y, one.high if one.high is not None else one.y] for one in series])
    finite = values[numpy.isfinite(values)]
    positive = len(finite) > 0 and finite.min() > 0
    if log is None:
        log = positive and finite.max() / finite.min() > RATIO_FOR_LOG
    x = Axis(numpy.concatenate([one.x for one in series]), LEFT, WIDTH - RIGHT, whole=whole)
    y = Axis(finite, HEIGHT - BOTTOM, TOP, log=log and positive, zero=zero)
    drawn = [axes(x, y, x_label, y_label)]
    for place, words in marks:
        drawn.append(line(x(place), y.start, x(place), y.end, "best"))
        beyond = x(place) > WIDTH / 2
        drawn.append(text(x(place) + (-4 if beyond else 4), y.end + 8, words, "end" if beyond else "start", "label"))
    for one in sorted(
        series, key=lambda one: ("band", "faint").index(one.style) if one.style in ("band", "faint") else 2
    ):
        if one.style == "band":
            drawn.append(band(x, y, one))
        elif one.style != "mark":
            drawn.append(path(x, y, one))
        if one.style in ("line", "mark"):
            drawn.append(points(x, y, one, x_label))
    lost = len(values) - len(finite)
    if lost:
        remark = " ".join(filter(None, [remark, "Values that are not finite are left out."]))
    named = [(f"{one.style} c{one.colour % COLOURS}", one.name) for one in series if one.name]
    legend = key(named) if len(named) > 1 else None
    return figure(title, drawing(f"{title}: {y_label} over {x_label}", *drawn), legend, remark=remark)
