#!/usr/bin/env bash
# Makes docs/summary.png, the picture of the README, from what the demo really prints. Needs Debian's
# aha, chromium, fonts-noto-cjk and imagemagick.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cargo build --release --quiet
target/release/tenken demo "$scratch/tenken-demo" --color always --lang "${1:-ja}" | head -n 40 |
  sed "s|$scratch/||g" >"$scratch/demo.txt"
{
  echo '<!doctype html><meta charset="utf-8"><style>body{margin:0;background:#fff}'
  echo 'pre{font:15px/1.45 "Noto Sans Mono CJK JP",monospace;margin:24px 28px;color:#222}'
  echo 'b{display:inline-block;width:.5em;font-weight:normal;white-space:nowrap}'
  echo '.full,.rest{height:.9em;vertical-align:-.1em;background:#333}.rest{background:#ddd}</style><pre>'
  # Blocks and marks take one cell on a terminal, whatever the font of a page makes of them.
  aha --no-header <"$scratch/demo.txt" |
    sed -E 's|[█▉▊▋▌▍▎▏]|<b class="full"></b>|g; s|░|<b class="rest"></b>|g; s|[✗△✓]|<b>&</b>|g'
  echo '</pre>'
} >"$scratch/demo.html"
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --user-data-dir="$scratch/profile" --hide-scrollbars \
  --force-device-scale-factor=1.5 --window-size=760,1000 \
  --screenshot="$scratch/summary.png" "file://$scratch/demo.html" >/dev/null 2>&1
convert "$scratch/summary.png" -trim -bordercolor white -border 24 -colors 64 docs/summary.png
