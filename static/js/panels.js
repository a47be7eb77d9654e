// What a page says of the view beside and under the map: titles and links, legend, card, table.

import { showLack } from "./divisor.js";
import { filterTable, summaryOf } from "./filter.js";
import { period as periodText } from "./format.js";
import { showLegend } from "./legend.js";
import { headline, showReadout } from "./readout.js";
import {
  followReport, reportSummary, showReportLegend, showReportReadout,
} from "./reporting-panel.js";
import { tell } from "./status.js";
import { followColumn, makeSortable } from "./table.js";

export class Panels {
  // `on` has go(a change of the state) and close().
  constructor(shown, places, isPage, on) {
    this.shown = shown;
    this.places = places;
    this.isPage = isPage;
    this.on = on;
    this.legend = document.querySelector("#legend .legend-body");
    this.table = document.getElementById("figures-table");
    this.readout = document.getElementById("readout");
    this.check = document.getElementById("show-unreliable");
    if (this.table) makeSortable(this.table);
    this.check?.querySelector("input").addEventListener(
      "change", ({ target }) => on.go({ unreliable: target.checked ? "1" : null }),
    );
  }

  refresh(theme) {
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

  #write() {
    const { indicator, state, group, denominator: source } = this.shown;
    const now = {
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
    followColumn(table, column, { indicator, words, showUnreliable });
    if (shown.reportWords) followReport(table, report, shown.reportWords, chosen);
    if (!report) filterTable(table, column, shown.options(theme).matches);
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
      tell(frame, reportSummary(report, view));
      if (legend) showReportLegend(legend, report, view);
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
      profile: layer.profiles.replace("{id}", encodeURIComponent(id)),
      onClose: this.on.close,
    };
    if (!report) {
      showReadout(readout, place, value, view);
      return;
    }
    const head = headline(value, indicator, words, showUnreliable);
    showReportReadout(readout, place, report.get(id), {
      ...view, report, words: shown.reportWords, when: shown.when,
      note: value?.status === "not_reported" ? value.note : null,
      value: head.muted ? null : head.text,
    });
  }
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
