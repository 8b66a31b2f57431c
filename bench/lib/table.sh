# What a run says, as Markdown. Sourced by bench/run.
# shellcheck shell=bash

# ratio A B: A in hundredths of B.
ratio() {
  awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.0f %%", 100 * a / b; else print "–" }'
}

# verdict VALUE LIMIT least|most
verdict() {
  awk -v value="${1%% *}" -v limit="$2" -v way="$3" \
    'BEGIN { print ((way == "least" ? value >= limit : value <= limit) ? "reached" : "missed") }'
}

name_of() {
  case "$1" in
    q1) echo "Q1 first 20 cases of my town" ;;
    g1) echo "G1 first 20 cases of my grid" ;;
    q2) echo "Q2 one case with its timeline" ;;
    m1) echo "M1 report a case" ;;
  esac
}

# row WHO WORK CLIENTS LABEL
row() {
  echo "| $4 | $3 | $(median "$1" "$2" "$3" 4) | $(median "$1" "$2" "$3" 5) | $(median "$1" "$2" "$3" 6)" \
    "| $(median "$1" "$2" "$3" 7) | $(median "$1" "$2" "$3" 8) | $(median "$1" "$2" "$3" 9) |"
}

print_work() {
  local kind clients
  echo "| work | clients | req/s | p50 ms | p99 ms | server µs | PostgreSQL µs | statements |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- |"
  for kind in q1 g1 q2 m1; do
    for clients in 16 1; do
      if [ "$kind" = g1 ]; then
        echo "| $(name_of "$kind") | $clients | | | | | | |"
      else
        row pgbench "$kind" "$clients" "$(name_of "$kind"): pgbench, policies on, pipelined"
      fi
      row postgres "$kind" "$clients" "the product, PostgreSQL"
      row sqlite "$kind" "$clients" "the product, SQLite"
      [ "$kind$clients" != q116 ] || row library q1 4 "the same statements through the SQLite library"
    done
  done
}

# target WHAT VALUE LIMIT least|most WORDS
target() {
  echo "| $1 | $2 | $5 | $(verdict "$2" "$3" "$4") |"
}

print_targets() {
  local backend cache hits reads
  echo "| what | value | target | |"
  echo "| --- | --- | --- | --- |"
  target "Q1, of pgbench" "$(ratio "$(median postgres q1 16 4)" "$(median pgbench q1 16 4)")" 35 least "≥ 35 %"
  target "Q1, server" "$(median postgres q1 16 7) µs" 450 most "≤ 450 µs"
  target "Q2, of pgbench" "$(ratio "$(median postgres q2 16 4)" "$(median pgbench q2 16 4)")" 20 least "≥ 20 %"
  target "Q2, server" "$(median postgres q2 16 7) µs" 180 most "≤ 180 µs"
  target "M1, of pgbench" "$(ratio "$(median postgres m1 16 4)" "$(median pgbench m1 16 4)")" 85 least "≥ 85 %"
  target "Q1 on SQLite, of the library" "$(ratio "$(median sqlite q1 16 4)" "$(median library q1 4 4)")" 40 least "≥ 40 %"
  for backend in postgres sqlite; do
    target "memory idle, $backend" "$(cat "$work/idle.$backend") MiB" 60 most "≤ 60 MiB"
    target "memory at 64 clients, $backend" "$(cat "$work/busy.$backend") MiB" 150 most "≤ 150 MiB"
    target "start until ready, $backend" "$(cat "$work/start.$backend") ms" 300 most "< 300 ms"
    for cache in standing grants; do
      hits="$(counted "${SERVER_PORTS[$backend/$cases]}" fengqiao_cache_reads_total "cache=\"$cache\"" 'outcome="hit"')"
      reads="$(counted "${SERVER_PORTS[$backend/$cases]}" fengqiao_cache_reads_total "cache=\"$cache\"")"
      echo "| remembered, $cache, $backend | $(ratio "$hits" "$reads") of $reads | | |"
    done
  done
}

print_tables() {
  echo
  echo "$cases cases, $rounds rounds of $seconds s, medians; an answer to Q1 has $(median postgres q1 16 10) bytes"
  echo
  print_work
  echo
  print_targets
}

print_growth() {
  local kind backend small large
  echo
  echo "| work | p99 ms at $cases cases | p99 ms at $((cases * 10)) | growth | target | |"
  echo "| --- | --- | --- | --- | --- | --- |"
  for backend in postgres sqlite; do
    for kind in q1 g1 q2 m1; do
      small="$(median "$backend/$cases" "$kind" 16 6)" large="$(median "$backend/$((cases * 10))" "$kind" 16 6)"
      echo "| $(name_of "$kind"), $backend | $small | $large | $(ratio "$large" "$small") | ≤ 150 % |" \
        "$(verdict "$(ratio "$large" "$small")" 150 most) |"
    done
  done
}
