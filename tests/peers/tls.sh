#!/usr/bin/env bash
# Measures real servers on loopback (OpenSSL, nginx, GnuTLS, and Node where it is there) in several
# configurations and holds the facts against what each was told to offer, and against sslscan.
# Says what it skipped.
#
#   tests/peers/tls.sh target/release/tenken
set -euo pipefail

tenken=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
failed=0
have() { command -v "$1" >/dev/null 2>&1; }

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj "/CN=Example Root" -days 30 \
  -addext "keyUsage=critical,keyCertSign" 2>/dev/null
issue() {
  openssl req -newkey "$2" ${3:+-pkeyopt $3} -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=localhost" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -out "$1.pem" -days 20 \
    -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth') 2>/dev/null
}
issue rsa rsa:2048
issue ec ec ec_paramgen_curve:P-256

# run PORT COMMAND...: starts a server and waits until it listens.
run() {
  local port=$1
  shift
  "$@" >"server-$port.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
    sleep 0.1
  done
  echo "skipped: $* did not start"
  return 1
}

# expect NAME PORT 'python expression over value(key)'...
expect() {
  local name=$1 port=$2
  shift 2
  "$tenken" probe "https://localhost:$port" --authorized-by "the peer tests" --json --ca ca.pem ${asking:-} \
    --resolve "localhost:$port:127.0.0.1" >"facts-$port.json" || true
  if python3 "$here/holds.py" "facts-$port.json" "$@"; then echo "  ok      $name"; else echo "  FAILED  $name"; failed=1; fi
}

# The same suites as sslscan, version by version.
same_as_sslscan() {
  have sslscan || { echo "  skipped: sslscan is not there"; return; }
  local port=$1
  timeout 120 sslscan --no-colour --xml="scan-$port.xml" "localhost:$port" >/dev/null 2>&1 || true
  python3 - "facts-$port.json" "scan-$port.xml" <<'PY' || failed=1
import json, re, subprocess, sys
facts = json.load(open(sys.argv[1]))["targets"][0]["facts"]
listed = subprocess.run(["openssl", "ciphers", "-stdname", "-s", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], capture_output=True, text=True).stdout
listed += subprocess.run(["openssl", "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], capture_output=True, text=True).stdout
iana = {line.split()[2]: line.split()[0] for line in listed.splitlines()}
theirs = {}
for version, cipher in re.findall(r'sslversion="([^"]+)"[^>]*? cipher="([^"]+)"', open(sys.argv[2]).read()):
    theirs.setdefault(version.replace("TLSv", "tls").replace(".", "_"), set()).add(iana.get(cipher, cipher))
wrong = False
for key in ("tls1_0", "tls1_1", "tls1_2", "tls1_3"):
    ours = set(facts["tls.suites." + key].get("value") or [])
    other = theirs.get(key, set())
    if ours - other: print(f"    {key}: not seen by sslscan: {sorted(ours - other)}")
    if other - ours: print(f"    {key}: seen by sslscan only: {sorted(other - ours)}"); wrong = True
print("  ok      as sslscan" if not wrong else "  FAILED  as sslscan")
sys.exit(wrong)
PY
}

modern='["TLS1.2", "TLS1.3"]'
echo "OpenSSL $(openssl version | cut -d' ' -f2)"
s_server() { local port=$1; shift; run "$port" openssl s_server -accept "$port" -cert rsa.pem -key rsa.key -www -quiet "$@"; }
s_server 14601 -cipher 'ECDHE+AESGCM' && expect "TLS 1.2 and 1.3, AES-GCM" 14601 \
  "value('tls.versions') == $modern" "len(value('tls.suites.tls1_2')) == 2" "len(value('tls.suites.tls1_3')) == 3" \
  "value('tls.client_certificate') == 'none'" "value('certificate.trusted') is True" "value('tls.forward_secrecy') == 'always'" &&
  same_as_sslscan 14601
# Without a certificate a server chooses its prime by the strength of the suite: the weakest brings the smallest.
dh_bits() {
  openssl s_client -connect "127.0.0.1:$1" -tls1_2 -cipher 'ADH-AES128-SHA:@SECLEVEL=0' </dev/null 2>/dev/null |
    sed -n 's/.*Temp Key: DH, \([0-9]*\) bits.*/\1/p'
}
s_server 14602 -cipher 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' -no_tls1_3 && expect "TLS 1.0 to 1.2, every suite" 14602 \
  "value('tls.versions') == ['TLS1.0', 'TLS1.1', 'TLS1.2']" "'TLS_RSA_WITH_NULL_MD5' in value('tls.suites.tls1_0')" \
  "'TLS_DH_anon_WITH_AES_128_CBC_SHA' in value('tls.suites.tls1_2')" "value('tls.dh_bits') == $(dh_bits 14602)" &&
  same_as_sslscan 14602
s_server 14603 -tls1_3 -groups P-384:X25519 && expect "TLS 1.3 only, two groups" 14603 \
  "value('tls.versions') == ['TLS1.3']" "sorted(value('tls.groups')) == ['secp384r1', 'x25519']" "value('tls.suites.tls1_2') == []"
s_server 14604 -tls1_2 -serverpref -cipher 'AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305' &&
  expect "the server's own order" 14604 "value('tls.server_order.tls1_2') is True" \
    "value('tls.suites.tls1_2') == ['TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256']"
s_server 14605 -dcert ec.pem -dkey ec.key -tls1_2 && expect "two certificates" 14605 \
  "any('ECDSA' in one for one in value('tls.suites.tls1_2'))" "any('_RSA_' in one for one in value('tls.suites.tls1_2'))"
s_server 14606 -Verify 1 -CAfile ca.pem && expect "client certificate required" 14606 "value('tls.client_certificate') == 'required'"
s_server 14607 -verify 1 -CAfile ca.pem && expect "client certificate requested" 14607 "value('tls.client_certificate') == 'requested'"
s_server 14608 -no_ticket -num_tickets 0 -no_cache && expect "no resumption" 14608 "value('tls.session_resumption') is False"
s_server 14609 -tls1_2 -verify 1 -CAfile ca.pem -cipher 'AES128-SHA' && expect "requested, where no handshake can be finished" 14609 \
  "'TLS_RSA_WITH_AES_128_CBC_SHA' in value('tls.suites.tls1_2')" "value('tls.client_certificate') not in ('none', 'required')"

# An authority that answers about its certificates: by OCSP, and by a list.
mkdir -p db && : >db/index.txt && echo 1000 >db/serial && echo 01 >db/crlnumber
cat >ca.cnf <<CONF
[ca]
default_ca = d
[d]
database = db/index.txt
new_certs_dir = db
serial = db/serial
crlnumber = db/crlnumber
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_days = 7
policy = p
unique_subject = no
[p]
commonName = supplied
[ocsp]
subjectAltName = DNS:localhost
authorityInfoAccess = OCSP;URI:http://127.0.0.1:14690/
[list]
subjectAltName = DNS:localhost
crlDistributionPoints = URI:http://127.0.0.1:14691/ca.crl
CONF
for kind in ocsp list; do
  for state in good bad; do
    openssl ca -batch -config ca.cnf -extensions $kind -in rsa.csr -out $kind-$state.pem -days 20 -notext 2>/dev/null
    [ $state = good ] || openssl ca -config ca.cnf -revoke $kind-$state.pem 2>/dev/null
  done
done
openssl ca -config ca.cnf -gencrl -out ca.crl.pem 2>/dev/null && mkdir -p lists && openssl crl -in ca.crl.pem -outform DER -out lists/ca.crl
# It serves one after the other, and would wait for a question from whoever only tries the door.
openssl ocsp -index db/index.txt -port 14690 -rsigner ca.pem -rkey ca.key -CA ca.pem -nmin 60 >ocsp.log 2>&1 &
pids+=($!)
sleep 1
run 14691 python3 -m http.server 14691 --bind 127.0.0.1 --directory lists || true
port=14692
for kind in ocsp list; do
  for state in good bad; do
    cat $kind-$state.pem ca.pem >$kind-$state-chain.pem
    run $port openssl s_server -accept $port -cert $kind-$state.pem -cert_chain ca.pem -key rsa.key -www -quiet
    wanted=$([ $state = good ] && echo not_revoked || echo revoked)
    expect "revocation by $kind, unasked" $port "unknown('certificate.revocation')"
    asking=--revocation expect "revocation by $kind, $wanted" $port "value('certificate.revocation') == '$wanted'" \
      "value('certificate.trusted') is $([ $state = good ] && echo True || echo False)"
    port=$((port + 1))
  done
done

if have nginx; then
  echo "nginx $(nginx -v 2>&1 | grep -o '[0-9.]*$')"
  cat >nginx.conf <<CONF
worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/nginx.err;
events { worker_connections 512; }
http { access_log off; ssl_certificate $work/rsa.pem; ssl_certificate_key $work/rsa.key; ssl_client_certificate $work/ca.pem;
  server { listen 127.0.0.1:14620 ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_verify_client on; return 200 ok; }
  server { listen 127.0.0.1:14621 ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_verify_client optional; return 200 ok; }
  server { listen 127.0.0.1:14622 ssl; ssl_protocols TLSv1.2; ssl_certificate $work/ec.pem; ssl_certificate_key $work/ec.key; ssl_prefer_server_ciphers on; return 200 ok; }
  server { listen 127.0.0.1:14625 ssl http2; ssl_protocols TLSv1.3; return 200 ok; }
}
CONF
  if run 14620 nginx -p "$work" -c "$work/nginx.conf"; then
    expect "ssl_verify_client on" 14620 "value('tls.client_certificate') == 'required'" "value('tls.versions') == $modern"
    expect "ssl_verify_client optional" 14621 "value('tls.client_certificate') == 'requested'"
    expect "RSA and ECDSA beside each other" 14622 "value('tls.server_order.tls1_2') is True" "value('certificate.trusted') is True"
    same_as_sslscan 14622
    expect "h2 in TLS 1.3 alone" 14625 "value('tls.alpn') == ['h2', 'http/1.1']"
    expect "no h2" 14620 "value('tls.alpn') == ['http/1.1']"
  fi
  # The lines that the page gives for nginx make nginx follow the profile.
  relaxed() {
    cat >"relaxed-$1.conf" <<CONF
worker_processes 1; daemon off; pid $work/relaxed-$1.pid; error_log $work/relaxed.err;
events { worker_connections 512; }
http { access_log off; ssl_certificate $work/rsa.pem; ssl_certificate_key $work/rsa.key;
  server { listen 127.0.0.1:$1 ssl; $(cat "$2") return 200 ok; } }
CONF
    run "$1" nginx -p "$work" -c "$work/relaxed-$1.conf"
  }
  openssl dhparam -dsaparam -out dhparam.pem 2048 2>/dev/null
  echo 'ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0; ssl_ecdh_curve secp224r1:prime256v1; ssl_dhparam dhparam.pem;' >before.txt
  if relaxed 14623 before.txt; then
    # A prime from -dsaparam is one whose half is none.
    expect "an nginx that follows no profile" 14623 "value('tls.profile.ipa-3-high') is False" \
      "value('tls.dh_prime') == ['unnamed']" "value('tls.dh_modulus') == ['prime']"
    "$tenken" --lang en probe https://localhost:14623 --authorized-by "the peer tests" --ca ca.pem \
      --resolve localhost:14623:127.0.0.1 >page.txt || true
    sed -n '/settings 3.x (high/,/^ *With Apache/p' page.txt | grep -oE 'ssl_[a-z_]+ [^#]*;' >after.txt || true
    sed 's/^/    /' after.txt
    if relaxed 14624 after.txt; then
      expect "the same with the lines it was given" 14624 "value('tls.profile.ipa-3-high') is True"
    else
      failed=1
    fi
  fi
else
  echo "skipped: nginx is not there"
fi

if have gnutls-serv; then
  echo "GnuTLS $(gnutls-serv --version | head -1 | grep -o '[0-9.]*$')"
  gnutls() { local port=$1; shift; run "$port" gnutls-serv --http --quiet -p "$port" --x509certfile rsa.pem --x509keyfile rsa.key "$@"; }
  gnutls 14640 && expect "as it comes" 14640 "value('tls.versions')[-2:] == $modern" "value('certificate.trusted') is True" && same_as_sslscan 14640
  gnutls 14641 --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.3' && expect "TLS 1.3 only" 14641 "value('tls.versions') == ['TLS1.3']"
else
  echo "skipped: gnutls-serv is not there"
fi

# Node 24 carries an OpenSSL that knows the post-quantum hybrids.
node=${NODE24:-}
if [ -n "$node" ] && [ -x "$node" ]; then
  echo "Node $("$node" --version)"
  cat >server.js <<'JS'
const [port, groups] = process.argv.slice(2);
const fs = require('fs');
require('https').createServer({ key: fs.readFileSync('rsa.key'), cert: fs.readFileSync('rsa.pem'), ecdhCurve: groups },
  (_, answer) => answer.end('ok')).listen(Number(port), '127.0.0.1');
JS
  run 14660 "$node" server.js 14660 X25519MLKEM768 && expect "only a post-quantum hybrid" 14660 \
    "'TLS1.3' in value('tls.versions')" "value('tls.groups') == ['X25519MLKEM768']" "len(value('tls.suites.tls1_3')) == 3" \
    "value('certificate.trusted') is True" "value('tls.client_certificate') == 'none'" "value('tls.alpn') == ['http/1.1']"
  run 14661 "$node" server.js 14661 SecP256r1MLKEM768:SecP384r1MLKEM1024 && expect "two other hybrids" 14661 \
    "sorted(value('tls.groups')) == ['SecP256r1MLKEM768', 'SecP384r1MLKEM1024']" "value('certificate.trusted') is True"
  run 14662 "$node" server.js 14662 SecP384r1MLKEM1024 && expect "only the largest hybrid" 14662 \
    "value('tls.groups') == ['SecP384r1MLKEM1024']" "value('certificate.trusted') is True"
else
  echo "skipped: NODE24 names no Node 24 (npm install node@24)"
fi
exit $failed
