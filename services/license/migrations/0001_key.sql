-- License keys. A key's text is stored nowhere: only HMAC-SHA-256(pepper, SHA-256(text)).
-- Times are unix ms from the service's clock.

create table license.key (
    id              uuid     primary key,
    tenant_id       uuid     not null,
    project_id      uuid     not null,
    mac             bytea    not null check (length(mac) = 32),
    region          text     not null,
    name            text     not null check (length(name) between 1 and 80),
    -- First and last letters, so that people recognise it.
    hint            text     not null,
    -- Grows with each change: gateways never replace a newer claim by an older one.
    version         bigint   not null default 1,
    retention_days  smallint not null check (retention_days between 1 and 400),
    created_ms      bigint   not null,
    expires_ms      bigint,
    revoked_ms      bigint,
    last_used_ms    bigint,
    constraint key_mac_key unique (mac)
);
create index key_by_project on license.key (tenant_id, project_id, created_ms);

grant usage on schema license to naru_license;
grant select, insert, update on license.key to naru_license;

alter table license.key enable row level security;
alter table license.key force row level security;

-- Inside a tenant: its own keys.
create policy own_tenant on license.key to naru_license
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Before a tenant is known, a key shows itself to whoever names its MAC (hex, comma-separated), which takes the key
-- itself and the pepper. Gateways' questions are answered through this and nothing else.
create policy lookup_mac on license.key for select to naru_license
    -- The inner select splits the list once per statement, not once per row.
    using (encode(mac, 'hex') = any (
        (select string_to_array(nullif(current_setting('app.lookup_macs', true), ''), ','))::text[]));
