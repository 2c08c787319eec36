# SPDX-License-Identifier: Apache-2.0
"""Places a netlist and routes it globally, in a process of its own: `place.py job.json`.

The log has a line per step, so that the caller knows where OpenROAD failed. Each round writes a netlist, its wires as
SPEF, and its figures. The first round keeps the netlist. The second round repairs the netlist for its wires.
"""

import json
import signal
import sys
from pathlib import Path

from openroad import Design, Tech


def step(name: str) -> None:
    print(f"step: {name}", flush=True)


class Layout:
    """A netlist on its die."""

    def __init__(self, job: dict) -> None:
        self.job = job
        self.technology = Tech()  # OpenROAD crashes if it is collected
        for path in job["lef"]:
            self.technology.readLef(path)
        for path in job["liberty"]:
            self.technology.readLiberty(path)
        self.design = Design(self.technology)
        self.design.readVerilog(job["netlist"])
        self.design.link(job["top"])
        self.block = self.design.getBlock()
        if len(self.block.getInsts()) != job["cells"]:
            raise RuntimeError("a cell of the netlist is in no LEF file: OpenROAD leaves it out")
        self.layers = self.design.getDb().getTech()
        self.unit = self.block.getDbUnitsPerMicron()
        for command in [*job["constraints"], *job["wires"]]:
            self.tcl(command)
        self.tcl(f"write_verilog {job['before']}")

    def tcl(self, command: str) -> None:
        """Run a command.

        Raises:
            RuntimeError: it failed.
        """
        if self.design.evalTclString(f"catch {{{command}}} wrong") != "0":
            raise RuntimeError(f"{command.split()[0]}: {self.design.evalTclString('set wrong')}")

    def area(self, memories: bool) -> float:
        """Return the area in um2 of the standard cells, and of the memories if wanted."""
        masters = [cell.getMaster() for cell in self.block.getInsts()]
        sizes = [one.getWidth() * one.getHeight() for one in masters if memories or not one.isBlock()]
        return sum(sizes) / self.unit**2

    def floorplan(self) -> None:
        """Make the die, rows and tracks; place memories."""
        cells = self.block.getInsts()
        site = next(cell.getMaster().getSite() for cell in cells if not cell.getMaster().isBlock())
        width, height = self.job["core"]
        floorplan, margin = self.design.getFloorplan(), 2 * site.getHeight()
        share = 100 * self.area(True) / (width * height)
        floorplan.initFloorplan(share, height / width, margin, margin, margin, margin, site)
        for layer in self.layers.getLayers():
            if layer.getRoutingLevel():
                across, up = layer.getPitchX(), layer.getPitchY()
                floorplan.makeTracks(layer, across // 2, across, up // 2, up)
        core = self.block.getCoreArea()
        left, below = core.xMin(), core.yMin()
        memories = sorted((cell for cell in cells if cell.getMaster().isBlock()), key=lambda cell: cell.getName())
        for memory, (x, y, orientation) in zip(memories, self.job["memories"], strict=True):
            memory.setOrient(orientation)
            memory.setLocation(left + round(x * self.unit), below + round(y * self.unit))
            memory.setPlacementStatus("FIRM")

    def ports(self) -> None:
        """Place the ports along the edges; there may be too few places for a piece of little logic."""
        placer = self.design.getIOPlacer()
        horizontal, vertical = map(self.layers.findLayer, self.job["pins"])
        placer.addHorLayer(horizontal)
        placer.addVerLayer(vertical)
        placer.runHungarianMatching()

    def place(self) -> None:
        """Place the cells, not yet in rows."""
        placer = self.design.getReplace()
        placer.setTargetDensity(self.job["density"])  # before all else: the first call reads it
        placer.setTimingDrivenMode(False)
        placer.setRoutabilityDrivenMode(False)
        placer.doInitialPlace(1)
        placer.doNesterovPlace(1)

    def legalise(self) -> None:
        """Put the cells into rows, and swap neighbours for shorter wires."""
        placer = self.design.getOpendp()
        placer.detailedPlacement(0, 0, "")
        placer.improvePlacement(1, 0, 0)
        placer.optimizeMirroring()

    def route(self) -> None:
        """Route globally."""
        router = self.design.getGlobalRouter()
        lowest, highest = (self.layers.findLayer(name).getRoutingLevel() for name in self.job["layers"])
        router.setMinRoutingLayer(lowest)
        router.setMaxRoutingLayer(highest)
        router.setAdjustment(self.job["adjustment"])
        router.setCongestionIterations(self.job["iterations"])
        router.setAllowCongestion(True)  # the log has the overflow, the caller reports it
        router.setVerbose(True)
        for net in self.ideal():
            net.setSpecial()
        router.globalRoute(True)

    def ideal(self) -> list:
        """Return the nets without wires: the clock, and constants.

        The router takes hours for a net with 20,000 ends. A layout has a tree for the clock, and many tie cells.
        """
        constants = [cell for cell in self.block.getInsts() if not any(t.isInputSignal() for t in cell.getITerms())]
        driven = [t.getNet() for cell in constants for t in cell.getITerms() if t.isOutputSignal()]
        return [net for net in (self.block.findNet(self.job["clock"]), *driven) if net]  # logic alone has no clock

    def length(self) -> float:
        """Return the um of wire of all routed nets."""
        router, total = self.design.getGlobalRouter(), 0
        for net in self.block.getNets():
            if not net.isSpecial():
                lengths = router.routeLayerLengths(net)
                total += sum(lengths[level] for level in range(lengths.size()))  # iteration ends the process
        return total / self.unit

    def finish(self, names: dict) -> None:
        """Legalise, route, and write the files of a round."""
        step(f"detailed placement{names['of']}")
        self.legalise()
        step(f"global routing{names['of']}")
        self.route()
        step(f"parasitics{names['of']}")
        self.tcl(f"estimate_parasitics -global_routing -spef_file {names['spef']}")
        self.tcl(f"write_verilog {names['netlist']}")
        core = self.block.getCoreArea()
        free = core.dx() * core.dy() / self.unit**2 - (self.area(True) - self.area(False))
        area = self.area(False)
        figures = {"um": round(self.length()), "placed": round(area, 3), "utilisation": round(area / free, 3)}
        Path(names["figures"]).write_text(json.dumps(figures))


def main(job: dict) -> None:
    signal.alarm(job["seconds"])  # ends the process, also within OpenROAD
    step("reading")
    layout = Layout(job)
    step("floorplan")
    layout.floorplan()
    step("places of ports")
    layout.ports()
    step("global placement")
    layout.place()
    first, second = job["rounds"]
    layout.finish(first)
    for name, commands in job["repairs"]:
        step(name)
        for command in commands:
            layout.tcl(command)
    layout.finish(second)
    step("end")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
