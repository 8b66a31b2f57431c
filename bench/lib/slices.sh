# One slice of load: some seconds of one kind of work, and what it cost. Sourced by bench/run.
#
# A slice is a line of $results: who, work, clients, requests a second, p50 and p99 in milliseconds, microseconds of
# the server and of PostgreSQL per request, statements per request, bytes of an answer.
# shellcheck shell=bash

BAD_ANSWERS=0

# record WHO WORK CLIENTS REQUESTS SECONDS P50_US P99_US SERVER_TICKS POSTGRES_TICKS STATEMENTS BYTES
record() {
  awk -v who="$1" -v work="$2" -v clients="$3" -v n="$4" -v s="$5" -v p50="$6" -v p99="$7" -v server="$8" \
    -v postgres="$9" -v statements="${10}" -v bytes="${11}" 'BEGIN {
      if (n < 1) n = 1
      printf "%s\t%s\t%d\t%.1f\t%.2f\t%.2f\t%.0f\t%.0f\t%.1f\t%d\n", who, work, clients, n / s, p50 / 1000, p99 / 1000,
        server * 10000 / n, postgres * 10000 / n, statements / n, bytes }' >>"$results"
}

# load BACKEND CASES WORK CLIENTS SECONDS: the product, through HTTP.
load() {
  local key="$1/$2" threads=2 line pid port
  [ "$4" -gt 1 ] || threads=1
  pid="${SERVER_PIDS[$key]}" port="${SERVER_PORTS[$key]}"
  local server postgres statements requests seconds p50 p99 bad bytes
  server="$(ticks_of "$pid")" postgres="$(postgres_ticks)" statements="$(counted "$port" fengqiao_statements_total)"
  line="$(wrk -t "$threads" -c "$4" -d "${5}s" --timeout 10s -s "$root/bench/wrk/load.lua" "http://127.0.0.1:$port" \
    -- "$3" "$store/$2/$1/draws/$3.tsv" | grep '^RESULT')"
  read -r _ requests seconds p50 p99 bad bytes <<<"$line"
  server=$(($(ticks_of "$pid") - server)) postgres=$(($(postgres_ticks) - postgres))
  statements=$(($(counted "$port" fengqiao_statements_total) - statements))
  [ "$1" = postgres ] || postgres=0
  BAD_ANSWERS=$((BAD_ANSWERS + bad))
  record "$1$6" "$3" "$4" "$requests" "$seconds" "$p50" "$p99" "$server" "$postgres" "$statements" "$bytes"
}

# pgbench_slice CASES WORK CLIENTS SECONDS: the same work without the product, on the same PostgreSQL.
pgbench_slice() {
  local folder threads=2 out postgres seconds
  [ "$3" -gt 1 ] || threads=1
  folder="$(mktemp -d "$work/pgbench.XXXXXX")"
  postgres="$(postgres_ticks)"
  out="$("$POSTGRES_BIN/pgbench" --no-vacuum --protocol=prepared --client="$3" --jobs="$threads" --time="$4" \
    --file="$store/$1/postgres/draws/$2.sql" --log --log-prefix="$folder/log" --host=127.0.0.1 \
    --port="$POSTGRES_PORT" --username=fengqiao_app "fengqiao_$1" 2>&1)" ||
    { echo "$out" >&2 && say_and_exit "pgbench fails at $2"; }
  postgres=$(($(postgres_ticks) - postgres))
  seconds="$(sed -nE 's/^tps = ([0-9.]+) .*/\1/p' <<<"$out")"
  # Requests over their rate: the seconds without the time to connect.
  cat "$folder"/log* | awk '{ print $3 }' | sort -n >"$folder/sorted"
  local requests p50 p99
  requests="$(wc -l <"$folder/sorted")"
  p50="$(sed -n "$((requests / 2 + 1))p" "$folder/sorted")"
  p99="$(sed -n "$((requests * 99 / 100 + 1))p" "$folder/sorted")"
  seconds="$(awk -v n="$requests" -v tps="$seconds" 'BEGIN { print n / tps }')"
  rm -rf "$folder"
  record pgbench "$2" "$3" "$requests" "$seconds" "$p50" "$p99" 0 "$postgres" 0 0
}

# direct_slice CASES CLIENTS SECONDS: the statements of Q1 through the SQLite library, without the product.
direct_slice() {
  local folder="$store/$1/sqlite" line
  line="$("$BENCH" direct --file "$folder/fengqiao.db" --towns "$folder/draws/q1.tsv" --clients "$2" --seconds "$3" |
    grep '^RESULT')"
  local requests seconds p50 p99
  read -r _ requests seconds p50 p99 <<<"$line"
  record library q1 "$2" "$requests" "$seconds" "$p50" "$p99" 0 0 0 0
}

# median WHO WORK CLIENTS COLUMN: over the slices of a run.
median() {
  awk -F '\t' -v who="$1" -v work="$2" -v clients="$3" -v column="$4" \
    '$1 == who && $2 == work && $3 == clients { print $column }' "$results" | sort -n |
    awk '{ value[NR] = $1 } END { if (NR) print (NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2) }'
}
