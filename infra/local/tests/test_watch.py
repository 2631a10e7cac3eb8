"""What is built for releases."""

import unittest

from rialto_local import watch


class BuildCommand(unittest.TestCase):
    def test_a_release_leaves_out_the_packages_of_tests_and_keeps_the_bench(self) -> None:
        command = watch.build_command("release", ("carts-add-item", "bench"))
        excluded = {name for flag, name in zip(command, command[1:]) if flag == "--exclude"}
        self.assertIn("acceptance", excluded)
        self.assertNotIn("bench", excluded)
        self.assertEqual([name for flag, name in zip(command, command[1:]) if flag == "--bin"], ["carts-add-item", "bench"])

    def test_what_tests_run_is_built_with_them(self) -> None:
        self.assertNotIn("--exclude", watch.build_command("debug"))


if __name__ == "__main__":
    unittest.main()
