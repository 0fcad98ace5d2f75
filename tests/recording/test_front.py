"""How the plugin meets a compiler, and what it says where it cannot do its work."""

import shutil

import support
from support import BUILD, EVERY_CLANG, PLUGIN, each, program


class Front(support.Case):
    def setUp(self):
        super().setUp()
        (self.folder / "app.c").write_text("int main(void)\n{\n  return 0;\n}\n")

    def fails(self, version, *flags, plugin=PLUGIN):
        """Expects the compiler to fail without an object file; returns what was said."""
        result = self.command(support.clang(version), f"-fplugin={plugin}", *flags, "-c", "app.c",
                              "-o", "app.o", code=None)
        self.assertNotEqual(result.returncode, 0)
        self.assertFalse((self.folder / "app.o").exists())
        return result.stderr

    def test_no_back_end(self):
        lib = self.folder / "lib"
        shutil.copytree(PLUGIN.parent, lib)
        for version in EVERY_CLANG:
            with self.subTest(version=version):
                hidden = lib / f"libprofinst-clang-{version}.so"
                hidden.rename(lib / "hidden")
                others = ", ".join(str(other) for other in EVERY_CLANG if other != version)
                self.assertEqual(
                    self.fails(version, plugin=lib / PLUGIN.name),
                    f"profinst: no back end for the LLVM {version} of this compiler in {lib}, which has: "
                    f"{others}; to make it, install llvm-{version}-dev and libclang-{version}-dev and "
                    "build profinst again\n")
                (lib / "hidden").rename(hidden)

    def test_no_back_end_at_all(self):
        lib = self.folder / "lib"
        lib.mkdir()
        shutil.copy(PLUGIN, lib)
        said = self.fails(19, plugin=lib / PLUGIN.name)
        self.assertIn(f"in {lib}, which has: none;", said)
        self.assertEqual(said.count("\n"), 1)

    def test_back_end_that_does_not_load(self):
        lib = self.folder / "lib"
        shutil.copytree(PLUGIN.parent, lib)
        (lib / "libprofinst-clang-19.so").write_text("not a library\n")
        said = self.fails(19, plugin=lib / PLUGIN.name)
        self.assertRegex(said, r"\Aprofinst: cannot load the back end for LLVM 19: [^\n]+\n\Z")

    def test_through_a_symbolic_link(self):
        (self.folder / "plugin.so").symlink_to(PLUGIN)
        for version in EVERY_CLANG:
            self.compile("app", "app.c", version=version, plugin=self.folder / "plugin.so")
            self.assertEqual(self.profile("app").calls, {"main": 1})

    def test_unknown_argument(self):
        for version in EVERY_CLANG:
            with self.subTest(version=version):
                said = self.fails(version, "-fplugin-arg-profinst-colour=on")
                self.assertIn("error: profinst: there is no argument 'colour', but there are include=PATTERN, ",
                              said)

    def test_bad_value(self):
        for version in EVERY_CLANG:
            for value in "perhaps", "", "ON":
                with self.subTest(version=version, value=value):
                    said = self.fails(version, f"-fplugin-arg-profinst-system-headers={value}")
                    self.assertIn("error: profinst: 'system-headers' takes on or off, "
                                  f"not '{value}'\n", said)

    def test_other_targets(self):
        """The runtime is for two processors; for another the program would be built unprofiled."""
        for version in EVERY_CLANG:
            for target in ("i386-linux-gnu", "x86_64-linux-gnux32", "riscv64-linux-gnu", "aarch64_be-linux-gnu",
                           "x86_64-unknown-none-elf", "x86_64-apple-darwin", "wasm32", "bpf"):
                with self.subTest(version=version, target=target):
                    said = self.fails(version, f"--target={target}")
                    self.assertRegex(said, r"error: profinst: hooks are for Linux on x86_64 and aarch64, not "
                                           r"for [\w.-]+\n")

    def test_code_for_graphics_cards(self):
        """The part of a program that runs there is compiled as it would be without the plugin."""
        (self.folder / "app.cl").write_text(
            "int helper(int x) { return x + 1; }\n"
            "kernel void run(global int *result) { *result = helper(*result); }\n")
        for version in EVERY_CLANG:
            for target in "nvptx64", "amdgcn", "spir64":
                with self.subTest(version=version, target=target):
                    flags = [f"--target={target}", "-nogpulib", "-emit-llvm", "-S", "-O2", "app.cl"]
                    self.compile("plain.ll", *flags, version=version, plugin=None)
                    self.compile("app.ll", *flags, version=version)
                    self.assertEqual((self.folder / "app.ll").read_text(),
                                     (self.folder / "plain.ll").read_text())

    def test_pass_manager_that_knows_no_plugins(self):
        self.assertIn("error: profinst: hooks need the new pass manager, without -flegacy-pass-manager\n",
                      self.fails(14, "-flegacy-pass-manager"))

    def test_nothing_to_compile(self):
        """Steps of the compiler that make no code go as ever."""
        for version in EVERY_CLANG:
            for flags in ["-fsyntax-only"], ["-E"], ["-M"]:
                with self.subTest(version=version, flags=flags):
                    plain = self.command(support.clang(version), *flags, "app.c")
                    with_plugin = self.command(support.clang(version), f"-fplugin={PLUGIN}", *flags,
                                               "app.c")
                    self.assertEqual((with_plugin.stdout, with_plugin.stderr),
                                     (plain.stdout, plain.stderr))

    def test_errors_in_the_source(self):
        (self.folder / "app.c").write_text("int main(void)\n{\n  return oops;\n}\n")
        for version in EVERY_CLANG:
            self.assertIn("use of undeclared identifier 'oops'", self.fails(version))

    def test_same_object_twice(self):
        """The same command gives the same bytes."""
        for version in EVERY_CLANG:
            objects = []
            for name in "one.o", "two.o":
                self.compile(name, "-O2", "-g", "-c", program("selected.cpp"), "-std=c++17",
                             version=version)
                objects.append((self.folder / name).read_bytes())
            self.assertTrue(objects[0] == objects[1], version)


class Passes(support.Case):
    """The pass alone, without the source: all functions are hooked, known by debug information."""

    def back_end(self, version):
        return BUILD / "lib" / f"libprofinst-{version}.so"

    def opt(self, version, passes, *flags):
        source = program("counts.c")
        self.compile("app.bc", "-O0", "-g", "-Xclang", "-disable-O0-optnone", "-emit-llvm", "-c", source,
                     version=version, plugin=None)
        self.command(support.tool(f"opt-{version}"), f"-load-pass-plugin={self.back_end(version)}",
                     f"-passes={passes}", *flags, "app.bc", "-o", "app2.bc")
        self.compile("app", "app2.bc", version=version, plugin=None)

    def test_opt(self):
        for version in EVERY_CLANG:
            with each(self, version=version):
                self.opt(version, "profinst")
                report = self.profile("app")
                self.check_stated(report, program("counts.c"))
                self.assertEqual(report.places, support.stated(program("counts.c")).places)

    def test_twice_hooks_once(self):
        for version in EVERY_CLANG:
            with each(self, version=version):
                self.opt(version, "profinst,profinst")
                self.check_stated(self.profile("app"), program("counts.c"))

    def test_verified(self):
        """What the pass leaves is valid before and after further passes."""
        for version in EVERY_CLANG:
            with each(self, version=version):
                self.opt(version, "profinst,verify,default<O2>", "-verify-each")
                self.check_stated(self.profile("app"), program("counts.c"))

    def test_clang_pass_plugin(self):
        for version in EVERY_CLANG:
            for flags in [], [f"-fplugin={PLUGIN}"]:
                with each(self, version=version, flags=flags):
                    self.compile("app", "-O2", "-g", f"-fpass-plugin={self.back_end(version)}", *flags,
                                 program("counts.c"), version=version, plugin=None)
                    self.check_stated(self.profile("app"), program("counts.c"))

    def test_bitcode_compiled_with_the_plugin(self):
        """Bitcode that was hooked when it was made is not hooked again."""
        for version in EVERY_CLANG:
            with each(self, version=version):
                self.compile("app.bc", "-O2", "-emit-llvm", "-c", program("counts.c"), version=version)
                self.compile("app", "app.bc", version=version)
                self.check_stated(self.profile("app"), program("counts.c"))

    def test_valid_for_every_program(self):
        """Each module passes LLVM's verifier."""
        for version in EVERY_CLANG:
            for name in "selected.cpp", "exceptions.cpp", "musttail.cpp", "jumps.c", "passing.c":
                for level in "-O0", "-O2":
                    with each(self, version=version, name=name, level=level):
                        standard = ["-std=c++17"] if name.endswith(".cpp") else []
                        self.compile("app.bc", level, "-g", *standard, "-emit-llvm", "-c",
                                     program(name), version=version)
                        self.command(support.tool(f"opt-{version}"), "-passes=verify", "app.bc",
                                     "-o", "/dev/null")


if __name__ == "__main__":
    support.main()
