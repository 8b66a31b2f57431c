-- Q1 as one statement: the first 20 cases of my town (21, to know whether there are more), newest first, each
-- with grid, village, assignee and its last three entries. @…@ is filled in by fengqiao-bench.
\set n random(1, @callers@)
\startpipeline
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT @settings@;
SELECT c.id, c.number, c.title, c.state, c.opened_at, c.due_at, g.name, v.name,
       c.assignee_kind, coalesce(a.login, u.name, o.name), e.timeline
FROM (SELECT * FROM cases
      WHERE tenant_id = (@tenants@)[:n] AND town_id = (@places@)[:n]
      ORDER BY opened_at DESC, id DESC LIMIT 21) c
LEFT JOIN grids g ON g.tenant_id = c.tenant_id AND g.id = c.grid_id
LEFT JOIN units v ON v.tenant_id = c.tenant_id AND v.id = c.village_id
LEFT JOIN accounts a ON c.assignee_kind = 'account' AND a.tenant_id = c.tenant_id AND a.id = c.assignee_id
LEFT JOIN units u ON c.assignee_kind = 'unit' AND u.tenant_id = c.tenant_id AND u.id = c.assignee_id
LEFT JOIN organisations o ON c.assignee_kind = 'organisation' AND o.tenant_id = c.tenant_id AND o.id = c.assignee_id
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(l.act, l.at, l.to_state)) AS timeline
    FROM (SELECT act, at, to_state FROM case_entries
          WHERE tenant_id = c.tenant_id AND case_id = c.id ORDER BY version DESC LIMIT 3) l) e
ORDER BY c.opened_at DESC, c.id DESC;
COMMIT;
\endpipeline
