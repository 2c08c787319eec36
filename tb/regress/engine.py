# SPDX-License-Identifier: Apache-2.0
"""The workers of a regression: processes of this machine, or jobs of a Slurm cluster, managed by Dask.

Dask hands tasks to workers that live as long as the regression, so a run costs no new Python. The task of a
worker that has died goes to another one. docs/regressions.md has the measurements for this choice.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import dask
import psutil
from distributed import Client, LocalCluster, SpecCluster

from sim.commands import BUILD_FOLDER
from sim.toolchain import BUILD, ROOT, ToolMissing
from tb.cli.common import UsageError

PLACES = ("here", "slurm")
# A worker without a sign for this time is dead: another thread of the worker sends signs during a run.
WORKER_TTL = "60s"
LOOPBACK = "127.0.0.1"
GRACE = 5.0  # seconds for processes to end
ANY_PORT = ":0"  # port of Dask's own page, because another regression may use the default port


def check_place(where: str) -> None:
    """Raise UsageError or ToolMissing unless runs can be carried out at a place, here or on a cluster."""
    if where not in PLACES:
        raise UsageError(f"ON={where}: choose one of {', '.join(PLACES)}")
    if where == "slurm" and shutil.which("sbatch") is None:
        raise ToolMissing.of("sbatch")


@contextlib.contextmanager
def workers(where: str, count: int, scratch: Path) -> Iterator[Client]:
    """Yield a client of `count` workers that carry out one task at a time each.

    Args:
        where: "here", or "slurm": as jobs of a cluster that shares this file system; partition, account and
            so on stand in Dask's own configuration (jobqueue.slurm in ~/.config/dask/jobqueue.yaml).
        count: of workers.
        scratch: folder for files of the engine.

    Raises:
        UsageError: there is none where the workers can meet.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    settings = {
        "distributed.scheduler.worker-ttl": WORKER_TTL,
        "distributed.scheduler.allowed-failures": 5,
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": False,
        "distributed.scheduler.worker-saturation": 1.0,
        "temporary-directory": str(scratch),
    }
    with dask.config.set(settings):
        with _without_interruptions():
            cluster = _slurm(count, scratch) if where == "slurm" else _local(count)
        with _ending_quietly(cluster) as client:
            yield client


@contextlib.contextmanager
def _without_interruptions() -> Iterator[None]:
    """Keep Ctrl-C from the threads and processes that begin here, simulators included.

    A terminal sends the signal to all of them. A worker would show a traceback, and a simulator that ends by it would
    count as a failed run. This process handles the signal, also one that came meanwhile.
    """
    resource_tracker.ensure_running()  # where it starts, it lets the signal in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _ending_quietly(cluster: SpecCluster) -> Iterator[Client]:
    """Yield a client. After an interruption the workers end first: a run that was stopped has no record."""
    family: list[psutil.Process] = []
    before = signal.getsignal(signal.SIGINT)
    try:
        with cluster, Client(cluster) as client:
            try:
                yield client
            except KeyboardInterrupt:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # the second one would disturb the end
                family = psutil.Process().children(recursive=True)
                raise
    finally:
        for process in family:  # simulators whose workers are gone
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=GRACE)
        signal.signal(signal.SIGINT, before)


def _local(count: int) -> LocalCluster:
    """Return a cluster of processes of this machine."""
    try:
        with socket.create_server((LOOPBACK, 0)) as server, socket.create_connection(server.getsockname()):
            pass
    except OSError as error:
        raise UsageError(
            f"the workers can't meet on the loopback interface, {LOOPBACK} ({error.strerror}):"
            " 'ip link set lo up' starts it"
        ) from None
    return LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        host=LOOPBACK,
        dashboard_address=f"{LOOPBACK}:0",
        silence_logs=logging.CRITICAL,
    )


def _slurm(count: int, scratch: Path):
    """Return a cluster of Slurm jobs of one worker each; a job that ends is replaced."""
    from dask_jobqueue import SLURMCluster

    cluster = SLURMCluster(
        cores=1,
        processes=1,
        memory=dask.config.get("jobqueue.slurm.memory", None) or "1GB",
        python=sys.executable,
        log_directory=str(scratch),
        local_directory=str(scratch),
        silence_logs="critical",
        scheduler_options={"dashboard_address": ANY_PORT},
        job_script_prologue=[
            f"cd {ROOT}",
            f"export {BUILD_FOLDER}={BUILD}",
        ],
    )
    cluster.adapt(minimum_jobs=count, maximum_jobs=count, interval="2s", wait_count=10**6)
    return cluster
