#!/usr/bin/env bash
# Names every line of src/domain that no test reaches, neither beside it nor through the front door.
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

# The tests name their own programs; those of the front door start the program itself too.
cargo test --locked --lib --test it --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' >"$scratch/programs"
TEST_ROUNDS=1 cargo test --locked --quiet --lib --test it >"$scratch/tests" 2>&1 ||
    { tail -n 40 "$scratch/tests" >&2; exit 1; }
"$tools/llvm-profdata" merge --sparse "$scratch"/*.profraw --output "$scratch/merged"
mapfile -t programs <"$scratch/programs"
"$tools/llvm-cov" export "${programs[@]/#/--object=}" --instr-profile "$scratch/merged" \
    --format=lcov --sources src/domain >"$scratch/lcov"
python3 - "$scratch/lcov" <<'PYTHON'
import pathlib, sys

# A line is reached when one of the programs reaches it.
counts, name, tests_from = {}, None, 0
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
        if number < tests_from:
            place = f"{name.relative_to(pathlib.Path.cwd())}:{number}: {text[number - 1].strip()}"
            counts[place] = counts.get(place, 0) + count
missed = [place for place, count in counts.items() if not count]
reached = len(counts) - len(missed)
print(*missed, sep="\n")
print(f"{reached} lines of src/domain are reached, {len(missed)} are not")
sys.exit(bool(missed))
PYTHON
