#!/usr/bin/env bash
# Asks daypass and the model about as many histories from the first seed on, on all processors.
#   Tests/Model/compare.sh FIRST COUNT
# Prints a line of JSON for each head they differ about, and one for each processor that sums up.
set -euo pipefail
cd "$(dirname "$0")/../.."
first=$1 count=$2 jobs=$(nproc)
asked=0 pids=()
for ((job = 0; job < jobs; job++)); do
  share=$(((count - asked) / (jobs - job)))
  (.build-release/release/daypass-model $((first + asked)) "$share" \
    | /usr/bin/python3 -B Tests/Model/compare.py) &
  pids+=($!)
  asked=$((asked + share))
done
status=0
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
exit $status
