# SPDX-License-Identifier: GPL-2.0-only
"""Runs a module's unittest cases and says TAP.

Owns how a result is printed. A test's name is the first line of its
docstring.
"""
import sys
import unittest


class Result(unittest.TestResult):
    """Prints a line of TAP for each test that ended."""

    def __init__(self):
        super().__init__()
        self.bad = []

    def addSubTest(self, test, subtest, err):
        """Keep what a part of a test says until its test has ended."""
        super().addSubTest(test, subtest, err)
        if err:
            self.bad.append(subtest.id() + "\n"
                            + self._exc_info_to_string(err, subtest))

    def addError(self, test, err):
        """A test that broke failed."""
        super().addError(test, err)
        self.bad.append(self._exc_info_to_string(err, test))

    def addFailure(self, test, err):
        """A test that failed."""
        super().addFailure(test, err)
        self.bad.append(self._exc_info_to_string(err, test))

    def stopTest(self, test):
        """One line, and what went wrong below it."""
        name = test.shortDescription() or test.id()
        print(f"{'not ok' if self.bad else 'ok'} {self.testsRun} - {name}")
        for line in "".join(self.bad).splitlines():
            print("# " + line)
        self.bad = []
        super().stopTest(test)


def run(module):
    """Run all cases of a module; the exit status says how it went."""
    suite = unittest.defaultTestLoader.loadTestsFromName(module)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = Result()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
