// The table under the map: follows the map's period and group, and sorts by any column.

import { count, interval, number } from "./format.js";
import { _ } from "./words.js";

const collator = new Intl.Collator(document.documentElement.lang);

// Rows up to which a table follows at once. A longer one follows when it is on the screen, or when
// nothing has changed for a while: laying it out takes longer than drawing its map.
const SHORT = 400;
const REST_MS = 1200;

// A table that follows the columns that are shown, as `view` says; `view.matches` decides which rows
// are there, null leaves that.
export class Follower {
  #next = null;
  #timer = null;
  #seen = false;

  constructor(table) {
    this.table = table;
    this.rows = [...table.tBodies[0].rows];
    if (this.rows.length <= SHORT) return;
    new IntersectionObserver((entries) => {
      this.#seen = entries.at(-1).isIntersecting;
      if (this.#seen) this.#write();
    }, { rootMargin: "50%" }).observe(table.parentNode);
  }

  follow(column, view) {
    this.#next = { column, view };
    clearTimeout(this.#timer);
    if (this.#seen || this.rows.length <= SHORT) this.#write();
    else this.#timer = setTimeout(() => this.#write(), REST_MS);
  }

  #write() {
    if (!this.#next) return;
    const { table, rows } = this;
    const { column, view } = this.#next;
    this.#next = null;
    clearTimeout(this.#timer);
    const at = new Map([...rows[0]?.cells ?? []].map((cell, index) => [cell.dataset.field, index]));
    for (const row of rows) {
      const value = column.get(row.dataset.id);
      if (value) followValue(row, at, value, view);
      if (view.matches) row.hidden = !view.matches(value);
    }
    const sorted = table.querySelector("[aria-sort]");
    if (sorted) sort(table, sorted, sorted.getAttribute("aria-sort"));
  }
}

function followValue(row, at, value, { indicator, words, showUnreliable }) {
  const rate = indicator.per !== null;
  const unreliable = rate && value.status === "ok" && value.reliability === "unreliable";
  const ok = value.status === "ok" && (showUnreliable || !unreliable);
  const write = (field, raw, text) => {
    const cell = row.cells[at.get(field)];
    if (!cell) return;
    if (cell.textContent !== text) cell.textContent = text;
    if (raw === null) delete cell.dataset.raw;
    else cell.dataset.raw = raw;
  };
  write("value", ok ? value.value : null, ok ? (rate ? number : count)(value.value) : "");
  write("interval", ok ? value.lower : null,
    ok && value.lower !== null ? interval(value.value, value.lower, value.upper) : "");
  write("count", value.numerator, value.numerator === null ? "" : count(value.numerator));
  const said = value.status !== "ok" ? value.status : rate ? value.reliability : null;
  const plain = said && said !== "reliable" ? words[said].title : "";
  const held = unreliable && !showUnreliable;
  const title = held ? _("{title}: rate not shown", { title: plain }) : plain;
  write("words", title || null, [title, value.note].filter(Boolean).join(". "));
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
