#!/usr/bin/env bash
# A PostgreSQL server for one test that stops it under the product, below a folder of the test's own:
#
#     tests/lib/cluster.sh create FOLDER     initialises and starts it; prints its port
#     tests/lib/cluster.sh crash FOLDER      stops it without a checkpoint; says nothing if it does not run
#     tests/lib/cluster.sh start FOLDER      starts it again on its port, recovered when this returns
#
# Should the test end without a word, the server is stopped and the folder removed.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/lib/machine.sh
. "$here/machine.sh"
# shellcheck source=tests/lib/postgres.sh
. "$here/postgres.sh"

folder="$2"

# known_cluster: sets what postgres.sh needs to know of a server that was created before.
known_cluster() {
  POSTGRES_DATA="$folder/postgres"
  [ -d "$POSTGRES_DATA/cluster" ] || return 1
  find_postgres
  choose_postgres_user
}

# stop_after PROCESS: when that ends, whoever would have tidied up is gone.
stop_after() {
  while kill -0 "$1" 2>/dev/null; do
    sleep 1
  done
  [ -d "$folder" ] || return 0
  stop_postgres
  rm -rf "$folder"
}

case "$1" in
  create)
    chmod 711 "$folder"
    require_postgres
    start_postgres "$folder" on
    # In a process group of its own: what ends the test's group must not end this.
    set -m
    stop_after "$PPID" >/dev/null 2>&1 </dev/null &
    set +m
    echo "$POSTGRES_PORT" | tee "$folder/port"
    ;;
  crash)
    known_cluster || exit 0
    stop_postgres
    ;;
  start)
    known_cluster
    POSTGRES_PORT="$(cat "$folder/port")"
    postgres_ctl_start
    ;;
  *) say_and_exit "cluster.sh knows create, crash and start, not '$1'" ;;
esac
