#!/usr/bin/env bash
# Packages and their signatures between tenken and the ssh-keygen of this computer, both ways.
#   tests/peers/packages.sh TENKEN WORKSPACE
set -euo pipefail
tenken=$(realpath "$1") workspace=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$workspace" "$work/w"
cd "$work"
"$tenken" audit -q w --no-probe >/dev/null || [ $? -le 1 ]
for kind in ed25519 ecdsa-256 ecdsa-384 rsa-3072; do
  bits=${kind#*-}
  [ "$bits" = "$kind" ] && bits=256
  ssh-keygen -q -t "${kind%-*}" -b "$bits" -N '' -f "key-$kind" -C evaluator@example.jp
  echo "evaluator@example.jp $(cat "key-$kind.pub")" >signers
  "$tenken" pack -q w --sign "key-$kind" --out "$kind.zip"
  "$tenken" verify -q "$kind.zip" --signers signers >/dev/null
  mkdir "$kind" && python3 -m zipfile -e "$kind.zip" "$kind"
  ssh-keygen -q -Y verify -f signers -I evaluator@example.jp -n tenken-package \
    -s "$kind/manifest.json.sig" <"$kind/manifest.json"
  echo "  ok      a signature of $kind that ssh-keygen verifies"
done
# One byte in the middle.
python3 - <<'PY'
data = bytearray(open("ed25519.zip", "rb").read())
data[len(data) // 2] ^= 1
open("changed.zip", "wb").write(data)
PY
if "$tenken" verify -q changed.zip >/dev/null; then
  echo "  FAILED  a changed byte was not found"
  exit 1
fi
echo "  ok      a changed byte is found"
