-- People and what belongs to them. Times are unix ms from the service's clock, so that tests can move it.
-- Who may see which row is written in 0002_access.sql, and only there.

create table console.tenant (
    id          uuid   primary key,
    slug        text   not null,
    -- The slug as the eye reads it (0 = o, rn = m …): two tenants never look alike in the address bar.
    skeleton    text   not null,
    company     text   not null,
    region      text   not null,
    created_ms  bigint not null,
    constraint tenant_slug_key unique (slug),
    constraint tenant_skeleton_key unique (skeleton),
    constraint tenant_slug_is_a_label check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) between 3 and 40)
);

-- A person may one day be a member of several tenants; the mail address is theirs alone.
create table console.person (
    id            uuid   primary key,
    email         text   not null,
    email_folded  text   not null,
    password_phc  text   not null,
    name          text   not null,
    locale        text   not null check (locale in ('ko', 'en')),
    created_ms    bigint not null,
    -- Without a verified address nothing may be changed after this moment.
    verify_by_ms  bigint not null,
    verified_ms   bigint,
    constraint person_email_key unique (email_folded)
);

create table console.member (
    tenant_id   uuid   not null references console.tenant (id),
    person_id   uuid   not null references console.person (id),
    role        text   not null check (role in ('owner', 'admin', 'operator', 'viewer')),
    created_ms  bigint not null,
    primary key (tenant_id, person_id)
);
create index member_by_person on console.member (person_id);

-- Only SHA-256 digests of session secrets are stored. A tenant host's session hangs on the console session it came from.
create table console.session (
    tenant_id      uuid   not null,
    digest         bytea  not null check (length(digest) = 32),
    person_id      uuid   not null,
    kind           text   not null check (kind in ('console', 'tenant')),
    host           text   not null,
    parent_digest  bytea,
    created_ms     bigint not null,
    expires_ms     bigint not null,
    revoked_ms     bigint,
    primary key (tenant_id, digest),
    constraint session_digest_key unique (digest),
    foreign key (tenant_id, person_id) references console.member (tenant_id, person_id) on delete cascade,
    foreign key (tenant_id, parent_digest) references console.session (tenant_id, digest) on delete cascade,
    check ((kind = 'tenant') = (parent_digest is not null))
);
create index session_by_parent on console.session (tenant_id, parent_digest);
create index session_by_person on console.session (tenant_id, person_id);
create index session_by_expiry on console.session (expires_ms);

-- One-time codes that carry a console session over to the tenant's host.
create table console.hand_over (
    tenant_id       uuid   not null,
    digest          bytea  not null check (length(digest) = 32),
    session_digest  bytea  not null,
    host            text   not null,
    nonce_digest    bytea  not null check (length(nonce_digest) = 32),
    created_ms      bigint not null,
    expires_ms      bigint not null,
    used_ms         bigint,
    primary key (tenant_id, digest),
    foreign key (tenant_id, session_digest) references console.session (tenant_id, digest) on delete cascade,
    check (expires_ms <= created_ms + 60000)
);
create index hand_over_by_session on console.hand_over (tenant_id, session_digest);
create index hand_over_by_expiry on console.hand_over (expires_ms);

create table console.email_verification (
    tenant_id   uuid   not null,
    digest      bytea  not null check (length(digest) = 32),
    person_id   uuid   not null,
    -- The address the link was sent to: it proves nothing about any later one.
    email       text   not null,
    created_ms  bigint not null,
    expires_ms  bigint not null,
    used_ms     bigint,
    primary key (tenant_id, digest),
    constraint email_verification_digest_key unique (digest),
    foreign key (tenant_id, person_id) references console.member (tenant_id, person_id) on delete cascade
);
create index email_verification_by_person on console.email_verification (tenant_id, person_id);
create index email_verification_by_expiry on console.email_verification (expires_ms);

create table console.project (
    tenant_id      uuid   not null references console.tenant (id),
    id             uuid   not null,
    name           text   not null,
    platform       text   not null,
    region         text   not null,
    group_name     text   not null,
    created_ms     bigint not null,
    -- The project's first span as the gateway told it; null until then.
    first_data_ms  bigint,
    primary key (tenant_id, id)
);

create table console.api_token (
    tenant_id     uuid   not null,
    id            uuid   not null,
    -- HMAC-SHA256 under the pepper of the token's SHA-256: a stolen table opens nothing.
    mac           bytea  not null check (length(mac) = 32),
    name          text   not null,
    hint          text   not null,
    role          text   not null check (role in ('owner', 'admin', 'operator', 'viewer')),
    person_id     uuid   not null,
    created_ms    bigint not null,
    last_used_ms  bigint,
    revoked_ms    bigint,
    primary key (tenant_id, id),
    constraint api_token_mac_key unique (mac),
    foreign key (tenant_id, person_id) references console.member (tenant_id, person_id) on delete cascade
);
create index api_token_by_person on console.api_token (tenant_id, person_id);

-- Who changed what, when, from where. Rows are never changed.
create table console.audit (
    tenant_id   uuid   not null references console.tenant (id),
    id          uuid   not null,
    at_ms       bigint not null,
    -- `usr_…`, `tok_…`, or `-` where nobody was logged in.
    actor       text   not null,
    action      text   not null,
    subject     text   not null,
    address     text   not null,
    primary key (tenant_id, id)
);

-- Mails owed. A row is written with the change that causes it and goes when the mail is handed over, so that an
-- outage of the mail server loses none. Links are made when the mail is sent: no secret waits in this table.
create table console.mail_outbox (
    tenant_id   uuid   not null,
    id          uuid   not null,
    person_id   uuid   not null,
    kind        text   not null check (kind in ('verify_email')),
    created_ms  bigint not null,
    next_ms     bigint not null,
    attempts    integer not null default 0,
    primary key (tenant_id, id),
    foreign key (tenant_id, person_id) references console.member (tenant_id, person_id) on delete cascade
);
create index mail_outbox_by_person on console.mail_outbox (tenant_id, person_id);
create index mail_outbox_by_next on console.mail_outbox (next_ms);
