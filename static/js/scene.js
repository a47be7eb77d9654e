// One view drawn on one Leaflet map: the ground, areas or circles, names, and the outlines of what
// is pointed at and chosen. Several scenes may share their sources: a tile is fetched and decoded once.

import { pointsIn, polygonAt } from "./frame.js";
import { fadeEdges, paintLakes, paintLand, paintPlaces } from "./ground.js";
import {
  boxesOf, paintAreas, paintEdges, paintOutline, paintSymbols, ringSymbol, symbolAt,
} from "./paint.js";
import { Sheet } from "./sheet.js";
import { Surface } from "./surface.js";
import { TileSource } from "./tiles.js";

// Areas of a layer from which on their outlines are thinner when seen from afar.
const MANY = 150;
// The zoom from which jurisdictions are named on the map.
const NEAR = 8;
const NEAR_MANY = 10;

// The tiles of a layer, and of the ground where there is one; every scene repaints as they come.
export class Sources {
  constructor(layer, ground) {
    this.scenes = new Set();
    const repaint = () => this.scenes.forEach((scene) => scene.repaint());
    this.tiles = new TileSource(layer.tiles, layer.zooms, layer.bounds, repaint);
    this.context = ground
      ? new TileSource(ground.tiles, ground.zooms, ground.bounds, repaint) : null;
  }
}

export class Scene {
  // `view` is as of `Shown.scene`: {theme, column, report, symbols, reference, options, chosen}.
  constructor(map, sources, layer, view) {
    this.map = map;
    this.tiles = sources.tiles;
    this.context = sources.context;
    this.layer = layer;
    this.view = view;
    this.many = layer.mapped > MANY;
    this.hovered = null;
    this.selected = null;
    this.placed = [];
    // What the figures lie between: painted anew for another view of the map, not for other figures.
    this.under = new Sheet();
    this.over = new Sheet();
    // Called after every painting of the areas, and with the frame of what lies on top.
    this.onPainted = null;
    this.paintOnTop = null;
    this.base = new Surface((frame) => this.#paintBase(frame), "base");
    this.overlay = new Surface((frame) => this.#paintOverlay(frame), "overlay");
    map.addLayer(this.base);
    map.addLayer(this.overlay);
    sources.scenes.add(this);
  }

  show(view) {
    this.view = view;
    this.repaint();
  }

  repaint() {
    this.base.request();
    this.overlay.request();
  }

  hover(id) {
    if (this.hovered === id) return;
    this.hovered = id;
    this.overlay.request();
  }

  select(id) {
    this.selected = id;
    this.overlay.request();
  }

  // The properties of what is at a point of the map's container, or null.
  at(point) {
    const { frame } = this.base;
    if (!frame) return null;
    const { reference } = this.view;
    const corner = this.map.containerPointToLayerPoint(point).subtract(frame.corner);
    const symbol = symbolAt(this.placed, corner, reference);
    if (symbol) return { ...symbol.properties, id: symbol.key };
    return polygonAt(frame, this.tiles, this.layer.key, corner)?.properties ?? null;
  }

  #paintBase(frame) {
    const { context, tiles, layer, many } = this;
    const { theme, column, report, symbols, reference, options, chosen } = this.view;
    const drawn = [tiles.arrived, context?.arrived, theme.name].join();
    if (context) {
      this.under.paint(frame, drawn, (sheet) => {
        paintLand(sheet, context, theme);
        fadeEdges(sheet, context, theme);
      });
    }
    if (report) report.draw.paintReport(frame, tiles, layer.key, report, chosen, theme);
    else paintAreas(frame, tiles, layer.key, column, options);
    this.over.paint(frame, drawn, (sheet) => {
      if (context) paintLakes(sheet, context, theme);
      paintEdges(sheet, tiles, layer.key, theme, many);
    });
    if (report) {
      this.placed = report.draw.paintReportMarks(frame, tiles, layer.key, report, chosen, theme);
    } else if (!symbols || !column) this.placed = [];
    else {
      this.placed = paintSymbols(
        frame, tiles, layer.key, column, reference, theme, options.matches,
      );
    }
    this.onPainted?.();
    if (!context) return;
    const near = (report || !symbols) && frame.zoom >= (many ? NEAR_MANY : NEAR)
      ? pointsIn(frame, tiles, `${layer.key}-labels`, ({ id }) => id).filter(
        ({ key }) => !["no_boundary", "not_applicable"].includes(column?.get(key)?.status),
      ) : [];
    paintPlaces(frame, context, theme, boxesOf(this.placed, reference), near);
  }

  #paintOverlay(frame) {
    const { theme, reference } = this.view;
    const { hover, selected } = theme.colours;
    const casing = theme.colours["hover-casing"];
    for (const [id, colour, width] of [[this.hovered, hover, 1.6], [this.selected, selected, 2.6]]) {
      if (!id) continue;
      const symbol = this.placed.find((candidate) => candidate.key === id);
      if (symbol) ringSymbol(frame, symbol, reference, colour, casing, width);
      else paintOutline(frame, this.tiles, this.layer.key, id, colour, casing, width);
    }
    this.paintOnTop?.(frame);
  }
}
