"""Cases for rules about the parts of a FIT activity and their totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases import Case
from cases.fit_rules import RIDE, _broken, _extra, _ride, _spared
from cases.fit_shape import ENUM, NOW, U16, U32
from tracklint.testing import OMIT, FitBuilder, Ride, fit_time

ONE = Ride(seconds=60, laps=1)


def _one(**messages: Mapping[str, Any]) -> Callable[[], bytes]:
    """A ride of one lap with raw values of its messages changed."""
    return lambda: ONE.fit(messages=messages)


def _both(**values: Any) -> Callable[[], bytes]:
    """A ride of one lap with the same values in lap and session."""
    return _one(session=values, lap=values)


def _activity(fit: FitBuilder) -> FitBuilder:
    fit.define(13, 34, [(253, 4, U32), (0, 4, U32), (1, 2, U16), (5, 4, U32)])
    return fit.data(13, NOW + 60, 60_000, 1, NOW + 7260)


def _starts_again(fit: FitBuilder) -> FitBuilder:
    return fit.define(13, 21, [(253, 4, U32), (0, 1, ENUM), (1, 1, ENUM)]).data(13, NOW + 60, 0, 0)


def _joined(*rides: Ride) -> bytes:
    """The messages of these rides one behind the other, under one header."""
    return FitBuilder().raw(b"".join(ride.fit()[14:-2] for ride in rides)).build()


#: Begins five minutes after `ONE`, so that it fits behind it in every other way.
_NEXT = Ride(seconds=60, laps=1, start="2024-05-01T10:06:00Z")


STRUCTURE = [
    _broken("FIT023", lambda: _joined(ONE, _NEXT), "FIT112", name="two-rides"),
    _broken("FIT023", _extra(lambda fit: fit.define(13, 0, [(0, 1, ENUM), (1, 2, U16)]).data(13, 4, 265)), name="second-file-id"),
    _spared("FIT023", _ride(chained=2), "FIT013", name="chained"),
    _broken("FIT407", _extra(_activity), name="two"),
    _spared("FIT407", _ride(chained=2), "FIT013", name="chained"),
    _broken("FIT408", _ride(without=("timer_start",)), name="none"),
    _spared("FIT408", _ride(), name="ride"),
    _broken("FIT409", _ride(without=("timer_stop",)), name="none"),
    _broken("FIT409", _extra(_starts_again), name="start-at-the-end"),
    _spared("FIT409", _ride(), name="ride"),
    _broken("FIT410", lambda: _stop(1), name="stop"),
    _spared("FIT410", lambda: _stop(4), name="stop-all"),
    _broken("FIT411", _one(activity={"num_sessions": 2}), name="two-of-one"),
    _spared("FIT411", _one(activity={"num_sessions": 1}), name="one"),
    _broken("FIT412", _one(session={"num_laps": 3}), name="three-of-one"),
    _broken("FIT412", _one(session={"first_lap_index": OMIT}), name="no-first"),
    _spared("FIT412", lambda: Ride(seconds=60, laps=5).fit(), name="five"),
    _broken("FIT413", _ride(messages={"lap": {"message_index": 0}}), name="all-0"),
    _broken("FIT413", _ride(messages={"lap": {"message_index": OMIT}}), name="none"),
    _spared("FIT413", lambda: Ride(seconds=60, laps=5).fit(), name="five"),
    _broken("FIT414", _ride(messages={"lap": {"total_elapsed_time": 42_000}}), name="overlap"),
    _broken("FIT414", _one(lap={"start_time": NOW - 10, "total_elapsed_time": 70_000}), name="before-session"),
    _spared("FIT414", _ride(messages={"lap": {"total_elapsed_time": 34_000}}), name="four-seconds"),
    _broken("FIT425", _ride(summary_first=True), name="first"),
    _spared("FIT425", _ride(), name="last"),
]  # fmt: skip


def _stop(kind: int) -> bytes:
    """A ride whose timer stops with this event type."""
    data = ONE.fit(without=("timer_stop",))
    more = FitBuilder().define(13, 21, [(253, 4, U32), (0, 1, ENUM), (1, 1, ENUM)]).data(13, NOW + 60, 0, kind)
    return FitBuilder().raw(data[14:-2] + more.build()[14:-2]).build()


def _swim(
    lengths: int = 4, active: int = 4, said: int | None = None, pool: int | None = 2500, metres: int | None = 100
) -> Callable[[], bytes]:
    """A swim in a pool of 25 m, with length messages of which so many are active."""
    totals = {"total_distance": None if metres is None else 100 * metres}
    session = {"sport": 5, "sub_sport": 17, "pool_length": pool, "num_lengths": said or lengths, **totals}
    ride = Ride(seconds=60, laps=1, sport="swimming", sub_sport="lap_swimming", channels=("heart_rate",))

    def build() -> bytes:
        data = ride.fit(messages={"session": {**session, "num_active_lengths": active}, "lap": totals})
        more = FitBuilder().define(13, 101, [(253, 4, U32), (12, 1, ENUM)])
        for i in range(lengths):
            more.data(13, NOW + 60, int(i < active))
        return FitBuilder().raw(data[14:-2] + (more.build()[14:-2] if lengths else b"")).build()

    return build


def _sessions(gap: int, seconds: int = 60) -> Callable[[], bytes]:
    """A ride and a second session of a minute or so, without a distance, so many seconds after the end of the first."""

    def add(fit: FitBuilder) -> FitBuilder:
        fields = [(253, 4, U32), (2, 4, U32), (7, 4, U32), (8, 4, U32), (9, 4, U32), (5, 1, ENUM), (25, 2, U16)]
        start = NOW + 60 + gap
        fit.define(13, 18, [*fields, (26, 2, U16)]).data(
            13, start + seconds, start, 1000 * seconds, None, None, 2, 0, 0
        )
        return fit

    data = ONE.fit(messages={"activity": {"num_sessions": 2}})
    return lambda: FitBuilder().raw(data[14:-2] + add(FitBuilder()).build()[14:-2]).build()


TOTALS = [
    _broken("FIT430", _both(total_calories=65_001), name="calories"),
    _spared("FIT430", _both(total_calories=349), name="calories"),
    _broken("FIT415", _one(session={"total_elapsed_time": OMIT}), name="elapsed"),
    _broken("FIT415", _one(session={"start_time": None}), name="start"),
    _spared("FIT415", _one(session={"total_calories": OMIT}), name="calories"),
    _broken("FIT416", _one(lap={"total_timer_time": 65_000}, session={"total_timer_time": 60_000}), name="lap"),
    _spared("FIT416", _one(lap={"total_timer_time": 60_900}), name="one-second"),
    _broken("FIT417", _one(session={"total_timer_time": 40_000}, lap={"total_timer_time": 40_000},
                           activity={"total_timer_time": 40_000}), name="no-pause"),
    _spared("FIT417", _one(session={"total_timer_time": 58_000}, activity={"total_timer_time": 58_000}), name="two"),
    _broken("FIT418", _one(session={"total_elapsed_time": 50_000, "total_timer_time": 50_000},
                           lap={"total_elapsed_time": 50_000, "total_timer_time": 50_000},
                           activity={"total_timer_time": 50_000}), name="ten-seconds"),
    _spared("FIT418", _one(session={"total_elapsed_time": 56_000, "total_timer_time": 56_000},
                           lap={"total_elapsed_time": 56_000, "total_timer_time": 56_000},
                           activity={"total_timer_time": 56_000}), name="four-seconds"),
    _broken("FIT419", _both(total_distance=60_000), name="600-m"),
    _spared("FIT419", _both(total_distance=49_000), name="490-m"),
    _broken("FIT420", _one(lap={"total_distance": 20_000}), name="distance"),
    _broken("FIT420", _one(lap={"total_timer_time": 50_000}), name="timer"),
    _spared("FIT420", _one(lap={"total_distance": 48_500}), name="a-few-metres"),
    _broken("FIT421", _one(session={"max_heart_rate": 100}), name="heart-rate"),
    _spared("FIT421", _one(session={"avg_heart_rate": 140, "max_heart_rate": 140}), name="equal"),
    _broken("FIT427", _one(activity={"total_timer_time": 50_000}), name="ten-seconds"),
    _spared("FIT427", _one(activity={"total_timer_time": 59_000}), name="one-second"),
]  # fmt: skip


#: A run indoors, whose records have no position and no elevation.
TREADMILL = Ride(
    seconds=60, laps=1, sport="running", sub_sport="treadmill", channels=("heart_rate", "cadence", "distance", "speed")
)


def _climbing(metres: int | None) -> Callable[[], bytes]:
    said = {"total_ascent": metres}
    return lambda: TREADMILL.fit(messages={"session": said, "lap": said})


def _halved(kind: str, share: float) -> Callable[[], bytes]:
    """A ride whose speeds are such a share of what its distances say."""
    change = {i: {"speed": round(share * RIDE.point(i)["speed"], 3)} for i in range(RIDE.points)}
    return lambda: getattr(RIDE, kind)(change=change)


MEASURES = [
    _broken("FIT433", _one(session={"avg_heart_rate": 90}), name="average"),
    _broken("FIT433", _one(session={"max_power": 190}), name="maximum"),
    _broken("FIT433", _one(session={"avg_speed": 4000}), name="speed"),
    _broken("FIT433", _one(session={"total_work": 30_000}), name="work"),
    _spared("FIT433", _one(session={"total_work": 10_900}), name="work"),
    _spared("FIT433", _one(session={"avg_heart_rate": 120}), name="a-tenth"),
    _broken("POS017", _climbing(30), name="treadmill"),
    _spared("POS017", _climbing(None), name="treadmill"),
    _broken("SEN034", _halved("fit", 0.5), name="half-fit"),
    _broken("SEN034", _halved("tcx", 0.5), name="half-tcx"),
    _spared("SEN034", _halved("fit", 0.8), name="a-fifth-fit"),
    _spared("SEN034", _halved("tcx", 0.8), name="a-fifth-tcx"),
]  # fmt: skip


def _local(seconds: int | None) -> Callable[[], bytes]:
    value = None if seconds is None else fit_time(RIDE.start_time) + 60 + seconds
    return _one(activity={"local_timestamp": value})


SESSIONS = [
    _broken("FIT422", _sessions(-20), name="twenty-seconds"),
    _spared("FIT422", _sessions(-4), name="four-seconds"),
    _broken("FIT423", _swim(lengths=0, active=0, said=4, metres=0), name="no-lengths"),
    _broken("FIT423", _swim(pool=None), name="no-pool-length"),
    _spared("FIT423", _swim(), name="whole"),
    _broken("FIT424", _swim(said=7), name="num-lengths"),
    _spared("FIT424", _swim(lengths=5, active=4), name="a-rest"),
    _broken("FIT431", _swim(metres=200), name="double"),
    _spared("FIT431", _swim(lengths=5, active=4), name="a-rest"),
    _broken("FIT432", _swim(metres=None), name="pool"),
    _broken("FIT432", _sessions(0, 300), name="later-session"),
    _spared("FIT432", _swim(), name="pool"),
    _spared("FIT432", _sessions(0, 60), name="a-minute"),
    _broken("FIT426", _one(lap={"sport": 1}), name="lap"),
    _broken("FIT426", _extra(lambda fit: fit.define(13, 12, [(0, 1, ENUM)]).data(13, 5)), name="sport-message"),
    _spared("FIT426", _one(lap={"sport": 0}), name="generic"),
    _broken("FIT428", _local(None), name="none"),
    _spared("FIT428", _local(0), "FIT429", name="utc"),
    _broken("FIT429", _local(15 * 3600 + 60), name="15-h"),
    _broken("FIT429", _local(3600 + 400), name="odd-minutes"),
    _broken("FIT429", _local(-8 * 3600), name="longitude"),
    _spared("FIT429", _local(5400), name="half-hour"),
]  # fmt: skip

CASES: list[Case] = STRUCTURE + TOTALS + SESSIONS + MEASURES
