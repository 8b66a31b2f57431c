# The product itself, started as a user would, for the suites that talk to it from outside.
# Sourced by tests/run after machine.sh.
# shellcheck shell=bash

SERVER_PID=""
# shellcheck disable=SC2034 # read by tests/run
SERVER_URL=""

# answers_ready PORT: GET /readyz gives 200. Without curl, which a machine may lack.
answers_ready() {
  local status=""
  {
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
    IFS= read -r -t 5 status <&3
    exec 3>&-
  } 2>/dev/null || true
  [[ "$status" == "HTTP/1.1 200"* ]]
}

# start_server BINARY FOLDER: a demo server over a fresh SQLite file, with all its files below FOLDER.
start_server() {
  local port folder="$2/server"
  mkdir "$folder"
  port="$(free_port)" || say_and_exit "no free port on 127.0.0.1"
  (
    cd "$folder" || exit
    exec "$1" serve --demo small --listen "127.0.0.1:$port" --database "sqlite://$folder/fengqiao.db"
  ) >"$folder/server.log" 2>&1 </dev/null &
  SERVER_PID=$!
  for _ in $(seq 1 300); do
    if (answers_ready "$port"); then
      # shellcheck disable=SC2034
      SERVER_URL="http://127.0.0.1:$port"
      return 0
    fi
    kill -0 "$SERVER_PID" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 40 "$folder/server.log" >&2
  say_and_exit "fengqiao serve --demo small did not become ready within 60 s"
}

# stop_server: asks, then insists. Does nothing when it was never started.
stop_server() {
  [ -n "$SERVER_PID" ] || return 0
  kill "$SERVER_PID" 2>/dev/null || true
  for _ in $(seq 1 50); do
    kill -0 "$SERVER_PID" 2>/dev/null || break
    sleep 0.1
  done
  kill -9 "$SERVER_PID" 2>/dev/null || true
  wait "$SERVER_PID" 2>/dev/null || true
  SERVER_PID=""
}
