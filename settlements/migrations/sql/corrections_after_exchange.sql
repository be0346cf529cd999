-- What is taken back of an earlier exchange: by refunds, and now also by corrections of what an exchanged line had given.
-- Both go at that exchange's rate, so that a line that is struck takes exactly what it had come to.
CREATE OR REPLACE FUNCTION settlements_taken_after_exchange(p_period uuid) RETURNS TABLE (organization_id uuid, exchange_id uuid, taken_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT p.*, (SELECT max(b.ends_on) FROM settlements_period AS b
                 WHERE b.agreement_id = p.agreement_id AND b.status = 'closed' AND b.starts_on < p.starts_on) AS last_end
    FROM settlements_period AS p
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  ), refund AS (
    SELECT a.id, a.original_id FROM period AS p JOIN settlements_accrual AS a
      ON a.period_id = p.id AND a.available_on IS NULL AND a.original_id IS NOT NULL
    UNION ALL
    SELECT a.id, a.original_id FROM period AS p JOIN settlements_accrual AS a ON a.agreement_id = p.agreement_id
      AND a.available_on >= coalesce(p.last_end, '-infinity') AND a.available_on < p.ends_on AND a.original_id IS NOT NULL
  ), due AS (
    SELECT r.original_id, s.organization_id, s.share_minor AS amount_minor
    FROM refund AS r JOIN settlements_accrualshare AS s ON s.accrual_id = r.id
    UNION ALL
    SELECT coalesce(a.original_id, a.id), t.party, t.amount
    FROM period AS p JOIN settlements_adjustment AS d ON d.period_id = p.id
    JOIN settlements_accrual AS a ON a.id = d.accrual_id
    CROSS JOIN LATERAL (VALUES (d.organization_id, d.amount_minor), (d.counterparty_id, -d.amount_minor)) AS t (party, amount)
    WHERE d.kind IN ('correction', 'clawback', 'restatement', 'rerated') AND t.amount < 0
  )
  SELECT x.organization_id, x.id, sum(d.amount_minor)::bigint
  FROM due AS d JOIN settlements_accrual AS o ON o.id = d.original_id
  JOIN settlements_period AS q ON q.id = o.period_id
  CROSS JOIN LATERAL (
    SELECT b.id FROM settlements_period AS b
    WHERE b.agreement_id = o.agreement_id AND b.starts_on >= q.starts_on AND b.status = 'closed'
      AND (o.available_on IS NULL AND b.id = q.id OR b.ends_on > o.available_on)
    ORDER BY b.starts_on LIMIT 1
  ) AS became
  JOIN settlements_exchange AS x ON x.period_id = became.id AND x.answers_id IS NULL AND x.organization_id = d.organization_id
  GROUP BY x.organization_id, x.id HAVING sum(d.amount_minor) <> 0
$$;
