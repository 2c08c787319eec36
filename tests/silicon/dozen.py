# SPDX-License-Identifier: Apache-2.0
"""A library of a dozen cells, as a Liberty file: enough for the whole flow, with invented numbers."""

from pathlib import Path

# Name, area, function of Y, inputs.
GATES = (
    ("INV", 2.0, "!A", "A"),
    ("BUF", 3.0, "A", "A"),
    ("BUF4", 6.0, "A", "A"),
    ("NAND2", 3.0, "!(A&B)", "AB"),
    ("NOR2", 3.0, "!(A|B)", "AB"),
    ("XOR2", 7.0, "A^B", "AB"),
    ("MUX2", 7.0, "(S&B)|(!S&A)", "ABS"),
    ("AOI21", 4.0, "!((A&B)|C)", "ABC"),
    ("ONE", 1.0, "1", ""),
    ("ZERO", 1.0, "0", ""),
)
NAND2, FLIP_FLOP, LATCH, CLOCK_GATE = 3.0, 16.0, 9.0, 8.0
_TEMPLATE = """library(dozen) {
  delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1mA";
  capacitive_load_unit(1,pf); leakage_power_unit : "1nW"; nom_voltage : 1.2;
  operating_conditions(typical) { process : 1; temperature : 25; voltage : 1.2; }
  default_operating_conditions : typical;
  default_max_transition : 2.0; default_fanout_load : 1; default_max_fanout : 16;
  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;
  output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;
  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;
  slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;
  lu_table_template(delays) { variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
    index_1("0.01, 1.0"); index_2("0.001, 0.2"); }
  lu_table_template(limits) { variable_1 : related_pin_transition; variable_2 : constrained_pin_transition;
    index_1("0.01, 1.0"); index_2("0.01, 1.0"); }
"""


def _tables(kinds: tuple[str, ...], delay: float, drive: float) -> str:
    """Return tables of a delay that grows with the load and a little with the slope of the input."""
    rows = ", ".join(f'"{delay + slope:.3f}, {delay + slope + 0.2 / drive:.3f}"' for slope in (0.0, 0.1))
    return " ".join(f"{kind}(delays) {{ values({rows}); }}" for kind in kinds)


def _limits(nanoseconds: float) -> str:
    """Return tables of a setup that depends on nothing."""
    row = f'"{nanoseconds:.3f}, {nanoseconds:.3f}"'
    return " ".join(f"{kind}_constraint(limits) {{ values({row}, {row}); }}" for kind in ("rise", "fall"))


def _arc(pin: str, delay: float, drive: float, kind: str = "") -> str:
    tables = _tables(("cell_rise", "cell_fall", "rise_transition", "fall_transition"), delay, drive)
    return f'      timing() {{ related_pin : "{pin}"; {kind} {tables} }}\n'


def _gate(name: str, area: float, function: str, inputs: str, delay: float) -> str:
    drive = 4.0 if name.endswith("4") else 1.0
    pins = "".join(f"    pin({pin}) {{ direction : input; capacitance : {0.002 * drive}; }}\n" for pin in inputs)
    arcs = "".join(_arc(pin, delay, drive) for pin in inputs)
    return (
        f"  cell({name}) {{ area : {area}; cell_leakage_power : 1;\n{pins}"
        f'    pin(Y) {{ direction : output; function : "{function}"; max_capacitance : {0.1 * drive};\n'
        f"{arcs}    }}\n  }}\n"
    )


def _flip_flop(name: str, area: float, reset: bool, delay: float) -> str:
    clear = 'clear : "!R"; ' if reset else ""
    setup = _limits(0.05)
    pin = "    pin(R) { direction : input; capacitance : 0.002; }\n" if reset else ""
    return (
        f"  cell({name}) {{ area : {area}; cell_leakage_power : 1;\n"
        f'    ff(IQ, IQN) {{ clocked_on : "C"; next_state : "D"; {clear}}}\n'
        f"    pin(C) {{ direction : input; clock : true; capacitance : 0.002; }}\n{pin}"
        "    pin(D) { direction : input; capacitance : 0.002;\n"
        f'      timing() {{ related_pin : "C"; timing_type : setup_rising; {setup} }}\n    }}\n'
        '    pin(Q) { direction : output; function : "IQ"; max_capacitance : 0.2;\n'
        f"{_arc('C', delay, 1.0, 'timing_type : rising_edge;')}    }}\n  }}\n"
    )


PIN = "pin({}) {{ direction : input; capacitance : 0.002; {} }}\n"
POSITIVE = "timing_sense : positive_unate;"


def _latch(delay: float) -> str:
    """Return a latch with a reset."""
    data = f'timing() {{ related_pin : "G"; timing_type : setup_falling; {_limits(0.05)} }}'
    return (
        f"  cell(LATCH) {{ area : {LATCH}; cell_leakage_power : 1;\n"
        '    latch(IQ, IQN) { data_in : "D"; enable : "G"; clear : "!R"; }\n'
        f"    {PIN.format('R', '')}    {PIN.format('G', '')}    {PIN.format('D', data)}"
        '    pin(Q) { direction : output; function : "IQ"; max_capacitance : 0.2;\n'
        f"{_arc('D', delay, 1.0, POSITIVE)}{_arc('G', delay, 1.0, 'timing_type : rising_edge;')}    }}\n  }}\n"
    )


def _gate_of_clocks(name: str, area: float, delay: float, tested: bool) -> str:
    """Return a clock gate, which libraries mark as not to be used; with a pin T for tests."""
    enable = f'timing() {{ related_pin : "C"; timing_type : setup_rising; {_limits(0.05)} }}'
    kind, test = "latch_posedge", ""
    table = '"C E", "S") { table : "L L : - : L, L H : - : H, H - : - : N"; }'
    if tested:
        kind, test = "latch_posedge_precontrol", f"    {PIN.format('T', 'clock_gate_test_pin : true;')}"
        table = '"C E T", "S") { table : "L L L : - : L, L H - : - : H, L - H : - : H, H - - : - : N"; }'
    return (
        f"  cell({name}) {{ area : {area}; cell_leakage_power : 1; dont_use : true;\n"
        f'    clock_gating_integrated_cell : "{kind}";\n    statetable({table}\n'
        '    pin(S) { direction : internal; internal_node : "S"; }\n'
        f"    {PIN.format('C', 'clock : true; clock_gate_clock_pin : true;')}"
        f"    {PIN.format('E', 'clock_gate_enable_pin : true; ' + enable)}{test}"
        '    pin(P) { direction : output; state_function : "C * S"; clock_gate_out_pin : true;\n'
        f"      max_capacitance : 0.2;\n{_arc('C', delay, 1.0, POSITIVE)}    }}\n  }}\n"
    )


def write(path: Path, slower: float = 1.0, latch: float = 0.0, gates: tuple[str, ...] = ()) -> Path:
    """Write the library; return the path.

    Args:
        path: of the file.
        slower: a factor of the delays.
        latch: delay of a latch, 0 for none.
        gates: names of clock gates; one that begins with T has a pin for tests and is smaller.
    """
    path.write_text(
        _TEMPLATE
        + "".join(_gate(*gate, delay=0.05 * slower) for gate in GATES)
        + _flip_flop("DFF", FLIP_FLOP, False, 0.2 * slower)
        + _flip_flop("DFFR", FLIP_FLOP + 2, True, 0.2 * slower)
        + (_latch(latch) if latch else "")
        + "".join(_gate_of_clocks(name, CLOCK_GATE - name.startswith("T"), 0.1, name.startswith("T")) for name in gates)
        + "}\n"
    )
    return path
