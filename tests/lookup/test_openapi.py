"""Schemathesis checks the service against its own OpenAPI description."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from lookup.conftest import Service
from schemathesis import GenerationMode

_EXAMPLES = 15
_ONE, _MANY = "/api/v1/buildings/{key}", "/api/v1/batch"


@pytest.mark.parametrize(
    ("method", "path", "mode", "fixed"),
    [
        ("GET", _ONE, GenerationMode.POSITIVE, {}),
        ("GET", _ONE, GenerationMode.NEGATIVE, {}),
        # few keys that are made up find anything
        ("GET", _ONE, GenerationMode.POSITIVE, {"path_parameters": {"key": "M1"}}),
        ("GET", _ONE, GenerationMode.POSITIVE, {"path_parameters": {"key": "M2"}}),
        ("POST", _MANY, GenerationMode.POSITIVE, {}),
        ("POST", _MANY, GenerationMode.NEGATIVE, {}),
        ("GET", "/api/v1/months", GenerationMode.POSITIVE, {}),
    ],
)
def test_every_answer_matches_the_description(
    service: Service, method: str, path: str, mode: GenerationMode, fixed: dict[str, Any]
) -> None:
    """Requests that the description allows, and such as it does not, get what it announces."""
    schema = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", service.gate, headers={"Host": "127.0.0.1"}
    )
    schema.config.base_url = "http://127.0.0.1"

    @given(case=schema[path][method].as_strategy(mode, **fixed))
    @settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()


def test_every_part_of_the_description_has_text(service: Service) -> None:
    content = service.get("/api/v1/openapi.json").json()
    assert set(content["paths"]) == {
        "/api/v1/buildings/{key}",
        "/api/v1/batch",
        "/api/v1/months",
    }
    for path in content["paths"].values():
        for operation in path.values():
            assert operation["description"]
            assert operation["summary"]
            for parameter in operation.get("parameters", []):
                assert parameter["description"]
    for name, model in content["components"]["schemas"].items():
        for field, shape in model.get("properties", {}).items():
            assert shape.get("description") or "$ref" in shape, f"{name}.{field} has no words"
