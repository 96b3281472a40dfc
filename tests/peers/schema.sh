#!/usr/bin/env bash
# What tenken writes and reads, held against its own JSON Schemas by check-jsonschema.
#   tests/peers/schema.sh CHECK_JSONSCHEMA TENKEN DEMO_FOLDER
set -euo pipefail
check=$1 tenken=$2 demo=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

holds() {
  local kind=$1
  shift
  "$tenken" schema "$kind" >"$scratch/$kind.json"
  "$check" --schemafile "$scratch/$kind.json" "$@"
}
refuses() {
  local kind=$1 file=$2
  if "$check" --schemafile "$scratch/$kind.json" "$file" >/dev/null 2>&1; then
    echo "the schema of $kind accepts $file, which it should not"
    exit 1
  fi
}

holds assessment "$demo/reports/assessment.json"
holds facts "$demo/facts.json"
holds workspace "$demo/tenken.yaml"
# YAML 1.1 readers take yes and no for booleans; the answers are held as tenken reads them.
sed -E 's/^( *status:) (yes|no)$/\1 "\2"/; s/^( *)on:/\1"on":/' "$demo/answers.yaml" >"$scratch/answers.yaml"
holds answers "$scratch/answers.yaml"
holds checklist checklists/*.yaml
for rules in rules/*.yaml; do
  if grep -q '^checklist:' "$rules"; then holds rules "$rules"; fi
done
holds features rules/features.yaml
holds registry rules/facts.yaml
holds scoring rules/scoring.yaml

echo 'subject: {name: x, kind: klinic}' >"$scratch/bad.yaml"
refuses workspace "$scratch/bad.yaml"
echo '{"schema": "tenken.assessment/1"}' >"$scratch/bad.json"
refuses assessment "$scratch/bad.json"
