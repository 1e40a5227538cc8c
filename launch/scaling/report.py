"""What a scaling study leaves behind: tables as CSV and HDF5, and a report in Markdown."""

import csv
import dataclasses

import h5py

from scaling import model as cost_model
from scaling.runs import PARTS

EFFICIENT = 0.8
POOR = 0.2  # largest relative error


def columns(record):
    """A run or a row of the summary as name: value; times that were not measured are missing."""
    flat = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if field.name == "parts":
            flat |= {part: value.get(part) for part in PARTS}
        else:
            flat[field.name] = " ".join(dict.fromkeys(value)) if isinstance(value, tuple) else value
    return flat


class RunsFile:
    """runs.csv, which has a line per run as soon as the run is done."""

    def __init__(self, folder):
        self.file = open(folder / "runs.csv", "w", newline="", encoding="utf-8")
        self.table = None

    def add(self, run):
        row = columns(run)
        if self.table is None:
            self.table = csv.DictWriter(self.file, row)
            self.table.writeheader()
        self.table.writerow(row)
        self.file.flush()

    def close(self):
        self.file.close()


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns(rows[0]))
        table.writeheader()
        table.writerows(map(columns, rows))


def write_hdf5(path, found, rows, model, attributes):
    """The groups `runs` and `scaling`, a data set a column, and `model`, coefficients by name, where there is one."""
    with h5py.File(path, "w") as file:
        file.attrs.update(attributes)
        for group, records in (("runs", found), ("scaling", rows)):
            records = list(map(columns, records))
            for name in records[0]:
                values = [record[name] for record in records]
                file[f"{group}/{name}"] = [float("nan") if value is None else value for value in values]
        if model:
            group = file.create_group("model")
            for name, value in zip(cost_model.TERMS, model.coefficients):
                group[name] = value
            group.attrs.update(points=model.points, largest_error=model.largest_error, r2=model.r2)


def markdown(rows):
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return "\n".join(lines + ["| " + " | ".join(row.values()) + " |" for row in rows])


def table(rows):
    """The medians, as Markdown; with several repeats the spread is half of highest minus lowest."""
    names = {part: part.removesuffix("_seconds") + ", ms" for part in PARTS if part in rows[0].parts}
    shown = []
    for row in rows:
        spread = (row.highest - row.lowest) / row.median
        shown.append(
            {
                "scaling": row.kind,
                "ranks": str(row.ranks),
                "hosts": str(row.hosts),
                "global batch": str(row.global_batch),
                "samples/s": f"{row.median:.0f} ± {50 * spread:.1f} %" if row.repeats > 1 else f"{row.median:.0f}",
                "speed-up": f"{row.speedup:.2f}",
                "efficiency": f"{row.efficiency:.2f}",
                "step, ms": f"{1e3 * row.step_seconds:.3f}",
            }
            | {title: f"{1e3 * row.parts[part]:.3f}" for part, title in names.items()}
        )
    return markdown(shown)


def describe_model(fit):
    """The fitted model and how well it holds, as text."""
    sample, message, byte, far_message, far_byte = fit.coefficients

    def rate(value):
        return f"{1e-9 / value:.2f} GB/s" if value else "not noticeable"

    parts = [f"{1e6 * sample:.3f} us per sample", f"{1e6 * message:.2f} us a message, memory {rate(byte)}"]
    if fit.used > 3:
        parts.append(f"between hosts {1e6 * far_message:.2f} us a message and {rate(far_byte)}")
    text = "Model (launch/scaling/model.py), step = compute + latency x messages + bytes / bandwidth: "
    text += f"{'; '.join(parts)}.\n"
    if fit.points == fit.used:
        return text + f"It has as many coefficients as points, {fit.points}: that it agrees with them proves nothing."
    text += (
        f"It fits the {fit.points} different points with {fit.used} coefficients: largest relative error "
        f"{100 * fit.largest_error:.1f} %, R2 {fit.r2:.4f}."
    )
    return text if fit.largest_error < POOR else text + " That is poor, and so is what it predicts."


def describe_predictions(fit, shape, rows, batch, a_host):
    """What the model says of other numbers of ranks and batches, as text."""
    fewest, most = rows[0].ranks, max(row.ranks for row in rows)
    where = "on one host with a core a rank (between hosts nothing was measured)"
    if a_host:
        where = f"on hosts of {a_host} ranks"
    largest = cost_model.most_ranks(fit, shape, a_host, batch, fewest, EFFICIENT)
    batches = {}
    for ranks in sorted({row.ranks for row in rows} | {most * 2, most * 4}):
        if ranks > fewest:
            batches[ranks] = cost_model.least_batch(fit, shape, ranks, a_host, fewest, EFFICIENT)
    texts = [f"{ranks} ranks: {least or 'none'}" for ranks, least in batches.items()]
    return (
        f"Predicted {where}, for an efficiency of {EFFICIENT} against {fewest} rank{'s' * (fewest > 1)}: at a global "
        f"batch of {batch} up to {largest} rank{'s' * (largest > 1)}; from what global batch, {', '.join(texts)}."
    )
