-- Files of agreements: private until they are proposed, then part of what every party signs.

CREATE FUNCTION partners_file_parties(p_organization uuid, p_agreement uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN p_agreement IS NULL THEN ARRAY[p_organization]
              ELSE partners_merged(partners_agreement_parties(p_agreement), ARRAY[p_organization]) END
$$;

CREATE FUNCTION partners_agreement_file_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.agreement_id IS NOT NULL THEN
      PERFORM partners_refuse('a file is attached by a proposal', 'file_begins_loose');
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.agreement_id IS NOT NULL THEN
      PERFORM partners_refuse('what was proposed is kept', 'file_stays');
    END IF;
    RETURN OLD;
  END IF;
  IF (NEW.id, NEW.organization_id, NEW.file_name, NEW.file_kind, NEW.size_bytes, NEW.sha256, NEW.stored_as, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.organization_id, OLD.file_name, OLD.file_kind, OLD.size_bytes, OLD.sha256, OLD.stored_as, OLD.created_at)
     OR (OLD.agreement_id IS NOT NULL AND NEW.agreement_id IS DISTINCT FROM OLD.agreement_id) THEN
    PERFORM partners_refuse('what was proposed is kept', 'file_stays');
  END IF;
  IF NEW.agreement_id IS DISTINCT FROM OLD.agreement_id AND NOT EXISTS (
    SELECT FROM partners_agreementparty WHERE agreement_id = NEW.agreement_id AND organization_id = NEW.organization_id) THEN
    PERFORM partners_refuse('only parties attach files', 'file_of_a_party');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON partners_agreementfile
  FOR EACH ROW EXECUTE FUNCTION partners_agreement_file_guard();

-- The file that a version names is the one it points to, byte for byte, and stays it.
CREATE FUNCTION partners_version_attached_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  said jsonb := nullif(NEW.document->'attached', 'null'::jsonb);
  stored partners_agreementfile;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.attached_id IS DISTINCT FROM OLD.attached_id THEN
      PERFORM partners_refuse('a version of terms is never rewritten', 'version_never_rewritten');
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO stored FROM partners_agreementfile WHERE id = NEW.attached_id;
  IF (said->>'id', said->>'sha256', said->>'size_bytes', said->>'name') IS DISTINCT FROM
     (stored.id::text, stored.sha256::text, stored.size_bytes::text, stored.file_name::text) THEN
    PERFORM partners_refuse('the attached file is not the one that is signed', 'version_fits_attached');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attached BEFORE INSERT OR UPDATE ON partners_termsversion
  FOR EACH ROW EXECUTE FUNCTION partners_version_attached_guard();

CREATE FUNCTION partners_signed_copy_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partners_termsversion WHERE id = NEW.version_id AND status = 'accepted') THEN
    PERFORM partners_refuse('nobody has signed this version', 'copy_of_accepted_version');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON partners_signedcopy
  FOR EACH ROW EXECUTE FUNCTION partners_signed_copy_guard();

REVOKE ALL ON FUNCTION
  partners_file_parties(uuid, uuid), partners_agreement_file_guard(), partners_version_attached_guard(),
  partners_signed_copy_guard()
FROM PUBLIC;
