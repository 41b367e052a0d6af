-- Functions that the application calls.

-- The tenant of the running request; null outside of one.
CREATE FUNCTION cmis_security.current_org() RETURNS uuid
LANGUAGE sql STABLE
AS $body$
    SELECT nullif(current_setting('app.current_org_id', true), '')::uuid;
$body$;

CREATE FUNCTION cmis.record_campaign_value(p_campaign uuid, p_org uuid, p_name text, p_value numeric)
RETURNS uuid
LANGUAGE sql
AS $body$
    INSERT INTO cmis.campaign_metrics (campaign_id, org_id, metric_name, value)
    VALUES (p_campaign, p_org, p_name, p_value)
    RETURNING metric_id;
$body$;
COMMENT ON FUNCTION cmis.record_campaign_value(uuid, uuid, text, numeric) IS 'Used by the nightly import';

CREATE FUNCTION cmis.campaign_value_on(p_campaign uuid, p_day date) RETURNS jsonb
LANGUAGE sql STABLE
AS $body$
    SELECT a.metrics
    FROM cmis.campaign_analytics a
    WHERE a.campaign_id = p_campaign AND a.date = p_day;
$body$;

CREATE FUNCTION cmis.upsert_social_post(
    p_org uuid, p_integration uuid, p_external_id text, p_caption text, p_posted_at timestamp
) RETURNS uuid
LANGUAGE plpgsql
AS $body$
DECLARE
    found_id uuid;
BEGIN
    INSERT INTO cmis.social_posts (org_id, integration_id, post_external_id, caption, posted_at, fetched_at)
    VALUES (p_org, p_integration, p_external_id, p_caption, p_posted_at, now())
    ON CONFLICT (integration_id, post_external_id)
    DO UPDATE SET caption = excluded.caption, fetched_at = excluded.fetched_at
    RETURNING id INTO found_id;
    RETURN found_id;
END;
$body$;

CREATE FUNCTION cmis.schedule_post(p_org uuid, p_content text, p_at timestamp, p_integrations jsonb)
RETURNS uuid
LANGUAGE plpgsql
AS $body$
DECLARE
    new_id uuid;
BEGIN
    INSERT INTO cmis.scheduled_social_posts (id, org_id, platforms, content, scheduled_at, status, integration_ids)
    VALUES (gen_random_uuid(), p_org, '[]', p_content, p_at, 'scheduled', p_integrations)
    RETURNING id INTO new_id;

    INSERT INTO cmis.publish_queue (available_at, scheduled_post_id, target_platform)
    SELECT p_at, new_id, i.platform
    FROM cmis.integrations i
    WHERE i.integration_id IN (SELECT e::uuid FROM jsonb_array_elements_text(p_integrations) AS e);

    RETURN new_id;
END;
$body$;

CREATE FUNCTION cmis.mark_post_published(p_post uuid) RETURNS void
LANGUAGE plpgsql
AS $body$
BEGIN
    UPDATE cmis.scheduled_social_posts SET status = 'published', published_at = now() WHERE id = p_post;
    IF NOT FOUND THEN
        UPDATE cmis.social_posts_v2 SET status = 'published', published_at = now() WHERE social_post_id = p_post;
    END IF;
END;
$body$;

CREATE FUNCTION cmis.expiring_integrations(p_within interval DEFAULT '7 days')
RETURNS TABLE (integration_id uuid, platform text, runs_out timestamp)
LANGUAGE sql STABLE
AS $body$
    SELECT i.integration_id, i.platform, coalesce(i.token_expires_at, i.expires_at)
    FROM cmis.integrations i
    WHERE i.is_active AND coalesce(i.token_expires_at, i.expires_at) < now() + p_within;
$body$;

CREATE FUNCTION cmis.freeze_snapshot(p_org uuid, p_campaign uuid) RETURNS uuid
LANGUAGE plpgsql
AS $body$
DECLARE
    new_id uuid;
BEGIN
    INSERT INTO cmis.analytics_snapshots (org_id, campaign_id, metrics, snapshot_date)
    SELECT p_org, p_campaign, jsonb_object_agg(m.metric_type, m.value), now()
    FROM cmis.metrics m
    WHERE m.campaign_id = p_campaign
    RETURNING snapshot_id INTO new_id;
    RETURN new_id;
END;
$body$;

CREATE FUNCTION cmis.note_asset_use(p_asset uuid) RETURNS integer
LANGUAGE sql
AS $body$
    UPDATE cmis.assets SET usage_count = coalesce(usage_count, 0) + 1
    WHERE asset_id = p_asset
    RETURNING usage_count;
$body$;

CREATE FUNCTION cmis_audit.write_deal_audit() RETURNS trigger
LANGUAGE plpgsql
AS $body$
BEGIN
    INSERT INTO cmis_audit.deals_audit (operation, deal_id, old_row, new_row)
    VALUES (left(TG_OP, 1), coalesce(NEW.deal_id, OLD.deal_id), to_jsonb(OLD), to_jsonb(NEW));
    RETURN NULL;
END;
$body$;

CREATE TRIGGER deals_audit AFTER INSERT OR UPDATE OR DELETE ON cmis.deals
    FOR EACH ROW EXECUTE FUNCTION cmis_audit.write_deal_audit();

CREATE TRIGGER offerings_touch BEFORE UPDATE ON cmis.offerings
    FOR EACH ROW EXECUTE FUNCTION cmis_ops.touch_updated_at();
