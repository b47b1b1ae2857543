-- The login roles of Naru: one per service that keeps something in Postgres, and one that owns the schemas.
--
-- Run as a superuser before the migrations, in development by `./dev`, in production by whoever owns the server.
-- It may run any number of times. Passwords are set elsewhere; without one, password authentication refuses the role.
-- No role is superuser, bypasses row security, or is a member of another; what each may touch is granted by the
-- migrations. Plain SQL without psql commands, so that any client can send it as one text.

do $$
declare
    name text;
begin
    foreach name in array array[
        'naru_owner',      -- runs migrations, owns schemas and tables; no service logs in with it
        'naru_console',    -- people, tenants, projects, sessions, tokens
        'naru_license',    -- license keys and entitlements
        'naru_writer',     -- writes the lake's catalog
        'naru_query',      -- reads the lake's catalog, writes nothing
        'naru_metering'    -- usage totals
    ] loop
        if not exists (select from pg_catalog.pg_roles where rolname = name) then
            execute format('create role %I login', name);
        end if;
        -- Also mends a role that somebody has widened by hand.
        execute format(
            'alter role %I login nosuperuser nobypassrls nocreatedb nocreaterole noreplication', name);
    end loop;
end
$$;

-- A query that runs away, or a transaction left open by a client that died, must not hold the whole product up.
-- Migrations may take longer than either, so the owner has no such limits.
do $$
declare
    name text;
begin
    foreach name in array array['naru_console', 'naru_license', 'naru_writer', 'naru_query', 'naru_metering'] loop
        execute format('alter role %I set statement_timeout = ''30s''', name);
        execute format('alter role %I set idle_in_transaction_session_timeout = ''60s''', name);
        execute format('alter role %I set lock_timeout = ''10s''', name);
    end loop;
end
$$;
