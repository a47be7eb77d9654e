// What a page says of the view beside and under the map: titles and links, legend, card, table.

import { showLack } from "./divisor.js";
import { summaryOf } from "./filter.js";
import { period as periodText } from "./format.js";
import { showLegend } from "./legend.js";
import { headline, showReadout } from "./readout.js";
import { tell } from "./status.js";
import { Follower, makeSortable } from "./table.js";

export class Panels {
  // `on` has go(a change of the state) and close().
  constructor(shown, places, isPage, on) {
    this.shown = shown;
    this.places = places;
    this.isPage = isPage;
    this.on = on;
    this.legend = document.querySelector("#legend .legend-body");
    this.table = document.getElementById("figures-table");
    // A place that was found by where the reader is.
    this.located = null;
    // What says who reported, from the first time that it is shown.
    this.saying = null;
    this.readout = document.getElementById("readout");
    this.check = document.getElementById("show-unreliable");
    if (this.table) {
      this.follower = new Follower(this.table);
      makeSortable(this.table);
    }
    this.check?.querySelector("input").addEventListener(
      "change", ({ target }) => on.go({ unreliable: target.checked ? "1" : null }),
    );
  }

  // `quiet` while the years are played: a card that changes with every step is not read out.
  refresh(theme, quiet) {
    this.readout?.setAttribute("aria-live", quiet ? "off" : "polite");
    this.#write();
    this.#link();
    const { indicator, state } = this.shown;
    showLack(document.querySelector(".legend-note"), indicator, state, (period) => this.on.go({ period }));
    this.#refreshTable(theme);
    this.#refreshLegend(theme);
    this.refreshReadout();
  }

  failed() {
    this.legend?.replaceChildren("The values could not be loaded. Reload the page to try again.");
  }

  // The chart of the card is fetched with the first card.
  async #chart(place, view, focused) {
    if (!view.history) return;
    if (this.located === place.id) {
      this.readout.querySelector(".readout-history").remove();
      return;
    }
    this.charts ??= import("./card-history.js").then(({ CardHistory }) => {
      this.charts = new CardHistory();
      return this.charts;
    });
    const charts = this.charts instanceof Promise ? await this.charts : this.charts;
    if (this.shown.state.jurisdiction === place.id) charts.fill(this.readout, place, view, focused);
  }

  #write() {
    const { indicator, state, group, denominator: source } = this.shown;
    const now = {
      label: this.shown.label,
      period: periodText(state.period),
      group,
      unit: capital(indicator.unit),
      description: indicator.description,
      method: indicator.method,
      divisor: indicator.titles[state.group],
      source: source
        ? [source.authority, source.product, source.vintage].filter(Boolean).join(", ")
        : "No figures",
    };
    for (const node of document.querySelectorAll("[data-now]")) {
      if (node.dataset.now in now) node.textContent = now[node.dataset.now];
    }
  }

  #link() {
    const { state } = this.shown;
    for (const link of document.querySelectorAll("a[data-view]")) {
      const address = new URL(link.href);
      // What the other address knows of a view: all of it, unless it says.
      const fields = link.dataset.view.split(" ").filter(Boolean);
      for (const field of fields.length ? fields : ["period", "group", "denominator"]) {
        if (state[field]) address.searchParams.set(field, state[field]);
        else address.searchParams.delete(field);
      }
      link.href = address.href;
    }
  }

  #refreshTable(theme) {
    const { table, shown } = this;
    if (!table) return;
    const { indicator, words, showUnreliable, column, report, chosen } = shown;
    // The columns of who reported, once there: hidden again where that is no longer shown.
    this.saying = report?.say ?? this.saying;
    this.saying?.followReport(table, report, shown.reportWords, chosen);
    const matches = report ? null : shown.options(theme).matches;
    this.follower.follow(column, { indicator, words, showUnreliable, matches });
  }

  #refreshLegend(theme) {
    const { shown, legend, isPage } = this;
    const { indicator, layer, column, report, symbols, chosen, when } = shown;
    for (const node of document.querySelectorAll('[data-now="legend"]')) {
      node.textContent = report ? "Who reported" : capital(indicator.unit);
    }
    const container = document.getElementById("map");
    container.setAttribute("aria-label", shown.label);
    const unreliable = [...column.values.values()].some(
      (value) => value.status === "ok" && value.reliability === "unreliable",
    );
    if (this.check) {
      this.check.hidden = Boolean(report) || symbols || !unreliable;
      this.check.querySelector("input").checked = shown.showUnreliable;
    }
    const view = {
      theme, when, chosen, words: shown.reportWords, places: layer.title.toLowerCase(),
      onChoose: (category) => this.on.go({ rows: shown.rowsWith(category) }),
    };
    const frame = container.parentNode;
    if (report) {
      tell(frame, report.say.reportSummary(report, view));
      if (legend) report.say.showReportLegend(legend, report, view);
      return;
    }
    if (!legend) return;
    const options = shown.options(theme);
    const rows = showLegend(legend, column, options, isPage ? view : null);
    tell(frame, summaryOf(rows, column, options.matches, { ...view, title: indicator.title }));
  }

  refreshReadout() {
    const { readout, shown, places } = this;
    const { state, column, indicator, words, showUnreliable, layer, report } = shown;
    const id = state.jurisdiction;
    if (!readout) return;
    if (!id || !column) {
      readout.hidden = true;
      return;
    }
    const value = column.get(id);
    const place = { id, ...places.of(id) };
    const view = {
      indicator, words, column, state, showUnreliable,
      denominator: shown.denominator,
      history: this.isPage ? shown.own.history : null,
      onPeriod: (period) => this.on.go({ period }),
      profile: layer.profiles + encodeURIComponent(id),
      onClose: this.on.close,
    };
    if (!report) {
      const focused = readout.querySelector(".years") === document.activeElement;
      showReadout(readout, place, value, view);
      this.#chart(place, view, focused);
      return;
    }
    const head = headline(value, indicator, words, showUnreliable);
    report.say.showReportReadout(readout, place, report.get(id), {
      ...view, report, words: shown.reportWords, when: shown.when,
      note: value?.status === "not_reported" ? value.note : null,
      value: head.muted ? null : head.text,
    });
  }
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
