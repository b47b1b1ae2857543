-- When the bus stored the newest pack of the cut that an id came with. An id is forgotten an hour of its partition's stream
-- later, whatever the clock says: what was sent again waits on the bus for as long as nobody reads it. Of ids from before,
-- nobody knows it. They stay null, and their hour is the clock's.
alter table lake.entry add column stream_at timestamptz;
create index entry_by_stream on lake.entry (partition, stream_at);
drop index lake.entry_by_age;
create index entry_by_age on lake.entry (committed_at) where stream_at is null;
