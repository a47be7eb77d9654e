// Moving through time: a slider over the years, or over the pooled periods where one is shown, with
// a button that plays them. Says which breaks of the series are passed.

import { element, svg } from "./dom.js";
import { period as periodText, sentence } from "./format.js";
import { Player } from "./player.js";
import { breaksBetween, seriesOf } from "./series.js";
import { _ } from "./words.js";

// Labels that fit under the slider.
const LABELS = 6;
const LABELS_POOLED = 2;

export class Timeline {
  // `on` has go(period, {replace}), prefetch(period) -> Promise and done(), once playing ends.
  constructor(field, indicator, on) {
    this.indicator = indicator;
    this.on = on;
    this.node = field.querySelector(".timeline");
    this.slider = field.querySelector("#timeline");
    this.series = [];
    this.period = null;
    this.said = element("p", { class: "field-said timeline-said", role: "status" });
    this.player = new Player({
      next: () => this.series[this.series.indexOf(this.period) + 1] ?? null,
      first: () => this.series[0],
      breaks: (next) => breaksBetween(indicator.breaks, this.period, next),
      go: (period) => on.go(period, { replace: true }),
      prefetch: on.prefetch,
      done: on.done,
    });
    this.ticks = svg("svg", { class: "timeline-ticks", "aria-hidden": "true" });
    this.node.querySelector(".timeline-ends").replaceWith(this.ticks);
    this.node.prepend(this.player.button);
    field.append(this.said);
    let dragging = false;
    this.slider.addEventListener("input", () => {
      this.pause();
      on.go(this.series[Number(this.slider.value)], { replace: dragging });
      dragging = true;
    });
    this.slider.addEventListener("change", () => {
      dragging = false;
    });
  }

  pause() {
    this.player.pause();
  }

  get playing() {
    return this.player.playing;
  }

  show(period) {
    const passed = this.period ? breaksBetween(this.indicator.breaks, this.period, period) : [];
    const series = seriesOf(this.indicator.periods, period);
    if (series.join() !== this.series.join()) this.#lay(series);
    if (period === this.period) return;
    this.period = period;
    this.slider.value = series.indexOf(period);
    this.slider.setAttribute("aria-valuetext", periodText(period));
    this.said.textContent = passed.map(
      ({ year, text }) => _("The series breaks in {year}. {text}", { year, text: sentence(text.split(". ")[0]) }),
    ).join(" ");
    this.said.classList.toggle("timeline-passed", passed.length > 0);
  }

  // The slider of a series, a tick for each of its periods, a longer one where it breaks.
  #lay(series) {
    const { node, slider, ticks, indicator } = this;
    this.series = series;
    node.hidden = series.length < 2;
    slider.max = series.length - 1;
    const pooled = series[0].includes("-");
    slider.setAttribute("aria-label", pooled ? _("Pooled period") : _("Year"));
    this.player.name(pooled ? _("Play the pooled periods") : _("Play the years"));
    const last = Math.max(series.length - 1, 1);
    const x = (index) => `${((100 * index) / last).toFixed(2)}%`;
    const every = Math.max(1, Math.ceil(last / ((pooled ? LABELS_POOLED : LABELS) - 1)));
    const marks = series.slice(1).flatMap((period, index) => (
      breaksBetween(indicator.breaks, series[index], period).length
        ? [svg("line", { class: "timeline-break", x1: x(index + 0.5), x2: x(index + 0.5), y1: 0, y2: 12 })]
        : []
    ));
    const labels = series.flatMap((period, index) => {
      const labelled = index === last || (index % every === 0 && last - index >= every * 0.7);
      if (!labelled) return [];
      const anchor = index === 0 ? "start" : index === last ? "end" : "middle";
      const shift = { start: -7, middle: 0, end: 7 }[anchor];
      return [svg("text", { x: x(index), y: 24, dx: shift, "text-anchor": anchor }, periodText(period))];
    });
    ticks.replaceChildren(
      ...series.map((_, index) => svg("line", { x1: x(index), x2: x(index), y1: 2, y2: 7 })),
      ...marks, ...labels,
    );
  }
}
