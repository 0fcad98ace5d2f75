"""Input that is not valid: each has its message, its exit code, and leaves nothing behind."""

import random
import struct
import unittest

import profile_writer
from profile_writer import CHUNK, ENTRY, HEADER, PAGE, Context, Profile, chunk
from support import Case, example

READ = "cannot read profile: app.profinst: "
AGAIN = "; copy the file again, or record the program again"
UNMADE = ("it is empty: no profinst profile, or its process was killed before it counted anything; "
          "give a file that an instrumented program wrote")
NOT_ONE = "not a profinst profile; give a file that an instrumented program wrote"


def small():
    profile = Profile()
    thread = profile.thread(outside=10)
    thread.context(thread.root, profile.function("f", "f.c", 3), 1, 20)
    return profile


class Invalid(Case):
    def refuses(self, content, message):
        """All commands that read profiles refuse the content, in the same words."""
        (self.folder / "app.profinst").write_bytes(content)
        for command in (["report"], ["graph", "-o", "out.svg"], ["load"]):
            self.fails(3, READ + message, *command, "app.profinst")
        self.assertEqual(self.files(), ["app.profinst"])

    def damaged(self, profile, what):
        content = profile if isinstance(profile, bytes) else profile.to_bytes()
        self.refuses(content, f"damaged: {what}{AGAIN}")

    def test_no_file(self):
        self.fails(3, READ + "No such file or directory; give the path of a readable profile",
                   "report", "app.profinst")

    def test_folder(self):
        (self.folder / "app.profinst").mkdir()
        self.fails(3, READ + "not a regular file; give the path of a profile", "report",
                   "app.profinst")

    def test_no_profile_yet(self):
        """Of a process that was killed while its profile was made; or nothing of ours."""
        for content in b"", b"\0" * 10000:
            self.refuses(content, UNMADE)

    def test_no_profile_yet_among_others(self):
        (self.folder / "whole.profinst").write_bytes(small().to_bytes())
        (self.folder / "empty.profinst").write_bytes(b"")
        (self.folder / "zeros.profinst").write_bytes(b"\0" * 4096)
        files = ["empty.profinst", "whole.profinst", "zeros.profinst"]
        for command in ["report", "--format=json"], ["load"], ["graph", "-o", "out.svg"]:
            result = self.profinst(*command, *files)
            self.assertEqual(result.stderr, "".join(
                f"profinst: warning: passed over: {name}: it is empty: its process was killed before "
                "it counted anything\n" for name in ("empty.profinst", "zeros.profinst")))
        self.assertEqual(self.profinst("report", "--format=csv", *files).stdout.decode(),
                         self.output("report", "--format=csv", "whole.profinst"))
        self.fails(3, READ.replace("app", "zeros") + UNMADE, "report", "zeros.profinst")

    def test_something_else(self):
        for content in (b"P", b"PROFINS", b"PROFINSX" * 1000, b"SQLite format 3\0"):
            self.refuses(content, NOT_ONE)

    def test_header_cut_short(self):
        self.refuses(small().to_bytes()[:100],
                     "truncated: 100 bytes, at least 3328 expected" + AGAIN)

    def test_file_cut_short(self):
        content = small().to_bytes()
        self.refuses(content[:5000],
                     f"truncated: 5000 bytes, {len(content)} expected" + AGAIN)

    def test_other_version(self):
        profile = small()
        profile.version = 6
        self.refuses(profile.to_bytes(), "from a newer profinst (format 6, this one reads 5); "
                                         "update profinst")
        profile.version = 4
        self.refuses(profile.to_bytes(), "from an older profinst (format 4, this one reads 5); build "
                                         "the program anew and record it again")

    def test_unknown_feature(self):
        profile = small()
        profile.features = 4
        self.refuses(profile.to_bytes(),
                     "from a newer profinst (unknown features 0x4); update profinst")

    def test_other_byte_order(self):
        profile = small()
        profile.byte_order = 0x04030201
        self.refuses(profile.to_bytes(), "written on a machine of the other byte order; read it on "
                                         "such a machine")

    def test_header_fields(self):
        for field, value, what in (
                ("byte_order", 7, "byte order mark 0x00000007"),
                ("version", 0, "format version 0"),
                ("header_size", 3280, "header of 3280 bytes"),
                ("size", 64, "size of 64 bytes, smaller than its header"),
                ("clock", 9, "unknown clock 9"),
                ("timing", 0, "unknown timing 0"),
                ("timing", 4, "unknown timing 4"),
                ("program", b"x" * 1024, "program path without an end")):
            profile = small()
            setattr(profile, field, value)
            with self.subTest(field):
                self.damaged(profile, what)

    def test_arguments(self):
        content = bytearray(small().to_bytes())
        at = HEADER.size - 2048 - 8
        struct.pack_into("<I", content, at, 2049)
        self.damaged(bytes(content), "arguments without an end")
        struct.pack_into("<I", content, at, 3)
        self.damaged(bytes(content), "arguments without an end")

    def with_chunks(self, change):
        """A small profile with its list of chunks changed."""
        profile = small()
        original = profile.chunks
        profile.chunks = lambda begin: change(original(begin))
        return profile

    def test_chunks(self):
        for header, what in (
                (CHUNK.pack(99, 0, 0, 0, 0), "chunk at byte 4096 has a size of 0"),
                (CHUNK.pack(99, 0, 40, 0, 0), "chunk at byte 4096 has a size of 40"),
                (CHUNK.pack(99, 0, 1 << 63, 0, 0), "chunk at byte 4096 crosses the end"),
                (CHUNK.pack(99, 0, 64, 33, 0), "chunk at byte 4096 uses more than its size")):
            with self.subTest(what):
                self.damaged(self.with_chunks(lambda chunks, h=header: [h.ljust(64, b"\0")]), what)
        self.damaged(self.with_chunks(lambda chunks: [b"\1" * 8]),
                     "chunk at byte 4096 crosses the end")

    def test_what_is_unknown_is_skipped(self):
        entry = ENTRY.pack(40, 99, 5, 0, 0, 0, 0, 0) + b"future!!" + struct.pack("<4I", 16, 98, 1, 0)
        profile = self.with_chunks(
            lambda chunks: chunks + [chunk(77, b"future"), chunk(profile_writer.NAMES, entry)])
        report = self.report(self.write(profile))
        self.assertEqual([row["function"] for row in report["functions"]], ["f"])

    def test_a_chunk_in_the_making_ends_the_file(self):
        profile = self.with_chunks(lambda chunks: chunks + [b"\0" * PAGE])
        self.assertEqual(len(self.report(self.write(profile))["functions"]), 1)

    def test_names(self):
        def named(content):
            return self.with_chunks(lambda chunks: [chunk(profile_writer.NAMES, content)])

        def entry(size, kind, number, text, *fields):
            return ENTRY.pack(size, kind, number, *fields, *[0] * (5 - len(fields))) + text

        def code(size, function, count, *frames):
            return (OBJECT_AND_F + struct.pack("<6I", size, 4, 1, function, 0, count) +
                    struct.pack(f"<{len(frames)}I", *frames))

        OBJECT_AND_F = entry(40, 1, 1, b"object\0\0") + entry(40, 3, 1, b"f\0\0\0\0\0\0\0", 1)
        at, later = "name at byte 4128 ", "name at byte 4208 "
        for content, what in (
                (entry(8, 1, 1, b""), at + "crosses the end of its chunk"),
                (entry(48, 1, 1, b"text\0\0\0\0"), at + "crosses the end of its chunk"),
                (entry(38, 1, 1, b"text\0\0\0\0"), at + "crosses the end of its chunk"),
                (b"\1" * 8, at + "crosses the end of its chunk"),
                (entry(32, 1, 1, b""), at + "without an end"),
                (entry(40, 1, 1, b"textlong"), at + "without an end"),
                (entry(40, 5, 1, b"unitlong"), at + "without an end"),
                (entry(40, 3, 1, b"f\0unseen", 0, 0, 0, 3), at + "without an end"),
                (entry(40, 3, 1, b"unended\0", 0, 0, 0, 3), at + "without an end"),
                (entry(40, 1, 2, b"object\0\0"), "name 1 has the id 2"),
                (entry(40, 3, 1, b"f\0\0\0\0\0\0\0", 1), "function 1 of the unknown object 1"),
                (entry(40, 3, 1, b"f\0\0\0\0\0\0\0", 0), "function 1 of the unknown object 0"),
                (entry(40, 3, 1, b"f\0\0\0\0\0\0\0", 1, 0, 0, 1), "function 1 of the unknown object 1"),
                (entry(40, 1, 1, b"object\0\0") + entry(40, 3, 1, b"f\0\0\0\0\0\0\0", 1, 1),
                 "function 1 of the unknown source file 1"),
                (code(16, 1, 0)[:-8], later + "without an end"),
                (code(32, 1, 2, 0, 0), later + "without an end"),
                (code(24, 1, 0xFFFFFFFF), later + "without an end"),
                (code(24, 0, 0), "code 1 of the unknown function 0"),
                (code(24, 2, 0), "code 1 of the unknown function 2"),
                (code(32, 1, 1, 2, 0), "code 1 has frame 1 of function 2 in frame 0"),
                (code(32, 1, 1, 1, 1), "code 1 has frame 1 of function 1 in frame 1"),
                (code(40, 1, 2, 1, 0, 1, 3), "code 1 has frame 2 of function 1 in frame 3")):
            with self.subTest(what):
                self.damaged(named(content), what)

    def test_records(self):
        cut = self.with_chunks(lambda chunks: [chunk(profile_writer.THREADS, b"\0" * 129)])
        self.damaged(cut, "chunk at byte 4096 ends within a record")
        cut = self.with_chunks(lambda chunks: chunks + [chunk(profile_writer.CONTEXTS, b"\0" * 33, 1)])
        self.damaged(cut, "context at byte 16416 crosses the end of its chunk")
        for number in (0, 1):
            nobody = self.with_chunks(lambda chunks: [chunk(profile_writer.CONTEXTS, b"", number)])
            self.damaged(nobody, "contexts at byte 4096 of no thread")

    def test_threads(self):
        profile = small()
        profile.thread_list[0].number = 2
        self.damaged(profile, "thread 1 has the number 2")
        profile = small()
        profile.thread_list[0].name = b"sixteen bytes  !"
        self.damaged(profile, "name of thread 1 without an end")
        profile = small()
        profile.thread_list[0].contexts.append(Context(0, None, None, 1, 0))
        self.damaged(profile, "thread 1 has two roots")
        profile = small()
        pack = profile.thread_list[0].pack
        profile.thread_list[0].pack = lambda root: pack(root + 1)
        self.damaged(profile, "thread 1 has two roots")
        profile.chunks = lambda begin, make=profile.chunks: [make(begin)[0], make(begin)[2]]
        self.damaged(profile, "thread 1 has lost its root 258")

    def test_contexts(self):
        def added(*fields):
            profile = small()
            profile.thread_list[0].contexts.append(Context(*fields))
            return profile

        # References: the root 257, f below it 259, the added record 261.
        self.damaged(added(9, 257, None, 1, 0), "context 261 of the unknown code 9")
        self.damaged(added(1, 0, None, 1, 0), "context 261 (code 1, caller 0, 1 calls)")
        self.damaged(added(0, 257, None, 1, 0), "context 261 (code 0, caller 257, 1 calls)")
        self.damaged(added(1, 257, None, 1 << 60, 0),
                     f"context 261 (code 1, caller 257, {1 << 60} calls)")
        for parent in (261, 263, 1, 0xFFFFFFFF):
            self.damaged(added(1, parent, None, 1, 0),
                         f"context 261 called from the unknown context {parent}")
        self.damaged(added(1, 259, None, 1, 0), "context 261 repeats a function of its callers")
        self.damaged(added(0, 0, 257, 1, 0), "context 261 (code 0, caller 0, 1 calls)")
        for record in ((1, 257, 257, 1, 0), (1, 259, 261, 1, 0), (1, 259, 259, 1, 5)):
            self.damaged(added(*record), "cross call 261 that fits no context")
        profile = small()
        thread, = profile.thread_list
        other = thread.context(thread.root, profile.function("g"), 1, 0)
        thread.cross(other, thread.contexts[1], 1)
        self.damaged(profile, "cross call 263 to a context that is no caller of it")

    def test_inlined_contexts(self):
        def added(change):
            """Below f, 259, inlined g, 261, and in that inlined f, 263; and a record at 265."""
            profile = small()
            thread, = profile.thread_list
            f = thread.contexts[1]
            inlined = thread.inlined(f, profile.function("g"), 3)
            inner = thread.inlined(inlined, 1, 2)
            change(profile, thread, f, inlined, inner)
            return profile

        self.report(self.write(added(lambda *all: None)))

        def host(record, target):
            return lambda profile, thread, f, inlined, inner: setattr(
                {"g": inlined, "f": inner}[record], "target", target)

        for record, reference, target in (("g", 261, None), ("g", 261, 257), ("g", 261, 261),
                                          ("f", 263, 261), ("f", 263, 257)):
            self.damaged(added(host(record, target)), f"inlined context {reference} with time, or "
                                                      f"another host than {target or 0}")
        self.damaged(added(lambda profile, thread, f, inlined, inner: setattr(inner, "self_ticks", 1)),
                     "inlined context 263 with time, or another host than 259")
        self.damaged(added(lambda profile, thread, f, inlined, inner:
                           thread.cross(inner, inner, 1, code=1)),
                     "cross call 265 that fits no context")
        self.damaged(added(lambda profile, thread, f, inlined, inner: thread.context(inner, 1, 1)),
                     "context 265 repeats a function of its callers")

    def test_frames(self):
        profile = small()
        thread, = profile.thread_list
        code = profile.code(profile.function("g"), [(1, 0), (1, 1), (1, 0), (1, 0), (1, 0)])
        record = thread.context(thread.root, code, 1, 0, [1, 2, 3, 4, 5])
        content = bytearray(profile.to_bytes())
        used = 8192 + 16
        self.assertEqual(struct.unpack_from("<Q", content, used), (3 * 64 + 64,))
        for cut in (32, 64):
            struct.pack_into("<Q", content, used, 4 * 64 - cut)
            self.damaged(bytes(content), "context at byte 8352 crosses the end of its chunk")
        record.frames = [0, 0, (1 << 63) - 1, 0, 0]
        self.damaged(profile, f"context 261 has {(1 << 63) - 1} calls of frame 3")
        record.frames = [0, 1 << 55, (1 << 55) - 3, 0, 0]
        self.assertEqual(self.report(self.write(profile))["processes"][0]["calls"], (1 << 56) - 1)
        record.frames[4] = 1
        self.damaged(profile, "context 261 has 1 calls of frame 5")

    def test_folded_contexts(self):
        profile = small()
        thread, = profile.thread_list
        folded = thread.fold()
        first = thread.context(folded, 1, 0, 0)
        thread.cross(thread.root, first, 1)
        self.damaged(profile, "cross call 265 to a context that is no caller of it")
        profile = small()
        thread, = profile.thread_list
        thread.fold()
        thread.contexts.append(profile_writer.Context(0, None, None, 0, 0))
        self.damaged(profile, "thread 1 has two roots")

    def test_more_calls_than_can_be_summed_up(self):
        """Each record for itself may be true."""
        most = 1 << 56
        profile = small()
        thread = profile.thread_list[0]
        thread.root.calls = thread.contexts[1].calls = 0
        call = thread.context(thread.root, profile.function("g"), most - 10, 0)
        recursion = thread.cross(call, call, 10)
        self.assertEqual(sum(row["calls"] for row in self.report(self.write(profile))["functions"]), most)
        recursion.calls = 11
        self.damaged(profile, "context 263 (code 2, caller 261, 11 calls)")

    def test_contexts_of_another_thread(self):
        profile = small()
        thread = profile.thread()
        thread.context(257, 1, 1, 0)
        self.damaged(profile, "context 387 called from the unknown context 257")

    def test_times(self):
        profile = small()
        profile.thread_list[0].lifetime = 1 << 63
        profile.thread_list[0].last = 1
        self.damaged(profile, "times longer than any process lives")
        profile = small()
        for _ in range(2):
            thread = profile.thread(outside=1 << 61)
        thread.root.self_ticks -= 30
        self.assertEqual(self.report(self.write(profile))["total_ns"], 1 << 62)
        thread.root.self_ticks += 1
        thread.lifetime = None
        self.damaged(profile, "times longer than any process lives")
        for lifetime, self_ticks in ((29, 20), (30, 21), (30, (1 << 64) - 10)):
            profile = small()
            profile.thread_list[0].lifetime = lifetime
            profile.thread_list[0].contexts[1].self_ticks = self_ticks
            self.damaged(profile, "contexts of thread 1 longer than its life")
        for making, why in ((30, None), (31, "contexts of thread 1 longer than its life"),
                            (61, "contexts of thread 1 were made for longer than its life"),
                            ((1 << 64) - 1, "contexts of thread 1 were made for longer than its life")):
            profile = small()
            profile.thread_list[0].lifetime, profile.thread_list[0].making = 60, making
            if why:
                self.damaged(profile, why)
            else:
                self.assertEqual(self.report(self.write(profile))["unattributed_ns"], 0)
        profile = small()
        thread = profile.thread_list[0]
        thread.running, thread.last, thread.lifetime = 1, 1_000_020, 0
        profile.latest = (1_000_029, 1_000_029)
        self.damaged(profile, "contexts of thread 1 longer than its life")
        thread.root.self_ticks = (1 << 64) - 1
        self.damaged(profile, "times longer than any process lives")

    def test_current_context(self):
        """A running thread is in a context of its own: not between two, not in a cross record."""
        profile = small()
        thread, other = profile.thread_list[0], profile.thread(outside=7)
        call = thread.contexts[1]
        recursion = thread.cross(call, call, 3)
        thread.running, thread.started, thread.last, thread.lifetime = 1, 1_000_000, 1_000_030, 0
        profile.to_bytes()
        places = [0, thread.root.address - 32, call.address + 8, recursion.address,
                  recursion.address + 32, other.root.address, call.reference]
        for place in places:
            thread.current = place
            self.damaged(profile, "thread 1 is in none of its contexts")
        thread.running, thread.lifetime = 0, 30
        self.assertEqual(self.report(self.write(profile))["total_ns"], 37)

    def test_truncation_everywhere(self):
        content = example().to_bytes()
        for length in range(8, len(content), 8):
            (self.folder / "app.profinst").write_bytes(content[:length])
            for command in ("report", "dump"):
                if command == "dump" and length % 512:
                    continue
                result = self.profinst(command, "app.profinst", code=3)
                self.assertIn("truncated: ", result.stderr)

    def test_flipped_bits(self):
        """Whatever is wrong with a file, it is read or refused."""
        profile = example()
        worker = profile.thread_list[1]
        worker.running, worker.last, worker.lifetime = 1, 201_000_000, 0
        valid = profile.to_bytes()
        generator = random.Random(1)
        # Most of a file is padding; the flips go where something is.
        places = [at for at in range(len(valid)) if at < 128 or valid[max(0, at - 8):at + 8].strip(b"\0")]
        for _ in range(600):
            content = bytearray(valid)
            for _ in range(generator.choice((1, 1, 2, 8))):
                content[generator.choice(places)] ^= 1 << generator.randrange(8)
            (self.folder / "app.profinst").write_bytes(content)
            command = generator.choice((["report", "--edges", "--contexts"], ["dump"],
                                        ["graph", "-o", "out.dot"], ["report", "--format=json"]))
            self.profinst(*command, "app.profinst", code=(0, 3))


if __name__ == "__main__":
    unittest.main()
