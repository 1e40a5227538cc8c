#!/bin/sh
# Made step-00000012.h5 with the last version whose test split of a file in blocks did not look at classes: make.sh LOCKSTEP
cd "$(dirname "$0")" || exit 1
rm -rf /tmp/unstratified && mkdir /tmp/unstratified && cp train.toml ./*.npy /tmp/unstratified || exit 1
(cd /tmp/unstratified && "$1" train train.toml) && cp /tmp/unstratified/runs/blocks/checkpoints/step-00000012.h5 .
