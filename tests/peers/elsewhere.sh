#!/usr/bin/env bash
# Scans real OpenSSL servers on loopback with tenken, sslyze and testssl.sh, and holds what is taken over
# from the files of the two against what tenken saw itself: a value that differs fails, one that is unknown
# or missing does not.
#
#   tests/peers/elsewhere.sh target/release/tenken SSLYZE_PYTHON|- TESTSSL|-
set -euo pipefail

tenken=$(realpath "$1")
sslyze=$2
testssl=$3
work=$(mktemp -d)
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
port=14731
host=telemed.example.jp
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 9 -subj "/CN=Example Root" 2>/dev/null
printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:false\n' $host >ext
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.csr -subj "/CN=$host" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.csr -subj "/CN=$host" 2>/dev/null
for kind in ec rsa; do
  openssl x509 -req -in $kind.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 90 -extfile ext -out $kind.pem 2>/dev/null
done
printf 'subject: {name: Example, kind: clinic}\nchecklists: [adoption]\ntargets:\n  - url: https://%s:%s/\n' $host $port >tenken.yaml

compare() {
  "$tenken" audit . --no-probe --no-history --facts "$1" --format json >taken.json 2>/dev/null || [ $? -le 3 ]
  python3 - "$2" <<'PY'
import json, sys
key = lambda one: one["key"]
ours = json.load(open("ours.json"))["targets"][0]["facts"]
taken = {one["key"]: one for one in json.load(open("taken.json"))["facts"]}
same, differ = 0, []
for name, one in taken.items():
    mine = ours.get(name)
    if one.get("missing", {}).get("kind") == "failed" or mine is None or "unknown" in mine:
        continue
    left, right = one.get("value"), mine.get("value") or None
    if name == "certificate.days_left":
        left, right = None, None
    if isinstance(left, list):
        left, right = sorted(left), sorted(right or [])
    if left is False:
        right = mine.get("value")
    if left != right:
        differ.append(f"{name}: {left} there, {right} here")
    else:
        same += 1
assert not differ, differ
assert same >= 8, (same, list(taken))
print(f"  {sys.argv[1]}: {same} facts agree, {sum('missing' in one and one['missing']['kind'] == 'failed' for one in taken.values())} unknown")
PY
}

run() {
  local name=$1
  shift
  openssl s_server -accept $port -www -quiet "$@" >/dev/null 2>&1 &
  server=$!
  sleep 1
  "$tenken" probe "https://$host:$port" --authorized-by tests --resolve "$host:$port:127.0.0.1" --probes tls,certificate \
    --json >ours.json
  if [ "$sslyze" != - ]; then
    "$sslyze" -m sslyze --json_out=sslyze.json "$host:$port{127.0.0.1}" >/dev/null 2>&1 || true
    compare sslyze.json "sslyze, $name"
  fi
  if [ "$testssl" != - ]; then
    rm -f pretty.json
    "$testssl" --ip 127.0.0.1 -p -S -E --warnings off -n none --jsonfile-pretty pretty.json $host:$port >/dev/null 2>&1 || true
    compare pretty.json "testssl.sh, $name"
  fi
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
}

run "TLS 1.2 and 1.3" -cert rsa.pem -key rsa.key -cipher 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA'
run "TLS 1.2, DHE, ECDSA" -cert ec.pem -key ec.key -dcert rsa.pem -dkey rsa.key -no_tls1_3 -serverpref \
  -cipher 'ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256'
run "TLS 1.3 alone" -cert rsa.pem -key rsa.key -tls1_3
run "old versions" -cert rsa.pem -key rsa.key -cipher 'ALL:!aNULL:@SECLEVEL=0' -no_tls1_3
