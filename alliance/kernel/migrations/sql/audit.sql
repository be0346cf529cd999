-- The audit trail is only added to. The roles of the application lack the grants; these triggers bind the tables' owner
-- too, and are ENABLE ALWAYS, so that session_replication_role does not switch them off.
CREATE FUNCTION kernel_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the audit trail is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KN001';
END $$;
REVOKE ALL ON FUNCTION kernel_refuse_audit_change() FROM PUBLIC;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON kernel_auditevent
  FOR EACH ROW EXECUTE FUNCTION kernel_refuse_audit_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON kernel_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_audit_change();
ALTER TABLE kernel_auditevent ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE kernel_auditevent ENABLE ALWAYS TRIGGER append_only_truncate;
