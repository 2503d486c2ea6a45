#!/usr/bin/env bash
# chart/tools.sh: installs the tools of scripts/chart/check.sh in the folder CHART_TOOLS (default: build/chart-tools): helm,
# kubeconform, helm-unittest and helm-docs, and strict JSON schemas of Kubernetes and of the custom resources in the chart.
# Everything is downloaded through the Go module proxy and verified by its checksum database. Tools that are present in the
# required version are not rebuilt, so the folder can be cached.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=${CHART_TOOLS:-build/chart-tools}
mkdir -p "$tools/bin" "$tools/schemas"
tools=$(cd "$tools" && pwd)

needed_go=1.26
toolchain=v0.0.1-go1.26.8
programs=(
  helm.sh/helm/v3/cmd/helm@v3.21.4
  github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
  github.com/helm-unittest/helm-unittest/cmd/helm-unittest@v1.1.2
  github.com/norwoodj/helm-docs/cmd/helm-docs@v1.14.2
)
# Version flags from helm's Makefile; without them helm reports an old version of itself and of Kubernetes.
declare -A flags=(
  [helm]='-X helm.sh/helm/v3/internal/version.version=v3.21.4
    -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=36
    -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=36'
)
# The oldest Kubernetes version that Chart.yaml accepts, and the newest.
kubernetes=(v1.25.16 v1.36.3)
prometheus_operator=github.com/prometheus-operator/prometheus-operator@v0.85.0
gateway_api=sigs.k8s.io/gateway-api@v1.6.3

# fresh MARK VERSION: succeeds if the mark file contains that version.
fresh() { [ "$(cat "$tools/$1" 2>/dev/null)" = "$2" ]; }

new_enough() {
  local found
  found=$("$1" env GOVERSION 2>/dev/null) || return 1
  [ "$(printf 'go%s\n%s\n' "$needed_go" "$found" | sort -V | head -n 1)" = "go$needed_go" ]
}

# find_go: sets $go. Debian's Go is too old for these programs, but can download and verify a newer one.
find_go() {
  for go in go "$tools/go/bin/go"; do
    if new_enough "$go"; then return; fi
  done
  if ! command -v go >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends golang-go ca-certificates >/dev/null
  fi
  go=go
  if new_enough go; then return; fi
  local version
  version=$toolchain.$(go env GOOS)-$(go env GOARCH)
  echo "$(go version) is too old; downloading ${version#*-}"
  rm -rf "$tools/go"
  cp -r "$(module "golang.org/toolchain@$version")" "$tools/go"
  # Modules have no file modes.
  chmod -R u+w "$tools/go"
  chmod +x "$tools"/go/bin/* "$tools"/go/pkg/tool/*/*
  go=$tools/go/bin/go
}

# module MODULE@VERSION: downloads a module and prints its folder. Runs in /, outside of any go.mod.
module() {
  local json
  json=$(cd / && GOFLAGS=-mod=mod "$go" mod download -json "$1") || { echo "$json" >&2; return 1; }
  sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' <<<"$json"
}

go=
for program in "${programs[@]}"; do
  name=$(basename "${program%@*}")
  if fresh "bin/.$name" "$program ${flags[$name]:-}" && [ -x "$tools/bin/$name" ]; then continue; fi
  [ -n "$go" ] || find_go
  echo "building $program"
  # Builds in the module's folder, because "go install MODULE@VERSION" rejects modules with replace directives.
  folder=$(module "${program%/cmd/*}@${program#*@}")
  (cd "$folder" && GOTOOLCHAIN=local GOFLAGS=-buildvcs=false CGO_ENABLED=0 \
    "$go" build -trimpath -ldflags "${flags[$name]:-}" -o "$tools/bin/$name" "./cmd/$name")
  echo "$program ${flags[$name]:-}" > "$tools/bin/.$name"
done

wanted="${kubernetes[*]} $prometheus_operator $gateway_api $(sha256sum < scripts/chart/schemas.mjs)"
if ! fresh schemas/.made "$wanted"; then
  [ -n "$go" ] || find_go
  rm -rf "$tools/schemas"
  mkdir -p "$tools/schemas"
  for version in "${kubernetes[@]}"; do
    echo "generating schemas of Kubernetes $version"
    cp "$(module "k8s.io/kubernetes@$version")/api/openapi-spec/swagger.json" "$tools/schemas/swagger-$version.json"
    node scripts/chart/schemas.mjs kubernetes "$tools/schemas/swagger-$version.json" "$tools/schemas/$version"
  done
  echo "generating schemas of custom resources"
  operator=$(module "$prometheus_operator")/example/prometheus-operator-crd
  gateway=$(module "$gateway_api")/config/crd/standard
  node scripts/chart/schemas.mjs custom "$tools/schemas/custom" \
    "$operator/monitoring.coreos.com_servicemonitors.yaml" \
    "$operator/monitoring.coreos.com_prometheusrules.yaml" \
    "$gateway/gateway.networking.k8s.io_httproutes.yaml"
  chmod -R u+w "$tools/schemas"
  echo "$wanted" > "$tools/schemas/.made"
fi
