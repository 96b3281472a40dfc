#!/usr/bin/env bash
# The reports of the demo, and of a result full of hostile text, as the programs of others read them.
# A tool that is not here is given as a minus.
#   tests/peers/reports.sh TENKEN RESULT.json PYTHON NODE_MODULES CHROMIUM SOFFICE PICTURES
set -euo pipefail
tenken=$1 result=$2 python=$3 modules=$4 chromium=$5 soffice=$6 pictures=$7
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

all=html,xlsx,csv,md,junit,oscal
"$python" "$here/hostile.py" "$result" "$scratch/hostile.json"
"$tenken" report -q "$result" --format $all --out "$scratch/plain"
"$tenken" report -q "$result" --format $all --out "$scratch/again"
"$tenken" report -q "$scratch/hostile.json" --format $all --out "$scratch/hostile"
diff -r "$scratch/plain" "$scratch/again"
echo "the same result gives the same bytes"

for kind in plain hostile; do
  from=$result
  if [ $kind = hostile ]; then from=$scratch/hostile.json; fi
  "$python" "$here/readers.py" "$from" "$scratch/$kind"
  "$python" "$here/controls.py" "$scratch/$kind"
  if "$python" -c 'import oscal' 2>/dev/null; then
    # It unpacks its schemas where it stands.
    (cd "$scratch" && "$python" "$here/metaschema.py" "$scratch/$kind")
  else
    echo "skipped: the package oscal is not there"
  fi
  if [ "$soffice" != - ]; then
    "$python" "$here/workbook.py" "$scratch/$kind"/*.xlsx "$from" "$soffice"
  fi
  if [ "$chromium" != - ]; then
    node "$here/page.mjs" "$modules" "$chromium" "$scratch/$kind"/*.html "$pictures/$kind"
  fi
done
