#!/usr/bin/env bash
# Asks a real DNS server on loopback (Knot) with signed zones from the root down: a good one, one whose record
# was altered after it was signed, one whose signatures have run out, one that the zone above vouches for with
# another key, and one without keys. BIND's delv is asked the same. Says what it skipped.
#
#   tests/peers/dns.sh target/release/tenken
set -euo pipefail

tenken=$(realpath "$1")
for tool in knotd knotc keymgr; do
  command -v "$tool" >/dev/null 2>&1 || { echo "  skipped: $tool (Debian: knot) is not there"; exit 0; }
done
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
port=14753
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
mkdir run keys zones
zones=(good altered expired othered)

# zone NAME LINES...
zone() {
  local name=$1
  shift
  printf '$ORIGIN %s\n$TTL 60\n@ SOA ns.good.jp. admin.good.jp. 1 3600 600 86400 60\n@ NS ns.good.jp.\n' "$name"
  printf '%s\n' "$@"
}
for name in "${zones[@]}" plain; do
  zone "$name.jp." 'telemed A 192.0.2.10' 'telemed A 198.51.100.10' 'telemed AAAA 2001:db8::10' \
    'www CNAME telemed' 'old CNAME gone' \
    '@ CAA 0 issue "ca.example.com"' '@ MX 10 mx' 'mx A 192.0.2.11' \
    '@ TXT "v=spf1 mx -all"' '_dmarc TXT "v=DMARC1; p=reject"' \
    '_mta-sts TXT "v=STSv1; id=1"' '_smtp._tls TXT "v=TLSRPTv1; rua=mailto:a@good.jp"' \
    'ns A 127.0.0.1' >"zones/$name.zone"
done

# config SIGNED...: serves every zone there is a file for, and signs these.
config() {
  cat <<CONF
server:
  listen: 127.0.0.1@$port
  rundir: $work/run
database:
  storage: $work/keys
log:
  - target: $work/knot.log
    any: info
policy:
  - id: long
    algorithm: ecdsap256sha256
    nsec3: off
  - id: short
    algorithm: ecdsap256sha256
    rrsig-lifetime: 6
    rrsig-refresh: 2
    rrsig-pre-refresh: 1
    zone-max-ttl: 1
    propagation-delay: 0
zone:
CONF
  local file name
  for file in zones/*.zone; do
    name=$(basename "$file" .zone)
    printf '  - domain: %s\n    file: %s\n' "$(owner "$name")" "$work/$file"
    case " $* " in *" $name "*)
      [ "$name" = expired ] && policy=short || policy=long
      printf '    dnssec-signing: on\n    dnssec-policy: %s\n    zonefile-load: difference-no-serial\n    journal-content: all\n' "$policy" ;;
    esac
  done
}
owner() {
  case $1 in root) echo . ;; jp) echo jp. ;; *) echo "$1.jp." ;; esac
}
serve() {
  config "$@" >knot.conf
  knotd -c knot.conf >knotd.out 2>&1 &
  server=$!
  local try
  for try in $(seq 50); do
    is_served plain.jp. >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  cat knotd.out knot.log
  exit 1
}
stop() {
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
}
is_served() {
  knotc -c knot.conf zone-status "$1" | grep -q "$1"
}
# The zone as it was signed, into its file.
flush() {
  local name
  for name in "$@"; do
    for try in $(seq 50); do
      knotc -c knot.conf zone-read "$(owner "$name")" 2>/dev/null | grep -q RRSIG && break
      sleep 0.1
    done
    knotc -c knot.conf zone-read "$(owner "$name")" | sed 's/^\[[^]]*\] //' | grep -v '^---' >"signed-$name"
  done
  for name in "$@"; do mv "signed-$name" "zones/$name.zone"; done
}
ds() { keymgr -c knot.conf "$(owner "$1")" ds | grep ' 13 2 '; }

# From below: what the zone above says hangs on the keys.
serve "${zones[@]}"
flush "${zones[@]}"
{
  zone jp.
  for name in "${zones[@]}" plain; do printf '%s NS ns.good.jp.\n' "$name"; done
  for name in good altered expired; do ds "$name"; done
  ds good | sed 's/^good/othered/'
} >zones/jp.zone
stop
serve jp
flush jp
{ zone .; printf 'jp. NS ns.good.jp.\n'; ds jp; } >zones/root.zone
stop
serve root
flush root
keymgr -c knot.conf . dnskey | sed 's/^\. /. 60 IN /' >root.key
stop
sed -i '/^telemed\.altered\.jp\..*[[:space:]]A[[:space:]]/s/192\.0\.2\.10/203.0.113.10/' zones/altered.zone
serve
sleep 6
failed=0

expect() {
  local name=$1 host=$2
  shift 2
  "$tenken" probe "https://$host" --authorized-by "the peer tests" --json --probes dns \
    --resolve "$host:443:127.0.0.1" --resolver "127.0.0.1:$port" --trust-anchor root.key >facts.json || true
  if python3 "$here/holds.py" facts.json "$@"; then echo "  ok      $name"; else echo "  FAILED  $name"; failed=1; fi
}
# Whether BIND, asked the same, believes it, and with which word.
believed() {
  local host=$1 wanted=$2 word=${3:-} said=no
  command -v delv >/dev/null 2>&1 || { echo "  skipped: delv (Debian: bind9-dnsutils) is not there"; return 0; }
  delv -a anchor.conf +root=. -p "$port" @127.0.0.1 "$host" A >delv.out 2>&1 || true
  grep -q 'fully validated' delv.out && said=yes
  grep -q 'unsigned answer' delv.out && said=unsigned
  if [ "$said" = "$wanted" ] && grep -q "$word" delv.out; then echo "  ok      delv says the same of $host ($said)"
  else echo "  FAILED  delv on $host: $said"; cat delv.out; failed=1; fi
}
awk '{ key = ""; for (i = 8; i <= NF; i++) key = key $i
  printf "trust-anchors { \".\" static-key %s %s %s \"%s\"; };\n", $5, $6, $7, key }' root.key >anchor.conf

echo "$(knotd --version)"
expect "a signed zone" telemed.good.jp \
  "value('dns.dnssec') == 'validated'" \
  "value('dns.addresses') == ['192.0.2.10', '198.51.100.10', '2001:db8::10']" "value('dns.networks') == 2" \
  "value('dns.name_servers') == ['ns.good.jp']" "value('dns.caa') == ['ca.example.com']" \
  "value('dns.mx') == ['mx.good.jp']" "value('dns.spf') == 'fail'" "value('dns.dmarc') == 'reject'" \
  "value('dns.mta_sts') == 'announced'" "value('dns.tls_rpt') is True" "nothing('dns.dangling')"
believed telemed.good.jp yes
expect "an alias within it" www.good.jp "value('dns.dnssec') == 'validated'"
expect "an alias that leads nowhere" old.good.jp "value('dns.dangling') == ['gone.good.jp']" "nothing('dns.addresses')"
expect "a record altered after it was signed" telemed.altered.jp \
  "value('dns.dnssec') == 'bogus'" "'203.0.113.10' in value('dns.addresses')"
believed telemed.altered.jp no
expect "signatures that have run out" telemed.expired.jp "value('dns.dnssec') == 'bogus'"
believed telemed.expired.jp no 'expired'
expect "another key than the zone above vouches for" telemed.othered.jp "value('dns.dnssec') == 'bogus'"
believed telemed.othered.jp no
expect "a zone without keys" telemed.plain.jp "value('dns.dnssec') == 'unsigned'"
believed telemed.plain.jp unsigned
start=$(date +%s%N)
"$tenken" probe https://telemed.good.jp --authorized-by "the peer tests" --json --probes dns \
  --resolve telemed.good.jp:443:127.0.0.1 --resolver "127.0.0.1:$port" --trust-anchor root.key >/dev/null
echo "  everything that DNS says about one name, signatures checked: $((($(date +%s%N) - start) / 1000000)) ms"
keymgr -c knot.conf good.jp. dnskey | sed 's/^good\.jp\. /. 60 IN /' >root.key
expect "a root that is not the trusted one" telemed.good.jp "unknown('dns.dnssec')" "value('dns.spf') == 'fail'"
stop
expect "a server that is gone" telemed.good.jp "all(unknown(key) for key in facts)"
exit $failed
