"""The whole configuration."""

import json

from reporting.markup import Markup, element, escape, section


def written(value):
    """A value in TOML's notation; a list of tables has a line each, and a long text may break where paths do."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def breakable(text):
    return Markup(escape(text).replace("/", "/<wbr>").replace(", ", ", <wbr>"))


def make(run):
    groups = []
    for name, keys in run.config.items():
        rows = []
        for key, value in keys.items():
            rows.append(element("tr", element("th", key), element("td", breakable(written(value)))))
        groups.append(element("table", element("caption", f"[{name}]"), element("tbody", *rows)))
    return section("Configuration", element("div", *groups, class_="settings"))
