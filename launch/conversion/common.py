"""What all conversions share: how they refuse, the libraries that they want, and files that appear whole or not at all."""

import contextlib
import importlib
import os

BLOCK_BYTES = 1 << 25  # of numbers, in memory at a time


class ConversionError(Exception):
    """Why a file cannot be converted, and what to do."""


def wanted(module, package):
    """Imports a module. `package` says how to install what has it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConversionError(f"this kind of file needs {module} ({error}): {package}") from error


def rows_of_a_block(numbers):
    """Samples to read at a time, where one has so many numbers."""
    return max(1, min(1 << 16, BLOCK_BYTES // (8 * max(1, numbers))))


@contextlib.contextmanager
def new_file(path, force):
    """A path to write to, which becomes `path` when all has gone well."""
    if path.exists() and not force:
        raise ConversionError(f"{path}: is there already; --force replaces it")
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
