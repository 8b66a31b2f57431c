# How soon very many sockets hear of what happens, and what each costs. Sourced by bench/run.
# shellcheck shell=bash

# follow SOCKETS RATE SECONDS: one row of the table.
follow() {
  local pid="${SERVER_PIDS[postgres/$cases]}" port="${SERVER_PORTS[postgres/$cases]}" idle open from ticks spent ms
  idle="$(memory_of "$pid" VmRSS)"
  : >"$work/live"
  "$BENCH" live --address "127.0.0.1:$port" --readers "$store/$cases/postgres/draws/q2.tsv" \
    --sockets "$1" --rate "$2" --seconds "$3" >"$work/live" 2>"$work/live.log" &
  LIVE=$!
  until grep -q '^OPEN' "$work/live"; do
    kill -0 "$LIVE" 2>/dev/null || { cat "$work/live.log" >&2 && say_and_exit "not all of $1 sockets open"; }
    sleep 0.1
  done
  open="$(memory_of "$pid" VmRSS)"
  ticks="$(ticks_of "$pid")"
  from="$(now_ms)"
  wait "$LIVE" || { cat "$work/live.log" >&2 && say_and_exit "whoever followed gave up"; }
  spent="$(($(ticks_of "$pid") - ticks))" ms="$(($(now_ms) - from))"
  sed -nE 's/^RESULT //p' "$work/live" |
    awk -v sockets="$1" -v rate="$2" -v spent="$spent" -v ms="$ms" -v kib="$(awk -v a="$idle" -v b="$open" -v n="$1" \
      'BEGIN { printf "%.0f", (b - a) * 1024 / n }')" \
      '{ printf "| %s | %s | %s | %s | %s | %s | %s | %.0f %% | %.1f | %s |\n",
           sockets, rate, $1, $2, $3, $4, $5, spent * 1000 / ms, ($2 > 0 ? spent * 10000 / $2 : 0), kib }'
}

# measure_live "SOCKETS…": so many sockets and 1 and 50 events a second, a row each.
measure_live() {
  local sockets rate
  ulimit -n 65535 2>/dev/null || ulimit -n "$(ulimit -Hn)"
  export FENGQIAO__EDGE__SOCKET__MAX_SOCKETS_PER_USER=100000 FENGQIAO__EDGE__SOCKET__MAX_OPEN=100000
  serve postgres "$cases"
  draw postgres "$cases"
  echo
  echo "| sockets | events/s | due | delivered | p50 ms | p99 ms | longest ms | server | server µs a message | KiB a socket |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  for sockets in $1; do
    for rate in 1 50; do
      follow "$sockets" "$rate" "$seconds"
      stop_serving "postgres/$cases"
      serve postgres "$cases"
    done
  done
}
