#!/bin/bash
# Fails on a source file that `clang-format -i` would change. Usage: format.sh REPOSITORY
set -euo pipefail
cd "$1"
find src tests -name '*.[ch]pp' -print0 | sort -z | xargs -0 clang-format --dry-run --Werror
