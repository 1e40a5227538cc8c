#!/bin/bash
# Runs clang-tidy on every source file of src/. Usage: tidy.sh REPOSITORY BUILD_FOLDER, with compile_commands.json in it.
set -euo pipefail
cd "$1"
find src -name '*.cpp' -print0 | sort -z | xargs -0 -P "$(nproc)" -n 1 clang-tidy-19 -p "$2" --quiet
