#!/usr/bin/env bash
# Everything there is to test, on any machine with a Rust toolchain: formatting, clippy, the tests,
# the data against itself, a short run of every fuzzer, and the peers. Installs what it needs where
# it may, and says plainly what it skipped.
#
#   tests/full.sh            all of it
#   FUZZ_SECONDS=60 tests/full.sh
set -euo pipefail
cd "$(dirname "$0")/.."

fuzz_seconds=${FUZZ_SECONDS:-10}
skipped=()

step() { printf '\n── %s\n' "$*"; }
skip() { printf 'skipped: %s\n' "$*"; skipped+=("$*"); }
have() { command -v "$1" >/dev/null 2>&1; }

# Debian packages, where this is Debian and we may.
packages() {
  local missing=()
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  have apt-get && [ "$(id -u)" -eq 0 ] || return 1
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
}

# A tool that cargo can install, built once.
tool() {
  have "$1" || cargo install --quiet --locked "$1"
}

step "formatting"
cargo fmt --check

step "clippy"
cargo clippy --all-targets --quiet -- -D warnings

step "tests"
cargo test --quiet

step "fingerprints of the official wording"
if [ -n "${TENKEN_SOURCES:-}" ] && have python3; then
  tests/fingerprints.py "$TENKEN_SOURCES" --check
else
  skip "the source documents are not at hand (TENKEN_SOURCES=FOLDER names them)"
fi

step "documentation of the code"
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet

step "the two commands of the README"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cargo run --quiet --release -- demo "$scratch/demo" >"$scratch/demo.txt"
grep -q 'vendor-138/44' "$scratch/demo.txt"
test -s "$scratch/demo/reports/assessment.json"

step "licences, bans, sources of the dependencies"
if tool cargo-deny; then
  cargo deny --log-level error check licenses bans sources
else
  skip "cargo-deny could not be installed"
fi

step "JSON Schema by a second reader (check-jsonschema)"
if packages python3-venv && python3 -m venv "$scratch/venv" && "$scratch/venv/bin/pip" install --quiet check-jsonschema; then
  tests/peers/schema.sh "$scratch/venv/bin/check-jsonschema" target/release/tenken "$scratch/demo"
else
  skip "check-jsonschema could not be installed"
fi

step "TLS of real servers (OpenSSL, nginx, GnuTLS, Node), and sslscan"
packages openssl nginx-light gnutls-bin sslscan || skip "nginx, GnuTLS or sslscan could not be installed"
if have npm && [ -z "${NODE24:-}" ]; then
  (mkdir -p "$scratch/node24" && cd "$scratch/node24" && npm install --silent node@24 >/dev/null 2>&1) || true
  export NODE24="$scratch/node24/node_modules/node/bin/node"
fi
if have openssl && have python3; then
  tests/peers/tls.sh target/release/tenken
else
  skip "openssl or python3 is not there: the TLS of real servers was not measured"
fi

step "what sslyze and testssl.sh say, held against what tenken sees"
sslyze=- testssl=-
if packages python3-venv && python3 -m venv "$scratch/sslyze" && "$scratch/sslyze/bin/pip" install --quiet 'sslyze>=6,<7'; then
  sslyze="$scratch/sslyze/bin/python"
else
  skip "sslyze could not be installed"
fi
if packages testssl.sh; then testssl=$(command -v testssl); else skip "testssl.sh could not be installed"; fi
tests/peers/elsewhere.sh target/release/tenken "$sslyze" "$testssl"

step "a real nginx, visited"
if have openssl && have python3; then
  tests/peers/web.sh target/release/tenken
else
  skip "openssl or python3 is not there: nginx was not visited"
fi

step "a real DNS server with signed zones (Knot), and delv"
packages knot bind9-dnsutils || skip "Knot or delv could not be installed"
if have knotd && have python3; then
  tests/peers/dns.sh target/release/tenken
else
  skip "knot or python3 is not there: no signed zone was asked about"
fi

step "a real sign-in service (oidc-provider), with a second factor and without"
if have openssl && have python3 && have curl && have node && have npm &&
  npm install --silent --no-save --prefix "$scratch/oidc" oidc-provider@9 >/dev/null; then
  tests/peers/oidc.sh target/release/tenken "$scratch/oidc"
else
  skip "openssl, python3, curl, node, npm or oidc-provider is not there: no real sign-in service was tried"
fi

step "registries (WHOIS, RDAP) with answers in the form of the real ones"
if have openssl && have python3; then
  tests/peers/registries.sh target/release/tenken
else
  skip "openssl or python3 is not there: no registry was asked"
fi

step "packages and their signatures (ssh-keygen)"
if have ssh-keygen && have python3; then
  tests/peers/packages.sh target/release/tenken "$scratch/demo"
else
  skip "ssh-keygen or python3 is not there: no signature was held against OpenSSH"
fi

step "reports, read by the programs of others (Chromium with axe, LibreOffice, openpyxl, trestle, NIST's metaschemas, junitparser)"
if [ -x "$scratch/venv/bin/pip" ] && "$scratch/venv/bin/pip" install --quiet openpyxl compliance-trestle junitparser; then
  "$scratch/venv/bin/pip" install --quiet oscal || skip "NIST's metaschemas: the package oscal could not be installed"
  chromium=- soffice=-
  if packages chromium fonts-noto-cjk && have node && have npm &&
    npm install --silent --no-save --prefix "$scratch/node" playwright-core axe-core >/dev/null; then
    chromium=$(command -v chromium)
  else
    skip "the HTML page in Chromium: chromium, node, playwright-core or axe-core could not be installed"
  fi
  if packages libreoffice-calc; then
    soffice=$(command -v soffice)
  else
    skip "the workbook in LibreOffice: libreoffice-calc could not be installed"
  fi
  tests/peers/reports.sh target/release/tenken "$scratch/demo/reports/assessment.json" \
    "$scratch/venv/bin/python" "$scratch/node" "$chromium" "$soffice" "${PICTURES:-$scratch/pictures}"
else
  skip "the readers of reports could not be installed"
fi

step "questionnaires in openpyxl and LibreOffice"
if packages python3-venv libreoffice-calc fonts-noto-cjk && python3 -m venv "$scratch/office" && "$scratch/office/bin/pip" install --quiet openpyxl; then
  "$scratch/office/bin/python" tests/peers/workbooks.py target/release/tenken
else
  skip "openpyxl and LibreOffice could not be installed"
fi

step "fuzzing, $fuzz_seconds seconds a target"
if tool cargo-fuzz; then
  tests/fuzz.sh "$fuzz_seconds"
else
  skip "cargo-fuzz could not be installed"
fi

step "done"
if [ ${#skipped[@]} -gt 0 ]; then
  printf 'skipped: %s\n' "${skipped[@]}"
else
  echo "nothing was skipped"
fi
