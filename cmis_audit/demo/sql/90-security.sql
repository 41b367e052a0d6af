-- Row-level security: a request sees the rows of its own tenant only.
-- The two tables with FORCE keep their policy even for their owner.

ALTER TABLE cmis.social_posts ENABLE ROW LEVEL SECURITY;
ALTER TABLE cmis.social_posts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.social_posts
    USING (org_id = current_setting('app.current_org_id', true)::uuid)
    WITH CHECK (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.integrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE cmis.integrations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.integrations
    USING (org_id = current_setting('app.current_org_id', true)::uuid)
    WITH CHECK (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.social_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.social_accounts
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.content_plans ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.content_plans
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.creative_assets ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.creative_assets
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.campaigns ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.campaigns
    USING (org_id = current_setting('app.current_org_id', true)::uuid)
    WITH CHECK (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.offerings ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.offerings
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.creative_briefs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.creative_briefs
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.contacts ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.contacts
    USING (org_id = current_setting('app.current_org_id', true)::uuid)
    WITH CHECK (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.companies ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.companies
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.deals ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.deals
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.segments ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.segments
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis.ad_sets ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis.ad_sets
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis_marketing.forms ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis_marketing.forms
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis_analytics.dashboards ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis_analytics.dashboards
    USING (org_id = current_setting('app.current_org_id', true)::uuid);

ALTER TABLE cmis_knowledge.documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON cmis_knowledge.documents
    USING (org_id = current_setting('app.current_org_id', true)::uuid);
