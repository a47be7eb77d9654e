// The Leaflet map of a page: how far it goes, its buttons, its first view.

import { _ } from "./words.js";

const L = window.L;

// `beside` is a panel that lies on the map and that the first view leaves free, or null.
export function makeMap(container, configuration, attribution, beside = null) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(container, {
    minZoom: configuration.minZoom,
    maxZoom: configuration.maxZoom,
    maxBounds: configuration.maxBounds,
    zoomSnap: 0.25,
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: false,
    zoomAnimation: !still,
    fadeAnimation: false,
    inertia: !still,
  });
  L.control.attribution({ prefix: false, position: "bottomright" })
    .addAttribution(escaped(attribution)).addTo(map);
  L.control.zoom({
    position: "bottomright", zoomInTitle: _("Zoom in"), zoomOutTitle: _("Zoom out"),
  }).addTo(map);
  L.control.scale({ position: "bottomleft", maxWidth: 90 }).addTo(map);
  fit(map, configuration.bounds, beside);
  const node = map.getContainer();
  // A page must scroll past its map: the wheel zooms once the map has the focus.
  node.addEventListener("focus", () => map.scrollWheelZoom.enable());
  node.addEventListener("blur", () => map.scrollWheelZoom.disable());
  return map;
}

function fit(map, bounds, panel) {
  const { clientWidth } = map.getContainer();
  const edge = clientWidth < 700 ? 10 : 28;
  const free = panel && clientWidth > 2.4 * panel.offsetWidth && panel.offsetLeft > 0
    ? panel.offsetLeft + panel.offsetWidth : 0;
  map.fitBounds(bounds, {
    paddingTopLeft: [Math.max(edge, free), edge], paddingBottomRight: [edge, edge], animate: false,
  });
}

function escaped(text) {
  const node = document.createElement("span");
  node.textContent = text;
  return node.innerHTML;
}
