#!/usr/bin/env bash
# Visits a real nginx on loopback: a tidy configuration gives no alarm, an untidy one gives each.
# Says what it skipped.
#
#   tests/peers/web.sh target/release/tenken
set -euo pipefail

tenken=$(realpath "$1")
command -v nginx >/dev/null 2>&1 || { echo "  skipped: nginx is not there"; exit 0; }
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'nginx -p "$work" -c nginx.conf -s stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
cd "$work"
# nginx reads pages as another user.
chmod 755 "$work"
mkdir -p tidy untidy/.git untidy/phpmyadmin tmp
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj "/CN=localhost" -days 5 2>/dev/null
page='<!doctype html><title>Example</title><form><input type=password autocomplete="current-password webauthn"></form>'
echo "$page" >tidy/index.html
mkdir -p tidy/.well-known
printf 'Contact: mailto:security@example.jp\nExpires: 2099-01-01T00:00:00Z\n' >tidy/.well-known/security.txt
echo "$page<script src='http://cdn.example.com/x.js'></script>" >untidy/index.html
echo 'ref: refs/heads/main' >untidy/.git/HEAD
echo '<title>phpMyAdmin</title>' >untidy/phpmyadmin/index.html

cat >nginx.conf <<CONF
pid nginx.pid;
error_log error.log;
events {}
http {
  access_log off;
  types { text/html html; text/plain txt; }
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  ssl_certificate cert.pem;
  ssl_certificate_key key.pem;
  server {
    listen 127.0.0.1:14701 ssl;
    server_name localhost;
    server_tokens off;
    root $work/tidy;
    error_page 497 =301 https://\$host:14701\$request_uri;
    add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
    add_header Content-Security-Policy "default-src 'self'; frame-ancestors 'none'" always;
    add_header X-Content-Type-Options nosniff always;
    add_header Referrer-Policy same-origin always;
    add_header Cache-Control no-store always;
  }
  server {
    listen 127.0.0.1:14702 ssl;
    server_name localhost;
    root $work/untidy;
    add_header Set-Cookie "session=1";
  }
  # Everything is answered alike, as by many single-page applications.
  server {
    listen 127.0.0.1:14703 ssl;
    server_name localhost;
    root $work/untidy;
    location / { try_files /index.html =404; }
  }
  # A few pages at a time, then 503.
  limit_req_zone all zone=slow:1m rate=1r/s;
  server {
    listen 127.0.0.1:14704 ssl;
    server_name localhost;
    root $work/untidy;
    limit_req zone=slow burst=4 nodelay;
  }
}
CONF
nginx -p "$work" -c nginx.conf 2>nginx.log || { cat nginx.log; exit 1; }
failed=0

# expect NAME PORT 'python expression over value(key)'...
expect() {
  local name=$1 port=$2
  shift 2
  "$tenken" probe "https://localhost:$port" --authorized-by "the peer tests" --json \
    --probes http,mfa,exposure --resolve "localhost:$port:127.0.0.1" >"facts-$port.json" || true
  if python3 "$here/holds.py" "facts-$port.json" "$@"; then echo "  ok      $name"; else echo "  FAILED  $name"; failed=1; fi
}

echo "$(nginx -v 2>&1)"
expect "a tidy server: no alarm" 14701 \
  "value('http.plain_http') == 'redirects'" "value('http.redirect.insecure') is False" \
  "value('http.hsts.max_age') == 31536000" "value('http.csp') == 'strict'" \
  "value('http.frame_protection') == 'denied'" "value('http.nosniff') is True" \
  "value('http.security_txt') == 'valid'" "value('http.clock_difference') <= 2" \
  "value('mfa.observations') == ['passkey_field']" "value('exposure.ssl_vpn') is False" \
  "all(nothing(key) for key in ('http.cookies.problems', 'http.versions', 'http.third_parties', 'http.mixed_content', 'http.cacheable', 'exposure.leftovers', 'exposure.consoles'))"
expect "an untidy server: each alarm" 14702 \
  "value('http.plain_http') == 'answers'" "value('http.csp') == 'none'" "value('http.nosniff') is False" \
  "value('exposure.leftovers') == ['/.git/HEAD']" "value('exposure.consoles') == ['/phpmyadmin/']" \
  "value('http.mixed_content') == ['http://cdn.example.com/x.js']" \
  "value('http.cookies.problems') == ['no_same_site', 'not_http_only', 'not_secure']" "len(value('http.versions')) == 1"
expect "a server that answers everything alike" 14703 \
  "value('http.mixed_content') == ['http://cdn.example.com/x.js']" \
  "all(nothing(key) for key in ('exposure.leftovers', 'exposure.consoles'))" \
  "value('exposure.ssl_vpn') is False" "value('http.security_txt') == 'none'"
expect "a server that turns us away" 14704 \
  "value('http.csp') == 'none'" \
  "all('503' in unknown(key) for key in ('exposure.leftovers', 'exposure.consoles', 'exposure.ssl_vpn'))"
start=$(date +%s%N)
"$tenken" probe https://localhost:14701 --authorized-by "the peer tests" --json --resolve localhost:14701:127.0.0.1 >/dev/null || true
echo "  all probes of one server together: $((($(date +%s%N) - start) / 1000000)) ms"
exit $failed
