-- What a statement's party had and has in other currencies than the statement's: what stood there when its period began, what moved in
-- it, and of that what was paid and withheld, as of settlements_movements(). For that party and its host. A closed period's never
-- changes: nothing enters it any more.
CREATE FUNCTION settlements_other_currencies(p_period uuid, p_organization uuid)
RETURNS TABLE (currency text, opening bigint, moved bigint, paid bigint, withheld bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT l.*, p.currency, p.host_id FROM ledger_period AS l JOIN settlements_period AS p ON p.id = l.id
    WHERE l.id = p_period AND p_organization <> p.host_id AND ((SELECT ledger_is_operator())
       OR (SELECT nullif(current_setting('app.organization', true), '')::uuid) IN (p.host_id, p_organization))
  ), entry AS MATERIALIZED (
    SELECT a.currency, a.kind, e.journal_id, e.amount_minor, e.effective_on < l.starts_on AS is_before
    FROM period AS l JOIN ledger_account AS a ON a.agreement_id = l.agreement_id AND a.book_id = l.book_id
     AND a.organization_id = p_organization AND a.currency <> l.currency
    JOIN ledger_entry AS e ON e.account_id = a.id AND e.effective_on < l.ends_on
    WHERE a.kind IN ('pending', 'available', 'reserve', 'in_transit', 'receivable')
  ), payout AS (
    SELECT e.currency, sum(e.amount_minor) AS moved, coalesce((
        SELECT -sum(t.amount_minor) FROM ledger_entry AS t JOIN ledger_account AS a ON a.id = t.account_id
        WHERE t.journal_id = e.journal_id AND a.kind = 'tax'), 0) AS withheld
    FROM entry AS e JOIN ledger_journal AS j ON j.id = e.journal_id AND j.kind LIKE 'payout\_%'
    WHERE e.kind IN ('available', 'in_transit') AND NOT e.is_before GROUP BY e.currency, e.journal_id
  )
  SELECT e.currency, coalesce(-sum(e.amount_minor) FILTER (WHERE e.is_before), 0)::bigint,
         coalesce(-sum(e.amount_minor) FILTER (WHERE NOT e.is_before), 0)::bigint,
         coalesce((SELECT sum(p.moved - p.withheld) FROM payout AS p WHERE p.currency = e.currency), 0)::bigint,
         coalesce((SELECT sum(p.withheld) FROM payout AS p WHERE p.currency = e.currency), 0)::bigint
  FROM entry AS e GROUP BY e.currency
$$;
REVOKE ALL ON FUNCTION settlements_other_currencies(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_other_currencies(uuid, uuid) TO {{runtime}}, {{operator}};

-- A party has a statement also of a period in which it had something in another currency only. The close is as it was but for that.
DO $$
DECLARE
  v_close text := pg_get_functiondef('settlements_close_period(uuid, timestamptz, text, jsonb)'::regprocedure);
  v_where text := 'WHERE t.lines > 0 OR b.closing_minor <> 0';
BEGIN
  IF position(v_where IN v_close) = 0 THEN
    RAISE EXCEPTION 'The close does not say which parties have a statement where it used to';
  END IF;
  EXECUTE replace(v_close, v_where, v_where || E'\n       OR EXISTS (SELECT FROM settlements_other_currencies(p_period, t.organization) AS o'
    || E'\n                  WHERE o.opening <> 0 OR o.moved <> 0 OR o.paid <> 0)');
END $$;
