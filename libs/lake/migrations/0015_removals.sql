-- How often segments of a partition were removed: by a merge, by retention, with their tenant. Whoever keeps a list of
-- segments in memory knows by this number, and by the committed sequence, whether the list still holds.
alter table lake.partition add column removals bigint not null default 0 check (removals >= 0);

create function lake.note_removal() returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    update lake.partition
       set removals = removals + 1
     where partition in (select gone.partition from gone);
    return null;
end
$$;

create trigger segment_removed
    after delete on lake.segment
    referencing old table as gone
    for each statement
    execute function lake.note_removal();
