#!/usr/bin/env bash
# How long all probes together take: of one target, of 500, and of targets that never answer. nginx serves pages
# over TLS; everything shares this computer's cores. Prints figures and judges nothing.
#
#   tests/peers/probe_speed.sh target/release/tenken
set -euo pipefail

tenken=$(realpath "$1")
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
chmod 755 "$work"
mkdir -p page tmp
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj "/CN=localhost" -days 5 2>/dev/null
echo '<!doctype html><title>Example</title><form method=post><input name=user><input type=password name=pw></form><script src=/app.js></script>' >page/index.html
echo 'console.log(1)' >page/app.js
{
  echo "worker_processes 1; daemon off; pid $work/pid; error_log $work/err; worker_rlimit_nofile 8192;"
  echo "events { worker_connections 4096; } http { access_log off; types { text/html html; text/javascript js; }"
  echo "client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;"
  echo "ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; root $work/page;"
  echo "server { ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; add_header Strict-Transport-Security max-age=31536000;"
  for port in $(seq 21000 21499); do echo "listen 127.0.0.1:$port ssl;"; done
  echo "} }"
} >nginx.conf
nginx -p "$work" -c "$work/nginx.conf" >/dev/null 2>&1 &
pids+=($!)
# Accepts, and never says a word.
python3 - <<'PY' &
import socket, threading
def hold(port):
    server = socket.create_server(("127.0.0.1", port), backlog=4096)
    kept = []
    while True: kept.append(server.accept())
for port in range(21600, 21624): threading.Thread(target=hold, args=(port,), daemon=True).start()
threading.Event().wait()
PY
pids+=($!)
sleep 1
grep -q emerg err && { cat err; exit 1; }

measure() { # NAME TIMEOUT URL...
  local name=$1 timeout=$2
  shift 2
  /usr/bin/time -f "  $name: %e s, %U s of processor, %M KiB" "$tenken" probe "$@" --authorized-by speed --json \
    --timeout "$timeout" >facts.json 2>said || true
  tail -1 said
  python3 - <<'PY'
import json
# What is about a name alone stands in a place of its own.
targets = [one for one in json.load(open("facts.json"))["targets"] if "tls.versions" in one["facts"]]
seen = sum(not target["facts"]["http.csp"].get("unknown") and not target["facts"]["tls.versions"].get("unknown") for target in targets)
print(f"    TLS and pages were seen of {seen} of {len(targets)}")
PY
}
urls() { seq -f 'https://127.0.0.1:%.0f' "$1" "$2"; }
echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
for _ in 1 2 3; do measure "one target, all probes" 30 https://127.0.0.1:21000; done
measure "500 targets, all probes" 120 $(urls 21000 21499)
measure "a target that never answers, five seconds" 5 https://127.0.0.1:21600
measure "24 targets that never answer, five seconds" 5 $(urls 21600 21623)
