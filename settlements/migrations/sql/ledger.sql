-- The ledger's defences and its only doors. docs/ledger.md tells the story; the attack suite tries to break it.
--
-- The roles of the application hold SELECT. They write by calling the SECURITY DEFINER functions below, which
-- run as the owner with a fixed search path and first ask whose book it is. The triggers bind the owner too,
-- and are ENABLE ALWAYS, so that session_replication_role does not switch them off.
--
-- SQLSTATEs of the class LG, mapped to sentences in settlements/ledger/refusals.py:
--   LG001 unbalanced        LG002 no entries          LG003 sealed or not the journal's own
--   LG004 append-only       LG005 period closed       LG006 no period for that day
--   LG007 key reused        LG008 not the book's host LG009 no exact mirror
--   LG010 malformed call    LG011 periods overlap
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Ties: a row can only name rows of the same alliance, book and currency. Immediate, so that a refusal comes at once.
ALTER TABLE ledger_book
  ADD CONSTRAINT ledger_book_of_its_host FOREIGN KEY (alliance_id, host_id) REFERENCES partners_alliance (id, host_id);
ALTER TABLE ledger_account
  ADD CONSTRAINT ledger_account_in_book FOREIGN KEY (book_id, alliance_id) REFERENCES ledger_book (id, alliance_id),
  ADD CONSTRAINT ledger_account_of_member FOREIGN KEY (alliance_id, organization_id)
    REFERENCES partners_alliancemembership (alliance_id, organization_id),
  ADD CONSTRAINT ledger_account_of_agreement FOREIGN KEY (agreement_id, alliance_id) REFERENCES partners_agreement (id, alliance_id);
ALTER TABLE ledger_period
  ADD CONSTRAINT ledger_period_in_book FOREIGN KEY (book_id, alliance_id) REFERENCES ledger_book (id, alliance_id),
  ADD CONSTRAINT ledger_period_of_agreement FOREIGN KEY (agreement_id, alliance_id) REFERENCES partners_agreement (id, alliance_id),
  ADD CONSTRAINT ledger_periods_never_overlap EXCLUDE USING gist (agreement_id WITH =, daterange(starts_on, ends_on, '[)') WITH &&);
ALTER TABLE ledger_entry
  ADD CONSTRAINT ledger_entry_of_account FOREIGN KEY (account_id, book_id, scope_id, currency)
    REFERENCES ledger_account (id, book_id, scope_id, currency);

-- Append-only ------------------------------------------------------------------------------------
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'LG004';
END $$;

-- The one change there is: a period closes, once.
CREATE FUNCTION ledger_period_closes_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.status = 'open' AND NEW.status = 'closed'
     AND (NEW.id, NEW.book_id, NEW.alliance_id, NEW.agreement_id, NEW.starts_on, NEW.ends_on, NEW.opened_at, NEW.parties)
       = (OLD.id, OLD.book_id, OLD.alliance_id, OLD.agreement_id, OLD.starts_on, OLD.ends_on, OLD.opened_at, OLD.parties) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A ledger period can only close, and only once' USING ERRCODE = 'LG004';
END $$;

DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['ledger_book', 'ledger_account', 'ledger_period', 'ledger_journal', 'ledger_entry'] LOOP
    IF v_table = 'ledger_period' THEN
      CREATE TRIGGER closes_once BEFORE UPDATE ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_period_closes_once();
      ALTER TABLE ledger_period ENABLE ALWAYS TRIGGER closes_once;
      CREATE TRIGGER append_only BEFORE DELETE ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
    ELSE
      EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION ledger_refuse()', v_table);
    END IF;
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', v_table);
  END LOOP;
END $$;

-- Every journal balances -------------------------------------------------------------------------
-- One aggregate for a whole statement, however many journals it brings. OFFSET 0 and LIMIT 1: see ledger_post. The journal's row is the seal: entries
-- come in the database transaction that made it, and in none after.
CREATE FUNCTION ledger_entries_added() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_journal uuid; v_sum numeric;
BEGIN
  SELECT e.journal_id, e.total INTO v_journal, v_sum
    FROM (SELECT journal_id, currency, posted_at, effective_on, book_id, scope_id, sum(amount_minor) AS total
          FROM added GROUP BY journal_id, currency, posted_at, effective_on, book_id, scope_id) AS e
    LEFT JOIN LATERAL (SELECT * FROM ledger_journal WHERE id = e.journal_id OFFSET 0) AS j ON true
    WHERE e.total <> 0 OR j.id IS NULL
       OR j.posted_xid <> pg_current_xact_id() OR j.posted_at < transaction_timestamp()
       OR j.posted_at <> e.posted_at OR j.effective_on <> e.effective_on
       OR j.book_id <> e.book_id OR coalesce(j.agreement_id, j.book_id) <> e.scope_id
    LIMIT 1;
  IF FOUND AND v_sum <> 0 THEN
    RAISE EXCEPTION 'Journal % does not sum to zero', v_journal USING ERRCODE = 'LG001';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'Journal % is sealed, or its entries belong elsewhere', v_journal USING ERRCODE = 'LG003';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER balances AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_added();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER balances;

-- A reversal carries every leg of its journal with the opposite sign, and nothing else.
CREATE FUNCTION ledger_is_mirror(p_reversal uuid, p_original uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM ledger_journal AS r JOIN ledger_journal AS o ON o.id = p_original
    WHERE r.id = p_reversal AND o.reverses_id IS NULL
      AND r.book_id = o.book_id AND r.agreement_id IS NOT DISTINCT FROM o.agreement_id
  ) AND (SELECT array_agg((account_id, amount_minor) ORDER BY account_id, amount_minor) FROM ledger_entry WHERE journal_id = p_reversal)
    = (SELECT array_agg((account_id, -amount_minor) ORDER BY account_id, -amount_minor) FROM ledger_entry WHERE journal_id = p_original)
$$;

-- The journals and their entries come in one statement, so this sees both. It takes every period it needs FOR
-- SHARE; a close takes its own FOR UPDATE: either the close waits for this posting, or this posting finds it closed.
CREATE FUNCTION ledger_journals_added() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_journal uuid; v_agreement uuid; v_book uuid; v_day date; v_is_sealed boolean; v_is_empty boolean;
BEGIN
  SELECT j.id, j.posted_xid <> pg_current_xact_id() OR j.posted_at < transaction_timestamp(),
         (SELECT e.journal_id FROM ledger_entry AS e WHERE e.journal_id = j.id LIMIT 1) IS NULL
    INTO v_journal, v_is_sealed, v_is_empty
    FROM added AS j
    WHERE j.posted_xid <> pg_current_xact_id() OR j.posted_at < transaction_timestamp()
       OR (SELECT e.journal_id FROM ledger_entry AS e WHERE e.journal_id = j.id LIMIT 1) IS NULL
       OR (j.reverses_id IS NOT NULL AND ledger_is_mirror(j.id, j.reverses_id) IS NOT TRUE)
    LIMIT 1;
  IF FOUND AND v_is_sealed THEN
    RAISE EXCEPTION 'Journal % claims another database transaction', v_journal USING ERRCODE = 'LG003';
  ELSIF FOUND AND v_is_empty THEN
    RAISE EXCEPTION 'Journal % has no entries', v_journal USING ERRCODE = 'LG002';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'Journal % is no exact mirror of what it reverses', v_journal USING ERRCODE = 'LG009';
  END IF;
  SELECT j.agreement_id, j.book_id, j.effective_on INTO v_agreement, v_book, v_day FROM added AS j;
  IF (SELECT count(*) FROM added) = 1 THEN
    IF v_agreement IS NULL THEN
      RETURN NULL;
    END IF;
    PERFORM FROM ledger_period AS p
      WHERE p.agreement_id = v_agreement AND p.book_id = v_book AND p.starts_on <= v_day AND v_day < p.ends_on AND p.status = 'open'
      FOR SHARE OF p;
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  WITH needed AS MATERIALIZED (
    SELECT DISTINCT agreement_id, book_id, effective_on FROM added WHERE agreement_id IS NOT NULL
  ), taken AS MATERIALIZED (
    SELECT p.agreement_id, p.book_id, p.starts_on, p.ends_on FROM ledger_period AS p
    WHERE p.status = 'open' AND EXISTS (
      SELECT FROM needed AS n WHERE n.agreement_id = p.agreement_id AND n.effective_on >= p.starts_on AND n.effective_on < p.ends_on)
    ORDER BY p.id FOR SHARE OF p
  )
  SELECT n.agreement_id, n.book_id, n.effective_on INTO v_agreement, v_book, v_day FROM needed AS n
    WHERE NOT EXISTS (
      SELECT FROM taken AS t WHERE t.agreement_id = n.agreement_id AND t.book_id = n.book_id
        AND n.effective_on >= t.starts_on AND n.effective_on < t.ends_on)
    LIMIT 1;
  IF FOUND THEN
    PERFORM FROM ledger_period WHERE agreement_id = v_agreement AND book_id = v_book AND v_day >= starts_on AND v_day < ends_on;
    IF FOUND THEN
      RAISE EXCEPTION 'The period of % is closed', v_day USING ERRCODE = 'LG005', DETAIL = v_agreement;
    END IF;
    RAISE EXCEPTION 'No period holds %', v_day USING ERRCODE = 'LG006', DETAIL = v_agreement;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER complete AFTER INSERT ON ledger_journal REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_journals_added();
ALTER TABLE ledger_journal ENABLE ALWAYS TRIGGER complete;

-- The doors --------------------------------------------------------------------------------------
-- session_user is the login, whatever SET ROLE or a definer function says.
CREATE FUNCTION ledger_is_operator() RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT '"' || session_user || '"' = '{{operator}}'
$$;

-- Refuses unless the open scope is the host's own (or the login is the operator's).
CREATE FUNCTION ledger_require_host(p_host uuid) RETURNS void LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF p_host IS NULL OR NOT (
    p_host IS NOT DISTINCT FROM nullif(current_setting('app.organization', true), '')::uuid OR '"' || session_user || '"' = '{{operator}}'
  ) THEN
    RAISE EXCEPTION 'Only the host of this book writes in it' USING ERRCODE = 'LG008';
  END IF;
END $$;

CREATE FUNCTION ledger_open_book(p_id uuid, p_alliance uuid, p_host uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_book uuid;
BEGIN
  PERFORM ledger_require_host(p_host);
  INSERT INTO ledger_book (id, alliance_id, host_id, opened_at, parties)
    VALUES (p_id, p_alliance, p_host, clock_timestamp(), ARRAY[p_host])
    ON CONFLICT (alliance_id) DO NOTHING;
  SELECT id INTO v_book FROM ledger_book WHERE alliance_id = p_alliance AND host_id = p_host;
  IF v_book IS NULL THEN
    RAISE EXCEPTION 'Only the host of this alliance opens its book' USING ERRCODE = 'LG008';
  END IF;
  RETURN v_book;
END $$;

CREATE FUNCTION ledger_open_accounts(
  p_book uuid, p_ids uuid[], p_organizations uuid[], p_agreements uuid[], p_currencies text[], p_kinds text[]
) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_host uuid; v_alliance uuid; v_found uuid[];
BEGIN
  SELECT host_id, alliance_id INTO v_host, v_alliance FROM ledger_book WHERE id = p_book;
  PERFORM ledger_require_host(v_host);
  INSERT INTO ledger_account (id, book_id, alliance_id, organization_id, agreement_id, currency, kind, opened_at, parties)
    SELECT u.id, p_book, v_alliance, u.organization, u.agreement, u.currency, u.kind, clock_timestamp(),
           CASE WHEN u.organization = v_host THEN ARRAY[v_host] ELSE ARRAY[u.organization, v_host] END
    FROM unnest(p_ids, p_organizations, p_agreements, p_currencies, p_kinds) AS u (id, organization, agreement, currency, kind)
    WHERE NOT EXISTS (
      SELECT FROM ledger_account AS a
      WHERE a.book_id = p_book AND a.organization_id = u.organization AND a.agreement_id IS NOT DISTINCT FROM u.agreement
        AND a.currency = u.currency AND a.kind = u.kind)
    ORDER BY u.organization, u.agreement, u.currency, u.kind
    ON CONFLICT DO NOTHING;
  SELECT array_agg(a.id ORDER BY u.place) INTO v_found
    FROM unnest(p_organizations, p_agreements, p_currencies, p_kinds) WITH ORDINALITY AS u (organization, agreement, currency, kind, place)
    LEFT JOIN ledger_account AS a
      ON a.book_id = p_book AND a.organization_id = u.organization AND a.agreement_id IS NOT DISTINCT FROM u.agreement
     AND a.currency = u.currency AND a.kind = u.kind;
  RETURN v_found;
END $$;

CREATE FUNCTION ledger_open_period(p_id uuid, p_book uuid, p_agreement uuid, p_starts_on date, p_ends_on date) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_host uuid; v_alliance uuid; v_period uuid;
BEGIN
  SELECT host_id, alliance_id INTO v_host, v_alliance FROM ledger_book WHERE id = p_book;
  PERFORM ledger_require_host(v_host);
  INSERT INTO ledger_period (id, book_id, alliance_id, agreement_id, starts_on, ends_on, status, opened_at, parties)
    VALUES (p_id, p_book, v_alliance, p_agreement, p_starts_on, p_ends_on, 'open', clock_timestamp(),
            array_append(array_remove(partners_agreement_parties(p_agreement), v_host), v_host))
    ON CONFLICT DO NOTHING;
  SELECT id INTO v_period FROM ledger_period
    WHERE book_id = p_book AND agreement_id = p_agreement AND starts_on = p_starts_on AND ends_on = p_ends_on;
  IF v_period IS NULL THEN
    RAISE EXCEPTION 'Another period of this agreement overlaps' USING ERRCODE = 'LG011';
  END IF;
  RETURN v_period;
END $$;

-- Whether the period is open, read under the lock that keeps every posting out until this transaction ends.
CREATE FUNCTION ledger_lock_period(p_period uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_host uuid; v_status text;
BEGIN
  SELECT b.host_id INTO v_host FROM ledger_period AS p JOIN ledger_book AS b ON b.id = p.book_id WHERE p.id = p_period;
  PERFORM ledger_require_host(v_host);
  SELECT status INTO v_status FROM ledger_period WHERE id = p_period FOR UPDATE;
  RETURN v_status = 'open';
END $$;

-- Closes the period; false when it was closed before.
CREATE FUNCTION ledger_close_period(p_period uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT ledger_lock_period(p_period) THEN
    RETURN false;
  END IF;
  UPDATE ledger_period SET status = 'closed', closed_at = clock_timestamp() WHERE id = p_period;
  RETURN true;
END $$;

-- The content that a key stands for, in PostgreSQL's binary formats: independent of any session's settings.
CREATE FUNCTION ledger_fingerprint(
  p_kind text, p_agreement uuid, p_effective_on date, p_occurred_at timestamptz, p_reverses uuid, p_accounts uuid[], p_amounts bigint[]
) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(
    uuid_send(coalesce(p_agreement, '00000000-0000-0000-0000-000000000000'))
    || uuid_send(coalesce(p_reverses, '00000000-0000-0000-0000-000000000000'))
    || date_send(p_effective_on) || timestamptz_send(p_occurred_at)
    || array_send(p_accounts) || array_send(p_amounts) || convert_to(p_kind, 'UTF8'))
$$;

-- Posts many journals in one statement. Journals come as parallel arrays, legs as parallel arrays too: leg n belongs
-- to journal p_places[n], and journal m owns p_legs[m] legs in a row. Returns the journals' ids in order: an id that
-- was there before where the key was known with the same content.
-- Plans are generic, for planning each call would cost more than the posting; and they outlive the day when the tables
-- were small. So look-ups in tables that grow are fenced (OFFSET 0, LIMIT 1: no join over the whole table), and no plan
-- reads a table from end to end.
CREATE FUNCTION ledger_post(
  p_book uuid, p_ids uuid[], p_keys text[], p_kinds text[], p_agreements uuid[], p_effective_on date[],
  p_occurred_at timestamptz[], p_reverses uuid[], p_legs int[], p_places int[], p_accounts uuid[], p_amounts bigint[]
) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_host uuid; v_now timestamptz := clock_timestamp(); v_xid xid8; v_parties uuid[];
  v_inserted bigint; v_legs bigint; v_found uuid[]; v_key text;
BEGIN
  SELECT host_id INTO v_host FROM ledger_book WHERE id = p_book;
  IF v_host IS NULL OR NOT (
    v_host IS NOT DISTINCT FROM nullif(current_setting('app.organization', true), '')::uuid OR '"' || session_user || '"' = '{{operator}}'
  ) THEN
    RAISE EXCEPTION 'Only the host of this book writes in it' USING ERRCODE = 'LG008';
  END IF;
  IF cardinality(p_amounts) <> cardinality(p_accounts) OR cardinality(p_places) <> cardinality(p_accounts)
     OR cardinality(p_keys) <> cardinality(p_ids) OR cardinality(p_legs) <> cardinality(p_ids) OR cardinality(p_ids) = 0 THEN
    RAISE EXCEPTION 'The arrays of this call do not fit together' USING ERRCODE = 'LG010';
  END IF;
  v_xid := pg_current_xact_id();
  IF cardinality(p_ids) = 1 THEN
    -- The same for one journal, without the machinery for many.
    SELECT array_agg(DISTINCT organization_id) INTO v_parties
      FROM ledger_account WHERE id = ANY (p_accounts) AND organization_id <> v_host;
    WITH fresh AS (
      INSERT INTO ledger_journal (id, book_id, agreement_id, key, fingerprint, kind, effective_on, occurred_at, posted_at, posted_xid, reverses_id, parties)
        VALUES (p_ids[1], p_book, p_agreements[1], p_keys[1],
                ledger_fingerprint(p_kinds[1], p_agreements[1], p_effective_on[1], p_occurred_at[1], p_reverses[1], p_accounts, p_amounts),
                p_kinds[1], p_effective_on[1], p_occurred_at[1], v_now, v_xid, p_reverses[1], array_append(v_parties, v_host))
        ON CONFLICT (book_id, key) DO NOTHING RETURNING id
    )
    INSERT INTO ledger_entry (journal_id, line, book_id, scope_id, account_id, currency, amount_minor, effective_on, posted_at, parties)
      SELECT f.id, u.line, p_book, coalesce(p_agreements[1], p_book), u.account, coalesce(a.currency, '???'), u.amount,
             p_effective_on[1], v_now, coalesce(a.parties, '{}')
      FROM fresh AS f CROSS JOIN unnest(p_accounts, p_amounts) WITH ORDINALITY AS u (account, amount, line)
      LEFT JOIN ledger_account AS a ON a.id = u.account;
    GET DIAGNOSTICS v_legs = ROW_COUNT;
    IF v_legs > 0 THEN
      IF v_legs IS DISTINCT FROM p_legs[1] THEN
        RAISE EXCEPTION 'The legs of this call are not counted right' USING ERRCODE = 'LG010';
      END IF;
      RETURN p_ids;
    END IF;
  ELSE
    WITH draft AS MATERIALIZED (
      SELECT *, coalesce(u.agreement, p_book) AS scope, sum(u.legs) OVER (ORDER BY u.place)::int AS upto
      FROM unnest(p_ids, p_keys, p_kinds, p_agreements, p_effective_on, p_occurred_at, p_reverses, p_legs)
        WITH ORDINALITY AS u (id, key, kind, agreement, effective_on, occurred_at, reverses, legs, place)
    ), account AS MATERIALIZED (
      SELECT id, organization_id, currency, parties FROM ledger_account WHERE id = ANY (p_accounts)
    ), leg AS MATERIALIZED (
      SELECT d.id AS journal, (u.n - d.upto + d.legs)::smallint AS line, d.scope, d.effective_on, u.account, u.amount,
             coalesce(a.currency, '???') AS currency, coalesce(a.parties, '{}') AS parties, a.organization_id
      FROM unnest(p_places, p_accounts, p_amounts) WITH ORDINALITY AS u (place, account, amount, n)
      JOIN draft AS d ON d.place = u.place AND u.n > d.upto - d.legs AND u.n <= d.upto
      LEFT JOIN account AS a ON a.id = u.account
    ), seen_by AS (
      SELECT journal, array_agg(organization_id) FILTER (WHERE organization_id <> v_host) AS parties FROM leg GROUP BY journal
    ), fresh AS (
      INSERT INTO ledger_journal (id, book_id, agreement_id, key, fingerprint, kind, effective_on, occurred_at, posted_at, posted_xid, reverses_id, parties)
        SELECT d.id, p_book, d.agreement, d.key,
               ledger_fingerprint(d.kind, d.agreement, d.effective_on, d.occurred_at, d.reverses,
                                  p_accounts[d.upto - d.legs + 1:d.upto], p_amounts[d.upto - d.legs + 1:d.upto]),
               d.kind, d.effective_on, d.occurred_at, v_now, v_xid, d.reverses,
               array_append(CASE WHEN cardinality(s.parties) > 1
                 THEN ARRAY(SELECT DISTINCT party FROM unnest(s.parties) AS party) ELSE s.parties END, v_host)
        FROM draft AS d LEFT JOIN seen_by AS s ON s.journal = d.id ORDER BY d.key
        ON CONFLICT (book_id, key) DO NOTHING RETURNING id
    ), written AS (
      INSERT INTO ledger_entry (journal_id, line, book_id, scope_id, account_id, currency, amount_minor, effective_on, posted_at, parties)
        SELECT l.journal, l.line, p_book, l.scope, l.account, l.currency, l.amount, l.effective_on, v_now, l.parties
        FROM fresh AS f JOIN leg AS l ON l.journal = f.id
    )
    SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM leg) INTO v_inserted, v_legs;
    IF v_legs IS DISTINCT FROM cardinality(p_accounts) THEN
      RAISE EXCEPTION 'The legs of this call are not counted right' USING ERRCODE = 'LG010';
    ELSIF v_inserted = cardinality(p_ids) THEN
      RETURN p_ids;
    END IF;
  END IF;
  -- Some keys were there before: return their journals, if they say the same.
  SELECT array_agg(j.id ORDER BY d.place), min(d.key) FILTER (
           WHERE j.fingerprint IS DISTINCT FROM ledger_fingerprint(d.kind, d.agreement, d.effective_on, d.occurred_at, d.reverses,
             p_accounts[d.upto - d.legs + 1:d.upto], p_amounts[d.upto - d.legs + 1:d.upto]))
    INTO v_found, v_key
    FROM (SELECT *, sum(u.legs) OVER (ORDER BY u.place)::int AS upto
          FROM unnest(p_keys, p_kinds, p_agreements, p_effective_on, p_occurred_at, p_reverses, p_legs)
            WITH ORDINALITY AS u (key, kind, agreement, effective_on, occurred_at, reverses, legs, place)) AS d
    LEFT JOIN LATERAL (SELECT * FROM ledger_journal WHERE book_id = p_book AND key = d.key OFFSET 0) AS j ON true;
  IF v_key IS NOT NULL THEN
    RAISE EXCEPTION 'The key % stands for another content', v_key USING ERRCODE = 'LG007', DETAIL = v_key;
  END IF;
  RETURN v_found;
END $$;

-- Posts the exact mirror of a journal under a key of its own.
CREATE FUNCTION ledger_reverse(
  p_journal uuid, p_id uuid, p_key text, p_kind text, p_effective_on date, p_occurred_at timestamptz
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_book uuid; v_host uuid; v_agreement uuid; v_accounts uuid[]; v_amounts bigint[];
BEGIN
  SELECT j.book_id, j.agreement_id, b.host_id INTO v_book, v_agreement, v_host
    FROM ledger_journal AS j JOIN ledger_book AS b ON b.id = j.book_id WHERE j.id = p_journal;
  PERFORM ledger_require_host(v_host);
  SELECT array_agg(account_id ORDER BY line), array_agg(-amount_minor ORDER BY line) INTO v_accounts, v_amounts
    FROM ledger_entry WHERE journal_id = p_journal;
  RETURN (ledger_post(v_book, ARRAY[p_id], ARRAY[p_key], ARRAY[p_kind], ARRAY[v_agreement], ARRAY[p_effective_on],
                      ARRAY[p_occurred_at], ARRAY[p_journal], ARRAY[cardinality(v_accounts)],
                      array_fill(1, ARRAY[cardinality(v_accounts)]), v_accounts, v_amounts))[1];
END $$;

-- Balances of the accounts that the open scope may see: an index-only sum for each, which row-level security on
-- the entries would forbid. Whoever sees an account sees all its entries, so asking the account is enough.
-- p_at: posted up to that instant; p_before: effective before that day; null: all.
CREATE FUNCTION ledger_balances(p_book uuid, p_accounts uuid[], p_at timestamptz, p_before date)
RETURNS TABLE (account_id uuid, balance_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, (
    SELECT coalesce(sum(e.amount_minor), 0)::bigint FROM ledger_entry AS e
    WHERE e.account_id = a.id AND e.posted_at <= coalesce(p_at, 'infinity') AND e.effective_on < coalesce(p_before, 'infinity'))
  FROM ledger_account AS a
  WHERE (p_book IS NULL OR a.book_id = p_book) AND (p_accounts IS NULL OR a.id = ANY (p_accounts))
    AND ((SELECT ledger_is_operator()) OR (SELECT nullif(current_setting('app.organization', true), '')::uuid) = ANY (a.parties))
$$;

REVOKE ALL ON FUNCTION
  ledger_refuse(), ledger_period_closes_once(), ledger_entries_added(), ledger_is_mirror(uuid, uuid), ledger_journals_added(),
  ledger_is_operator(), ledger_require_host(uuid), ledger_open_book(uuid, uuid, uuid),
  ledger_open_accounts(uuid, uuid[], uuid[], uuid[], text[], text[]), ledger_open_period(uuid, uuid, uuid, date, date),
  ledger_lock_period(uuid), ledger_close_period(uuid),
  ledger_fingerprint(text, uuid, date, timestamptz, uuid, uuid[], bigint[]),
  ledger_post(uuid, uuid[], text[], text[], uuid[], date[], timestamptz[], uuid[], int[], int[], uuid[], bigint[]),
  ledger_reverse(uuid, uuid, text, text, date, timestamptz), ledger_balances(uuid, uuid[], timestamptz, date)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  ledger_open_book(uuid, uuid, uuid), ledger_open_accounts(uuid, uuid[], uuid[], uuid[], text[], text[]),
  ledger_open_period(uuid, uuid, uuid, date, date), ledger_lock_period(uuid), ledger_close_period(uuid),
  ledger_post(uuid, uuid[], text[], text[], uuid[], date[], timestamptz[], uuid[], int[], int[], uuid[], bigint[]),
  ledger_reverse(uuid, uuid, text, text, date, timestamptz), ledger_balances(uuid, uuid[], timestamptz, date)
TO {{runtime}}, {{operator}};
