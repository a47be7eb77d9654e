// The chart in the card of the place that is chosen: fetched and drawn once the card is there.

import { History, historyOf } from "./history.js";

export class CardHistory {
  #of = "";
  #chart = null;
  #coming = false;

  // Put the chart of a place into its card, where the card has room for it. `focused` tells that the
  // card before had the focus on its chart.
  async fill(card, place, view, focused) {
    const { state, showUnreliable, history } = view;
    const pooled = state.period.includes("-");
    const of = [place.id, state.group, state.denominator, showUnreliable, pooled].join();
    if (of !== this.#of) {
      this.#of = of;
      this.#chart = null;
      this.#coming = true;
      let found;
      try {
        found = await historyOf(history, place.id, state);
      } catch (error) {
        console.warn(error);
        if (this.#of === of) this.#of = "";
        card.querySelector(".readout-history")?.remove();
        return;
      }
      if (this.#of !== of) return;
      this.#coming = false;
      const made = new History(found, place.name, { ...view, period: state.period });
      this.#chart = made.drawn ? made : null;
    }
    if (!this.#coming) this.#place(card, state.period, focused);
  }

  // The card is made anew with every view; the chart stays, and keeps the focus.
  #place(card, period, focused) {
    const room = card.querySelector(".readout-history");
    if (!this.#chart) room?.remove();
    if (!this.#chart || !room) return;
    const { node } = this.#chart;
    this.#chart.show(period);
    room.replaceChildren(node);
    if (focused) node.focus({ preventScroll: true });
  }
}
