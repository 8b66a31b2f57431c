# A Redis server that tests start and stop as they like. Sourced by tests/run and tests/lib/redis-own.sh after
# machine.sh.
# shellcheck shell=bash

REDIS_MINIMUM=7
REDIS_PROGRAM=""

# redis_if_usable PROGRAM: it is a new enough server. Debian's redis-tools has the whole server under the name of its
# check, and goes by the name under which it is called.
redis_if_usable() {
  local version
  [ -x "$1" ] || return 1
  version="$( (exec -a redis-server "$1" --version) 2>/dev/null | sed -nE 's/.* v=([0-9]+).*/\1/p')"
  [ -n "$version" ] && [ "$version" -ge "$REDIS_MINIMUM" ]
}

# find_redis: sets REDIS_PROGRAM; the PATH first, then where systems put it.
find_redis() {
  local program
  for program in "$(command -v redis-server || true)" /usr/bin/redis-server /usr/local/bin/redis-server \
    /opt/homebrew/bin/redis-server /usr/bin/redis-check-rdb; do
    if [ -n "$program" ] && redis_if_usable "$program"; then
      REDIS_PROGRAM="$program"
      return 0
    fi
  done
  return 1
}

# require_redis: sets REDIS_PROGRAM or ends the run. The package redis-tools brings no service that would have to be kept from
# starting.
require_redis() {
  find_redis && return 0
  if can_use_apt && apt_install redis-tools && find_redis; then
    return 0
  fi
  say_and_exit "Redis >= $REDIS_MINIMUM (redis-server) is missing: install it (https://redis.io/download), or run with FENGQIAO_TEST_BACKENDS=sqlite"
}

# run_redis FOLDER PORT [SETTING...]: becomes a server on the loopback that keeps nothing.
run_redis() {
  local folder="$1" port="$2"
  shift 2
  exec -a redis-server "$REDIS_PROGRAM" --bind 127.0.0.1 --port "$port" --dir "$folder" --save '' --appendonly no \
    --daemonize no --logfile "$folder/redis.log" "$@"
}
