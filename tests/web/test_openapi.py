"""The OpenAPI document is kept: whatever it allows is answered as it says, whatever it forbids is refused."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from starlette.testclient import TestClient
from starlette.types import ASGIApp

pytestmark = pytest.mark.xdist_group("web")  # what takes long to start is started once

#: Requests to each address: enough to meet each parameter's ends, few enough for a test.
EXAMPLES = 5


@pytest.fixture(scope="module")
def operations(app: ASGIApp, client: TestClient) -> list[Any]:
    """Every address of the document, in front of the application itself."""
    del client  # it has started the application
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis

        document = schemathesis.openapi.from_asgi("/openapi.json", app)
        return [found.ok() for found in document.get_all_operations()]


CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.filterwarnings("default")
def test_the_document_is_kept(operations: list[Any], mode: str) -> None:
    """Status, media type and form of each answer are those that the document names; what it forbids is refused."""
    from schemathesis import GenerationMode

    assert len(operations) >= 14
    asked = 0
    for operation in operations:

        @CALM
        @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
        def check(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate()

        try:
            check()
        except Unsatisfiable:  # an address without parameters has nothing to be wrong
            assert mode == "negative"
    assert asked > 30
