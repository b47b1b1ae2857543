-- Compaction asks for what is not merged yet, partition by partition; most segments have reached their last level.
create index segment_to_merge on lake.segment (partition, level, created_at) where level < 3;
