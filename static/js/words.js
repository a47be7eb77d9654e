// What readers are told, in the language of the page. Scripts say it in English; a page in another
// language brings the messages of its scripts along. A message is one literal: tools look for it.

const brought = document.getElementById("messages");
const messages = brought ? JSON.parse(brought.textContent) : {};
const { lang } = document.documentElement;

// A message with its {places} filled.
export function _(message, places) {
  return fill(messages[message] ?? message, places);
}

// The form of a message for `n` things.
export function ngettext(one, many, n, places) {
  const form = n === 1 ? 0 : 1;
  return fill(messages[one]?.[form] ?? [one, many][form], places);
}

// A text that was looked up before its places were known.
export function fill(text, places) {
  return places ? text.replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole) : text;
}

// The address of an answer that has words for readers.
export function inLanguage(address) {
  return lang === "en" ? address : `${address}${address.includes("?") ? "&" : "?"}lang=${lang}`;
}
