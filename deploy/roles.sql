-- PostgreSQL with two roles: the owner migrates (signoff db upgrade), the program runs as signoff_app, which can add to
-- the audit trail and read it, and nothing else. Run as the owner of the database, again after every upgrade:
--   psql -d signoff -f deploy/roles.sql
-- then: ALTER ROLE signoff_app PASSWORD '...';  and let SIGNOFF_DATABASE_URL of `signoff serve` name that role.
BEGIN;
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'signoff_app') THEN
    CREATE ROLE signoff_app LOGIN;
  END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO signoff_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO signoff_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO signoff_app;
-- Not these: the trail is only added to, its head only moved on, and the schema's number only read.
REVOKE ALL ON audit_entries, audit_details, audit_head, alembic_version FROM signoff_app;
GRANT SELECT, INSERT ON audit_entries, audit_details TO signoff_app;
GRANT SELECT, UPDATE ON audit_head TO signoff_app;
GRANT SELECT ON alembic_version TO signoff_app;
COMMIT;
