"""What a hooked call costs by mode, from bench/hooks.c: in time, beside two readings of the clock in the
same process, and in instructions."""

import os
import re
import subprocess

import instructions
from spread import spread

LINE = re.compile(r'(\S.*?) +([\d.]+) +([\d.]+) +([\d.]+)$', re.MULTILINE)


def run(executable, folder, mode):
    """{shape: (ns a call, ratio to two readings of the clock)} of one run."""
    environment = dict(os.environ, PROFINST_TIMING=mode, PROFINST_OUTPUT='hooks.profile')
    output = subprocess.run([executable], cwd=folder, env=environment, check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    return {shape: (float(ns), float(ratio)) for shape, ns, ratio, _ in LINE.findall(output)}


def measure(rounds, folder):
    """Rows of mode and shape: medians of so many runs of each mode, in turn."""
    try:
        executable = instructions.compile_hooks(folder)
        runs = {mode: [] for mode in instructions.MODES}
        for _ in range(rounds):
            for mode in instructions.MODES:
                runs[mode].append(run(executable, folder, mode))
        rows = []
        for mode, results in runs.items():
            for shape in results[0]:
                row = {'mode': mode, 'shape': shape}
                for place, key in enumerate(('ns', 'ratio')):
                    row[key] = spread([result[shape][place] for result in results])
                if shape in instructions.SHAPES:
                    row['instructions'] = instructions.instructions_a_call(executable, shape, mode)
                rows.append(row)
        return {'rounds': rounds, 'rows': rows}
    except (OSError, subprocess.SubprocessError) as error:
        return {'failure': f'bench/hooks.c: {error}'}
