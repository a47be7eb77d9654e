// The section that says which conclusions another denominator changes. The page comes with it; when
// the view changes it is asked for anew, in the words of the service.

import { addressOf } from "./column.js";
import { element } from "./dom.js";
import { number, period as periodText } from "./format.js";
import { _ } from "./words.js";

export class EffectsSection {
  #shown;

  constructor(node, indicator, layer) {
    this.node = node;
    this.prefix = indicator.effects;
    this.layer = layer;
    this.#shown = addressOf(this.prefix, indicator.state);
  }

  async follow(state) {
    const address = addressOf(this.prefix, state);
    if (address === this.#shown) return;
    this.#shown = address;
    let found;
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address} answered ${response.status}`);
      found = await response.json();
    } catch (error) {
      console.warn(error);
      if (address !== this.#shown) return;
      // Asked for again the next time.
      this.#shown = null;
      this.node.replaceChildren(
        element("p", {}, _("This could not be loaded. Reload the page to try again.")),
      );
      return;
    }
    if (address !== this.#shown) return;
    this.node.replaceChildren(...found.alternatives.map((each) => this.#effect(each, state)));
  }

  #effect(each, state) {
    const said = element("p", {}, each.sentence);
    if (each.instead) {
      said.append(" ", element("a", { href: hrefOf(each, state) }, _("Show {period}", { period: periodText(each.instead) })));
    }
    const node = element("div", { class: "effect" }, said);
    if (each.changes.length) node.append(this.#details(each));
    return node;
  }

  #details(each) {
    const { singular, profiles } = this.layer;
    const head = [singular[0].toUpperCase() + singular.slice(1), each.own_title, each.title];
    const rows = each.changes.map(({ id, name, own, other }) => element(
      "tr", {},
      element("th", { scope: "row" },
        element("a", { href: profiles.replace("{id}", encodeURIComponent(id)) }, name)),
      ...[own, other].map(({ value, said }) => element(
        "td", {}, element("strong", {}, number(value)), ` ${said}`,
      )),
    ));
    const table = element(
      "table", {},
      element("thead", {},
        element("tr", {}, ...head.map((title) => element("th", { scope: "col" }, title)))),
      element("tbody", {}, ...rows),
    );
    const frame = element("div", {
      class: "table-frame", tabindex: "0", role: "region",
      "aria-label": _("What changes, divided by: {title}", { title: each.title }),
    }, table);
    return element("details", {}, element("summary", {}, _("Which these are")), frame);
  }
}

// The page that is open, with another period and the denominator.
function hrefOf(each, state) {
  const query = new URLSearchParams({ layer: state.layer, period: each.instead });
  if (state.group !== "all") query.set("group", state.group);
  query.set("denominator", each.key);
  const language = new URLSearchParams(location.search).get("lang");
  if (language) query.set("lang", language);
  return `${location.pathname}?${query}`;
}
