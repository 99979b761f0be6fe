"""No number of a document in clear in any byte of the organizer's folder, also of an older one."""

import contextlib
import dataclasses
import logging
import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.attempt.admission import Applicant, admit
from client.cli import organizer as verbs
from client.cli.arguments import command_line
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.organizer import numbers
from client.organizer import records as records_module
from client.organizer.enlist import load_roster
from client.organizer.enrolments import enrol
from client.organizer.office import open_office
from client.recorder.setup import Devices
from tests.simulators.contest import code_of
from tests.unit.organizer.asking import ADDRESS, request

NUMBER, BEFORE = "99000019900101001X", "990000199001010028"


def roster(*rows):
    lines = (f"{ticket},{code_of(ticket)},考生,{number}" for ticket, number in rows)
    return "\n".join(["ticket,code,name,document", *lines]).encode()


def held(folder, text):
    """Return the files below the organizer's folder that hold `text`."""
    found = [path for path in folder.path.rglob("*") if path.is_file()]
    assert folder.records in found
    return [path.name for path in found if text.encode() in path.read_bytes()]


@pytest.fixture
def older(contest):
    """An organizer's folder as the program before kept it: numbers in clear, old ones in slack."""
    with contextlib.closing(sqlite3.connect(contest.folder.records)) as records, records:
        records.execute("PRAGMA secure_delete=OFF")  # some systems' SQLite has it on
        records.execute("CREATE TABLE documents (ticket VARCHAR(40) PRIMARY KEY, number TEXT)")
        others = [(f"T-{n}", BEFORE) for n in range(100, 400)]
        records.executemany("INSERT INTO documents VALUES (?, ?)", others)
        records.commit()
        records.execute("DELETE FROM documents")
        records.execute("INSERT INTO documents VALUES ('T-1', ?)", (NUMBER,))
    assert held(contest.folder, NUMBER)
    assert held(contest.folder, BEFORE)
    return contest


def test_what_the_roster_says_is_nowhere_in_the_folder(contest):
    assert load_roster(contest.folder, roster(("T-1", NUMBER), ("T-2", ""))).numbers == 1
    office = open_office(contest.folder)
    with contextlib.closing(office.records):
        assert enrol(office, request(contest), ADDRESS).document.is_number(NUMBER)
        assert held(contest.folder, NUMBER) == []  # nor in the log that is not checkpointed yet
    assert held(contest.folder, NUMBER) == []


def test_an_older_folder_is_cleaned_when_it_is_opened_and_still_compares(older):
    office = open_office(older.folder)
    with contextlib.closing(office.records):
        assert held(older.folder, NUMBER) == []
        assert held(older.folder, BEFORE) == []
        assert enrol(office, request(older), ADDRESS).document.is_number(NUMBER)
        assert enrol(office, request(older, ticket="T-2"), ADDRESS).document is None


def test_a_killed_cleaning_is_done_when_the_folder_is_opened_next(older, monkeypatch):
    def killed(_records):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(numbers.Records, "compact", killed)
        with pytest.raises(KeyboardInterrupt):
            open_office(older.folder)
    office = open_office(older.folder)
    with contextlib.closing(office.records):
        assert held(older.folder, NUMBER) == []
        assert held(older.folder, BEFORE) == []
        assert enrol(office, request(older), ADDRESS).document.is_number(NUMBER)


def test_cleaning_that_a_reader_holds_up_is_done_the_next_time(older, monkeypatch):
    reader = sqlite3.connect(older.folder.records)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM roster").fetchone() == (3,)
    with contextlib.closing(sqlite3.connect(older.folder.records)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    monkeypatch.setattr(records_module, "_BUSY_MS", 50)
    first = numbers.Records(older.folder.records)
    key = Ed25519PrivateKey.generate()
    with contextlib.closing(first):
        numbers.forget_clear_numbers(first, key)
        with first.reading() as records:
            assert numbers.registered_number(records, "T-1", key).is_number(NUMBER)
        assert held(older.folder, NUMBER)  # the reader's state is still there
        reader.close()
        numbers.forget_clear_numbers(first, key)
        assert held(older.folder, NUMBER) == []


def test_what_cannot_be_compacted_keeps_nobody_from_serving_and_is_done_later(older, monkeypatch):
    real = numbers.Records.compact

    def in_the_way(records):
        with contextlib.closing(sqlite3.connect(older.folder.records)) as other:
            other.execute("BEGIN IMMEDIATE")
            return real(records)

    with monkeypatch.context() as patch:
        patch.setattr(records_module, "_BUSY_MS", 50)
        patch.setattr(numbers.Records, "compact", in_the_way)
        open_office(older.folder).records.close()
    assert held(older.folder, BEFORE)
    office = open_office(older.folder)
    with contextlib.closing(office.records):
        assert held(older.folder, BEFORE) == []


def test_a_roster_loaded_over_an_older_folder_has_the_last_word(older):
    load_roster(older.folder, roster(("T-1", ""), ("T-2", BEFORE)))
    office = open_office(older.folder)
    with contextlib.closing(office.records):
        assert enrol(office, request(older), ADDRESS).document is None
        assert enrol(office, request(older, ticket="T-2"), ADDRESS).document.is_number(BEFORE)
        assert held(older.folder, NUMBER) == []


def test_who_leaves_the_roster_leaves_the_file(contest):
    load_roster(contest.folder, "ticket,code,name\nT-1,code,考生\nT-2,code,离队者\n".encode())
    assert held(contest.folder, "离队者")
    load_roster(contest.folder, "ticket,code,name\nT-1,code,考生\n".encode())
    assert held(contest.folder, "离队者") == []


def test_another_organizers_key_makes_nobody_somebody_else(contest):
    load_roster(contest.folder, roster(("T-1", NUMBER)))
    office = open_office(contest.folder)
    with contextlib.closing(office.records):
        other = dataclasses.replace(office, key=Ed25519PrivateKey.generate())
        assert enrol(other, request(contest), ADDRESS).document is None


def test_the_file_alone_gives_nothing_to_try_numbers_against(contest):
    load_roster(contest.folder, roster(("T-1", NUMBER)))
    office = open_office(contest.folder)
    with contextlib.closing(office.records):
        document = enrol(office, request(contest), ADDRESS).document
        assert held(contest.folder, document.digest)
        assert held(contest.folder, document.salt) == []


def test_nothing_of_it_reaches_the_contestants_disk(contest, tmp_path, caplog):
    load_roster(contest.folder, roster(("T-1", NUMBER)))
    office = open_office(contest.folder)

    class Registrar:
        def enrol(self, asked):
            self.reply = enrol(office, asked, ADDRESS)
            return self.reply

    registrar, root = Registrar(), tmp_path / "sessions"
    applicant = Applicant(Ticket("T-1"), OneTimeCode(code_of("T-1")), Role.PRIMARY)
    with contextlib.closing(office.records), caplog.at_level(logging.DEBUG):
        admit(contest.plan, applicant, Devices(), registrar, root)
    document = registrar.reply.document
    files = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
    assert any(registrar.reply.token.encode() in held for held in files)
    for trace in (NUMBER, document.digest, document.salt):
        assert not [held for held in files if trace.encode() in held]
        assert trace not in caplog.text


def test_who_loads_it_hears_that_it_takes_a_while_and_that_the_file_is_theirs(
    contest, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("SAIJIAN_LANG", "zh")
    file = tmp_path / "名单.csv"
    file.write_bytes(roster(("T-1", NUMBER)))
    words = ["organizer", "roster", "load", str(contest.folder.path), str(file)]
    assert verbs.run(command_line("").read(words)) == 0
    said = capsys.readouterr()
    assert "正在计算 1 个证件号的摘要" in said.err
    assert "名单.csv 里仍是原样" in said.out
    assert NUMBER not in said.out + said.err
    file.write_bytes(roster(("T-1", "")))
    assert verbs.run(command_line("").read(words)) == 0
    said = capsys.readouterr()
    assert "证件号" not in said.out + said.err
