#!/usr/bin/env bash
# chart-check.sh [--write]: everything that can be proved of the chart without a cluster. Ends with the counts, and with 1
# when something failed. --write first writes what is generated: README.md and the definitions in values.schema.json.
# Needs npm ci and npm run build; brings its own tools (scripts/chart-tools.sh).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
chart=helm/strava-heatmap-gateway
tools=${CHART_TOOLS:-build/chart-tools}
bash scripts/chart-tools.sh || exit 1
PATH=$(cd "$tools/bin" && pwd):$PATH
work=$(mktemp -d)
newest=v1.36.3
oldest=v1.25.16
passed=0 failed=0 redis=

end() {
  [ -z "$redis" ] || kill "$redis" 2>/dev/null
  rm -rf "$work"
}
trap end EXIT

step() { printf '\n== %s ==\n' "$*"; }

# check WHAT COMMAND...: counts it, and shows what a failing one printed.
check() {
  local what=$1 begun=$SECONDS
  shift
  if "$@" >"$work/output" 2>&1; then
    passed=$((passed + 1))
    [ -z "${VERBOSE:-}" ] || printf 'ok   %s (%d s)\n' "$what" $((SECONDS - begun))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$what"
    sed 's/^/     /' "$work/output"
  fi
}

fails_with() {
  cat "$1"
  return 1
}

render() { helm template ci "$chart" --namespace maps --kube-version "$@"; }

conform() {
  kubeconform -strict -summary \
    -schema-location "$tools/schemas/$1/{{.ResourceKind}}{{.KindSuffix}}.json" \
    -schema-location "$tools/schemas/custom/{{.ResourceKind}}{{.KindSuffix}}.json" "$2"
}

# A check that cannot fail proves nothing.
refuses_what_is_wrong() {
  sed 's/automountServiceAccountToken/automountServiceAcountToken/' "$1" >"$work/wrong.yaml"
  ! conform "$newest" "$work/wrong.yaml"
}

# refused FILE: the file says in its first lines what has to be said.
refused() {
  local message
  if render "$newest" -f "$1" >"$work/refused" 2>&1; then
    echo "is not refused"
    return 1
  fi
  grep '^# Refused: ' "$1" | sed 's/^# Refused: //' >"$work/messages"
  [ -s "$work/messages" ] || { echo 'has no line "# Refused: ..."'; return 1; }
  while read -r message; do
    grep -qF -- "$message" "$work/refused" || { printf 'does not say: %s\n' "$message"; cat "$work/refused"; return 1; }
  done <"$work/messages"
}

# The chart's rules and dashboards come out as they went in.
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

readme() { helm-docs --chart-search-root helm --dry-run --log-level warning; }

# Whatever a package holds has to do without the folder that it was made of.
packaged() {
  helm package "$chart" --destination "$work" || return 1
  local package=("$work"/strava-heatmap-gateway-*.tgz)
  tar -tzf "${package[0]}" | sed 's,^[^/]*/,,' >"$work/content"
  local file
  for file in values.schema.json README.md templates/NOTES.txt templates/tests/gateway.yaml files/rules.yaml; do
    grep -qx "$file" "$work/content" || { echo "lacks $file"; return 1; }
  done
  grep -q '^files/dashboards/.*\.json$' "$work/content" || { echo "lacks dashboards"; return 1; }
  if grep -E '^(ci|tests)/|gotmpl$' "$work/content"; then echo "holds what nobody installs"; return 1; fi
  helm template ci "${package[0]}" --namespace maps --kube-version "$newest" -f "$chart/ci/everything-values.yaml" >"$work/of-package" || return 1
  render "$newest" -f "$chart/ci/everything-values.yaml" | diff - "$work/of-package"
}

# As a part of another chart, which hands down "global".
dependency() {
  mkdir -p "$work/parent/charts"
  cp -r "$chart" "$work/parent/charts/"
  printf 'apiVersion: v2\nname: parent\nversion: 1.0.0\n' >"$work/parent/Chart.yaml"
  printf 'global: { region: eu }\nstrava-heatmap-gateway: { replicaCount: 1 }\n' >"$work/parent/values.yaml"
  helm template ci "$work/parent" --kube-version "$newest" | grep -q '^kind: Deployment'
}

if [ "${1:-}" = --write ]; then
  node scripts/chart-schemas.mjs definitions "$tools/schemas/swagger-$newest.json" || exit 1
  readme >"$chart/README.md" || exit 1
fi

step "lint, strictly"
check "the defaults" helm lint --strict "$chart"
for values in "$chart"/ci/*-values.yaml; do
  check "lint $(basename "$values")" helm lint --strict --kube-version "$newest" "$chart" -f "$values"
done

step "what is rendered, against Kubernetes $oldest and $newest, and the pods in it"
for values in "$chart"/ci/*-values.yaml; do
  name=$(basename "$values" -values.yaml)
  for version in "$oldest" "$newest"; do
    rendered=$work/$name-$version.yaml
    if render "$version" -f "$values" >"$rendered" 2>"$work/error"; then
      check "$name, $version" conform "$version" "$rendered"
    else
      check "$name, $version" fails_with "$work/error"
    fi
  done
  check "$name, restricted pods" node scripts/chart-pods.mjs "$work/$name-$newest.yaml"
done
check "a misspelt field is found" refuses_what_is_wrong "$work/default-$newest.yaml"
check "rules and dashboards are the chart's own" embedded "$work/monitoring-$newest.yaml"

step "values that are refused"
for values in "$chart"/tests/refused/*.yaml; do
  check "$(basename "$values" .yaml)" refused "$values"
done

step "unit tests of the chart"
check "helm-unittest" helm-unittest "$chart"
grep -E '^(Test Suites|Tests):' "$work/output"

step "what is generated, packaged, and part of another chart"
check "README.md is that of values.yaml (scripts/chart-check.sh --write)" diff <(readme) "$chart/README.md"
check "values.schema.json has the types of Kubernetes $newest" \
  node scripts/chart-schemas.mjs definitions "$tools/schemas/swagger-$newest.json" --check
check "package" packaged
check "dependency" dependency

step "the gateway itself, started as each Deployment says"
if command -v redis-server >/dev/null; then
  port=$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no >/dev/null 2>&1 &
  redis=$!
  export CHART_START_REDIS_URL=redis://127.0.0.1:$port
fi
for values in "$chart"/ci/*-values.yaml; do
  name=$(basename "$values" -values.yaml)
  check "$name starts, passes the chart's test and stops" node scripts/chart-start.mjs "$work/$name-$newest.yaml"
done

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
