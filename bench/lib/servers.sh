# The product itself over a store, and what it and PostgreSQL cost the processor. Sourced by bench/run.
# shellcheck shell=bash

declare -A SERVER_PIDS=() SERVER_PORTS=()

# now_ms: milliseconds of the system's clock.
now_ms() {
  echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

# http_get PORT PATH: the answer, headers and all. Without curl, which a machine may lack.
http_get() {
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
  cat <&3
  exec 3>&-
}

# serve BACKEND CASES [NODE]: starts a server and sets START_MS, the time until it was ready. Further nodes over a store
# are known by a name.
serve() {
  local folder="$store/$2/$1" key="$1/$2${3:+/$3}" port from
  port="$(free_port)" || say_and_exit "no free port on 127.0.0.1"
  local settings
  mapfile -t settings < <(settings_of "$folder" "$(url_of "$1" "$2")")
  from="$(now_ms)"
  env "${settings[@]}" "$FENGQIAO" serve --listen "127.0.0.1:$port" >"$folder/welcome.log" 2>"$SERVER_LOG" </dev/null &
  SERVER_PIDS[$key]=$!
  SERVER_PORTS[$key]=$port
  for _ in $(seq 1 1000); do
    if { http_get "$port" /readyz | head -n 1 | grep -q ' 200'; } 2>/dev/null; then
      START_MS=$(($(now_ms) - from))
      return 0
    fi
    kill -0 "${SERVER_PIDS[$key]}" 2>/dev/null || break
    sleep 0.005
  done
  say_and_exit "the server over $1 does not become ready; run again with BENCH_SERVER_LOG=FILE"
}

# stop_serving KEY
stop_serving() {
  local pid="${SERVER_PIDS[$1]:-}"
  [ -n "$pid" ] || return 0
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 1 100); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  unset "SERVER_PIDS[$1]"
}

# stop_all_servers: however far the run came.
stop_all_servers() {
  local key
  for key in "${!SERVER_PIDS[@]}"; do
    stop_serving "$key"
  done
}

# ticks_of PID: hundredths of a second that a process worked.
ticks_of() {
  sed -E 's/^.*\) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# postgres_ticks: the same for the server of PostgreSQL with all its processes, those that ended included.
postgres_ticks() {
  local postmaster
  postmaster="$(head -n 1 "$POSTGRES_DATA/cluster/postmaster.pid")"
  # Some process ends between its name and its line, always.
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | sed -E 's/^([0-9]+) \(.*\) /\1 /' | awk -v top="$postmaster" '
    $1 == top { sum += $13 + $14 + $15 + $16 }
    $3 == top { sum += $13 + $14 }
    END { print sum + 0 }'
}

# memory_of PID FIELD: VmRSS or VmHWM in MiB.
memory_of() {
  awk -v field="$2:" '$1 == field { printf "%.1f\n", $2 / 1024 }' "/proc/$1/status"
}

# counted PORT METRIC [LABEL...]: the sum of a counter over its labels, or over those series that carry all of these.
counted() {
  local port="$1" name="$2" label series
  series="$(http_get "$port" /metrics | grep "^$name[{ ]" || true)"
  shift 2
  for label in "$@"; do
    series="$(grep -F "$label" <<<"$series" || true)"
  done
  awk '{ sum += $NF } END { printf "%d\n", sum }' <<<"$series"
}
