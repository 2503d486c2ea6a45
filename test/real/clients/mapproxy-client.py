"""Answers requests with MapProxy: `mapproxy-client.py CONFIGURATION PATH...` writes a JSON list with the status and the body of each."""

import base64
import json
import sys
from wsgiref.util import setup_testing_defaults

from mapproxy.wsgiapp import make_wsgi_app

configuration, *targets = sys.argv[1:]
application = make_wsgi_app(configuration)


def response_to(target):
    path, _, query = target.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query}
    setup_testing_defaults(environ)
    statuses = []
    body = b"".join(application(environ, lambda status, headers, exc_info=None: statuses.append(status)))
    return {"status": statuses[0], "body": base64.b64encode(body).decode()}


json.dump([response_to(target) for target in targets], sys.stdout)
