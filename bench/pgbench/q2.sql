-- Q2 as one statement: one case by id with its timeline. @…@ is filled in by fengqiao-bench.
\set n random(1, @callers@)
\set c (:n - 1) * @each@ + random(1, @each@)
\startpipeline
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT @settings@;
SELECT c.id, c.number, c.title, c.description, c.state, c.priority, c.opened_at, c.due_at, c.version, e.timeline
FROM cases c
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(l.id, l.act, l.at, l.from_state, l.to_state, l.text) ORDER BY l.version) AS timeline
    FROM (SELECT * FROM case_entries
          WHERE tenant_id = c.tenant_id AND case_id = c.id ORDER BY version LIMIT 21) l) e
WHERE c.tenant_id = (@tenants@)[:n] AND c.id = (@cases@)[:c];
COMMIT;
\endpipeline
