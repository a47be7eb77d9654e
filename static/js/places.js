// What the places of a layer are called: as the page's table has them, and the tiles as they come.

export class Places {
  constructor(layer) {
    this.layer = layer;
    this.found = new Map();
    const kinds = Object.values(layer.kinds);
    // The table has a name for a place that is off the map, too; and a kind where there are several.
    for (const row of document.querySelectorAll("#figures-table tbody tr")) {
      const [name, kind] = row.cells;
      this.found.set(row.dataset.id, {
        name: name.textContent, kind: kinds.length > 1 ? kind.textContent : kinds[0],
      });
    }
  }

  // Keep what a tile's feature says of itself.
  learn({ id, name, kind }) {
    this.found.set(id, { name, kind: this.layer.kinds[kind] ?? kind });
  }

  // `{name, kind}` of a place; its id where nothing is known.
  of(id) {
    const known = this.found.get(id);
    return { name: known?.name ?? id, kind: known?.kind ?? this.layer.singular };
  }
}
