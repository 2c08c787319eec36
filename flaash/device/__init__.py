# SPDX-License-Identifier: Apache-2.0
"""A machine whose memory holds tensors from one contraction to the next; docs/device_tensors.md."""

from flaash.device.device import Device
from flaash.device.held import Tensor
from flaash.device.report import DeviceReport, DeviceStep

__all__ = ["Device", "DeviceReport", "DeviceStep", "Tensor"]
