-- Segments say their version at their end and are sealed from now on. The layout before was never released: what is left
-- of it cannot be read any more, and its objects are collected as nobody points to them. Truncated, since row-level
-- security hides every row from a delete without a tenant.
truncate lake.segment;
truncate lake.quarantine;

-- The extent's own key, wrapped by its tenant's.
alter table lake.segment add column sealed_key bytea not null;
alter table lake.quarantine add column sealed_key bytea not null;

-- Tenants' keys, wrapped by a key that lies outside of the database. A row that is gone takes the tenant's data along.
create table lake.tenant_key (
    tenant_id  uuid        primary key,
    wrapped    bytea       not null,
    wrapped_by text        not null,
    created_at timestamptz not null default now()
);

alter table lake.tenant_key enable row level security;
alter table lake.tenant_key force row level security;

create policy key_of_tenant_read on lake.tenant_key for select to naru_query
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy key_of_tenant_written on lake.tenant_key for insert to naru_writer
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy key_of_tenant_rewrapped on lake.tenant_key for update to naru_writer
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy key_of_tenant_destroyed on lake.tenant_key for delete to naru_writer
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- Rotation looks at all of them.
create policy key_jobs_read on lake.tenant_key for select to naru_writer using (true);

grant select, insert, update, delete on lake.tenant_key to naru_writer;
grant select on lake.tenant_key to naru_query;
