"""The figure of a scaling study: throughput and efficiency by ranks, strong and weak, for a paper."""

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402 - after the choice of how to draw
from matplotlib.ticker import FixedFormatter, FixedLocator, LogLocator, NullLocator  # noqa: E402

STYLES = {"strong": ("C0", "o"), "weak": ("C1", "s")}


def draw(path, title, rows, predicted):
    """Writes an SVG whose text is text. Error bars are lowest and highest; `predicted` are samples per second of the
    model for each row, or None."""
    ranks = sorted({row.ranks for row in rows})
    style = {"svg.fonttype": "none", "svg.hashsalt": "lockstep", "font.size": 8, "axes.grid": True, "grid.alpha": 0.3}
    with pyplot.rc_context(style):
        figure, (speed, efficiency) = pyplot.subplots(1, 2, figsize=(7, 2.8), layout="constrained")
        for kind, (color, marker) in STYLES.items():
            own = [row for row in rows if row.kind == kind]
            x = [row.ranks for row in own]
            first = own[0]
            speed.plot(x, [first.median * count / first.ranks for count in x], ":", color=color, label=f"{kind}, ideal")
            for axis, unit in ((speed, [1] * len(own)), (efficiency, [row.median / row.efficiency for row in own])):
                middle = [row.median / one for row, one in zip(own, unit)]
                below = [(row.median - row.lowest) / one for row, one in zip(own, unit)]
                above = [(row.highest - row.median) / one for row, one in zip(own, unit)]
                bars = {"color": color, "marker": marker, "markersize": 4, "capsize": 2, "linewidth": 1}
                axis.errorbar(x, middle, [below, above], label=f"{kind} scaling", **bars)
            if predicted:
                values = [value for row, value in zip(rows, predicted) if row.kind == kind]
                speed.plot(x, values, "x", color=color, markersize=6, label=f"{kind}, model")
        efficiency.axhline(1, linestyle=":", color="black", linewidth=1, label="ideal")
        for axis in (speed, efficiency):
            axis.set_xscale("log", base=2)
            axis.xaxis.set_major_locator(FixedLocator(ranks))
            axis.xaxis.set_major_formatter(FixedFormatter(list(map(str, ranks))))
            axis.xaxis.set_minor_locator(NullLocator())
            axis.set_xlabel("ranks")
            axis.legend(fontsize=7)
        speed.set_yscale("log")
        speed.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        speed.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        speed.yaxis.set_minor_locator(NullLocator())
        speed.set_ylabel("samples per second")
        efficiency.set_ylabel("parallel efficiency")
        efficiency.set_ylim(bottom=0)
        figure.suptitle(title, fontsize=9)
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)
