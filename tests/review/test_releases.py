"""Two releases of the gateway: what the catalog says differs, and what that opens in a stack."""

from __future__ import annotations

import pytest

from segfw.catalog import load_catalog
from segfw.catalog.model import Direction
from segfw.problems import ProblemsFound
from segfw.review.releases import difference, stack_difference
from segfw.review.releases_sections import document, sections
from segfw.sets.addresses import Family, parse_prefix
from segfw.sets.headerspace import Packet, Service
from segfw.settings import read_tree
from tests.cli.calling import SMALL
from tests.oracles.naive import group_rules, lets_through
from tests.oracles.packets import TCP
from tests.oracles.packets import Packet as Asked
from tests.shipped import CONFIG, TODAY

CATALOG = load_catalog()


def catalog(**rows):
    """The catalog with some rows replaced (by their id, with ``_`` for ``-``), or added."""
    held = dict(CATALOG.rows)
    for name, row in rows.items():
        held[name.replace("_", "-")] = row
    return CATALOG._replace(rows=held)


def ending(name: str, last: str):
    return CATALOG.rows[name]._replace(until_release=last)


def moved_gui():
    """The web interface on 443 until 15.0 and on 8443 from 15.5 on: no text says so."""
    old = ending("gui-https", "15.0")
    new = CATALOG.rows["gui-https"]._replace(
        id="gui-new", ports=((8443, 8443),), from_release="15.5", until_release=None
    )
    feature = CATALOG.features["gui-https"]
    flow = feature.flows[0]
    changed = feature._replace(flows=(flow, flow._replace(row="gui-new")))
    features = {**CATALOG.features, "gui-https": changed}
    return catalog(gui_https=old, gui_new=new)._replace(features=features)


GUI = SMALL.replace("ssh-admin: {}", "ssh-admin: {}, gui-https: {}")


def of_stack(text, held, first, last, tmp_path):
    (tmp_path / "Pulumi.s.yaml").write_text(text)
    tree = read_tree(tmp_path, "s")
    return stack_difference(tree, held, difference(held, first, last), stack="s", today=TODAY)


def test_15_5_needs_smart_licensing_and_14_2_does_not():
    found = difference(CATALOG, "14.2", "15.5")

    assert [one.id for one in found.needed] == ["smart-licensing"]
    assert (found.begun, found.ended, found.unneeded) == ((), (), ())


def test_the_other_way_around_it_is_no_longer_needed():
    found = difference(CATALOG, "15.5", "14.2")

    assert [one.id for one in found.unneeded] == ["smart-licensing"]
    assert found.needed == ()


@pytest.mark.parametrize(
    ("first", "last"), [("15.5", "16.0"), ("14.2", "15.0"), ("15.0", "15.0"), ("15.5.3", "16.0.1")]
)
def test_where_no_text_says_so_nothing_differs(first, last):
    assert not difference(CATALOG, first, last).any


def test_rows_begin_and_end_with_the_releases_that_they_say():
    held = catalog(
        ntp=ending("ntp", "14.2"), qmqp=CATALOG.rows["qmqp"]._replace(from_release="15.5")
    )

    found = difference(held, "14.2", "15.5")
    assert ([r.id for r in found.begun], [r.id for r in found.ended]) == (["qmqp"], ["ntp"])
    between = difference(held, "15.0", "15.5")
    assert ([r.id for r in between.begun], [r.id for r in between.ended]) == (["qmqp"], [])
    after = difference(held, "15.5", "16.0")
    assert not after.any


def test_a_row_that_takes_anothers_place_is_one_change():
    (one,) = difference(moved_gui(), "15.0", "15.5").changed

    assert (one.old.id, one.new.id, one.features) == ("gui-https", "gui-new", ("gui-https",))


def test_rows_of_other_directions_do_not_take_each_others_place():
    held = moved_gui()
    rows = dict(held.rows)
    rows["gui-new"] = rows["gui-new"]._replace(directions=(Direction.EGRESS,))

    assert difference(held._replace(rows=rows), "15.0", "15.5").changed == ()


def test_a_row_that_stands_in_another_place_in_an_edition_is_told():
    assert difference(CATALOG, "14.2", "15.5").renumbered == ()
    row = CATALOG.rows["ntp"]._replace(numbers={"ug-14-ja": 15, "ug-14-2-3-en": 16})
    found = difference(catalog(ntp=row), "14.2", "15.5")

    assert [one.id for one in found.renumbered] == ["ntp"]
    titles = {section.title: section for section in sections(found, None, CATALOG)}
    assert titles["Rows that stand in another place"].table.rows == (
        ("ntp", "15 in ug-14-ja, 16 in ug-14-2-3-en"),
    )


def test_the_editions_are_those_of_the_table_with_the_rows_that_were_seen():
    found = {
        one.id: (one.rows, one.followed) for one in difference(CATALOG, "14.2", "15.5").editions
    }

    # facts/cisco: 48 rows in the followed edition, 1 to 20 seen in another, a note read in a third
    assert found == {
        "ug-14-ja": (48, True),
        "ug-14-2-3-en": (20, False),
        "ug-15-5-3-ja": (0, False),
    }


@pytest.mark.parametrize(
    ("release", "words"),
    [("17.0", "is newer than 16.0"), ("15.2", "is not listed")],
)
def test_a_release_that_is_not_listed_is_told_with_those_that_are(release, words):
    (remark,) = difference(CATALOG, "14.2", release).remarks

    assert remark.startswith(f"{release} {words}; the catalog knows 14.2, 15.0, 15.5, 16.0, ")
    assert "ug-14-ja" in remark


def test_a_build_of_a_listed_release_is_listed():
    assert difference(CATALOG, "15.5.3", "16.0.1").remarks == ()


def test_a_stack_lets_through_what_its_rows_let_through_at_each_release(tmp_path):
    found = of_stack(GUI, moved_gui(), "15.0", "15.5", tmp_path)

    (point,) = found.points
    old, new = (Service(TCP * 65536 + port, TCP * 65536 + port) for port in (443, 8443))
    assert [service for service, _ in point.closed.boxes()] == [old]
    assert [service for service, _ in point.opened.boxes()] == [new]
    assert (point.interface, point.direction, point.because) == (
        "data",
        Direction.INGRESS,
        ("gui-https (row 21)",),
    )


def test_it_is_what_the_naive_evaluator_sees_packet_by_packet(tmp_path):
    from segfw.plan import make_plan
    from segfw.settings import read_settings

    held, remote = moved_gui(), parse_prefix("10.9.0.3/32").first
    (tmp_path / "Pulumi.s.yaml").write_text(GUI)
    (point,) = of_stack(GUI, held, "15.0", "15.5", tmp_path).points

    def through(release: str, port: int, far: int) -> bool:
        (tmp_path / "Pulumi.r.yaml").write_text(GUI.replace('"15.0"', f'"{release}"'))
        plan = make_plan(
            read_settings(read_tree(tmp_path, "r"), held, stack="r", today=TODAY), held
        )
        resources = [(spec.token, spec.inputs()) for spec in plan.resources()]
        return lets_through(group_rules(resources, "ingress", {}), Asked(4, far, TCP, port))

    for port in (22, 443, 8443):
        for far in (remote, remote + 255):
            packet = Packet(Family.IPV4, TCP * 65536 + port, far)
            before, after = through("15.0", port, far), through("15.5", port, far)
            assert (packet in point.opened) is (after and not before), (port, far)
            assert (packet in point.closed) is (before and not after), (port, far)


def test_a_stack_without_a_needed_feature_hears_what_it_would_open(tmp_path):
    text = SMALL + "  seg-firewall:hosts: {default: [192.0.2.60/32]}\n"
    found = of_stack(text, CATALOG, "14.2", "15.5", tmp_path)

    assert found.points == ()
    (need,) = found.needs
    (point,) = need.opens
    assert (need.feature.id, point.direction) == ("smart-licensing", Direction.EGRESS)
    assert str(point.opened) == "tcp 443: 192.0.2.60/32"
    assert (point.because, need.problems) == (("smart-licensing (extra smart-licensing)",), ())


def test_a_stack_that_cannot_switch_it_on_hears_why(tmp_path):
    (need,) = of_stack(SMALL, CATALOG, "14.2", "15.5", tmp_path).needs

    assert need.opens == ()
    assert (
        '"smartreceiver.cisco.com" has no published addresses and no strategy' in need.problems[0]
    )


def test_a_stack_that_has_it_on_needs_nothing():
    tree = read_tree(CONFIG, "aws-prod-us-east-1")
    wanted = difference(CATALOG, "14.2", "15.5")
    found = stack_difference(tree, CATALOG, wanted, stack="aws-prod-us-east-1", today=TODAY)

    assert (found.release, found.points, found.needs) == ("15.5", (), ())


def test_what_opens_nothing_more_is_said_so(tmp_path):
    text = SMALL.replace("ssh-admin: {}", "ssh-admin: {}, updates: {}")
    text += "  seg-firewall:hosts: {default: internet}\n"
    found = of_stack(text, CATALOG, "14.2", "15.5", tmp_path)
    lines = [
        line
        for s in sections(difference(CATALOG, "14.2", "15.5"), found, CATALOG)
        for line in s.lines
    ]

    assert "switched on, it opens nothing that is not open already." in lines


def test_a_stack_with_problems_is_refused(tmp_path):
    with pytest.raises(ProblemsFound):
        of_stack(SMALL.replace("ssh-admin", "ssh-admn"), CATALOG, "14.2", "15.5", tmp_path)


def test_the_document_says_what_the_text_says():
    found = difference(moved_gui(), "15.0", "15.5")
    made = document(found, None, CATALOG)

    assert (made["format"], made["from"], made["to"], made["stack"]) == (1, "15.0", "15.5", None)
    assert [row["id"] for row in made["begun"]] == ["gui-new"]
    assert made["changed"] == [{"from": "gui-https", "to": "gui-new", "features": ["gui-https"]}]
    assert made["needed"] == [
        {
            "id": "smart-licensing",
            "requiredFrom": "15.5",
            "opens": [
                "out tcp 443 to smartreceiver.cisco.com (extra smart-licensing) [tac-214614]"
            ],
        }
    ]
