# How late an event is that one node writes and another tells of, with Redis and after it stopped. Sourced by bench/run.
# shellcheck shell=bash

# start_redis: a server of its own, whose address the product's settings then hold.
start_redis() {
  local port
  require_redis
  port="$(free_port)" || say_and_exit "no free port on 127.0.0.1"
  mkdir -p "$work/redis"
  (run_redis "$work/redis" "$port") </dev/null >/dev/null 2>&1 &
  REDIS_PID=$!
  export FENGQIAO__REDIS__URL="redis://127.0.0.1:$port"
}

# stop_redis: at once, as a machine that fails.
stop_redis() {
  [ -n "${REDIS_PID:-}" ] || return 0
  kill -KILL "$REDIS_PID" 2>/dev/null || true
  wait "$REDIS_PID" 2>/dev/null || true
  REDIS_PID=""
}

# relay RATE LIMIT LABEL WORDS: what is said at the first node and heard at the second, a row of the table.
relay() {
  local result due heard middle late longest
  draw postgres "$cases"
  "$BENCH" live --address "127.0.0.1:${SERVER_PORTS[postgres/$cases]}" \
    --follow-at "127.0.0.1:${SERVER_PORTS[postgres/$cases/second]}" --readers "$store/$cases/postgres/draws/q2.tsv" \
    --sockets 1 --rate "$1" --seconds "$seconds" >"$work/live" 2>"$work/live.log" ||
    { cat "$work/live.log" >&2 && say_and_exit "whoever followed gave up"; }
  result="$(sed -nE 's/^RESULT //p' "$work/live")"
  read -r due heard middle late longest <<<"$result"
  [ "$due" -eq "$heard" ] || say_and_exit "$heard of $due events were told"
  echo "| $3 | $heard of $due | $middle | $late | $longest | $4 | $(verdict "$late" "$2" most) |"
}

# measure_relay RATE: so many events a second. What is measured begins before the commit and ends at the client.
measure_relay() {
  start_redis
  serve postgres "$cases"
  serve postgres "$cases" second
  echo
  echo "| $1 events/s from one node to another | told | p50 ms | p99 ms | longest ms | target of p99 | |"
  echo "| --- | --- | --- | --- | --- | --- | --- |"
  relay "$1" 1000 "with Redis" "≤ 1 s"
  stop_redis
  relay "$1" 3000 "after Redis stopped" "≤ 3 s"
  stop_all_servers
  unset FENGQIAO__REDIS__URL
}
