// Pointing at a map: what is under the pointer is told beside it, what is clicked is chosen.

import { Tooltip } from "./readout.js";

export class Pointing {
  // `on` has linesOf(id), select(id or null) and ready(), whether there is anything to tell.
  constructor(map, scene, places, on) {
    this.map = map;
    this.scene = scene;
    this.places = places;
    this.on = on;
    this.tooltip = new Tooltip(map.getContainer());
    map.on("mousemove", ({ containerPoint }) => this.#hover(this.#at(containerPoint), containerPoint));
    map.on("mouseout movestart", () => this.#hover(null));
    map.on("click", ({ containerPoint }) => {
      const id = this.#at(containerPoint);
      on.select(id);
      if (id) this.#uncover(containerPoint);
    });
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Escape") on.select(null);
    });
  }

  tell(id, point) {
    const { name, kind } = this.places.of(id);
    this.tooltip.show(point, name, kind, this.on.linesOf(id));
  }

  #at(point) {
    const found = this.scene.at(point);
    if (found) this.places.learn(found);
    return found?.id ?? null;
  }

  #hover(id, point) {
    this.map.getContainer().classList.toggle("pointing", Boolean(id));
    if (id && this.on.ready()) this.tell(id, point);
    else this.tooltip.hide();
    this.scene.hover(id);
  }

  // On a phone the card comes up from below: move the place out from under it.
  #uncover(point) {
    const card = document.getElementById("readout");
    if (!card || card.hidden) return;
    const top = this.map.getContainer().getBoundingClientRect().top;
    const below = top + point.y + 24 - card.getBoundingClientRect().top;
    if (getComputedStyle(card).position === "fixed" && below > 0) this.map.panBy([0, below]);
  }
}
