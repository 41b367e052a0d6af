-- Partitions of a long table, by month, quarter or year.
-- Placeholders: @book@ the schema. Oldest server: 13.
CREATE FUNCTION @book@.make_partitions(
    target text, prefix text, span text, first_day timestamptz, last_day timestamptz
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog SET timezone = 'UTC'
AS $body$
DECLARE
    step interval := CASE span WHEN 'month' THEN interval '1 month'
                               WHEN 'quarter' THEN interval '3 months'
                               ELSE interval '1 year' END;
    low timestamptz := date_trunc(span, first_day);
    made integer := 0;
    home text;
BEGIN
    SELECT quote_ident(n.nspname) INTO home
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target::regclass;
    -- The newest 120 at most: what is older goes to the default partition.
    IF low < date_trunc(span, last_day) - 116 * step THEN
        low := date_trunc(span, last_day) - 116 * step;
    END IF;
    WHILE low <= last_day + 3 * step AND made < 120 LOOP
        EXECUTE format('CREATE TABLE IF NOT EXISTS %s.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                       home, prefix || to_char(low, 'YYYYMM'), target, low, low + step);
        low := low + step;
        made := made + 1;
    END LOOP;
END
$body$;
