-- The roles of Naru's database. Idempotent; run by a superuser before migrations. Passwords are set by whoever runs
-- the cluster, never here.
--
-- naru_owner owns the database and runs migrations. Each service logs in as a role of its own that owns nothing, is no
-- superuser and cannot bypass row-level security; what it may do, its migrations grant.

do $$
declare
    name text;
begin
    foreach name in array array['naru_owner', 'naru_console', 'naru_license', 'naru_writer', 'naru_query', 'naru_metering']
    loop
        if not exists (select 1 from pg_roles where rolname = name) then
            execute format('create role %I login', name);
        end if;
        execute format('alter role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls', name);
    end loop;
end
$$;
