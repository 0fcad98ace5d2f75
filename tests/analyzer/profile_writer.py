"""Writes synthetic profile files, from the description in runtime/profinst_format.h and independently
of the code that reads or writes them elsewhere.

    profile = Profile()
    main = profile.function("main", source="app.c", line=3)
    thread = profile.thread()
    call = thread.context(thread.root, main, calls=1, ticks=700)
    thread.recursion(call, call, calls=4)
    profile.write(path)

Times are ticks; by default a tick is a nanosecond. Every field of the header can be set before writing,
and `chunks` can be changed at will, to write what no runtime would.
"""

import struct

UNIT = 32
PAGE = 4096
MAPPED = 0x7F00_0000_0000  # where the process had the first thread's first chunk of contexts
NAMES, THREADS, CONTEXTS = 1, 2, 3
OBJECT, SOURCE, FUNCTION = 1, 2, 3
TSC, CNTVCT, MONOTONIC = 1, 2, 3

HEADER = struct.Struct("<8s4I16s16sQ4I6Q2IQQ1024s2I2048s")
CHUNK = struct.Struct("<2I3Q")
THREAD = struct.Struct("<8I4Q16s48x")
CONTEXT = struct.Struct("<4I2Q")
ENTRY = struct.Struct("<6I")
assert (HEADER.size, CHUNK.size, THREAD.size, CONTEXT.size, ENTRY.size) == (3232, 32, 128, 32, 24)


def encode(text):
    return text if isinstance(text, bytes) else text.encode()


class Context:
    """One record. `parent` and `target` are Contexts; writing it sets its reference and its address."""

    def __init__(self, function, parent, target, calls, self_ticks):
        self.function, self.parent, self.target = function, parent, target
        self.calls, self.self_ticks = calls, self_ticks
        self.reference = self.address = 0

    def pack(self):
        def reference(other):
            return other if isinstance(other, int) else other.reference if other else 0

        return CONTEXT.pack(self.function, reference(self.parent), reference(self.target), 0,
                            self.calls, self.self_ticks)


class Thread:
    def __init__(self, profile, number, name, outside, threads, running, started, last, lifetime):
        self.profile, self.number, self.name = profile, number, encode(name)
        self.threads, self.running = threads, running
        self.started, self.last, self.lifetime = started, last, lifetime
        self.system_id = 1000 + number
        self.root = Context(0, None, None, threads, outside)
        self.contexts = [self.root]
        self.folded = None  # root of folded contexts
        self.current = self.root  # a Context or an address

    def context(self, parent, function, calls=1, ticks=0):
        record = Context(function, parent, None, calls, ticks)
        self.contexts.append(record)
        return record

    def recursion(self, caller, target, calls):
        record = Context(target.function, caller, target, calls, 0)
        self.contexts.append(record)
        return record

    def fold(self):
        self.profile.features |= 1
        self.folded = Context(0, None, None, 0, 0)
        self.contexts.append(self.folded)
        return self.folded

    def pack(self, root):
        folded = self.folded.reference if self.folded else 0
        current = self.current if isinstance(self.current, int) else self.current.address
        return THREAD.pack(self.number, self.system_id, self.threads, self.running, root, folded, 0, 0,
                           self.last, current, self.started, self.lifetime, self.name)


class Profile:
    def __init__(self, program="/opt/app/bin/app", key=1, run=1, start=1_000_000):
        self.magic, self.version, self.byte_order = b"PROFINST", 1, 0x01020304
        self.header_size, self.features = PAGE, 0
        self.profile_id, self.run_id = bytes([key]) * 16, bytes([run]) * 16
        self.size = None  # computed
        self.process_id, self.parent_process_id = 4711, 4710
        self.clock, self.ended = MONOTONIC, 1
        self.start = (start, start)
        self.latest = None  # (ticks, ns); by default the end of the longest thread
        self.start_unix_ns = 1_800_000_000_000_000_000
        self.lost_calls = 0
        self.program = encode(program)
        self.arguments = [self.program, b"--fast", b"input file"]
        self.arguments_cut = 0
        self.chunk_records = 1 << 20  # contexts in a chunk
        self.alignment = PAGE  # of chunks
        self.thread_list, self.entries = [], []
        self._ids = {OBJECT: {}, SOURCE: {}, FUNCTION: {}}

    def _entry(self, kind, key, *fields):
        ids = self._ids[kind]
        if key not in ids:
            ids[key] = len(ids) + 1
            self.entries.append((kind, ids[key], *fields))
        return ids[key]

    def object(self, path):
        return self._entry(OBJECT, path, 0, 0, 0, encode(path))

    def source(self, path):
        return self._entry(SOURCE, path, 0, 0, 0, encode(path))

    def function(self, name, source=None, line=0, module=None):
        module_id = self.object(module if module else self.program)
        source_id = self.source(source) if source else 0
        return self._entry(FUNCTION, (name, module_id, source_id, line), module_id, source_id, line,
                           encode(name))

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
        body = b""
        for kind, number, module, source, line, text in self.entries:
            size = (ENTRY.size + len(text) + 1 + 7) // 8 * 8
            body += (ENTRY.pack(size, kind, number, module, source, line) + text).ljust(size, b"\0")
        return chunk(NAMES, body, alignment=self.alignment)

    def chunks(self, begin):
        """Names, then each thread's contexts, then the threads."""
        parts = [self.names_chunk()]
        at = begin + len(parts[0])
        for thread in self.thread_list:
            for first in range(0, len(thread.contexts), self.chunk_records):
                records = thread.contexts[first:first + self.chunk_records]
                address = MAPPED + ((thread.number - 1) << 32) - (first << 12)
                for place, record in enumerate(records, start=1):
                    record.reference = at // UNIT + place
                    record.address = address + place * UNIT
                body = b"".join(record.pack() for record in records)
                parts.append(chunk(CONTEXTS, body, thread.number, alignment=self.alignment,
                                   address=address))
                at += len(parts[-1])
        rows = b"".join(thread.pack(thread.contexts[0].reference if thread.contexts else 0)
                        for thread in self.thread_list)
        parts.append(chunk(THREADS, rows, alignment=self.alignment))
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
                             self.parent_process_id, self.clock, self.ended, *self.start, 0, 0, *latest, 1, 0,
                             self.start_unix_ns, self.lost_calls, self.program, len(arguments),
                             self.arguments_cut, arguments)
        return header.ljust(self.header_size, b"\0") + body

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.to_bytes())
        return path


def chunk(kind, body, thread=0, used=None, alignment=PAGE, address=0):
    size = (CHUNK.size + len(body) + alignment - 1) // alignment * alignment
    used = len(body) if used is None else used
    return (CHUNK.pack(kind, thread, size, used, address) + body).ljust(size, b"\0")
