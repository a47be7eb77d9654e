// Classes and colours that the reader chose instead of the release's, asked for once each.

import { inLanguage } from "./words.js";

// `({group, denominator, classes, palette}) -> Promise<{bounds, colours, title}>`; `first` is what
// the page has of its own state. A failed one is asked for again next time.
export function classesCache(address, state, first) {
  const kept = new Map();
  if (first) kept.set(addressOf(address, state), Promise.resolve(first));
  return (asked) => {
    const key = addressOf(address, asked);
    if (!kept.has(key)) {
      const found = load(key);
      found.catch(() => kept.delete(key));
      kept.set(key, found);
    }
    return kept.get(key);
  };
}

function addressOf(address, { group, denominator, classes, palette }) {
  const query = new URLSearchParams({ group });
  for (const [name, value] of Object.entries({ denominator, classes, palette })) {
    if (value) query.set(name, value);
  }
  return inLanguage(`${address}?${query}`);
}

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}
