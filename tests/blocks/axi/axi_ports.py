# SPDX-License-Identifier: Apache-2.0
"""AXI ports of a block, whose names end in _i and _o, as buses of cocotbext-axi."""

from cocotb.handle import SimHandleBase
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamSink, AxiStreamSource
from cocotbext.axi.axil_channels import (
    AxiLiteARBus,
    AxiLiteAWBus,
    AxiLiteBBus,
    AxiLiteRBus,
    AxiLiteWBus,
)


class _InwardBus(AxiStreamBus):
    _signals = {"tdata": "tdata_i"}
    _optional_signals = {"tvalid": "tvalid_i", "tready": "tready_o", "tlast": "tlast_i"}


class _OutwardBus(AxiStreamBus):
    _signals = {"tdata": "tdata_o"}
    _optional_signals = {"tvalid": "tvalid_o", "tready": "tready_i", "tlast": "tlast_o"}


def stream_source(entity: SimHandleBase, prefix: str, reset: SimHandleBase) -> AxiStreamSource:
    """Return a source of frames of integers as wide as a beat, at `<prefix>_tvalid_i` and so on."""
    bus = _InwardBus.from_prefix(entity, prefix)
    return AxiStreamSource(bus, entity.clk_i, reset, reset_active_level=False, byte_size=len(bus.tdata))


def stream_sink(entity: SimHandleBase, prefix: str, reset: SimHandleBase) -> AxiStreamSink:
    """Return a sink of frames of integers as wide as a beat, at `<prefix>_tvalid_o` and so on."""
    bus = _OutwardBus.from_prefix(entity, prefix)
    return AxiStreamSink(bus, entity.clk_i, reset, reset_active_level=False, byte_size=len(bus.tdata))


def _channel(bus: type, entity: SimHandleBase, prefix: str, payload: list[str], valid: str, ready: str):
    """Return a channel; payload and valid come from the host unless valid ends in _o."""
    suffix = valid[-2:]
    names = {name: name + suffix for name in payload}
    names[valid[:-2]] = valid
    names[ready[:-2]] = ready
    renamed = type(bus.__name__, (bus,), {"_signals": names, "_optional_signals": []})
    return renamed.from_prefix(entity, prefix)


def lite_master(entity: SimHandleBase, prefix: str, reset: SimHandleBase) -> AxiLiteMaster:
    """Return an AXI4-Lite master at `<prefix>_awvalid_i` and so on."""
    channels = [
        _channel(AxiLiteAWBus, entity, prefix, ["awaddr", "awprot"], "awvalid_i", "awready_o"),
        _channel(AxiLiteWBus, entity, prefix, ["wdata", "wstrb"], "wvalid_i", "wready_o"),
        _channel(AxiLiteBBus, entity, prefix, ["bresp"], "bvalid_o", "bready_i"),
        _channel(AxiLiteARBus, entity, prefix, ["araddr", "arprot"], "arvalid_i", "arready_o"),
        _channel(AxiLiteRBus, entity, prefix, ["rdata", "rresp"], "rvalid_o", "rready_i"),
    ]
    return AxiLiteMaster(AxiLiteBus.from_channels(*channels), entity.clk_i, reset, reset_active_level=False)
