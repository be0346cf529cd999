-- Value-added tax goes back at the rate at which it was added: refunds and corrections are taxed as the statement was on which what they
-- take back stands.

-- One party's lines of a period that is being closed that are earnings, each with the earlier period to whose statement it goes back
-- (null: to none), and whether the dates alone would not say so: a share goes to the period of the local day on which its order
-- occurred, an adjustment to the period that it is about.
CREATE FUNCTION settlements_value_added_lines(p_period uuid, p_organization uuid)
RETURNS TABLE (line_id uuid, amount bigint, origin_id uuid, is_named boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT p.* FROM settlements_period AS p WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  ), line AS (
    SELECT a.id, s.share_minor AS amount, coalesce(o.period_id, p.id) AS origin,
           CASE WHEN o.period_id <> p.id THEN (SELECT q.id FROM settlements_period AS q WHERE q.agreement_id = p.agreement_id
             AND q.starts_on <= (o.occurred_at AT TIME ZONE p.time_zone)::date AND q.ends_on > (o.occurred_at AT TIME ZONE p.time_zone)::date)
           ELSE p.id END AS by_date
    FROM period AS p JOIN settlements_accrual AS a ON a.period_id = p.id
      JOIN settlements_accrualshare AS s ON s.accrual_id = a.id AND s.organization_id = p_organization
      LEFT JOIN settlements_accrual AS o ON o.id = a.original_id AND o.agreement_id = p.agreement_id
    UNION ALL
    SELECT d.id, CASE WHEN d.organization_id = p_organization THEN d.amount_minor ELSE -d.amount_minor END,
           coalesce(o.period_id, a.period_id, d.about_period_id), d.about_period_id
    FROM period AS p JOIN settlements_adjustment AS d ON d.period_id = p.id AND d.counterparty_id IS NOT NULL
     AND p_organization IN (d.organization_id, d.counterparty_id) AND d.kind NOT IN ('advance', 'advance_recouped')
      LEFT JOIN settlements_accrual AS a ON a.id = d.accrual_id AND a.agreement_id = p.agreement_id
      LEFT JOIN settlements_accrual AS o ON o.id = a.original_id AND o.agreement_id = p.agreement_id
  )
  SELECT l.id, l.amount, nullif(l.origin, p_period), l.origin IS DISTINCT FROM l.by_date FROM line AS l
$$;

-- The earlier periods to whose statements lines of this one go back, the earliest first.
CREATE FUNCTION settlements_value_added_origins(p_period uuid, p_organization uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT q.id FROM (SELECT DISTINCT origin_id FROM settlements_value_added_lines(p_period, p_organization)) AS l
    JOIN settlements_period AS q ON q.id = l.origin_id ORDER BY q.starts_on
$$;

-- What value-added tax comes to on those of a party's lines that go back to one earlier period, or (null) to none: each line rounded by
-- itself, halves away from zero. `named` are the ids of those that the dates alone would not place there.
DROP FUNCTION settlements_value_added_tax(uuid, uuid, bigint, bigint);
CREATE FUNCTION settlements_value_added_tax(p_period uuid, p_organization uuid, p_origin uuid, p_numerator bigint, p_denominator bigint)
RETURNS TABLE (net_minor bigint, vat_minor bigint, lines bigint, named uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(amount), 0)::bigint,
         coalesce(sum(sign(amount) * div(2 * abs(amount)::numeric * p_numerator + p_denominator, 2 * p_denominator)), 0)::bigint,
         count(*), coalesce(array_agg(line_id ORDER BY line_id) FILTER (WHERE is_named), '{}')
  FROM settlements_value_added_lines(p_period, p_organization) WHERE origin_id IS NOT DISTINCT FROM p_origin
$$;

-- As before, but what goes back to an earlier statement is held and released at the rate at which its tax was given back. Periods that
-- closed before had all their tax in one adjustment.
CREATE OR REPLACE FUNCTION settlements_value_added_tax_on_hold(p_period uuid, p_organization uuid)
RETURNS TABLE (held_minor bigint, released_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT p.*, l.book_id, (SELECT max(b.ends_on) FROM settlements_period AS b
                 WHERE b.agreement_id = p.agreement_id AND b.status = 'closed' AND b.starts_on < p.starts_on) AS last_end
    FROM settlements_period AS p JOIN ledger_period AS l ON l.id = p.id
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  ), line AS (
    SELECT a.period_id = p.id AS is_own, s.share_minor, coalesce(e.details, d.details) ->> 'rate' AS rate
    FROM period AS p
    JOIN settlements_accrual AS a ON a.agreement_id = p.agreement_id AND CASE WHEN a.period_id = p.id THEN a.available_on >= p.ends_on
      ELSE a.available_on >= coalesce(p.last_end, '-infinity') AND a.available_on < p.ends_on END
     AND a.available_on >= coalesce(p.last_end, '-infinity')
    JOIN settlements_accrualshare AS s ON s.accrual_id = a.id AND s.organization_id = p_organization
    LEFT JOIN settlements_accrual AS o ON o.id = a.original_id AND o.agreement_id = a.agreement_id AND o.period_id <> a.period_id
    LEFT JOIN settlements_adjustment AS d ON d.agreement_id = a.agreement_id
     AND d.key = 'value_added_tax:' || a.period_id || ':' || s.organization_id
    LEFT JOIN settlements_adjustment AS e ON e.agreement_id = a.agreement_id
     AND e.key = 'value_added_tax:' || a.period_id || ':' || s.organization_id || ':' || o.period_id
    WHERE a.period_id = p.id OR EXISTS (
      SELECT FROM ledger_journal AS j WHERE j.book_id = p.book_id AND j.key = 'tax_held:' || a.period_id || ':' || p_organization)
  ), rated AS (
    SELECT is_own, share_minor, split_part(rate, '/', 1)::numeric AS numerator, split_part(rate, '/', 2)::numeric AS denominator
    FROM line WHERE rate IS NOT NULL
  ), taxed AS (
    SELECT is_own, sign(share_minor) * div(2 * abs(share_minor)::numeric * numerator + denominator, 2 * denominator) AS tax FROM rated
  )
  SELECT coalesce(sum(tax) FILTER (WHERE is_own), 0)::bigint, coalesce(sum(tax) FILTER (WHERE NOT is_own), 0)::bigint FROM taxed
$$;

REVOKE ALL ON FUNCTION settlements_value_added_lines(uuid, uuid), settlements_value_added_origins(uuid, uuid),
  settlements_value_added_tax(uuid, uuid, uuid, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_value_added_origins(uuid, uuid), settlements_value_added_tax(uuid, uuid, uuid, bigint, bigint)
TO {{runtime}}, {{operator}};
