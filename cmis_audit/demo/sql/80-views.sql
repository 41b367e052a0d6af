-- Views that the screens and the reports read.

CREATE VIEW cmis.active_integrations AS
SELECT i.integration_id, i.org_id, i.platform, i.account_name, i.sync_status, i.last_synced_at
FROM cmis.integrations i
WHERE i.is_active AND i.deleted_at IS NULL;
COMMENT ON VIEW cmis.active_integrations IS 'Links that the sync worker visits';

CREATE VIEW cmis.integration_health AS
SELECT a.org_id,
       a.platform,
       count(*) AS links,
       min(a.last_synced_at) AS stalest,
       count(c.cursor_token) AS open_cursors
FROM cmis.active_integrations a
LEFT JOIN cmis_ops.sync_cursors c ON c.integration_id = a.integration_id
GROUP BY a.org_id, a.platform;

CREATE VIEW cmis.recent_social_posts AS
SELECT p.id, p.org_id, i.platform, p.caption, p.permalink, p.posted_at, p.metrics
FROM cmis.social_posts p
JOIN cmis.integrations i ON i.integration_id = p.integration_id
WHERE p.deleted_at IS NULL
  AND p.posted_at > now() - interval '90 days';

CREATE VIEW cmis.publishing_calendar AS
SELECT s.org_id, s.id AS entry_id, 'scheduled' AS origin, s.content, s.scheduled_at::timestamptz AS goes_out_at
FROM cmis.scheduled_social_posts s
WHERE s.deleted_at IS NULL
UNION ALL
SELECT v.org_id, v.scheduled_post_id, 'scheduled, second screen', p.content, v.scheduled_at
FROM cmis.scheduled_social_posts_v2 v
JOIN cmis.social_posts_v2 p ON p.social_post_id = v.social_post_id;

CREATE VIEW cmis.editorial_board AS
SELECT p.org_id, p.post_id, p.title, p.status, v.social_post_id, v.platform, v.published_at
FROM cmis.posts p
LEFT JOIN cmis.social_posts_v2 v ON v.post_id = p.post_id;

CREATE VIEW cmis.account_overview AS
SELECT a.org_id, a.integration_id, a.username, a.followers_count, m.period_end, m.reach, m.profile_views
FROM cmis.social_accounts a
LEFT JOIN cmis.social_account_metrics m ON m.integration_id = a.integration_id;

CREATE VIEW cmis_analytics.latest_campaign_values AS
SELECT DISTINCT ON (m.campaign_id, m.metric_name)
       m.org_id, m.campaign_id, m.metric_name, m.value, m.recorded_at
FROM cmis.campaign_metrics m
ORDER BY m.campaign_id, m.metric_name, m.recorded_at DESC;

CREATE VIEW cmis_analytics.campaign_scorecard AS
SELECT c.org_id, c.campaign_id, c.name, c.state, l.metric_name, l.value, k.target
FROM cmis.campaigns c
JOIN cmis_analytics.latest_campaign_values l ON l.campaign_id = c.campaign_id
LEFT JOIN cmis.performance_metrics k ON k.campaign_id = c.campaign_id AND k.kpi = l.metric_name;
COMMENT ON VIEW cmis_analytics.campaign_scorecard IS 'Latest values of a campaign beside their targets';

CREATE VIEW cmis_analytics.post_engagement AS
SELECT p.org_id, p.id AS social_post_id, p.permalink, m.metric, max(m.value) AS best_value
FROM cmis.social_posts p
JOIN cmis.social_post_metrics m ON m.social_post_id = p.id
GROUP BY p.org_id, p.id, p.permalink, m.metric;

CREATE MATERIALIZED VIEW cmis_analytics.daily_ad_spend AS
SELECT a.org_id, a.provider, a.date_start AS day, sum(a.spend) AS spend, sum(a.clicks) AS clicks
FROM cmis.ad_metrics a
WHERE a.entity_level = 'ad'
GROUP BY a.org_id, a.provider, a.date_start
WITH NO DATA;
CREATE UNIQUE INDEX daily_ad_spend_key ON cmis_analytics.daily_ad_spend (org_id, provider, day);

CREATE MATERIALIZED VIEW cmis_knowledge.topic_sizes AS
SELECT t.topic_id, t.topic_name, count(td.document_id) AS documents
FROM cmis_knowledge.topics t
LEFT JOIN cmis_knowledge.topic_documents td ON td.topic_id = t.topic_id
GROUP BY t.topic_id, t.topic_name
WITH NO DATA;

CREATE VIEW cmis.plan_overview AS
SELECT p.org_id, p.plan_id, p.name, b.title AS brief_title, lower(p.timeframe_daterange) AS starts_on
FROM cmis.content_plans p
LEFT JOIN cmis.creative_briefs b ON b.brief_id = p.brief_id;

CREATE VIEW cmis_marketing.generated_material AS
SELECT a.asset_id, a.platform, a.asset_type, t.summary AS task, a.confidence
FROM cmis_marketing.assets a
LEFT JOIN cmis_dev.dev_tasks t ON t.task_id = a.task_id;

CREATE VIEW operations.open_invoices AS
SELECT i.invoice_id, i.org_id, i.invoice_no, i.due_on, i.gross_total - coalesce(sum(p.paid_amount), 0) AS open_amount
FROM operations.invoices i
LEFT JOIN operations.payments p ON p.invoice_id = i.invoice_id
WHERE i.voided_at IS NULL
GROUP BY i.invoice_id;
