// Who reported, as a view of the map: see lenses.js.

import {
  followReport, reportLines, reportSummary, showReportLegend, showReportReadout,
} from "./reporting-panel.js";
import { paintReport, paintReportMarks } from "./reporting.js";
import { _ } from "./words.js";

export { reportCache } from "./reporting.js";

export class ReportingLens {
  constructor(report, words) {
    this.report = report;
    this.words = words;
    this.title = _("Who reported");
  }

  paint(frame, source, layer, chosen, theme) {
    paintReport(frame, source, layer, this.report, chosen, theme);
  }

  marks(frame, source, layer, chosen, theme) {
    return paintReportMarks(frame, source, layer, this.report, chosen, theme);
  }

  lines(id) {
    return reportLines(this.report.get(id), this.report, this.words);
  }

  legend(body, view) {
    showReportLegend(body, this.report, { ...view, words: this.words });
  }

  summary(view) {
    return reportSummary(this.report, { ...view, words: this.words });
  }

  // `head` is what the values show of the place, `value` its figures. True: the card is filled.
  readout(node, place, { head, value, ...view }) {
    showReportReadout(node, place, this.report.get(place.id), {
      ...view, report: this.report, words: this.words,
      note: value?.status === "not_reported" ? value.note : null,
      value: head.muted ? null : head.text,
    });
    return true;
  }

  follow(table, chosen) {
    followReport(table, this.report, this.words, chosen);
  }

  leave(table) {
    followReport(table, null, this.words, new Set());
  }
}
