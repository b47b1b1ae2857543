-- Hours of a project whose sums still count erased rows. Written with the erasure, gone when they are counted anew.
create table lake.stale_rollup (
    tenant_id  uuid        not null,
    project_id uuid        not null,
    -- Its beginning, unix ns.
    hour_ns    bigint      not null,
    marked_at  timestamptz not null default clock_timestamp(),
    -- How often: who counted anew knows by it whether rows were erased meanwhile.
    marks      integer     not null default 1,
    primary key (tenant_id, project_id, hour_ns)
);

alter table lake.stale_rollup enable row level security;
alter table lake.stale_rollup force row level security;

create policy stale_of_tenant on lake.stale_rollup for all to naru_writer
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant select, insert, update, delete on lake.stale_rollup to naru_writer;
