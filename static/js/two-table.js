// The columns that a table has while two periods are compared. Mirrors changes.html.

import { element } from "./dom.js";
import { period as periodText } from "./format.js";
import { digits, whole } from "./ratio.js";
import { headline } from "./readout.js";
import { makeSortable } from "./table.js";
import { _ } from "./words.js";

const COLUMNS = [["then", true], ["trend", false], ["change", true]];
const SELECTOR = COLUMNS.map(([key]) => `[data-column="${key}"]`).join();

export function followChanges(table, { changes, then, words }) {
  const head = table.tHead.rows[0];
  if (!head.querySelector('[data-column="then"]')) addColumns(table, head);
  for (const cell of document.querySelectorAll(SELECTOR)) cell.hidden = false;
  const [earlier, later] = [changes.earlier, changes.later].map(periodText);
  const titles = {
    then: _("In {period}", { period: periodText(then.state.period) }),
    trend: _("From {earlier} to {later}", { earlier, later }),
    change: _("Ratio (95 % interval)"),
  };
  for (const [key, title] of Object.entries(titles)) {
    const header = head.querySelector(`[data-column="${key}"]`);
    (header.querySelector("button") ?? header).textContent = title;
  }
  const { column, indicator, words: statuses } = then;
  for (const row of table.tBodies[0].rows) {
    const value = column.get(row.dataset.id);
    const found = changes.places.get(row.dataset.id);
    if (!value || !found) continue;
    const shown = headline(value, indicator, statuses, false);
    write(row, "then", shown.muted ? wordsOf(value, statuses) : shown.text,
      shown.muted ? null : value.value);
    write(row, "trend", found.trend ? words.words[found.trend] : words.none);
    const [ratio, lower, upper] = found.trend && whole(found) ? digits(found) : [];
    write(row, "change", ratio ? _("{ratio} ({lower} to {upper})", { ratio, lower, upper }) : "", found.ratio);
  }
  const note = document.querySelector(".two-note");
  note.textContent = _("The table has two periods: {earlier} and {later}. {note}", {
    earlier, later, note: changes.note,
  });
  note.hidden = false;
}

export function leaveChanges() {
  for (const cell of document.querySelectorAll(SELECTOR)) cell.hidden = true;
  document.querySelector(".two-note").hidden = true;
}

// As mapsvc/maps/text.py says it of a value that is not shown.
function wordsOf({ status, reliability }, words) {
  return status === "ok"
    ? _("{title}: rate not shown", { title: words[reliability].title }) : words[status].title;
}

function addColumns(table, head) {
  const at = [...head.cells].findIndex((cell) => cell.classList.contains("number")
    && !["standing", "times", "limits"].includes(cell.dataset.column));
  head.cells[at].before(...COLUMNS.map(([key, numeric]) => element("th", {
    scope: "col", "data-column": key, class: numeric ? "number" : null,
  }, key)));
  makeSortable(table);
  for (const row of table.tBodies[0].rows) {
    row.cells[at].before(...COLUMNS.map(([key, numeric]) => element("td", {
      "data-column": key, class: numeric ? "number" : null,
    })));
  }
}

function write(row, column, text, raw = null) {
  const cell = row.querySelector(`[data-column="${column}"]`);
  cell.textContent = text;
  if (raw === null) delete cell.dataset.raw;
  else cell.dataset.raw = raw;
}
