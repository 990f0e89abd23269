"""Rules for the text of the sources that no other tool checks: length of modules, unfinished marks, machine paths."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 300
READ = {".py", ".html", ".txt", ".js", ".css", ".md", ".toml", ".sh", ".yml", ".yaml", ".in", ""}
GENERATED = {"requirements.txt", "requirements-dev.txt"}
# Written in two parts, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(work/|home/(?!linuxbrew)\w|Users/\w|root/[\w.])")


def files() -> Iterator[Path]:
    """Every file that is or would be in the repository, without what others wrote."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in sorted(filter(None, listed.split("\0"))):
        path = ROOT / name
        if path.is_file() and "vendor" not in path.parts and name not in GENERATED and path.suffix in READ:
            yield path


def complaints(path: Path) -> Iterator[str]:
    """What is wrong with one file."""
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        return
    name = path.relative_to(ROOT)
    if path.suffix == ".py" and "migrations" not in path.parts and len(lines) > LONGEST_MODULE:
        yield f"{name}: {len(lines)} lines; a module has at most {LONGEST_MODULE}. Split it."
    for number, line in enumerate(lines, 1):
        if found := UNFINISHED.search(line):
            yield f"{name}:{number}: {found[0]} marks unfinished work. Finish it or open an issue."
        if found := MACHINE_PATH.search(line):
            yield f"{name}:{number}: {found[0]}… is a path of one machine. Use a path inside the checkout."


def main() -> int:
    """Print every complaint; exit code 1 when there is one."""
    found = [text for path in files() for text in complaints(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
