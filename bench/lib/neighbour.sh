# What one district notices of another one that asks for twenty times what it may (requirement T11). Sourced by bench/run.
# shellcheck shell=bash

# Points a second of a district in this measurement, and what Q1 costs: twenty times as much is asked for, evenly.
NEIGHBOUR_POINTS=20000
NEIGHBOUR_TIMES=20

# cost_of_q1 PORT DRAWS: what the document costs, as the product says.
cost_of_q1() {
  wrk -t 1 -c 1 -d 1s -s "$root/bench/wrk/load.lua" "http://127.0.0.1:$1" -- q1 "$2" 200 cost 2>/dev/null |
    sed -nE 's/^COST ([0-9]+)$/\1/p'
}

# asks PORT DRAWS CLIENTS PAUSE_MS SECONDS: so many clients that each wait so long between two requests.
asks() {
  wrk -t 1 -c "$3" -d "${5}s" --timeout 10s -s "$root/bench/wrk/load.lua" "http://127.0.0.1:$1" -- q1 "$2" "$4" 2>/dev/null |
    grep '^RESULT'
}

# measure_neighbour SECONDS: Q1 in one district, while another one is quiet and while it is loud.
measure_neighbour() {
  local port loud quiet noise cost clients rounds round number times latencies bad requests p50 p99
  # Whether it works, by a build that is some twenty times as slow.
  [ "$quick" = no ] || NEIGHBOUR_TIMES=1
  draw postgres "$cases"
  loud="$work/loud.tsv" quiet="$work/quiet.tsv"
  awk -F'\t' -v loud="$loud" -v quiet="$quiet" 'NR == 1 { first = $3 } { print > ($3 == first ? loud : quiet) }' \
    "$store/$cases/postgres/draws/q1.tsv"
  TENANT_POINTS="$NEIGHBOUR_POINTS" serve postgres "$cases"
  port="${SERVER_PORTS[postgres/$cases]}"
  cost="$(cost_of_q1 "$port" "$quiet")"
  [ "${cost:-0}" -gt 0 ] || say_and_exit "Q1 has no price"
  # A client asks twenty times a second, or as fast as it is answered: a quarter more of them than if answers took no time.
  clients=$((NEIGHBOUR_POINTS * NEIGHBOUR_TIMES / cost / 16))
  echo
  echo "| Q1 of one district, PostgreSQL | requests | not answered | p50 ms | p99 ms |"
  echo "| --- | --- | --- | --- | --- |"
  for round in quiet loud; do
    noise=""
    if [ "$round" = loud ]; then
      asks "$port" "$loud" "$clients" 50 "$(($1 + 4))" >"$work/noise" &
      noise=$!
      # What the other one may have at once is gone by then.
      sleep 2
    fi
    read -r _ requests _ p50 p99 bad _ <<<"$(asks "$port" "$quiet" 2 100 "$1")"
    [ -z "$noise" ] || wait "$noise"
    latencies="$(awk -v a="$p50" -v b="$p99" 'BEGIN { printf "%.1f | %.1f", a / 1000, b / 1000 }')"
    echo "| while the other one is $round | $requests | $bad | $latencies |"
    BAD_ANSWERS=$((BAD_ANSWERS + bad))
    declare "p99_$round=$p99"
  done
  read -r _ requests _ _ _ bad _ <"$work/noise"
  rounds="$(awk -v a="$p99_loud" -v b="$p99_quiet" 'BEGIN { printf "%.2f", a / b }')"
  times="$(awk -v n="$requests" -v cost="$cost" -v may="$((NEIGHBOUR_POINTS * ($1 + 4)))" 'BEGIN { printf "%.1f", n * cost / may }')"
  number="$(awk -v n="$requests" -v bad="$bad" 'BEGIN { printf "%.0f", (n > 0) ? bad * 100 / n : 0 }')"
  echo
  echo "The loud one asked for $times times what it may, in $requests requests, of which $number % were told to come again. p99 loud over quiet: $rounds (target ≤ 2: $(verdict "$rounds" 2 most))."
  stop_all_servers
  # A second or two, or a build without optimisation, show nothing of it.
  [ "$quick" = yes ] || awk -v a="$p99_loud" -v b="$p99_quiet" 'BEGIN { exit !(a <= 2 * b) }' ||
    say_and_exit "a district notices another one that asks for too much"
}
