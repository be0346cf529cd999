-- Value-added tax follows what it was added to: what is on hold keeps its tax pending until the hold ends.

-- How much of one party's tax of this period is on lines that are still on hold when it ends, and how much of earlier periods' tax is
-- on lines whose hold ends with it. Line by line at the rate at which it was added, halves away from zero. What was added before taxes
-- were held has no journal `tax_held:<period>:<party>`, and is not released.
CREATE FUNCTION settlements_value_added_tax_on_hold(p_period uuid, p_organization uuid) RETURNS TABLE (held_minor bigint, released_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT p.*, l.book_id, (SELECT max(b.ends_on) FROM settlements_period AS b
                 WHERE b.agreement_id = p.agreement_id AND b.status = 'closed' AND b.starts_on < p.starts_on) AS last_end
    FROM settlements_period AS p JOIN ledger_period AS l ON l.id = p.id
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  ), line AS (
    SELECT a.period_id = p.id AS is_own, s.share_minor, split_part(d.details ->> 'rate', '/', 1)::numeric AS numerator,
           split_part(d.details ->> 'rate', '/', 2)::numeric AS denominator
    FROM period AS p
    JOIN settlements_accrual AS a ON a.agreement_id = p.agreement_id AND CASE WHEN a.period_id = p.id THEN a.available_on >= p.ends_on
      ELSE a.available_on >= coalesce(p.last_end, '-infinity') AND a.available_on < p.ends_on END
     AND a.available_on >= coalesce(p.last_end, '-infinity')
    JOIN settlements_accrualshare AS s ON s.accrual_id = a.id AND s.organization_id = p_organization
    JOIN settlements_adjustment AS d ON d.agreement_id = a.agreement_id
     AND d.key = 'value_added_tax:' || a.period_id || ':' || s.organization_id
    WHERE a.period_id = p.id OR EXISTS (
      SELECT FROM ledger_journal AS j WHERE j.book_id = p.book_id AND j.key = 'tax_held:' || a.period_id || ':' || p_organization)
  ), taxed AS (
    SELECT is_own, sign(share_minor) * div(2 * abs(share_minor)::numeric * numerator + denominator, 2 * denominator) AS tax FROM line
  )
  SELECT coalesce(sum(tax) FILTER (WHERE is_own), 0)::bigint, coalesce(sum(tax) FILTER (WHERE NOT is_own), 0)::bigint FROM taxed
$$;
REVOKE ALL ON FUNCTION settlements_value_added_tax_on_hold(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_value_added_tax_on_hold(uuid, uuid) TO {{runtime}}, {{operator}};
