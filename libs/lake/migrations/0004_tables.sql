-- A segment holds rows of a table; rollups are tables, too: 1 spans, 2 metric points, 3 log records, 4 rollups of a cut,
-- 5 to 7 rollups by 10 s, minute and hour.
alter table lake.segment rename column signal to holds;
alter table lake.segment drop constraint segment_signal_check;
alter table lake.segment add constraint segment_holds_check check (holds between 1 and 7);
