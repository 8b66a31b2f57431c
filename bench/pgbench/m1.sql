-- M1: report a case. The rows that the product writes for it, in one transaction: serial, access rows, case, entry,
-- audit row, event; sealed columns are as long as the product's. The event has a position of its own making, or the
-- relay of the server that waits beside would work for pgbench. @…@ is filled in by fengqiao-bench.
\set n random(1, @callers@)
\set r random(1, 9000000000000000000)
\startpipeline
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT @settings@;
UPDATE serials SET last = last + 1 WHERE tenant_id = (@tenants@)[:n] AND name = 'case/' || to_char(now(), 'YYYY');
INSERT INTO case_access (tenant_id, id, case_id, principal_kind, principal_id, part, inbox, since_at, until_at,
                         opened_at)
SELECT (@tenants@)[:n], (m.at || lpad(to_hex(:r::bigint + k.part), 20, '0'))::uuid, (m.at || lpad(to_hex(:r::bigint), 20, '0'))::uuid,
       CASE k.part WHEN 1 THEN 'unit' ELSE 'account' END,
       CASE k.part WHEN 1 THEN (@villages@)[:n] ELSE (@accounts@)[:n] END,
       CASE k.part WHEN 1 THEN 'assignee' ELSE 'reporter' END,
       CASE k.part WHEN 1 THEN 'todo' ELSE 'none' END,
       (extract(epoch FROM now()) * 1000000)::bigint, 9223372036854775807, (extract(epoch FROM now()) * 1000000)::bigint
FROM (SELECT lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') AS at) m, (VALUES (1), (2)) k (part);
INSERT INTO cases (tenant_id, id, number, state, category_id, sensitivity, priority, source, title, description,
                   town_id, village_id, grid_id, reported_at, reporter_account_id, reporter_name, anonymous,
                   assignee_kind, assignee_id, level, givers, due_at, opened_at, version)
SELECT (@tenants@)[:n], (m.at || lpad(to_hex(:r::bigint), 20, '0'))::uuid,
       (@districts@)[:n] || to_char(now(), '-YYYY-') || lpad(s.last::text, 6, '0'), 'reported', (@categories@)[:n],
       0, 'normal', 'patrol', '路口井盖松动，车辆经过有异响', decode(repeat('ab', 120), 'hex'),
       (@towns@)[:n], (@villages@)[:n], (@places@)[:n], m.micros, (@accounts@)[:n], decode(repeat('ab', 60), 'hex'), false,
       'unit', (@villages@)[:n], 'village', '[]', m.micros + 2592000000000, m.micros, 1
FROM (SELECT lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') AS at,
             (extract(epoch FROM now()) * 1000000)::bigint AS micros) m,
     (SELECT last FROM serials WHERE tenant_id = (@tenants@)[:n] AND name = 'case/' || to_char(now(), 'YYYY')) s;
INSERT INTO case_entries (tenant_id, id, case_id, version, at, act, to_state, account_id, audience, detail)
SELECT (@tenants@)[:n], (m.at || lpad(to_hex(:r::bigint + 3), 20, '0'))::uuid, (m.at || lpad(to_hex(:r::bigint), 20, '0'))::uuid, 1,
       (extract(epoch FROM now()) * 1000000)::bigint, 'report', 'reported', (@accounts@)[:n], 0,
       '{"assigneeKind": "unit", "assignee": "' || (@villages@)[:n] || '", "level": "village"}'
FROM (SELECT lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') AS at) m;
INSERT INTO audit_entries (tenant_id, id, at, account_id, action, target, request_id, detail)
SELECT (@tenants@)[:n], (m.at || lpad(to_hex(:r::bigint + 4), 20, '0'))::uuid, (extract(epoch FROM now()) * 1000000)::bigint,
       (@accounts@)[:n], 'case.report', 'case_' || (m.at || lpad(to_hex(:r::bigint), 20, '0'))::uuid, 'pgbench',
       '{"number": "999999-2026-000000", "version": 1, "from": null, "to": "reported", "assignee": "unit_' || (@villages@)[:n] || '"}'
FROM (SELECT lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') AS at) m;
INSERT INTO outbox_events (tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, account_id, payload, scope_after,
                           position)
SELECT (@tenants@)[:n], (m.at || lpad(to_hex(:r::bigint + 5), 20, '0'))::uuid, 'case', (m.at || lpad(to_hex(:r::bigint), 20, '0'))::uuid, 1,
       'case.reported', (extract(epoch FROM now()) * 1000000)::bigint, (@accounts@)[:n],
       '{"number": "999999-2026-000000", "category": "' || (@categories@)[:n] || '", "to": "reported", "assigneeKind": "unit", "assignee": "' || (@villages@)[:n] || '", "level": "village"}',
       '{"town": "' || (@towns@)[:n] || '", "village": "' || (@villages@)[:n] || '", "grid": "' || (@places@)[:n] || '", "category": "' || (@categories@)[:n]
       || '", "sensitivity": 0, "principals": ["' || (@accounts@)[:n] || '", "' || (@villages@)[:n] || '"]}', -:r::bigint
FROM (SELECT lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') AS at) m;
COMMIT;
\endpipeline
