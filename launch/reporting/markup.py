"""HTML and SVG as text: whatever is not marked up already is escaped, so that no name in a run can break the page."""

import html
import math


class Markup(str):
    """Text that is HTML or SVG."""


def escape(value):
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


def join(parts):
    """Parts one after the other; None leaves nothing."""
    return Markup("".join(escape(part) for part in parts if part is not None))


def element(name, *children, **attributes):
    """<name attributes>children</name>. An attribute `class_` is `class`, `stroke_width` is `stroke-width`; None leaves
    it out."""
    words = [name]
    for key, value in attributes.items():
        if value is not None:
            words.append(f'{key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"')
    return Markup(f"<{' '.join(words)}>{join(children)}</{name}>")


def void(name, **attributes):
    """An element of HTML that has no end, such as <img>."""
    return Markup(element(name, **attributes).removesuffix(f"</{name}>"))


def number(value, digits=4):
    """A number with so many significant digits, thousands apart; "–" where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if float(value).is_integer() and abs(value) < 1e15:
        text = f"{int(value):,}"
    elif 1e-4 <= abs(value) < 1e6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{decimals}f}"
    else:
        text = f"{value:.{digits - 1}e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    return text.replace("-", "−")


def duration(seconds):
    """Seconds as "20 ms", "2.1 s", "21 min", "3.4 h"."""
    for limit, size, unit in ((1, 1e-3, "ms"), (120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{number(seconds / size, 2 if seconds / size < 10 else 3)} {unit}"
    return f"{number(seconds / 86400, 2)} days"


def plural(count, noun):
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}{'es' if noun.endswith('s') else 's'}"


def capital(words):
    return words[:1].upper() + words[1:]


def table(head, rows, texts=1, class_=None):
    """A table that scrolls by itself where it is too wide. The first `texts` columns are texts, the others numbers."""

    def cell(name, column, value):
        return element(name, value, class_=None if column < texts else "n")

    lines = [element("tr", *(cell("td", c, value) for c, value in enumerate(row))) for row in rows]
    heading = element("thead", element("tr", *(cell("th", c, value) for c, value in enumerate(head))))
    return element("div", element("table", heading, element("tbody", *lines), class_=class_), class_="wide")


def facts(pairs):
    """A list of names and what they are; those without a value are left out."""
    parts = []
    for name, value in pairs:
        if value:
            parts.append(element("div", element("dt", name), element("dd", value)))
    return element("dl", *parts, class_="facts")


def note(*text):
    return element("p", *text, class_="note")


def section(title, *parts):
    """A part of the page; None where there is nothing in it."""
    parts = [part for part in parts if part]
    return element("section", element("h2", title), *parts) if parts else None
