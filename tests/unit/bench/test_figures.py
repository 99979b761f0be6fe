"""Medians, ratios, and whether what the issue asks is kept."""

import pytest

from tests.bench.figures import COST_HEAD, Must, cost_musts, cost_rows, middle, server_share, table

RUNS = {
    "nothing": [{"server_active": 2.0, "server_idle": 0.1}],
    "ours": [{"active": a, "idle": 0.3, "server_active": 2.5, "pss": 1 << 26} for a in (3, 1, 2)],
    "ssr": [{"active": 8.0, "idle": 6.0, "server_active": 3.0}],
}


def test_the_middle_of_the_rounds_counts():
    assert middle(RUNS["ours"], "active") == 2
    assert middle(RUNS["ours"], "size") is None
    assert middle([], "active") is None


def test_the_servers_share_is_what_it_took_more():
    assert server_share(RUNS, "ours", "active") == pytest.approx(0.5)
    assert server_share(RUNS, "ffmpeg", "active") is None
    assert server_share({"ours": RUNS["ours"]}, "ours", "active") is None


def test_every_figure_stands_beside_what_is_asked():
    musts = {must.what: must for must in cost_musts(RUNS)}
    of_ssr = musts["active minute, XDamage, of SimpleScreenRecorder"]
    assert (of_ssr.figure, of_ssr.kept) == (0.25, True)
    assert musts["active minute, XDamage, of ffmpeg"].kept is None
    assert musts["idle minute, XDamage"].figure == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("figure", "sense", "verdict"),
    [
        (1.0, "at most", "ok"),
        (1.1, "at most", "**not ok**"),
        (1.0, "at least", "ok"),
        (0.9, "at least", "**not ok**"),
        (None, "at most", "not measured"),
    ],
)
def test_a_limit_itself_is_kept(figure, sense, verdict):
    assert Must("it", 1.0, figure, " s", sense).cells()[-1] == verdict


def test_a_row_has_a_cell_for_each_heading():
    (ours, ssr) = cost_rows(RUNS, {"ours": "SaiJian", "ssr": "SSR", "ffmpeg": "ffmpeg"})
    assert len(ours) == len(ssr) == len(COST_HEAD)
    assert ours[:5] == ["SaiJian", "2.00 s", "0.25", "", "0.50 s"]
    assert "64 MiB" in ours


def test_a_table_is_markdown():
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
