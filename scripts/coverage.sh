#!/usr/bin/env bash
# Names every line of src/domain that no test of the library and no command reaches.
#
#     scripts/coverage.sh
#
# Exit 0: every line is reached; 1: those printed are not; 2: a tool is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin"
if [ ! -x "$tools/llvm-cov" ]; then
    echo "coverage: llvm-cov is missing: rustup component add llvm-tools" >&2
    exit 2
fi

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
export RUSTFLAGS="-C instrument-coverage" LLVM_PROFILE_FILE="$scratch/%p-%m.profraw"
export CARGO_TARGET_DIR="$PWD/target/coverage" CARGO_INCREMENTAL=0

cargo test --locked --lib --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' >"$scratch/programs"
program="$(tail -n 1 "$scratch/programs")"
"$program" --quiet domain:: >"$scratch/tests" || { cat "$scratch/tests" >&2; exit 1; }
"$tools/llvm-profdata" merge --sparse "$scratch"/*.profraw --output "$scratch/merged"
# Lines of the tests themselves do not count, nor do attributes that the compiler expands.
"$tools/llvm-cov" export "$program" --instr-profile "$scratch/merged" --format=lcov \
    --sources src/domain >"$scratch/lcov"
python3 - "$scratch/lcov" <<'PYTHON'
import pathlib, sys

reached, missed, name, tests_from = 0, [], None, 0
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    if line.startswith("SF:"):
        name = pathlib.Path(line[3:])
        text = name.read_text().splitlines()
        tests = [i for i, it in enumerate(text, 1) if it.startswith("#[cfg(test)]")]
        # `mod tests;` points to a file of tests; `mod tests {` goes to the end of this one.
        inline = [i for i in tests if text[i].startswith("mod tests {")]
        tests_from = inline[0] if inline else len(text) + 1
        if "tests" in name.parts or name.name == "tests.rs":
            tests_from = 0
    elif line.startswith("DA:"):
        number, count = map(int, line[3:].split(",")[:2])
        if number >= tests_from:
            continue
        if count:
            reached += 1
        else:
            missed.append(f"{name.relative_to(pathlib.Path.cwd())}:{number}: {text[number - 1].strip()}")
print(*missed, sep="\n")
print(f"{reached} lines of src/domain are reached, {len(missed)} are not")
sys.exit(bool(missed))
PYTHON
