"""Draw maps in QGIS and tell the pixels: run by the Python that QGIS is installed for.

Reads a task as JSON from standard input, writes the answer as JSON to standard output.
"""

import json
import sys

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsFillSymbol,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def tile_layer(task):
    source = QgsDataSourceUri()
    source.setParam("type", "xyz")
    source.setParam("url", task["template"])
    source.setParam("zmin", str(task["least"]))
    source.setParam("zmax", str(task["most"]))
    if "style" in task:
        source.setParam("styleUrl", task["style"])
    layer = QgsVectorTileLayer(bytes(source.encodedUri()).decode(), "tiles")
    if not layer.isValid():
        raise SystemExit(f"QGIS does not take {task['template']}")
    if "style" in task:
        said, fine = layer.loadDefaultStyle()
        if not fine:
            raise SystemExit(f"QGIS does not take {task['style']}: {said}")
    else:
        layer.setRenderer(by_filters(task["layer"], task["filters"]))
    return layer


def by_filters(name, filters):
    """Fill features by the first filter that they pass."""
    styles = []
    for number, (expression, colour) in enumerate(filters):
        symbol = QgsFillSymbol.createSimple({"color": colour, "outline_style": "no"})
        style = QgsVectorTileBasicRendererStyle(str(number), name, QgsWkbTypes.PolygonGeometry)
        style.setFilterExpression(expression)
        style.setSymbol(symbol)
        styles.append(style)
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles(styles)
    return renderer


def draw(layers, task):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setOutputDpi(96)
    settings.setOutputSize(QSize(*task["size"]))
    settings.setExtent(QgsRectangle(*task["extent"]))
    settings.setBackgroundColor(QColor("#ffffff"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    where = settings.mapToPixel()
    squares = []
    for x, y in task["points"]:
        at = where.transform(x, y)
        half, size = task["square"] // 2, task["square"]
        squares.append(
            [
                QColor(
                    image.pixel(int(at.x()) - half + i % size, int(at.y()) - half + i // size)
                ).getRgb()[:3]
                for i in range(size * size)
            ]
        )
    return {"squares": squares, "errors": [error.message for error in job.errors()]}


def features(task):
    """Read the features of the OGC API."""
    uri = f"url='{task['url']}' typename='{task['collection']}'"
    layer = QgsVectorLayer(uri, "features", "OAPIF")
    if not layer.isValid():
        raise SystemExit(f"QGIS does not take {uri}: {layer.error().message()}")
    names = [field.name() for field in layer.fields()]
    found = [
        {
            "properties": {
                name: value
                for name, value in zip(names, feature.attributes(), strict=True)
                if isinstance(value, (str, int, float))
            },
            "area": feature.geometry().area(),
        }
        for feature in layer.getFeatures()
    ]
    return {"features": found, "crs": layer.crs().authid()}


def main():
    task = json.load(sys.stdin)
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    work = features if task["do"] == "features" else lambda task: draw([tile_layer(task)], task)
    answer = work(task)
    json.dump(answer, sys.stdout)
    sys.stdout.flush()
    application.exitQgis()


main()
