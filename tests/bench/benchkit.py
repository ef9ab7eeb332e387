"""What the benches that stand a lab up have in common: their arguments, BUILD_DIR [SECONDS
[OLD_BUILD_DIR]], and a lab of either build."""
import importlib.util
import inspect
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "it"))

BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "build"
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
OLD = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None


def percentile(values, p):
    """Of times in seconds, in milliseconds."""
    values = sorted(values) or [0]
    return values[min(len(values) - 1, int(len(values) * p / 100))] * 1000


def labkit_of(build):
    """The labkit of the clone that a build directory is in."""
    path = pathlib.Path(build).parent / "tests/it/labkit.py"
    spec = importlib.util.spec_from_file_location("labkit_" + str(abs(hash(build))), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lab_of(build, **settings):
    kit = labkit_of(build)
    # Once, a lab was told which of a run's it is.
    numbered = "number" in inspect.signature(kit.Lab.__init__).parameters
    return kit.Lab(build, *([9] if numbered else []), **settings)


def sides_up(sides, work):
    """Stands the labs of both sides up, does the work, and takes them down."""
    try:
        for s in sides:
            s.up()
        work()
    finally:
        for s in sides:
            s.lab.down()
