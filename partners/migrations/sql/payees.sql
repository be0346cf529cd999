-- Bank accounts of partners, for the hosts that pay them; and who may decide on a change of one.

-- Money goes to the latest account whose time has come and which, where it needs that, a second person has confirmed.
CREATE FUNCTION partners_account_in_effect(p_organization uuid, p_at timestamptz) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id FROM partners_bankaccount AS a
    LEFT JOIN partners_bankaccountdecision AS d ON d.account_id = a.id AND d.is_confirmed
  WHERE a.organization_id = p_organization AND a.effective_at <= p_at AND (NOT a.needs_confirmation OR d.id IS NOT NULL)
  ORDER BY a.effective_at DESC, a.id DESC LIMIT 1
$$;

-- The account in effect of each of these partners of an alliance that the open scope hosts. Everything but the number.
CREATE FUNCTION partners_payee_accounts(p_organizations uuid[], p_at timestamptz)
RETURNS TABLE (id uuid, organization_id uuid, kind text, country text, holder_name text, bank_name text, branch text, cnaps text,
               bic text, masked text, fingerprints text[], created_at timestamptz, effective_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.organization_id, a.kind, a.country, a.holder_name, a.bank_name, a.branch, a.cnaps, a.bic, a.masked,
         a.fingerprints, a.created_at, a.effective_at
  FROM unnest(p_organizations) AS wanted (organization)
  JOIN partners_bankaccount AS a ON a.id = partners_account_in_effect(wanted.organization, p_at)
  WHERE EXISTS (SELECT FROM partners_alliancemembership AS m
                WHERE m.organization_id = wanted.organization AND m.host_id = partners_current_organization())
$$;

-- One account with its sealed number, for the payment itself. Only for a host of an alliance that its owner is a member of.
CREATE FUNCTION partners_payee_account(p_account uuid)
RETURNS TABLE (id uuid, organization_id uuid, kind text, country text, holder_name text, bank_name text, branch text, cnaps text,
               bic text, masked text, fingerprints text[], created_at timestamptz, effective_at timestamptz, sealed_number text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.organization_id, a.kind, a.country, a.holder_name, a.bank_name, a.branch, a.cnaps, a.bic, a.masked,
         a.fingerprints, a.created_at, a.effective_at, a.sealed_number
  FROM partners_bankaccount AS a
  WHERE a.id = p_account AND EXISTS (
    SELECT FROM partners_alliancemembership AS m
    WHERE m.organization_id = a.organization_id AND m.host_id = partners_current_organization())
$$;

-- Four eyes: who entered the account does not decide on it.
CREATE FUNCTION partners_bank_account_decision_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partners_bankaccount AS a
                 WHERE a.id = NEW.account_id AND a.organization_id = NEW.organization_id AND a.needs_confirmation
                   AND a.created_by_id IS DISTINCT FROM NEW.decided_by_id) THEN
    RAISE EXCEPTION 'somebody else decides on a changed bank account' USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_somebody_else';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER by_somebody_else BEFORE INSERT ON partners_bankaccountdecision
  FOR EACH ROW EXECUTE FUNCTION partners_bank_account_decision_guard();

REVOKE ALL ON FUNCTION
  partners_account_in_effect(uuid, timestamptz), partners_payee_accounts(uuid[], timestamptz), partners_payee_account(uuid),
  partners_bank_account_decision_guard()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_payee_accounts(uuid[], timestamptz), partners_payee_account(uuid) TO {{runtime}}, {{operator}};
