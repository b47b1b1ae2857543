-- Which key it is that a cut is sealed with: rotation wraps a key anew and leaves it the same one, but a tenant who was
-- forgotten and comes again has another.
alter table lake.tenant_key add column id uuid not null default gen_random_uuid();

-- A commit holds the keys of all its tenants until what they seal is in the catalog. Holding is all it may do: by its check,
-- the policy lets nobody change a row of a tenant that the transaction has not named.
create policy key_jobs_held on lake.tenant_key for update to naru_writer
    using (true)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
