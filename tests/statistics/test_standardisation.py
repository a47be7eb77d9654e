"""Laws and published figures of directly and indirectly standardised rates."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import gamma, norm

from mapsvc.statistics.rates import byar_limits, crude_rate, poisson_limits
from mapsvc.statistics.standardisation import direct_rate, expected_events, standardised_ratio

# SAS/STAT user's guide, PROC STDRATE, getting started: skin cancer in Florida and in the United
# States in 2000 by age: deaths and person-years of both, and the expected deaths that it prints.
FLORIDA_DEATHS = np.array([0, 0, 4, 14, 43, 72, 70, 126, 136, 73])
FLORIDA_YEARS = np.array(
    [953785, 1997935, 1885014, 1957573, 2356649, 2088000, 1548371, 1447432, 1087524, 335944]
)
US_DEATHS = np.array([0, 1, 41, 186, 626, 1199, 1303, 1637, 1624, 803])
US_YEARS = np.array(
    [
        *(19175798, 41077577, 39183891, 39892024, 45148527),
        *(37677952, 24274684, 18390986, 12361180, 4239587),
    ]
)
SAS_EXPECTED = [0, 0.049, 1.972, 9.127, 32.676, 66.445, 83.112, 128.837, 142.878, 63.630]
SAS_RATIOS = {2: 2.0280, 3: 1.5339, 4: 1.3160, 5: 1.0836, 6: 0.8422}

# Cancers of the larynx and lung near an incinerator at Charnock Richard (P. Elliott and others):
# table 29.1, every row of more than six cases, as kept at
# nku.edu/~longa/geomed/stats/diggle/elliot.txt: observed, expected, ratio, 95 % limits.
CHARNOCK_RICHARD = [
    (76, 80.0, 0.95, 0.75, 1.19),
    (27, 30.0, 0.90, 0.59, 1.31),
    (76, 78.8, 0.96, 0.76, 1.21),
    (27, 29.5, 0.91, 0.60, 1.33),
    (58, 75.3, 0.77, 0.58, 1.00),
    (1418, 1433.7, 0.99, 0.94, 1.04),
    (24, 31.8, 0.75, 0.48, 1.12),
    (607, 605.6, 1.00, 0.92, 1.09),
    (58, 69.3, 0.84, 0.64, 1.08),
    (1418, 1419.3, 1.00, 0.95, 1.05),
    (24, 29.2, 0.82, 0.53, 1.22),
    (607, 599.7, 1.01, 0.93, 1.10),
]

# Down's syndrome in Michigan by birth order and age of the mother (Fleiss, 1981, p. 249), the data
# of table 1 of Fay and Feuer (1997): events and births; rate, lower and upper limit as the manual
# of R's tidyrates prints them of epitools::ageadjust.direct. The standard is all births.
BIRTH_ORDERS = [
    (
        [107, 141, 60, 40, 39, 25],
        [230061, 329449, 114920, 39487, 14208, 3052],
        ("0.000923", "0.000804", "0.00106"),
    ),
    (
        [25, 150, 110, 84, 82, 39],
        [72202, 326701, 208667, 83228, 28466, 5375],
        ("0.000912", "0.000824", "0.00101"),
    ),
    (
        [3, 71, 114, 103, 108, 75],
        [15050, 175702, 207081, 117300, 45026, 8660],
        ("0.000851", "0.000772", "0.000942"),
    ),
    (
        [1, 26, 64, 89, 137, 96],
        [2293, 68800, 132424, 98301, 46075, 9834],
        ("0.000927", "0.000800", "0.00115"),
    ),
    (
        [0, 8, 63, 112, 262, 295],
        [327, 30666, 123419, 149919, 104088, 34392],
        ("0.000755", "0.000677", "0.00188"),
    ),
]

counts = st.lists(st.integers(0, 500), min_size=1, max_size=8)


def test_the_gamma_interval_is_that_of_the_fixture():
    """The figures that this project was given for the method of Fay and Feuer (1997)."""
    rate, lower, upper = direct_rate(
        [30, 25, 25, 15], [1000, 1000, 1100, 900], [1000, 900, 1000, 900], per=1
    )
    assert [rate, lower, upper] == pytest.approx([0.02374402, 0.01920491, 0.02904848], abs=5e-9)


def test_the_gamma_interval_is_that_of_downs_syndrome_in_michigan():
    """Fay and Feuer (1997), fifth and later births, as the vignette of R's dsrTest prints it."""
    rate, lower, upper = direct_rate(
        [0, 8, 63, 112, 262, 295],
        [327, 30666, 123419, 149919, 104088, 34392],
        [319933, 931318, 786511, 488235, 237863, 61313],
        per=100_000,
    )
    assert rate == pytest.approx(75.52901, abs=5e-6)
    assert lower == pytest.approx(67.70212, abs=5e-6)
    assert upper == pytest.approx(188.30017, abs=5e-6)


@pytest.mark.parametrize(("events", "births", "printed"), BIRTH_ORDERS)
def test_adjusted_rates_and_limits_are_those_that_epitools_prints(events, births, printed):
    standard = sum(np.array(of_order) for _, of_order, _ in BIRTH_ORDERS)
    found = direct_rate(events, births, standard, per=1)
    for number, text in zip(found, printed, strict=True):
        assert f"{number:.{len(text) - 2}f}" == text


def test_the_direct_rate_is_that_of_the_public_health_departments_software():
    """Department of Health and Social Care, PHStatsMethods: its test of phe_dsr."""
    rate, _, _ = direct_rate(
        [50, 55, 55, 55, 60, 60, 65, 70, 70, 70, 70, 65, 60, 55, 50, 40, 25, 15, 10],
        [
            *(509, 559, 559, 559, 609, 609, 659, 709, 709, 709),
            *(709, 659, 609, 559, 509, 409, 259, 159, 109),
        ],
        [
            *(5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000),
            *(7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000),
        ],
        per=100_000,
    )
    assert rate == pytest.approx(9832.763039564017, rel=1e-12)


@pytest.mark.parametrize("stratum", range(10))
def test_expected_events_are_those_of_sas(stratum):
    one = slice(stratum, stratum + 1)
    expected = expected_events(FLORIDA_YEARS[one], US_DEATHS[one], US_YEARS[one])
    assert expected == pytest.approx(SAS_EXPECTED[stratum], abs=5e-4)


@pytest.mark.parametrize("stratum", sorted(SAS_RATIOS))
def test_ratios_of_strata_are_those_of_sas(stratum):
    one = slice(stratum, stratum + 1)
    expected = expected_events(FLORIDA_YEARS[one], US_DEATHS[one], US_YEARS[one])
    ratio, _, _ = standardised_ratio(FLORIDA_DEATHS[stratum], expected)
    assert ratio == pytest.approx(SAS_RATIOS[stratum], abs=5e-5)


@pytest.mark.parametrize(("observed", "expected", "ratio", "lower", "upper"), CHARNOCK_RICHARD)
def test_ratios_and_limits_are_those_of_charnock_richard(observed, expected, ratio, lower, upper):
    for limits in (poisson_limits, byar_limits):
        found = np.array(standardised_ratio(observed, expected, limits=limits))
        # The expected events are printed to one decimal, the rest to two.
        tolerance = 0.005 + found * 0.05 / expected
        assert np.all(np.abs(found - [ratio, lower, upper]) <= tolerance)


def test_a_ratio_and_its_limits_are_those_of_a_textbook():
    """Biological Effects of Low Level Exposures (1992): 30 observed, 15.21 expected."""
    _, lower, upper = standardised_ratio(30, 15.21)
    assert [lower, upper] == pytest.approx([1.33, 2.82], abs=5e-3)


def test_a_ratio_and_its_limits_are_those_of_r():
    """Mortality of Welsh nickel workers: the output in the manual of DescTools::PoissonCI."""
    ratio, lower, upper = standardised_ratio(137, 24.19893)
    assert ratio == pytest.approx(5.661407, abs=5e-7)
    assert lower == pytest.approx(4.753125, abs=5e-7)
    assert upper == pytest.approx(6.692709, abs=5e-7)


def test_byars_limits_of_a_ratio_are_those_of_an_independent_program_at_z_of_1_96():
    """The examples of the Ruby gem byar 1.0.0: 100 observed, 90 expected."""
    confidence = 1 - 2 * norm.sf(1.96)
    _, lower, upper = standardised_ratio(100, 90, confidence, byar_limits)
    assert lower == pytest.approx(0.9040199067337297, rel=1e-12)
    assert upper == pytest.approx(1.3514260807978444, rel=1e-12)


@given(st.integers(0, 10_000), st.integers(1, 10**7), st.floats(0.1, 1e6))
def test_one_stratum_is_the_crude_rate_with_exact_limits(events, persons, weight):
    adjusted = direct_rate([events], [persons], [weight], per=1000)
    np.testing.assert_allclose(adjusted, crude_rate(events, persons, 1000), rtol=1e-8)


@given(counts, st.floats(0.01, 100), st.randoms(use_true_random=False))
def test_the_rate_is_between_the_strata_whatever_the_scale_and_order_of_the_standard(
    events, scale, random
):
    strata = len(events)
    persons = np.array([random.randint(1, 10**6) for _ in range(strata)])
    standard = np.array([random.randint(1, 10**6) for _ in range(strata)])
    found = np.array(direct_rate(events, persons, standard, per=1))
    rates = np.array(events) / persons
    assert rates.min() * (1 - 1e-12) <= found[0] <= rates.max() * (1 + 1e-12)
    assert found[1] <= found[0] <= found[2] < np.inf
    order = np.array(random.sample(range(strata), strata))
    again = direct_rate(np.array(events)[order], persons[order], standard[order] * scale, per=1)
    np.testing.assert_allclose(again, found, rtol=1e-9)


@given(counts, st.randoms(use_true_random=False))
def test_the_limits_are_gamma_quantiles_by_an_independent_computation(events, random):
    """Fay and Feuer's limits in their own notation, with scipy.stats.gamma."""
    assume(sum(events))
    persons = np.array([random.randint(100, 10**6) for _ in events])
    weights = np.array([random.randint(1, 1000) for _ in events], dtype=float)
    weights = weights / weights.sum() / persons
    y, v, w = weights @ events, weights**2 @ events, weights.max()
    _, lower, upper = direct_rate(events, persons, weights * persons, per=1)
    assert lower == pytest.approx(gamma.ppf(0.025, y**2 / v, scale=v / y), rel=1e-8)
    above = gamma.ppf(0.975, (y + w) ** 2 / (v + w**2), scale=(v + w**2) / (y + w))
    assert upper == pytest.approx(above, rel=1e-8)


def test_no_events_at_all_is_a_real_zero_with_an_upper_limit_of_the_largest_weight():
    rate, lower, upper = direct_rate([0, 0], [100, 400], [1, 1], per=1)
    assert rate == lower == 0
    # The largest weight is 1 / 200; no events have an exact upper limit of -ln 0.025.
    assert upper == pytest.approx(-np.log(0.025) / 200, rel=1e-10)


def test_places_are_standardised_each_by_itself_and_those_without_persons_have_no_rate():
    events = np.array([[[3, 4], [0, 0]], [[3, np.nan], [3, 4]]])
    persons = np.array([[[100, 200], [100, 200]], [[100, 200], [0, 200]]])
    rate, lower, upper = direct_rate(events, persons, [1, 3], per=100)
    np.testing.assert_allclose(rate, [[0.25 * 3 + 0.75 * 2, 0], [np.nan, np.nan]])
    assert np.array_equal(np.isnan(lower), np.isnan(rate))
    assert np.array_equal(np.isnan(upper), np.isnan(rate))


@pytest.mark.parametrize("persons", [np.nan, 0, -5, np.inf])
def test_a_stratum_without_persons_matters_only_where_it_has_weight(persons):
    assert np.isnan(direct_rate([3, 4], [100, persons], [1, 1], per=1)).all()
    without = direct_rate([3, 4], [100, persons], [1, 0], per=1)
    np.testing.assert_allclose(without, direct_rate([3], [100], [1], per=1))


@pytest.mark.parametrize(
    ("events", "persons", "standard", "message"),
    [
        ([1, 2, 3], [1, 2], [1, 2], "3 strata of events, but 2 of the standard"),
        ([1, 2], [1, 2, 3], [1, 2], "3 strata of persons, but 2 of the standard"),
        (1, [1, 2], [1, 2], "1 strata of events"),
        ([1, 2], [1, 2], [[1, 2]], "one weight for each stratum"),
        ([], [], [], "one weight for each stratum"),
        ([1, 2], [1, 2], [1, -1], "negative"),
        ([1, 2], [1, 2], [1, np.nan], "missing or infinite"),
        ([1, 2], [1, 2], [1, np.inf], "missing or infinite"),
        ([1, 2], [1, 2], [0, 0], "sum to 0"),
        ([-1, 2], [1, 2], [1, 1], "negative or infinite"),
    ],
)
def test_a_standard_that_cannot_be_used_is_an_error(events, persons, standard, message):
    with pytest.raises(ValueError, match=message):
        direct_rate(events, persons, standard, per=1)


@given(counts, st.randoms(use_true_random=False))
def test_the_standard_is_as_expected_of_itself(events, random):
    assume(sum(events))
    persons = [random.randint(1, 10**6) for _ in events]
    expected = expected_events(persons, events, persons)
    assert standardised_ratio(sum(events), expected)[0] == pytest.approx(1)


def test_expected_events_need_a_rate_only_where_somebody_lives():
    persons = [[10, 0], [10, 5], [10, np.nan], [10, -1], [0, 0]]
    expected = expected_events(persons, [1, 1], [100, 0])
    np.testing.assert_allclose(expected, [0.1, np.nan, np.nan, np.nan, 0])


def test_strata_that_do_not_match_the_standard_are_an_error():
    with pytest.raises(ValueError, match="3 strata of persons, but 2"):
        expected_events([1, 2, 3], [1, 2], [1, 2])
    with pytest.raises(ValueError, match="not one number for each stratum"):
        expected_events([1, 2], [1, 2], [1, 2, 3])


@pytest.mark.parametrize("expected", [0, -1, np.nan, np.inf])
def test_there_is_no_ratio_to_nothing(expected):
    assert np.isnan(standardised_ratio(3, expected)).all()


def test_a_ratio_of_no_events_is_a_real_zero_with_an_upper_limit():
    ratio, lower, upper = standardised_ratio(0, 2)
    assert ratio == lower == 0
    assert upper == pytest.approx(-np.log(0.025) / 2, rel=1e-10)


@pytest.mark.parametrize("mean", [10, 20])
def test_the_gamma_interval_covers_the_truth_at_least_as_often_as_it_says(mean):
    """Fay and Feuer (1997) found it to, in simulations; 10,000 with weights from 1 to 30 here."""
    persons = np.array([60_000, 30_000, 15_000, 8_000, 3_000, 1_000])
    standard = np.array([18, 17, 16, 17, 16, 16]) / 100
    share = np.array([0.1, 0.15, 0.2, 0.25, 0.2, 0.1])
    weights = standard / persons
    assert weights.max() / weights.min() > 30
    events = np.random.default_rng(1997).poisson(mean * share, size=(10_000, 6))
    _, lower, upper = direct_rate(events, persons, standard, per=1)
    truth = (weights * mean * share).sum()
    assert ((lower <= truth) & (truth <= upper)).mean() >= 0.945
