// Bringing the map to a place that was chosen by name or by address, once its tiles are there.

import { boxOf, complete } from "./frame.js";

// Pixels across which a place is too small to be seen at a glance.
const SMALL = 40;
// Zoom levels that one approach adds at most: what is around stays known.
const CLOSER = 3.5;
// The zoom from which a place that is a point is near enough.
const NEAR = 10;
const EDGE = 40;

export class Approach {
  constructor(atlas, whereabouts) {
    this.atlas = atlas;
    this.whereabouts = whereabouts;
    this.wanted = null;
  }

  to(id) {
    this.wanted = id;
    this.moved = false;
    this.settle();
  }

  settle() {
    const { map, base, tiles, layer } = this.atlas;
    const { frame } = base;
    if (!this.wanted || !frame || !complete(frame, tiles)) return;
    const box = boxOf(frame, tiles, layer.key, this.wanted);
    const point = this.whereabouts.at(this.wanted);
    if (!box && point && !this.moved) {
      // Not in this view, or a place that is a point: look there once.
      this.moved = true;
      if (map.getBounds().contains(point)) this.settle();
      else map.setView(point, map.getZoom(), { animate: false });
      return;
    }
    this.wanted = null;
    const most = Math.min(map.getZoom() + CLOSER, map.getMaxZoom());
    if (!box) {
      if (point && map.getZoom() < NEAR) map.setView(point, most);
      return;
    }
    const [northWest, southEast] = [[box[0], box[1]], [box[2], box[3]]].map(
      (corner) => map.layerPointToLatLng(frame.corner.add(corner)),
    );
    if (Math.max(box[2] - box[0], box[3] - box[1]) <= SMALL) {
      map.fitBounds([northWest, southEast], { maxZoom: most });
    } else if (point && !map.getBounds().contains(point)) {
      map.panInside(point, { padding: [EDGE, EDGE] });
    }
  }
}
