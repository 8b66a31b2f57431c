# How long it takes to draw a sample when very many cases of a district are closed. Sourced by bench/run.
# shellcheck shell=bash

# many_closed DATABASE DISTRICT CLOSED: as many closed cases of that district as that, each a copy of one that is there. They are
# in a store of their own, for nothing else may be measured in it.
many_closed() {
  psql_in "$1" --set=district="$2" --set=closed="$3" <<'SQL'
CREATE TEMP TABLE copied AS SELECT cases.* FROM cases JOIN tenants USING (tenant_id)
  WHERE tenants.code = :'district' LIMIT 500;
UPDATE copied SET external_source = NULL, external_number = NULL, state = 'closed', stage = 'closing',
  closed_at = opened_at + 86400000000, on_time = true, judged_at = opened_at + 86400000000,
  due_at = 9223372036854775807, next_due_at = 9223372036854775807;
CREATE TEMP SEQUENCE serials;
SELECT set_config('bench.closed', :'closed', false), set_config('bench.district', :'district', false) \g /dev/null
DO $$
BEGIN
  WHILE (SELECT last_value FROM serials) < current_setting('bench.closed')::bigint LOOP
    UPDATE copied SET id = gen_random_uuid(),
      number = current_setting('bench.district') || '-2040-' || lpad(nextval('serials')::text, 6, '0');
    INSERT INTO cases SELECT * FROM copied;
  END LOOP;
END $$;
VACUUM ANALYZE cases;
SQL
}

# measure_sampling CLOSED: the median of five draws of 500 cases, after one that warms up.
measure_sampling() {
  local database="fengqiao_sampled" district=990001 population middle
  psql_in postgres --command="DROP DATABASE IF EXISTS $database" \
    --command="CREATE DATABASE $database TEMPLATE fengqiao_$cases"
  many_closed "$database" "$district" "$1"
  with_settings "$store/$cases/postgres" "postgres://fengqiao_app@127.0.0.1:$POSTGRES_PORT/$database" \
    "$BENCH" sample --district "$district" --times 6 2>"$work/sampling.log" >"$work/draws" ||
    { cat "$work/sampling.log" >&2 && say_and_exit "cannot draw a sample"; }
  population="$(sed -nE '1s/^RESULT ([0-9]+) .*/\1/p' "$work/draws")"
  middle="$(sed -nE '2,$s/^RESULT [0-9]+ ([0-9]+)$/\1/p' "$work/draws" | sort -n | sed -n 3p)"
  psql_in postgres --command="DROP DATABASE $database"
  echo
  echo "| what | value | target | |"
  echo "| --- | --- | --- | --- |"
  target "500 drawn of $population closed cases" "$middle ms" 1000 most "< 1 s"
}
