-- Schemas, the vector extension, and the types every other file relies on.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE SCHEMA IF NOT EXISTS cmis;
CREATE SCHEMA IF NOT EXISTS cmis_marketing;
CREATE SCHEMA IF NOT EXISTS cmis_analytics;
CREATE SCHEMA IF NOT EXISTS cmis_knowledge;
CREATE SCHEMA IF NOT EXISTS cmis_audit;
CREATE SCHEMA IF NOT EXISTS cmis_ops;
CREATE SCHEMA IF NOT EXISTS cmis_staging;
CREATE SCHEMA IF NOT EXISTS cmis_dev;
CREATE SCHEMA IF NOT EXISTS cmis_security;
CREATE SCHEMA IF NOT EXISTS cmis_ai;
CREATE SCHEMA IF NOT EXISTS operations;
CREATE SCHEMA IF NOT EXISTS archive;
CREATE SCHEMA IF NOT EXISTS lab;

COMMENT ON SCHEMA cmis IS 'Tenants, campaigns, creative work, publishing and customers';
COMMENT ON SCHEMA cmis_marketing IS 'Templates, landing pages, forms and generated creative material';
COMMENT ON SCHEMA cmis_knowledge IS 'Documents, topics and their embeddings';
COMMENT ON SCHEMA cmis_staging IS 'Landing area of file and platform imports';
COMMENT ON SCHEMA archive IS 'Retention rules, export manifests and legal holds';
COMMENT ON SCHEMA lab IS 'Example sets and usability research';

CREATE TYPE cmis.campaign_state AS ENUM ('draft', 'review', 'running', 'paused', 'finished');

CREATE TYPE cmis_ops.work_state AS ENUM ('waiting', 'reserved', 'done', 'failed', 'buried');

CREATE TYPE cmis_ai.turn_role AS ENUM ('system', 'user', 'assistant', 'tool');

CREATE DOMAIN cmis.email_address AS varchar(320)
    CHECK (VALUE ~ '^[^@[:space:]]+@[^@[:space:]]+$');

CREATE DOMAIN cmis.money_amount AS numeric(14, 2)
    CHECK (VALUE >= 0);

CREATE TYPE cmis.postal_address AS (
    line_one     text,
    line_two     text,
    city         text,
    postcode     varchar(20),
    country_code char(2)
);

-- Keeps "updated_at" current on the tables that carry the trigger.
CREATE FUNCTION cmis_ops.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql
AS $body$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$body$;
