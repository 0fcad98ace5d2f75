"""Reads what `valgrind --tool=callgrind` writes: calls and instructions of every function and over
every edge. A function is known by name, source file and object, because static functions
of one name may stand in several files. Run callgrind with OPTIONS, which keep one record for each
function: with its defaults, recursive calls make a second function `name'2`.
"""

import collections
import re

OPTIONS = [
    '--tool=callgrind',
    '--demangle=no',
    '--separate-recs=1',
    '--separate-callers=0',
    '--compress-strings=yes',
    '--dump-instr=no',
]

Function = collections.namedtuple('Function', 'name file object')

# In the file's words: fl, fi and fe name a source file (of the function, of inlined code, and of
# the function again), fn a function, ob an object; cfi (or cfl), cfn and cob the same of a callee.
POSITION = re.compile(r'(fl|fi|fe|fn|ob|cfi|cfl|cfn|cob)=(?:\((\d+)\))?(?: ?(.*))?$')
COST = re.compile(r'[-+*\d]\S* (\d+)$')
KIND = {'fl': 'file', 'fi': 'file', 'fe': 'file', 'cfi': 'file', 'cfl': 'file',
        'fn': 'name', 'cfn': 'name', 'ob': 'object', 'cob': 'object'}


def records(path):
    """Yields (function, None, 0, instructions) of its own, and (caller, callee, calls, instructions)
    of calls; both Function."""
    names = {}  # (kind, number) -> text: a name stands in the file once, later by its number
    ob = file = None  # current object, and source file of the function
    current_file = None  # of the line at hand, which may be inlined from another file
    caller = callee_name = callee_file = callee_object = None
    callee, count = None, 0  # of the cost that comes next

    with open(path, encoding='utf-8', errors='surrogateescape') as lines:
        for line in lines:
            if line.startswith('calls='):
                callee = Function(callee_name, callee_file or current_file,
                                  callee_object or caller.object)
                count = int(line[len('calls='):].split()[0])
                callee_name = callee_file = callee_object = None
                continue
            cost = COST.match(line)
            if cost and caller:
                yield caller, callee, count, int(cost.group(1))
                callee, count = None, 0
                continue

            match = POSITION.match(line.rstrip('\n'))
            if not match:
                continue
            key, number, text = match.groups()
            if number is not None:
                if text:
                    names[KIND[key], number] = text
                text = names[KIND[key], number]

            if key == 'ob':
                ob = text
            elif key == 'fl':
                file = current_file = text
            elif key in ('fi', 'fe'):
                current_file = text
            elif key == 'fn':
                caller = Function(text, file, ob)
                current_file = file
            elif key in ('cfi', 'cfl'):
                callee_file = text
            elif key == 'cfn':
                callee_name = text
            elif key == 'cob':
                callee_object = text


def read(path):
    """Returns {(caller, callee): calls}, both Function. Whatever is called from nowhere is a caller
    only: the process's first function."""
    edges = collections.Counter()
    for caller, callee, count, _ in records(path):
        if callee:
            edges[caller, callee] += count
    return edges


def calls(edges):
    """{function: calls}"""
    total = collections.Counter()
    for (_, callee), count in edges.items():
        total[callee] += count
    return total
