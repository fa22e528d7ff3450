"""Rules of a git revision: what git has, and nothing of what lies in the working directory now."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.base.diagnostics import AuditorError, DiagnosticsError, UnusableError
from auditor.results.diff_rules import Sides, read, sides
from auditor.results.git import Repository
from tests.results.fake import log

PACK = """\
pack: {pack}
version: '1'
{head}
rules:
  - {{id: {id}, when: report.received, followed_by: {{event: notice.sent, within: {within}}}}}
"""


def pack(within: str = "24h", *, name: str = "p", head: str = "", id: str = "a") -> str:
    """A pack with one rule."""
    return PACK.format(pack=name, head=head, id=id, within=within)


def git(folder: Path, *arguments: str) -> str:
    """What git says."""
    command = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=n@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> str:
    """All files as they are, committed."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "c")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, in which `rules.yaml` has been committed with 24 h and has 12 h now."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / "rules.yaml").write_text(pack())
    commit(folder)
    (folder / "rules.yaml").write_text(pack("12h"))
    monkeypatch.chdir(folder)
    return folder


def both(rules: Sequence[str], *against: str) -> Sides:
    """Both rule sets."""
    return read(*sides(rules, against), log(), {}, [])


def lengths(found: Sides) -> list[list[str]]:
    """The time allowed by each rule, of both sides."""
    return [[str(rule.obligation.within) for rule in rules.rules] for rules in (found.before, found.after)]


def refused(rules: Sequence[str], *against: str) -> str:
    """The code of the error, and all that it says."""
    with pytest.raises(AuditorError) as caught:
        both(rules, *against)
    assert isinstance(caught.value, UnusableError | DiagnosticsError)
    return "\n".join(f"{one.code} {one}" for one in caught.value.diagnostics)


@pytest.mark.parametrize("revision", ["main", "HEAD", "git:main", "@", "v1"])
def test_the_rules_are_those_of_the_revision(repository: Path, revision: str) -> None:
    git(repository, "tag", "v1")
    found = both(["rules.yaml"], revision)
    assert lengths(found) == [["24 h"], ["12 h"]]
    given = revision.removeprefix("git:")
    assert found.before.rules[0].place.file == f"{given}:rules.yaml"
    assert found.before.packs[0].file == f"{given}:rules.yaml"
    assert found.old.as_dict() == {"rules": f"rules.yaml at {given}", "commit": git(repository, "rev-parse", "HEAD")}
    assert git(repository, "status", "--porcelain") == "M rules.yaml"


def test_from_a_folder_below_and_as_an_absolute_path(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "deep").mkdir()
    monkeypatch.chdir(repository / "deep")
    for name in ("../rules.yaml", str(repository / "rules.yaml")):
        found = both([name], "main")
        assert lengths(found) == [["24 h"], ["12 h"]]
        assert found.before.rules[0].place.file == "main:rules.yaml"


def test_what_is_extended_is_that_of_the_revision(repository: Path) -> None:
    (repository / "base").mkdir()
    (repository / "base" / "base.yaml").write_text(pack("5h", name="base", id="b"))
    (repository / "rules.yaml").write_text(pack("24h", head="extends: base/base.yaml"))
    (repository / "folder.yaml").write_text(pack("3h", name="q", id="q", head="extends: ./base"))
    commit(repository)
    (repository / "base" / "base.yaml").write_text(pack("6h", name="base", id="b"))
    assert lengths(both(["rules.yaml"], "main")) == [["5 h", "24 h"], ["6 h", "24 h"]]
    assert lengths(both(["folder.yaml"], "main")) == [["5 h", "3 h"], ["6 h", "3 h"]]


def test_a_folder_is_read_as_it_was_then(repository: Path) -> None:
    folder = repository / "rules"
    (folder / ".hidden").mkdir(parents=True)
    for name, within in (("kept", "1h"), ("gone", "2h"), (".hidden/no", "9h")):
        (folder / f"{name}.yaml").write_text(pack(within, name=Path(name).name, id=Path(name).name))
    commit(repository)
    (folder / "gone.yaml").unlink()
    (folder / "new.yaml").write_text(pack("3h", name="new", id="new"))
    assert lengths(both(["rules"], "main")) == [["2 h", "1 h"], ["1 h", "3 h"]]


def test_names_of_files_are_any_bytes_that_a_name_can_have(repository: Path) -> None:
    (repository / "ä b\n.yaml").write_text(pack())
    commit(repository)
    assert lengths(both(["ä b\n.yaml"], "main")) == [["24 h"], ["24 h"]]


def test_links_are_followed_as_they_were_and_not_out_of_the_repository(repository: Path) -> None:
    (repository / "current.yaml").symlink_to("rules.yaml")
    (repository / "outside.yaml").symlink_to("../outside.yaml")
    (repository.parent / "outside.yaml").write_text(pack())
    commit(repository)
    (repository / "rules.yaml").write_text(pack("3h"))
    assert lengths(both(["current.yaml"], "main")) == [["12 h"], ["3 h"]]
    assert refused(["outside.yaml"], "main").startswith("link-outside main:outside.yaml: ")


def test_a_name_that_a_folder_and_a_revision_have_is_no_guess(repository: Path) -> None:
    (repository / "main").mkdir()
    (repository / "main" / "other.yaml").write_text(pack("7h"))
    assert refused(["rules.yaml"], "main").startswith("ambiguous-against ")
    assert lengths(both(["rules.yaml"], "./main"))[0] == ["7 h"]
    assert lengths(both(["rules.yaml"], "git:main"))[0] == ["24 h"]


def test_several_paths_are_all_taken_then(repository: Path) -> None:
    (repository / "more.yaml").write_text(pack("4h", name="more", id="more"))
    found = both(["rules.yaml", "more.yaml"], "main")
    assert lengths(found) == [["24 h"], ["12 h", "4 h"]]
    assert found.notes == ("more.yaml did not exist at main, so all its rules are added",)
    assert lengths(both(["more.yaml"], "main")) == [[], ["4 h"]]


def test_a_shipped_pack_has_no_revision_in_a_repository_of_others(repository: Path) -> None:
    found = both(["rules.yaml", "child-safety"], "main")
    assert len(found.before.rules) == len(found.after.rules) > 20
    assert found.notes == ("the shipped pack child-safety is taken as it is installed, in both rule sets",)
    assert both(["rules.yaml"], "child-safety").before.packs[0].name == "child-safety"


def test_mistakes_then_are_told_with_the_revision(repository: Path) -> None:
    (repository / "rules.yaml").write_text(pack("24 hors", head="extends: nowhere.yaml"))
    commit(repository)
    (repository / "rules.yaml").write_text(pack("12h"))
    said = refused(["rules.yaml"], "main")
    assert "main:rules.yaml:5:" in said
    assert "main:rules.yaml:3:" in said
    assert "bad-duration" in said
    assert "rules-missing" in said
    assert str(repository) not in said
    (repository / "rules.yaml").write_bytes(b"pack: \xff\n")
    commit(repository)
    (repository / "rules.yaml").write_text(pack("12h"))
    assert "not-utf8 main:rules.yaml:1" in refused(["rules.yaml"], "main")


@pytest.mark.parametrize(
    "revision",
    ["mian", "HEAD~1", "HEAD:rules.yaml", "^HEAD", "main..main", "--all", "-h", "--output=x", "git:", "git:--all",
     "main\n", "main\x00", "git:-C/etc"],
)  # fmt: skip
def test_what_git_does_not_know_is_told_and_never_an_option(repository: Path, revision: str) -> None:
    before = sorted(path.name for path in repository.iterdir())
    assert refused(["rules.yaml"], revision).startswith("unknown-revision ")
    assert sorted(path.name for path in repository.iterdir()) == before


def test_what_means_several_revisions_is_refused(repository: Path) -> None:
    git(repository, "commit", "--quiet", "--all", "--message", "c")
    git(repository, "tag", "main", "HEAD~1")
    assert refused(["rules.yaml"], "main").startswith("ambiguous-revision ")
    assert lengths(both(["rules.yaml"], "refs/heads/main"))[0] == ["12 h"]
    assert lengths(both(["rules.yaml"], "refs/tags/main"))[0] == ["24 h"]


def test_what_a_clone_lacks_is_not_fetched(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(repository, "commit", "--quiet", "--all", "--message", "c")
    clone = repository.parent / "clone"
    git(repository, "clone", "--quiet", "--no-local", "--filter=blob:none", str(repository), str(clone))
    monkeypatch.chdir(clone)
    assert lengths(both(["rules.yaml"], "HEAD")) == [["12 h"], ["12 h"]]
    said = refused(["rules.yaml"], "HEAD~1")
    assert said.startswith("git-failed ")
    assert "fetch the history first" in said


def test_what_is_meant_is_suggested(repository: Path) -> None:
    assert "did you mean `main`?" in refused(["rules.yaml"], "mian")
    assert "did you mean `child-safety`?" in refused(["rules.yaml"], "child-safty")
    assert "several-sides" in refused(["rules.yaml"], "main", "rules.yaml")


def test_outside_of_a_repository_and_without_git(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "alone.yaml").write_text(pack())
    assert "no-repository" in refused(["../alone.yaml"], "git:main")
    assert "several-repositories" in refused(["rules.yaml", str(other(tmp_path))], "main")
    monkeypatch.setattr("auditor.results.git.shutil.which", lambda _: None)
    assert "no-git" in refused(["rules.yaml"], "main")
    assert lengths(both(["rules.yaml"], "../alone.yaml")) == [["24 h"], ["12 h"]]


def other(folder: Path) -> Path:
    """Rules in another repository."""
    path = folder / "other" / "rules.yaml"
    path.parent.mkdir()
    git(path.parent, "init", "--quiet")
    path.write_text(pack())
    return path


def test_a_hook_of_another_repository_changes_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(other(tmp_path).parent / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    assert lengths(both(["rules.yaml"], "main")) == [["24 h"], ["12 h"]]


def test_settings_and_selections_may_hold_for_one_side(repository: Path) -> None:
    text = pack("params.limit", head="parameters: {limit: 12h}").replace("id: a", "id: b")
    (repository / "rules.yaml").write_text(text)
    old, new = sides(["rules.yaml"], ["main"])
    found = read(old, new, log(), {"limit": "1h"}, ["b"])
    assert lengths(found) == [[], ["1 h"]]
    assert [note.partition(":")[0] for note in found.notes] == ["rules.yaml at main", "rules.yaml at main"]
    with pytest.raises(DiagnosticsError, match="there is no parameter `limti`"):
        read(old, new, log(), {"limti": "1h"}, [])


def test_shipped_packs_in_no_repository_mean_that_r_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(folder: Path) -> Repository:
        raise UnusableError("no-repository", f"{folder} is in no git repository")

    monkeypatch.setattr(Repository, "of", nowhere)
    with pytest.raises(UnusableError) as caught:
        sides(["child-safety"], ["main"])
    assert "child-safety came with auditor" in str(caught.value)
    assert "help: name the rules that changed with -r" in str(caught.value)
