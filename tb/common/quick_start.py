# SPDX-License-Identifier: Apache-2.0
"""Starts cocotb without pytest, whose import takes longer than a short simulation.

cocotb needs pytest for two things: the exceptions of `pytest.raises`, `skip` and `xfail`, and to show both
sides of an `assert` that fails. Here it gets only the exceptions. simulation.run() repeats a run in which a
bare `assert` failed with the whole of pytest. A bench that uses pytest itself still gets it at its first use.
"""

import importlib
import sys
from types import ModuleType

# The functions that cocotb calls at the start (cocotb's documentation, PYGPI_USERS), after begin().
USERS = ",".join(
    (
        f"{__name__}:begin",
        "cocotb_tools._coverage:start_cocotb_library_coverage",
        "cocotb.logging:_configure",
        "cocotb._init:init_package_from_simulation",
        "cocotb.regression:_run_regression",
    )
)
STANDING_IN = ("pytest", "_pytest.assertion", "_pytest.config")


def _real() -> ModuleType:
    for module in STANDING_IN:
        sys.modules.pop(module, None)
    return importlib.import_module("pytest")


class _Pytest(ModuleType):
    """Has the names that cocotb needs at import, and fetches the rest from the real pytest."""

    @staticmethod
    def raises(*arguments: object, **options: object) -> object:
        return _real().raises(*arguments, **options)

    @staticmethod
    def skip(*arguments: object, **options: object) -> None:
        _real().skip(*arguments, **options)

    @staticmethod
    def xfail(*arguments: object, **options: object) -> None:
        _real().xfail(*arguments, **options)

    def __getattr__(self, name: str) -> object:
        if name in ("RaisesExc", "RaisesGroup") or name.startswith("__"):
            raise AttributeError(name)
        return getattr(_real(), name)


# A module of pytest's own that imports nothing else of it; cocotb brings pytest with it.
_outcomes = importlib.import_module("_pytest.outcomes")
_Pytest.raises.Exception = _outcomes.Failed
_Pytest.skip.Exception = _outcomes.Skipped
_Pytest.xfail.Exception = _outcomes.XFailed


def begin() -> None:
    """Put stand-ins where cocotb imports pytest; with rewriting off it needs only the names of the others."""
    sys.modules["pytest"] = _Pytest("pytest")
    for name, attribute in (("_pytest.assertion", "install_importhook"), ("_pytest.config", "Config")):
        module = ModuleType(name)
        setattr(module, attribute, None)
        sys.modules[name] = module
