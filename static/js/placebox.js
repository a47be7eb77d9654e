// Find a place by typing: a combobox over the service's search, in place of the form's own field.
// The keys and roles are those of the ARIA Authoring Practices for an editable combobox.

import { element } from "./dom.js";
import { _, inLanguage, ngettext } from "./words.js";

const WAIT_MS = 120;
const LONGEST = 80;
const SHOWN = 10;

export class PlaceBox {
  constructor(field, atlas, choose) {
    this.atlas = atlas;
    this.choose = choose;
    this.found = [];
    this.active = -1;
    this.asked = new Map();
    const own = field.querySelector("[name=jurisdiction]");
    own.hidden = true;
    this.layers = new Set([...own.form.elements]
      .filter((each) => each.name === "layer").map((each) => each.value));
    this.input = element("input", {
      id: "place", type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": "place-list", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      maxlength: LONGEST, placeholder: _("Name, former name or code"),
    });
    this.list = element("ul", {
      id: "place-list", role: "listbox", class: "place-list", "aria-label": _("Places"), hidden: "",
    });
    this.said = element("p", { class: "visually-hidden", role: "status" });
    const label = field.querySelector("label");
    label.htmlFor = "place";
    own.before(element("div", { class: "place-row" },
      element("div", { class: "place-box" }, this.input, this.list)), this.said);
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#press(event));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => this.#close());
    // The form listens for changes of its own fields; the words typed here are none.
    this.input.addEventListener("change", (event) => event.stopPropagation());
    // Pressing an option must not take the focus, or the list would be gone before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#pick([...this.list.children].indexOf(option));
    });
    this.show(atlas.state.jurisdiction);
  }

  // Name the place that is selected, unless somebody is typing.
  show(id) {
    if (document.activeElement === this.input) return;
    this.input.value = id ? this.atlas.nameOf(id).name : "";
  }

  #typed() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (!text) {
      this.#close();
      return;
    }
    this.timer = setTimeout(() => this.#ask(text), WAIT_MS);
  }

  async #ask(text) {
    let found;
    try {
      found = await this.#search(text);
    } catch (error) {
      console.warn(error);
      this.#open([], _("The search could not be reached. Try again."));
      return;
    }
    // What was typed since has an answer of its own.
    if (this.input.value.trim() !== text || document.activeElement !== this.input) return;
    const { key } = this.atlas.layer;
    const fitting = found.filter((each) => this.layers.has(each.layer));
    const here = fitting.filter((each) => each.layer === key);
    const listed = [...here, ...fitting.filter((each) => each.layer !== key)].slice(0, SHOWN);
    this.#open(listed, _("No place is called “{text}”.", { text }));
  }

  async #search(text) {
    if (!this.asked.has(text)) {
      const response = await fetch(inLanguage(
        `${this.atlas.layer.search}?q=${encodeURIComponent(text)}`,
      ));
      if (response.status !== 400 && !response.ok) throw new Error(`search answered ${response.status}`);
      this.asked.set(text, response.ok ? (await response.json()).results : []);
    }
    return this.asked.get(text);
  }

  #open(found, nothing) {
    this.found = found;
    this.active = -1;
    this.list.replaceChildren(...(found.length ? found.map((each, at) => this.#option(each, at))
      : [element("li", { class: "place-none", role: "presentation" }, nothing)]));
    // A list box without an option is none: what stands there then is only said.
    this.list.setAttribute("role", found.length ? "listbox" : "group");
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    const n = found.length;
    if (!n) this.said.textContent = nothing;
    else if (found[0].matched.by === "similar") {
      this.said.textContent = ngettext("{n} place like it.", "{n} places like it.", n, { n });
    } else this.said.textContent = ngettext("{n} place found.", "{n} places found.", n, { n });
  }

  #option({ layer, name, kind_title: kind, parent, id, matched }, at) {
    const more = [kind, parent];
    if (matched.by === "alias") {
      const { text, scheme, valid_to: until } = matched;
      if (scheme !== "name") more.push(text);
      else more.push(until ? _("also {text} until {until}", { text, until }) : _("also {text}", { text }));
    } else if (matched.by === "id") more.push(id);
    if (layer !== this.atlas.layer.key) more.push(_("on another map"));
    return element("li", { id: `place-${at}`, role: "option", "aria-selected": "false" },
      name, element("small", {}, more.filter(Boolean).join(" · ")));
  }

  #close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.found = [];
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #press(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (this.found.length) this.#activate(key === "ArrowDown" ? 1 : -1);
      else this.#typed();
    } else if (key === "Enter") {
      if (this.found.length) this.#pick(Math.max(this.active, 0));
    } else if (key === "Escape") {
      if (this.list.hidden) {
        this.input.value = "";
        this.choose(null);
      } else this.#close();
    } else return;
    event.preventDefault();
  }

  #activate(by) {
    const { length } = this.found;
    this.active = this.active < 0 ? (by > 0 ? 0 : length - 1) : (this.active + by + length) % length;
    [...this.list.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === this.active));
      if (at !== this.active) return;
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  }

  #pick(at) {
    const { layer, id, name } = this.found[at];
    this.#close();
    if (layer !== this.atlas.layer.key) {
      this.atlas.leave({ layer, jurisdiction: id });
      return;
    }
    this.input.value = name;
    this.said.textContent = _("{name} is shown on the map.", { name });
    this.choose(id);
  }
}
