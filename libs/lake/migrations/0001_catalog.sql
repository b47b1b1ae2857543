-- The lake's catalog: what is stored where, up to which sequence, and what of it is billed.
-- One writer role (naru_writer), one reader role (naru_query). No other service touches it.

-- Who owns a partition of the bus, and how far it is stored. No tenant: a partition holds many.
create table lake.partition (
    partition     integer     primary key check (partition between 0 and 9999),
    owner         text,
    -- Raised by one at every takeover; a commit names the epoch it was made under.
    epoch         bigint      not null default 0,
    lease_until   timestamptz,
    committed_seq bigint      not null default 0 check (committed_seq >= 0),
    flight_url    text,
    -- The identity of the stream that `committed_seq` counts in.
    stream_epoch  uuid
);

-- One extent: one tenant's rows of one signal, project and UTC day in one cut.
create table lake.segment (
    id           uuid        not null,
    tenant_id    uuid        not null,
    project_id   uuid        not null,
    signal       smallint    not null check (signal in (1, 2, 3)),
    day          date        not null,
    partition    integer     not null,
    first_seq    bigint      not null,
    last_seq     bigint      not null,
    level        smallint    not null default 0,
    path         text        not null,
    byte_offset  bigint      not null check (byte_offset >= 0),
    byte_length  bigint      not null check (byte_length > 0),
    row_count    bigint      not null check (row_count > 0),
    min_start_ns bigint      not null,
    max_start_ns bigint      not null,
    created_at   timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, path, byte_offset)
);
create index segment_by_time on lake.segment (tenant_id, project_id, signal, max_start_ns, min_start_ns);
create index segment_by_path on lake.segment (path);
create index segment_by_day on lake.segment (day);

-- Ids of entries stored lately: resent bytes are dropped. No tenant: the id hashes project, signal and bytes.
create table lake.entry (
    partition    integer     not null,
    id           bytea       not null check (length(id) = 16),
    seq          bigint      not null,
    committed_at timestamptz not null default now(),
    primary key (partition, id)
);
create index entry_by_age on lake.entry (committed_at);

-- Usage counted in the commit that stored it, until the bus has it.
create table lake.usage_outbox (
    id         uuid        not null,
    tenant_id  uuid        not null,
    project_id uuid        not null,
    signal     smallint    not null check (signal in (1, 2, 3)),
    hour       timestamptz not null,
    items      bigint      not null check (items >= 0),
    bytes      bigint      not null check (bytes >= 0),
    created_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
create index usage_outbox_by_age on lake.usage_outbox (created_at);

-- An entry that could not be decoded: where its bytes are kept, and why. Visible to its tenant, never billed.
create table lake.quarantine (
    id          uuid        not null,
    tenant_id   uuid        not null,
    project_id  uuid        not null,
    signal      smallint    not null check (signal in (1, 2, 3)),
    partition   integer     not null,
    seq         bigint      not null,
    reason      text        not null,
    path        text        not null,
    byte_offset bigint      not null,
    byte_length bigint      not null,
    received_at timestamptz not null,
    created_at  timestamptz not null default now(),
    primary key (tenant_id, id)
);
create index quarantine_by_path on lake.quarantine (path);

alter table lake.segment enable row level security;
alter table lake.segment force row level security;
alter table lake.usage_outbox enable row level security;
alter table lake.usage_outbox force row level security;
alter table lake.quarantine enable row level security;
alter table lake.quarantine force row level security;

-- Rows are written and read under the tenant of the transaction.
create policy segment_of_tenant_written on lake.segment for insert to naru_writer
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy segment_of_tenant_read on lake.segment for select to naru_query
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy usage_of_tenant_written on lake.usage_outbox for insert to naru_writer
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy quarantine_of_tenant_written on lake.quarantine for insert to naru_writer
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- The writer's jobs cross tenants: retention, collection of orphaned objects, publishing of usage.
create policy segment_jobs_read on lake.segment for select to naru_writer using (true);
create policy segment_jobs_delete on lake.segment for delete to naru_writer using (true);
create policy usage_jobs_read on lake.usage_outbox for select to naru_writer using (true);
create policy usage_jobs_delete on lake.usage_outbox for delete to naru_writer using (true);
create policy quarantine_jobs_read on lake.quarantine for select to naru_writer using (true);
create policy quarantine_jobs_delete on lake.quarantine for delete to naru_writer using (true);

grant usage on schema lake to naru_writer, naru_query;
grant select, insert, update on lake.partition to naru_writer;
grant select, insert, delete on lake.segment to naru_writer;
grant select, insert, update, delete on lake.entry to naru_writer;
grant select, insert, delete on lake.usage_outbox to naru_writer;
grant select, insert, delete on lake.quarantine to naru_writer;
grant select on lake.partition, lake.segment to naru_query;
