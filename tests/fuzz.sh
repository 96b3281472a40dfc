#!/usr/bin/env bash
# Runs every fuzz target for some seconds, beginning with the shipped files. A crash, a hang or a
# file that is refused without a word fails. The stable toolchain serves: no sanitizer is used, for
# there is no unsafe code.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-10}
# With the same number two runs begin with the same inputs; another one begins with others. How far a run
# gets in its seconds hangs on the machine.
number=${FUZZ_SEED:-1}
export RUSTC_BOOTSTRAP=1

seed() {
  local target=$1
  shift
  mkdir -p "fuzz/corpus/$target"
  cp "$@" "fuzz/corpus/$target/"
}
seed checklist checklists/takeout.yaml
seed rules rules/takeout.yaml
seed workspace examples/vendor/tenken.yaml
head -n 60 examples/vendor/answers.yaml >fuzz/head-of-answers.yaml
seed answers fuzz/head-of-answers.yaml
rm fuzz/head-of-answers.yaml
printf 'reviews:\n  takeout/C-1: {verdict: pass, by: e, on: 2026-11-21, note: n, seen: [{document: d, page: "1"}]}\n' >fuzz/corpus/answers/reviews
printf 'waivers:\n  takeout/C-1: {by: a, reason: r, until: 2027-01-01}\n' >fuzz/corpus/answers/waivers
seed definitions rules/features.yaml rules/facts.yaml rules/scoring.yaml
seed facts examples/vendor/facts.json tests/elsewhere/*.json
seed typeset README.ja.md
seed transcript tests/samples/transcript.json
mkdir -p fuzz/corpus/web
printf 'set-cookie: s=1; Max-Age=9\ncontent-security-policy: default-src self\n\n<script src=/x></script><input type=password>' >fuzz/corpus/web/page
mkdir -p fuzz/corpus/sign_in
printf '{"log":{"entries":[{"startedDateTime":"2026-11-20T09:00:00Z","request":{"url":"https://id.example.jp/","postData":{"text":"password=x&otp=123456"}},"response":{"status":200}}]}}' >fuzz/corpus/sign_in/har
printf '<md:EntityDescriptor><a:AttributeValue>https://refeds.org/profile/mfa</a:AttributeValue></md:EntityDescriptor>' >fuzz/corpus/sign_in/saml
printf 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4IiwiYW1yIjpbInB3ZCIsIm90cCJdfQ.c2ln\n{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}' >fuzz/corpus/sign_in/token
mkdir -p fuzz/corpus/whois fuzz/corpus/rdap fuzz/corpus/mail
printf 'Domain Information:\n[Domain Name] EXAMPLE.JP\n[Expires on] 2027/01/31\n[Status] Active\n[Lock Status] AgentChangeLocked\n' >fuzz/corpus/whois/general
printf 'a. [\xe3\x83\x89\xe3\x83\xa1\xe3\x82\xa4\xe3\x83\xb3\xe5\x90\x8d] EXAMPLE.OR.JP\n[\xe7\x8a\xb6\xe6\x85\x8b] Connected (2027/03/31)\n' >fuzz/corpus/whois/organisation
printf 'Domain Name: EXAMPLE.COM\nRegistry Expiry Date: 2027-08-13T04:00:00Z\nDomain Status: clientTransferProhibited https://x\n' >fuzz/corpus/whois/generic
printf '{"objectClassName":"domain","ldhName":"example.com","status":["client transfer prohibited"],"events":[{"eventAction":"expiration","eventDate":"2027-08-13T04:00:00Z"}]}' >fuzz/corpus/rdap/domain
printf '{"objectClassName":"ip network","startAddress":"192.0.2.0","endAddress":"192.0.2.255","country":"JP"}' >fuzz/corpus/rdap/network
printf 'v=spf1 include:b.example.jp a/24//64 mx ip4:192.0.2.0/24 ip6:2001:db8::/32 exists:%%{i}.example.jp ~all\nv=spf1 redirect=c.example.jp\nv=DMARC1; p=reject; sp=none; pct=0; rua=mailto:a@example.jp\nv=STSv1; id=1\nv=TLSRPTv1; rua=mailto:a@example.jp\n' >fuzz/corpus/mail/records
python3 - <<'PY' 2>/dev/null || echo "no python3: flight and certificate begin without seeds"
import base64, pathlib, re
corpus = pathlib.Path("fuzz/corpus")
for name in ("flight", "certificate"):
    (corpus / name).mkdir(parents=True, exist_ok=True)
def record(content): return b"\x16\x03\x03" + len(content).to_bytes(2, "big") + content
def message(kind, body): return bytes([kind]) + len(body).to_bytes(3, "big") + body
hello = b"\x03\x03" + b"\x07" * 32 + b"\x00\xc0\x2f\x00\x00\x05\xff\x01\x00\x01\x00"
curve = message(12, b"\x03\x00\x17\x01\x04")
for path in pathlib.Path("tests/certificates").glob("*.pem"):
    parts = re.findall("CERTIFICATE-----(.*?)-----END", path.read_text(), re.S)
    chain = [base64.b64decode("".join(part.split())) for part in parts]
    listed = b"".join(len(der).to_bytes(3, "big") + der for der in chain)
    body = len(listed).to_bytes(3, "big") + listed
    flight = message(2, hello) + message(11, body) + curve + message(14, b"")
    (corpus / "flight" / path.stem).write_bytes(record(flight))
    rest = chain[1] if len(chain) > 1 else b""
    (corpus / "certificate" / path.stem).write_bytes(len(chain[0]).to_bytes(2, "big") + chain[0] + rest)
leaf = (corpus / "certificate" / "incomplete").read_bytes()
for path in pathlib.Path("tests/certificates").glob("*.ocsp"):
    (corpus / "certificate" / path.name).write_bytes(leaf + path.read_bytes())
PY

# A small package, and its manifest with the signature below it.
seed package tests/packages/small.zip
python3 - <<'PY' 2>/dev/null || echo "no python3: manifest begins without seeds"
import pathlib, zipfile
corpus = pathlib.Path("fuzz/corpus/manifest")
corpus.mkdir(parents=True, exist_ok=True)
small = zipfile.ZipFile("tests/packages/small.zip")
manifest, signature = small.read("manifest.json"), small.read("manifest.json.sig")
(corpus / "plain").write_bytes(manifest)
(corpus / "signed").write_bytes(manifest + b"\n----\n" + signature)
(corpus / "review").write_text("""{"schema": "tenken.review/1", "tool": {"name": "tenken", "version": "0.1.0"}, "package": {"manifest": "0", "subject": "x", "at": "2026-11-20T00:00:00Z",
 "signature": "unsigned", "signer": null, "key": null}, "assessment": "results/a.json", "files": [{"path": "tenken.yaml", "size": 1, "sha256": "0"}]}""")
PY

# A small result to begin with, where tenken has been built.
if [ -x target/release/tenken ]; then
  small=$(mktemp -d)
  printf 'subject: {name: x, kind: clinic}\nchecklists: [takeout]\n' >"$small/tenken.yaml"
  target/release/tenken audit -q "$small" --no-probe --no-history --format json >"$small/result.json" || true
  seed result "$small/result.json"
  rm -r "$small"
fi

cargo run --quiet -- demo fuzz/demo >/dev/null
cargo run --quiet -- form fuzz/demo >/dev/null 2>&1
seed workbook fuzz/demo/answers.xlsx tests/samples/excel97.xls
rm -r fuzz/demo
seed typed README.ja.md

# Sixteen units build in half the time; the runs lose little.
CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo fuzz build --sanitizer none --codegen-units 16
for target in $(cargo fuzz list); do
  printf '%s: ' "$target"
  if cargo fuzz run --sanitizer none --codegen-units 16 "$target" -- -seed="$number" \
      -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 >fuzz/last.log 2>&1; then
    grep -o 'number_of_executed_units: .*' fuzz/last.log
  else
    echo "failed"
    tail -n 40 fuzz/last.log
    exit 1
  fi
done
rm -f fuzz/last.log
