-- Orders in another currency than their agreement's accrue in the agreement's: what they were stands among the facts of their
-- explanation (`exchanged`: currency, amount, rate), and must be what the conversion says. All others accrue as before, in their own
-- currency, which is the agreement's.
CREATE OR REPLACE FUNCTION settlements_record_accruals(
  p_host uuid, p_now timestamptz, p_ids uuid[], p_conversions uuid[], p_periods uuid[], p_versions uuid[], p_originals uuid[],
  p_effective_on date[], p_available_on date[], p_bases bigint[], p_deducted bigint[], p_unassigned bigint[], p_explanations text,
  p_places int[], p_organizations uuid[], p_shares bigint[]
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_explanations text[] := string_to_array(p_explanations, E'\n');
BEGIN
  PERFORM ledger_require_host(p_host);
  IF (SELECT count(*) FROM unnest(p_conversions, p_bases, p_deducted, v_explanations) AS d (conversion, base, deducted, explanation)
      CROSS JOIN LATERAL (SELECT CASE WHEN position('"exchanged"' IN d.explanation) > 0
                                 THEN d.explanation::jsonb #> '{facts,exchanged}' END AS was) AS x
      JOIN campaigns_conversion AS c ON c.id = d.conversion AND c.host_id = p_host AND c.agreement_id IS NOT NULL
       AND c.amount_minor = CASE WHEN x.was IS NULL THEN d.base + d.deducted ELSE (x.was ->> 'amount_minor')::bigint END
       AND c.currency = coalesce(x.was ->> 'currency', c.currency)) <> cardinality(p_conversions) THEN
    RAISE EXCEPTION 'A conversion is not the host''s own, has no agreement, or another amount' USING ERRCODE = 'SM003';
  END IF;
  RETURN QUERY WITH fresh AS (
    INSERT INTO settlements_accrual (id, host_id, alliance_id, agreement_id, period_id, conversion_id, terms_version_id, original_id,
        section, kind, reference, occurred_at, effective_on, available_on, currency, base_minor, deducted_minor, unassigned_minor,
        explanation, accrued_at, accrued_xid, parties)
      SELECT d.id, c.host_id, c.alliance_id, c.agreement_id, d.period, c.id, d.version, d.original,
             CASE WHEN c.occurred_at < g.starts_at THEN 'prior' ELSE 'current' END, c.kind, c.reference, c.occurred_at,
             d.effective_on, d.available_on,
             CASE WHEN d.explanation::jsonb #> '{facts,exchanged}' IS NULL THEN c.currency ELSE g.currency END,
             d.base, d.deducted, d.unassigned, d.explanation::jsonb, p_now, pg_current_xact_id(), g.parties
      FROM unnest(p_ids, p_conversions, p_periods, p_versions, p_originals, p_effective_on, p_available_on, p_bases, p_deducted,
                  p_unassigned, v_explanations)
        AS d (id, conversion, period, version, original, effective_on, available_on, base, deducted, unassigned, explanation)
      CROSS JOIN LATERAL (SELECT * FROM campaigns_conversion WHERE id = d.conversion LIMIT 1) AS c
      CROSS JOIN LATERAL (
        SELECT a.parties, p.starts_at, p.currency FROM partners_agreement AS a, settlements_period AS p
        WHERE a.id = c.agreement_id AND p.id = d.period LIMIT 1) AS g
      ORDER BY d.conversion
      ON CONFLICT (conversion_id) DO NOTHING RETURNING id, conversion_id, host_id, effective_on, currency
  ), shared AS (
    INSERT INTO settlements_accrualshare (id, accrual_id, organization_id, host_id, effective_on, currency, share_minor, parties)
      SELECT encode(set_byte(uuid_send(f.id), 15, (get_byte(uuid_send(f.id), 15) + s.nth::int) % 256), 'hex')::uuid,
             f.id, s.organization, p_host, f.effective_on, f.currency, s.share, ARRAY[s.organization, p_host]
      FROM unnest(p_places, p_organizations, p_shares) WITH ORDINALITY AS s (place, organization, share, nth)
      JOIN fresh AS f ON f.id = p_ids[s.place]
  )
  SELECT f.conversion_id FROM fresh AS f;
END $$;
