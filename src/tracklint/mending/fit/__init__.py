"""Repairs of FIT files, one module for each family, in the order in which they are tried.

A repair is bound to the names of the rules whose findings it mends. It plans steps on the file as it stands at that
moment, and never touches a message that it does not mend.
"""

from __future__ import annotations

from ...edits import Repair
from . import container, counts, definitions, developer, order, spans, summaries, times, values
from .seal import seal as close
from .split import split

__all__ = ["REPAIRS", "close", "split"]

#: Container, spans, definitions, developer data, values, order, summaries, counts, and closing last. Each is tried
#: again until none finds anything to do.
REPAIRS: tuple[Repair, ...] = (
    Repair(("not-fit",), container.restore_signature),
    Repair(("preamble", "trailing-bytes"), container.drop_ends),
    Repair(("later-segment-bad", "empty-segment"), container.drop_segments),
    Repair(("flipped-bit", "unreadable-span", "undefined-local", "truncated"), spans.mend_damage),
    Repair(
        (
            "header-size",
            "header-crc",
            "file-crc",
            "file-crc-missing",
            "size-zero",
            "size-too-big",
            "size-cuts-message",
            "size-too-small",
        ),
        container.close_again,
    ),
    Repair(("protocol-version",), container.right_protocol),
    Repair(("architecture",), definitions.right_architecture),
    Repair(("reserved-bits",), definitions.clear_reserved),
    Repair(("base-type",), definitions.redeclare_types),
    Repair(("endian-bit",), definitions.flag_byte_order),
    Repair(("size-not-multiple",), definitions.redeclare_sizes),
    Repair(("zero-size-field",), definitions.drop_zero_sizes),
    Repair(("timestamp-in-254",), definitions.right_time_number),
    Repair(("late-description",), developer.move_descriptions),
    Repair(("no-developer-id",), developer.identify_developers),
    Repair(("undescribed",), developer.describe_fields),
    Repair(("developer-width",), developer.redescribe_widths),
    Repair(("position-missing",), values.blank_half_positions),
    Repair(("position-out-of-range",), values.blank_outside),
    Repair(("marker-position",), values.blank_markers),
    Repair(("null-island",), values.blank_null_island),
    Repair(("leaked-sentinel",), values.blank_leaked),
    Repair(("elevation-implausible",), values.blank_zero_altitudes),
    Repair(("string-encoding",), values.transcode),
    Repair(("file-id-not-first",), order.lead_with_file_id),
    Repair(("type-lies",), counts.state_type),
    Repair(("no-file-id",), summaries.add_file_id),
    Repair(("week-rollover",), times.shift_rollover),
    Repair(("absurd-date",), times.shift_uptime),
    Repair(("stale-points",), times.drop_stale),
    Repair(("point-without-time",), order.drop_timeless),
    Repair(("time-goes-back",), order.sort_records),
    Repair(("no-timer-start",), summaries.add_timer_start),
    Repair(("no-timer-stop",), summaries.add_timer_stop),
    Repair(("no-lap",), summaries.add_lap),
    Repair(("no-session",), summaries.add_session),
    Repair(("no-activity",), summaries.add_activity),
    Repair(("timer-over-elapsed",), counts.clamp_timers),
    Repair(("session-end",), counts.stretch_sessions),
    Repair(("distance-total",), counts.total_distance),
    Repair(("avg-over-max",), counts.total_maxima),
    Repair(("lap-index",), counts.renumber_laps),
    Repair(("num-laps",), counts.count_laps),
    Repair(("pool-counts",), counts.count_lengths),
    Repair(("num-sessions",), counts.count_sessions),
    Repair(("activity-timer",), counts.sum_timers),
)
