-- The database roles of Fengqiao, and who may do what in this database.
--
-- Run it once per database, as a superuser (or as the database's owner with CREATEROLE):
--
--     createdb fengqiao
--     psql -v ON_ERROR_STOP=1 -d fengqiao -f deploy/postgres/roles.sql
--
-- It may be run again at any time, also by several sessions at once. It sets no password; do that by
-- hand, so that none stands in a file or in the server's log:
--
--     psql -d fengqiao -c '\password fengqiao_owner'   (and fengqiao_app, fengqiao_worker)
--
--     fengqiao_owner   owns the tables; used by `fengqiao migrate` and `fengqiao district` only
--     fengqiao_app     answers requests; owns nothing, every row it sees has passed a policy
--     fengqiao_worker  relays events and runs jobs; policies let it at those tables only
--     fengqiao_lookup  cannot log in; owns the few functions that find a tenant, a credential or a
--                      session before there is a scope, and may read just their columns
--
-- Rights on single tables are granted by the migrations, beside the policies they belong to.
-- Plain SQL only (no psql commands), so that a program may send the file as one query.

DO $roles$
DECLARE
    wanted record;
    attributes text;
BEGIN
    -- Roles are shared by all databases of the server, and so must be the lock against another run
    -- of this file. Only a superuser may take it; without it a concurrent run may have to be repeated.
    BEGIN
        LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
    EXCEPTION
        WHEN insufficient_privilege THEN NULL;
    END;

    FOR wanted IN
        SELECT * FROM (VALUES
            -- The owner uses the rights of fengqiao_lookup when a migration creates a lookup function.
            ('fengqiao_owner', true, true),
            ('fengqiao_app', true, false),
            ('fengqiao_worker', true, false),
            ('fengqiao_lookup', false, false)
        ) AS role (name, can_log_in, inherits)
    LOOP
        attributes := concat_ws(' ',
            CASE WHEN wanted.can_log_in THEN 'LOGIN' ELSE 'NOLOGIN' END,
            CASE WHEN wanted.inherits THEN 'INHERIT' ELSE 'NOINHERIT' END,
            'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION');
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            EXECUTE format('CREATE ROLE %I %s', wanted.name, attributes);
        ELSIF EXISTS (
            SELECT FROM pg_catalog.pg_roles
            WHERE rolname = wanted.name
              AND (rolcanlogin <> wanted.can_log_in OR rolinherit <> wanted.inherits
                   OR rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)
        ) THEN
            EXECUTE format('ALTER ROLE %I %s', wanted.name, attributes);
        END IF;
    END LOOP;

    IF NOT pg_has_role('fengqiao_owner', 'fengqiao_lookup', 'MEMBER') THEN
        GRANT fengqiao_lookup TO fengqiao_owner;
    END IF;

    -- A request is answered within seconds or not at all; the service's own deadline is longer.
    ALTER ROLE fengqiao_app SET statement_timeout = '5s';
    ALTER ROLE fengqiao_app SET lock_timeout = '2s';
    ALTER ROLE fengqiao_app SET idle_in_transaction_session_timeout = '10s';

    -- A batch may take longer than a request, but holds nothing up meanwhile.
    ALTER ROLE fengqiao_worker SET statement_timeout = '30s';
    ALTER ROLE fengqiao_worker SET lock_timeout = '2s';
    ALTER ROLE fengqiao_worker SET idle_in_transaction_session_timeout = '30s';

    -- A migration may run long; it must not queue for a lock with all readers behind it.
    ALTER ROLE fengqiao_owner SET lock_timeout = '10s';

    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO fengqiao_owner, fengqiao_app, fengqiao_worker',
        current_database());

    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    -- Who is to own a function must be allowed to create one.
    GRANT USAGE, CREATE ON SCHEMA public TO fengqiao_owner, fengqiao_lookup;
    GRANT USAGE ON SCHEMA public TO fengqiao_app, fengqiao_worker;
    REVOKE CREATE ON SCHEMA public FROM fengqiao_app, fengqiao_worker;
END
$roles$;
