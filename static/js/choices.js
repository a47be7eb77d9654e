// Rows of a legend that are buttons: pressed ones show only their places.

import { element } from "./dom.js";
import { count } from "./format.js";
import { _ } from "./words.js";

// `rows` are `{key, swatch, title, text, some}`; `before` stands above them.
export function showChoices(body, before, rows, { chosen, places, onChoose }) {
  const focused = document.activeElement?.dataset?.category;
  const kept = body.contains(document.activeElement);
  const items = rows.map(({ key, swatch, title, text, some }) => {
    const button = element("button", {
      type: "button", class: "legend-row legend-choice", "data-category": key,
      "aria-pressed": String(chosen.has(key)),
    },
    swatch,
    element("span", { class: "legend-text" }, title, text ? element("small", {}, text) : null),
    element("span", { class: "legend-count" }, count(some),
      element("span", { class: "visually-hidden" }, ` ${places}`)));
    button.addEventListener("click", () => onChoose(key));
    return element("li", {}, button);
  });
  const all = element("button", { type: "button", class: "legend-all", "data-category": "all" },
    _("Show all"));
  all.addEventListener("click", () => onChoose(null));
  all.hidden = !chosen.size;
  body.replaceChildren(
    ...before,
    element("p", { class: "legend-hint" }, _("Choose a row to show only its places, here and in the table.")),
    element("ul", { class: "legend-rows" }, ...items), all,
  );
  if (!kept) return;
  const again = body.querySelector(`[data-category="${focused}"]`);
  if (again && !again.hidden) again.focus({ preventScroll: true });
  else body.querySelector("button")?.focus({ preventScroll: true });
}
