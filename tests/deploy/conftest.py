"""The command line in this process, as the tests of the commands have it."""

from tests.workers.conftest import directory as directory
from tests.workers.conftest import run as run
