#!/usr/bin/env bash
# Visits real web servers on loopback: a tidy nginx must give no alarm, an untidy one every alarm, and one
# that serves a page in the place of everything none that is not there.
#
#   tests/peers/web.sh target/release/tenken
set -euo pipefail

tenken=$(realpath "$1")
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
failed=0
command -v nginx >/dev/null || { echo "skipped: nginx is not there"; exit 0; }

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj "/CN=localhost" -days 30 2>/dev/null
mkdir -p tidy untidy/.git untidy/files single
echo '<title>見本</title><link rel=stylesheet href=/s.css><form method=post><input type=password></form>' >tidy/index.html
echo '<title>見本</title><script src=http://cdn.example.com/x.js></script>' >untidy/index.html
echo 'ref: refs/heads/main' >untidy/.git/HEAD
echo '<title>見本</title><div id=app></div><script src=/app.js></script>' >single/index.html
cat >nginx.conf <<CONF
worker_processes 1; daemon off; pid $work/pid; error_log $work/err;
events { worker_connections 512; }
http { access_log off; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; types { text/html html; text/plain txt; }
  server { listen 127.0.0.1:14701 ssl; root $work/tidy; server_tokens off;
    add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
    add_header Content-Security-Policy "default-src 'self'; frame-ancestors 'none'" always;
    add_header X-Content-Type-Options nosniff always; add_header Referrer-Policy same-origin always;
    add_header Cache-Control no-store always; }
  server { listen 127.0.0.1:14702 ssl; root $work/untidy; autoindex on; }
  server { listen 127.0.0.1:14703 ssl; root $work/single; server_tokens off; location / { try_files \$uri /index.html; } }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" >/dev/null 2>&1 &
pids+=($!)
for _ in $(seq 50); do (exec 3<>/dev/tcp/127.0.0.1/14701) 2>/dev/null && break; sleep 0.1; done

# expect NAME PORT 'python expression over value(key)'...
expect() {
  local name=$1 port=$2
  shift 2
  "$tenken" probe "https://localhost:$port" --authorized-by "the peer tests" --json --ca cert.pem \
    --resolve "localhost:$port:127.0.0.1" >"facts-$port.json" || true
  if python3 - "facts-$port.json" "$@" <<'PY'
import json, sys
facts = json.load(open(sys.argv[1]))["targets"][0]["facts"]
value = lambda key: facts[key].get("value", facts[key].get("unknown"))
wrong = [test for test in sys.argv[2:] if not eval(test)]
for test in wrong:
    print("    not so:", test)
    for key in facts:
        if f"'{key}'" in test: print("        is:", value(key))
sys.exit(bool(wrong))
PY
  then echo "  ok      $name"; else echo "  FAILED  $name"; failed=1; fi
}

echo "nginx $(nginx -v 2>&1 | grep -o '[0-9.]*$')"
expect "a tidy server: no alarm" 14701 "value('http.plain_http') == 'answers'" "value('http.hsts.max_age') == 31536000" \
  "value('http.csp') == 'strict'" "value('http.frame_protection') == 'denied'" "value('http.nosniff') is True" \
  "not value('http.versions')" "not value('http.cookies.problems')" "not value('http.third_parties')" \
  "not value('http.mixed_content')" "not value('http.cacheable')" "not value('exposure.leftovers')" \
  "not value('exposure.consoles')" "value('exposure.ssl_vpn') is False" "value('http.clock_difference') == 0" \
  "value('mfa.level') == 0" "value('http.security_txt') == 'none'"
expect "an untidy server: every alarm" 14702 "value('http.versions')[0].startswith('nginx/')" "value('http.csp') == 'none'" \
  "value('exposure.leftovers') == ['/.git/HEAD']" "value('http.mixed_content') == ['http://cdn.example.com/x.js']"
expect "one page for everything: nothing that is not there" 14703 "not value('exposure.leftovers')" \
  "not value('exposure.consoles')" "value('exposure.ssl_vpn') is False" "value('http.security_txt') == 'none'"
start=$(date +%s%N)
"$tenken" probe https://localhost:14701 --authorized-by "the peer tests" --json --resolve localhost:14701:127.0.0.1 >/dev/null || true
echo "all probes of one server together: $((($(date +%s%N) - start) / 1000000)) ms"
exit $failed
