-- Invoices: numbers of self-billing ones without gaps by host and year. The row of the series is held until the transaction ends, so
-- one that is rolled back gives its number back. What an invoice says never changes; it is answered once, by its supplier.
CREATE FUNCTION settlements_invoice_numbered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_caller uuid := nullif(current_setting('app.organization', true), '')::uuid;
  v_free text[] := '{state,reason,answered_by,answered_at}';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - v_free IS DISTINCT FROM to_jsonb(OLD) - v_free OR OLD.state <> 'issued'
       OR NEW.state NOT IN ('accepted', 'objected') OR NEW.organization_id IS DISTINCT FROM v_caller THEN
      RAISE EXCEPTION 'An invoice never changes; its supplier answers it once' USING ERRCODE = 'SM002';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT FROM settlements_statement AS s WHERE s.id = NEW.statement_id AND s.organization_id = NEW.organization_id
                   AND s.host_id = NEW.host_id AND s.agreement_id = NEW.agreement_id AND s.currency = NEW.currency) THEN
    RAISE EXCEPTION 'An invoice is for a statement of its supplier' USING ERRCODE = 'SM002';
  END IF;
  IF NEW.origin = 'partner' THEN
    IF NEW.organization_id IS DISTINCT FROM v_caller THEN
      RAISE EXCEPTION 'A partner brings its own invoices' USING ERRCODE = 'SM002';
    END IF;
    NEW.sequence := NULL;
    RETURN NEW;
  END IF;
  IF NEW.host_id IS DISTINCT FROM v_caller OR NEW.state <> 'issued' THEN
    RAISE EXCEPTION 'The host issues self-billing invoices' USING ERRCODE = 'SM002';
  END IF;
  INSERT INTO settlements_invoiceseries AS i (id, organization_id, year, last_number)
    VALUES (settlements_new_id(), NEW.host_id, NEW.year, 1)
    ON CONFLICT (organization_id, year) DO UPDATE SET last_number = i.last_number + 1
    RETURNING last_number INTO NEW.sequence;
  NEW.number := 'SB-' || NEW.year || '-' || lpad(NEW.sequence::text, 6, '0');
  RETURN NEW;
END $$;
CREATE TRIGGER b_numbered BEFORE INSERT OR UPDATE ON settlements_invoice FOR EACH ROW EXECUTE FUNCTION settlements_invoice_numbered();
ALTER TABLE settlements_invoice ENABLE ALWAYS TRIGGER b_numbered;

DO $$
DECLARE v_table text; v_verbs text;
BEGIN
  FOR v_table, v_verbs IN VALUES ('settlements_invoice', 'DELETE'), ('settlements_invoicefile', 'UPDATE OR DELETE'),
    ('settlements_invoiceseries', 'DELETE')
  LOOP
    EXECUTE format('CREATE TRIGGER unchanging BEFORE %s ON %I FOR EACH ROW EXECUTE FUNCTION settlements_refuse()', v_verbs, v_table);
    EXECUTE format('CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging_truncate', v_table);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION settlements_invoice_numbered() FROM PUBLIC;
