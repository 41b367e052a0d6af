-- Who descends from whom: tables, partitions, and indexes of partitioned tables.
-- Columns: child oid, parent oid, position int
-- Order: none. Oldest server: 13.
SELECT i.inhrelid, i.inhparent, i.inhseqno FROM pg_inherits i
