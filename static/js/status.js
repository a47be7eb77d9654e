// One region for screen readers beside the map: what the eye sees there, in a sentence.

import { element } from "./dom.js";

// The region must stand before its text comes; a text that comes again is spoken again.
export function tell(container, text) {
  let node = container.querySelector("#map-status");
  if (!node) {
    node = element("p", { id: "map-status", class: "visually-hidden", role: "status" });
    container.append(node);
  }
  node.textContent = text && node.textContent === text ? `${text}\u00a0` : text;
}
