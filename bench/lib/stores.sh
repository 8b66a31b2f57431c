# The stores that are measured: a SQLite file and a database of the private PostgreSQL server for each number of
# cases, filled once. Sourced by bench/run after machine.sh and postgres.sh.
# shellcheck shell=bash

# settings_of FOLDER URL: the product's settings for a store, as arguments of env. Nobody waits for what
# documents cost: few accounts ask for all of it. TENANT_POINTS: all of a tenant have so many a second.
settings_of() {
  local tenant="${TENANT_POINTS:-2000000000}"
  printf '%s\n' "FENGQIAO__DATABASE__URL=$2" "FENGQIAO__KEYS__TOKEN_FILE=$1/token.json" \
    "FENGQIAO__KEYS__SEALING_FILE=$1/sealing.json" "FENGQIAO__AUTH__ACCESS_TOKEN_SECONDS=900" \
    "FENGQIAO__EDGE__COST__ACCOUNT__POINTS=$((tenant / 2))" "FENGQIAO__EDGE__COST__ACCOUNT__PER_SECOND=$((tenant / 2))" \
    "FENGQIAO__EDGE__COST__TENANT__POINTS=$tenant" "FENGQIAO__EDGE__COST__TENANT__PER_SECOND=$tenant" \
    "FENGQIAO__TELEMETRY__LOG=${BENCH_LOG:-info,sea_orm_migration=warn}"
  case "$2" in
    postgres://*)
      printf '%s\n' "FENGQIAO__DATABASE__WORKER_URL=${2/fengqiao_app@/fengqiao_worker@}" \
        "FENGQIAO__DATABASE__OWNER_URL=${2/fengqiao_app@/fengqiao_owner@}"
      ;;
  esac
}

# with_settings FOLDER URL COMMAND...: runs it with the settings of a store.
with_settings() {
  local settings
  mapfile -t settings < <(settings_of "$1" "$2")
  shift 2
  env "${settings[@]}" "$@"
}

# url_of BACKEND CASES: the address of a store for the application.
url_of() {
  case "$1" in
    sqlite) echo "sqlite://$store/$2/sqlite/fengqiao.db" ;;
    postgres) echo "postgres://fengqiao_app@127.0.0.1:$POSTGRES_PORT/fengqiao_$2" ;;
  esac
}

# reading_of BACKEND CASES: the address of the same store for whoever may read everything.
reading_of() {
  case "$1" in
    sqlite) url_of sqlite "$2" ;;
    postgres) echo "postgres://postgres@127.0.0.1:$POSTGRES_PORT/fengqiao_$2" ;;
  esac
}

# psql_in DATABASE ARGUMENTS...: as the superuser.
psql_in() {
  local database="$1"
  shift
  PGOPTIONS='--client-min-messages=warning' "$POSTGRES_BIN/psql" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
    --host=127.0.0.1 --port="$POSTGRES_PORT" --username=postgres --dbname="$database" "$@"
}

# start_cluster: the private server below the store's folder, with the settings of a machine that must not lose
# what it committed.
start_cluster() {
  local settings="$store/postgres/cluster/postgresql.conf"
  if [ ! -e "$store/postgres/cluster/PG_VERSION" ]; then
    make_postgres "$store"
    as_postgres_user tee -a "$settings" >/dev/null <<SETTINGS
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 1GB
max_wal_size = 8GB
checkpoint_timeout = 30min
SETTINGS
  fi
  run_postgres "$store"
}

# fill BACKEND CASES: makes a store, unless it was made before.
fill() {
  local folder="$store/$2/$1" url
  url="$(url_of "$1" "$2")"
  [ ! -e "$folder/filled" ] || return 0
  rm -rf "$folder"
  mkdir -p "$folder"
  if [ "$1" = postgres ]; then
    psql_in postgres --command="DROP DATABASE IF EXISTS fengqiao_$2" --command="CREATE DATABASE fengqiao_$2"
    psql_in "fengqiao_$2" --file="$root/deploy/postgres/roles.sql" >/dev/null
  fi
  with_settings "$folder" "$url" "$FENGQIAO" migrate >/dev/null
  with_settings "$folder" "$url" "$BENCH" fill --cases "$2"
  if [ "$1" = postgres ]; then
    # As its own daemon does sooner or later; nobody does it for SQLite.
    psql_in "fengqiao_$2" --command='VACUUM ANALYZE' --command='CHECKPOINT'
  fi
  touch "$folder/filled"
}

# draw BACKEND CASES: tokens live for a quarter of an hour, so this is done before every round.
draw() {
  local folder="$store/$2/$1"
  mkdir -p "$folder/draws"
  with_settings "$folder" "$(url_of "$1" "$2")" "$BENCH" draw --reading "$(reading_of "$1" "$2")" \
    --scripts "$root/bench/pgbench" --into "$folder/draws" 2>"$folder/draw.log" ||
    { cat "$folder/draw.log" >&2 && say_and_exit "cannot draw from the $1 store of $2 cases"; }
}
