from __future__ import annotations

import json

import pytest
from cryptography import x509

from client.base.errors import BadInputError, PlanError
from client.contest.plan import load_plan
from client.evidence.keys import load_key
from client.organizer.folder import OrganizerFolder, init_folder, open_folder
from client.organizer.publish import PublishedPlans, check_plan, sign_plan
from tests.private import only_mine
from tests.simulators.contest import draft

ADDRESS = "https://127.0.0.1:8443"


def encoded(**changes):
    return json.dumps(draft(ADDRESS, **changes)).encode()


@pytest.fixture
def folder(tmp_path):
    folder = OrganizerFolder(tmp_path / "organizer")
    init_folder(folder.path, ("exam.example.org", "192.0.2.7"))
    return folder


def test_init_makes_keys_that_only_its_user_can_read(folder):
    assert folder.public_key.read_text(encoding="ascii").strip() == (
        load_key(folder.key).public_key().public_bytes_raw().hex()
    )
    for secret in (folder.key, folder.certificate_key):
        assert only_mine(secret)
    assert only_mine(folder.path)
    assert folder.roster_example.read_bytes().startswith("\ufeff准考证号,一次性码,姓名".encode())


def test_the_certificate_names_loopback_and_the_given_hosts(folder):
    certificate = x509.load_pem_x509_certificate(folder.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "exam.example.org"]
    addresses = [str(a) for a in names.get_values_for_type(x509.IPAddress)]
    assert addresses == ["127.0.0.1", "::1", "192.0.2.7"]


def test_init_never_overwrites_keys(folder):
    before = folder.key.read_bytes()
    with pytest.raises(BadInputError):
        init_folder(folder.path)
    assert folder.key.read_bytes() == before


def test_a_folder_without_init_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no organizer's folder"):
        open_folder(tmp_path)


def test_signing_fills_in_key_and_certificate(folder):
    published = sign_plan(folder, encoded())
    organizer = published.plan.organizer
    assert organizer.keys == (folder.public_key.read_text(encoding="ascii").strip(),)
    assert organizer.certificate_pem == folder.certificate.read_text(encoding="ascii")
    assert load_plan(folder.plan.read_bytes()) == published
    assert folder.plan_of(published.sha256).read_bytes() == published.raw


def test_a_loopback_plan_without_tls_pins_nothing(folder):
    published = sign_plan(folder, json.dumps(draft("http://127.0.0.1:8000")).encode())
    assert published.plan.organizer.certificate_pem == ""


def test_a_certificate_of_one_s_own_is_kept(folder, tmp_path):
    init_folder(tmp_path / "other")
    pem = OrganizerFolder(tmp_path / "other").certificate.read_text(encoding="ascii")
    plan = draft(ADDRESS)
    plan["organizer"]["certificate_pem"] = pem
    assert sign_plan(folder, json.dumps(plan).encode()).plan.organizer.certificate_pem == pem


def test_a_plan_for_another_organizer_s_key_is_not_signed(folder):
    plan = draft(ADDRESS)
    plan["organizer"]["keys"] = ["ab" * 32]
    with pytest.raises(PlanError, match=r"organizer\.keys"):
        sign_plan(folder, json.dumps(plan).encode())
    assert not folder.plan.exists()


def test_a_newer_revision_replaces_the_plan_and_the_older_one_stays_known(folder):
    first = sign_plan(folder, encoded())
    plans = PublishedPlans(folder)
    assert plans.current().sha256 == first.sha256
    second = sign_plan(folder, encoded(revision=2))
    assert plans.current().sha256 == second.sha256
    assert plans.find(first.sha256) == first
    assert plans.find("0" * 64) is None
    assert plans.find("../plan") is None


@pytest.mark.parametrize("change", [{"contest_url": "https://x.test/"}, {"id": "another"}])
def test_the_same_revision_or_another_contest_is_refused(folder, change):
    first = sign_plan(folder, encoded())
    revision = 2 if "id" in change else 1
    with pytest.raises(BadInputError):
        sign_plan(folder, encoded(revision=revision, **change))
    assert folder.plan.read_bytes() == first.raw


def test_signing_the_same_again_changes_nothing(folder):
    same = encoded()
    assert sign_plan(folder, same) == sign_plan(folder, same)


def test_out_gets_a_copy(folder, tmp_path):
    published = sign_plan(folder, encoded(), tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == published.raw


def test_a_draft_and_a_signed_plan_can_be_checked_and_a_changed_one_fails(folder):
    assert check_plan(encoded()).id == "test-contest"
    published = sign_plan(folder, encoded())
    assert check_plan(published.raw).revision == 1
    with pytest.raises(PlanError, match="signature"):
        check_plan(published.raw.replace(b"0731-0000000", b"0731-0000001"))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"organizer": 3}, "organizer"),
        ({"revision": 0}, "revision"),
        ({"projects": []}, "projects"),
    ],
)
def test_a_bad_draft_is_named_and_not_published(folder, bad, field):
    for work in (check_plan, lambda raw: sign_plan(folder, raw)):
        with pytest.raises(PlanError) as error:
            work(encoded(**bad))
        assert field in error.value.title.zh
    assert not folder.plan.exists()
    assert list(folder.plans.iterdir()) == []
