#!/bin/sh
# Made step-00000008.h5 with the last version that wrote checkpoint format 1: make.sh LOCKSTEP
cd "$(dirname "$0")" || exit 1
rm -rf /tmp/format_1 && mkdir /tmp/format_1 && cp train.toml table.csv /tmp/format_1 || exit 1
(cd /tmp/format_1 && "$1" train train.toml) && cp /tmp/format_1/runs/format_1/checkpoints/step-00000008.h5 .
