"""The cycle collector while it is held."""

from __future__ import annotations

import gc

import pytest

from pipeline.garbage import collection_paused


def test_the_collector_rests_inside_and_runs_again_after_a_fault() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), collection_paused():
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collection_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
