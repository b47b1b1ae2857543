-- How long a tenant's rows of a table are kept, where that is not the default.
create table lake.retention (
    tenant_id uuid     not null,
    holds     smallint not null check (holds between 1 and 7),
    days      integer  not null check (days between 1 and 3660),
    primary key (tenant_id, holds)
);

alter table lake.retention enable row level security;
alter table lake.retention force row level security;

create policy retention_of_tenant_read on lake.retention for select to naru_query
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy retention_of_tenant_made on lake.retention for insert to naru_writer
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy retention_of_tenant_changed on lake.retention for update to naru_writer
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy retention_of_tenant_deleted on lake.retention for delete to naru_writer
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- The job that drops old days looks at all of them.
create policy retention_jobs_read on lake.retention for select to naru_writer using (true);

grant select, insert, update, delete on lake.retention to naru_writer;
grant select on lake.retention to naru_query;
