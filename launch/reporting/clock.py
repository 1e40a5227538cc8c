"""Wall-clock time on an axis: Unix times to places, and ticks at round times of the day, UTC."""

import datetime
import math

DAY = 86400
STEPS = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),  # seconds
    *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3600 * hours for hours in (1, 2, 3, 6, 12)),
    *(DAY * days for days in (1, 2, 7, 14, 30, 90, 365)),
)


def utc(time):
    return datetime.datetime.fromtimestamp(time, datetime.timezone.utc)


def time_of_day(time):
    return f"{utc(time):%H:%M:%S}"


def day(time):
    return f"{utc(time):%Y-%m-%d}"


class ClockAxis:
    """Unix times from `low` to `high` to places from `start` to `end`."""

    def __init__(self, low, high, start, end, ticks=7):
        self.low, self.high, self.start, self.end = low, max(high, low + 0.1), start, end
        wanted = (self.high - self.low) / ticks
        self.step = next((step for step in STEPS if step >= wanted), STEPS[-1])

    def __call__(self, time):
        return self.start + (time - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        """Pairs of a time and its text; midnight is told by its day."""
        first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
        return [(k * self.step, self.text(k * self.step)) for k in range(first, last + 1)]

    def text(self, time):
        if self.step < 1:
            return f"{utc(round(time, 1)):%H:%M:%S.%f}"[:-5]
        if self.step < 60:
            return time_of_day(time)
        return f"{utc(time):%b} {utc(time).day}" if time % DAY == 0 else f"{utc(time):%H:%M}"

    @property
    def label(self):
        """What the ticks count: their time zone, and the days that they do not tell."""
        first, last = day(self.low), day(self.high)
        return f"{first} UTC" if first == last else f"{first} to {last} UTC"
