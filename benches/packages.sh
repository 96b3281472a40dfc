#!/usr/bin/env bash
# Makes a workspace of many documents, packs and verifies it, and prints time and peak memory of each:
#   benches/packages.sh BINARY [FILES] [MEGABYTES] [FOLDER]
# The bytes are random, so that nothing on the way can make less of them. Readers that others wrote look at
# the package too, where they are installed.
set -euo pipefail
binary=$(realpath "$1") files=${2:-500} megabytes=${3:-2048}
folder=${4:-$(mktemp -d)}
mkdir -p "$folder/w/evidence"
cd "$folder"
printf 'subject: {name: x, kind: clinic}\nchecklists: [takeout]\n' >w/tenken.yaml
{
  echo 'answers:'
  echo '  takeout/C-1:'
  echo '    status: yes'
  echo '    evidence:'
  for number in $(seq "$files"); do
    head -c $((megabytes * 1048576 / files)) /dev/urandom >"w/evidence/$number.bmp"
    echo "      - {document: $number, page: 1, file: evidence/$number.bmp}"
  done
} | sed 's/document: \([0-9]*\), page: 1/document: "\1", page: "1"/' >w/answers.yaml
measure() {
  local name=$1
  shift
  /usr/bin/time -f "$name: %e s, %U s of its own, %M KiB" "$@" >/dev/null
}
measure audit "$binary" audit -q w --no-probe --format json --at 2026-11-20 || true
measure pack "$binary" pack -q w --out p.zip
measure verify "$binary" verify p.zip
measure list "$binary" evidence list w
ls -l p.zip | awk '{print "package: " $5 " bytes"}'
if command -v unzip >/dev/null; then unzip -tqq p.zip && echo "unzip reads it"; fi
if command -v python3 >/dev/null; then
  python3 -c 'import zipfile; z = zipfile.ZipFile("p.zip"); assert z.testzip() is None; print("python reads", len(z.namelist()), "files")'
fi
if [ -z "${4:-}" ]; then rm -r "$folder"; fi
