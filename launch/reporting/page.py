"""The page: one HTML file that needs nothing else."""

import os
import pathlib

from reporting import classes, compare, curves, examples, history, ranks, settings, summary, targets
from reporting.evaluation import evaluate
from reporting.markup import Markup, element, join
from reporting.run import ReportError

MARK = "<!doctype html><!-- launch/report -->"
STYLE = pathlib.Path(__file__).with_name("style.css")


def report(run, evaluation, why):
    """The sections of one run. None of them is there where it has nothing to show."""
    return join(
        [
            summary.make(run, evaluation, why),
            curves.make(run),
            classes.make(evaluation),
            targets.make(evaluation),
            examples.make(run, evaluation),
            ranks.make(run),
            history.make(run),
            settings.make(run),
        ]
    )


def heading(run, level="h1"):
    kind = {True: "Classification", False: "Regression", None: "Training"}[run.classifies]
    return element(
        "header", element("p", kind, class_="kind"), element(level, run.name), element("p", run.folder, class_="path")
    )


def make(runs, program):
    """The page's text for one or several runs."""
    measured = [evaluate(program, run) for run in runs]
    title = ", ".join(dict.fromkeys(run.name for run in runs))
    if len(runs) == 1:
        body = [heading(runs[0]), report(runs[0], *measured[0])]
    else:
        header = element(
            "header",
            element("p", "Comparison", class_="kind"),
            element("h1", title),
            element("p", f"{len(runs)} runs", class_="path"),
        )
        body = [header, compare.make(runs, [evaluation for evaluation, _ in measured])]
        for i, (run, of) in enumerate(zip(runs, measured)):
            body.append(element("article", heading(run, "h1"), report(run, *of), id=f"run-{i + 1}"))
    head = [
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        element("title", title),
        element("style", Markup(STYLE.read_text(encoding="utf-8"))),
    ]
    footer = element("footer", "Made by launch/report of Lockstep.")
    return f'{MARK}\n<html lang="en"><head>{join(head)}</head><body><main>{join(body)}</main>{footer}</body></html>\n'


def write(path, text, force):
    """The file appears whole or not at all. One that is no report is replaced only if it is asked for."""
    if path.exists() and not force:
        with open(path, encoding="utf-8", errors="replace") as file:
            if file.read(len(MARK)) != MARK:
                raise ReportError(
                    f"{path}: is there already and is no report; name another with --output, or give --force"
                )
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
