# SPDX-License-Identifier: Apache-2.0
"""The C++ compiler of Verilator's simulations, and the options of a build with a profile."""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import subprocess

# Of Debian's package clang-19. Simulations of fast32 are 1.4 times as fast as by g++, and build in 0.6 of the
# time. Without optimization, clang builds `tiny` in 1.25 of g++'s time.
CLANG = "clang++-19"
SYSTEM = "c++"
# A build with a profile is compiled twice, with a run between. g++ needs no further program for the profile.
PROFILER = "g++"
# The run that trains the build writes its counts beside the objects.
GENERATE = ("-CFLAGS", "-fprofile-generate", "-CFLAGS", "-fprofile-update=single", "-LDFLAGS", "-fprofile-generate")
# Code that the training did not reach has no counts, which is no mistake.
USE = ("-CFLAGS", "-fprofile-use", "-CFLAGS", "-Wno-missing-profile")


def compiler(short: bool = False) -> str:
    """Return the command: CXX of the environment, else clang++-19 where it is installed, else c++.

    Args:
        short: for a simulation that is compiled without optimization, by c++.
    """
    return os.environ.get("CXX") or (CLANG if not short and shutil.which(CLANG) else SYSTEM)


@functools.cache
def version(command: str) -> str:
    """Return the first line that a compiler prints for --version, empty if the compiler cannot be run."""
    try:
        call = [*shlex.split(command), "--version"]
        result = subprocess.run(call, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return result.stdout.partition("\n")[0]


def is_clang(command: str) -> bool:
    """Return whether a compiler takes clang's options."""
    return "clang" in version(command)


def arguments(command: str) -> list[str]:
    """Return Verilator's arguments that let a compiler take coroutines."""
    return ["-CFLAGS", "-std=gnu++20" if is_clang(command) else "-fcoroutines"]


def makeflags(command: str) -> str:
    """Return settings of Verilator's makefile: the compiler, and how it includes a precompiled header."""
    header = "CFG_CXXFLAGS_PCH_I=-include"
    if is_clang(command):
        header = "CFG_CXXFLAGS_PCH_I=-include-pch CFG_GCH_IF_CLANG=.gch"
    word = command.replace(" ", r"\ ")  # CXX="ccache g++" is one value
    return f"CXX={word} LINK={word} {header}"
