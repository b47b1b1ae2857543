-- Names grow old (ADR 14): one that no kept row counts under makes room for another.
alter table lake.rollup_name
    -- Buckets up to this one (unix ns) count it among all others; the least number: none does.
    add column after_ns bigint not null default '-9223372036854775808',
    -- No bucket at this moment (unix ns) or later counts under it. Of names from before nobody knows: a week from now.
    add column until_ns bigint not null
        default (extract(epoch from now() + interval '7 days') * 1000000000)::bigint;
alter table lake.rollup_name
    alter column after_ns drop default,
    alter column until_ns drop default;

create policy name_of_tenant_used on lake.rollup_name for update to naru_writer
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant update on lake.rollup_name to naru_writer;

-- Services (kind 1, service '') and names of a service that found no room, and the last bucket in which one did. Up to then
-- any name that has no row has been counted among all others.
create table lake.rollup_full (
    tenant_id  uuid     not null,
    project_id uuid     not null,
    partition  integer  not null,
    kind       smallint not null,
    service    text     not null,
    -- Where that bucket begins, unix ns.
    through_ns bigint   not null,
    primary key (tenant_id, project_id, kind, service)
);
create index rollup_full_by_partition on lake.rollup_full (partition);

-- What is full now has turned names away, up to an hour ahead, for all we know. Row-level security would hide all names.
alter table lake.rollup_name no force row level security;
insert into lake.rollup_full (tenant_id, project_id, partition, kind, service, through_ns)
select tenant_id, project_id, min(partition), kind, service,
       (extract(epoch from now() + interval '1 hour') * 1000000000)::bigint
  from lake.rollup_name
 group by tenant_id, project_id, kind, service
having count(*) >= case kind when 1 then 500 else 2000 end;
alter table lake.rollup_name force row level security;

alter table lake.rollup_full enable row level security;
alter table lake.rollup_full force row level security;

create policy full_of_tenant_written on lake.rollup_full for insert to naru_writer
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy full_of_tenant_moved on lake.rollup_full for update to naru_writer
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- Takeover reads those of all tenants of a partition, and a deleted tenant's go.
create policy full_jobs_read on lake.rollup_full for select to naru_writer using (true);
create policy full_jobs_delete on lake.rollup_full for delete to naru_writer using (true);

grant select, insert, update, delete on lake.rollup_full to naru_writer;
