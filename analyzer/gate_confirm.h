/* Runs both versions of a program again, by turns, for what a check has found of times: a machine
 * that was busy during one of the two series slows both down then. docs/GATE.md tells more. */
#ifndef PROFINST_ANALYZER_GATE_CONFIRM_H
#define PROFINST_ANALYZER_GATE_CONFIRM_H

#include "gate.h"

/* After gate_judge, with its arguments. `programs`: paths of the executables, or what PATH has
 * under that name, of the version before and the one after. They are run with the arguments that
 * the series have, in the working directory and the environment of this process, and their standard
 * output is thrown away. Findings that are not found again become notes. Does nothing if there is
 * nothing to confirm. Fails with STATUS_INPUT where they cannot be run, fail, or are other programs
 * than those of the series, as far as that can be told. */
enum status gate_confirm(struct gate *gate, struct database *database,
                         const char *const programs[SIDES], const char *today);

#endif
