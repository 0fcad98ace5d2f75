"""Reads profiles by the letter of docs/FORMAT.md, independently of the analyzer, and checks what the format
promises on the way."""

import collections
import pathlib
import struct
import zlib

NAMES, THREADS, CONTEXTS, SELECTIONS, DURATIONS = 1, 2, 3, 4, 5
OBJECT, SOURCE, FUNCTION, CODE, UNIT, FILTER = 1, 2, 3, 4, 5, 6
EXTERNAL, NAMED, OFF = 1, 2, 4
INLINED = 1
EXACT, AUTO, COUNTS = 1, 2, 3
OCTAVES = 60
LOCAL, POINTER, LIBRARY, ELSEWHERE, HANDLER = 1, 2, 4, 8, 16  # flags of call sites

Entry = collections.namedtuple("Entry", "object source line flags texts")
Code = collections.namedtuple("Code", "function flags frames")
Thread = collections.namedtuple(
    "Thread", "number running root folded making last current started lifetime")
Record = collections.namedtuple(
    "Record", "code parent target thread calls self samples hook_samples timed_calls timed_self counted "
    "inlined")
Octave = collections.namedtuple("Octave", "thread function context octave timed least greatest counts")
Selection = collections.namedtuple("Selection", "unit unpacked_size packed")


class Malformed(AssertionError):
    pass


def check(truth, what):
    if not truth:
        raise Malformed(what)


def text(data):
    return data.split(b"\0", 1)[0].decode()


class Profile:
    def __init__(self, path):
        self.data = pathlib.Path(path).read_bytes()
        self.read_header()
        self.entries = {kind: {} for kind in (OBJECT, SOURCE, FUNCTION, CODE, UNIT, FILTER)}
        self.threads, self.records, self.selections, self.octaves = [], {}, [], []
        self.addresses = []
        chunks = list(self.read_chunks())
        for reader, kind in ((self.read_names, NAMES), (self.read_threads, THREADS),
                             (self.read_contexts, CONTEXTS), (self.read_selections, SELECTIONS),
                             (self.read_durations, DURATIONS)):
            for chunk_kind, thread, start, end in chunks:
                if chunk_kind == kind:
                    reader(thread, start, end)
        self.check_names()
        self.check_tree()
        self.check_timing()
        self.check_durations()

    def unpack(self, layout, at):
        return struct.unpack_from("=" + layout, self.data, at)

    # ---- reading ------------------------------------------------------------------------------

    def read_header(self):
        check(self.data[:8] == b"PROFINST", "magic")
        version, order, self.header_size, self.features = self.unpack("4I", 8)
        check((version, order) == (5, 0x01020304), "version and byte order")
        self.size, self.process, self.parent = self.unpack("QII", 56)
        self.clock, self.ended = self.unpack("II", 72)
        self.event_cost, = self.unpack("I", 132)
        self.lost_calls, = self.unpack("Q", 144)
        self.profile_id, self.run_id = self.data[24:40], self.data[40:56]
        self.timing, self.sample_ns, *costs = self.unpack("6I", 152)
        self.timed, self.counted = ([cost / 1024 for cost in costs[at:at + 2]] for at in (0, 2))
        latest, = self.unpack("I", 128)
        self.start_usage, self.usage = self.unpack("3Q", 176), self.unpack("3Q", 200 + 24 * latest)
        self.program = text(self.data[248:1272])

    def read_chunks(self):
        at = self.header_size
        while at < self.size:
            kind, thread, size, used, address = self.unpack("IIQQQ", at)
            check(size % 4096 == 0 and 32 + used <= size and at + size <= self.size, "chunk")
            check(not any(self.data[at + 32 + used:at + size]), "zeros behind what is used")
            if kind == CONTEXTS:
                self.addresses.append((address, size, at))
            yield kind, thread, at + 32, at + 32 + used
            at += size
        check(at == self.size, "end of chunks")

    def read_names(self, _, at, end):
        while at < end:
            size, kind, identity, *fields = self.unpack("6I", at)
            check(size % 8 == 0 and size >= 24 and at + size <= end, "entry")
            check(identity == len(self.entries[kind]) + 1, "ids count up")
            if kind == CODE:
                function, flags, count = fields
                check(size == 24 + 8 * count, "size of code")
                frames = tuple(self.unpack("II", at + 24 + 8 * i) for i in range(count))
                check(all(caller < i for i, (_, caller) in enumerate(frames, 1)), "frames in order")
                entry = Code(function, flags, frames)
            else:
                flags, reserved = self.unpack("II", at + 24)
                check(reserved == 0, "reserved")
                count = 2 if kind == FUNCTION and flags & NAMED else 1
                texts = self.data[at + 32:at + size].split(b"\0")
                check(not any(texts[count:]), "padding")
                entry = Entry(*fields, flags, tuple(part.decode() for part in texts[:count]))
            self.entries[kind][identity] = entry
            at += size

    def read_threads(self, _, start, end):
        for at in range(start, end, 128):
            number, _, _, running, root, folded = self.unpack("6I", at)
            check(number == len(self.threads) + 1, "threads count up")
            self.threads.append(Thread(number, running, root, folded, *self.unpack("5Q", at + 24)))

    def read_contexts(self, thread, at, end):
        while at < end:
            code, *fields, mixed = self.unpack("4I2Q2I2Q2I", at)
            check(mixed in (0, 1), "mixed")
            count = len(self.entries[CODE][code].frames) if code else 0
            room = (8 * count + 31) // 32 * 4
            counts = self.unpack(f"{room}Q", at + 64)
            check(not any(counts[count:]), "padding of counts")
            self.records[at // 32] = Record(code, *fields, counts[:count])
            check(self.records[at // 32].thread == thread, "thread of a record")
            at += 64 + 8 * room
        check(at == end, "end of records")

    def read_selections(self, _, at, end):
        while at < end:
            size, unit, packed_size, unpacked_size = self.unpack("4I", at)
            check(size == (16 + packed_size + 7) // 8 * 8, "size of a selection")
            self.selections.append(
                Selection(unit, unpacked_size, self.data[at + 16:at + 16 + packed_size]))
            at += size

    def read_durations(self, thread, start, end):
        for at in range(start, end, 112):
            function, context, number, reserved, timed, least, greatest, unused = self.unpack("4I4Q", at)
            check(reserved == unused == 0, "reserved")
            octave = Octave(thread, function, context, number, timed, least, greatest,
                            self.unpack("8Q", at + 48))
            check(function in self.entries[FUNCTION] and number < OCTAVES, "function and octave")
            check(context == 0 or self.function(self.records[context]) == function, "context")
            self.check_octave(octave)
            self.octaves.append(octave)
        check(len({octave[:4] for octave in self.octaves}) == len(self.octaves), "an octave is there once")

    # ---- what holds for every profile ---------------------------------------------------------

    def check_octave(self, octave):
        first, after = (0, 32) if octave.octave == 0 else (16 << octave.octave, 32 << octave.octave)
        if octave.timed == 0:
            check(octave.least == 2 ** 64 - 1 and octave.greatest == 0, "nothing timed")
            check(not any(octave.counts), "nothing counted")
            return
        check(sum(octave.counts) >= octave.timed, "a call that is timed stands for itself at least")
        check(first <= octave.least <= octave.greatest, "least and greatest")
        check(octave.greatest < after or octave.octave == OCTAVES - 1, "greatest")
        for ticks in octave.least, min(octave.greatest, after - 1):
            check(octave.counts[(ticks - first) * 8 // (after - first)], "their buckets")

    def check_names(self):
        for entries in self.entries.values():
            known = [entry[:3] + (entry.texts[0],) if isinstance(entry, Entry) else entry
                     for entry in entries.values()]
            check(len(known) == len(set(known)), "no two entries say the same")
        for function in self.entries[FUNCTION].values():
            if function.flags & EXTERNAL:
                check(function[:3] == (0, 0, 0), "external functions are known by name")
            else:
                check(function.object in self.entries[OBJECT], "object")
        for code in self.entries[CODE].values():
            check(code.function in self.entries[FUNCTION], "function of code")
            check(not (code.flags & INLINED and code.frames), "inlined code has no frames")
            check(all(function == 0 or function in self.entries[FUNCTION]
                      for function, _ in code.frames), "functions of frames")
        units = [selection.unit for selection in self.selections]
        check(sorted(units) == sorted(self.entries[UNIT]), "a unit has one selection")

    def is_inlined(self, record):
        return bool(record.code and self.entries[CODE][record.code].flags & INLINED)

    def function(self, record):
        return self.entries[CODE][record.code].function if record.code else 0

    def host(self, reference):
        """The next context up that is not of inlined code."""
        while self.is_inlined(self.records[reference]):
            reference = self.records[reference].parent
        return reference

    def check_tree(self):
        roots = {thread.root for thread in self.threads} | {
            thread.folded for thread in self.threads if thread.folded}
        check(not any(thread.folded for thread in self.threads) or self.features == 1, "features")
        seen = set()
        for reference, record in self.records.items():
            check(record.timed_calls <= record.calls and record.timed_self <= record.self, "timed")
            check(record.hook_samples <= record.samples, "samples")
            if record.parent == 0:
                check(reference in roots and record.code == 0 and record.target == 0, "root")
                continue
            parent = self.records[record.parent]
            check(record.parent < reference and parent.thread == record.thread, "parent")
            check(self.is_inlined(parent) or not parent.target, "nothing stands below a cross record")
            check((record.parent, record.code) not in seen, "one record for a caller and its callee")
            seen.add((record.parent, record.code))
            if not record.target:
                continue
            check(record.self == 0, "time is the target's")
            target = self.records[record.target]
            check(record.target < reference and target.thread == record.thread, "target")
            if self.is_inlined(record):
                check(record.target == self.host(record.parent), "host")
            else:
                check(self.function(target) == self.function(record) and not target.target,
                      "a cross record leads to the same function")

    def check_timing(self):
        check(self.timing in (EXACT, AUTO, COUNTS), "timing")
        check(self.timing == AUTO or self.sample_ns == 0, "samples in auto only")
        for record in self.records.values():
            check(record.hook_samples <= record.samples, "samples in hooks are samples")
            check(record.samples == 0 or self.sample_ns, "samples need a timer")
            check(record.samples == 0 or not self.is_inlined(record), "samples are the host's")
            check(record.counted in (0, 1) and (record.counted or not record.timed_calls),
                  "the clock given up")
            check(not record.counted or self.timing == AUTO and record.code, "the clock given up")
            check(record.timed_calls <= record.calls and record.timed_self <= record.self,
                  "what it had when it gave the clock up")
            check(self.timing != COUNTS or record.self == 0, "no times")

    def check_durations(self):
        keys = [octave[:4] for octave in self.octaves]
        check(len(keys) == len(set(keys)), "an octave has one record")
        check(not self.octaves or self.timing != COUNTS, "no times")
        for octave in self.octaves:
            check(octave.function in self.entries[FUNCTION] and octave.octave < OCTAVES, "durations")
            if octave.context:
                record = self.records[octave.context]
                check(record.thread == octave.thread and self.function(record) == octave.function,
                      "context of durations")
            begin = 1 << (octave.octave + 4) if octave.octave else 0
            end = 2 * begin if octave.octave else 32
            if octave.timed:
                check(begin <= octave.least <= octave.greatest, "least and greatest")
                check(octave.octave == 43 or octave.greatest < end, "least and greatest")
            check(octave.timed <= sum(octave.counts), "a duration stands for a call at least")

    def choices(self):
        """What the selections unpack to."""
        for selection in self.selections:
            data = zlib.decompress(selection.packed)
            check(len(data) == selection.unpacked_size, "size of a selection")
            yield Choice(data)

    # ---- what tests ask -----------------------------------------------------------------------

    def name(self, function):
        return self.entries[FUNCTION][function].texts[0] if function else ""

    def functions(self, flag):
        return sorted(function.texts[0] for function in self.entries[FUNCTION].values()
                      if function.flags & flag)

    def path(self, reference):
        """Names from the root; those of inlined code in brackets. Folded ones begin with "~"."""
        record = self.records[reference]
        if not record.parent:
            return ("~",) if any(thread.folded == reference for thread in self.threads) else ()
        name = self.name(self.function(record))
        return self.path(record.parent) + ((f"[{name}]" if self.is_inlined(record) else name),)

    def paths(self):
        """Calls by path, of all codes and threads: "caller [inlined] callee"."""
        calls = collections.Counter()
        for reference, record in self.records.items():
            if record.code:
                calls[" ".join(self.path(reference))] += record.calls
        return dict(calls)

    def targets(self):
        """Paths of cross records, with that of the target."""
        return {" ".join(self.path(reference)): " ".join(self.path(record.target))
                for reference, record in self.records.items()
                if record.target and not self.is_inlined(record)}

    def counts(self):
        """Calls of frames: by path of the context, and of the frame's functions below."""
        counts = collections.Counter()
        for reference, record in self.records.items():
            code = self.entries[CODE].get(record.code)
            names = [()]
            for count, (function, caller) in zip(record.inlined, code.frames if code else ()):
                names.append(names[caller] + (f"[{self.name(function)}]",))
                counts[" ".join(self.path(reference) + names[-1])] += count
        return dict(counts)

    def calls(self):
        """Calls by function: made, and inlined."""
        calls = collections.defaultdict(lambda: [0, 0])
        for record in self.records.values():
            if record.code:
                calls[self.name(self.function(record))][self.is_inlined(record)] += record.calls
                for count, (function, _) in zip(record.inlined, self.entries[CODE][record.code].frames):
                    calls[self.name(function)][1] += count
        return {name: tuple(counts) for name, counts in calls.items()}

    def current(self, thread):
        for address, size, offset in self.addresses:
            if address <= thread.current < address + size:
                return (offset + thread.current - address) // 32
        raise Malformed("current")

    def times(self):
        """Ticks by path, and those of each thread up to its last event."""
        times = collections.Counter()
        for reference, record in self.records.items():
            times[" ".join(self.path(reference))] += record.self
        return dict(times)


class Choice:
    """What a selection unpacks to: see struct profinst_choice. Sites are (caller, callee, file, line,
    flags)."""

    def __init__(self, data):
        self.size = len(data)
        self.data = data
        rules, functions, sites, text_size, flags = struct.unpack_from("=5I", data)
        check(flags in (0, 1) and (flags or not sites), "flags of a choice")
        self.tells_sites = flags == 1
        places = [20, 16 * rules, 32 * functions, 20 * sites]
        at_rules, at_functions, at_sites, at_texts = (sum(places[:count]) for count in range(1, 5))
        self.texts = data[at_texts:]
        check(len(self.texts) == text_size, "size of texts")
        self.rules = []
        for what, origin, flags, matched in struct.iter_unpack("=4I", data[at_rules:at_functions]):
            self.rules.append((self.text(what), self.text(origin), flags == 1, matched))
        self.functions = {}
        for name, file, line, rule, selected, size, fingerprint in struct.iter_unpack(
                "=6IQ", data[at_functions:at_sites]):
            check(self.text(name) not in self.functions, self.text(name))
            self.functions[self.text(name)] = {"file": self.text(file), "line": line, "size": size,
                                               "rule": self.rules[rule][0], "selected": selected == 1,
                                               "fingerprint": fingerprint}
            check((selected == 1) == (fingerprint != 0), "fingerprints of what is selected")
        names = list(self.functions)
        self.sites = [(names[caller] if not flags & ELSEWHERE else "", self.text(callee), self.text(file), line,
                       flags)
                      for caller, callee, file, line, flags in struct.iter_unpack("=5I", data[at_sites:at_texts])]

    def text(self, start):
        return text(self.texts[start:])

    @property
    def given(self):
        """The rules that the user gave, and how many functions each fits."""
        return {(what, origin): matched for what, origin, given, matched in self.rules if given}

    @property
    def chosen(self):
        return {name for name, row in self.functions.items() if row["selected"]}

    @property
    def reasons(self):
        return {name: row["rule"] for name, row in self.functions.items()}
