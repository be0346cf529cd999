-- An invoice that was objected to is replaced: by the next one of its statement, which names it and waits for an answer. The supplier
-- answers what was issued for it; the host answers what the supplier wrote itself, once, though it matches.
CREATE OR REPLACE FUNCTION settlements_invoice_numbered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_caller uuid := nullif(current_setting('app.organization', true), '')::uuid;
  v_free text[] := '{state,reason,answered_by,answered_at}';
  v_replaced uuid;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - v_free IS DISTINCT FROM to_jsonb(OLD) - v_free OR OLD.state NOT IN ('issued', 'matched')
       OR NEW.state NOT IN ('accepted', 'objected')
       OR (CASE OLD.origin WHEN 'partner' THEN OLD.host_id ELSE OLD.organization_id END) IS DISTINCT FROM v_caller THEN
      RAISE EXCEPTION 'An invoice never changes; the other side answers it once' USING ERRCODE = 'SM002';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT FROM settlements_statement AS s WHERE s.id = NEW.statement_id AND s.organization_id = NEW.organization_id
                   AND s.host_id = NEW.host_id AND s.agreement_id = NEW.agreement_id AND s.currency = NEW.currency) THEN
    RAISE EXCEPTION 'An invoice is for a statement of its supplier' USING ERRCODE = 'SM002';
  END IF;
  SELECT i.id INTO v_replaced FROM settlements_invoice AS i
    WHERE i.statement_id = NEW.statement_id AND i.state = 'objected'
      AND NOT EXISTS (SELECT FROM settlements_invoice AS n WHERE n.replaces_id = i.id);
  IF NEW.replaces_id IS DISTINCT FROM v_replaced THEN
    RAISE EXCEPTION 'An invoice replaces the one of its statement that was objected to' USING ERRCODE = 'SM002';
  END IF;
  IF NEW.state <> (CASE WHEN NEW.origin = 'partner' AND v_replaced IS NULL THEN 'matched' ELSE 'issued' END) THEN
    RAISE EXCEPTION 'A new invoice has no answer yet' USING ERRCODE = 'SM002';
  END IF;
  IF NEW.origin = 'partner' THEN
    IF NEW.organization_id IS DISTINCT FROM v_caller THEN
      RAISE EXCEPTION 'A partner brings its own invoices' USING ERRCODE = 'SM002';
    END IF;
    NEW.sequence := NULL;
    RETURN NEW;
  END IF;
  IF NEW.host_id IS DISTINCT FROM v_caller THEN
    RAISE EXCEPTION 'The host issues self-billing invoices' USING ERRCODE = 'SM002';
  END IF;
  INSERT INTO settlements_invoiceseries AS i (id, organization_id, year, last_number)
    VALUES (settlements_new_id(), NEW.host_id, NEW.year, 1)
    ON CONFLICT (organization_id, year) DO UPDATE SET last_number = i.last_number + 1
    RETURNING last_number INTO NEW.sequence;
  NEW.number := 'SB-' || NEW.year || '-' || lpad(NEW.sequence::text, 6, '0');
  RETURN NEW;
END $$;
