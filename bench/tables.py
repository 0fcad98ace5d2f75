"""Results as Markdown."""

import goals


def table(heads, rows):
    """The first column is text, the others are numbers."""
    lines = ['| ' + ' | '.join(heads) + ' |', '|---|' + '---:|' * (len(heads) - 1)]
    lines += ['| ' + ' | '.join(row) + ' |' for row in rows]
    return '\n'.join(lines) + '\n'


def number(value):
    """Three digits that tell something: 0.98, 1.52, 12.3, 123."""
    return f'{value:.2f}' if abs(value) < 10 else f'{value:.1f}' if abs(value) < 100 else f'{value:.0f}'


def size(value):
    for unit, digits in (('B', 0), ('kB', 0), ('MB', 1)):
        if value < 1000 or unit == 'MB' and value < 1e6:
            return f'{value:.{digits}f} {unit}'
        value /= 1000
    return f'{value / 1000:.1f} GB'


def seconds(value):
    return f'{value * 1000:.0f} ms' if value < 1 else f'{value:.1f} s'


def with_spread(value, show=number):
    return f'{show(value["median"])} ({show(value["least"])} to {show(value["greatest"])})'


def is_bare(row):
    return row['profiler'] in ('bare', 'bare-gcc')


def label(row, results):
    small = row['input'] == 'small' and not results['quick']
    return row['label'] + (', small input' if small and is_bare(row) else ' †' if small else '')


def cells(row, threaded, results):
    """Cells of one row of a program's table."""
    if 'failure' in row:
        return [label(row, results), 'none: ' + row['failure'].replace('|', '\\|')] + [''] * (
            5 if threaded else 4)
    cpu = with_spread(row['cpu_s'], seconds) if is_bare(row) else with_spread(row['cpu_ratio'])
    wall = seconds(row['wall_s']['median']) if is_bare(row) else with_spread(row['wall_ratio'])
    return [label(row, results), cpu, *([wall] if threaded else []),
            number(row['ns_a_call']['median']) if 'ns_a_call' in row else '',
            size(row['memory_bytes']),
            '' if is_bare(row) else size(row['disk_bytes']),
            seconds(row['report_s']['median']) if 'report_s' in row else
            row.get('report_failure', '').replace('|', '\\|')]


def program_table(program, results):
    threaded = program['threaded']
    heads = ['', 'processor time', *(['elapsed time'] if threaded else []), 'ns a call', 'memory',
             'on disk', 'report']
    text = f'### {program["title"]}\n\n'
    for name, calls in program['calls'].items():
        text += (f'Calls, {name} input: {calls["hooked"]:,}, and {calls["inlined"]:,} that were'
                 ' inlined.\n')
    return text + '\n' + table(heads, [cells(row, threaded, results) for row in program['rows']])


def summary(results):
    """Medians of the ratios of all programs."""
    programs = results['programs']
    ratios = {}
    for program in programs:
        for row in program['rows']:
            if not is_bare(row):
                value = 'none' if 'failure' in row else number(row['cpu_ratio']['median'])
                ratios.setdefault(label(row, results), {})[program['program']] = value
    names = [program['program'] for program in programs]
    return table([''] + names, [[name] + [row.get(program, '') for program in names]
                                for name, row in ratios.items()])


def calls(data):
    if 'failure' in data:
        return data['failure'] + '\n'
    return table([f'{data["rounds"]} runs', 'ns', 'over two clock readings', 'instructions'],
                 [[f'{row["mode"]}: {row["shape"]}', with_spread(row['ns']),
                   f'{row["ratio"]["median"]:.3f}',
                   f'{row["instructions"]:.1f}' if 'instructions' in row else '']
                  for row in data['rows']])


def compiling(data):
    if 'failure' in data:
        return data['failure'] + '\n'
    return table([f'sqlite3.c at -O2, {data["rounds"]} rounds', 'processor time', 'ratio'],
                 [[row['variant'], seconds(row['cpu_s']['median']), with_spread(row['ratio'])]
                  for row in data['rows']])


SIZES = {'bare': 'bare', 'profinst-inlined-off': 'profinst, inlined=off', 'profinst': 'profinst',
         'pg': 'clang -pg', 'xray': 'XRay'}


def sizes(results):
    def cell(sections):
        return f'{size(sections["text"])} + {size(sections["data"])}' if sections else ''

    return table(['code + data'] + list(SIZES.values()),
                 [[program['program']] + [cell(program['sizes'].get(name)) for name in SIZES]
                  for program in results['programs']])


def machine(data):
    versions = '; '.join(version for version in data['versions'].values() if version)
    return (f'{data["processor"]}, {data["cores"]} cores, {data["system"]}, Linux {data["kernel"]}; load'
            f' before: {data["load_before"]:.1f}. profinst at {data["commit"]}.\n{versions}.\n')


def markdown(results):
    rounds = (f'{results["rounds"]} rounds, {results["slow_rounds"]} with the small input (†)'
              if not results['quick'] else 'one round with the small input')
    parts = [f'## Against other profilers\n\n{machine(results["machine"])}\n{rounds}.'
             ' Medians, with the least and the greatest.\n',
             '### Processor time over that of the bare program\n\n' + summary(results)]
    parts += [program_table(program, results) for program in results['programs']]
    parts.append('### About the profilers\n\n' + ''.join(
        f'- **{name}**: {note}\n' for name, note in results['notes'].items()))
    if 'calls' in results:
        parts.append('### A call\n\n' + calls(results['calls']))
    if 'compiling' in results:
        parts.append('### Compiling\n\n' + compiling(results['compiling']))
    if 'analyzer' in results:
        analyzer = results['analyzer']
        parts.append('### Analyzer\n\n' + analyzer.get('markdown', analyzer.get('failure', '')))
    parts.append('### Size\n\n' + sizes(results))
    met = goals.rows(results)
    if met:
        parts.append('### Goals\n\n' + table(['goal', 'limit', 'measured', 'met'], met))
    return '\n'.join(parts)
