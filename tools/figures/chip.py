# SPDX-License-Identifier: Apache-2.0
"""The chip that `make sim` simulates, and the paper's machine: blocks by the names of their modules, with widths."""

from sim import configs
from tools.figures.facts import MEMORY_TOP, STREAM_TOP, chip
from tools.figures.picture import Picture

PAPER = "paper32"


def interfaces(drawing: Picture) -> None:
    """Draw both interfaces above the chip."""
    memory, stream = chip(configs.DEFAULT, MEMORY_TOP), chip(configs.DEFAULT, STREAM_TOP)
    bus, feed = memory("memory_top", "DataWidth"), stream("chip", "FeedWidth")
    drawing.write(115, 20, f"stream interface, {feed} bits")
    drawing.way("M70 42 V110")
    drawing.write(64, 60, "s_axis", anchor="end")
    drawing.frame(16, 78, 198, 132, "top")
    drawing.box(30, 112, 112, 46, "frame_parser", "checks frames")
    drawing.write(172, 60, "m_axis", anchor="end")
    drawing.write(430, 20, f"memory interface, {bus} bits")
    drawing.way("M430 30 V76", both=True)
    drawing.write(438, 60, "m_axi", anchor="start")
    drawing.frame(232, 78, 392, 132, "memory_top")
    drawing.box(246, 106, 116, 42, "dma_issue", f"{memory('dma_issue', 'InFlight')} descriptors")
    drawing.box(246, 160, 116, 42, "dma_retire", "completion")
    drawing.box(380, 132, 110, 46, "dma_loader", f"{memory.count('axi_reader')} readers")
    drawing.box(504, 132, 100, 46, "dma_writer", f"{memory('dma_backlog', 'Beats')} beats")
    drawing.way("M304 148 V158")
    drawing.way("M362 140 H378")


def resident() -> str:
    """Return the drawing of the chip with resident engines."""
    memory = chip(configs.DEFAULT, MEMORY_TOP)
    drawing = Picture("The chip of make sim: one of two interfaces, operands, resident engines in groups, results", 846)
    interfaces(drawing)
    line = f"{memory('chip', 'LineWidth')} bits"
    groups, engines = memory.count("resident_group"), int(memory("resident_group", "Engines"))
    lanes = int(memory("chip", "Lanes"))

    drawing.frame(16, 246, 608, 584, "chip")
    drawing.way("M86 158 V226 H280 V272")
    drawing.way("M435 178 V228 H310 V272")
    drawing.write(330, 244, f"{memory('chip', 'Feeds')} x {memory('chip', 'FeedWidth')} bits", anchor="start")
    drawing.box(34, 274, 134, 60, "registers", "AXI4-Lite, 32", "interrupt")
    drawing.box(200, 274, 180, 60, "operand_loader", "checks each entry,", f"packs lines of {lanes}")
    drawing.box(438, 274, 170, 60, "result_unloader", "coordinates, frames")
    drawing.way("M520 274 V260 H178 V42")

    drawing.way("M230 334 V366")
    drawing.way("M340 334 V366")
    drawing.write(348, 355, line, anchor="start")
    places = f"{memory('chip', 'MemBanks')} banks, {memory('chip', 'Buffers')} buffers"
    drawing.box(
        34,
        368,
        214,
        60,
        "operand_buffers",
        f"{memory('chip', 'NodeDepth')} nodes",
        f"{memory('chip', 'FiberDepth')} fibers",
    )
    drawing.box(260, 368, 166, 60, "operand_memory", places, f"A, B: {memory('chip', 'MemLines')} lines")
    drawing.box(438, 368, 170, 42, "result_lanes", f"{memory('chip', 'ResultLanes')} results a cycle")
    drawing.way("M490 368 V336")
    drawing.way("M580 368 V350 H616 V155 H606")
    drawing.box(438, 430, 170, 26, "result_gate")
    drawing.way("M523 430 V412")

    drawing.frame(30, 474, 580, 342, "")
    drawing.write(40, 806, "compute_resident", "name", "start")
    drawing.way("M103 428 V516")
    drawing.box(44, 518, 118, 60, "plan", "tiles of about", "equal cost")
    drawing.way("M162 548 H190")
    drawing.box(40, 602, 124, 42, "resident_waves", "long fibers")
    drawing.way("M164 623 H190")
    drawing.box(44, 668, 118, 42, "resident_sums", "shared sums")
    drawing.way("M190 689 H164")
    drawing.box(44, 722, 118, 26, "combiner")
    drawing.way("M103 710 V720")
    for number in reversed(range(groups)):
        x, y = 192 + 6 * number, 502 + 6 * (groups - 1 - number)
        drawing.shape(x, y, 386, 288, "quiet", 8)
    y = 502 + 6 * (groups - 1)
    drawing.way(f"M280 {y + 30} V430")
    drawing.way(f"M400 428 V{y + 28}")
    drawing.write(272, 448, f"{groups} ports, lines", anchor="end")
    drawing.write(272, 466, f"of {line}", anchor="end")
    drawing.write(410, y + 19, f"{groups} resident_group", "name", "start")
    drawing.box(204, y + 30, 136, 42, "resident_fetch", "requests lines")
    drawing.box(356, y + 30, 110, 42, "u_lines", f"{memory('resident_group', 'LineDepth')} lines")
    drawing.way(f"M400 {y + 72} V{y + 94}")
    drawing.write(408, y + 88, "a line a cycle", anchor="start")
    for number in reversed(range(engines)):
        drawing.shape(204 + 8 * number, y + 96 + 8 * (engines - 1 - number), 354, 164, "core", 8)
    y += 96 + 8 * (engines - 1)
    slots = memory("resident_engine", "Slots")
    drawing.write(214, y + 20, f"{engines} resident_engine of a group", "name", "start")
    drawing.write(214, y + 39, f"u_queue: {memory('resident_engine', 'QueueDepth')} lines of B", anchor="start")
    entries = int(memory("resident_engine", "SlotLines")) * lanes
    drawing.box(214, y + 50, 152, 60, f"{slots} resident_slot", "a fiber of A each,", f"{entries} entries")
    drawing.box(214, y + 128, 152, 26, "resident_step")
    drawing.box(386, y + 50, 160, 42, "resident_emit", "a product a cycle")
    drawing.box(386, y + 112, 160, 42, "dot_unit", f"mac, {memory('result_store', 'Depth')} results")
    drawing.way(f"M290 {y + 112} V{y + 126}", both=True)
    drawing.way(f"M366 {y + 71} H384")
    drawing.way(f"M466 {y + 92} V{y + 110}")
    drawing.way(f"M546 {y + 133} H602 V466 H523 V458")
    return drawing.svg()


def paper() -> str:
    """Return the drawing of the paper's machine."""
    machine = chip(PAPER, STREAM_TOP)
    drawing = Picture("The paper's machine: a job for each pair of fibers, engines that read both fibers", 520)
    engines = machine.count("sdpe")
    line = f"{machine('chip', 'LineWidth')} bits"
    drawing.way("M250 8 V30")
    drawing.write(258, 20, "operands", anchor="start")
    drawing.box(160, 32, 180, 42, "operand_loader", f"lines of {machine('chip', 'Lanes')} entries")
    drawing.box(440, 32, 170, 42, "result_unloader", "coordinates, frames")
    drawing.way("M525 32 V8")
    drawing.way("M180 74 V102")
    drawing.way("M310 74 V102")
    drawing.box(20, 104, 190, 60, "operand_buffers", f"{machine('chip', 'FiberDepth')} fibers,", "first lines")
    drawing.box(240, 104, 180, 60, "operand_memory", f"{machine('chip', 'NumPorts')} ports, a line", "each in a cycle")
    drawing.box(440, 104, 170, 42, "result_lanes", f"from {engines} engines")
    drawing.way("M525 104 V76")
    drawing.frame(10, 186, 620, 324, "")
    drawing.write(20, 500, "compute_stream", "name", "start")
    drawing.way("M100 164 V216")
    drawing.box(18, 218, 174, 60, "job_generator", "a fiber of A with", "a run of fibers of B")
    drawing.way("M105 278 V318")
    drawing.write(112, 304, "jobs", anchor="start")
    drawing.box(16, 320, 180, 60, "scheduler_round_robin", "or scheduler_demand")
    drawing.way("M196 350 H212")
    for number in (2, 1, 0):
        drawing.shape(214 + 7 * number, 206 + 7 * (2 - number), 388, 284, "core", 8)
    drawing.write(224, 239, f"{engines} sdpe", "name", "start")
    drawing.way("M330 164 V252")
    drawing.write(338, 182, line, anchor="start")
    for left, operand in ((226, "A"), (396, "B")):
        drawing.box(left, 254, 150, 42, "fiber_loader", f"lines of {operand}")
        drawing.way(f"M{left + 75} 296 V326")
    drawing.way("M330 240 H470 V252")
    drawing.box(226, 328, 320, 42, "intersect_merge", "two pointers, a comparison a cycle")
    drawing.way("M386 370 V394")
    drawing.write(394, 388, "products", anchor="start")
    drawing.box(296, 396, 180, 60, "dot_unit", "mac: exact sums,", f"{machine('result_store', 'Depth')} results")
    drawing.way("M476 426 H616 V168 H525 V148")
    drawing.box(226, 462, 130, 28, "job_tracker")
    return drawing.svg()
