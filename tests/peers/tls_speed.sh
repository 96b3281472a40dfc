#!/usr/bin/env bash
# How long a scan takes, how many connections it opens, directly and with 20 ms of round trip, beside
# the peers that are there, in the same run. nginx serves; everything shares this computer's cores.
# Prints figures and judges nothing.
#
#   tests/peers/tls_speed.sh target/release/tenken [SSLYZE]
#
# SSLYZE is the command to start it by.
set -euo pipefail

tenken=$(realpath "$1")
sslyze=${2:-sslyze}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
have() { command -v "$1" >/dev/null 2>&1; }

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj "/CN=localhost" -days 30 2>/dev/null
{
  echo "worker_processes 1; daemon off; pid $work/pid; error_log $work/err; worker_rlimit_nofile 8192;"
  echo "events { worker_connections 4096; } http { access_log off; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;"
  echo "server { listen 127.0.0.1:15001 ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; return 200 ok; }"
  echo "server { listen 127.0.0.1:15002 ssl; ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0; return 200 ok; }"
  echo "server { listen 127.0.0.1:15003 ssl; ssl_protocols TLSv1.3; return 200 ok; }"
  echo "server { ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; return 200 ok;"
  for port in $(seq 16000 16499); do echo "listen 127.0.0.1:$port ssl;"; done
  echo "} }"
} >nginx.conf
nginx -p "$work" -c "$work/nginx.conf" >/dev/null 2>&1 &
pids+=($!)
for number in 1 2 3; do
  python3 "$here/delay.py" 1510$number 1500$number 0.02 "$work/count$number" &
  pids+=($!)
done
python3 "$here/delay.py" 17000 16000 0.02 "$work/count50" 50 &
pids+=($!)
sleep 1

# The median of three, in seconds, and the connections of the last.
timed() {
  local count=$1 times=() before after
  shift
  for _ in 1 2 3; do
    before=$(cat "$count" 2>/dev/null || echo 0)
    times+=("$( { TIMEFORMAT=%R; time timeout 300 "$@" >/dev/null 2>&1; } 2>&1)")
    after=$(cat "$count" 2>/dev/null || echo 0)
  done
  printf '%s s' "$(printf '%s\n' "${times[@]}" | sort -n | sed -n 2p)"
  [ "$count" = /dev/null ] || printf ', %s connections' $((after - before))
  echo
}

ours() {
  echo "$tenken" probe "https://localhost:$1" --authorized-by speed --json --probes tls,certificate --resolve "localhost:$1:127.0.0.1"
}
names=("" "TLS 1.2 and 1.3, AES-GCM" "TLS 1.0 to 1.2, many suites" "TLS 1.3 only")
echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
for number in 1 2 3; do
  echo "${names[$number]}"
  echo "  tenken           $(timed /dev/null $(ours 1500$number))"
  echo "  tenken, 20 ms    $(timed count$number $(ours 1510$number))"
  have sslscan && echo "  sslscan          $(timed /dev/null sslscan localhost:1500$number)"
  have sslscan && echo "  sslscan, 20 ms   $(timed count$number sslscan localhost:1510$number)"
  have nmap && echo "  nmap (suites)    $(timed /dev/null nmap -Pn -p 1500$number --script ssl-enum-ciphers localhost)"
  have "$sslyze" && echo "  sslyze           $(timed /dev/null "$sslyze" localhost:1500$number)"
  have nmap && echo "  nmap, 20 ms      $(timed count$number nmap -Pn -p 1510$number --script ssl-enum-ciphers localhost)"
  have "$sslyze" && echo "  sslyze, 20 ms    $(timed count$number "$sslyze" localhost:1510$number)"
done
# Many targets in one run: wall clock, the scanner's own processor time, how many targets a second of it is worth, and
# the memory of its largest process.
of_many() {
  local name=$1 many=$2
  shift 2
  /usr/bin/time -o took -f '%e %U %S %M' timeout 600 "$@" >/dev/null 2>&1 || true
  tail -1 took | awk -v name="$name" -v many="$many" \
    '{ printf "  %-22s %.2f s, %.2f s of processor, %.0f targets per second of it, %d MiB\n", name, $1, $2 + $3, many / ($2 + $3), $4 / 1024 }'
}
for many in 50 500; do
  last=$((15999 + many))
  echo "$many targets, load $(cut -d' ' -f1 /proc/loadavg)"
  of_many tenken $many "$tenken" probe $(seq -f 'https://127.0.0.1:%.0f' 16000 $last) --authorized-by speed --json \
    --probes tls,certificate --timeout 120
  have nmap && of_many "nmap (suites)" $many nmap -Pn -p "16000-$last" --script ssl-enum-ciphers 127.0.0.1
  # These take minutes where there are many.
  [ $many = 50 ] || continue
  of_many "tenken, 20 ms" 50 "$tenken" probe $(seq -f 'https://127.0.0.1:%.0f' 17000 17049) --authorized-by speed --json \
    --probes tls,certificate --timeout 120
  have sslscan && of_many "sslscan, ten at a time" $many sh -c "seq 16000 $last | xargs -P 10 -I{} sslscan 127.0.0.1:{}"
  have "$sslyze" && of_many sslyze $many "$sslyze" $(seq -f '127.0.0.1:%.0f' 16000 $last)
done
