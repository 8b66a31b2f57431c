# How soon very many sockets hear of what happens, and what each costs. Sourced by bench/run.
# shellcheck shell=bash

# follow SERVER PID PORT SOCKETS RATE SECONDS [SAID_AT]: one row of the table. What is heard is said at that port, or at the same one.
follow() {
  local pid="$2" port="$3" said_at="${7:-$3}" idle open last from ticks spent ms
  idle="$(memory_of "$pid" VmRSS)"
  : >"$work/live"
  "$BENCH" live --address "127.0.0.1:$said_at" --follow-at "127.0.0.1:$port" --readers "$store/$cases/postgres/draws/q2.tsv" \
    --sockets "$4" --rate "$5" --seconds "$6" >"$work/live" 2>"$work/live.log" &
  LIVE=$!
  until grep -q '^OPEN' "$work/live"; do
    kill -0 "$LIVE" 2>/dev/null || { cat "$work/live.log" >&2 && say_and_exit "not all of $4 sockets open"; }
    sleep 0.1
  done
  open="$(memory_of "$pid" VmRSS)" last="$open"
  ticks="$(ticks_of "$pid")"
  from="$(now_ms)"
  while kill -0 "$LIVE" 2>/dev/null; do
    last="$(memory_of "$pid" VmRSS)"
    sleep 0.1
  done
  wait "$LIVE" || { cat "$work/live.log" >&2 && say_and_exit "whoever followed gave up"; }
  spent="$(($(ticks_of "$pid") - ticks))" ms="$(($(now_ms) - from))"
  sed -nE 's/^RESULT //p' "$work/live" |
    awk -v server="$1" -v sockets="$4" -v rate="$5" -v spent="$spent" -v ms="$ms" -v idle="$idle" -v open="$open" -v last="$last" \
      '{ printf "| %s | %s | %s | %s | %s | %s | %s | %s | %.0f %% | %.1f | %.0f | %.0f |\n",
           server, sockets, rate, $1, $2, $3, $4, $5, spent * 1000 / ms, ($2 > 0 ? spent * 10000 / $2 : 0),
           (open - idle) * 1024 / sockets, (last - idle) * 1024 / sockets }'
}

# follow_bare SOCKETS RATE SECONDS: one row of a server of the same libraries without the product.
follow_bare() {
  : >"$work/bare"
  "$BENCH" bare >"$work/bare" &
  BARE=$!
  until grep -q '^PORT' "$work/bare"; do
    kill -0 "$BARE" 2>/dev/null || say_and_exit "the bare server does not start"
    sleep 0.05
  done
  follow "the libraries alone" "$BARE" "$(sed -nE 's/^PORT //p' "$work/bare")" "$@"
  stop_bare
}

# stop_bare: ends the server without the product, if there is one.
stop_bare() {
  [ -n "${BARE:-}" ] || return 0
  kill "$BARE" 2>/dev/null || true
  wait "$BARE" 2>/dev/null || true
  BARE=""
}

# follow_from_elsewhere SOCKETS RATE SECONDS: one row of a server at which nothing is said, so that telling is all it does.
follow_from_elsewhere() {
  start_redis
  # Whoever comes first places the events.
  serve postgres "$cases" second
  serve postgres "$cases"
  follow "the product, said at another node" "${SERVER_PIDS[postgres/$cases]}" "${SERVER_PORTS[postgres/$cases]}" "$@" \
    "${SERVER_PORTS[postgres/$cases/second]}"
  stop_all_servers
  stop_redis
  unset FENGQIAO__REDIS__URL
}

# measure_live "SOCKETS…": so many sockets and 1, 5 and 50 events a second, a row each: the product that is told and tells, one that only
# tells, and the libraries alone.
measure_live() {
  local sockets rate
  ulimit -n 65535 2>/dev/null || ulimit -n "$(ulimit -Hn)"
  export FENGQIAO__EDGE__SOCKET__MAX_SOCKETS_PER_USER=100000 FENGQIAO__EDGE__SOCKET__MAX_OPEN=100000
  draw postgres "$cases"
  echo
  echo "| server | sockets | events/s | due | delivered | p50 ms | p99 ms | longest ms | server | server µs a message | KiB a socket | at the end |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  for sockets in $1; do
    for rate in 1 5 50; do
      serve postgres "$cases"
      follow "the product" "${SERVER_PIDS[postgres/$cases]}" "${SERVER_PORTS[postgres/$cases]}" "$sockets" "$rate" "$seconds"
      stop_serving "postgres/$cases"
      follow_from_elsewhere "$sockets" "$rate" "$seconds"
      follow_bare "$sockets" "$rate" "$seconds"
    done
  done
}
