// The view lives in the query, so that an address is what it shows and the back button goes back.

import { fragment } from "./position.js";

const LANGUAGE = "lang";
const FIELDS = [
  "layer", "period", "group", "denominator", "compare", "jurisdiction", "show", "classes", "palette", "rows",
  "unreliable",
];

export function readState(defaults) {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(
    FIELDS.map((field) => [field, query.get(field) || defaults[field] || null]),
  );
}

export function queryOf(state, defaults) {
  const query = new URLSearchParams();
  for (const field of FIELDS) {
    if (state[field] && state[field] !== defaults[field]) query.set(field, state[field]);
  }
  const language = new URLSearchParams(location.search).get(LANGUAGE);
  if (language) query.set(LANGUAGE, language);
  const text = query.toString();
  return text ? `?${text}` : "";
}

// With `replace` the address before is not one to go back to: a step of many.
export function writeState(state, defaults, replace = false) {
  const address = location.pathname + queryOf(state, defaults);
  if (address !== location.pathname + location.search) {
    const whole = address + fragment();
    if (replace) history.replaceState(null, "", whole);
    else history.pushState(null, "", whole);
  }
  followLanguages();
}

// The links to other languages lead to what is shown now.
function followLanguages() {
  for (const link of document.querySelectorAll("a[hreflang]")) {
    const { href } = link;
    const query = new URLSearchParams(location.search);
    const language = new URL(href).searchParams.get(LANGUAGE);
    query.delete(LANGUAGE);
    if (language) query.set(LANGUAGE, language);
    const text = query.toString();
    link.href = location.pathname + (text ? `?${text}` : "") + fragment();
  }
}

addEventListener("popstate", followLanguages);
