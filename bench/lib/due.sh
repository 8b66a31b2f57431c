# How long the worker looks for due rungs when very many cases are open, and by what plan. Sourced by bench/run.
# shellcheck shell=bash

# many_open DATABASE OPEN: as many open cases as that, each a copy of one that is there; one in a thousand is due. They
# are in a store of their own, for nothing else may be measured in it.
many_open() {
  psql_in "$1" --set=open="$2" <<'SQL'
CREATE TEMP TABLE copied AS SELECT * FROM cases WHERE closed_at IS NULL LIMIT 1000;
UPDATE copied SET external_source = NULL, external_number = NULL;
SELECT set_config('bench.open', :'open', false) \g /dev/null
DO $$
DECLARE
  there bigint := 0;
BEGIN
  WHILE there < current_setting('bench.open')::bigint LOOP
    UPDATE copied SET id = gen_random_uuid(), number = gen_random_uuid()::text,
      next_due_at = (extract(epoch FROM now()) * 1000000)::bigint
        + CASE WHEN random() < 0.001 THEN -1 ELSE 1 END * (1 + random() * 30 * 86400)::bigint * 1000000;
    INSERT INTO cases SELECT * FROM copied;
    there := there + (SELECT count(*) FROM copied);
  END LOOP;
END $$;
VACUUM ANALYZE cases;
SQL
}

# look DATABASE: one look of the worker's role at the first due cases, as PostgreSQL explains it.
look() {
  PGOPTIONS='-c plan_cache_mode=force_custom_plan' "$POSTGRES_BIN/psql" --no-psqlrc --quiet --tuples-only --no-align \
    --set=ON_ERROR_STOP=1 --host=127.0.0.1 --port="$POSTGRES_PORT" --username=fengqiao_worker --dbname="$1" <<SQL
PREPARE due (bigint, bigint, uuid, uuid, bigint) AS $("$BENCH" due-statement);
EXPLAIN (ANALYZE, BUFFERS) EXECUTE due ((extract(epoch FROM now()) * 1000000)::bigint, -9223372036854775808,
  '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 500);
SQL
}

# measure_due OPEN: the median of five looks, which must read the index alone.
measure_due() {
  local database="fengqiao_due" plan middle
  psql_in postgres --command="DROP DATABASE IF EXISTS $database" \
    --command="CREATE DATABASE $database TEMPLATE fengqiao_$cases"
  many_open "$database" "$1"
  for _ in 1 2 3 4 5; do
    plan="$(look "$database")"
    grep -q 'Index Only Scan using cases_next_due' <<<"$plan" ||
      say_and_exit "the worker reads more than the index of what is due: $plan"
    sed -nE 's/^Execution Time: ([0-9.]+) ms$/\1/p' <<<"$plan"
  done >"$work/looks"
  middle="$(sort -n "$work/looks" | sed -n 3p)"
  psql_in postgres --command="DROP DATABASE $database"
  echo
  echo "| what | value | target | |"
  echo "| --- | --- | --- | --- |"
  target "first 500 due of $1 open cases, index only" "$middle ms" 1000 most "< 1 s"
}
