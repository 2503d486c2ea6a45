#!/usr/bin/env bash
# chart-tools.sh: puts what scripts/chart-check.sh needs into the folder that CHART_TOOLS names (build/chart-tools by
# default): helm, kubeconform, helm-unittest and helm-docs, and strict JSON schemas of Kubernetes and of the custom
# resources that the chart knows. Everything comes through the Go module proxy, whose checksum database answers for it.
# What is already there in the same version is left alone, so a cache of that folder saves all of the time.
set -euo pipefail
cd "$(dirname "$0")/.."
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
# As helm's own Makefile does; without it helm takes itself for an old one, and the cluster too.
declare -A flags=(
  [helm]='-X helm.sh/helm/v3/internal/version.version=v3.21.4
    -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=36
    -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=36'
)
# The oldest Kubernetes that Chart.yaml allows, and the newest.
kubernetes=(v1.25.16 v1.36.3)
prometheus_operator=github.com/prometheus-operator/prometheus-operator@v0.85.0
gateway_api=sigs.k8s.io/gateway-api@v1.6.3

# fresh MARK WHAT: whether the mark says that it is there.
fresh() { [ "$(cat "$tools/$1" 2>/dev/null)" = "$2" ]; }

new_enough() {
  local found
  found=$("$1" env GOVERSION 2>/dev/null) || return 1
  [ "$(printf 'go%s\n%s\n' "$needed_go" "$found" | sort -V | head -n 1)" = "go$needed_go" ]
}

# find_go: sets $go. Debian's own Go is older than these programs want, but can fetch and verify a newer one.
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
  echo "$(go version) is too old; fetching ${version#*-}"
  rm -rf "$tools/go"
  cp -r "$(module "golang.org/toolchain@$version")" "$tools/go"
  # The module proxy knows no modes.
  chmod -R u+w "$tools/go"
  chmod +x "$tools"/go/bin/* "$tools"/go/pkg/tool/*/*
  go=$tools/go/bin/go
}

# module MODULE@VERSION: prints the folder that it is in. Run where no go.mod is.
module() {
  local told
  told=$(cd / && GOFLAGS=-mod=mod "$go" mod download -json "$1") || { echo "$told" >&2; return 1; }
  sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' <<<"$told"
}

go=
for program in "${programs[@]}"; do
  name=$(basename "${program%@*}")
  if fresh "bin/.$name" "$program ${flags[$name]:-}" && [ -x "$tools/bin/$name" ]; then continue; fi
  [ -n "$go" ] || find_go
  echo "building $program"
  # In the folder of the module, because "go install" refuses modules that replace one of theirs.
  folder=$(module "${program%/cmd/*}@${program#*@}")
  (cd "$folder" && GOTOOLCHAIN=local GOFLAGS=-buildvcs=false CGO_ENABLED=0 \
    "$go" build -trimpath -ldflags "${flags[$name]:-}" -o "$tools/bin/$name" "./cmd/$name")
  echo "$program ${flags[$name]:-}" > "$tools/bin/.$name"
done

wanted="${kubernetes[*]} $prometheus_operator $gateway_api $(sha256sum < scripts/chart-schemas.mjs)"
if ! fresh schemas/.made "$wanted"; then
  [ -n "$go" ] || find_go
  rm -rf "$tools/schemas"
  mkdir -p "$tools/schemas"
  for version in "${kubernetes[@]}"; do
    echo "schemas of Kubernetes $version"
    cp "$(module "k8s.io/kubernetes@$version")/api/openapi-spec/swagger.json" "$tools/schemas/swagger-$version.json"
    node scripts/chart-schemas.mjs kubernetes "$tools/schemas/swagger-$version.json" "$tools/schemas/$version"
  done
  echo "schemas of custom resources"
  operator=$(module "$prometheus_operator")/example/prometheus-operator-crd
  gateway=$(module "$gateway_api")/config/crd/standard
  node scripts/chart-schemas.mjs custom "$tools/schemas/custom" \
    "$operator/monitoring.coreos.com_servicemonitors.yaml" \
    "$operator/monitoring.coreos.com_prometheusrules.yaml" \
    "$gateway/gateway.networking.k8s.io_httproutes.yaml"
  chmod -R u+w "$tools/schemas"
  echo "$wanted" > "$tools/schemas/.made"
fi
