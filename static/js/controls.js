// The form beside the map. Without script it is a form; with it, each choice acts at once.

import { dividedBy, hasFigures } from "./divisor.js";
import { period as periodText } from "./format.js";
import { fragment } from "./position.js";
import { Timeline } from "./timeline.js";
import { _ } from "./words.js";

export class Controls {
  // `on` has go(a change of the state, {replace}) and, for playing, prefetch(period) and done().
  constructor(form, indicator, on) {
    this.form = form;
    this.indicator = indicator;
    this.on = on;
    this.timeline = new Timeline(form.querySelector(".period"), indicator, {
      go: (period, how) => on.go({ period }, how),
      prefetch: on.prefetch,
      done: on.done,
    });
    this.#prepare();
  }

  #prepare() {
    const { form } = this;
    for (const step of form.querySelectorAll(".step")) {
      step.hidden = false;
      step.addEventListener("click", () => this.#step(Number(step.dataset.step)));
    }
    // Classes and colours stand beside the form, and belong to it.
    for (const node of [form, document.getElementById("classing")]) {
      node?.addEventListener("change", ({ target }) => {
        if (!target.name) return;
        if (target.name === "layer") form.requestSubmit();
        else this.on.go({ [target.name]: target.value || null });
      });
    }
    form.addEventListener("submit", () => {
      form.action = form.getAttribute("action").split("#")[0] + fragment();
      // An address says what differs from the default, not every field of the form.
      for (const field of form.elements) {
        const kept = ["layer", "lang"].includes(field.name)
          || (field.name === "show" && field.value !== "values")
          || (["classes", "palette"].includes(field.name) && field.value);
        if (field.name && !kept) field.disabled = true;
      }
    });
  }

  // What a group is divided by, and which periods have no figures of that.
  #nameDenominators({ denominator, group }) {
    const { form, indicator } = this;
    const choice = form.elements.denominator;
    if (choice) {
      choice.value = denominator ?? "";
      // An address may name the indicator's own.
      if (choice.selectedIndex < 0) choice.selectedIndex = 0;
      for (const option of choice.options) {
        option.textContent = dividedBy(indicator, option.value).titles[group];
      }
    }
    const divided = dividedBy(indicator, denominator);
    for (const option of form.elements.period.options) {
      const period = periodText(option.value);
      const text = hasFigures(divided, option.value, group)
        ? period : _("{period} (no figures)", { period });
      if (option.textContent !== text) option.textContent = text;
    }
  }

  #step(by) {
    const { periods } = this.indicator;
    const next = periods[periods.indexOf(this.form.elements.period.value) + by];
    if (next) this.on.go({ period: next });
  }

  pause() {
    this.timeline.pause();
  }

  get playing() {
    return this.timeline.playing;
  }

  // Make the form say what is shown.
  show(state) {
    const { form, indicator } = this;
    form.elements.period.value = state.period;
    if (form.elements.group) form.elements.group.value = state.group;
    form.elements.jurisdiction.value = state.jurisdiction ?? "";
    if (form.elements.show) form.elements.show.value = state.show;
    form.elements.compare.value = state.compare ?? "";
    if (form.elements.classes) {
      form.elements.classes.value = state.classes ?? "";
      form.elements.palette.value = state.palette ?? "";
    }
    this.#nameDenominators(state);
    this.timeline.show(state.period);
    const index = indicator.periods.indexOf(state.period);
    const [previous, next] = form.querySelectorAll(".step");
    previous.disabled = index <= 0;
    next.disabled = index === indicator.periods.length - 1;
  }
}
