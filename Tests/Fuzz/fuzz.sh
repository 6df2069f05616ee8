#!/usr/bin/env bash
# Fuzzes every target, or those named, each for FUZZ_SECONDS (default 60).
#   Tests/Fuzz/fuzz.sh [TARGET...]
# What was found lies in .build-fuzz/found/TARGET; README.md beside this file says what then.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=.build-fuzz
seconds=${FUZZ_SECONDS:-60}
targets=("$@")
if [[ ${#targets[@]} -eq 0 ]]; then
  for folder in Tests/Fuzz/corpus/*/; do targets+=("$(basename "$folder")"); done
fi

# Optimised, for speed, but with every assertion; libyaml is watched as well.
swift build -c release --scratch-path "$build" --product daypass-fuzz \
  --sanitize fuzzer --sanitize address -Xswiftc -DFUZZING \
  -Xswiftc -assert-config -Xswiftc Debug

# Leaks are not looked for: that needs ptrace, which containers often forbid.
# Swift's own backtraces end in AddressSanitizer's arms.
export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no
status=0
for target in "${targets[@]}"; do
  echo "== $target, ${seconds} s"
  mkdir -p "$build/corpus/$target" "$build/found/$target"
  # What earlier runs learnt is kept in .build-fuzz/corpus; the committed corpus is only read.
  if ! "$build/release/daypass-fuzz" "$target" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$build/found/$target/" "$build/corpus/$target" "Tests/Fuzz/corpus/$target" \
    >"$build/$target.log" 2>&1; then
    status=1
    grep -aE 'broken:|Fatal error|ERROR:|SUMMARY|Test unit written' "$build/$target.log" || true
    echo "FOUND: see $build/found/$target and $build/$target.log"
  else
    grep -aE 'number_of_executed_units|average_exec_per_sec|slowest_unit' "$build/$target.log"
  fi
done
exit $status
