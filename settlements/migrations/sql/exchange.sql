-- Exchanges never change. What moved on the accounts of a statement is what moved in its currency: what was exchanged goes on in
-- another one, on accounts of its own.
CREATE TRIGGER unchanging BEFORE UPDATE OR DELETE ON settlements_exchange FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_exchange FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_exchange ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_exchange ENABLE ALWAYS TRIGGER unchanging_truncate;

-- What refunds that become available with a period take back of earlier exchanges, in the agreement's currency: an accrual
-- belongs to the exchange of the close in which it became available.
CREATE FUNCTION settlements_taken_after_exchange(p_period uuid) RETURNS TABLE (organization_id uuid, exchange_id uuid, taken_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT p.*, (SELECT max(b.ends_on) FROM settlements_period AS b
                 WHERE b.agreement_id = p.agreement_id AND b.status = 'closed' AND b.starts_on < p.starts_on) AS last_end
    FROM settlements_period AS p
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  ), due AS (
    SELECT a.id, a.original_id FROM period AS p JOIN settlements_accrual AS a
      ON a.period_id = p.id AND a.available_on IS NULL AND a.original_id IS NOT NULL
    UNION ALL
    SELECT a.id, a.original_id FROM period AS p JOIN settlements_accrual AS a ON a.agreement_id = p.agreement_id
      AND a.available_on >= coalesce(p.last_end, '-infinity') AND a.available_on < p.ends_on AND a.original_id IS NOT NULL
  )
  SELECT x.organization_id, x.id, sum(s.share_minor)::bigint
  FROM due AS d JOIN settlements_accrual AS o ON o.id = d.original_id
  JOIN settlements_period AS q ON q.id = o.period_id
  CROSS JOIN LATERAL (
    SELECT b.id FROM settlements_period AS b
    WHERE b.agreement_id = o.agreement_id AND b.starts_on >= q.starts_on AND b.status = 'closed'
      AND (o.available_on IS NULL AND b.id = q.id OR b.ends_on > o.available_on)
    ORDER BY b.starts_on LIMIT 1
  ) AS became
  JOIN settlements_exchange AS x ON x.period_id = became.id AND x.answers_id IS NULL
  JOIN settlements_accrualshare AS s ON s.accrual_id = d.id AND s.organization_id = x.organization_id
  GROUP BY x.organization_id, x.id HAVING sum(s.share_minor) <> 0
$$;

CREATE OR REPLACE FUNCTION settlements_movements(p_period uuid) RETURNS TABLE (organization_id uuid, moved bigint, paid bigint, withheld bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH entry AS MATERIALIZED (
    SELECT a.organization_id, a.kind, e.journal_id, e.amount_minor
    FROM ledger_period AS l JOIN settlements_period AS p ON p.id = l.id
    JOIN ledger_account AS a ON a.agreement_id = l.agreement_id AND a.book_id = l.book_id AND a.currency = p.currency
    JOIN ledger_book AS b ON b.id = l.book_id AND a.organization_id <> b.host_id
    JOIN ledger_entry AS e ON e.account_id = a.id AND e.posted_at >= l.opened_at - INTERVAL '1 day'
     AND e.effective_on >= l.starts_on AND e.effective_on < l.ends_on
    WHERE l.id = p_period AND a.kind IN ('pending', 'available', 'reserve', 'in_transit', 'receivable')
  ), payout AS (
    SELECT e.organization_id, sum(e.amount_minor) AS moved, coalesce((
        SELECT -sum(t.amount_minor) FROM ledger_entry AS t JOIN ledger_account AS a ON a.id = t.account_id
        WHERE t.journal_id = e.journal_id AND a.kind = 'tax'), 0) AS withheld
    FROM entry AS e JOIN ledger_journal AS j ON j.id = e.journal_id AND j.kind LIKE 'payout\_%'
    WHERE e.kind IN ('available', 'in_transit') GROUP BY e.organization_id, e.journal_id
  )
  SELECT e.organization_id, -sum(e.amount_minor)::bigint, coalesce(o.moved - o.withheld, 0)::bigint, coalesce(o.withheld, 0)::bigint
  FROM entry AS e LEFT JOIN (
    SELECT p.organization_id, sum(p.moved) AS moved, sum(p.withheld) AS withheld FROM payout AS p GROUP BY p.organization_id
  ) AS o USING (organization_id)
  GROUP BY e.organization_id, o.moved, o.withheld
$$;

REVOKE ALL ON FUNCTION settlements_taken_after_exchange(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_taken_after_exchange(uuid) TO {{runtime}}, {{operator}};
