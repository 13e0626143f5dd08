# Every recipe also works typed by hand; the README needs none of them.

# list the recipes
default:
    @just --list

# open the window, or run with arguments
run *arguments:
    python main.py {{arguments}}

# everything that a commit must pass
check:
    ruff format --check .
    ruff check .
    mypy
    lint-imports
    pytest -n 2 --dist loadfile -m "not gpu and not soak"

# repair what can be repaired by machine
fix:
    ruff check --fix .
    ruff format .

# pytest with arguments
test *arguments:
    pytest {{arguments}}

# kills, damage and long runs at their full count
soak:
    WIREBRUSH_SOAK=1 pytest -m "soak or torch or not torch" --timeout 7200

# tests that need a CUDA device
gpu:
    pytest -m gpu

# what the program costs
bench:
    for script in engine start_up sampling_overhead checkpoint_load canvas desktop heartbeat; do python -m benchmarks.$script; done

# make the golden files anew and show what changed
golden:
    python -m tests.nodes.test_conformance
    python -m tests.diffusion.pixels.test_filters
    git diff --stat tests

# the node pages, which are not committed
docs:
    mkdir -p docs/nodes
    python main.py nodes --markdown > docs/nodes/nodes.md

# the longest files
sizes:
    git ls-files '*.py' | xargs wc -l | sort -rn | head -20
