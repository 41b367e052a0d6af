-- Rows of a table as they lie there, those with the smallest keys where it has a key to order by.
-- They are for a scratch clone, and are written nowhere else.
-- Placeholders: {columns}; {table}; {sample} TABLESAMPLE or nothing; {small} the condition that a
--   row is no larger than is wanted; {order} ORDER BY or nothing; {rows} at most.
-- Columns: those asked for, text
-- Order: none. Oldest server: 13.
COPY (SELECT {columns} FROM {table} AS t {sample} WHERE {small} {order} LIMIT {rows}) TO STDOUT
