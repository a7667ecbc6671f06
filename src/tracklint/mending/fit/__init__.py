"""Repairs of FIT files, one module for each family, in the order in which they are tried.

A repair is bound to the rules whose findings it mends. It plans steps on the file as it stands at that moment, and
never touches a message that it does not mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from ...rules import Rule
from ...rules.fit.container import (
    empty_segment,
    file_crc,
    file_crc_missing,
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
)
from ...rules.fit.damage import flipped_bit, unreadable_span
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
from ...rules.fit.totals import (
    activity_timer,
    avg_over_max,
    distance_total,
    lap_sums,
    session_end,
    timer_over_elapsed,
    total_implausible,
)
from ...rules.fit.values import leaked_sentinel, string_encoding
from ...rules.ride.dates import absurd_date, week_rollover
from ...rules.ride.elevation import elevation_implausible
from ...rules.ride.jumps import jump
from ...rules.ride.laps import starts_after_end
from ...rules.ride.motion import distance_decreases, speed_implausible
from ...rules.ride.position import marker_position, null_island, position_missing, position_out_of_range
from ...rules.ride.sensors import heart_rate_not_read, power_not_read
from ...rules.ride.sport import sport_absent, sport_not_mapped
from ...rules.ride.time import lone_time, point_without_time, time_goes_back, time_twice
from ...rules.ride.timeline import segments_overlap, stale_points
from ...rules.ride.values import (
    heart_rate_implausible,
    power_implausible,
    running_cadence_doubled,
    temperature_implausible,
)
from ..repair import Repair
from . import container, counts, definitions, developer, order, spans, summaries, times, values
from .seal import seal as close
from .split import split

__all__ = ["NOT_MENDED", "REPAIRS", "close", "split"]

_NO_SEGMENT = "the segment is dropped"
_NO_SPAN = (
    "the bytes are dropped, so that other readers reach what follows; a definition lost in them that is needed behind "
    "them is written there, as it stood earlier"
)
_BYTE = "the byte is corrected in the definition"
_NO_VALUE, _NO_POSITION = 'the value becomes "no value"', 'the position becomes "no value"'
_OUTSIDE = 'what lies outside the limits becomes "no value"'
_FILE_ID = (
    "type activity and the time of the first record; manufacturer, product and serial number where device_info names "
    "them"
)
_SORTED = (
    "records are sorted by time where no step back is above 5 s; a larger one says that the clock was set, and is left"
)
_DATES = (
    "times since the start of the device are counted from the session's start or file_id.time_created, Unix seconds "
    "become FIT's; records of other such dates are dropped, where the others are a ride"
)
_WRITTEN = "written from the records, see below"
_TOTAL = "the total becomes what the records say"
_COUNTED = "indices and counts become what they count"

#: Why a rule that is mended in other formats is not in FIT, for docs/fixing.md.
NOT_MENDED: Mapping[Rule, str] = {
    power_not_read: "every record and its definition would need another field",
    heart_rate_not_read: "every record and its definition would need another field",
    time_twice: "a record has fields that no rule compares, so nobody can say that it tells nothing more",
    segments_overlap: "each segment is a file of its own; `--split` takes them apart",
    starts_after_end: "the records do not tell where a lap began",
}

#: Container, spans, definitions and developer data: what was not read before says more afterwards.
_READABLE = (
    Repair(
        (not_fit,),
        container.restore_signature,
        "the signature `.FIT` is written again, where the rest of the header holds together",
    ),
    Repair((preamble, trailing_bytes), container.drop_ends, "the bytes before and behind the file are dropped"),
    Repair(
        (later_segment_bad, empty_segment),
        container.drop_segments,
        {
            later_segment_bad: "its signature is restored, where the checksum then proves the segment whole",
            empty_segment: _NO_SEGMENT,
        },
        unsafely={later_segment_bad: _NO_SEGMENT},
    ),
    Repair(
        (flipped_bit, unreadable_span, undefined_local, truncated),
        spans.mend_damage,
        {
            flipped_bit: "the bit is written as it must have been, where the checksum proves it",
            unreadable_span: _NO_SPAN,
            undefined_local: _NO_SPAN,
            truncated: "the cut message is dropped and the file closed",
        },
        unsafely={flipped_bit: "written as it is read, without proof by the checksum"},
    ),
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
        "header, data size and checksums are written again; a header of 12 bytes stays one",
    ),
    Repair((protocol_version,), container.right_protocol, "2.0 where developer or 64-bit fields are used, else 1.0"),
    Repair((architecture,), definitions.right_architecture, _BYTE),
    Repair((reserved_bits,), definitions.clear_reserved, _BYTE),
    Repair((base_type,), definitions.redeclare_types, "a field with a type that does not exist is declared as bytes"),
    Repair((endian_bit,), definitions.flag_byte_order, _BYTE),
    Repair(
        (size_not_multiple,),
        definitions.redeclare_sizes,
        "the field is declared with the type that has its size, or as bytes",
    ),
    Repair((zero_size_field,), definitions.drop_zero_sizes, "the field is left out of the definition"),
    Repair((timestamp_in_254,), definitions.right_time_number, "the field gets the number 253"),
    Repair((late_description,), developer.move_descriptions, "descriptions of developer data move to the start"),
    Repair((no_developer_id,), developer.identify_developers, "a developer_data_id without application is added"),
    Repair(
        (undescribed,),
        developer.describe_fields,
        "the developer field is described as bytes without meaning, so that strict readers go on",
    ),
    Repair(
        (developer_width,),
        developer.redescribe_widths,
        "a developer field whose size does not fit its type is described as bytes",
    ),
)
#: What makes a file readable, then values, order, summaries and counts. Each is tried again until none finds anything
#: to do.
REPAIRS: tuple[Repair, ...] = (
    *(replace(each, reveals=True) for each in _READABLE),
    Repair((position_missing,), values.blank_half_positions, _NO_VALUE),
    Repair((position_out_of_range,), values.blank_outside, _NO_VALUE),
    Repair((marker_position,), values.blank_markers, _NO_POSITION),
    Repair((jump,), values.blank_jumps, _NO_POSITION),
    Repair((null_island,), values.blank_null_island, _NO_POSITION),
    Repair((leaked_sentinel,), values.blank_leaked, _NO_VALUE),
    Repair((elevation_implausible,), values.blank_zero_altitudes, _NO_VALUE),
    Repair(
        (heart_rate_implausible,),
        values.blank_heart_rates,
        'a heart rate of 0 becomes "no value"',
        unsafely=_OUTSIDE,
    ),
    Repair((power_implausible,), partial(values.blank_outside_limits, numbers=(7,)), _OUTSIDE),
    Repair((speed_implausible,), partial(values.blank_outside_limits, numbers=(6, 73)), _OUTSIDE),
    Repair((temperature_implausible,), partial(values.blank_outside_limits, numbers=(13,)), _OUTSIDE),
    Repair(
        (running_cadence_doubled,),
        values.halve_cadences,
        "half of it, because Strava doubles the cadence of runs, also in sessions and laps",
    ),
    Repair(
        (sport_absent, sport_not_mapped), values.name_sports, "the sport that `--sport` names", needs="--sport WORD"
    ),
    Repair(
        (string_encoding,),
        values.transcode,
        "the text becomes UTF-8 (it is taken for Windows-1252), control characters become spaces",
    ),
    Repair((file_id_not_first,), order.lead_with_file_id, "file_id moves to the start"),
    Repair((type_lies,), counts.state_type, "a file_id without a type gets type activity, where the file has records"),
    Repair((no_file_id,), summaries.add_file_id, _FILE_ID),
    Repair((week_rollover,), times.shift_rollover, "1024 weeks are added to all dates of that time"),
    Repair((absurd_date,), times.mend_dates, _DATES, leaves=(distance_total,)),
    Repair((lone_time, stale_points), times.drop_stale, "these records are dropped"),
    Repair((point_without_time,), order.drop_timeless, "these records are dropped"),
    Repair((time_goes_back,), order.sort_records, _SORTED, leaves=(distance_decreases,)),
    Repair(
        (no_timer_start,),
        summaries.add_timer_start,
        "the event is added where the session, lap or record starts or ends",
    ),
    Repair(
        (no_timer_stop,), summaries.add_timer_stop, "the event is added where the session, lap or record starts or ends"
    ),
    Repair((no_lap,), summaries.add_lap, _WRITTEN),
    Repair((no_session,), summaries.add_session, _WRITTEN, leaves=(sport_absent, lap_sums)),
    Repair((no_activity,), summaries.add_activity, _WRITTEN),
    Repair((timer_over_elapsed,), counts.clamp_timers, "the timer time becomes the elapsed time"),
    Repair((session_end,), counts.stretch_sessions, _TOTAL),
    Repair((distance_total,), counts.total_distance, _TOTAL),
    Repair((avg_over_max,), counts.total_maxima, _TOTAL),
    Repair((total_implausible,), counts.drop_totals, _NO_VALUE),
    Repair((lap_index,), counts.renumber_laps, _COUNTED),
    Repair((num_laps,), counts.count_laps, _COUNTED),
    Repair((pool_counts,), counts.count_lengths, _COUNTED),
    Repair((num_sessions,), counts.count_sessions, _COUNTED),
    Repair((activity_timer,), counts.sum_timers, _COUNTED),
)
