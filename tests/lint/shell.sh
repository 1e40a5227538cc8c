#!/bin/bash
# Runs shellcheck on every shell script, told by its first line. Usage: shell.sh REPOSITORY
set -euo pipefail
cd "$1"
find . '(' -path ./.git -o -path ./build -o -path ./runs ')' -prune -o -type f -print0 | sort -z |
  xargs -0 awk 'FNR == 1 { if (/^#!.*[\/ ](ba)?sh( |$)/) print FILENAME; nextfile }' | xargs -d '\n' shellcheck
