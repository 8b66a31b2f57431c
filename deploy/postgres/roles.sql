-- The three database roles of Fengqiao, and who may do what in this database.
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
--     fengqiao_owner   owns the tables; used by `fengqiao migrate` only
--     fengqiao_app     answers requests; owns nothing, every row it sees has passed a policy
--     fengqiao_worker  relays events and runs jobs; policies let it at those tables only
--
-- Rights on single tables are granted by the migrations, beside the policies they belong to.
-- Plain SQL only (no psql commands), so that a program may send the file as one query.

DO $roles$
DECLARE
    wanted record;
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
            ('fengqiao_owner'),
            ('fengqiao_app'),
            ('fengqiao_worker')
        ) AS role (name)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            EXECUTE format(
                'CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT',
                wanted.name);
        ELSIF EXISTS (
            SELECT FROM pg_catalog.pg_roles
            WHERE rolname = wanted.name
              AND (NOT rolcanlogin OR rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole
                   OR rolreplication OR rolinherit)
        ) THEN
            EXECUTE format(
                'ALTER ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT',
                wanted.name);
        END IF;
    END LOOP;

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
    GRANT USAGE, CREATE ON SCHEMA public TO fengqiao_owner;
    GRANT USAGE ON SCHEMA public TO fengqiao_app, fengqiao_worker;
    REVOKE CREATE ON SCHEMA public FROM fengqiao_app, fengqiao_worker;
END
$roles$;
