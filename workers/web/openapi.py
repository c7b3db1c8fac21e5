"""The HTTP contract as an OpenAPI 3.1 document. A test holds it against the routes and answers."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from workers.trigger import LONGEST_KEY, MOST_SOURCES, MOST_URLS
from workers.web.exchange import Answer, Call, json_answer
from workers.web.metrics import CONTENT_TYPE
from workers.web.runs import MOST_LISTED, MOST_WAIT_SECONDS

_COUNTS = (
    "accepted", "stored", "revised", "unchanged", "duplicate", "dropped", "dead", "pending",
)  # fmt: skip
_TEXT = {"type": "string"}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint"],
            "properties": {"code": _TEXT, "message": _TEXT, "hint": _TEXT},
        }
    },
}
_RUN = {
    "type": "object",
    "required": ["run", "run_key", "kind", "created_at", "ended", "balances", "reasons", *_COUNTS],
    "properties": {
        "run": {"type": "string", "format": "uuid"},
        "run_key": {"type": ["string", "null"]},
        "kind": _TEXT,
        "created_at": {"type": "string", "format": "date-time"},
        "ended": {"type": "boolean", "description": "all is accepted and nothing is pending"},
        "balances": {"type": "boolean", "description": "accepted = ends + pending"},
        "reasons": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["outcome", "reason", "count"],
                "properties": {"outcome": _TEXT, "reason": _TEXT, "count": {"type": "integer"}},
            },
        },
        **{name: {"type": "integer", "minimum": 0} for name in _COUNTS},
        "lists": {"type": "object", "description": "of a crawl: its polls, by how they ended"},
    },
}
_REQUEST = {
    "type": "object",
    "description": "One of these: URLs to fetch, or sources whose lists are to be polled.",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "urls": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MOST_URLS},
        "sources": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MOST_SOURCES},
        "due": {"const": True, "description": "every list whose time has come"},
        "all": {"const": True, "description": "every list of every source"},
    },
}
_HEALTH = {
    "type": "object",
    "required": ["healthy", "roles"],
    "properties": {
        "healthy": {"type": "boolean"},
        "roles": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["healthy"],
                "properties": {
                    "healthy": {"type": "boolean"},
                    "problems": {"type": "array", "items": _TEXT},
                },
            },
        },
    },
}


def document(call: Call) -> Answer:
    """The document."""
    return json_answer(openapi())


def openapi() -> dict[str, Any]:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copydesk",
            "version": version("copydesk"),
            "description": "Start runs, wait for them, see how it stands. Fields are only added.",
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Run": _RUN, "Request": _REQUEST, "Error": _ERROR, "Health": _HEALTH},
        },
        "security": [{"token": []}],
        "paths": {
            "/v1/runs": {"post": _START, "get": _LIST},
            "/v1/runs/{id}": {"get": _ONE},
            "/v1/openapi.json": {"get": _open("This document", {"type": "object"})},
            "/healthz": {
                "get": _open("Whether work is being done", _ref("Health"))
                | {
                    "responses": {
                        "200": _body("Work is being done", _ref("Health")),
                        "503": _body("It is not", _ref("Health")),
                    }
                }
            },
            "/metrics": {
                "get": {
                    "summary": "Prometheus's text format",
                    "responses": {
                        "200": {"description": "Metrics", "content": {CONTENT_TYPE: {}}},
                        **_errors(401),
                    },
                }
            },
        },
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _body(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _open(summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "security": [], "responses": {"200": _body(summary, schema)}}


def _errors(*statuses: int) -> dict[str, Any]:
    said = {
        400: "What was sent cannot be read",
        401: "The token is missing or wrong",
        404: "There is no such run",
        413: "Too much for one call",
        415: "The body is not JSON",
        422: "The key stands for another request, or a source cannot be crawled",
        503: "The database is away, or a setting is missing",
    }
    named = {str(status): _body(said[status], _ref("Error")) for status in statuses}
    other = "A method that is not for here (405), a wrong host (421), a bug of ours (500)"
    return named | {"default": _body(other, _ref("Error"))}


def _query(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


_START = {
    "summary": "Start a run, or find the one that the key stands for",
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "A retry with the same key and body is the same run.",
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
        }
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Request")}}},
    "responses": {
        "201": _body("A new run", _ref("Run")),
        "200": _body("The run of an earlier call with this key", _ref("Run")),
        **_errors(400, 401, 413, 415, 422, 503),
    },
}
_LIST = {
    "summary": "The newest runs, or the one of a key",
    "parameters": [
        _query("limit", "Most runs", type="integer", minimum=1, maximum=MOST_LISTED, default=20),
        _query("run_key", "Only the run of this key", type="string"),
    ],
    "responses": {
        "200": _body(
            "Runs",
            {
                "type": "object",
                "required": ["runs"],
                "properties": {"runs": {"type": "array", "items": _ref("Run")}},
            },
        ),
        **_errors(400, 401, 503),
    },
}
_ONE = {
    "summary": "How a run stands; with wait, once it has ended or the time is over",
    "parameters": [
        {"name": "id", "in": "path", "required": True, "schema": _TEXT},
        _query("wait", "Most seconds to wait", type="number", minimum=0, maximum=MOST_WAIT_SECONDS),
    ],
    "responses": {"200": _body("The run", _ref("Run")), **_errors(400, 401, 404, 503)},
}
