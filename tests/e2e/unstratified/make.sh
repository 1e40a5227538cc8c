#!/bin/sh
# Made step-00000008.h5 with the last version whose test split did not look at classes: make.sh LOCKSTEP
cd "$(dirname "$0")" || exit 1
rm -rf /tmp/unstratified && mkdir /tmp/unstratified && cp train.toml table.csv /tmp/unstratified || exit 1
(cd /tmp/unstratified && "$1" train train.toml) && cp /tmp/unstratified/runs/unstratified/checkpoints/step-00000008.h5 .
