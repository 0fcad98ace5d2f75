"""Which goals the figures reach. A goal without its figures in a run is left out."""


def ratios(results):
    """{(program, profiler): median ratio}, of the full input."""
    return {(program['program'], row['profiler']): row['cpu_ratio']['median']
            for program in results['programs'] for row in program['rows']
            if 'failure' not in row and (row['input'] == 'full' or results['quick'])}


# profinst, auto, over the bare program.
LIMITS = {'lua': 1.8, 'sort': 1.8, 'sqlite': 1.4, 'long': 1.02}


def call_checks(rows):
    ns = {(row['mode'], row['shape']): row['ns']['median'] for row in rows}
    for row in rows:
        if row['mode'] == 'exact' and 'instructions' in row:
            yield f'exact, over two clock readings: {row["shape"]}', 1.05, row['ratio']['median']
    if ('auto', 'leaf') in ns:
        yield ('auto, ns over a bare leaf', 2,
               ns['auto', 'leaf'] - ns['auto', 'leaf without hooks'])


def checks(results):
    """(goal, limit, measured)"""
    measured = ratios(results)
    for program in results['programs']:
        name = program['program']
        auto = measured.get((name, 'profinst-auto'))
        if auto is None:
            continue
        for gprof in ('gprof-clang', 'gprof-gcc'):
            if (name, gprof) in measured and name != 'long':
                yield f'{name}: auto below {gprof}', measured[name, gprof], auto
        if name in LIMITS:
            yield f'{name}: auto', LIMITS[name], auto
    if ('sqlite', 'profinst-off') in measured:
        yield 'sqlite: off', 1.03, measured['sqlite', 'profinst-off']
    yield from call_checks(results.get('calls', {}).get('rows', []))
    for row in results.get('compiling', {}).get('rows', []):
        if row['variant'] != 'bare':
            yield f'compiling sqlite3.c, {row["variant"]}', 1.05, row['ratio']['median']


def rows(results):
    return [[goal, f'{limit:.2f}', f'{value:.2f}', 'yes' if value <= limit else 'no']
            for goal, limit, value in checks(results)]
