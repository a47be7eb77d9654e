// How places stand beside the others or beside one of them, as a view of the map: see lenses.js.

import { addressOf, answers } from "./column.js";
import { element } from "./dom.js";
import { count } from "./format.js";
import { fillSwatch } from "./legend.js";
import { showChoices } from "./choices.js";
import { fillAreas } from "./paint.js";
import { digits, whole } from "./ratio.js";
import { paintMarks } from "./reporting.js";
import { makeSortable } from "./table.js";
import { _ } from "./words.js";

const VERDICTS = ["higher", "not_distinguishable", "lower"];

// `(state) -> Promise<answer or null>`: null where there is no place yet to be beside.
export function differenceCache(prefix) {
  const ask = answers(read);
  return (state) => {
    if (state.show === "similar" && !state.jurisdiction) return Promise.resolve(null);
    const plain = addressOf(prefix, state);
    const beside = `with=${encodeURIComponent(state.jurisdiction)}`;
    return ask(state.show === "difference"
      ? plain : `${plain}${plain.includes("?") ? "&" : "?"}${beside}`);
  };
}

function read(answer) {
  const places = new Map(answer.ids.map((id, row) => [id, {
    standing: answer.standings[answer.standing[row]],
    ratio: answer.ratio[row], lower: answer.lower[row], upper: answer.upper[row],
  }]));
  return { ...answer, places };
}

// `{colour, pattern, ink}` of a standing; null where nothing is drawn. Map and legend ask here.
function standingStyle(standing, theme) {
  const { empty, higher, lower, similar, reference } = theme.colours;
  const ink = theme.colours["empty-mark"];
  switch (standing) {
    case "higher": return { colour: higher, pattern: "higher", ink: theme.colours["higher-mark"] };
    case "lower": return { colour: lower, pattern: "lower", ink: theme.colours["lower-mark"] };
    case "not_distinguishable": return { colour: similar };
    case "reference": return { colour: reference };
    case "unreliable": return { colour: empty, pattern: "unreliable", ink };
    case "not_reported": return { colour: empty, pattern: "not_reported", ink };
    case "withheld": return { colour: empty, pattern: "suppressed", ink };
    case "not_applicable": return { colour: empty, pattern: "not_applicable", ink };
    case "nothing_beside": return { colour: empty, pattern: "zero", ink };
    default: return null;
  }
}

function compared(found) {
  return Boolean(found) && VERDICTS.includes(found.standing) && whole(found);
}

export class DifferenceLens {
  // `answer` is null where there is no place yet to be beside.
  constructor(state, answer, { words, titles, choose, many }) {
    this.answer = answer;
    this.words = words;
    this.choose = choose;
    this.many = many;
    const beside = answer && state.show === "similar";
    this.title = beside ? titles.beside.replace("{place}", answer.beside) : titles[state.show];
  }

  #of(id) {
    return this.answer?.places.get(id);
  }

  paint(frame, source, layer, chosen, theme) {
    const plain = { colour: theme.colours.plain };
    fillAreas(frame, source, layer, (id) => {
      const standing = this.#of(id)?.standing;
      const style = this.answer ? standingStyle(standing, theme) : plain;
      return style && chosen.size && !chosen.has(standing) ? plain : style;
    });
  }

  marks(frame, source, layer, chosen, theme) {
    const shown = ({ standing } = {}) => standingStyle(standing, theme)
      && (!chosen.size || chosen.has(standing));
    return paintMarks(frame, source, layer, (id) => shown(this.#of(id)), (id, x, y) => {
      mark(frame.context, this.#of(id).standing, x, y, theme);
    });
  }

  #ratio(found) {
    const [ratio, lower, upper] = digits(found);
    return _("{ratio} times the rate of {place} (95 % interval {lower} to {upper})", {
      ratio, lower, upper, place: this.answer.beside,
    });
  }

  // `head` is what the values show of the place.
  lines(id, head, unit) {
    const found = this.#of(id);
    const value = head.muted ? head.text : `${head.text} ${unit}`;
    if (!found) return [value];
    const lines = [this.words[found.standing].title];
    if (compared(found)) lines.push(this.#ratio(found));
    return lines[0] === value ? lines : [...lines, value];
  }

  legend(body, view) {
    if (!this.answer) {
      body.replaceChildren(element("p", { class: "legend-about" }, this.choose));
      return;
    }
    const { answer, words } = this;
    const rows = answer.standings.filter((each) => answer.counts[each]).map((each) => {
      const style = standingStyle(each, view.theme);
      return {
        key: each,
        swatch: style ? fillSwatch(style) : element("span", { class: "swatch swatch-none" }),
        ...words[each],
        some: answer.counts[each],
      };
    });
    const about = element("p", { class: "legend-about" },
      _("The rate of each place, beside {place}.", { place: answer.beside }));
    showChoices(body, [about], rows, view);
    if (answer.chance) {
      body.append(element("p", { class: "legend-about" }, `${answer.chance} ${this.many}`));
    }
  }

  summary({ chosen, when, places }) {
    if (!this.answer) return this.choose;
    const { standings, counts, ids } = this.answer;
    const parts = standings.filter((each) => counts[each] && (!chosen.size || chosen.has(each)))
      .map((each) => `${this.words[each].title} ${count(counts[each])}`);
    return _("{title}, {when}, of {n} {places}: {parts}.", {
      title: this.title, when, n: count(ids.length), places, parts: parts.join(", "),
    });
  }

  // False where the values' own card says it: of the place that the others are beside.
  readout(node, place, { head, when, profile, compare, indicator, onClose }) {
    const found = this.#of(place.id);
    if (!found || found.standing === "reference") return false;
    const close = element("button", { type: "button", class: "close", "aria-label": _("Close") }, "×");
    close.addEventListener("click", onClose);
    const { title, text } = this.words[found.standing];
    const facts = element("dl", { class: "facts" });
    if (!head.muted) {
      const unit = indicator.unit[0].toUpperCase() + indicator.unit.slice(1);
      facts.append(element("dt", {}, unit), element("dd", {}, head.text));
    }
    node.replaceChildren(
      close,
      element("h2", {}, place.name),
      element("p", { class: "readout-kind" }, place.kind, " · ", when),
      element("p", { class: "readout-status" }, title),
      element("p", { class: "readout-unit" }, compared(found) ? `${this.#ratio(found)}.` : text),
      facts.childElementCount ? facts : "",
      element("p", { class: "readout-links" },
        element("a", { href: profile }, _("All figures for {name}", place)),
        compare ? element("a", { href: compare }, _("Compare with other places")) : null),
    );
    node.hidden = false;
    return true;
  }

  follow(table, chosen) {
    const head = table.tHead.rows[0];
    if (!this.answer) {
      this.leave(table);
      for (const row of table.tBodies[0].rows) row.hidden = false;
      return;
    }
    if (!head.querySelector('[data-column="standing"]')) addColumns(table, head);
    for (const cell of table.querySelectorAll(SELECTOR)) cell.hidden = false;
    for (const row of table.tBodies[0].rows) {
      const found = this.#of(row.dataset.id);
      row.hidden = Boolean(found) && chosen.size > 0 && !chosen.has(found.standing);
      if (!found) continue;
      const [ratio, lower, upper] = compared(found) ? digits(found) : [];
      write(row, "standing", this.words[found.standing].title);
      write(row, "times", ratio ?? "", ratio ? found.ratio : null);
      write(row, "limits", ratio ? _("{lower} to {upper}", { lower, upper }) : "", ratio ? found.lower : null);
    }
  }

  leave(table) {
    for (const cell of table.querySelectorAll(SELECTOR)) cell.hidden = true;
  }
}

const COLUMNS = [
  ["standing", _("Beside"), false], ["times", _("Ratio"), true],
  ["limits", _("95 % interval of the ratio"), true],
];
const SELECTOR = COLUMNS.map(([key]) => `[data-column="${key}"]`).join();

function addColumns(table, head) {
  const at = [...head.cells].findIndex((cell) => cell.classList.contains("number"));
  head.cells[at].before(...COLUMNS.map(([key, title, numeric]) => element("th", {
    scope: "col", "data-column": key, class: numeric ? "number" : null,
  }, title)));
  makeSortable(table);
  for (const row of table.tBodies[0].rows) {
    row.cells[at].before(...COLUMNS.map(([key, , numeric]) => element("td", {
      "data-column": key, class: key === "limits" ? "number quiet" : numeric ? "number" : null,
    })));
  }
}

function write(row, column, text, raw = null) {
  const cell = row.querySelector(`[data-column="${column}"]`);
  cell.textContent = text;
  if (raw === null) delete cell.dataset.raw;
  else cell.dataset.raw = raw;
}

// Of a place that has a point and no area: its shape says how it stands.
function mark(context, standing, x, y, theme) {
  const { colour, ink } = standingStyle(standing, theme);
  context.lineWidth = 1.3;
  context.fillStyle = colour;
  context.strokeStyle = ink ?? theme.colours["symbol-edge"];
  context.beginPath();
  if (standing === "higher" || standing === "lower") {
    const up = standing === "higher" ? 1 : -1;
    context.moveTo(x, y - 4.6 * up);
    context.lineTo(x + 4.4, y + 3.2 * up);
    context.lineTo(x - 4.4, y + 3.2 * up);
    context.closePath();
  } else if (standing === "not_distinguishable" || standing === "reference") {
    context.arc(x, y, 3.6, 0, 2 * Math.PI);
  } else {
    context.arc(x, y, 1.4, 0, 2 * Math.PI);
  }
  context.fill();
  context.stroke();
}
