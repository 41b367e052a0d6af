-- Rows of the tables that are kept more than once, for a rehearsal of their merging: ordinary ones,
-- and those that hurt. NULL wherever it is allowed, keys that are equal in two tables and say
-- different things, ids of other systems that are empty, long or no uuids, numbers as text, days
-- and hours that a time zone does not have, and two tenants whose rows have the same names.
-- Every id is a hash and every moment is written out: two builds are the same, byte for byte.

INSERT INTO cmis.orgs (org_id, name, slug, parent_org_id, created_at, updated_at)
SELECT md5('org ' || n)::uuid, name, slug, parent::uuid, '2024-01-01 00:00+00', '2024-01-01 00:00+00'
FROM (VALUES
    (1, 'Aurora Foods', 'aurora', NULL),
    (2, 'Aurora Foods', 'aurora-2', NULL),
    (3, 'Ölmühle „Süd“ 油', 'oelmuehle', md5('org 1'))
) o (n, name, slug, parent);

INSERT INTO cmis.users (user_id, email, full_name, password, created_at, updated_at)
SELECT md5('user ' || n)::uuid, 'person' || n || '@example.org', nullif('Person ' || n, 'Person 3'),
       'not a hash', '2024-01-01 00:00+00', '2024-01-01 00:00+00'
FROM generate_series(1, 3) n;

INSERT INTO cmis.campaigns (campaign_id, org_id, name, state, starts_on, ends_on, owner_user_id, created_at, updated_at)
SELECT md5('campaign ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, 'Spring ' || n / 2, 'running',
       date '2024-03-01' + n, date '2024-04-01' + n, md5('user ' || 1 + n % 3)::uuid,
       '2024-02-29 12:00+00', '2024-02-29 12:00+00'
FROM generate_series(1, 6) n;

INSERT INTO cmis.creative_briefs (brief_id, org_id, campaign_id, title, created_at, updated_at)
SELECT md5('brief ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, md5('campaign ' || n)::uuid,
       'Brief ' || n, '2024-03-01 08:00+00', '2024-03-01 08:00+00'
FROM generate_series(1, 4) n;

INSERT INTO cmis.creative_contexts (context_id, org_id, headline_angle)
SELECT md5('context ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, 'Angle ' || n
FROM generate_series(1, 4) n;

INSERT INTO cmis.creative_outputs (output_id, org_id, brief_id, context_id, output_kind, created_at)
SELECT md5('output ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, md5('brief ' || n)::uuid,
       md5('context ' || n)::uuid, 'headline', '2024-03-02 08:00+00'
FROM generate_series(1, 4) n;

-- Links to platforms. The same account of the same platform for two tenants; ids of every kind.
INSERT INTO cmis.integrations (integration_id, org_id, platform, account_id, access_token, is_active, username, created_by, sync_metadata, credentials, token_expires_at, metadata, scopes, created_at, updated_at, last_synced_at)
SELECT md5('integration ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid,
       (ARRAY['instagram', 'facebook', 'tiktok'])[1 + n % 3], 'act_' || n / 2,
       'token ' || n, n % 5 > 0, 'Shop ' || n / 2, md5('user ' || 1 + n % 3)::uuid,
       jsonb_build_object('cursor', n), jsonb_build_object('key', 'k' || n), '2024-12-31 23:59:59.999999',
       '{}', '["read", "write"]', timestamptz '2024-03-31 00:30+00' + n * interval '30 minutes',
       timestamp '2024-03-31 02:30' + n * interval '1 day', '2024-10-27 01:30+00'
FROM generate_series(1, 20) n;
INSERT INTO cmis.integrations (integration_id, org_id, platform, account_id, username, is_active, status, created_at, updated_at)
SELECT md5('integration ' || n)::uuid, org::uuid, platform, account, username, NULL, NULL, NULL, NULL
FROM (VALUES
    (21, NULL, NULL, NULL, NULL),
    (22, md5('org 1'), '', '', ''),
    (23, md5('org 1'), 'X', '0007', 'ジョン'),
    (24, md5('org 2'), 'X', '0007', repeat('long ', 60)),
    (25, md5('org 2'), 'x', 'not-a-uuid', E'tab\tand\nline'),
    (26, NULL, 'instagram', '1e3', 'NULL')
) i (n, org, platform, account, username);

INSERT INTO cmis.platform_connections (connection_id, org_id, platform, credentials, is_active, created_at, updated_at)
SELECT CASE n % 7 WHEN 0 THEN md5('integration ' || n)::uuid ELSE md5('connection ' || n)::uuid END,
       md5('org ' || 1 + n % 2)::uuid, nullif((ARRAY['instagram', 'facebook', 'tiktok', ''])[1 + n % 4], 'tiktok'),
       (ARRAY['{"key": "k1"}', 'null', '[]', '{"ü": {"deep": [1, "2"]}}'])[1 + n % 4]::jsonb,
       nullif(n % 3, 2) = 1, nullif(n % 5, 0) * interval '1 hour' + timestamptz '2024-10-27 00:30+00',
       CASE WHEN n % 6 > 0 THEN timestamptz '2024-03-31 01:00+00' END
FROM generate_series(1, 24) n;

INSERT INTO cmis.social_accounts (id, org_id, integration_id, account_external_id, username, display_name, biography, followers_count, follows_count, media_count, fetched_at, updated_at, created_at)
SELECT md5('account ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, md5('integration ' || n)::uuid,
       CASE n % 4 WHEN 0 THEN '' WHEN 1 THEN md5('outside ' || n)::uuid::text WHEN 2 THEN '00' || n ELSE 'act_' || n END,
       CASE WHEN n % 5 > 0 THEN 'shop' || n / 2 END, 'Shop № ' || n, repeat('Ж', n * 20),
       CASE n WHEN 1 THEN 9223372036854775807 ELSE nullif(n % 4, 0) * 1000 END, n, 0,
       timestamp '2024-03-31 02:30' + n * interval '1 hour', CASE WHEN n % 6 > 0 THEN timestamp '2024-10-27 02:30' END,
       CASE WHEN n % 7 > 0 THEN timestamptz '2024-10-27 00:30+00' + n * interval '30 minutes' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.social_accounts_v2 (account_id, org_id, platform, username, is_active, credentials, created_at, updated_at)
SELECT CASE WHEN n <= 3 THEN md5('account ' || n)::uuid ELSE md5('account of the second screen ' || n)::uuid END,
       md5('org ' || 1 + n % 2)::uuid, CASE WHEN n % 4 > 0 THEN 'instagram' END, CASE WHEN n % 5 > 0 THEN 'shop' || n / 2 END,
       nullif(n % 3, 0) = 1, CASE WHEN n % 2 > 0 THEN jsonb_build_object('n', n::text) END,
       timestamptz '2024-03-31 00:59:59.999999+00', CASE WHEN n % 6 > 0 THEN timestamptz 'infinity' END
FROM generate_series(1, 22) n;

-- What was posted, is to be posted, and was written twice. The first rows have one key everywhere.
INSERT INTO cmis.social_posts (id, org_id, integration_id, post_external_id, caption, permalink, media_type, posted_at, metrics, fetched_at, created_at, updated_at)
SELECT md5('post ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, md5('integration ' || 1 + n % 20)::uuid,
       CASE n % 4 WHEN 0 THEN '0' || n WHEN 1 THEN md5('outside ' || n)::uuid::text WHEN 2 THEN '投稿 ' || n ELSE 'p_' || n END,
       CASE WHEN n % 5 > 0 THEN repeat('caption ', n) END, 'https://example.org/p/' || n, 'IMAGE',
       timestamp '2024-03-31 02:30' + n * interval '12 hours',
       CASE WHEN n % 3 > 0 THEN jsonb_build_object('likes', n::text, 'reach', n * 10, 'note', NULL) END,
       CASE WHEN n % 6 > 0 THEN timestamp '2024-10-27 02:30' END, timestamp '2024-02-29 23:59:59.999999', '2024-10-27 01:30+00'
FROM generate_series(1, 21) n;
INSERT INTO cmis.social_posts (id, org_id, integration_id, post_external_id, created_at, updated_at)
VALUES (md5('post 22')::uuid, md5('org 1')::uuid, md5('integration 1')::uuid, '', NULL, NULL);

INSERT INTO cmis.posts (post_id, org_id, title, content, status, published_at, created_at, updated_at, platform)
SELECT CASE WHEN n <= 3 THEN md5('post ' || n)::uuid ELSE md5('draft ' || n)::uuid END, md5('org ' || 1 + n % 2)::uuid,
       CASE WHEN n % 4 > 0 THEN repeat('T', n * 11) END, nullif('Text ' || n, 'Text 9'), nullif('draft', CASE n % 5 WHEN 0 THEN 'draft' END),
       CASE n % 3 WHEN 0 THEN timestamptz '-infinity' WHEN 1 THEN timestamptz '2024-03-31 01:00+00' END,
       '2024-03-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-03-01 00:00+00' END, CASE n % 4 WHEN 0 THEN '' WHEN 1 THEN 'facebook' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.scheduled_social_posts (id, org_id, user_id, campaign_id, platforms, content, media, scheduled_at, status, published_at, error_message, created_at, integration_ids, post_id)
SELECT md5('scheduled ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, CASE WHEN n % 3 > 0 THEN md5('user ' || n % 3)::uuid END,
       CASE WHEN n % 4 > 0 THEN md5('campaign ' || 1 + n % 6)::uuid END, CASE n % 3 WHEN 0 THEN '"instagram"' ELSE '["instagram", "x"]' END::jsonb,
       CASE n WHEN 5 THEN '' ELSE 'Later ' || n END, CASE WHEN n % 2 > 0 THEN '[{"url": "https://example.org/ä.png"}]' END::jsonb,
       CASE WHEN n % 5 > 0 THEN timestamp '2024-10-27 02:30' + n * interval '15 minutes' END, CASE n % 2 WHEN 0 THEN 'draft' ELSE 'published' END,
       CASE WHEN n % 2 > 0 THEN timestamp '2024-03-31 02:30' END, CASE WHEN n % 7 = 0 THEN E'a\\b''c' END,
       CASE WHEN n % 6 > 0 THEN timestamp '2024-03-01 00:00' END, CASE WHEN n % 3 > 0 THEN jsonb_build_array(md5('integration ' || n)::uuid, 'not a uuid') END,
       CASE WHEN n % 4 = 0 THEN md5('draft ' || n)::uuid END
FROM generate_series(1, 22) n;

INSERT INTO cmis.social_posts_v2 (social_post_id, org_id, content, platform, status, published_at, post_id, created_at, updated_at)
SELECT CASE WHEN n <= 3 THEN md5('post ' || n)::uuid ELSE md5('post of the second screen ' || n)::uuid END, md5('org ' || 1 + n % 2)::uuid,
       CASE WHEN n % 4 > 0 THEN repeat('ß', n * 30) END, CASE WHEN n % 3 > 0 THEN 'tiktok' END, CASE WHEN n % 5 > 0 THEN 'published' END,
       CASE WHEN n % 2 > 0 THEN timestamptz '2024-10-27 00:30+00' + n * interval '30 minutes' END, md5('draft ' || n)::uuid,
       '2024-03-31 00:59:59+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-03-31 01:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.scheduled_social_posts_v2 (scheduled_post_id, social_post_id, org_id, scheduled_at, status, post_id, created_at, updated_at)
SELECT CASE WHEN n <= 3 THEN md5('scheduled ' || n)::uuid ELSE md5('scheduled on the second screen ' || n)::uuid END,
       md5('post of the second screen ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid,
       CASE WHEN n % 4 > 0 THEN timestamptz '2024-03-31 00:30+00' + n * interval '30 minutes' END, CASE WHEN n % 5 > 0 THEN 'pending' END,
       CASE WHEN n % 3 > 0 THEN md5('draft ' || n)::uuid END, '2024-03-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-03-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.publish_queue (state, attempts, available_at, scheduled_post_id, target_platform)
SELECT 'waiting', n, '2024-03-31 01:00+00', md5('scheduled ' || n)::uuid, 'instagram' FROM generate_series(1, 12) n;

-- Plans. A period that ends before it begins has no place in a range, nor has one without a name
-- in a table that asks for it: these are to be set aside, with the reason.
INSERT INTO cmis.content_plans (plan_id, org_id, campaign_id, name, timeframe_daterange, strategy, brief_id, creative_context_id, created_at, updated_at)
SELECT md5('plan ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, CASE WHEN n % 4 > 0 THEN md5('campaign ' || 1 + n % 6)::uuid END, 'Plan ' || n / 2,
       CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '[2024-01-01,)' WHEN 2 THEN 'empty' ELSE '[2024-02-28,2024-03-01)' END::daterange,
       CASE WHEN n % 3 > 0 THEN '{"goal": "reach", "n": 1e2}' END::jsonb, CASE WHEN n % 2 > 0 THEN md5('brief ' || 1 + n % 4)::uuid END,
       CASE WHEN n % 3 > 0 THEN md5('context ' || 1 + n % 4)::uuid END, '2024-03-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-03-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.content_plans_v2 (plan_id, org_id, name, description, start_date, end_date, created_at, updated_at)
SELECT CASE WHEN n <= 2 THEN md5('plan ' || n)::uuid ELSE md5('plan of the second screen ' || n)::uuid END, md5('org ' || 1 + n % 2)::uuid,
       CASE n WHEN 21 THEN NULL WHEN 20 THEN '' ELSE 'Plan ' || n / 2 END, CASE WHEN n % 3 > 0 THEN repeat('why ', n) END,
       CASE WHEN n % 7 > 0 THEN date '2024-02-28' + n END, CASE n WHEN 22 THEN date '2024-01-01' ELSE CASE WHEN n % 6 > 0 THEN date '2024-03-31' + n END END,
       '2024-03-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-03-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.publishing_slots (plan_id, weekday, local_time, quiet_dates)
SELECT CASE WHEN n % 4 > 0 THEN md5('plan of the second screen ' || 2 + n)::uuid END, n % 7, '02:30', ARRAY[date '2024-12-25']
FROM generate_series(1, 12) n;

-- Measurements, in every form they are kept in.
INSERT INTO cmis.metrics (metric_id, org_id, campaign_id, metric_type, value, recorded_at, created_at, updated_at)
SELECT md5('metric ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, CASE WHEN n % 4 > 0 THEN md5('campaign ' || 1 + n % 6)::uuid END,
       CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'reach' END, CASE n % 6 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' ELSE n + 0.0001 END,
       CASE WHEN n % 7 > 0 THEN timestamptz '2024-03-31 00:30+00' + n * interval '30 minutes' END, '2024-04-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-04-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.campaign_metrics (metric_id, campaign_id, org_id, metric_name, value, recorded_at, created_at, updated_at)
SELECT CASE WHEN n <= 5 THEN md5('metric ' || n)::uuid ELSE md5('campaign metric ' || n)::uuid END, md5('campaign ' || 1 + n % 6)::uuid,
       md5('org ' || 1 + n % 2)::uuid, CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN repeat('m', 100) ELSE 'reach' END, CASE WHEN n % 4 > 0 THEN -n END,
       CASE WHEN n % 7 > 0 THEN timestamptz '2024-10-27 00:30+00' + n * interval '30 minutes' END, '2024-04-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-04-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.campaign_analytics (analytics_id, campaign_id, org_id, metrics, date, created_at, updated_at)
SELECT md5('analytics ' || n)::uuid, md5('campaign ' || 1 + n % 6)::uuid, md5('org ' || 1 + n % 2)::uuid,
       (ARRAY['{"clicks": 10, "ctr": "0.5"}', 'null', '{}', '[1, 2]', '{"note": "ünï", "deep": {"x": "007"}}', NULL])[1 + n % 6]::jsonb,
       CASE WHEN n % 5 > 0 THEN date '2024-02-28' + n END, '2024-04-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-04-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.analytics_snapshots (snapshot_id, org_id, campaign_id, metrics, snapshot_date, created_at, updated_at)
SELECT md5('analytics ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, CASE WHEN n % 4 > 0 THEN md5('campaign ' || 1 + n % 6)::uuid END,
       (ARRAY['{"reach": 1e3, "saves": null}', '"text"', '{"a": true}', '12.5', NULL])[1 + n % 5]::jsonb,
       CASE WHEN n % 7 > 0 THEN timestamptz '2024-03-31 01:00+00' + n * interval '1 hour' END, '2024-04-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-04-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.performance_metrics (metric_id, org_id, campaign_id, output_id, kpi, observed, target, baseline, observed_at, deleted_at, provider)
SELECT CASE WHEN n <= 5 THEN md5('metric ' || n)::uuid ELSE md5('performance ' || n)::uuid END, md5('org ' || 1 + n % 2)::uuid,
       CASE WHEN n % 4 > 0 THEN md5('campaign ' || 1 + n % 6)::uuid END, CASE WHEN n % 3 > 0 THEN md5('output ' || 1 + n % 4)::uuid END,
       CASE n WHEN 7 THEN '' ELSE 'kpi ' || n % 3 END, CASE WHEN n % 5 > 0 THEN n * 1.5 END, CASE WHEN n % 2 > 0 THEN 100 END, CASE WHEN n % 3 > 0 THEN 1e20 END,
       CASE WHEN n % 7 > 0 THEN timestamptz '2024-10-27 00:30+00' + n * interval '30 minutes' END, CASE WHEN n % 9 = 0 THEN timestamptz '2024-05-01 00:00+00' END, CASE WHEN n % 2 > 0 THEN 'meta' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.ad_metrics (org_id, integration_id, entity_level, entity_external_id, date_start, date_stop, spend, impressions, clicks, actions, conversions, provider, created_at, updated_at)
SELECT md5('org ' || 1 + n % 2)::uuid, md5('integration ' || 1 + n % 20)::uuid, CASE n % 2 WHEN 0 THEN 'ad' ELSE 'campaign' END,
       CASE n % 4 WHEN 0 THEN '' WHEN 1 THEN '00' || n WHEN 2 THEN md5('outside ' || n)::uuid::text ELSE 'ad ' || n || ' 広告' END,
       date '2024-02-28' + n, date '2024-02-29' + n, CASE WHEN n % 5 > 0 THEN n / 3.0 END, CASE WHEN n % 3 > 0 THEN n * 1000 END, CASE WHEN n % 4 > 0 THEN n END,
       CASE WHEN n % 2 > 0 THEN '[{"action": "like", "value": "3"}]' END::jsonb, CASE WHEN n % 3 > 0 THEN '{}' END::jsonb, 'meta', '2024-04-01 00:00+00', CASE WHEN n % 6 > 0 THEN timestamptz '2024-04-01 00:00+00' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.social_account_metrics (integration_id, period_start, period_end, followers, reach, impressions, profile_views, provider)
SELECT md5('integration ' || 1 + n % 20)::uuid, date '2024-02-01' + n, date '2024-03-01' + n, CASE WHEN n % 5 > 0 THEN n * 100 END,
       CASE n WHEN 1 THEN 9223372036854775807 ELSE nullif(n % 4, 0) END, CASE WHEN n % 3 > 0 THEN 0 END, CASE WHEN n % 2 > 0 THEN -n END, CASE WHEN n % 2 > 0 THEN '' END
FROM generate_series(1, 22) n;

INSERT INTO cmis.social_post_metrics (id, org_id, integration_id, post_external_id, social_post_id, metric, value, fetched_at, created_at, provider, updated_at)
SELECT md5('post metric ' || n)::uuid, md5('org ' || 1 + n % 2)::uuid, md5('integration ' || 1 + n % 20)::uuid, CASE n % 3 WHEN 0 THEN '' ELSE '投稿 ' || n END,
       md5('post ' || n)::uuid, CASE n % 4 WHEN 0 THEN '' ELSE 'likes' END, CASE WHEN n % 5 > 0 THEN n * 2.5 END,
       CASE WHEN n % 6 > 0 THEN timestamptz '2024-03-31 00:30+00' + n * interval '30 minutes' END, '2024-04-01 00:00+00', CASE WHEN n % 2 > 0 THEN 'meta' END,
       CASE WHEN n % 7 > 0 THEN timestamptz 'infinity' END
FROM generate_series(1, 22) n;
