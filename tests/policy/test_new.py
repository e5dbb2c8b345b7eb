"""A policy of one's own to start from."""

import re
import tomllib

import pytest

from otp_policy import Action, PolicyError, load_policy
from otp_policy.render import render
from otp_policy.starter import write_starter

from .test_cli import run


def test_what_new_writes_passes_the_check(tmp_path):
    folder = tmp_path / "ours"
    code, out, err = run("new", folder)
    assert (code, err) == (0, b"")
    assert out.decode().splitlines() == [
        str(folder / "README.md"),
        str(folder / "policy.toml"),
        str(folder / "law" / "README.md"),
    ]
    code, out, err = run("check", folder / "policy.toml")
    assert (code, out) == (0, b"")
    assert b"our_office@2027-01-01: no defect" in err


def test_every_placeholder_is_marked(tmp_path):
    write_starter(tmp_path / "ours")
    text = (tmp_path / "ours" / "policy.toml").read_text(encoding="utf-8")
    assert text.count("แก้ไข / CHANGE") >= 15
    for line in text.splitlines():
        if re.search(r'"[^"]*\[[^"\]]+\][^"]*"', line) and not line.startswith("#"):
            assert "แก้ไข / CHANGE" in line
    header = tomllib.loads(text)["policy"]
    for value in (header["id"], header["label"]["th"], header["label"]["en"]):
        assert f'"{value}"' in next(line for line in text.splitlines() if "CHANGE" in line
                                    and f'"{value}"' in line)  # fmt: skip


def test_what_it_starts_from_can_be_lived_by(tmp_path):
    write_starter(tmp_path / "ours")
    policy = load_policy(tmp_path / "ours" / "policy.toml")
    day = policy.document.commencement.effective_from
    for category in policy.categories:
        for action in (Action.PREPARE, Action.APPROVE, Action.PUBLISH, Action.CORRECT):
            assert policy.roles_for(action, category, on=day)
    assert policy.approval_steps("news", on=day) == ("approve",)
    assert policy.approval_steps("procurement", on=day) == ("endorse", "approve")
    assert "๑) ข้อมูลพื้นฐานของหน่วยงาน" in render(policy, lang="th", form="html")


def test_an_empty_folder_is_taken(tmp_path):
    assert run("new", tmp_path)[0] == 0
    assert (tmp_path / "policy.toml").is_file()


def test_nothing_is_overwritten(tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_text("ours", encoding="utf-8")
    for target in (tmp_path, kept):
        code, out, err = run("new", target)
        assert (code, out) == (2, b"")
        assert b"there already" in err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    assert kept.read_text(encoding="utf-8") == "ours"


def test_a_link_is_not_followed_and_not_replaced(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert run("new", tmp_path / "link")[0] == 2
    assert (tmp_path / "link").is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, out, err = run("new", tmp_path / "file" / "ours")
    assert (code, out) == (2, b"")
    assert b"cannot write" in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    with pytest.raises(PolicyError):
        write_starter("a\0b")


def test_what_new_writes_is_proved_by_the_deep_check(tmp_path):
    write_starter(tmp_path / "ours")
    code, _, err = run("check", "--deep", tmp_path / "ours" / "policy.toml")
    assert (code, b"no defect" in err) == (0, True)
