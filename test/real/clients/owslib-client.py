"""Uses a WMTS as people use OWSLib: reads a question in JSON from stdin and writes in JSON what came back."""

import base64
import json
import sys

from owslib.util import ServiceException, openURL
from owslib.wmts import WebMapTileService


def main():
    question = json.load(sys.stdin)
    service = WebMapTileService(
        question["url"],
        headers=question.get("headers"),
        username=question.get("username"),
        password=question.get("password"),
        timeout=15,
    )
    json.dump(
        {
            "layers": list(service.contents),
            "operations": [operation.name for operation in service.operations],
            "restOnly": service.restonly,
            "tileMatrixSets": {name: describe(s) for name, s in service.tilematrixsets.items()},
            "tiles": [fetch(service, tile) for tile in question.get("tiles", [])],
        },
        sys.stdout,
    )


def describe(tile_matrix_set):
    return {
        "crs": tile_matrix_set.crs,
        "levels": [
            {
                "identifier": matrix.identifier,
                "topLeftCorner": matrix.topleftcorner,
                "scaleDenominator": matrix.scaledenominator,
                "tileWidth": matrix.tilewidth,
                "matrixWidth": matrix.matrixwidth,
            }
            for matrix in tile_matrix_set.tilematrix.values()
        ],
    }


def fetch(service, tile):
    """Names no style and no format, and a set only when asked to: OWSLib takes its defaults from the document."""
    tile = dict(tile)
    encoding = tile.pop("encoding")
    try:
        if encoding == "rest":
            answer = openURL(service.buildTileResource(**tile), headers=service.headers, auth=service.auth)
        else:
            answer = service.gettile(**tile)
    except ServiceException as exception:
        return {"exception": str(exception)}
    return {
        "url": answer.geturl(),
        "type": answer.info()["Content-Type"],
        "bytes": base64.b64encode(answer.read()).decode("ascii"),
    }


main()
