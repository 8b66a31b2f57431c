# A private PostgreSQL server that lives and dies with the run. Sourced by tests/run, tests/lib/cluster.sh and
# bench/run after machine.sh.
# shellcheck shell=bash

POSTGRES_MINIMUM=15
POSTGRES_BIN=""
POSTGRES_DATA=""
POSTGRES_PORT=""
POSTGRES_USER_PREFIX=()

# postgres_bin_if_usable FOLDER: prints the real folder when it has a new enough server with psql.
postgres_bin_if_usable() {
  local folder version program
  [ -x "$1/initdb" ] || return 1
  folder="$(dirname "$(readlink -f "$1/initdb")")"
  for program in initdb postgres pg_ctl psql; do
    [ -x "$folder/$program" ] || return 1
  done
  version="$("$folder/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')"
  [ "$version" -ge "$POSTGRES_MINIMUM" ] || return 1
  echo "$folder"
}

# postgres_folders: where it may be; the PATH first, then where systems put it, newest version first.
postgres_folders() {
  local pattern
  if command -v initdb >/dev/null; then
    dirname "$(command -v initdb)"
  fi
  for pattern in '/usr/lib/postgresql/*/bin' '/usr/pgsql-*/bin' \
    '/opt/homebrew/opt/postgresql@*/bin' '/usr/local/opt/postgresql@*/bin'; do
    compgen -G "$pattern" | sort -rV || true
  done
  echo /usr/local/bin
  echo /usr/local/pgsql/bin
}

# find_postgres: sets POSTGRES_BIN.
find_postgres() {
  local folder
  while IFS= read -r folder; do
    if POSTGRES_BIN="$(postgres_bin_if_usable "$folder")"; then
      return 0
    fi
  done < <(postgres_folders)
  POSTGRES_BIN=""
  return 1
}

# apt_offers_postgres: the distribution's own version is new enough.
apt_offers_postgres() {
  local version
  as_root apt-get update >/dev/null 2>&1 </dev/null || return 1
  version="$(apt-cache policy postgresql | sed -nE 's/^ *Candidate: ([0-9]+).*/\1/p')"
  [ -n "$version" ] && [ "$version" -ge "$POSTGRES_MINIMUM" ]
}

# install_postgres: through apt, without the cluster that Debian would create and start.
install_postgres() {
  local settings=/etc/postgresql-common/createcluster.conf
  local shipped=/usr/share/postgresql-common/createcluster.conf
  local kept="" done=0
  can_use_apt && apt_offers_postgres || return 1
  if [ -e "$settings" ]; then
    kept="$(mktemp)"
    cat "$settings" >"$kept"
  fi
  as_root mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | as_root tee "$settings" >/dev/null
  apt_install postgresql || done=1
  # The machine's owner gets the setting back that was there, or that the package ships.
  if [ -n "$kept" ]; then
    as_root tee "$settings" <"$kept" >/dev/null
    rm -f "$kept"
  elif [ -e "$shipped" ]; then
    as_root cp "$shipped" "$settings"
  else
    as_root rm -f "$settings"
  fi
  return "$done"
}

# require_postgres: sets POSTGRES_BIN or ends the run.
require_postgres() {
  find_postgres && return 0
  if install_postgres && find_postgres; then
    return 0
  fi
  say_and_exit "PostgreSQL >= $POSTGRES_MINIMUM (initdb, postgres, pg_ctl, psql) is missing: install it (https://www.postgresql.org/download), or run with FENGQIAO_TEST_BACKENDS=sqlite"
}

# as_postgres_user COMMAND...: PostgreSQL refuses to run as root; elsewhere it runs as who we are.
as_postgres_user() {
  (cd "$POSTGRES_DATA" && "${POSTGRES_USER_PREFIX[@]}" "$@")
}

# choose_postgres_user: an unprivileged one when run as root.
choose_postgres_user() {
  local user
  POSTGRES_USER_PREFIX=(env)
  [ "$(id -u)" -eq 0 ] || return 0
  for user in postgres nobody; do
    if id "$user" >/dev/null 2>&1; then
      if command -v setpriv >/dev/null; then
        POSTGRES_USER_PREFIX=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups env "HOME=$POSTGRES_DATA")
      else
        POSTGRES_USER_PREFIX=(runuser -u "$user" -- env "HOME=$POSTGRES_DATA")
      fi
      chown "$user" "$POSTGRES_DATA"
      return 0
    fi
  done
  say_and_exit "PostgreSQL does not run as root, and there is neither a user postgres nor nobody: create one (useradd --system postgres)"
}

# write_postgres_settings COMMITS: nothing is meant to survive the run, so nothing waits for the disk. With
# COMMITS "on" what is committed survives a crash of the server's processes, with "off" perhaps not.
write_postgres_settings() {
  local socket_folder="$POSTGRES_DATA"
  # A socket's path has at most 107 bytes; a longer TMPDIR does without, everything here uses TCP.
  [ "${#socket_folder}" -le 80 ] || socket_folder=""
  as_postgres_user tee -a "$POSTGRES_DATA/cluster/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = '127.0.0.1'
unix_socket_directories = '$socket_folder'
max_connections = 300
fsync = off
synchronous_commit = $1
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
timezone = 'UTC'
log_timezone = 'UTC'
SETTINGS
}

# postgres_ctl_start: starts the initialised server on POSTGRES_PORT and waits until it answers.
postgres_ctl_start() {
  as_postgres_user "$POSTGRES_BIN/pg_ctl" start --pgdata="$POSTGRES_DATA/cluster" --wait \
    --timeout=60 --silent --log="$POSTGRES_DATA/server.log" --options="-p $POSTGRES_PORT" \
    >/dev/null 2>&1 </dev/null
}

# make_postgres FOLDER [COMMITS]: initialises a server below FOLDER.
make_postgres() {
  POSTGRES_DATA="$1/postgres"
  mkdir "$POSTGRES_DATA"
  choose_postgres_user
  as_postgres_user "$POSTGRES_BIN/initdb" --pgdata="$POSTGRES_DATA/cluster" --username=postgres \
    --auth=trust --encoding=UTF8 --locale=C --no-sync >"$1/initdb.log" 2>&1 ||
    { cat "$1/initdb.log" >&2 && say_and_exit "initdb failed"; }
  write_postgres_settings "${2:-off}"
}

# run_postgres FOLDER: starts the server below FOLDER; sets POSTGRES_PORT.
run_postgres() {
  POSTGRES_DATA="$1/postgres"
  choose_postgres_user
  for _ in 1 2 3 4 5; do
    POSTGRES_PORT="$(free_port)" || say_and_exit "no free port on 127.0.0.1"
    if postgres_ctl_start; then
      return 0
    fi
  done
  tail -n 20 "$POSTGRES_DATA/server.log" >&2
  say_and_exit "the private PostgreSQL server does not start"
}

# start_postgres FOLDER [COMMITS]: initialises and starts a server below FOLDER; sets POSTGRES_PORT.
start_postgres() {
  make_postgres "$1" "${2:-off}"
  run_postgres "$1"
}

# postgres_sql FILE: runs it as the superuser, in the database postgres.
postgres_sql() {
  PGOPTIONS='--client-min-messages=warning' "$POSTGRES_BIN/psql" --no-psqlrc --quiet \
    --set=ON_ERROR_STOP=1 --host=127.0.0.1 --port="$POSTGRES_PORT" --username=postgres \
    --dbname=postgres --file="$1" >/dev/null
}

# stop_postgres: at once, for there is nothing to keep, unless POSTGRES_STOP says `fast`. Does nothing when it was never started.
stop_postgres() {
  [ -n "$POSTGRES_DATA" ] && [ -e "$POSTGRES_DATA/cluster/postmaster.pid" ] || return 0
  as_postgres_user "$POSTGRES_BIN/pg_ctl" stop --pgdata="$POSTGRES_DATA/cluster" "--mode=${POSTGRES_STOP:-immediate}" \
    --silent >/dev/null 2>&1 || true
}
