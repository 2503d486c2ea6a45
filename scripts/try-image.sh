#!/usr/bin/env bash
# try-image.sh IMAGE: runs a built image with restrictions (no network, read-only root, no capabilities, other users) and fails
# if it does not behave as the Dockerfile documents. ENGINE=podman uses podman instead of docker.
# shellcheck disable=SC2016 # the backticks in single quotes are JavaScript
set -euo pipefail
image=$1 engine=${ENGINE:-docker} name=try-image-$$
restrictions=(--network none --read-only --cap-drop ALL --security-opt no-new-privileges)
# Unlike docker, podman mounts writable folders over a read-only root by default.
[ "$engine" = docker ] || restrictions+=(--read-only-tmpfs=false)
errors=$(mktemp)

cleanup() {
  local code=$?
  if [ "$code" != 0 ]; then
    printf '\nlast output of the engine and of the container:\n'
    tail -n 20 "$errors"
    "$engine" logs "$name" || true
  fi >&2
  "$engine" rm -f -v "$name" >/dev/null 2>&1 || true
  "$engine" volume rm -f "$name" >/dev/null 2>&1 || true
  rm -f "$errors"
}
trap cleanup EXIT

# expect NAME EXPECTED FOUND
expect() {
  printf '%-50s %s\n' "$1" "$3"
  [ "$2" = "$3" ] || { printf 'expected: %s\n' "$2" >&2; return 1; }
}

# wait_for EXPECTED COMMAND...: repeats the command until it prints the expected text.
wait_for() {
  local expected=$1
  shift
  for _ in $(seq 150); do
    [ "$("$@" || true)" != "$expected" ] || return 0
    sleep 0.2
  done
  printf 'no output "%s" within 30 s: %s\n' "$expected" "$*" >&2
  return 1
}

# The timeout ends a gateway that starts although the command is expected to fail.
run() { timeout --foreground 60 "$engine" run --rm -i "${restrictions[@]}" -v "$name:/data" "$@" 2>"$errors"; }
inside() { "$engine" exec "$name" node -p "$1" 2>>"$errors"; }
status() {
  "$engine" exec "$name" node -e "fetch('$1').then(({ status }) => console.log(status))" 2>>"$errors"
}

start() {
  "$engine" run -d --name "$name" "${restrictions[@]}" -v "$name:/data" -e API_KEYS_FILE=/data/api-keys.json \
    --health-interval 2s "$@" "$image" >/dev/null 2>"$errors"
  wait_for 200 status http://127.0.0.1:9090/livez
}

stop() {
  "$engine" stop -t 20 "$name" >/dev/null 2>"$errors"
  expect "exit code after SIGTERM" 0 "$("$engine" inspect --format '{{.State.ExitCode}}' "$name")"
  "$engine" rm -v "$name" >/dev/null
}

# podman schedules health checks through systemd, which may be absent; this runs the check directly.
health() {
  if [ "$engine" = docker ]; then docker inspect --format '{{.State.Health.Status}}' "$name"
  else "$engine" healthcheck run "$name" >/dev/null && echo healthy; fi
}

echo "== without a key file"
code=0
run "$image" >/dev/null || code=$?
expect "exit code" 2 "$code"
expect "error lines that name API_KEYS_FILE" 1 "$(grep -c API_KEYS_FILE "$errors")"

echo "== commands"
key=$(run "$image" keys add try --apikeys /data/api-keys.json --json | sed -n 's/.*"key": "\([^"]*\)".*/\1/p')
expect "length of the key that keys add prints" 43 "${#key}"
code=0
echo 0123456789abcdef0123456789abcdef | run "$image" cookies import /dev/stdin >/dev/null || code=$?
expect "exit code of cookies import /dev/stdin" 0 "$code"

echo "== as the user of the image"
start
expect "user and group" 1000:1000 "$(inside '`${process.getuid()}:${process.getgid()}`')"
expect "capabilities of process 1" 0000000000000000 \
  "$(inside 'fs.readFileSync("/proc/1/status", "utf8").match(/CapEff:\s*(\S+)/)[1]')"
expect "writing outside /data" EROFS "$(inside 'try { fs.writeFileSync("/tmp/x", "") } catch (error) { error.code }')"
expect "mode of the cookie file" 600 "$(inside '(fs.statSync("/data/strava-cookies.json").mode & 0o777).toString(8)')"
capabilities=http://127.0.0.1:8080/wmts/1.0.0/WMTSCapabilities.xml
expect "capabilities document without a key" 401 "$(status "$capabilities")"
expect "capabilities document with the key" 200 "$(status "$capabilities?key=$key")"
expect "/health" 200 "$(status http://127.0.0.1:8080/health)"
expect "/metrics on the public port" 404 "$(status "http://127.0.0.1:8080/metrics?key=$key")"
expect "/metrics on the management port" 200 "$(status http://127.0.0.1:9090/metrics)"
wait_for healthy health
expect "health check" healthy "$(health)"
stop

echo "== as a user that the image does not know"
run --user 0 --cap-add CHOWN --entrypoint node "$image" \
  -e 'for (const file of fs.readdirSync("/data")) fs.chownSync(`/data/${file}`, 4711, 0)'
start --user 4711
expect "user and group" 4711:0 "$(inside '`${process.getuid()}:${process.getgid()}`')"
expect "writing to /data" undefined "$(inside 'fs.writeFileSync("/data/x", "")')"
stop
