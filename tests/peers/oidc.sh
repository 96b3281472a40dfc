#!/usr/bin/env bash
# A real sign-in service on loopback (oidc-provider from npm), with a second factor and without: discovery,
# an ID token of a real sign-in with its keys, and a sign-in with a test account. MODULES is a folder with
# node_modules/oidc-provider.
#
#   tests/peers/oidc.sh target/release/tenken MODULES
set -euo pipefail

tenken=$(realpath "$1")
modules=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
pids=()
trap '[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
ln -s "$modules/node_modules" node_modules
cp "$here/oidc.mjs" .

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj "/CN=of this test alone" -days 5 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj "/CN=localhost" 2>/dev/null
printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n' >extensions
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -extfile extensions -days 5 -out cert.pem 2>/dev/null

export PEER_USER=examiner-7 PEER_PASSWORD='correct horse battery'
export TENKEN_TEST_USER=$PEER_USER TENKEN_TEST_PASSWORD=$PEER_PASSWORD
serve() {
  node oidc.mjs "$1" "$2" key.pem cert.pem ca.pem "token-$1" >"log-$1" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do grep -q ready "log-$1" && return; sleep 0.1; done
  cat "log-$1"
  exit 1
}
serve 14811 two
serve 14812 one

# Signs in as a person would, with the code where one is asked for; leaves the token behind.
sign_in() {
  local port=$1 url="https://localhost:$1" ask page action csrf
  ask() { curl -sS --cacert ca.pem --resolve "localhost:$port:127.0.0.1" -c "jar-$port" -b "jar-$port" -L "$@"; }
  action() { sed -n 's/.*action="\([^"]*\)".*/\1/p' <<<"$1"; }
  page=$(ask "$url/chart")
  csrf=$(sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' <<<"$page")
  page=$(ask "$url$(action "$page")" -d "csrf=$csrf" -d "login=$PEER_USER" --data-urlencode "password=$PEER_PASSWORD")
  if grep -q one-time-code <<<"$page"; then
    page=$(ask "$url$(action "$page")" -d code=424242)
  fi
  grep -q Chart <<<"$page" && test -s "token-$port" || { echo "    no sign-in at $port: $page"; cat "log-$port"; exit 1; }
}
sign_in 14811
sign_in 14812
failed=0

# expect NAME PORT [OPTION...] -- 'python expression over value(key) and unknown(key)'...
expect() {
  local name=$1 port=$2 options=()
  shift 2
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  "$tenken" probe "https://localhost:$port" --authorized-by "the peer tests" --json --ca ca.pem --probes mfa \
    --resolve "localhost:$port:127.0.0.1" --transcript transcript.json "${options[@]}" >facts.json 2>said || true
  if grep -qF -e "$PEER_USER" -e "$PEER_PASSWORD" -e correct+horse facts.json said transcript.json; then
    echo "  FAILED  $name: the account stands in what was written"
    failed=1
  elif python3 "$here/holds.py" facts.json "$@"; then echo "  ok      $name"; else echo "  FAILED  $name"; failed=1; fi
}
trial() { printf '%s\n' --sign-in "https://localhost:$1/chart" --protected /chart --account staff; }

echo "oidc-provider $(node -p "require('$modules/node_modules/oidc-provider/package.json').version")"
expect "discovery that advertises a second factor" 14811 --issuer https://localhost:14811 -- \
  "value('mfa.observations') == ['advertised_in_discovery']" "value('mfa.level') == 2"
expect "discovery that advertises none" 14812 --issuer https://localhost:14812 -- \
  "value('mfa.observations') == []" "value('mfa.level') == 0"
expect "an ID token of two factors, signed by its issuer" 14811 --issuer https://localhost:14811 --id-token token-14811 -- \
  "'token_several_factors' in value('mfa.observations')" "value('mfa.level') == 4"
expect "an ID token of one factor" 14812 --issuer https://localhost:14812 --id-token token-14812 -- \
  "value('mfa.observations') == ['token_one_factor']" "value('mfa.level') == 0"
expect "a token of another issuer" 14812 --issuer https://localhost:14812 --id-token token-14811 -- "value('mfa.level') == 3"
mapfile -t two < <(trial 14811)
mapfile -t one < <(trial 14812)
expect "refused without the code" 14811 "${two[@]}" -- \
  "value('mfa.level') == 5" "value('mfa.single_factor_sign_in') == []"
expect "let in by the password alone" 14812 "${one[@]}" -- \
  "value('mfa.level') == 0" "value('mfa.single_factor_sign_in') == ['staff']"
TENKEN_TEST_PASSWORD=wrong-by-intent expect "a wrong password" 14811 "${two[@]}" -- \
  "'cannot be told' in unknown('mfa.single_factor_sign_in')" "value('mfa.level') != 5"
exit $failed
