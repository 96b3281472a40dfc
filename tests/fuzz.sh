#!/usr/bin/env bash
# Runs every fuzz target for some seconds, beginning with the shipped files. A crash, a hang or a
# file that is refused without a word fails. The stable toolchain serves: no sanitizer is used, for
# there is no unsafe code.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-10}
export RUSTC_BOOTSTRAP=1

seed() {
  local target=$1
  shift
  mkdir -p "fuzz/corpus/$target"
  cp "$@" "fuzz/corpus/$target/"
}
seed checklist checklists/takeout.yaml
seed rules rules/takeout.yaml
seed workspace examples/vendor/tenken.yaml
head -n 60 examples/vendor/answers.yaml >fuzz/head-of-answers.yaml
seed answers fuzz/head-of-answers.yaml
rm fuzz/head-of-answers.yaml
seed definitions rules/features.yaml rules/facts.yaml rules/scoring.yaml
seed facts examples/vendor/facts.json
seed typeset README.ja.md

cargo run --quiet -- demo fuzz/demo >/dev/null
cargo run --quiet -- form fuzz/demo >/dev/null 2>&1
seed workbook fuzz/demo/answers.xlsx
rm -r fuzz/demo
seed typed README.ja.md

cargo fuzz build --sanitizer none
for target in $(cargo fuzz list); do
  printf '%s: ' "$target"
  if cargo fuzz run --sanitizer none "$target" -- \
      -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 >fuzz/last.log 2>&1; then
    grep -o 'number_of_executed_units: .*' fuzz/last.log
  else
    echo "failed"
    tail -n 40 fuzz/last.log
    exit 1
  fi
done
rm -f fuzz/last.log
