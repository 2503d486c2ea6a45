"""Imports a connection file or loads a layer definition in QGIS, and draws the layer.

Reads JSON from stdin: `kind` (xyz, wmts or qlr), `file`, `extent` [west, south, east, north] in EPSG:3857 and `size` in pixels.
Writes the name of the connection or layer and the picture, a PNG in base64, as JSON.
"""

import base64
import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsLayerDefinition,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
)
from qgis.gui import QgsManageConnectionsDialog  # noqa: E402
from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor, QImage  # noqa: E402

GROUPS = {"xyz": "qgis/connections-xyz", "wmts": "qgis/connections-wms"}
TYPES = {"xyz": QgsManageConnectionsDialog.XyzTiles, "wmts": QgsManageConnectionsDialog.WMS}


def imported_connections(kind, file):
    """As "Load Connections" in the browser panel: the settings of each connection by its name."""
    dialog = QgsManageConnectionsDialog(None, QgsManageConnectionsDialog.Import, TYPES[kind], file)
    dialog.selectAll()
    dialog.doExportImport()
    settings = QgsSettings()
    settings.beginGroup(GROUPS[kind])
    connections = {}
    for name in settings.childGroups():
        settings.beginGroup(name)
        connections[name] = {key: settings.value(key) for key in settings.childKeys()}
        settings.endGroup()
    return connections


def layer_of(kind, file):
    if kind == "qlr":
        ok, message = QgsLayerDefinition.loadLayerDefinition(
            file, QgsProject.instance(), QgsProject.instance().layerTreeRoot()
        )
        if not ok:
            raise RuntimeError(message)
        (layer,) = QgsProject.instance().mapLayers().values()
        return layer.name(), layer
    ((name, connection),) = imported_connections(kind, file).items()
    uri = QgsDataSourceUri()
    uri.setParam("url", connection["url"])
    if kind == "xyz":
        uri.setParam("type", "xyz")
        for key in ("zmin", "zmax", "tilePixelRatio"):
            uri.setParam(key, str(connection[key]))
    else:
        uri.setParam("crs", "EPSG:3857")
        uri.setParam("format", "image/png")
        uri.setParam("layers", "all-hot")
        uri.setParam("styles", "default")
        uri.setParam("tileMatrixSet", "GoogleMapsCompatible")
    return name, QgsRasterLayer(bytes(uri.encodedUri()).decode(), name, "wms")


def picture_of(layer, extent, size):
    if not layer.isValid():
        raise RuntimeError(f"{layer.source()} is not valid: {layer.error().message()}")
    if not layer.crs().isValid():
        raise RuntimeError(f"{layer.source()} has no valid CRS")
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(*extent))
    settings.setOutputSize(QSize(size, size))
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    settings.setOutputImageFormat(QImage.Format_ARGB32_Premultiplied)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.WriteOnly)
    job.renderedImage().save(buffer, "PNG")
    return base64.b64encode(bytes(data)).decode()


application = QgsApplication([], True)
application.initQgis()
task = json.load(sys.stdin)
name, layer = layer_of(task["kind"], task["file"])
json.dump({"name": name, "picture": picture_of(layer, task["extent"], task["size"])}, sys.stdout)
sys.stdout.flush()
# QGIS may crash while Python frees its objects in another order than QGIS expects.
os._exit(0)
