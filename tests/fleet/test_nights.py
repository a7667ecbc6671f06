"""One night against another: what is an alarm, what is its cause, and what is none of both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import StringIO
from typing import Any

import numpy as np
import pytest
from invented_reports import finding, night, report

from tracklint.fleet.compare import outputs
from tracklint.fleet.compare.chance import Chance, fisher, fishers, moved, newcombe, rejected, sign, wilson
from tracklint.fleet.compare.comparing import Comparison, compare
from tracklint.fleet.compare.night import BadNight, Night, NightMaker
from tracklint.fleet.compare.outputs import write
from tracklint.fleet.compare.subjects import subjects
from tracklint.render.page import Page

FAULTS = ("lap index", "altitude sentinel", "clock step", "dropouts")


def taken(label: str, reports: Iterable[dict[str, Any]]) -> Night:
    maker = NightMaker(label)
    for each in reports:
        maker.add(each)
    return maker.night()


def compared(old: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]], **options: Any) -> Comparison:
    return compare(taken("old", old), taken("new", new), **options)


def causes(comparison: Comparison) -> dict[str, list[str]]:
    """The causes, and what stands below each."""
    return {
        cause.alarm.measure.key: sorted(each.alarm.measure.key for each in cause.below)
        for _, cause in comparison.causes
    }


@pytest.mark.parametrize("files", [1000, 3000])
def test_four_faults_are_four_causes(files: int) -> None:
    """However strong the evidence is: with more files everything is significant, and the causes stay the same."""
    comparison = compared(night(1, files), night(2, files, "4.12", faults=FAULTS))
    assert comparison.by == "none"
    assert causes(comparison) == {
        "POS010": ["altitude_lowest_m"],
        "FIT413": [],
        "heart_rate_dropout_longest_s": ["SEN024", "heart_rate_coverage_percent", "heart_rate_dropout_total_s"],
        "TIM120": ["FIT312"],
    }


def test_two_nights_of_one_firmware_raise_no_alarm() -> None:
    assert [causes(compared(night(seed, 200), night(seed + 100, 200))) for seed in range(12)] == [{}] * 12


def test_without_facts_rules_alone_are_compared_and_that_is_said() -> None:
    comparison = compared(night(1, 300, facts=False), night(2, 300, "4.12", faults=FAULTS, steps=0.1))
    assert set(causes(comparison)) == {"POS010", "FIT413", "TIM120", "SEN024"}
    assert "only rules are compared: facts come with `tracklint check --facts`" in text(comparison)


def text(comparison: Comparison, form: str = "text", **look: Any) -> str:
    out = StringIO()
    write(comparison, form, out, **look)
    return out.getvalue()


NONE, SOME = "(0.0 %, between 0.0 and 0.4 %)", "(2.8 %, between 1.9 and 4.0 %)"


def test_the_text_names_device_firmware_and_counts() -> None:
    told = text(compared(night(1, 1000), night(2, 1000, "4.12", faults=("clock step",)))).splitlines()
    assert told[:3] == [
        "old: 1,000 files; new: 1,000 files; no pairs: compared as populations",
        "1 cause in garmin edge_530 4.12 (1,000 files), beside 4.11 (1,000 files):",
        f"  TIM120 clock-step, new: 0 of 1,000 files before {NONE}, 28 of 1,000 files now {SOME}",
    ]
    assert told[3] == "    follows from it: FIT312 message-order, new: 0 of 1,000 files before, 30 of 1,000 now"
    assert told[-1].endswith("two equal nights give a false alarm in at most 0.25 % of comparisons")


def test_the_text_is_wrapped_to_the_terminal() -> None:
    out = StringIO()
    outputs.text(compared(night(1, 1000), night(2, 1000, "4.12", faults=("clock step",))), Page(out, width=80))
    told = out.getvalue().splitlines()
    assert max(map(len, told)) <= 80
    at = next(number for number, line in enumerate(told) if line.startswith("  TIM120 clock-step, new: 0 of 1,000"))
    assert told[at + 1].startswith("    ")


def test_json_and_markdown_tell_the_same_and_what_files_say_is_harmless() -> None:
    device = {"product": "<b>x</b>|y", "firmware": "4.12\x1b[31m"}
    new = [report(f"{k}.fit", [finding("FIT413", "lap-index")], device=device) for k in range(60)]
    old = [report(f"{k}-old.fit", [], device=device | {"firmware": "4.11"}) for k in range(60)]
    comparison = compared(old, new)
    [told] = json.loads(text(comparison, "json"))["devices"]
    assert [cause["key"] for cause in told["causes"]] == ["FIT413"]
    assert told["causes"][0]["new"] | {"share_interval": None} == {
        "files": 60, "some": 60, "share": 1.0, "share_interval": None, "total": 60.0, "median": 1.0,
    }  # fmt: skip
    page = text(comparison, "markdown")
    assert "| `FIT413 lap-index` | new | 0 of 60 (0.0%) | 60 of 60 (100.0%) |  |" in page
    assert "`garmin <b>x</b>\\|y 4.12\\x1b[31m" in page
    assert "\x1b" not in text(comparison)


def test_a_rule_that_speaks_of_more_points_in_as_many_files_is_told() -> None:
    """A comparison of sets of codes would see nothing here."""
    old = [report(f"{k}.fit", [finding("TIM008", "time-goes-back", count=1 + k % 3)]) for k in range(100)]
    new = [report(f"{k}-new.fit", [finding("TIM008", "time-goes-back", count=50 + k % 30)]) for k in range(100)]
    comparison = compared(old, new)
    [(_, cause)] = comparison.causes
    assert (cause.alarm.change, cause.alarm.first.what) == ("larger", "size")
    assert "TIM008 time-goes-back, larger: median 2 before, 63 now (points a file)" in text(comparison)


def test_what_became_better_is_told_as_gone() -> None:
    old = [report(f"{k}.fit", [finding("FIT413", "lap-index")] if k % 2 else []) for k in range(100)]
    [(_, cause)] = compared(old, [report(f"{k}-new.fit", []) for k in range(100)]).causes
    assert cause.alarm.change == "gone"


def test_two_faults_at_random_in_the_same_files_stay_two() -> None:
    chance = np.random.default_rng(3)
    new = [
        report(
            f"{k}.fit",
            [
                finding(code, name)
                for code, name in (("FIT413", "lap-index"), ("POS010", "elevation"))
                if chance.random() < 0.5
            ],
        )
        for k in range(300)
    ]
    assert causes(compared([report(f"{k}-old.fit", []) for k in range(300)], new)) == {"FIT413": [], "POS010": []}


def test_of_two_that_follow_from_each_other_the_more_severe_is_the_cause() -> None:
    both = [finding("FIT312", "message-order", "info"), finding("TIM120", "clock-step", "warning")]
    new = [report(f"{k}.fit", both[: 1 + (k > 0)] if k < 40 else []) for k in range(200)]
    assert causes(compared([report(f"{k}-old.fit", []) for k in range(200)], new)) == {"TIM120": ["FIT312"]}


# devices and firmwares


def of(firmware: str, count: int, *codes: str, product: str = "edge_530", label: str = "") -> list[dict[str, Any]]:
    found = [finding(code, "x") for code in codes]
    device = {"firmware": firmware, "product": product}
    return [report(f"{label}{product}-{firmware}-{k}.fit", found, device=device) for k in range(count)]


def test_each_firmware_is_compared_with_its_own_and_a_new_one_with_all_before() -> None:
    old = of("4.10", 50) + of("4.11", 60) + of("7", 40, product="fenix")
    new = of("4.11", 70, label="n") + of("4.12", 80, "FIT413", label="n") + of("7", 40, product="fenix", label="n")
    comparison = compared(old, new)
    assert [
        (each.device[1], each.old_firmwares, each.new_firmware, each.old_files, each.new_files)
        for each in comparison.devices
    ] == [
        ("edge_530", ("4.11",), "4.11", 60, 70),
        ("edge_530", ("4.10", "4.11"), "4.12", 110, 80),
        ("fenix", ("7",), "7", 40, 40),
    ]
    [(device, cause)] = comparison.causes
    assert device is comparison.devices[1]
    assert cause.alarm.measure.key == "FIT413"
    assert "1 cause in garmin edge_530 4.12 (80 files), beside 4.10 and 4.11 (110 files):" in text(comparison)


def test_a_device_of_one_night_alone_is_told_and_not_compared() -> None:
    comparison = compared(of("1", 5) + of("1", 3, product="one"), of("1", 5, label="n") + of("2", 7, product="two"))
    assert comparison.only_old == (("garmin one", 3),)
    assert "only in new, not compared: garmin two (7 files)" in text(comparison)


def test_no_device_in_both_nights() -> None:
    with pytest.raises(BadNight, match="no device is in both nights: old has garmin one, new has garmin two"):
        compared(of("1", 5, product="one"), of("1", 5, product="two"))


def test_files_that_cannot_be_read_stand_apart() -> None:
    def unreadable(name: str) -> dict[str, Any]:
        return report(name, [finding("INT002", "unreadable", "error")]) | {
            "format": "unknown",
            "activity": None,
            "sha256": "",
        }

    old, new = of("1", 100), of("1", 100, label="n")
    comparison = compared([*old, unreadable("a")], [*new, unreadable("a"), unreadable("b")])
    assert causes(comparison) == {}
    assert "unreadable files that cannot be read: 1 of 101 files before" in text(comparison)
    comparison = compared(old, [*new, *(unreadable(f"{k}") for k in range(40))])
    assert causes(comparison) == {"unreadable": []}
    assert comparison.devices[0].new_files == 100


# all devices together


def few_of_many(label: str, broken: bool, devices: int = 18) -> list[dict[str, Any]]:
    """Two files of each of many devices, where all are broken or none."""
    found = [finding("FIT006", "crc", "error")] if broken else []
    return [
        report(f"{label}/{k}.fit", found, sha256=f"{label}{k}", device={"product": f"product_{k // 2}"})
        | {"verdict": "refused" if broken else "ready"}
        for k in range(2 * devices)
    ]


@pytest.mark.parametrize("by", ["auto", "none"])
def test_a_fault_in_every_file_of_many_devices_is_found(by: str) -> None:
    """None of the devices has files enough to show anything alone."""
    comparison = compared(few_of_many("a", broken=False), few_of_many("b", broken=True), by=by)
    [(device, cause)] = comparison.causes
    assert device is comparison.together
    assert (cause.alarm.measure.key, cause.alarm.change) == ("FIT006", "new")
    told = text(comparison).splitlines()
    assert told[1:3] == [
        "refused 0 -> 36, risky 0 -> 0, ready 36 -> 0",
        "18 of 18 devices and firmwares have too few files to show anything alone",
    ]
    assert "1 cause in all devices together (36 files), beside the same devices (36 files):" in told
    assert "product_0" not in text(comparison)
    assert "too few files in garmin product_0 4.11 (2 files), beside 4.11 (2 files)\n" in text(
        comparison, show_all=True
    )
    made = json.loads(text(comparison, "json"))
    assert [each["key"] for each in made["all_devices"]["causes"]] == ["FIT006"]
    assert made["verdicts"] == {"old": {"ready": 36}, "new": {"refused": 36}}
    assert "### 1 cause in `all devices together (36 files)" in text(comparison, "markdown")


def test_what_a_device_tells_alone_is_not_told_of_all() -> None:
    old, new = of("1", 60) + of("1", 60, product="b"), of("1", 60, "FIT413", label="n") + of("1", 60, product="b")
    comparison = compared(old, new, by="none")
    assert [(device.device[1], cause.alarm.measure.key) for device, cause in comparison.causes if device] == [
        ("edge_530", "FIT413")
    ]
    assert comparison.together is not None
    assert comparison.together.causes == ()


def test_another_mix_of_devices_is_no_alarm_of_all_together() -> None:
    """A device whose files all have a finding makes up a tenth of OLD and half of NEW."""
    old = of("1", 10, "FIT413", product="a") + of("1", 90, product="b")
    new = of("1", 50, "FIT413", product="a", label="n") + of("1", 50, product="b", label="n")
    assert causes(compared(old, new)) == {}


# pairs


def test_the_same_rides_written_by_two_firmwares_are_pairs() -> None:
    """Of 200 rides 12 change for the worse: too few among populations that differ anyway, enough for pairs."""
    old = [report(f"night-1/{k}.fit", [finding("TIM008", "x")] if k < 60 else [], sha256=f"a{k}") for k in range(200)]
    new = [report(f"night-2/{k}.fit", [finding("TIM008", "x")] if k < 74 else [], sha256=f"b{k}") for k in range(200)]
    comparison = compared(old, new)
    assert (comparison.by, comparison.pairs) == ("name", 200)
    assert causes(comparison) == {"TIM008": []}
    assert causes(compared(old, new, by="none")) == {}


def test_followers_are_found_among_pairs_too() -> None:
    codes = [finding("TIM120", "clock-step"), finding("FIT312", "message-order", "info")]
    old = [report(f"night-1/{k}.fit", [], sha256=f"a{k}") for k in range(200)]
    new = [report(f"night-2/{k}.fit", codes if k < 30 else [], sha256=f"b{k}") for k in range(200)]
    assert causes(compared(old, new)) == {"TIM120": ["FIT312"]}


@pytest.mark.parametrize("paired", [True, False])
def test_few_files_are_enough_where_two_rules_speak_in_the_same_ones(paired: bool) -> None:
    """A fault in all files leaves none to compare, and speaks of laps as the follower does; the clock step explains
    it."""
    lap, step, order = finding("FIT413", "lap-index"), finding("TIM120", "clock-step"), finding("FIT312", "x", "info")
    order["message"] = "messages that stand after records of a later time: lap"
    files, few = (25, 12) if paired else (60, 28)
    names = "{}/{}.fit" if paired else "{}/{}-{}.fit"
    old = [report(names.format("a", k, "a"), [], sha256=f"a{k}") for k in range(files)]
    new = [
        report(names.format("b", k, "b"), [lap, step, order][: 3 if 0 < k < few else 1], sha256=f"b{k}")
        for k in range(files)
    ]
    new[0]["findings"] = [lap, order]
    assert causes(compared(old, new)) == {"FIT413": [], "TIM120": ["FIT312"]}


def test_names_alone_make_no_pairs_of_other_rides() -> None:
    """Many devices count their files from 1."""
    old = [report(f"{k}.fit", [], sha256=f"a{k}") for k in range(20)]
    new = [report(f"{k}.fit", [], sha256=f"b{k}", activity={"start_time": "2026-11-27T09:00:00Z"}) for k in range(20)]
    assert compared(old, new).by == "none"
    assert compared(old, new, by="name").pairs == 20
    with pytest.raises(BadNight, match="no file of the same content"):
        compared(old, new, by="content")


def test_values_of_the_same_file_that_changed_beyond_tolerance() -> None:
    old = [report(f"{k}.fit", []) for k in range(10)]
    new = [report(f"{k}.fit", []) for k in range(10)]
    new[3]["activity"] |= {"distance_m": 8100.0, "elapsed_s": 1200.5}
    new[4]["activity"] |= {"distance_m": 8005.0, "points": 1200}
    new[5]["activity"] |= {"sport": {"file": "running"}, "elapsed_s": None}
    comparison = compared(old, new)
    assert (comparison.by, comparison.pairs) == ("content", 10)
    assert [(each.file, each.what, each.old, each.new) for each in comparison.changed] == [
        ("3.fit", "distance", 8000.0, 8100.0),
        ("4.fit", "points", 1201.0, 1200.0),
        ("5.fit", "time", 1200.0, None),
        ("5.fit", "sport", "cycling", "running"),
    ]
    assert "values changed in 3 of 10 pairs: distance 1, points 1, sport 1, time 1" in text(comparison)
    assert "5.fit: time 1200 s before, not known now" in text(comparison)


# reports that cannot be compared


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"version": "0.2.0"}, "the reports are of different versions of tracklint: old 0.1.0, new 0.2.0"),
        ({"config": "ffff"}, "the reports are of different configurations: old 0123456789ab, new ffff"),
    ],
)
def test_reports_that_were_made_otherwise(made: dict[str, str], told: str) -> None:
    old, new = of("1", 20), of("1", 20, label="n")
    for each in new:
        each["checked_by"] = each["checked_by"] | made
    with pytest.raises(BadNight, match=told):
        compared(old, new)
    assert causes(compared(old, new, anyway=True)) == {}
    with pytest.raises(BadNight, match="old: its reports are of different"):
        compared(old + new, of("1", 20))


# the tests themselves, beside SciPy's and published figures


def test_fisher_is_that_of_scipy() -> None:
    from scipy.stats import fisher_exact

    chance = np.random.default_rng(5)
    for _ in range(200):
        of_old, of_new = chance.integers(1, 400, 2)
        old, new = int(chance.integers(0, of_old + 1)), int(chance.integers(0, of_new + 1))
        wanted = fisher_exact([[old, of_old - old], [new, of_new - new]]).pvalue
        assert fisher(old, int(of_old), new, int(of_new)).p == pytest.approx(wanted, rel=1e-6, abs=1e-300)
    assert fisher(0, 50, 2, 50).least == pytest.approx(fisher_exact([[0, 50], [2, 48]]).pvalue)
    assert fisher(0, 50, 0, 50) == Chance(1.0, 1.0)


def test_tables_together_are_every_way_to_split_them() -> None:
    """Two tables of 2 and 2 files with two marked each: 6 * 6 ways, of which 1 marks all four new files."""
    assert fishers([(0, 2, 2, 2), (0, 2, 2, 2)]).p == pytest.approx(2 / 36)
    told = fishers([(0, 2, 2, 2), (0, 3, 0, 3), (1, 2, 1, 2)])
    assert (told.p, told.least) == pytest.approx((18 / 36, 2 / 36))
    assert fishers([(0, 2, 0, 2), (3, 3, 0, 0)]) == Chance(1.0, 1.0)


def test_the_sign_test_is_the_binomial_one() -> None:
    from scipy.stats import binomtest

    for down, up in ((0, 9), (3, 14), (7, 7), (20, 4)):
        assert sign(down, up).p == pytest.approx(binomtest(down, down + up).pvalue)
    assert sign(0, 9).least == pytest.approx(2 * 0.5**9)


def test_intervals_are_the_published_ones() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857 (81 of 263) and 17:873 (56 of 70 against 48 of 80, method 10)."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert newcombe(48, 80, 56, 70) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_moved_says_where_and_which_way() -> None:
    chance, difference, cut = moved(np.arange(100.0), np.arange(100.0) + 30)
    assert difference == pytest.approx(0.3)
    assert 29 <= cut <= 99
    assert chance.p < 1e-3
    assert moved(np.arange(100.0), np.arange(100.0) + 3, 0.1)[0] == Chance(1.0, 0.0)


def test_moved_is_that_of_scipy() -> None:
    from scipy.stats import ks_2samp

    chance = np.random.default_rng(9)
    for _ in range(50):
        old, new = (np.round(chance.gamma(2, scale, chance.integers(20, 300)), 1) for scale in (1.0, 1.3))
        wanted = ks_2samp(old, new, method="asymp")
        told, difference, cut = moved(old, new)
        assert told.p == pytest.approx(wanted.pvalue)
        assert difference == pytest.approx(wanted.statistic * wanted.statistic_sign)
        assert (new > cut).mean() - (old > cut).mean() == pytest.approx(difference)


def test_many_tests_hold_the_error_and_hopeless_ones_cost_nothing() -> None:
    assert rejected([Chance(0.01)] * 2 + [Chance(0.03)] * 2, 0.05) == [True, True, False, False]
    hopeless = [Chance(1.0, 0.3)] * 100
    assert rejected([Chance(0.04), *hopeless], 0.05) == [True, *[False] * 100]
    assert rejected([Chance(0.04), *[Chance(0.5)] * 100], 0.05) == [False] * 101
    assert rejected([Chance(0.01), Chance(0.02), Chance(0.04)], 0.05) == [True, True, True]  # step by step, as Holm


def test_false_alarms_of_many_tests_are_as_seldom_as_promised() -> None:
    """Twenty rules in nights of 60 files, 400 times, at 10 %: at most 40 are expected."""
    chance = np.random.default_rng(7)
    shares = np.linspace(0.01, 0.6, 20)
    false = 0
    for _ in range(400):
        old, new = chance.binomial(60, shares), chance.binomial(60, shares)
        false += any(rejected([fisher(int(a), 60, int(b), 60) for a, b in zip(old, new, strict=True)], 0.1))
    assert false <= 40


def test_subjects_are_words_of_their_own() -> None:
    assert subjects("heart_rate_dropout_longest_s".replace("_", " ")) == {"heart rate"}
    assert subjects("lap-index", "the time") == {"lap"}
    assert subjects("dropouts", "the heart rate is missing") == {"heart rate"}
    assert subjects("overlap", "clapped") == frozenset()
