"""Writes synthetic profile files, from the description in runtime/profinst_format.h and independently
of the code that reads or writes them elsewhere.

    profile = Profile()
    main = profile.function("main", source="app.c", line=3)
    thread = profile.thread()
    call = thread.context(thread.root, main, calls=1, ticks=700)
    thread.cross(call, call, calls=4)
    profile.write(path)

A context is of a function, or of code with frames, and then has a count for each of them:

    work = profile.code(main, [(f, 0), (g, 1)])  # f inlined into main, g into that f
    thread.context(thread.root, work, calls=1, ticks=700, frames=[20, 3])

Times are ticks; by default a tick is a nanosecond. Every field of the header can be set before writing,
and `chunks` can be changed at will, to write what no runtime would.
"""

import struct

UNIT = 32
PAGE = 4096
MAPPED = 0x7F00_0000_0000  # where the process had the first thread's first chunk of contexts
NAMES, THREADS, CONTEXTS, SELECTIONS, DURATIONS = 1, 2, 3, 4, 5
OBJECT, SOURCE, FUNCTION, CODE, UNIT_ENTRY, FILTER = 1, 2, 3, 4, 5, 6
EXTERNAL, NAMED, OFF = 1, 2, 4  # flags of functions
INLINED = 1  # flag of code
TSC, CNTVCT, MONOTONIC = 1, 2, 3
EXACT, AUTO, COUNTS = 1, 2, 3

HEADER = struct.Struct("<8s4I16s16sQ4I6Q2IQQ6I9Q1024s2I2048s")
CHUNK = struct.Struct("<2I3Q")
THREAD = struct.Struct("<6I5Q16s4Q16x")
CONTEXT = struct.Struct("<4I2Q2I2Q2I")
OCTAVE = struct.Struct("<4I12Q")
ENTRY = struct.Struct("<8I")
CODE_ENTRY = struct.Struct("<6I")
SELECTION = struct.Struct("<4I")
assert (HEADER.size, CHUNK.size, THREAD.size, CONTEXT.size) == (3328, 32, 128, 64)
assert (ENTRY.size, CODE_ENTRY.size, SELECTION.size, OCTAVE.size) == (32, 24, 16, 112)


def encode(text):
    return text if isinstance(text, bytes) else text.encode()


class Code:
    def __init__(self, number, function, frames, flags):
        self.number, self.function, self.frames, self.flags = number, function, frames, flags

    def pack(self):
        size = CODE_ENTRY.size + 8 * len(self.frames)
        return (CODE_ENTRY.pack(size, CODE, self.number, self.function, self.flags, len(self.frames))
                + b"".join(struct.pack("<2I", *frame) for frame in self.frames))


class Context:
    """One record. `code` is a Code or an id; `parent` and `target` are Contexts or references. Writing
    it sets its reference and its address."""

    def __init__(self, code, parent, target, calls, self_ticks, frames=()):
        self.code, self.parent, self.target = code, parent, target
        self.calls, self.self_ticks, self.frames = calls, self_ticks, frames
        self.samples = self.hook_samples = self.timed_calls = self.timed_self = self.counted = 0
        self.host = self  # that of inlined code: the context that its time is in
        self.reference = self.address = 0

    def estimated(self, samples=0, hook_samples=0, timed_calls=0, timed_self=0, counted=None):
        """Sets what there is to say of it in AUTO. `samples` are all of them. `counted` None: if there
        are timed calls."""
        self.counted = int(timed_calls > 0 if counted is None else counted)
        self.samples, self.hook_samples = samples, hook_samples
        self.timed_calls, self.timed_self = timed_calls, timed_self
        return self

    def pack(self):
        code = self.code.number if isinstance(self.code, Code) else self.code
        count = len(self.code.frames) if isinstance(self.code, Code) else 0
        frames = list(self.frames) or [0] * count
        assert len(frames) == count
        counts = struct.pack(f"<{count}Q", *frames)
        return CONTEXT.pack(code, reference(self.parent), reference(self.target), 0, self.calls,
                            self.self_ticks, self.samples, self.hook_samples, self.timed_calls,
                            self.timed_self, self.counted, 0) + padded(counts, UNIT)


def reference(context):
    return context if isinstance(context, int) else context.reference if context else 0


class Octave:
    """Of the histogram of a function's durations in a thread, or in one context of it."""

    def __init__(self, function, context, octave):
        self.function, self.context, self.octave = function, context, octave
        self.timed, self.least, self.greatest, self.counts = 0, 0, 0, [0] * 8

    def add(self, ticks, weight):
        self.least = min(self.least, ticks) if self.timed else ticks
        self.greatest = max(self.greatest, ticks)
        self.timed += 1
        begin = 1 << (self.octave + 4) if self.octave else 0
        self.counts[min((ticks - begin) * 8 // max(begin, 32), 7)] += weight

    def pack(self):
        return OCTAVE.pack(self.function, reference(self.context), self.octave, 0, self.timed, self.least,
                           self.greatest, 0, *self.counts)


class Thread:
    def __init__(self, profile, number, name, outside, threads, running, started, last, lifetime):
        self.profile, self.number, self.name = profile, number, encode(name)
        self.threads, self.running = threads, running
        self.started, self.last, self.lifetime = started, last, lifetime
        self.system_id = 1000 + number
        self.making = 0
        self.sampled = self.sampled_ns = self.samples_taken = self.sample_squares = 0
        self.root = Context(0, None, None, threads, outside)
        self.contexts = [self.root]
        self.octaves = []
        self.folded = None  # root of folded contexts
        self.current = self.root  # a Context or an address

    def _add(self, record):
        self.contexts.append(record)
        return record

    def context(self, parent, code, calls=1, ticks=0, frames=()):
        """`code` is a Code, or a function's id."""
        return self._add(Context(self.profile.code_of(code), parent, None, calls, ticks, frames))

    def cross(self, caller, target, calls, code=None, frames=()):
        """`code` None: that of the target."""
        return self._add(Context(self.profile.code_of(code) if code else target.code, caller, target,
                                 calls, 0, frames))

    def inlined(self, parent, function, calls=0):
        record = Context(self.profile.code(function, flags=INLINED), parent, parent.host, calls, 0)
        record.host = parent.host
        return self._add(record)

    def durations(self, function, ticks, weights=None, context=None):
        """Calls of these lengths; each stands for so many as its weight says."""
        octaves = {}
        for at, length in enumerate(ticks):
            number = min(max(length.bit_length() - 5, 0), 43)
            if number not in octaves:
                octaves[number] = Octave(function, context, number)
            octaves[number].add(length, weights[at] if weights else 1)
        self.octaves += octaves.values()

    def fold(self):
        self.profile.features |= 1
        self.folded = Context(0, None, None, 0, 0)
        self.contexts.append(self.folded)
        return self.folded

    def pack(self, root):
        folded = self.folded.reference if self.folded else 0
        current = self.current if isinstance(self.current, int) else self.current.address
        return THREAD.pack(self.number, self.system_id, self.threads, self.running, root, folded, self.making,
                           self.last, current, self.started, self.lifetime, self.name,
                           self.sampled, self.sampled_ns, self.samples_taken, self.sample_squares)


class Profile:
    def __init__(self, program="/opt/app/bin/app", key=1, run=1, start=1_000_000):
        self.magic, self.version, self.byte_order = b"PROFINST", 5, 0x01020304
        self.header_size, self.features = PAGE, 0
        self.profile_id, self.run_id = bytes([key]) * 16, bytes([run]) * 16
        self.size = None  # computed
        self.process_id, self.parent_process_id = 4711, 4710
        self.clock, self.ended = MONOTONIC, 1
        self.start = (start, start)
        self.latest = None  # (ticks, ns); by default the end of the longest thread
        self.start_unix_ns = 1_800_000_000_000_000_000
        self.lost_calls = self.event_cost = 0
        self.timing, self.sample_ns = EXACT, 0
        self.timed = self.counted = (0, 0)  # ticks that recording a call adds: inside, outside
        self.start_usage = self.usage = (0, 0, 0)  # user ns, system ns, peak bytes; at the end
        self.program = encode(program)
        self.arguments = [self.program, b"--fast", b"input file"]
        self.arguments_cut = 0
        self.chunk_records = 1 << 20  # contexts in a chunk
        self.alignment = PAGE  # of chunks
        self.thread_list, self.entries, self.selections = [], [], []
        self._ids = {kind: {} for kind in (OBJECT, SOURCE, FUNCTION, UNIT_ENTRY, FILTER)}
        self._codes = {}

    def _entry(self, kind, key, module, source, line, flags, text):
        ids = self._ids[kind]
        if key not in ids:
            ids[key] = len(ids) + 1
            body = text + b"\0"
            size = (ENTRY.size + len(body) + 7) // 8 * 8
            self.entries.append(padded(
                ENTRY.pack(size, kind, ids[key], module, source, line, flags, 0) + body, 8))
        return ids[key]

    def object(self, path):
        return self._entry(OBJECT, path, 0, 0, 0, 0, encode(path))

    def source(self, path):
        return self._entry(SOURCE, path, 0, 0, 0, 0, encode(path))

    def function(self, name, source=None, line=0, module=None, shown=None, flags=0):
        """`shown`: the name that the source gives it."""
        external = flags & EXTERNAL
        module_id = 0 if external else self.object(module if module else self.program)
        source_id = self.source(source) if source else 0
        text = encode(name) + (b"\0" + encode(shown) if shown is not None else b"")
        flags |= NAMED if shown is not None else 0
        return self._entry(FUNCTION, (name, module_id, source_id, line), module_id, source_id, line,
                           flags, text)

    def external(self, name):
        return self.function(name, flags=EXTERNAL)

    def code(self, function, frames=(), flags=0):
        """Frames are pairs of a function's id and the number of the frame that it stands in."""
        key = (function, tuple(frames), flags)
        if key not in self._codes:
            self._codes[key] = Code(len(self._codes) + 1, *key)
            self.entries.append(self._codes[key].pack())
        return self._codes[key]

    def code_of(self, code):
        return code if isinstance(code, Code) else self.code(code)

    def unit(self, path, digest=0, module=None):
        return self._entry(UNIT_ENTRY, (path, digest), self.object(module if module else self.program),
                           0, digest, 0, encode(path))

    def filter(self, text):
        return self._entry(FILTER, text, 0, 0, 0, 0, encode(text))

    def selection(self, unit, packed, unpacked_size):
        size = (SELECTION.size + len(packed) + 7) // 8 * 8
        self.selections.append(padded(SELECTION.pack(size, unit, len(packed), unpacked_size) + packed, 8))

    def thread(self, name="app", outside=0, threads=1, running=0, started=None, last=None,
               lifetime=None):
        """`lifetime` None: the sum of its contexts' self times."""
        started = self.start[0] if started is None else started
        thread = Thread(self, len(self.thread_list) + 1, name, outside, threads, running, started,
                        last, lifetime)
        self.thread_list.append(thread)
        return thread

    def _finish_threads(self):
        for thread in self.thread_list:
            if thread.lifetime is None:
                thread.lifetime = sum(c.self_ticks for c in thread.contexts if c.target is None)
            if thread.last is None:
                thread.last = thread.started + thread.lifetime

    def names_chunk(self):
        return chunk(NAMES, b"".join(self.entries), alignment=self.alignment)

    def chunks(self, begin):
        """Names, then each thread's contexts and durations, then the threads, then selections."""
        parts = [self.names_chunk()]
        at = begin + len(parts[0])
        for thread in self.thread_list:
            for first in range(0, len(thread.contexts), self.chunk_records):
                records = thread.contexts[first:first + self.chunk_records]
                address = MAPPED + ((thread.number - 1) << 32) - (first << 12)
                body = bytearray()
                for record in records:
                    place = CHUNK.size + len(body)
                    record.reference = (at + place) // UNIT
                    record.address = address + place
                    body += record.pack()
                parts.append(chunk(CONTEXTS, body, thread.number, alignment=self.alignment,
                                   address=address))
                at += len(parts[-1])
            if thread.octaves:
                parts.append(chunk(DURATIONS, b"".join(octave.pack() for octave in thread.octaves),
                                   thread.number, alignment=self.alignment))
                at += len(parts[-1])
        rows = b"".join(thread.pack(thread.contexts[0].reference if thread.contexts else 0)
                        for thread in self.thread_list)
        parts.append(chunk(THREADS, rows, alignment=self.alignment))
        if self.selections:
            parts.append(chunk(SELECTIONS, b"".join(self.selections), alignment=self.alignment))
        return parts

    def to_bytes(self):
        self._finish_threads()
        body = b"".join(self.chunks(self.header_size))
        latest = self.latest
        if latest is None:
            end = max([self.start[0]] + [thread.last for thread in self.thread_list])
            latest = (end, end - self.start[0] + self.start[1])
        arguments = b"".join(argument + b"\0" for argument in self.arguments)
        size = self.header_size + len(body) if self.size is None else self.size
        header = HEADER.pack(self.magic, self.version, self.byte_order, self.header_size,
                             self.features, self.profile_id, self.run_id, size, self.process_id,
                             self.parent_process_id, self.clock, self.ended, *self.start, 0, 0, *latest, 1,
                             self.event_cost, self.start_unix_ns, self.lost_calls,
                             self.timing, self.sample_ns, *self.costs(),
                             *self.start_usage, 0, 0, 0, *self.usage, self.program, len(arguments),
                             self.arguments_cut, arguments)
        return header.ljust(self.header_size, b"\0") + body

    def costs(self):
        return [round(1024 * ticks) for ticks in self.timed + self.counted]

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.to_bytes())
        return path


def padded(content, unit):
    return content.ljust((len(content) + unit - 1) // unit * unit, b"\0")


def chunk(kind, body, thread=0, used=None, alignment=PAGE, address=0):
    size = (CHUNK.size + len(body) + alignment - 1) // alignment * alignment
    used = len(body) if used is None else used
    return (CHUNK.pack(kind, thread, size, used, address) + body).ljust(size, b"\0")
