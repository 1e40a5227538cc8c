"""Where the program is: in the repository's build, or installed beside these scripts."""

import pathlib

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_INSTALLED = _ROOT.parents[1] / "bin/lockstep"
PROGRAM = _INSTALLED if _INSTALLED.exists() else _ROOT / "build/release/lockstep"
