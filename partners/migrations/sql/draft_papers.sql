-- A draft names a file of its own organization, or one that its agreement has already.
CREATE FUNCTION partners_draft_file_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.file_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM partners_agreementfile
    WHERE id = NEW.file_id AND (organization_id = NEW.organization_id OR agreement_id = NEW.agreement_id)
  ) THEN
    PERFORM partners_refuse('the file is not the organization''s, nor the agreement''s', 'draft_names_its_file');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER file BEFORE INSERT OR UPDATE ON partners_agreementdraft
  FOR EACH ROW EXECUTE FUNCTION partners_draft_file_guard();
REVOKE ALL ON FUNCTION partners_draft_file_guard() FROM PUBLIC;
