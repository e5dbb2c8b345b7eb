"""
LINE's own OpenAPI files as a judge of requests, and a mock server made from them.

The files lie beside the repository and are only read. OpenAPI tells kinds of objects apart by a
discriminator, which validators of JSON Schema do not heed: with the files as they are a text
message without text would pass. Each reference to such a base is therefore written anew, as one
`if`/`then` for each kind.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

FILES = ("messaging-api", "insight", "channel-access-token")
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
REQUEST_ID = "0f4ec5d2-0000-4000-8000-000000000001"


class Judge:
    """One of LINE's files."""

    def __init__(self, path: Path) -> None:
        import yaml

        self.document = yaml.safe_load(path.read_text("utf-8"))
        self._bases = {
            f"#/components/schemas/{name}": schema["discriminator"]
            for name, schema in self._schemas().items()
            if "discriminator" in schema
        }
        self._components = {
            "schemas": {name: self._told_apart(item) for name, item in self._schemas().items()}
        }

    def _schemas(self) -> Mapping[str, Any]:
        return self.document["components"]["schemas"]

    def _told_apart(self, schema: Any, *, whole: bool = True) -> Any:
        """
        Return *schema* with the kinds told apart.

        *whole* is false inside `allOf`, where a part describes only some of an object.
        """
        if isinstance(schema, list):
            return [self._told_apart(item, whole=whole) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return self._reference(schema["$ref"]) if whole else dict(schema)
        told = {
            name: self._told_apart(value, whole=name != "allOf")
            for name, value in schema.items()
            if name not in {"discriminator", "example", "nullable"}
        }
        if schema.get("nullable"):
            told["type"] = [schema["type"], "null"]
        return told

    def _reference(self, reference: str) -> dict[str, Any]:
        """Return a reference that lets through no property that the file does not name."""
        strict: dict[str, Any] = {"$ref": reference}
        if base := self._bases.get(reference):
            name, kinds = base["propertyName"], base["mapping"]
            strict["required"] = [name]
            strict["properties"] = {name: {"enum": list(kinds)}}
            strict["allOf"] = [
                {
                    "if": {"properties": {name: {"const": kind}}, "required": [name]},
                    "then": {"$ref": target},
                }
                for kind, target in kinds.items()
            ]
        if self._is_object(reference):
            strict["unevaluatedProperties"] = False
        return strict

    def _is_object(self, reference: str) -> bool:
        schema = self._schemas()[reference.rpartition("/")[2]]
        return "properties" in schema or "allOf" in schema

    def complaints(self, schema: Mapping[str, Any], value: object) -> list[str]:
        """Return what is wrong with *value*, each with its place."""
        from jsonschema import Draft202012Validator

        whole = {**self._told_apart(dict(schema)), "components": self._components}
        checker = Draft202012Validator.FORMAT_CHECKER
        errors = Draft202012Validator(whole, format_checker=checker).iter_errors(value)
        return [f"{error.json_path}: {error.message[:200]}" for error in errors]

    def operation(self, method: str, path: str) -> Mapping[str, Any] | None:
        """Return the file's description of what a request asks for."""
        return self.document["paths"].get(path, {}).get(method.lower())


@cache
def judges(folder: Path) -> tuple[Judge, ...]:
    """Return LINE's files in *folder*."""
    return tuple(Judge(folder / f"{name}.yml") for name in FILES)


def refusals(
    judge: Judge,
    operation: Mapping[str, Any],
    *,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    body: bytes,
) -> Iterator[str]:
    """Yield what LINE's file says against a request."""
    given = {"header": {name.lower(): value for name, value in headers.items()}, "query": query}
    for parameter in operation.get("parameters", []):
        name, place = parameter["name"], parameter["in"]
        value = given[place].get(name.lower() if place == "header" else name)
        if value is not None:
            yield from judge.complaints(parameter["schema"], value)
        elif parameter.get("required"):
            yield f"{place} {name}: missing"
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    yield from (f"query {name}: unknown" for name in query if name not in names)
    if content := operation.get("requestBody", {}).get("content"):
        kind = given["header"].get("content-type", "").partition(";")[0]
        if kind not in content:
            yield f"content type {kind}: not one of {', '.join(content)}"
        else:
            value = dict(parse_qsl(body.decode())) if kind == FORM else json.loads(body)
            yield from judge.complaints(content[kind]["schema"], value)


class MockLine:
    """A server that knows LINE from its files alone. It answers with the files' examples."""

    def __init__(self, folder: Path) -> None:
        self.judges = judges(folder)
        self.asked: list[str] = []
        self.refused: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.mock = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> MockLine:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, object]:
        """Return status and body for a request."""
        parts = urlsplit(target)
        self.asked.append(f"{method} {parts.path}")
        for judge in self.judges:
            operation = judge.operation(method, parts.path)
            if operation is None:
                continue
            secured = operation.get("security", judge.document.get("security", []))
            if secured and not headers.get("Authorization", "").startswith("Bearer "):
                return 401, {"message": "no token"}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            wrong = list(refusals(judge, operation, headers=headers, query=query, body=body))
            self.refused += wrong
            details = [{"message": told, "property": told.split(":")[0]} for told in wrong]
            if wrong:
                return 400, {"message": f"{len(wrong)} error(s)", "details": details}
            return 200, _example(operation)
        self.refused.append(f"{method} {parts.path}: unknown")
        return 404, {"message": "Not found"}


def _example(operation: Mapping[str, Any]) -> object:
    content = operation["responses"]["200"].get("content", {}).get(JSON, {})
    examples = [item["value"] for item in content.get("examples", {}).values()]
    return content.get("example", examples[0] if examples else {})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status, answer = self.server.mock.answer(self.command, self.path, self.headers, body)
        raw = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("x-line-request-id", REQUEST_ID)  # in LINE's reference, not in its files
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_DELETE = _serve
