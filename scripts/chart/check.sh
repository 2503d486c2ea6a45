#!/usr/bin/env bash
# chart/check.sh [--write]: checks the chart without a cluster. Prints the counts at the end; exit code 1 if a check failed.
# --write first regenerates README.md and the definitions in values.schema.json. VERBOSE=1 also prints the checks that pass.
# Requires npm ci and npm run build; installs its tools with scripts/chart/tools.sh.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
chart=helm/strava-heatmap-gateway
tools=${CHART_TOOLS:-build/chart-tools}
bash scripts/chart/tools.sh || exit 1
PATH=$(cd "$tools/bin" && pwd):$PATH
work=$(mktemp -d)
newest=v1.36.3
oldest=v1.25.16
passed=0 failed=0 redis=

cleanup() {
  [ -z "$redis" ] || kill "$redis" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

step() { printf '\n== %s ==\n' "$*"; }

# check NAME COMMAND...: runs and counts a check; prints the output of a failed command.
check() {
  local name=$1 started=$SECONDS
  shift
  if "$@" >"$work/output" 2>&1; then
    passed=$((passed + 1))
    [ -z "${VERBOSE:-}" ] || printf 'ok   %s (%d s)\n' "$name" $((SECONDS - started))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$name"
    sed 's/^/     /' "$work/output"
  fi
}

render_failed() {
  cat "$1"
  return 1
}

render() { helm template ci "$chart" --namespace maps --kube-version "$@"; }

conform() {
  kubeconform -strict -summary \
    -schema-location "$tools/schemas/$1/{{.ResourceKind}}{{.KindSuffix}}.json" \
    -schema-location "$tools/schemas/custom/{{.ResourceKind}}{{.KindSuffix}}.json" "$2"
}

# Verifies that the schemas are strict.
rejects_misspelt_field() {
  sed 's/automountServiceAccountToken/automountServiceAcountToken/' "$1" >"$work/misspelt.yaml"
  ! conform "$newest" "$work/misspelt.yaml"
}

# refused FILE: helm rejects the values with every message in the file's "# Refused: " lines.
refused() {
  local message
  if render "$newest" -f "$1" >"$work/refused" 2>&1; then
    echo "the values are accepted"
    return 1
  fi
  grep '^# Refused: ' "$1" | sed 's/^# Refused: //' >"$work/messages"
  [ -s "$work/messages" ] || { echo 'the file has no line "# Refused: ..."'; return 1; }
  while read -r message; do
    grep -qF -- "$message" "$work/refused" || { printf 'missing message: %s\n' "$message"; cat "$work/refused"; return 1; }
  done <"$work/messages"
}

# Rendered rules and dashboards equal the files of the chart.
embedded() {
  # shellcheck disable=SC2016 # the backticks are JavaScript
  node --input-type=module -e '
    import { deepStrictEqual } from "node:assert";
    import { readFileSync, readdirSync } from "node:fs";
    import { parse, parseAllDocuments } from "yaml";
    const [rendered, files] = process.argv.slice(1);
    const objects = parseAllDocuments(readFileSync(rendered, "utf8")).map((one) => one.toJS()).filter(Boolean);
    const find = (kind, name) => objects.find((one) => one.kind === kind && one.metadata.name.endsWith(name));
    deepStrictEqual(find("PrometheusRule", "").spec, { groups: parse(readFileSync(`${files}/rules.yaml`, "utf8")).groups });
    const dashboards = readdirSync(`${files}/dashboards`).filter((name) => name.endsWith(".json"));
    const data = find("ConfigMap", "-dashboards").data;
    deepStrictEqual(Object.keys(data).sort(), dashboards.sort());
    for (const name of dashboards)
      deepStrictEqual(JSON.parse(data[name]), JSON.parse(readFileSync(`${files}/dashboards/${name}`, "utf8")));
  ' "$1" "$chart/files"
}

readme() { helm-docs --chart-search-root helm --sort-values-order file --dry-run --log-level warning; }

# The package contains all files that an installation needs, no development files, and renders like the folder.
packaged() {
  helm package "$chart" --destination "$work" || return 1
  local package=("$work"/strava-heatmap-gateway-*.tgz)
  tar -tzf "${package[0]}" | sed 's,^[^/]*/,,' >"$work/content"
  local file
  for file in values.schema.json README.md templates/NOTES.txt templates/tests/gateway.yaml files/rules.yaml; do
    grep -qx "$file" "$work/content" || { echo "the package lacks $file"; return 1; }
  done
  grep -q '^files/dashboards/.*\.json$' "$work/content" || { echo "the package lacks dashboards"; return 1; }
  if grep -E '^(ci|tests)/|gotmpl$' "$work/content"; then echo "the package contains development files"; return 1; fi
  helm template ci "${package[0]}" --namespace maps --kube-version "$newest" -f "$chart/ci/all-features-values.yaml" >"$work/package.yaml" || return 1
  render "$newest" -f "$chart/ci/all-features-values.yaml" | diff - "$work/package.yaml"
}

# The chart renders as a dependency of a chart with "global" values.
dependency() {
  mkdir -p "$work/parent/charts"
  cp -r "$chart" "$work/parent/charts/"
  printf 'apiVersion: v2\nname: parent\nversion: 1.0.0\n' >"$work/parent/Chart.yaml"
  printf 'global: { region: eu }\nstrava-heatmap-gateway: { replicaCount: 1 }\n' >"$work/parent/values.yaml"
  helm template ci "$work/parent" --kube-version "$newest" | grep -q '^kind: Deployment'
}

if [ "${1:-}" = --write ]; then
  node scripts/chart/schemas.mjs definitions "$tools/schemas/swagger-$newest.json" || exit 1
  readme >"$chart/README.md" || exit 1
fi

step "lint"
check "lint defaults" helm lint --strict "$chart"
for values in "$chart"/ci/*-values.yaml; do
  check "lint $(basename "$values")" helm lint --strict --kube-version "$newest" "$chart" -f "$values"
done

step "rendered objects against the schemas of Kubernetes $oldest and $newest, and the restricted Pod Security Standard"
for values in "$chart"/ci/*-values.yaml; do
  name=$(basename "$values" -values.yaml)
  for version in "$oldest" "$newest"; do
    rendered=$work/$name-$version.yaml
    if render "$version" -f "$values" >"$rendered" 2>"$work/error"; then
      check "$name, $version" conform "$version" "$rendered"
    else
      check "$name, $version" render_failed "$work/error"
    fi
  done
  check "$name, restricted pods" node scripts/chart/pods.mjs "$work/$name-$newest.yaml"
done
check "a misspelt field is rejected" rejects_misspelt_field "$work/default-$newest.yaml"
check "rules and dashboards equal the files of the chart" embedded "$work/monitoring-$newest.yaml"

step "rejected values"
for values in "$chart"/tests/refused/*.yaml; do
  check "$(basename "$values" .yaml)" refused "$values"
done

step "helm-unittest"
check "helm-unittest" helm-unittest "$chart"
grep -E '^(Test Suites|Tests):' "$work/output"

step "generated files, package and dependency"
check "README.md is up to date (scripts/chart/check.sh --write)" diff <(readme) "$chart/README.md"
check "values.schema.json contains the types of Kubernetes $newest" \
  node scripts/chart/schemas.mjs definitions "$tools/schemas/swagger-$newest.json" --check
check "package" packaged
check "dependency" dependency

step "the gateway, started with the environment and files of each Deployment"
if command -v redis-server >/dev/null; then
  port=$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no >/dev/null 2>&1 &
  redis=$!
  export CHART_START_REDIS_URL=redis://127.0.0.1:$port
fi
for values in "$chart"/ci/*-values.yaml; do
  name=$(basename "$values" -values.yaml)
  check "$name starts, passes helm test and stops" node scripts/chart/start.mjs "$work/$name-$newest.yaml"
done

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
