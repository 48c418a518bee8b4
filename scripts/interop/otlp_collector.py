"""A collector of OpenTelemetry metrics by HTTP, for the tests of `--otlp`.

It prints the URL at which it listens, and for each message one line of JSON: the resource's attributes, and the last value
of each series. It ends when its input is closed. With the argument `--refuse` it answers 503.
"""

import http.server
import json
import sys
import threading

from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service
from opentelemetry.proto.metrics.v1 import metrics_pb2 as metrics


def attributes(of):
    return {one.key: one.value.string_value for one in of}


def series(metric):
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    if kind != "gauge":
        assert data.aggregation_temporality == metrics.AGGREGATION_TEMPORALITY_CUMULATIVE, metric
    for point in data.data_points:
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(attributes(point.attributes).items()))
        if kind == "histogram":
            yield f"{metric.name}_count{{{labels}}}", point.count
            yield f"{metric.name}_bounds{{{labels}}}", list(point.explicit_bounds)
        else:
            value = getattr(point, point.WhichOneof("value"))
            yield f"{metric.name}{{{labels}}}" if labels else metric.name, value


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/v1/metrics", self.path
        assert self.headers["Content-Type"] == "application/x-protobuf"
        self.send_response(503 if "--refuse" in sys.argv else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        message = service.ExportMetricsServiceRequest.FromString(body)
        for resource in message.resource_metrics:
            found = {"resource": attributes(resource.resource.attributes), "series": {}, "help": {}, "header": self.headers.get("x-tenant")}
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    found["series"].update(series(metric))
                    found["help"][metric.name] = metric.description
            print(json.dumps(found), flush=True)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
