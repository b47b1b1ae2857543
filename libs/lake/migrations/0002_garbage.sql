-- Objects that no row pointed to when the collector last looked, and since when. No tenant: an object holds many.
create table lake.garbage (
    path      text        primary key,
    found_at  timestamptz not null default now(),
    -- Being deleted: from now on no commit may point to it.
    condemned boolean     not null default false
);
create index garbage_by_age on lake.garbage (found_at);

grant select, insert, update, delete on lake.garbage to naru_writer;
