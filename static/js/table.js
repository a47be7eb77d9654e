// The table under the map: follows the map's period and group, and sorts by any column.

import { count, interval, number } from "./format.js";
import { _ } from "./words.js";

const collator = new Intl.Collator(document.documentElement.lang);

export function followColumn(table, column, { indicator, words, showUnreliable }) {
  for (const row of table.tBodies[0].rows) {
    const value = column.get(row.dataset.id);
    if (!value) continue;
    const rate = indicator.per !== null;
    const unreliable = rate && value.status === "ok" && value.reliability === "unreliable";
    const ok = value.status === "ok" && (showUnreliable || !unreliable);
    write(row, "value", ok ? value.value : null, ok ? (rate ? number : count)(value.value) : "");
    write(row, "interval", ok ? value.lower : null,
      ok && value.lower !== null ? interval(value.value, value.lower, value.upper) : "");
    write(row, "count", value.numerator, value.numerator === null ? "" : count(value.numerator));
    const said = value.status !== "ok" ? value.status : rate ? value.reliability : null;
    const plain = said && said !== "reliable" ? words[said].title : "";
    const title = unreliable && !showUnreliable ? _("{title}: rate not shown", { title: plain }) : plain;
    write(row, "words", title || null, [title, value.note].filter(Boolean).join(". "));
  }
  const sorted = table.querySelector("[aria-sort]");
  if (sorted) sort(table, sorted, sorted.getAttribute("aria-sort"));
}

export function makeSortable(table) {
  for (const header of table.tHead.rows[0].cells) {
    if (header.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "descending";
      const numeric = header.classList.contains("number");
      const order = header.hasAttribute("aria-sort")
        ? (down ? "ascending" : "descending") : (numeric ? "descending" : "ascending");
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", order);
      sort(table, header, order);
    });
  }
}

function write(row, field, raw, text) {
  const cell = row.querySelector(`[data-field="${field}"]`);
  if (!cell) return;
  cell.textContent = text;
  if (raw === null) delete cell.dataset.raw;
  else cell.dataset.raw = raw;
}

// What is missing stands at the end in either order: it is not a small number.
function sort(table, header, order) {
  const index = header.cellIndex;
  const numeric = header.classList.contains("number");
  const sign = order === "descending" ? -1 : 1;
  const keyed = [...table.tBodies[0].rows].map((row) => {
    const cell = row.cells[index];
    const raw = numeric ? cell.dataset.raw : cell.textContent.trim();
    return [row, raw === undefined || raw === "" ? null : numeric ? Number(raw) : raw];
  });
  keyed.sort(([, a], [, b]) => {
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (numeric ? a - b : collator.compare(a, b));
  });
  table.tBodies[0].append(...keyed.map(([row]) => row));
}
