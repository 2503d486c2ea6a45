"""Lists the layers of a WMTS as QGIS does: in the dialog of the data source manager and in the Browser panel.

`qgis-layer-list.py URL`, or `qgis-layer-list.py FILE` with a connection file. Writes `dialog`, a list of [title, tile set], and
`browser`, a list of [name, names of its children], as JSON.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import QgsApplication, QgsSettings  # noqa: E402
from qgis.gui import QgsGui, QgsManageConnectionsDialog  # noqa: E402
from qgis.PyQt.QtWidgets import QPushButton, QTableWidget  # noqa: E402

CONNECTIONS = "qgis/connections-wms"
KEPT = []


def add_connection(source):
    settings = QgsSettings()
    settings.remove(CONNECTIONS)
    if source.startswith("http"):
        settings.setValue(f"{CONNECTIONS}/heatmap/url", source)
        return
    dialog = QgsManageConnectionsDialog(
        None, QgsManageConnectionsDialog.Import, QgsManageConnectionsDialog.WMS, source
    )
    dialog.selectAll()
    dialog.doExportImport()


def dialog_rows():
    (provider,) = QgsGui.sourceSelectProviderRegistry().providersByKey("wms")
    dialog = provider.createDataSourceWidget()
    dialog.refresh()
    dialog.findChild(QPushButton, "btnConnect").click()
    table = dialog.findChild(QTableWidget, "lstTilesets")
    columns = {table.horizontalHeaderItem(i).text(): i for i in range(table.columnCount())}
    return [
        [table.item(row, columns[name]).text() for name in ("Title", "Tileset")] for row in range(table.rowCount())
    ]


def children(item):
    """Python must not free an item, because QGIS still has it."""
    found = item.children()
    KEPT.extend([item, *found])
    return found


def browser_rows():
    (provider,) = [p for p in QgsApplication.dataItemProviderRegistry().providers() if p.name() == "WMS"]
    root = provider.createDataItem("", None)
    root.populate(True)
    (connection,) = children(root)
    connection.populate(True)
    return [[layer.name(), [child.name() for child in children(layer)]] for layer in children(connection)]


application = QgsApplication([], True)
application.initQgis()
add_connection(sys.argv[1])
json.dump({"dialog": dialog_rows(), "browser": browser_rows()}, sys.stdout)
sys.stdout.flush()
# QGIS may crash while Python frees its objects in another order than QGIS expects.
os._exit(0)
