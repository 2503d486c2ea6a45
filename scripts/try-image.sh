#!/usr/bin/env bash
# try-image.sh IMAGE: starts a built image where little is allowed (no network, read-only root, no capabilities, other
# users) and fails when it does not do there what the Dockerfile says. ENGINE=podman takes podman instead of docker.
# shellcheck disable=SC2016 # the backticks in single quotes are JavaScript
set -euo pipefail
image=$1 engine=${ENGINE:-docker} name=try-image-$$
little=(--network none --read-only --cap-drop ALL --security-opt no-new-privileges)
# podman, unlike docker, would mount writable folders over a read-only root.
[ "$engine" = docker ] || little+=(--read-only-tmpfs=false)
errors=$(mktemp)

end() {
  local code=$?
  if [ "$code" != 0 ]; then
    printf '\nlast words of the engine and of the container:\n'
    tail -n 20 "$errors"
    "$engine" logs "$name" || true
  fi >&2
  "$engine" rm -f -v "$name" >/dev/null 2>&1 || true
  "$engine" volume rm -f "$name" >/dev/null 2>&1 || true
  rm -f "$errors"
}
trap end EXIT

# is WHAT EXPECTED FOUND
is() {
  printf '%-50s %s\n' "$1" "$3"
  [ "$2" = "$3" ] || { printf 'expected: %s\n' "$2" >&2; return 1; }
}

# becomes EXPECTED COMMAND...: runs it until it prints that.
becomes() {
  local expected=$1
  shift
  for _ in $(seq 150); do
    [ "$("$@" || true)" != "$expected" ] || return 0
    sleep 0.2
  done
  printf 'waited 30 s for "%s" of: %s\n' "$expected" "$*" >&2
  return 1
}

# A minute is for an image that starts where it should have refused.
run() { timeout --foreground 60 "$engine" run --rm -i "${little[@]}" -v "$name:/data" "$@" 2>"$errors"; }
inside() { "$engine" exec "$name" node -p "$1" 2>>"$errors"; }
status() {
  "$engine" exec "$name" node -e "fetch('$1').then(({ status }) => console.log(status))" 2>>"$errors"
}

start() {
  "$engine" run -d --name "$name" "${little[@]}" -v "$name:/data" -e API_KEYS_FILE=/data/api-keys.json \
    --health-interval 2s "$@" "$image" >/dev/null 2>"$errors"
  becomes 200 status http://127.0.0.1:9090/livez
}

stop() {
  "$engine" stop -t 20 "$name" >/dev/null 2>"$errors"
  is "exit code after SIGTERM" 0 "$("$engine" inspect --format '{{.State.ExitCode}}' "$name")"
  "$engine" rm -v "$name" >/dev/null
}

# podman leaves the timer of health checks to systemd, which need not be there.
health() {
  if [ "$engine" = docker ]; then docker inspect --format '{{.State.Health.Status}}' "$name"
  else "$engine" healthcheck run "$name" >/dev/null && echo healthy; fi
}

echo "== without a key file"
code=0
run "$image" >/dev/null || code=$?
is "exit code" 2 "$code"
is "lines that name the setting" 1 "$(grep -c 'set API_KEYS_FILE' "$errors")"

echo "== commands"
key=$(run "$image" keys add try --apikeys /data/api-keys.json --json | sed -n 's/.*"key": "\([^"]*\)".*/\1/p')
is "length of the key that keys add prints" 43 "${#key}"
code=0
echo 0123456789abcdef0123456789abcdef | run "$image" cookies import /dev/stdin >/dev/null || code=$?
is "exit code of cookies import /dev/stdin" 0 "$code"

echo "== as the user of the image"
start
is "user and group" 1000:1000 "$(inside '`${process.getuid()}:${process.getgid()}`')"
is "capabilities of process 1" 0000000000000000 \
  "$(inside 'fs.readFileSync("/proc/1/status", "utf8").match(/CapEff:\s*(\S+)/)[1]')"
is "writing beside /data" EROFS "$(inside 'try { fs.writeFileSync("/tmp/x", "") } catch (error) { error.code }')"
is "mode of the cookie file" 600 "$(inside '(fs.statSync("/data/strava-cookies.json").mode & 0o777).toString(8)')"
capabilities=http://127.0.0.1:8080/wmts/1.0.0/WMTSCapabilities.xml
is "capabilities document without a key" 401 "$(status "$capabilities")"
is "capabilities document with the key" 200 "$(status "$capabilities?key=$key")"
is "/health" 200 "$(status http://127.0.0.1:8080/health)"
is "/metrics on the public port" 404 "$(status "http://127.0.0.1:8080/metrics?key=$key")"
is "/metrics on the management port" 200 "$(status http://127.0.0.1:9090/metrics)"
becomes healthy health
is "health check" healthy "$(health)"
stop

echo "== as a user that the image does not know"
run --user 0 --cap-add CHOWN --entrypoint node "$image" \
  -e 'for (const file of fs.readdirSync("/data")) fs.chownSync(`/data/${file}`, 4711, 0)'
start --user 4711
is "user and group" 4711:0 "$(inside '`${process.getuid()}:${process.getgid()}`')"
is "writing to /data" undefined "$(inside 'fs.writeFileSync("/data/x", "")')"
stop
