#!/usr/bin/env bash
# Asks registries on loopback whose answers have the form of the real ones: WHOIS of .jp in both languages, RDAP
# of a domain and of an address that another registry gave out. Asked once each, and believed about nothing else.
#
#   tests/peers/registries.sh target/release/tenken
set -euo pipefail

tenken=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj "/CN=of this test alone" -days 5 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj "/CN=localhost" 2>/dev/null
printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n' >extensions
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -extfile extensions -days 5 -out cert.pem 2>/dev/null
python3 "$here/registries.py" 14821 14822 14823 cert.pem key.pem asked >ready 2>errors &
server=$!
for _ in $(seq 50); do grep -q ready ready && break; sleep 0.1; done
cat >registries.yaml <<'YAML'
registries:
  - {under: [jp], whois: "127.0.0.1:14821", query: "{domain}/e", hours_ahead: 9}
  - {under: [or.jp], whois: "127.0.0.1:14821", query: "{domain}", hours_ahead: 9}
  - {under: [com], rdap: "https://localhost:14822/v1/"}
addresses: ["https://localhost:14822/", "https://localhost:14823/"]
YAML
failed=0

# expect NAME HOST ADDRESS PROBE 'python expression over value(key) and unknown(key)'...
expect() {
  local name=$1 host=$2 address=$3 probe=$4
  shift 4
  "$tenken" probe "https://$host" --authorized-by "the peer tests" --json --probes "$probe" --registry \
    --registries registries.yaml --ca ca.pem --resolve "$host:443:$address" >facts.json 2>said || true
  if python3 "$here/holds.py" facts.json "$@"; then echo "  ok      $name"; else echo "  FAILED  $name"; cat errors; failed=1; fi
}
expect "WHOIS of .jp in English" telemed.example.jp 127.0.0.1 domain \
  "value('domain.expires') == '2099-05-31'" "value('domain.transfer_lock') is True" \
  "value('domain.status') == ['Active', 'AgentChangeLocked']"
expect "WHOIS of an organisation in Japanese" www.example.or.jp 127.0.0.1 domain \
  "value('domain.expires') == '2099-03-31'" "value('domain.transfer_lock') is True" \
  "value('domain.status') == ['Connected', 'AgentChangeLocked']"
expect "WHOIS of a name that nobody has" www.unknown.jp 127.0.0.1 domain "'no registration' in unknown('domain.expires')"
expect "RDAP of a domain" telemed.example.com 127.0.0.1 domain \
  "value('domain.expires') == '2099-08-13'" "value('domain.transfer_lock') is True"
expect "RDAP of a name that nobody has" telemed.unknown.com 127.0.0.1 domain "'no registration' in unknown('domain.expires')"
expect "RDAP of an address, by the registry that it leads to" telemed.example.jp 192.0.2.10 location \
  "value('location.countries') == ['JP']"
if [ "$(sort asked | uniq -d | wc -l)" -eq 0 ]; then
  echo "  ok      each was asked once"
else
  echo "  FAILED  asked more than once:"; sort asked | uniq -d; failed=1
fi
exit $failed
