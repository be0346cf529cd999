// Recompute a statement from its evidence, here in the browser: the same as alliance_verify.py, with nothing sent anywhere.
//
//   verify(text) -> { verdict, differences, unverified, decided, computedLines, statement, head, … }
//
// Amounts are BigInt, shares exact fractions. docs/proof.md says what is checked, in which order.

const FORMATS = new Set([1, 2]);
const DECIMALS = new Map([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0]),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3]),
  ..."CLF UYW".split(" ").map((code) => [code, 4]),
]);
const DEDUCTIONS = new Set(["tax", "payment_fee", "shipping", "discount", "platform_fee", "cost_of_goods", "other"]);
const OWN_KINDS = new Set(["pending", "available", "reserve", "in_transit", "receivable"]);
const FROM_THE_BOOKS = new Set(["advance", "advance_recouped", "write_off", "repayment", "value_added_tax", "tax_reversed", "tax_unrecovered", "exchanged", "offset", "escheat", "reclaimed"]);
const DECIDED = new Set(["restatement", "correction", "clawback", "write_off", "repayment", "cap_approved", "escheat", "reclaimed"]);

/** Something that this verifier can't recompute; `code` says why. */
export class UnverifiedError extends Error {}
/** This is no evidence. */
export class UnreadableError extends Error {}

// Hashes ---------------------------------------------------------------------------------------------
const PRIMES = (() => {
  const found = [];
  for (let n = 2; found.length < 64; n += 1) if (found.every((p) => n % p)) found.push(n);
  return found;
})();
// The first 32 bits of the fractional parts of roots, exactly: an integer root of a prime shifted far to the left.
const rootBits = (prime, power) => {
  const wanted = BigInt(prime) << BigInt(32 * power);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(power) <= wanted) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
};
const K = PRIMES.map((prime) => rootBits(prime, 3));
const START = PRIMES.slice(0, 8).map((prime) => rootBits(prime, 2));
const turn = (x, by) => (x >>> by) | (x << (32 - by));

/** SHA-256 of bytes, as bytes. */
export function sha256Bytes(bytes) {
  const length = (bytes.length + 9 + 63) & ~63;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(length - 4, (bytes.length << 3) >>> 0);
  const state = Uint32Array.from(START);
  const words = new Uint32Array(64);
  for (let at = 0; at < length; at += 64) mix(state, words, view, at);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, place) => out.setUint32(4 * place, word));
  return new Uint8Array(out.buffer);
}

function mix(state, w, view, at) {
  for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const a = w[i - 15];
    const b = w[i - 2];
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) >>> 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) >>> 0, c, b, a, (t1 + t2) >>> 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, place) => {
    state[place] += word;
  });
}

const UTF8 = new TextEncoder();
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = (text) => hex(sha256Bytes(UTF8.encode(text)));

function unhex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function rootOf(digests) {
  const chunks = [];
  for (let start = 0; start < digests.length; start += 1024) chunks.push(sha256Bytes(joined(digests.slice(start, start + 1024))));
  return hex(sha256Bytes(joined(chunks)));
}

// Numbers --------------------------------------------------------------------------------------------
const abs = (n) => (n < 0n ? -n : n);
const gcd = (a, b) => {
  let [x, y] = [abs(a), abs(b)];
  while (y) [x, y] = [y, x % y];
  return x;
};
const min = (...all) => all.reduce((a, b) => (b < a ? b : a));
const max = (...all) => all.reduce((a, b) => (b > a ? b : a));
const sum = (all, of = (x) => x) => all.reduce((total, each) => total + of(each), 0n);
const floorDiv = (a, b) => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b);

class Q {
  constructor(n, d = 1n) {
    if (d === 0n) throw new UnreadableError("a fraction of nothing");
    const sign = d < 0n ? -1n : 1n;
    const common = gcd(n, d) || 1n;
    this.n = (sign * n) / common;
    this.d = (sign * d) / common;
  }
  plus(o) { return new Q(this.n * o.d + o.n * this.d, this.d * o.d); }
  minus(o) { return new Q(this.n * o.d - o.n * this.d, this.d * o.d); }
  times(o) { return new Q(this.n * o.n, this.d * o.d); }
  over(o) { return new Q(this.n * o.d, this.d * o.n); }
  compare(o) { const x = this.n * o.d - o.n * this.d; return x < 0n ? -1 : x > 0n ? 1 : 0; }
  floor() { return floorDiv(this.n, this.d); }
  get isZero() { return this.n === 0n; }
}
const ZERO = new Q(0n);
const whole = (n) => new Q(BigInt(n));
const least = (a, b) => (b.compare(a) < 0 ? b : a);
const total = (all) => all.reduce((a, b) => a.plus(b), ZERO);

function decimal(text) {
  const found = /^(-?)([0-9]*)\.?([0-9]*)$/.exec(String(text));
  if (!found) throw new UnreadableError(`no number: ${text}`);
  return new Q(BigInt(`${found[1]}${found[2]}${found[3]}` || "0"), 10n ** BigInt(found[3].length));
}
function ratio(text) {
  if (text === undefined || text === null) return ZERO;
  if (text.endsWith("%")) return decimal(text.slice(0, -1)).over(whole(100));
  const [n, d] = text.split("/");
  return d === undefined ? decimal(n) : new Q(BigInt(n), BigInt(d));
}
const minor = (text, currency) => decimal(text).times(new Q(10n ** BigInt(DECIMALS.get(currency) ?? 2)));
function halfUp(q) {
  const found = (2n * abs(q.n) + q.d) / (2n * q.d);
  return q.n < 0n ? -found : found;
}
function halfEven(q) {
  const low = q.floor();
  const rest = q.minus(new Q(low)).compare(new Q(1n, 2n));
  return rest > 0 || (rest === 0 && low % 2n !== 0n) ? low + 1n : low;
}
const roundedEarning = (q, terms) => (terms.rounding?.earner === "down" ? q.floor() : halfUp(q));

function split(amount, ratios, policy, platform) {
  if (amount < 0n) {
    const [parts, rest] = split(-amount, ratios, policy, platform);
    return [parts.map((part) => -part), -rest];
  }
  if (policy === "quota_method") return [quotaMethod(amount, ratios), 0n];
  const exact = ratios.map((share) => share.times(new Q(amount)));
  const parts = exact.map((share) => share.floor());
  const units = amount - sum(parts);
  if (policy === "suspense") return [parts, units];
  const order = exact.map((_, place) => place).filter((place) => exact[place].d !== 1n);
  if (policy !== "first_in_order") {
    const rest = (place) => exact[place].minus(new Q(parts[place]));
    order.sort((a, b) => rest(b).compare(rest(a)) || a - b);
  }
  if (policy === "platform_keeps" || policy === "partner_favoured") {
    const late = (place) => Number((place === platform) !== (policy === "platform_keeps"));
    order.sort((a, b) => late(a) - late(b));
  }
  for (const place of order.slice(0, Number(units))) parts[place] += 1n;
  return [parts, 0n];
}

function quotaMethod(amount, ratios) {
  const scale = ratios.reduce((all, share) => (all * share.d) / gcd(all, share.d), 1n);
  const weights = ratios.map((share) => (share.n * scale) / share.d);
  const rounds = amount / scale;
  const parts = weights.map((weight) => rounds * weight);
  for (let house = rounds * scale + 1n; house <= amount; house += 1n) {
    let best = -1;
    weights.forEach((weight, place) => {
      const isBelow = parts[place] * scale < house * weight;
      if (isBelow && (best < 0 || weight * (parts[best] + 1n) > weights[best] * (parts[place] + 1n))) best = place;
    });
    parts[best] += 1n;
  }
  return parts;
}

// Days -----------------------------------------------------------------------------------------------
const formats = new Map();
function localDay(instant, zone) {
  if (!formats.has(zone)) {
    try {
      formats.set(zone, new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }));
    } catch {
      throw new UnverifiedError("zone");
    }
  }
  const at = new Date(String(instant).replace(/(\.\d{3})\d*/, "$1"));
  if (Number.isNaN(at.getTime())) throw new UnreadableError(`no instant: ${instant}`);
  const parts = Object.fromEntries(formats.get(zone).formatToParts(at).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}
function businessDay(instant, zone, cutOff) {
  const day = localDay(instant, zone);
  if (cutOff === "00:00") return day;
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const at = new Date(String(instant).replace(/(\.\d{3})\d*/, "$1"));
  return clock.format(at) >= cutOff ? day : dayOf(dayNumber(day) - 1);
}
const dayNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / 86400000);
const dayOf = (number) => new Date(number * 86400000).toISOString().slice(0, 10);
const pieces = (day) => day.split("-").map(Number);

function fullMonths(begin, end) {
  const [y1, m1, d1] = pieces(begin);
  const [y2, m2, d2] = pieces(end);
  const last = new Date(Date.UTC(y2, m2, 0)).getUTCDate();
  const months = (y2 - y1) * 12 + m2 - m1;
  return d2 >= Math.min(d1, last) ? months : months - 1;
}

function windowOf(length, occurred, zone) {
  const day = localDay(occurred, zone);
  const [year, month] = pieces(day);
  const two = (n) => String(n).padStart(2, "0");
  switch (length) {
    case "day": return [day, day];
    case "week": {
      const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
      const monday = dayOf(dayNumber(day) - weekday);
      return [`week of ${monday}`, monday];
    }
    case "month": return [day.slice(0, 7), `${day.slice(0, 7)}-01`];
    case "quarter": {
      const quarter = Math.floor((month + 2) / 3);
      return [`${year}-Q${quarter}`, `${year}-${two(3 * quarter - 2)}-01`];
    }
    case "year": return [String(year), `${year}-01-01`];
    default: return ["all", null];
  }
}

// What a payment gives -------------------------------------------------------------------------------
const part = (party, purpose, amount, exact, isRest = false) => ({ party, purpose, amount, exact, isRest });

function accumulates(clause, terms) {
  const pays = clause.pays;
  if (pays.kind === "flat" && minor(pays.amount, terms.currency).d !== 1n) return true;
  return pays.kind === "tiered" || terms.rounding?.accumulation === "running_total";
}
const needsTotals = (terms) => (terms.caps ?? []).length > 0 || terms.clauses.some((clause) => accumulates(clause, terms));

function isPlain(terms) {
  const [clause] = terms.clauses;
  if (terms.clauses.length > 1 || (clause.earns_on ?? "sale") !== "sale" || clause.pays.kind !== "split") return false;
  if (clause.when?.length || clause.deductions?.length) return false;
  if ((clause.recurring?.kind ?? "lifetime") !== "lifetime" || clause.recurring?.persons) return false;
  if (["caps", "guarantees", "advances"].some((name) => terms[name]?.length) || terms.territory) return false;
  const parties = clause.pays.shares.map((share) => share.party);
  return terms.rounding?.accumulation !== "running_total" && new Set(parties).size === parties.length;
}

function partsOf(pays, [amount, units, conversions], terms, host) {
  if (amount < 0n || (amount === 0n && units < 0n)) {
    const [parts, rest] = partsOf(pays, [-amount, -units, -conversions], terms, host);
    return [parts.map((p) => ({ ...p, amount: -p.amount, exact: ZERO.minus(p.exact) })), -rest];
  }
  if (pays.kind === "split") {
    return byRatio(pays.shares.map((s) => [s.party, s.purpose ?? "share", ratio(s.share)]), amount, terms, host);
  }
  if (pays.kind === "waterfall") {
    const ends = runThrough(pays.steps, new Q(amount), terms.currency);
    if (!amount) return [ends.map(([party, purpose]) => part(party, purpose, 0n, ZERO)), 0n];
    return byRatio(ends.map(([party, purpose, exact]) => [party, purpose, exact.over(new Q(amount))]), amount, terms, host);
  }
  if (pays.kind === "nothing") return [[part(pays.payer, "share", amount, new Q(amount), true)], 0n];
  const exact = earnedExactly(pays, [amount, units, conversions], terms.currency);
  const earned = roundedEarning(exact, terms);
  const left = part(pays.payer, "share", amount - earned, new Q(amount).minus(exact), true);
  return [[part(pays.party, pays.purpose ?? "share", earned, exact), left], 0n];
}

function byRatio(ends, amount, terms, host) {
  const platform = ends.findIndex(([party]) => party === host);
  const policy = terms.rounding?.remainder ?? "largest_remainder";
  const [amounts, rest] = split(amount, ends.map(([, , share]) => share), policy, platform);
  return [ends.map(([party, purpose, share], i) => part(party, purpose, amounts[i], share.times(new Q(amount)))), rest];
}

function runThrough(steps, base, currency) {
  let rest = base;
  return steps.flatMap((step) => {
    const take = step.take ?? {};
    let wanted = rest;
    if (take.share !== undefined) wanted = ratio(take.share).times((take.of ?? "rest") === "base" ? base : rest);
    else if (take.amount !== undefined) wanted = minor(take.amount, currency);
    if (take.at_most !== undefined) wanted = least(wanted, minor(take.at_most, currency));
    const taken = least(wanted, rest);
    rest = rest.minus(taken);
    return step.to ? [[step.to.party, step.to.purpose ?? "share", taken]] : runThrough(step.steps, taken, currency);
  });
}

function earnedExactly(pays, [amount, units, conversions], currency) {
  if (pays.kind === "flat") {
    return minor(pays.amount, currency).times(new Q((pays.per ?? "conversion") === "unit" ? units : conversions));
  }
  if (pays.kind === "tiered") return byTiers(pays, amount, units, currency);
  let exact = ratio(pays.rate).times(new Q(amount));
  if (amount && pays.minimum !== undefined && exact.compare(minor(pays.minimum, currency)) < 0) exact = minor(pays.minimum, currency);
  if (pays.maximum !== undefined) exact = least(exact, minor(pays.maximum, currency));
  return exact;
}

function byTiers(pays, amount, units, currency) {
  const countsUnits = (pays.measure ?? "amount") === "quantity";
  const measured = new Q(countsUnits ? units : amount);
  const bound = (tier) => {
    if (tier.up_to === undefined || tier.up_to === null) return measured;
    return countsUnits ? decimal(tier.up_to) : minor(tier.up_to, currency);
  };
  const earned = (tier, counted) =>
    tier.amount !== undefined
      ? counted.times(minor(tier.amount, currency))
      : ratio(tier.rate).times(countsUnits ? new Q(amount) : counted);
  if ((pays.mode ?? "graduated") === "volume") {
    const tier = pays.tiers.find((each) => bound(each).compare(measured) >= 0);
    return measured.isZero ? ZERO : earned(tier, measured);
  }
  let [found, below] = [ZERO, ZERO];
  for (const tier of pays.tiers) {
    const upper = least(bound(tier), measured);
    if (upper.compare(below) > 0) {
      found = found.plus(earned(tier, upper.minus(below)));
      below = upper;
    }
  }
  return found;
}

// Which clause pays ----------------------------------------------------------------------------------
function applies(clause, kind, told, occurred, terms) {
  const earnsOn = ["lead", "click", "sign_up"].includes(kind) ? kind : "sale";
  if ((clause.earns_on ?? "sale") !== earnsOn) return false;
  const groups = clause.when ?? [];
  if (groups.length && !groups.some((group) => group.all_of.every((c) => holds(c, told, occurred, terms)))) return false;
  if (told.acquired_elsewhere?.includes(clause.id)) return false;
  const recurring = clause.recurring ?? { kind: "lifetime" };
  if (told.first_sale_at === undefined || recurring.kind === "lifetime") return true;
  if (recurring.kind === "first_only") return false;
  const zone = terms.time_zone;
  return fullMonths(localDay(told.first_sale_at, zone), localDay(occurred, zone)) < recurring.months;
}

function holds(condition, told, occurred, terms) {
  const how = condition.is ?? "in";
  const { field, value } = condition;
  if (field === "date") return localDay(occurred, terms.time_zone) >= value === (how === "from");
  if (field === "amount" || field === "quantity") {
    const known = field === "amount" ? abs(BigInt(told.amount_minor)) : BigInt(told.quantity);
    const order = new Q(known).compare(field === "amount" ? minor(value, terms.currency) : whole(value));
    return { more_than: order > 0, at_least: order >= 0, less_than: order < 0, at_most: order <= 0 }[how];
  }
  const found = told[{ category: "categories", tag: "tags" }[field] ?? field];
  const has = Array.isArray(found) ? found : found === undefined || found === null || found === "" ? [] : [found];
  if (!has.length) return false;
  if (how === "contains") return value.some((piece) => piece && has.some((text) => text.includes(piece)));
  return has.some((text) => value.includes(text)) === (how === "in");
}

const CHOICES = new Set(["item_kind", "item", "category", "tag", "partner", "country", "person", "coupon", "placement"]);
function specificity(clause) {
  const groups = clause.when ?? [];
  const conditions = groups.flatMap((group) => group.all_of);
  const named = new Set(conditions.filter((c) => CHOICES.has(c.field) && (c.is ?? "in") === "in").map((c) => c.field));
  const kinds = ["item_kind", "category", "tag"].some((field) => named.has(field));
  return [named.has("partner"), named.has("item"), kinds].map(Number).concat(Math.max(0, ...groups.map((g) => g.all_of.length)));
}

function baseOf(clause, told, currency, host) {
  const amount = BigInt(told.amount_minor);
  const sign = amount < 0n ? -1n : 1n;
  const gross = abs(amount);
  let rest = gross;
  const off = (clause.deductions ?? []).map((deduction) => {
    let wanted = abs(BigInt(told.reported?.[deduction.kind] ?? 0));
    if (deduction.rate !== undefined) {
      wanted = halfUp(ratio(deduction.rate).times(new Q((deduction.of ?? "gross") === "gross" ? gross : rest)));
    } else if (deduction.amount !== undefined) wanted = halfUp(minor(deduction.amount, currency));
    const taken = min(wanted, rest);
    rest -= taken;
    return [deduction.kept_by ?? host, deduction.kind, sign * taken];
  });
  return [sign * rest, off];
}

const added = (a, b) => a.map((value, i) => value + b[i]);
const totals = (found) => (found ?? [0, 0, 0]).map(BigInt);

function candidate(clause, told, before, terms, host) {
  const [base, off] = baseOf(clause, told, terms.currency, host);
  const isBack = told.amount_minor < 0 || told.quantity < 0;
  const counted = [base, BigInt(told.quantity), isBack ? -1n : 1n];
  const past = accumulates(clause, terms) ? totals(before[clause.id]) : [0n, 0n, 0n];
  let [parts, unassigned] = partsOf(clause.pays, added(past, counted), terms, host);
  if (past.some(Boolean)) {
    const [earlier, was] = partsOf(clause.pays, past, terms, host);
    parts = parts.map((p, i) => ({ ...p, amount: p.amount - earlier[i].amount, exact: p.exact.minus(earlier[i].exact) }));
    unassigned -= was;
  }
  if (clause.is_bonus) {
    const earning = parts.filter((p) => !p.isRest);
    const earned = sum(earning, (p) => p.amount);
    const exact = total(earning.map((p) => p.exact));
    parts = parts.map((p) => (p.isRest ? { ...p, amount: -earned, exact: ZERO.minus(exact) } : p));
  }
  return { clause, base, off, counted, parts, unassigned };
}

const earnedBy = (found, partner) =>
  sum(found.parts.filter((p) => !p.isRest && (partner === undefined || partner === p.party)), (p) => p.amount);

function chosen(candidates, precedence, partner) {
  if (precedence === "first_match") return candidates[0];
  const before = (a, b) => {
    if (precedence === "most_specific") {
      const [x, y] = [specificity(a.clause), specificity(b.clause)];
      for (let i = 0; i < x.length; i += 1) if (x[i] !== y[i]) return y[i] - x[i];
    }
    const [x, y] = [abs(earnedBy(a, partner)), abs(earnedBy(b, partner))];
    if (x !== y) return x > y ? -1 : 1;
    return a.clause.id < b.clause.id ? -1 : 1;
  };
  return [...candidates].sort(before)[0];
}

// Caps -----------------------------------------------------------------------------------------------
const bounds = (cap, [clauseId, , p]) => (!cap.clauses?.length || cap.clauses.includes(clauseId)) && p.party === cap.party && !p.isRest;

function withinCaps(found, terms, before) {
  let kept = [...found];
  const uncapped = {};
  for (const cap of terms.caps ?? []) {
    const limit = minor(cap.amount, terms.currency).floor();
    const earned = sum(found.filter((b) => bounds(cap, b)), (b) => b[2].amount);
    uncapped[cap.id] = earned;
    const past = cap.window === "conversion" ? 0n : BigInt(before[cap.id] ?? 0);
    const allowed = min(past + earned, limit) - min(past, limit);
    const over = sum(kept.filter((b) => bounds(cap, b)), (b) => b[2].amount) - allowed;
    if (over && over > 0n === earned > 0n) kept = lessened(kept, cap, over);
  }
  return [kept.map((b) => b[2]), uncapped];
}

function lessened(found, cap, tooMuch) {
  let over = tooMuch;
  const [left, back] = [[], []];
  for (const bound of [...found].reverse()) {
    const [clauseId, payer, p] = bound;
    const taken = bounds(cap, bound) ? (over > 0n ? min(over, p.amount) : max(over, p.amount)) : 0n;
    over -= taken;
    left.push([clauseId, payer, { ...p, amount: p.amount - taken }]);
    if (taken) back.push([clauseId, payer, part(payer, "over_cap", taken, new Q(taken), true)]);
  }
  return [...left.reverse(), ...back];
}

// A conversion ---------------------------------------------------------------------------------------
const outcome = (gross, deducted, parts, unassigned, counted = {}, earned = {}) => ({ gross, deducted, parts, unassigned, counted, earned });
const baseMinor = (o) => o.gross - sum(Object.values(o.deducted));
const shareOf = (o, party) => sum(o.parts.filter((p) => p.party === party), (p) => p.amount);

function evaluate(terms, kind, occurred, told, windows, earned, host) {
  const gross = BigInt(told.amount_minor);
  const nothing = [outcome(gross, {}, [], gross), false];
  const { territory } = terms;
  if (territory && territory.countries.includes(told.country) !== (territory.rule === "only")) return nothing;
  const fitting = terms.clauses.filter((clause) => applies(clause, kind, told, occurred, terms));
  const of = (isBonus) => fitting.filter((c) => Boolean(c.is_bonus) === isBonus).map((c) => candidate(c, told, windows, terms, host));
  const found = of(false);
  if (!found.length) return nothing;
  const first = chosen(found, terms.precedence ?? "most_specific", told.partner);
  const counting = [first, ...of(true)];
  const flat = counting.flatMap((each) => each.parts.map((p) => [each.clause.id, each.clause.pays.payer ?? host, p]));
  const [parts, uncapped] = withinCaps(flat, terms, earned);
  const kept = first.off.filter(([, , n]) => n).map(([bearer, what, n]) => part(bearer, what, n, new Q(n), true));
  const counted = Object.fromEntries(counting.map((each) => [each.clause.id, each.counted]));
  return [outcome(gross, {}, [...kept, ...parts], sum(counting, (each) => each.unassigned), counted, uncapped), true];
}

function conversion(terms, event, facts, host) {
  const amount = BigInt(event.amount_minor);
  if (isPlain(terms)) {
    const shares = terms.clauses[0].pays.shares.map((s) => [s.party, s.purpose ?? "share", ratio(s.share)]);
    const [parts, unassigned] = byRatio(shares, amount, terms, host);
    return outcome(amount, {}, parts, unassigned);
  }
  if (!facts.of?.length) throw new UnverifiedError("facts");
  const windows = { ...facts.windows };
  const earned = { ...facts.earned };
  const found = facts.of.map((told) => {
    const [one, pays] = evaluate(terms, event.kind, event.occurred_at, told, windows, earned, host);
    for (const [clause, counted] of Object.entries(one.counted)) windows[clause] = added(totals(windows[clause]), counted);
    for (const [cap, n] of Object.entries(one.earned)) earned[cap] = BigInt(earned[cap] ?? 0) + n;
    return [one, pays];
  });
  const all = together(found, host);
  if (all.gross !== amount) throw new UnverifiedError("items");
  return all;
}

function together(found, host) {
  const [merged, deducted, counted, earned] = [new Map(), {}, {}, {}];
  const unclaimed = sum(found.filter(([, pays]) => !pays), ([one]) => one.gross);
  const parts = found.flatMap(([one]) => one.parts);
  if (unclaimed || !parts.length) parts.push(part(host, "unclaimed", unclaimed, new Q(unclaimed), true));
  for (const p of parts) {
    if (p.party === host && DEDUCTIONS.has(p.purpose)) {
      const account = p.purpose === "tax" ? "tax" : "fees";
      deducted[account] = (deducted[account] ?? 0n) + p.amount;
      continue;
    }
    const key = [p.party, p.purpose, p.isRest].join("\n");
    const known = merged.get(key);
    merged.set(key, known ? { ...p, amount: known.amount + p.amount, exact: known.exact.plus(p.exact) } : p);
  }
  for (const [one] of found) {
    for (const [clause, more] of Object.entries(one.counted)) counted[clause] = added(totals(counted[clause]), more);
    for (const [cap, n] of Object.entries(one.earned)) earned[cap] = (earned[cap] ?? 0n) + n;
  }
  const unassigned = sum(found.filter(([, pays]) => pays), ([one]) => one.unassigned);
  return outcome(sum(found, ([one]) => one.gross), deducted, [...merged.values()], unassigned, counted, earned);
}

// Refunds --------------------------------------------------------------------------------------------
function refund(terms, event, facts, order, given, host) {
  if (facts.taken_minor === undefined) throw new UnverifiedError("facts");
  const [amount, before] = [BigInt(event.amount_minor), BigInt(facts.taken_minor)];
  const late = upTo(given, -(before + amount), terms, host);
  const early = upTo(given, -before, terms, host);
  const deducted = Object.fromEntries(Object.keys(late.deducted).map((key) => [key, early.deducted[key] - late.deducted[key]]));
  const parts = late.parts.map((p, i) => ({ ...p, amount: early.parts[i].amount - p.amount, exact: early.parts[i].exact.minus(p.exact) }));
  let back = outcome(amount, deducted, parts, early.unassigned - late.unassigned);
  if (needsTotals(terms)) back = countedDown(terms, event, facts, order, given, back, host);
  return { ...back, parts: borne(terms, event, order, back.parts, host) };
}

function upTo(given, refunded, terms, host) {
  const nothing = (deducted) => Object.fromEntries(Object.keys(deducted).map((key) => [key, 0n]));
  if (!given.gross) return outcome(0n, nothing(given.deducted), given.parts.map((p) => ({ ...p, amount: 0n, exact: ZERO })), 0n);
  const share = new Q(refunded, given.gross);
  if (share.compare(whole(1)) === 0) return given;
  const deducted = Object.fromEntries(Object.entries(given.deducted).map(([key, n]) => [key, halfUp(share.times(new Q(n)))]));
  const unassigned = halfUp(share.times(new Q(given.unassigned)));
  const base = refunded - sum(Object.values(deducted)) - unassigned;
  return outcome(refunded, deducted, inProportion(given.parts, baseMinor(given) - given.unassigned, base, terms, host), unassigned);
}

function inProportion(parts, all, base, terms, host) {
  const exact = total(parts.map((p) => p.exact));
  if (!exact.isZero && parts.every((p) => p.exact.n >= 0n)) {
    const remainder = terms.rounding?.remainder === "suspense" ? "largest_remainder" : terms.rounding?.remainder;
    const shares = parts.map((p) => [p.party, p.purpose, p.exact.over(exact)]);
    const [found] = byRatio(shares, base, { ...terms, rounding: { ...terms.rounding, remainder } }, host);
    return parts.map((p, i) => ({ ...p, amount: found[i].amount, exact: found[i].exact }));
  }
  const share = all ? new Q(base, all) : ZERO;
  const each = parts.map((p) => ({ ...p, amount: halfUp(share.times(new Q(p.amount))), exact: share.times(p.exact) }));
  const rest = each.findIndex((p) => p.isRest);
  each[rest < 0 ? each.length - 1 : rest].amount += base - sum(each, (p) => p.amount);
  return each;
}

function countedDown(terms, event, facts, order, given, back, host) {
  const ids = Object.keys(given.counted);
  if (ids.length !== 1) {
    const share = given.gross ? new Q(BigInt(event.amount_minor), given.gross) : ZERO;
    const part_ = (n) => halfEven(share.times(new Q(n)));
    const counted = Object.fromEntries(Object.entries(given.counted).map(([key, all]) => [key, all.map(part_)]));
    return { ...back, counted, earned: Object.fromEntries(Object.entries(given.earned).map(([key, n]) => [key, part_(n)])) };
  }
  const clause = { ...terms.clauses.find((c) => c.id === ids[0]), when: [], deductions: [], recurring: { kind: "lifetime" } };
  if ((clause.earns_on ?? "sale") !== "sale" || clause.is_bonus) throw new UnverifiedError("no_sale");
  const told = { amount_minor: baseMinor(back), quantity: facts.quantity ?? 1 };
  const only = { ...terms, clauses: [clause], territory: undefined };
  const [again] = evaluate(only, "sale", order.occurred_at, told, facts.windows ?? {}, facts.earned ?? {}, host);
  return { ...again, gross: back.gross, deducted: back.deducted };
}

function borne(terms, event, order, parts, host) {
  const rule = terms.refunds ?? {};
  let bearer = rule.bearer === "party" ? rule.party : undefined;
  if (rule.for_days !== undefined && rule.for_days !== null) {
    const days = dayNumber(localDay(event.occurred_at, terms.time_zone)) - dayNumber(localDay(order.occurred_at, terms.time_zone));
    if (days > rule.for_days) bearer = host;
  }
  if (bearer === undefined) return parts;
  const own = parts.filter((p) => p.party === bearer);
  const rest = sum(parts, (p) => p.amount) - sum(own, (p) => p.amount);
  const spared = parts.filter((p) => p.party !== bearer).map((p) => ({ ...p, amount: 0n, exact: ZERO }));
  return [...spared, ...own, part(bearer, "refund_borne", rest, new Q(rest), true)];
}

// The evidence ---------------------------------------------------------------------------------------
const eventSha256 = (e) =>
  sha256(
    ["event 1", `accrual ${e.accrual}`, `conversion ${e.conversion}`, `kind ${e.kind}`, `occurred ${e.occurred_at}`,
      `currency ${e.currency}`, `amount ${e.amount_minor}`, `terms ${e.terms}`, `takes_back ${e.takes_back || "-"}`,
      `facts ${e.facts || "-"}`, `reference ${e.reference}`].join("\n"),
  );
const adjustmentSha256 = (a) =>
  sha256(
    ["adjustment 1", `id ${a.id}`, `kind ${a.kind}`, `party ${a.party}`, `other ${a.other || "-"}`, `about ${a.about[0]} ${a.about[1]}`,
      `effective ${a.effective_on}`, `currency ${a.currency}`, `amount ${a.amount_minor}`, `terms ${a.terms || "-"}`,
      `event ${a.event || "-"}`, `answers ${a.answers || "-"}`, `facts ${a.facts}`, `reference ${a.reference}`].join("\n"),
  );
const lineText = (l, currency) =>
  [l.line, l.section, l.kind, l.occurred_at, l.effective_on, l.terms_version, currency, l.amount_minor, l.share_minor, l.reference].join("\t");
const statementText = (s) =>
  [`statement ${s.content_version}`, `number ${s.number}`, `organization ${s.organization_id}`, `agreement ${s.agreement_id}`,
    `period ${s.starts_on} ${s.ends_on} ${s.time_zone}`, `currency ${s.currency}`, `opening ${s.opening_minor}`,
    `current ${s.current_minor}`, `prior ${s.prior_minor}`, `adjustments ${s.adjustments_minor}`, `withheld ${s.withheld_minor}`,
    `paid ${s.paid_minor}`, `closing ${s.closing_minor}`, `base ${s.amount_minor}`, `orders ${s.orders}`, `refunds ${s.refunds}`,
    `lines ${s.lines}`, ...s.terms.map((used) => `terms ${used.number} ${used.sha256} ${used.remainder}`),
    `engine ${s.engine_version}`, `events ${s.event_count} ${s.events_sha256}`,
    ...(s.content_version > 3 ? [`adjusted ${s.adjustments_sha256}`, `carried ${s.carried || "-"}`] : []), `root ${s.lines_root}`,
    `chain ${s.chain_number} ${s.chain_head || "-"}`, `previous ${s.previous_sha256 || "-"}`].join("\n");

// Beside conversions ---------------------------------------------------------------------------------
const valueAddedRate = (terms, party) => ratio((terms.value_added_tax ?? []).find((each) => each.party === party)?.rate);
const namedAs = (clause) => clause.name || clause.id;
const revenuesOf = (facts) => Object.fromEntries(facts.put_in.map((put) => [put.party, BigInt(put.revenue_minor)]));
const toText = (q) => `${q.n}/${q.d}`;
const dayBefore = (day) => dayOf(dayNumber(day) - 1);
const truncated = (q) => q.n / q.d;

function settlementCurrency(terms, party) {
  const rules = (terms.payouts ?? []).filter((rule) => rule.party === undefined || rule.party === null || rule.party === party);
  const rule = rules.find((each) => each.party === party) ?? rules[0];
  return rule?.currency ?? terms.currency;
}

function pooled(terms, clause, revenues, host) {
  const puts = (clause.pool ?? []).map((put) => [put.party, ratio(put.weight).times(new Q(revenues[put.party] ?? 0n))]);
  const exact = total(puts.map(([, amount]) => amount));
  const pool = halfUp(exact);
  const alone = { ...clause, earns_on: "sale", pool: [], when: [] };
  const [found] = evaluate({ ...terms, clauses: [alone], territory: undefined }, "sale", "", { amount_minor: pool, quantity: 1 }, {}, {}, host);
  const { pays } = clause;
  if (pays.kind === "nothing") return [pool, []];
  if (pays.kind !== "split" && pays.kind !== "waterfall") {
    return [pool, [[pays.party, pays.payer, sum(found.parts.filter((p) => !p.isRest), (p) => p.amount)]]];
  }
  const nets = new Map();
  const add = (party, amount) => nets.set(party, (nets.get(party) ?? 0n) + amount);
  for (const p of found.parts) add(p.party, p.amount);
  if (!exact.isZero) {
    const [shares] = split(pool, puts.map(([, amount]) => amount.over(exact)), "largest_remainder", -1);
    puts.forEach(([party], i) => add(party, -shares[i]));
  }
  return [pool, terms.parties.filter((party) => party !== host && nets.get(party)).map((party) => [party, host, nets.get(party)])];
}

function recouped(advances, earned, available) {
  let rest = min(earned, available);
  const found = new Map();
  for (const [name, left, share] of advances) {
    const one = min(halfUp(share.times(new Q(earned))), left, rest);
    if (one > 0n) {
      found.set(name, one);
      rest -= one;
    }
  }
  return found;
}

function offsets(own, others) {
  let [available, owed] = own.map(BigInt);
  const found = new Map();
  for (const [agreement, there, owedThere] of others) {
    const [taken, given] = [min(owed, BigInt(there)), min(available, BigInt(owedThere))];
    [owed, available] = [owed - taken, available - given];
    found.set(agreement, taken - given);
  }
  return found;
}

function exactRate(rate) {
  const rows = rate.rates.map((row) => decimal(row.rate));
  if (rate.way === "direct") return rows[0];
  return rate.way === "inverse" ? whole(1).over(rows[0]) : rows[1].over(rows[0]);
}

function unitRate(rate) {
  const exact = exactRate(rate);
  const more = (DECIMALS.get(rate.quote) ?? 2) - (DECIMALS.get(rate.base) ?? 2);
  const scale = new Q(10n ** BigInt(Math.abs(more)));
  return more < 0 ? exact.over(scale) : exact.times(scale);
}

class Adjustments {
  constructor(check) {
    this.of = check;
    this.isTold = check.statement.content_version > 3;
    this.all = this.isTold ? check.evidence.adjustments ?? [] : [];
    this.byLine = new Map(this.all.map((each) => [each.line, each]));
    this.carried = this.readCarried(check);
    this.inForce = this.carried.in_force ?? [];
    this.seen = new Set();
    this.rules = {
      flat_fee: this.flatFee, advance: this.advance, pooled_revenue: this.pooledRevenue, chargeback_fee: this.chargebackFee,
      advance_recouped: this.advanceRecouped, value_added_tax: this.valueAddedTax, tax_reversed: this.taxReversed,
      tax_unrecovered: this.taxUnrecovered,
      exchanged: this.exchanged, guarantee: this.guarantee, rerated: this.rerated,
      offset: this.offset, escheat: this.escheat, reclaimed: this.reclaimed,
    };
  }

  compare(where, field, expected, found) {
    this.of.compare(where, field, expected, found);
  }

  readCarried(check) {
    const text = (this.isTold && check.statement.carried) || "{}";
    try {
      return JSON.parse(text);
    } catch {
      check.compare("statement", "carried", "JSON as text", text.slice(0, 80));
      return {};
    }
  }

  check(where, line) {
    this.compare(where, "amount_minor", 0, line.amount_minor);
    const named = `${where} (${line.kind})`;
    const isDecided = DECIDED.has(line.kind);
    if (isDecided) this.of.decided.push({ where: named, amountMinor: line.share_minor });
    let found;
    try {
      found = this.reckoned(where, line, isDecided);
    } catch (error) {
      if (!(error instanceof UnverifiedError)) throw error;
      if (!isDecided) this.of.cannot(named, error.message);
      return;
    }
    const [adjustment, amount] = found;
    this.compare(where, "share_minor", this.signed(amount, adjustment), line.share_minor);
    this.compare(`adjustment of ${where}`, "amount_minor", amount, adjustment.amount_minor);
    if (!isDecided) this.of.computedLines += 1;
  }

  reckoned(where, line, isDecided) {
    const adjustment = this.named(where, line);
    if (!Object.hasOwn(this.rules, line.kind)) {
      if (isDecided) return [adjustment, BigInt(adjustment.amount_minor)];
      throw new UnverifiedError("kind");
    }
    return [adjustment, this.rules[line.kind].call(this, where, adjustment)];
  }

  named(where, line) {
    if (!this.isTold) return this.guessed(line);
    const adjustment = this.byLine.get(line.line);
    if (!adjustment) {
      this.compare(where, "adjustment", "what it comes of", "nothing");
      throw new UnverifiedError("not_in_evidence");
    }
    for (const name of ["kind", "reference", "effective_on"]) this.compare(where, name, adjustment[name], line[name]);
    const document = this.of.terms.get(adjustment.terms);
    if (adjustment.terms && !document) throw new UnverifiedError("no_terms");
    this.compare(where, "terms_version", document?.number ?? 0, line.terms_version);
    this.compare(where, "currency", this.of.statement.currency, adjustment.currency);
    return adjustment;
  }

  guessed(line) {
    const [sha, document] = [...this.of.terms].find(([, each]) => each.number === line.terms_version) ?? [];
    if (!document || !["flat_fee", "advance"].includes(line.kind)) throw new UnverifiedError("not_kept");
    const isAdvance = line.kind === "advance";
    const named = isAdvance
      ? (document.terms.advances ?? []).find((each) => each.id === line.reference)
      : document.terms.clauses.find((c) => c.earns_on === "flat_fee" && namedAs(c) === line.reference);
    if (!named) throw new UnverifiedError("not_kept");
    const [party, payer] = isAdvance ? [named.party, named.paid_by] : [named.pays.party, named.pays.payer];
    const other = isAdvance && payer === this.of.host ? "" : payer;
    const amount = party === this.of.party ? line.share_minor : -line.share_minor;
    return { party, other, terms: sha, reference: line.reference, facts: JSON.stringify({ clause: named.id }), amount_minor: amount };
  }

  termsOf(adjustment) {
    const document = this.of.terms.get(adjustment.terms);
    if (!document) throw new UnverifiedError("no_terms");
    return document.terms;
  }

  ruling(where, adjustment) {
    const sha = this.isTold ? this.carried.ruled_by ?? "" : adjustment?.terms ?? "";
    if (adjustment) this.compare(where, "terms", sha, adjustment.terms);
    return this.termsOf({ terms: sha });
  }

  signed(amount, adjustment) {
    if (adjustment.party === this.of.party) return BigInt(amount);
    return adjustment.other === this.of.party ? -BigInt(amount) : 0n;
  }

  between(where, adjustment, party, other) {
    this.compare(where, "party", party, adjustment.party);
    this.compare(where, "other party", other || "-", adjustment.other || "-");
  }

  once(where, key) {
    if (this.seen.has(key)) this.compare(where, "adjusted", "once", `twice: ${key}`);
    this.seen.add(key);
  }

  own() {
    return this.all.map((each) => [each, this.signed(each.amount_minor, each)]);
  }

  flatFee(where, adjustment) {
    const terms = this.ruling(where, adjustment);
    const name = JSON.parse(adjustment.facts).clause;
    const clause = terms.clauses.find((c) => c.id === name && c.earns_on === "flat_fee");
    if (!clause) {
      this.compare(where, "clause", "one that pays for the period", name);
      return 0n;
    }
    this.compare(where, "reference", namedAs(clause), adjustment.reference);
    this.between(where, adjustment, clause.pays.party, clause.pays.payer);
    this.once(where, `flat fee ${name}`);
    return roundedEarning(minor(clause.pays.amount, terms.currency), terms);
  }

  advance(where, adjustment) {
    const terms = this.termsOf(adjustment);
    const name = adjustment.reference;
    const advance = (terms.advances ?? []).find((each) => each.id === name);
    if (!advance) {
      this.compare(where, "advance", "one of the terms", name);
      return 0n;
    }
    this.between(where, adjustment, advance.party, advance.paid_by === this.of.host ? "" : advance.paid_by);
    this.once(where, `advance ${name}`);
    if (this.isTold) {
      const facts = JSON.parse(adjustment.facts);
      const told = (recoups, name_) => `${toText(ratio(recoups))} ${name_ ?? ""}`;
      this.compare(where, "recoups", told(advance.recoups ?? "1", advance.pool), told(facts.recoups, facts.pool));
    }
    return minor(advance.amount, terms.currency).floor();
  }

  pooledRevenue(where, adjustment) {
    const terms = this.ruling(where, adjustment);
    const facts = JSON.parse(adjustment.facts);
    const clause = terms.clauses.find((c) => c.id === facts.clause && c.earns_on === "pooled_revenue");
    if (!clause) {
      this.compare(where, "clause", "one that pools revenue", facts.clause);
      return 0n;
    }
    this.compare(where, "reference", namedAs(clause), adjustment.reference);
    const weights = (puts) => puts.map((put) => `${put.party} ${toText(ratio(put.weight))}`).join(", ");
    this.compare(where, "weights", weights(clause.pool), weights(facts.put_in));
    const [pool, transfers] = pooled(terms, clause, revenuesOf(facts), this.of.host);
    this.compare(where, "pool_minor", pool, facts.pool_minor);
    this.once(where, `pool ${clause.id} ${adjustment.party}`);
    const [party, other, amount] = transfers.find((each) => each[0] === adjustment.party) ?? [adjustment.party, "", 0n];
    this.between(where, adjustment, party, other);
    return amount;
  }

  chargebackFee(where, adjustment) {
    const event = this.of.events[this.of.hashes.indexOf(adjustment.event)];
    const facts = JSON.parse(adjustment.facts);
    if (!["chargeback", "chargeback_won"].includes(event?.kind)) {
      this.compare(where, "event", "a chargeback of the period", adjustment.event || "-");
      return 0n;
    }
    if (facts.fee_minor === undefined) throw new UnverifiedError("not_kept");
    this.compare(where, "terms", event.terms, adjustment.terms);
    this.compare(where, "reference", event.reference, adjustment.reference);
    this.between(where, adjustment, this.termsOf(adjustment).refunds?.chargeback_fee ?? "", this.of.host);
    this.once(where, `chargeback fee of ${event.conversion}`);
    return event.kind === "chargeback" ? -BigInt(facts.fee_minor) : BigInt(facts.fee_minor);
  }

  advanceRecouped(where, adjustment) {
    if (adjustment.party !== this.of.party) throw new UnverifiedError("others_balance");
    const told = this.advances().find((each) => each.id === adjustment.answers);
    if (!told) {
      this.compare(where, "answers", "an advance that was left", adjustment.answers || "-");
      return 0n;
    }
    this.compare(where, "reference", told.advance, adjustment.reference);
    this.once(where, `recouped of ${told.id}`);
    const rule = this.advanceRule(where, told);
    this.between(where, adjustment, rule.party, rule.paid_by === this.of.host ? "" : rule.paid_by);
    const facts = JSON.parse(adjustment.facts);
    this.compare(where, "advance_minor", minor(rule.amount, this.termsOf(told).currency).floor(), facts.advance_minor);
    this.compare(where, "agreement", told.agreement, facts.agreement);
    return -(this.recouped().get(told.id) ?? 0n);
  }

  advances() {
    return this.carried.advances?.of ?? [];
  }

  advanceRule(where, told) {
    const terms = this.termsOf(told);
    const rule = (terms.advances ?? []).find((each) => each.id === told.advance);
    if (!rule) {
      this.compare(where, "advance", "one of the terms", told.advance);
      throw new UnverifiedError("no_terms");
    }
    this.compare(where, "agreement of the advance", this.of.terms.get(told.terms).agreement_id, told.agreement);
    if (BigInt(told.left_minor) > minor(rule.amount, terms.currency).floor()) {
      this.compare(where, "left of the advance", `at most ${rule.amount}`, told.left_minor);
    }
    return rule;
  }

  recouped() {
    const told = this.carried.advances ?? { earned_minor: 0, available_minor: 0 };
    const advances = this.advances().map((each) => [
      each.id, BigInt(each.left_minor), ratio(this.advanceRule("carried", each).recoups ?? "1"),
    ]);
    return recouped(advances, BigInt(told.earned_minor), BigInt(told.available_minor));
  }

  valueAddedTax(where, adjustment) {
    const facts = JSON.parse(adjustment.facts);
    const about = adjustment.about.join(" ");
    const isPresent = about === this.span() || !this.taxesAsOriginals();
    const terms = isPresent ? this.ruling(where, adjustment) : this.ruledBefore(where, adjustment);
    this.between(where, adjustment, this.of.party, "");
    this.once(where, `value-added tax of ${about}`);
    const rate = valueAddedRate(terms, this.of.party);
    const lines = this.taxedLines().get(about) ?? [];
    const rule = (terms.value_added_tax ?? []).find((each) => each.party === this.of.party);
    this.compare(where, "treatment", rule?.treatment ?? "none", facts.treatment);
    this.compare(where, "rate", toText(rate), facts.rate);
    this.compare(where, "net_minor", sum(lines), facts.net_minor);
    this.compare(where, "lines", lines.length, facts.lines);
    return sum(lines, (line) => halfUp(rate.times(new Q(line))));
  }

  span() {
    return `${this.of.statement.starts_on} ${this.of.statement.ends_on}`;
  }

  taxesAsOriginals() {
    return this.carried.value_added_tax === "as_originals";
  }

  ruledBefore(where, adjustment) {
    const [begin, end] = adjustment.about;
    if (end > this.of.statement.starts_on) this.compare(where, "about", "an earlier period", `${begin} ${end}`);
    if (!adjustment.terms) return {};
    const document = this.of.terms.get(adjustment.terms);
    if (document && document.effective_from.slice(0, 10) > end) this.compare(where, "terms", `such as were in force before ${end}`, document.number);
    return this.termsOf(adjustment);
  }

  taxedLines() {
    const found = new Map();
    const add = (about, share) => {
      if (!found.has(about)) found.set(about, []);
      found.get(about).push(share);
    };
    const taxes = this.all.filter((each) => each.kind === "value_added_tax");
    const named = new Map(taxes.flatMap((tax) => (JSON.parse(tax.facts).named ?? []).map((name) => [name, tax.about.join(" ")])));
    const backs = taxes.map((tax) => tax.about).filter((about) => about.join(" ") !== this.span());
    for (const line of this.of.evidence.lines) {
      if (line.section === "adjustment") continue;
      const event = this.of.events[line.event] ?? {};
      const order = this.of.earlier.get(event.takes_back ?? "");
      const about = order ? this.spanning(order, backs) : this.span();
      add(named.get(event.accrual) ?? about, BigInt(line.share_minor));
    }
    for (const [each, share] of this.own()) {
      if (each.other && !["advance", "advance_recouped"].includes(each.kind)) add(named.get(each.id) ?? each.about.join(" "), share);
    }
    return this.taxesAsOriginals() ? found : new Map([[this.span(), [...found.values()].flat()]]);
  }

  spanning(order, backs) {
    const day = localDay(order.occurred_at, this.of.statement.time_zone);
    return backs.find(([begin, end]) => begin <= day && day < end)?.join(" ") ?? "";
  }

  taxReversed(where, adjustment) {
    const facts = JSON.parse(adjustment.facts);
    if (facts.outstanding_minor === undefined) throw new UnverifiedError("not_kept");
    this.between(where, adjustment, this.of.party, "");
    this.once(where, "tax reversed");
    const year = dayBefore(this.of.statement.ends_on).slice(0, 4);
    this.compare(where, "year", `${year} ${year}`, `${facts.year} ${adjustment.reference}`);
    const [owed, paid, withheld] = ["owed_minor", "paid_minor", "withheld_minor"].map((name) => BigInt(facts[name]));
    const back = paid > 0n ? halfUp(new Q(min(max(owed, 0n), paid) * withheld, paid)) : 0n;
    const amount = max(back, min(BigInt(facts.earlier_minor), owed)) - BigInt(facts.outstanding_minor);
    if (!facts.into) return amount;
    const currency = settlementCurrency(this.ruling(), this.of.party);
    this.compare(where, "into", currency, facts.into.currency);
    this.compare(where, `comes to ${currency}`, amount, facts.into.amount_minor);
    this.isPostedInto(where, adjustment, currency, amount);
    return 0n;
  }

  taxUnrecovered(where, adjustment) {
    const facts = JSON.parse(adjustment.facts);
    this.between(where, adjustment, this.of.party, "");
    this.once(where, "tax not recovered");
    const [paid, withheld] = [BigInt(facts.earlier_paid_minor), BigInt(facts.earlier_withheld_minor)];
    const lost = (owed) => {
      const back = min(max(BigInt(owed) - BigInt(facts.paid_minor), 0n), paid);
      return paid > 0n ? halfUp(new Q(back * withheld, paid)) : 0n;
    };
    this.compare(where, "tax_minor", max(0n, lost(facts.owed_minor) - lost(facts.before_minor)), facts.tax_minor);
    return 0n;
  }

  isPostedInto(where, adjustment, currency, amount) {
    const own = this.of.evidence.chain.journals.filter((journal) => journal.key === `adjustment:${adjustment.id}`);
    if (own.length) this.compare(where, `posted in ${currency}`, amount, this.of.moved("available", own, currency));
  }

  exchanged(where, adjustment) {
    const facts = JSON.parse(adjustment.facts);
    const terms = this.ruling();
    this.between(where, adjustment, this.of.party, "");
    this.once(where, `exchanged ${adjustment.answers}`);
    const amount = new Q(-BigInt(adjustment.amount_minor));
    const currency = settlementCurrency(terms, this.of.party);
    this.compare(where, "into", currency, facts.into.currency);
    this.compare(where, "reference", `${this.of.statement.currency} → ${currency}`, adjustment.reference);
    const unit = this.unit(where, facts.rate);
    let [comesTo, result] = [0n, 0n];
    if (adjustment.answers) {
      if (!facts.before) throw new UnverifiedError("not_kept");
      comesTo = halfUp(unit.times(whole(facts.before.taken_minor).plus(amount))) - BigInt(facts.before.back_minor);
      result = comesTo - halfUp(this.unit(where, facts.present_rate).times(amount));
    } else {
      const exact = unit.times(amount);
      comesTo = terms.rounding?.earner === "down" ? truncated(exact) : halfUp(exact);
      this.isNear(where, facts.rate);
    }
    this.compare(where, `comes to ${currency}`, comesTo, facts.into.amount_minor);
    this.compare(where, "host_result_minor", result, facts.host_result_minor);
    this.isPostedInto(where, adjustment, currency, comesTo);
    return -this.exchangedAmount(adjustment);
  }

  unit(where, rate) {
    return this.of.checkRate(where, rate, [this.of.statement.currency, settlementCurrency(this.ruling(), this.of.party)]);
  }

  isNear(where, rate) {
    this.of.checkNear(where, rate, dayBefore(this.of.statement.ends_on));
  }

  exchangedAmount(adjustment) {
    const amount = -BigInt(adjustment.amount_minor);
    if (adjustment.answers) return amount;
    const answers = this.all.filter((each) => each.kind === "exchanged" && each.answers);
    const there = this.available(["exchanged"]) - sum(answers, (each) => -BigInt(each.amount_minor));
    return there <= 0n || amount > there ? there : amount;
  }

  guarantee(where, adjustment) {
    const terms = this.termsOf(adjustment);
    const facts = JSON.parse(adjustment.facts);
    const rule = (terms.guarantees ?? []).find((each) => each.party === adjustment.party);
    if (!rule) {
      this.compare(where, "party", "one that the terms guarantee something", adjustment.party);
      return 0n;
    }
    if (facts.before_minor === undefined) throw new UnverifiedError("not_kept");
    this.between(where, adjustment, rule.party, rule.borne_by);
    this.once(where, `guarantee ${adjustment.party} ${adjustment.about}`);
    this.compare(where, "reference", nameOfSpan(...adjustment.about), adjustment.reference);
    const guaranteed = minor(rule.amount, terms.currency).floor();
    this.compare(where, "guaranteed_minor", guaranteed, facts.guaranteed_minor);
    const isOwn = String(adjustment.about) === String(this.present());
    const [before, madeUp] = isOwn ? [0n, 0n] : [BigInt(facts.before_minor), BigInt(facts.made_up_minor)];
    const earned = before + this.earned(rule.party, adjustment.about);
    if (earned !== BigInt(facts.earned_minor) && rule.party !== this.of.party) throw new UnverifiedError("others_adjustments");
    this.compare(where, "before_minor", before, facts.before_minor);
    this.compare(where, "earned_minor", earned, facts.earned_minor);
    this.compare(where, "made_up_minor", madeUp, facts.made_up_minor);
    return max(0n, guaranteed - earned) - madeUp;
  }

  present() {
    return [this.of.statement.starts_on, this.of.statement.ends_on];
  }

  earned(party, about) {
    if (this.of.outcomes.size < this.of.events.length) throw new UnverifiedError("conversions");
    const cutOff = this.ruling().periods?.cut_off ?? "00:00";
    let found = 0n;
    for (const [place, one] of this.of.outcomes) {
      const event = this.of.events[place];
      const order = this.of.orders.get(event.takes_back) ?? event;
      const day = businessDay(order.occurred_at, this.of.statement.time_zone, cutOff);
      if (about[0] <= day && day < about[1]) found += shareOf(one, party);
    }
    for (const [to, from, amount] of this.adjusted(about)) found += to === party ? amount : from === party ? -amount : 0n;
    return found;
  }

  adjusted(about) {
    const terms = this.ruling();
    const isOwn = String(about) === String(this.present());
    const told = new Map();
    const found = [];
    for (const each of this.all) {
      if (each.kind === "pooled_revenue") told.set(JSON.parse(each.facts).clause, JSON.parse(each.facts));
      else if (["cap_approved", "rerated"].includes(each.kind) && String(each.about) === String(about)) {
        found.push([each.party, each.other, BigInt(each.amount_minor)]);
      }
    }
    for (const clause of isOwn ? terms.clauses : []) {
      const { pays } = clause;
      if (clause.earns_on === "flat_fee") found.push([pays.party, pays.payer, roundedEarning(minor(pays.amount, terms.currency), terms)]);
      else if (told.has(clause.id)) found.push(...pooled(terms, clause, revenuesOf(told.get(clause.id)), this.of.host)[1]);
    }
    return found;
  }

  rerated(where, adjustment) {
    const check = this.of;
    const facts = JSON.parse(adjustment.facts);
    const order = check.orders.get(adjustment.event);
    if (!order) {
      this.compare(where, "event", "an order in the evidence", adjustment.event || "-");
      return 0n;
    }
    if (facts.taken_by === undefined) throw new UnverifiedError("not_kept");
    const terms = this.termsOf(adjustment);
    const { party } = adjustment;
    const taken = BigInt(facts.taken_minor);
    this.between(where, adjustment, party, check.host);
    this.once(where, `rerated ${adjustment.event} ${adjustment.terms} ${party}`);
    this.compare(where, "reference", order.reference, adjustment.reference);
    this.compare(where, "number", check.terms.get(adjustment.terms).number, facts.number);
    const known = JSON.parse(order.facts || "{}").of ?? [];
    (facts.facts.of ?? []).slice(0, known.length).forEach((now, place) => {
      const shared = Object.keys(now).filter((name) => known[place][name] !== undefined);
      for (const name of shared) this.compare(where, `its order's ${name}`, JSON.stringify(known[place][name]), JSON.stringify(now[name]));
    });
    const given = conversion(terms, order, facts.facts, check.host);
    const back = (amount) => (taken ? shareOf(upTo(given, amount, terms, check.host), party) : 0n);
    const events = this.takenOf(adjustment.event, facts);
    this.compare(where, "taken_minor", sum(events, (event) => BigInt(event.amount_minor)), taken);
    const had = shareOf(check.outcomeOf(order), party) + sum(events, (event) => shareOf(check.outcomeOf(event), party));
    return shareOf(given, party) - back(-taken) + back(0n) - had - BigInt(facts.adjusted_minor);
  }

  takenOf(order, facts) {
    const events = [...this.of.evidence.earlier, ...this.of.events].filter((event) => event.takes_back === order);
    const taking = events.filter((event) => facts.taken_by.includes(eventSha256(event)));
    if (taking.length < facts.taken_by.length) throw new UnverifiedError("no_refunds");
    return taking;
  }

  namedEvents() {
    const taken = this.all.filter((each) => each.kind === "rerated").flatMap((each) => JSON.parse(each.facts).taken_by ?? []);
    return [...this.all.map((each) => each.event), ...taken].filter(Boolean);
  }

  offset(where, adjustment) {
    const facts = JSON.parse(adjustment.facts);
    if (!facts.sides) throw new UnverifiedError("not_kept");
    this.between(where, adjustment, this.of.party, "");
    this.once(where, `offset ${adjustment.answers} ${facts.agreement}`);
    this.compare(where, "reference", [...facts.agreement_name].slice(0, 80).join(""), adjustment.reference);
    if (!adjustment.answers && !this.ruling().debts) this.compare(where, "terms", "such as let debts be offset", "nothing of it");
    const found = offsets(facts.sides.own, facts.sides.others);
    return adjustment.answers ? -(found.get(this.of.statement.agreement_id) ?? 0n) : found.get(facts.agreement) ?? 0n;
  }

  escheat(where, adjustment) {
    const facts = JSON.parse(adjustment.facts);
    this.between(where, adjustment, this.of.party, "");
    const [since, told] = [facts.waiting_since, facts.noticed_on].map((day) => day.split("-").map(Number));
    const waited = (told[0] - since[0]) * 12 + told[1] - since[1] - (told[2] < since[2] ? 1 : 0);
    this.compare(where, "months", Math.max(waited, facts.months), waited);
    this.compare(where, "due_on", facts.due_on > facts.noticed_on ? facts.due_on : facts.noticed_on, facts.due_on);
    const earliest = facts.due_on > adjustment.effective_on ? facts.due_on : adjustment.effective_on;
    this.compare(where, "effective_on", earliest, adjustment.effective_on);
    return -BigInt(facts.balance_minor);
  }

  reclaimed(where, adjustment) {
    const facts = JSON.parse(adjustment.facts);
    this.between(where, adjustment, this.of.party, "");
    this.compare(where, "goes back to", "a line", adjustment.answers ? "a line" : "nothing");
    return min(BigInt(adjustment.amount_minor), BigInt(facts.set_aside_minor) - BigInt(facts.before_minor));
  }

  checkMissing() {
    if (!this.isTold) return;
    const lines = this.of.evidence.lines.filter((line) => line.section === "adjustment");
    this.compare("statement", "adjustments", lines.length, this.all.length);
    const ruling = [...this.inForce, this.carried.ruled_by].filter(Boolean);
    for (const sha of ruling) if (!this.of.terms.has(sha)) this.compare("carried", "terms in force", "a signed document", sha);
    if (!this.carried.ruled_by) return;
    try {
      for (const [name, amount] of this.wanted(this.ruling())) {
        if (amount && !this.seen.has(name)) this.compare("statement", name, amount, "no line");
      }
    } catch (error) {
      if (!(error instanceof UnverifiedError)) throw error;
      this.of.cannot("statement", error.message);
    }
  }

  wanted(terms) {
    const { party } = this.of;
    const found = [];
    for (const clause of terms.clauses) {
      if (clause.earns_on === "flat_fee" && [clause.pays.party, clause.pays.payer].includes(party)) {
        found.push([`flat fee ${clause.id}`, roundedEarning(minor(clause.pays.amount, terms.currency), terms)]);
      }
    }
    for (const rule of terms.guarantees ?? []) {
      if (rule.party !== party) continue;
      const missing = minor(rule.amount, terms.currency).floor() - this.earned(party, this.present());
      found.push([`guarantee ${party} ${this.present()}`, max(0n, missing)]);
    }
    if (party !== this.of.host) {
      const rate = valueAddedRate(terms, party);
      for (const [about, lines] of this.taxedLines()) {
        const tax = sum(lines, (line) => halfUp(rate.times(new Q(line))));
        found.push([`value-added tax of ${about}`, about === this.span() ? tax : BigInt(lines.length)]);
      }
      for (const [name, amount] of this.recouped()) found.push([`recouped of ${name}`, -amount]);
    }
    return found;
  }

  checkCarried() {
    try {
      this.followCarried();
    } catch (error) {
      if (!(error instanceof UnverifiedError)) throw error;
      this.of.cannot("carried", error.message);
    }
  }

  followCarried() {
    const [earned, taken] = ["earned_minor", "taken_minor"].map((name) => BigInt(this.carried.due?.[name] ?? 0));
    const released = this.of.evidence.chain.journals.filter((journal) => journal.kind === "release");
    this.compare("chain", "released", earned + taken, this.of.moved("available", released));
    this.checkDue(earned, taken);
    this.checkReserve(earned, taken);
    this.checkAdvances(earned + taken);
    this.checkOtherCurrencies();
  }

  checkOtherCurrencies() {
    const told = this.carried.other_currencies;
    if (!told) return;
    const { journals } = this.of.evidence.chain;
    const entries = journals.flatMap((journal) => journal.entries ?? []).filter((e) => e[2] === this.of.party && OWN_KINDS.has(e[3]));
    const moved = new Set(entries.map((e) => e[4]).filter((currency) => currency !== this.of.statement.currency));
    for (const currency of [...moved].sort()) {
      if (!told.some((each) => each.currency === currency)) this.compare("carried", "other currencies", `what moved in ${currency}`, "nothing");
    }
    for (const each of told) this.checkOtherCurrency(each, journals);
  }

  checkOtherCurrency(told, journals) {
    const { currency } = told;
    const where = `carried (${currency})`;
    const moved = sum([...OWN_KINDS], (kind) => this.of.moved(kind, journals, currency));
    const into = this.all.filter((each) => each.kind === "exchanged").map((each) => JSON.parse(each.facts).into);
    const exchanged = sum(into.filter((each) => each.currency === currency), (each) => BigInt(each.amount_minor));
    let [paid, withheld] = [0n, 0n];
    for (const journal of journals) {
      if (!journal.kind?.startsWith("payout_") || journal.entries[0][4] !== currency) continue;
      const tax = -sum(journal.entries.filter((e) => e[3] === "tax"), (e) => BigInt(e[5]));
      const gone = -sum(["available", "in_transit"], (kind) => this.of.moved(kind, [journal], currency));
      [paid, withheld] = [paid + gone - tax, withheld + tax];
    }
    this.compare(where, "exchanged_minor", exchanged, told.exchanged_minor);
    this.compare(where, "withheld_minor", withheld, told.withheld_minor);
    this.compare(where, "paid_minor", paid, told.paid_minor);
    this.compare(where, "tax_reversed_minor", moved + paid + withheld - exchanged, told.tax_reversed_minor);
    this.compare(where, "closing_minor", BigInt(told.opening_minor) + moved, told.closing_minor);
  }

  checkDue(earned, taken) {
    const due = this.dueNow();
    const isHeld = [...this.of.terms.values()].some((document) => document.terms.hold?.days);
    const now = [sum(due.filter((share) => share > 0n)), sum(due.filter((share) => share < 0n))];
    if (!isHeld) this.compare("carried", "due", now, [earned, taken]);
    else if (earned < now[0] || taken > now[1]) this.compare("carried", "due", `at least ${now}`, [earned, taken]);
  }

  dueNow() {
    const found = [];
    for (const line of this.of.evidence.lines) {
      if (line.section === "adjustment" || !Number.isInteger(line.event)) continue;
      const event = this.of.events[line.event];
      const terms = this.of.terms.get(event.terms)?.terms ?? {};
      const days = terms.hold?.days ?? 0;
      if (days) {
        const order = this.of.orders.get(event.takes_back) ?? event;
        const until = dayOf(dayNumber(localDay(order.occurred_at, terms.time_zone)) + days);
        if ((until > line.effective_on ? until : line.effective_on) >= this.of.statement.ends_on) continue;
      }
      found.push(BigInt(line.share_minor));
    }
    return found;
  }

  checkReserve(earned, taken) {
    let [wanted, used, kept] = [-taken, 0n, 0n];
    const lots = (this.carried.reserves ?? []).map(([maturesOn, left]) => [maturesOn, BigInt(left)]);
    for (const [maturesOn, left] of lots) {
      const one = min(wanted, left);
      [wanted, used] = [wanted - one, used + one];
      kept -= one + (maturesOn < this.of.statement.ends_on ? left - one : 0n);
    }
    const rule = this.carried.ruled_by ? this.ruling().reserve : undefined;
    if (rule) kept += max(0n, min(halfUp(ratio(rule.share).times(new Q(earned))), earned + taken + used));
    const journals = this.of.evidence.chain.journals.filter((journal) => journal.kind === "reserve");
    this.compare("chain", "kept in reserve", kept, this.of.moved("reserve", journals));
    const there = BigInt(this.carried.accounts?.reserve ?? 0);
    const left = sum(lots, ([, amount]) => amount);
    if (left > there) this.compare("carried", "reserves", `at most ${there}`, left);
  }

  checkAdvances(due) {
    const told = this.carried.advances;
    if (!told) return;
    const adjusted = sum(this.own().filter(([each]) => !FROM_THE_BOOKS.has(each.kind)), ([, share]) => share);
    this.compare("carried", "earned", due + adjusted, told.earned_minor);
    const there = max(0n, this.available(["advance_recouped", "value_added_tax", "tax_reversed", "exchanged"]));
    if (BigInt(told.available_minor) > there) this.compare("carried", "available", `at most ${there}`, told.available_minor);
    const own = told.of.filter((each) => each.agreement === this.of.statement.agreement_id);
    const paidByHost = own.filter((each) => this.advanceRule("carried", each).paid_by === this.of.host);
    const account = BigInt(this.carried.accounts?.advance ?? 0) + this.of.moved("advance", this.without(["advance_recouped"]));
    this.compare("carried", "left of advances", -account, sum(paidByHost, (each) => BigInt(each.left_minor)));
  }

  available(without) {
    const own = this.all.filter((each) => each.kind === "offset" && !each.answers).map((each) => `adjustment:${each.id}`);
    const journals = this.without(without).filter((journal) => journal.kind !== "receivable" && !own.includes(journal.key));
    return BigInt(this.carried.accounts?.available ?? 0) + this.of.moved("available", journals);
  }

  without(kinds) {
    const keys = new Set(this.all.filter((each) => kinds.includes(each.kind)).map((each) => `adjustment:${each.id}`));
    const held = kinds.includes("value_added_tax") ? ["tax_held", "tax_released"] : []; // it follows the tax
    return this.of.evidence.chain.journals.filter((journal) => !keys.has(journal.key) && !held.includes(journal.kind));
  }
}

class Check {
  constructor(evidence) {
    this.evidence = evidence;
    this.statement = evidence.statement;
    this.party = this.statement.organization_id;
    this.host = evidence.host_id;
    this.events = evidence.events;
    this.hashes = this.events.map(eventSha256);
    this.terms = new Map();
    this.outcomes = new Map();
    this.differences = [];
    this.unverified = [];
    this.decided = [];
    this.computedLines = 0;
    this.foreignTaken = new Map();
    this.heads = new Map();
    this.placed = new Map();
    this.adjustments = new Adjustments(this);
  }

  get verdict() {
    if (this.differences.length) return "different";
    return this.unverified.length ? "not verified" : "same";
  }

  compare(where, field, expected, found) {
    if (String(expected) !== String(found)) {
      this.differences.push({ where, field, expected: String(expected), found: String(found) });
    }
  }

  cannot(where, code) {
    this.unverified.push({ where, code });
  }

  run() {
    this.checkTerms();
    this.checkEvents();
    this.checkTotals();
    this.checkLines();
    this.checkSums();
    this.checkHashes();
    this.checkSeals();
    for (const journal of this.evidence.chain.journals) this.checkJournal(journal);
    this.checkMoves();
    return this;
  }

  checkTerms() {
    this.evidence.terms.forEach((version, place) => {
      this.compare(`terms ${place + 1}`, "sha256", sha256(version.document), version.sha256);
      this.terms.set(version.sha256, JSON.parse(version.document));
    });
    for (const used of this.statement.terms) {
      const document = this.terms.get(used.sha256);
      const where = `terms version ${used.number}`;
      if (!document) {
        this.compare(where, "document", "the signed document", "nothing");
        continue;
      }
      this.compare(where, "number", document.number, used.number);
      this.compare(where, "remainder", document.terms.rounding?.remainder ?? "largest_remainder", used.remainder);
      this.compare(where, "agreement", document.agreement_id, this.statement.agreement_id);
      for (const [name, party] of [["host", this.host], ["party", this.party]]) {
        if (document.terms.parties?.length && !document.terms.parties.includes(party)) this.compare(where, name, "one of the parties", party);
      }
    }
    if (!["2", "3"].includes(this.statement.engine_version)) this.cannot("statement", "engine");
  }

  termsOf(event) {
    const document = this.terms.get(event.terms);
    if (!document) throw new UnverifiedError("no_terms");
    if (document.terms.schema !== 2) throw new UnverifiedError("old_terms");
    return document.terms;
  }

  checkForeign(where, event) {
    const facts = JSON.parse(event.facts || "{}");
    const order = this.orders.get(event.takes_back);
    const was = facts.exchanged;
    const ofOrder = order ? JSON.parse(order.facts || "{}").exchanged : undefined;
    if (!was || (event.takes_back && !ofOrder)) {
      this.compare(where, "currency", ofOrder?.currency ?? "-", was?.currency ?? "-");
      return;
    }
    let amount;
    if (event.takes_back) {
      this.compare(where, "currency", ofOrder.currency, was.currency);
      const known = this.foreignTaken.get(event.takes_back) ?? (this.earlier.has(event.takes_back) ? was.taken_minor : 0);
      this.compare(where, `taken back before in ${was.currency}`, known, was.taken_minor);
      this.foreignTaken.set(event.takes_back, was.taken_minor + was.amount_minor);
      const taken = new Q(BigInt(was.taken_minor) + BigInt(was.amount_minor));
      amount = halfUp(unitRate(ofOrder.rate).times(taken)) - BigInt(facts.taken_minor);
    } else {
      const unit = this.checkRate(where, was.rate, [was.currency, event.currency]);
      amount = halfUp(unit.times(new Q(BigInt(was.amount_minor))));
      const zone = this.terms.get(event.terms)?.terms.time_zone ?? this.statement.time_zone;
      this.checkNear(where, was.rate, localDay(event.occurred_at, zone));
    }
    this.compare(where, "amount_minor", amount, event.amount_minor);
  }

  checkRate(where, rate, currencies) {
    const exact = exactRate(rate);
    this.compare(where, "rate", toText(exact), rate.rate);
    const shown = new Q(halfUp(exact.times(whole(10 ** 8))), 10n ** 8n);
    this.compare(where, "rate_text", toText(shown), toText(decimal(rate.rate_text)));
    this.compare(where, "currencies of the rate", currencies, [rate.base, rate.quote]);
    const rows = rate.rates.map((row) => `${row.base} ${row.quote}`);
    const middle = rate.rates[0].base;
    const wanted = {
      direct: [`${rate.base} ${rate.quote}`],
      inverse: [`${rate.quote} ${rate.base}`],
      cross: [`${middle} ${rate.base}`, `${middle} ${rate.quote}`],
    };
    this.compare(where, "stored rates", wanted[rate.way], rows);
    return unitRate(rate);
  }

  checkNear(where, rate, last) {
    const days = dayNumber(last) - dayNumber(rate.valid_on);
    if (!(days >= 0 && days <= 7)) this.compare(where, "day of the rate", `at most 7 days before ${last}`, rate.valid_on);
  }

  checkEvents() {
    this.earlier = new Map(this.evidence.earlier.map((e) => [eventSha256(e), e]));
    this.orders = new Map(this.earlier);
    this.events.forEach((e, place) => {
      if (!e.takes_back) this.orders.set(this.hashes[place], e);
    });
    const wanted = new Set([...this.events.map((e) => e.takes_back), ...this.adjustments.namedEvents()]);
    this.evidence.earlier.forEach((e, place) => {
      if (wanted.has(eventSha256(e))) return;
      this.compare(`earlier event ${place + 1}`, "hash", "one that a refund takes back, or an adjustment is about", eventSha256(e));
    });
    this.events.forEach((event, place) => {
      this.checkForeign(`event ${place + 1}`, event);
      try {
        this.outcomes.set(place, this.outcomeOf(event));
      } catch (error) {
        if (!(error instanceof UnverifiedError)) throw error;
        this.cannot(`event ${place + 1} (${event.reference})`, error.message);
      }
    });
  }

  outcomeOf(event) {
    const facts = JSON.parse(event.facts || "{}");
    const terms = this.ruling(event, facts);
    if (!event.takes_back) return conversion(terms, event, facts, this.host);
    const order = this.orders.get(event.takes_back);
    if (!order) throw new UnverifiedError("no_order");
    const known = facts.ruled_by === undefined ? JSON.parse(order.facts || "{}") : facts.ruled_facts;
    return refund(terms, event, facts, order, conversion(terms, order, known, this.host), this.host);
  }

  ruling(event, facts) {
    if (facts.ruled_by === undefined) return this.termsOf(event);
    if (facts.ruled_facts === undefined || !this.terms.has(facts.ruled_by)) throw new UnverifiedError("later_terms");
    return this.termsOf({ ...event, terms: facts.ruled_by });
  }

  checkTotals() {
    const [running, taken] = [new Map(), new Map()];
    this.events.forEach((event, place) => {
      const facts = JSON.parse(event.facts || "{}");
      const key = event.takes_back;
      if (key && facts.taken_minor !== undefined) {
        const known = taken.get(key) ?? (this.hashes.includes(key) ? 0 : facts.taken_minor);
        this.follow(`event ${place + 1}`, "taken back before", known, facts.taken_minor);
        taken.set(key, facts.taken_minor + event.amount_minor);
      }
      const one = this.outcomes.get(place);
      if (one && needsTotals(this.ruling(event, facts))) this.checkWindows(place, event, facts, one, running);
    });
  }

  checkWindows(place, event, facts, one, running) {
    const terms = this.ruling(event, facts);
    const order = this.orders.get(event.takes_back) ?? event;
    for (const [kind, key, length, before, counted] of this.countedIn(terms, facts, one)) {
      const [name, begins] = windowOf(length, order.occurred_at, terms.time_zone);
      const window = [kind, key, name].join("\n");
      const isNew = begins !== null && begins >= this.statement.starts_on && (terms.periods?.cut_off ?? "00:00") === "00:00";
      if (!running.has(window)) running.set(window, isNew ? [0n, 0n, 0n] : before);
      this.follow(`event ${place + 1}`, `total of ${key} in ${name}`, running.get(window).join(", "), before.join(", "));
      running.set(window, added(before, counted));
    }
  }

  countedIn(terms, facts, one) {
    const clauses = terms.clauses
      .filter((clause) => accumulates(clause, terms) && facts.windows?.[clause.id] !== undefined)
      .map((clause) => {
        const length = clause.pays.kind === "tiered" ? clause.pays.window ?? "month" : "month";
        return ["clause", clause.id, length, totals(facts.windows[clause.id]), totals(one.counted[clause.id])];
      });
    const caps = (terms.caps ?? [])
      .filter((cap) => (cap.per ?? "everybody") === "everybody" && facts.earned?.[cap.id] !== undefined)
      .map((cap) => ["cap", cap.id, cap.window, [BigInt(facts.earned[cap.id]), 0n, 0n], [one.earned[cap.id] ?? 0n, 0n, 0n]]);
    return [...clauses, ...caps];
  }

  follow(where, field, expected, found) {
    if (String(expected) === String(found) || this.adjustments.all.some((each) => each.kind === "rerated")) return;
    if (this.evidence.terms.length > 1) this.cannot(where, "totals");
    else this.compare(where, field, expected, found);
  }

  checkLines() {
    const seen = new Set();
    this.evidence.lines.forEach((line, place) => {
      this.compare(`line ${place + 1}`, "line", place + 1, line.line);
      if (line.section === "adjustment") this.adjustments.check(`line ${line.line}`, line);
      else this.checkConversion(`line ${line.line}`, line, seen);
    });
    for (const [place, one] of this.outcomes) {
      if (shareOf(one, this.party) && !seen.has(place)) {
        this.compare(`event ${place + 1} (${this.events[place].reference})`, "line", shareOf(one, this.party), "no line");
      }
    }
    this.adjustments.checkMissing();
  }

  checkConversion(where, line, seen) {
    const event = this.events[line.event];
    if (!event || seen.has(line.event)) {
      this.compare(where, "event", "an event of its own", String(line.event));
      return;
    }
    seen.add(line.event);
    for (const name of ["kind", "reference", "occurred_at"]) this.compare(where, name, event[name], line[name]);
    const document = this.terms.get(event.terms);
    if (document) this.compare(where, "terms_version", document.number, line.terms_version);
    const one = this.outcomes.get(line.event);
    if (!one) return;
    this.compare(where, "amount_minor", baseMinor(one), line.amount_minor);
    this.compare(where, "share_minor", shareOf(one, this.party), line.share_minor);
    this.computedLines += 1;
  }

  checkSums() {
    const { lines } = this.evidence;
    const said = this.statement;
    const of = (name) => sum(lines.filter((line) => line.section === name), (line) => BigInt(line.share_minor));
    const sold = lines.filter((line) => line.section !== "adjustment");
    const backs = ["refund", "chargeback", "chargeback_won"];
    const expected = {
      current_minor: of("current"), prior_minor: of("prior"), adjustments_minor: of("adjustment"),
      amount_minor: sum(lines, (line) => BigInt(line.amount_minor)),
      orders: sold.filter((line) => !backs.includes(line.kind)).length,
      refunds: lines.filter((line) => backs.slice(0, 2).includes(line.kind)).length,
      lines: lines.length, event_count: this.events.length,
    };
    for (const [name, value] of Object.entries(expected)) this.compare("statement", name, value, said[name]);
    const n = (name) => BigInt(said[name]);
    const closing = n("opening_minor") + n("current_minor") + n("prior_minor") + n("adjustments_minor") - n("withheld_minor") - n("paid_minor");
    this.compare("statement", "closing_minor", closing, said.closing_minor);
  }

  checkHashes() {
    const said = this.statement;
    this.compare("statement", "events_sha256", rootOf(this.hashes.map(unhex)), said.events_sha256);
    const lines = this.evidence.lines.map((line) => sha256Bytes(UTF8.encode(lineText(line, said.currency))));
    this.compare("statement", "lines_root", rootOf(lines), said.lines_root);
    if (![3, 4].includes(said.content_version)) this.compare("statement", "content_version", 4, said.content_version);
    if (said.content_version > 3) {
      const grounds = this.adjustments.all.map((each) => unhex(adjustmentSha256(each)));
      this.compare("statement", "adjustments_sha256", rootOf(grounds), said.adjustments_sha256);
    }
    this.compare("statement", "content_sha256", sha256(statementText(said)), said.content_sha256);
  }

  checkSeals() {
    const { chain } = this.evidence;
    let { previous_head: head, first, number } = chain;
    for (const [last, digests, sealedAt] of chain.seals) {
      head = sha256(["seal 1", `book ${chain.book}`, `number ${number}`, `journals ${first} ${last}`, `digests ${digests}`,
        `sealed ${sealedAt}`, `previous ${head || "-"}`].join("\n"));
      this.heads.set(number, head);
      this.place(number, first, last, digests);
      [first, number] = [last + 1, number + 1];
    }
    if (!chain.seals.length) return;
    this.compare("chain", "head", `${number - 1}:${head}`, chain.head);
    if ((chain.number === 1) !== !chain.previous_head) this.compare("chain", "number", "1 without a head before it", String(chain.number));
    const printed = this.statement.chain_number;
    if (this.heads.has(printed)) this.compare("chain", `head of seal ${printed}`, this.statement.chain_head, this.heads.get(printed));
    else if (printed === chain.number - 1) this.compare("chain", "previous_head", this.statement.chain_head, chain.previous_head);
  }

  place(number, first, last, digests) {
    const listed = this.evidence.chain.digests[String(number)];
    if (listed === undefined) return;
    const bytes = unhex(listed);
    this.compare(`seal ${number}`, "digests", bytes ? hex(sha256Bytes(bytes)) : "hexadecimal digits", digests);
    this.compare(`seal ${number}`, "journals", last - first + 1, Math.floor(listed.length / 64));
    for (let at = 0; at + 64 <= listed.length; at += 64) this.placed.set(first + at / 64, listed.slice(at, at + 64));
  }

  checkJournal(journal) {
    const where = `journal ${journal.number}`;
    const placed = this.placed.get(journal.number) ?? "a digest in a seal";
    if (journal.digest !== undefined) {
      this.compare(where, "digest", placed, journal.digest);
      return;
    }
    const text = ["journal 1", `book ${this.evidence.chain.book}`, `id ${journal.id}`, `kind ${journal.kind}`,
      `agreement ${this.statement.agreement_id}`, `effective ${journal.effective_on}`, `occurred ${journal.occurred_at}`,
      `posted ${journal.posted_at}`, `reverses ${journal.reverses || "-"}`, `fingerprint ${journal.fingerprint}`,
      ...journal.entries.map((entry) => `entry ${entry.join(" ")}`), `key ${journal.key}`].join("\n");
    this.compare(where, `digest (${journal.key})`, placed, sha256(text));
    for (const currency of new Set(journal.entries.map((entry) => entry[4]))) {
      const found = sum(journal.entries.filter((entry) => entry[4] === currency), (entry) => BigInt(entry[5]));
      this.compare(where, `sum of its entries in ${currency}`, 0, found);
    }
  }

  checkMoves() {
    const { chain } = this.evidence;
    if (!chain.seals.length) {
      this.cannot("chain", "no_journals");
      return;
    }
    let moved = 0n;
    const byKey = new Map();
    for (const journal of chain.journals) {
      const own = (journal.entries ?? []).filter((e) => e[2] === this.party && e[4] === this.statement.currency);
      const of = (kinds) => -sum(own.filter((e) => kinds.has(e[3])), (e) => BigInt(e[5]));
      moved += of(OWN_KINDS);
      if (journal.key !== undefined) byKey.set(journal.key, of(new Set([...OWN_KINDS, "revenue"])));
    }
    if (this.party !== this.host) {
      const said = this.statement;
      this.compare("chain", "moved in the period", BigInt(said.closing_minor) - BigInt(said.opening_minor), moved);
    }
    for (const line of this.evidence.lines) {
      const adjustment = this.adjustments.byLine.get(line.line);
      const event = this.events[line.event];
      if (!adjustment && !event) continue;
      const key = adjustment ? `adjustment:${adjustment.id}` : `accrual:${event.conversion}`;
      this.compare(`line ${line.line}`, "posted", line.share_minor, byKey.get(key) ?? 0n);
    }
    if (!this.adjustments.isTold) this.checkReserve();
    else {
      this.checkPaid();
      if (this.party !== this.host) this.adjustments.checkCarried();
    }
  }

  moved(kind, journals, currency = this.statement.currency) {
    const own = journals.flatMap((journal) => journal.entries ?? []);
    return -sum(own.filter((e) => e[2] === this.party && e[3] === kind && e[4] === currency), (e) => BigInt(e[5]));
  }

  checkPaid() {
    let [paid, withheld] = [0n, 0n];
    for (const journal of this.evidence.chain.journals) {
      if (!journal.kind?.startsWith("payout_")) continue;
      const currency = journal.entries[0][4];
      const [gross, transit] = ["available", "in_transit"].map((kind) => -this.moved(kind, [journal], currency));
      const tax = -sum(journal.entries.filter((e) => e[3] === "tax"), (e) => BigInt(e[5]));
      if (currency === this.statement.currency) [paid, withheld] = [paid + gross + transit - tax, withheld + tax];
      if (journal.kind === "payout_reserved") this.checkWithheld(`journal ${journal.number} (payout)`, gross, tax);
    }
    if (this.party === this.host) return;
    this.compare("statement", "paid_minor", paid, this.statement.paid_minor);
    this.compare("statement", "withheld_minor", withheld, this.statement.withheld_minor);
  }

  checkWithheld(where, gross, tax) {
    const versions = this.adjustments.inForce.filter((sha) => this.terms.has(sha)).map((sha) => this.terms.get(sha).terms);
    const allowed = new Set();
    for (const terms of versions) {
      const rule = (terms.withholding ?? []).find((each) => each.party === this.party);
      if (!rule) allowed.add(0n);
      const base = halfUp(new Q(gross).over(whole(1).plus(valueAddedRate(terms, this.party))));
      for (const name of rule ? ["rate", "reduced_rate"] : []) {
        if (rule[name] === undefined || rule[name] === null) continue;
        const exact = ratio(rule[name]).times(new Q(base));
        allowed.add((rule.rounding ?? "half_up") === "half_up" ? halfUp(exact) : truncated(exact));
      }
    }
    if (!versions.length || this.party === this.host || allowed.has(tax)) return;
    this.compare(where, "withheld", [...allowed].sort((a, b) => Number(a - b)).join(" or "), tax);
  }

  checkReserve() {
    const terms = [...this.terms.values()].map((document) => document.terms).find((each) => each.reserve);
    if (!terms || this.party === this.host) return;
    const shares = this.evidence.lines.filter((line) => line.section !== "adjustment").map((line) => BigInt(line.share_minor));
    const entries = this.evidence.chain.journals.filter((j) => j.kind === "reserve").flatMap((j) => j.entries ?? []);
    const kept = -sum(entries.filter((e) => e[2] === this.party && e[3] === "reserve"), (e) => BigInt(e[5]));
    const earned = sum(shares.filter((share) => share > 0n));
    const expected = halfUp(ratio(terms.reserve.share).times(new Q(earned)));
    if (terms.hold?.days || shares.some((share) => share < 0n) || kept !== expected) this.cannot("reserve", "reserve");
  }
}

function nameOfSpan(startsOn, endsOn) {
  const [year, month, day] = pieces(startsOn);
  const next = dayOf(Math.round(Date.UTC(year, month, 1) / 86400000));
  if (day === 1 && endsOn === next) return startsOn.slice(0, 7);
  return `${startsOn}/${dayBefore(endsOn)}`;
}

/** Check the text of an evidence file. Throws `UnreadableError` for what is none. */
export function verify(text) {
  let evidence;
  try {
    evidence = JSON.parse(text, (_key, value) => {
      if (typeof value === "number" && !Number.isSafeInteger(value)) throw new UnreadableError(`not a whole number: ${value}`);
      return value;
    });
  } catch (error) {
    throw new UnreadableError(error.message);
  }
  if (evidence === null || typeof evidence !== "object" || !FORMATS.has(evidence.evidence)) throw new UnreadableError("no evidence");
  try {
    const check = new Check(evidence);
    try {
      return check.run();
    } catch (error) {
      if (!check.differences.length) check.checkHashes();
      if (!check.differences.length) throw error;
      return check;
    }
  } catch (error) {
    throw new UnreadableError(error.message);
  }
}
