#!/usr/bin/env bash
# As many random histories as wished, MODEL_HISTORIES (5000), other ones each time or from
# MODEL_SEED on. Ends with 1 where daypass and the model differ; README.md says what then.
set -euo pipefail
count=${MODEL_HISTORIES:-5000}
first=${MODEL_SEED:-$(date +%s)00000}
found=.build-fuzz/model
cd "$(dirname "$0")/../.."
mkdir -p "$(dirname $found)"
echo "== model, $count histories from seed $first"
Tests/Model/compare.sh "$first" "$count" | tee "$found"
asked=$(grep -o '"histories": [0-9]*' "$found" | awk '{ sum += $2 } END { print sum }')
if [[ $asked -ne $count ]]; then
  echo "FOUND: only $asked of $count histories were asked about" >&2
  exit 1
fi
if grep -q '"place"' "$found"; then
  echo "FOUND: daypass and the model differ, see $found" >&2
  exit 1
fi
