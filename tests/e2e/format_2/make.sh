#!/bin/sh
# Made step-00000008.h5 with the last version that wrote checkpoint format 2: make.sh LOCKSTEP
cd "$(dirname "$0")" || exit 1
rm -rf /tmp/format_2 && mkdir /tmp/format_2 && cp train.toml table.csv /tmp/format_2 || exit 1
(cd /tmp/format_2 && "$1" train train.toml) && cp /tmp/format_2/runs/format_2/checkpoints/step-00000008.h5 .
