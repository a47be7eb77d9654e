// The value of one place in full: a tooltip under the pointer, a card for the one that is chosen.

import { element, svg } from "./dom.js";
import { count, interval, number, period, sentence } from "./format.js";
import { _ } from "./words.js";

export function headline(value, indicator, words, showUnreliable) {
  if (!value) return { text: _("No value"), muted: true };
  if (value.status !== "ok") return { text: words[value.status].title, muted: true };
  if (indicator.per === null) return { text: count(value.value), muted: false };
  if (value.reliability === "unreliable" && !showUnreliable) {
    return { text: _("Rate not shown: too few events"), muted: true };
  }
  return { text: number(value.value), muted: false };
}

export class Tooltip {
  constructor(container) {
    this.node = element("div", { class: "tooltip", "aria-hidden": "true", hidden: "" });
    container.append(this.node);
    this.container = container;
  }

  show(point, name, kind, lines) {
    this.node.replaceChildren(
      element("strong", {}, name),
      kind ? element("span", { class: "tooltip-kind" }, kind) : "",
      ...lines.map((line, index) => element("span", { class: index ? "" : "tooltip-value" }, line)),
    );
    this.node.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const room = this.container.clientWidth - width - 8;
    const x = Math.max(8, Math.min(point.x + 14, room));
    const y = point.y + height + 28 > this.container.clientHeight
      ? point.y - height - 12 : point.y + 16;
    this.node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  hide() {
    this.node.hidden = true;
  }
}

export function tooltipLines(value, indicator, words, showUnreliable) {
  const { text, muted } = headline(value, indicator, words, showUnreliable);
  const lines = [text];
  if (!value) return lines;
  if (!muted && hasInterval(value)) {
    lines.push(_("95 % interval {interval}", { interval: interval(value.value, value.lower, value.upper) }));
  }
  if (indicator.per !== null && value.numerator !== null) {
    lines.push(`${count(value.numerator)} ${indicator.noun}`);
  }
  return lines;
}

// Fill the card. `place` has id, name and kind; `denominator` says whose figure that is.
export function showReadout(node, place, value, view) {
  const { indicator, words, column, state, showUnreliable, profile, onClose } = view;
  const head = headline(value, indicator, words, showUnreliable);
  const close = element("button", { type: "button", class: "close", "aria-label": _("Close") }, "×");
  close.addEventListener("click", onClose);
  const group = state.group === "all" ? "" : `${indicator.groups[state.group]}, `;
  node.replaceChildren(
    close,
    element("h2", {}, place.name),
    element("p", { class: "readout-kind" }, place.kind, " · ", group + period(state.period)),
    element("p", { class: head.muted ? "readout-status" : "readout-value" }, head.text),
    ...details(value, head, view),
    head.muted || indicator.per === null ? "" : strip(place.id, value, column, showUnreliable),
    view.history ? element("div", { class: "readout-history" }) : "",
    facts(value, view),
    element("p", { class: "readout-links" },
      element("a", { href: profile }, _("All figures for {name}", place)),
      view.compare ? element("a", { href: view.compare }, _("Compare with other places")) : null),
  );
  node.hidden = false;
}

function hasInterval(value) {
  return value.lower !== null && value.upper !== null;
}

function details(value, head, { indicator, words }) {
  const lines = [];
  if (!head.muted) {
    lines.push(element("p", { class: "readout-unit" }, indicator.unit));
    if (hasInterval(value)) {
      lines.push(element("p", { class: "readout-interval" },
        _("95 % interval {interval}", { interval: interval(value.value, value.lower, value.upper) })));
    }
  }
  if (value && value.status !== "ok") lines.push(note(words[value.status].text));
  if (value?.reliability && value.reliability !== "reliable") {
    const { title, text } = words[value.reliability];
    lines.push(note(`${title}. ${text}`));
  }
  if (value?.note) lines.push(note(sentence(value.note)));
  return lines;
}

function note(text) {
  return element("p", { class: "readout-note" }, text);
}

function facts(value, { indicator, denominator, state }) {
  if (!value) return "";
  const list = element("dl", { class: "facts" });
  const noun = indicator.noun[0].toUpperCase() + indicator.noun.slice(1);
  if (indicator.per !== null && value.numerator !== null) {
    list.append(element("dt", {}, noun), element("dd", {}, count(value.numerator)));
  }
  if (value.denominator !== null && denominator) {
    list.append(
      element("dt", {}, denominator.title,
        state.period.includes("-") ? element("small", {}, " ", _("added up over the years")) : ""),
      element("dd", {}, count(value.denominator)),
      element("dd", { class: "facts-source" }, value.source),
    );
  }
  return list.childElementCount ? list : "";
}

const WIDTH = 280;
const HEIGHT = 44;

// Every place as a tick on one scale, the chosen one with its interval.
function strip(id, value, column, showUnreliable) {
  const others = [...column.values].filter(([, other]) => other.status === "ok"
    && (showUnreliable || other.reliability !== "unreliable"));
  const top = Math.max(...others.map(([, other]) => other.value), value.upper ?? 0) || 1;
  const x = (number_) => (4 + (number_ / top) * (WIDTH - 8)).toFixed(1);
  const ticks = others.filter(([key]) => key !== id).map(([, other]) => svg("line", {
    class: "strip-tick", x1: x(other.value), x2: x(other.value), y1: 8, y2: 22,
  }));
  return svg("svg", {
    class: "strip", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    "aria-label": _("Among {n} places with a rate", { n: others.length }),
  },
  svg("line", { class: "strip-axis", x1: 4, x2: WIDTH - 4, y1: 24, y2: 24 }),
  ...ticks,
  hasInterval(value)
    ? svg("line", { class: "strip-interval", x1: x(value.lower), x2: x(value.upper), y1: 15, y2: 15 })
    : "",
  svg("circle", { class: "strip-dot", cx: x(value.value), cy: 15, r: 5 }),
  svg("text", { class: "strip-label", x: 4, y: 39 }, "0"),
  svg("text", { class: "strip-label", x: WIDTH - 4, y: 39, "text-anchor": "end" }, number(top)));
}
