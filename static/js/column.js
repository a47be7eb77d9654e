// Columns of values, fetched once each: what the map joins to the geometry that it has.

import { inLanguage } from "./words.js";

const NUMBERS = ["numerator", "denominator", "value", "lower", "upper"];

// `({period, group, denominator}) -> Promise<{values, get(id)}>`; a failed one is asked for again
// next time.
export function columnCache(prefix) {
  const ask = answers(read);
  return (state) => ask(addressOf(prefix, state));
}

// `(address) -> Promise`: what `read` makes of the JSON there, fetched once; a failed one is asked
// for again next time.
export function answers(read) {
  const kept = new Map();
  return (address) => {
    if (!kept.has(address)) {
      const answer = load(address, read);
      answer.catch(() => kept.delete(address));
      kept.set(address, answer);
    }
    return kept.get(address);
  };
}

// The address below `prefix` of what is shown; what is everyone's or the default is left out.
export function addressOf(prefix, { period, group, denominator }) {
  const query = new URLSearchParams();
  if (group !== "all") query.set("group", group);
  if (denominator) query.set("denominator", denominator);
  const text = query.toString();
  return inLanguage(prefix + encodeURIComponent(period) + (text && `?${text}`));
}

// The column with classes by other bounds than the release's. As mapsvc/statistics/classification.py:
// a value on a bound is in the class below it, one above the last bound in the last class.
export function classified({ values }, bounds) {
  const classed = new Map();
  for (const [id, value] of values) {
    const at = value.value === null ? null : bounds.findIndex((bound) => value.value <= bound);
    classed.set(id, { ...value, class: at === -1 ? bounds.length - 1 : at });
  }
  return { values: classed, get: (id) => classed.get(id) };
}

async function load(address, read) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return read(await response.json());
}

function read(answer) {
  const values = new Map();
  answer.ids.forEach((id, row) => {
    const value = Object.fromEntries(NUMBERS.map((name) => [name, answer[name][row]]));
    value.status = answer.statuses[answer.status[row]];
    value.reliability = answer.reliabilities[answer.reliability[row]] ?? null;
    value.source = answer.denominator_sources[answer.denominator_source[row]] ?? "";
    value.class = answer.class[row];
    value.note = answer.notes[answer.note[row]] ?? null;
    values.set(id, value);
  });
  return { values, get: (id) => values.get(id) };
}
