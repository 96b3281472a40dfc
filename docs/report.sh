#!/usr/bin/env bash
# Makes docs/report.png, the picture of the README: the first screen of the HTML report of the demo.
# Needs Debian's chromium, fonts-noto-cjk and imagemagick.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cargo build --release --quiet
target/release/tenken demo "$scratch/demo" --lang "${1:-ja}" >/dev/null
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --user-data-dir="$scratch/profile" --hide-scrollbars \
  --force-device-scale-factor=1.5 --window-size=1000,1240 \
  --screenshot="$scratch/report.png" "file://$scratch/demo/reports/assessment.html" >/dev/null 2>&1
convert "$scratch/report.png" -bordercolor '#d9dfe4' -border 1 -colors 64 docs/report.png
