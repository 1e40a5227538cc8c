"""What each rank spent its time on, and who held up the others."""

import numpy

from reporting.markup import duration, element, note, number, section, table
from reporting.svg import drawing, figure, key, line, rectangle, text

PARTS = {
    "compute_seconds": ("compute", 0),
    "input_seconds": ("input", 2),
    "sum_seconds": ("messages", 4),
    "wait_seconds": ("waiting", 7),
}
MOST = 64  # ranks that are drawn; of more those that wait least and most
WORTH_TELLING, LONG_ENOUGH = 0.1, 1  # of a step; seconds: as in the program


def first_step(run):
    """Where the starts begin that had as many ranks as the last one."""
    first = 0
    for before, after in zip(run.starts, run.starts[1:]):
        if before["ranks"] != after["ranks"]:
            first = after["first_step"]
    return first


def spent(rows):
    """Numbers of the ranks, their hosts, and what each spent, (ranks, parts) in seconds."""
    ranks, first = numpy.unique(rows["rank"], return_index=True)
    totals = numpy.zeros((len(ranks), len(PARTS)))
    place = numpy.searchsorted(ranks, rows["rank"])
    for column, name in enumerate(PARTS):
        numpy.add.at(totals[:, column], place, numpy.nan_to_num(rows[name]))
    return ranks, [host.decode(errors="replace") for host in rows["host"][first]], totals


def straggler(run, ranks, hosts, totals):
    """A sentence on the slowest rank for its share, by the rule of the program."""
    count = len(ranks)
    if count < 2 or totals[0].sum() < LONG_ENOUGH:
        return None
    slices = run.config["train"]["slices"]
    slices = count if slices == "world" else slices
    shares = numpy.array([slices * (rank + 1) // count - slices * rank // count for rank in range(count)])
    paces = (totals[:, 0] + totals[:, 1]) / numpy.maximum(shares, 1)
    slowest = int(paces.argmax())
    others = float(numpy.median(numpy.delete(paces, slowest)))
    cost = (paces[slowest] - others) * shares[slowest] / max(totals[slowest].sum(), 1e-300)
    if not cost > WORTH_TELLING:
        return "No rank held up the others by a tenth of a step or more."
    return (
        f"Rank {ranks[slowest]} ({hosts[slowest]}) took {number(paces[slowest] / max(others, 1e-300), 2)} times as long "
        f"as others for its share; that is {100 * cost:.0f} % of a step."
    )


def bars(ranks, hosts, totals):
    left, width, tall = 64, 640, 18
    whole = max(float(totals.sum(axis=1).max()), 1e-300)
    parts = []
    for row, (rank, host) in enumerate(zip(ranks, hosts)):
        x, y = left, row * tall
        parts.append(text(left - 8, y + 12, f"rank {rank}", "end"))
        for seconds, (name, colour) in zip(totals[row], PARTS.values()):
            size = (width - left) * float(seconds) / whole
            words = f"rank {rank} on {host}: {name} {duration(float(seconds))}, {100 * seconds / whole:.1f} %"
            parts.append(rectangle(x, y + 1, size, tall - 4, f"area c{colour}", words))
            x += size
    parts.append(line(left, 0, left, len(ranks) * tall, "axis"))
    legend = key([(f"area c{colour}", name) for name, colour in PARTS.values()])
    picture = drawing("Time of each rank", *parts, width=width, height=len(ranks) * tall + 2)
    return figure("Time of the steps", picture, legend, "broad", f"The longest bar is {duration(whole)}.")


def make(run):
    first = first_step(run)
    later = run.metrics["ranks"].get("step", numpy.zeros(0)) > first
    if not later.any():
        return None
    ranks, hosts, totals = spent({name: column[later] for name, column in run.metrics["ranks"].items()})
    remarks = [straggler(run, ranks, hosts, totals)]
    if first:
        remarks.append(f"From step {number(first)} on, as starts before had another number of ranks.")
    if len(ranks) > MOST:
        order = numpy.argsort(totals[:, -1], kind="stable")
        chosen = numpy.sort(numpy.r_[order[: MOST // 2], order[-MOST // 2 :]])
        remarks.append(
            f"Of {number(len(ranks))} ranks, the {MOST // 2} that wait least and the {MOST // 2} that wait most."
        )
        ranks, hosts, totals = ranks[chosen], [hosts[i] for i in chosen], totals[chosen]
    rows = []
    for rank, host, seconds in zip(ranks, hosts, totals):
        rows.append(
            [
                host,
                number(int(rank)),
                *(duration(float(s)) for s in seconds),
                f"{100 * seconds[-1] / max(seconds.sum(), 1e-300):.1f} %",
            ]
        )
    head = ["host", "rank", *(name for name, _ in PARTS.values()), "of its time"]
    remark = " ".join(filter(None, remarks))
    return section(
        "Ranks", note(remark) if remark else None, bars(ranks, hosts, totals), element("figure", table(head, rows))
    )
