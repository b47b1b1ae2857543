-- Names under which rollups count, by project: what came first within the caps has a row, all else is `__other__`.
-- Written in the commit of the rollups that use them.
create table lake.rollup_name (
    tenant_id  uuid        not null,
    project_id uuid        not null,
    -- Whose tail counted it: the owner of this partition reads its names at takeover.
    partition  integer     not null,
    kind       smallint    not null,
    service    text        not null,
    name       text        not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, project_id, kind, service, name)
);
create index rollup_name_by_partition on lake.rollup_name (partition);

alter table lake.rollup_name enable row level security;
alter table lake.rollup_name force row level security;

create policy name_of_tenant_written on lake.rollup_name for insert to naru_writer
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy name_of_tenant_read on lake.rollup_name for select to naru_query
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- Takeover reads those of all tenants of a partition, and a deleted tenant's go.
create policy name_jobs_read on lake.rollup_name for select to naru_writer using (true);
create policy name_jobs_delete on lake.rollup_name for delete to naru_writer using (true);

-- A new owner looks up what its partition stored last.
create index segment_by_partition on lake.segment (partition, holds, created_at);

grant select, insert, delete on lake.rollup_name to naru_writer;
grant select on lake.rollup_name to naru_query;
