// The form beside the map. Without script it is a form; with it, each choice acts at once.

import { dividedBy, hasFigures } from "./divisor.js";
import { period as periodText } from "./format.js";

export class Controls {
  constructor(form, indicator, onChange) {
    this.form = form;
    this.indicator = indicator;
    this.onChange = onChange;
    this.years = indicator.periods.filter((period) => !period.includes("-"));
    this.slider = form.querySelector("#timeline");
    this.#prepare();
  }

  #prepare() {
    const { form, slider, years } = this;
    for (const step of form.querySelectorAll(".step")) {
      step.hidden = false;
      step.addEventListener("click", () => this.#step(Number(step.dataset.step)));
    }
    if (years.length > 2) {
      const timeline = form.querySelector(".timeline");
      timeline.hidden = false;
      slider.max = years.length - 1;
      const [first, , last] = timeline.querySelectorAll(".timeline-ends span");
      first.textContent = years[0];
      last.textContent = years.at(-1);
      slider.addEventListener("input", () => this.#choose("period", years[Number(slider.value)]));
    }
    form.addEventListener("change", (event) => {
      if (event.target === slider) return;
      if (event.target.name === "layer") form.requestSubmit();
      else this.onChange({ [event.target.name]: event.target.value || null });
    });
    form.addEventListener("submit", () => {
      // An address says what differs from the default, not every field of the form.
      for (const field of form.elements) {
        const kept = ["layer", "lang"].includes(field.name) || (field.name === "show" && field.value === "reporting");
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
      const lacking = hasFigures(divided, option.value, group) ? "" : " (no figures)";
      option.textContent = periodText(option.value) + lacking;
    }
  }

  #step(by) {
    const { periods } = this.indicator;
    const next = periods[periods.indexOf(this.form.elements.period.value) + by];
    if (next) this.#choose("period", next);
  }

  #choose(name, value) {
    if (this.form.elements[name].value === value) return;
    this.form.elements[name].value = value;
    this.onChange({ [name]: value });
  }

  // Make the form say what is shown.
  show(state) {
    const { form, slider, years, indicator } = this;
    form.elements.period.value = state.period;
    if (form.elements.group) form.elements.group.value = state.group;
    form.elements.jurisdiction.value = state.jurisdiction ?? "";
    if (form.elements.show) form.elements.show.value = state.show;
    this.#nameDenominators(state);
    const at = years.indexOf(state.period);
    slider.value = at < 0 ? years.length - 1 : at;
    slider.setAttribute("aria-valuetext", at < 0 ? periodText(state.period) : state.period);
    slider.classList.toggle("off", at < 0);
    const index = indicator.periods.indexOf(state.period);
    const [previous, next] = form.querySelectorAll(".step");
    previous.disabled = index <= 0;
    next.disabled = index === indicator.periods.length - 1;
  }
}
