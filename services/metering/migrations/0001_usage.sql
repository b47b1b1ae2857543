-- Usage totals. Every outbox row of a writer is applied once, however often it comes.

create table metering.usage_hour (
    tenant_id   uuid        not null,
    project_id  uuid        not null,
    -- 1 traces, 2 metrics, 3 logs.
    signal      smallint    not null check (signal in (1, 2, 3)),
    -- UTC hour of the gateway's receive time.
    hour        timestamptz not null,
    items       bigint      not null check (items >= 0),
    bytes       bigint      not null check (bytes >= 0),
    primary key (tenant_id, project_id, signal, hour)
);

-- Ids of the outbox rows that are in the totals. Kept longer than the bus keeps messages.
create table metering.applied (
    tenant_id   uuid        not null,
    id          uuid        not null,
    applied_at  timestamptz not null default now(),
    primary key (tenant_id, id)
);
create index applied_by_age on metering.applied (applied_at);

grant usage on schema metering to naru_metering;
grant select, insert, update on metering.usage_hour to naru_metering;
grant select, insert, delete on metering.applied to naru_metering;

alter table metering.usage_hour enable row level security;
alter table metering.usage_hour force row level security;
alter table metering.applied enable row level security;
alter table metering.applied force row level security;

create policy own_tenant on metering.usage_hour to naru_metering
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy own_tenant on metering.applied to naru_metering
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- One job goes through all tenants: forgetting ids that the bus can no longer repeat.
create policy job_forget_read on metering.applied for select to naru_metering
    using (current_setting('app.job', true) = 'forget');
create policy job_forget on metering.applied for delete to naru_metering
    using (current_setting('app.job', true) = 'forget');
