"""Repairs of FIT files, one module for each family, in the order in which they are tried.

A repair is bound to the rules whose findings it mends. It plans steps on the file as it stands at that moment, and
never touches a message that it does not mend.
"""

from __future__ import annotations

from ...rules.fit.container import (
    empty_segment,
    file_crc,
    file_crc_missing,
    flipped_bit,
    header_crc,
    header_size,
    later_segment_bad,
    not_fit,
    preamble,
    protocol_version,
    size_cuts_message,
    size_too_big,
    size_too_small,
    size_zero,
    trailing_bytes,
    truncated,
    unreadable_span,
)
from ...rules.fit.definitions import (
    architecture,
    base_type,
    endian_bit,
    reserved_bits,
    size_not_multiple,
    undefined_local,
    zero_size_field,
)
from ...rules.fit.developer import developer_width, late_description, no_developer_id, undescribed
from ...rules.fit.fields import timestamp_in_254
from ...rules.fit.identity import type_lies
from ...rules.fit.messages import file_id_not_first, no_activity, no_file_id, no_lap, no_session
from ...rules.fit.sessions import pool_counts
from ...rules.fit.structure import lap_index, no_timer_start, no_timer_stop, num_laps, num_sessions
from ...rules.fit.totals import activity_timer, avg_over_max, distance_total, session_end, timer_over_elapsed
from ...rules.fit.values import leaked_sentinel, string_encoding
from ...rules.ride.elevation import elevation_implausible
from ...rules.ride.position import marker_position, null_island, position_missing, position_out_of_range
from ...rules.ride.time import absurd_date, point_without_time, time_goes_back, week_rollover
from ...rules.ride.timeline import stale_points
from ..repair import Repair
from . import container, counts, definitions, developer, order, spans, summaries, times, values
from .seal import seal as close
from .split import split

__all__ = ["REPAIRS", "close", "split"]

#: Container, spans, definitions, developer data, values, order, summaries, counts, and closing last. Each is tried
#: again until none finds anything to do.
REPAIRS: tuple[Repair, ...] = (
    Repair((not_fit,), container.restore_signature),
    Repair((preamble, trailing_bytes), container.drop_ends),
    Repair((later_segment_bad, empty_segment), container.drop_segments),
    Repair((flipped_bit, unreadable_span, undefined_local, truncated), spans.mend_damage),
    Repair(
        (
            header_size,
            header_crc,
            file_crc,
            file_crc_missing,
            size_zero,
            size_too_big,
            size_cuts_message,
            size_too_small,
        ),
        container.close_again,
    ),
    Repair((protocol_version,), container.right_protocol),
    Repair((architecture,), definitions.right_architecture),
    Repair((reserved_bits,), definitions.clear_reserved),
    Repair((base_type,), definitions.redeclare_types),
    Repair((endian_bit,), definitions.flag_byte_order),
    Repair((size_not_multiple,), definitions.redeclare_sizes),
    Repair((zero_size_field,), definitions.drop_zero_sizes),
    Repair((timestamp_in_254,), definitions.right_time_number),
    Repair((late_description,), developer.move_descriptions),
    Repair((no_developer_id,), developer.identify_developers),
    Repair((undescribed,), developer.describe_fields),
    Repair((developer_width,), developer.redescribe_widths),
    Repair((position_missing,), values.blank_half_positions),
    Repair((position_out_of_range,), values.blank_outside),
    Repair((marker_position,), values.blank_markers),
    Repair((null_island,), values.blank_null_island),
    Repair((leaked_sentinel,), values.blank_leaked),
    Repair((elevation_implausible,), values.blank_zero_altitudes),
    Repair((string_encoding,), values.transcode),
    Repair((file_id_not_first,), order.lead_with_file_id),
    Repair((type_lies,), counts.state_type),
    Repair((no_file_id,), summaries.add_file_id),
    Repair((week_rollover,), times.shift_rollover),
    Repair((absurd_date,), times.shift_uptime),
    Repair((stale_points,), times.drop_stale),
    Repair((point_without_time,), order.drop_timeless),
    Repair((time_goes_back,), order.sort_records),
    Repair((no_timer_start,), summaries.add_timer_start),
    Repair((no_timer_stop,), summaries.add_timer_stop),
    Repair((no_lap,), summaries.add_lap),
    Repair((no_session,), summaries.add_session),
    Repair((no_activity,), summaries.add_activity),
    Repair((timer_over_elapsed,), counts.clamp_timers),
    Repair((session_end,), counts.stretch_sessions),
    Repair((distance_total,), counts.total_distance),
    Repair((avg_over_max,), counts.total_maxima),
    Repair((lap_index,), counts.renumber_laps),
    Repair((num_laps,), counts.count_laps),
    Repair((pool_counts,), counts.count_lengths),
    Repair((num_sessions,), counts.count_sessions),
    Repair((activity_timer,), counts.sum_timers),
)
