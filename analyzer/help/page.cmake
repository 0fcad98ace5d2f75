# Writes a manual page: cmake -D HELP2MAN=PROGRAM -D COMMAND=PROFINST -D NAME=[COMMAND] -D MORE=[FILE.h2m]
#   -D VERSION=… -D RELEASED=YYYY-MM-DD -D PAGE=FILE -P page.cmake
# help2man turns --help into a page. What it cannot know is told to it before, or put right behind it.
cmake_minimum_required(VERSION 3.20)
get_filename_component(folder ${PAGE} DIRECTORY)
get_filename_component(title ${PAGE} NAME_WE)
file(MAKE_DIRECTORY ${folder})
set(ENV{ARGP_HELP_FMT})

# NAME and SEE ALSO come from the list of commands.
execute_process(COMMAND ${COMMAND} --help OUTPUT_VARIABLE overview COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "\n  [a-z][-a-z]+  +[^\n]+" lines "${overview}")
set(about "Look into the profiles of instrumented programs")
set(pages)
foreach(line ${lines})
  string(REGEX MATCH "([a-z][-a-z]+)  +(.*)" line "${line}")
  if(CMAKE_MATCH_1 STREQUAL NAME)
    set(about ${CMAKE_MATCH_2})
  elseif(NAME STREQUAL "" AND NOT CMAKE_MATCH_1 STREQUAL "help")
    list(APPEND pages ".BR profinst-${CMAKE_MATCH_1} (1)")
  endif()
endforeach()
if(NOT pages)
  set(pages ".BR profinst (1)")
endif()
string(REPLACE ";" ",\n" pages "${pages}")
string(SUBSTRING "${about}" 0 1 first)
string(SUBSTRING "${about}" 1 -1 rest)
string(TOLOWER ${first} first)
file(WRITE ${PAGE}.h2m "[NAME]\n${title} \\- ${first}${rest}\n\n[SEE ALSO]\n${pages}\n")

get_filename_component(binaries ${COMMAND} DIRECTORY)
get_filename_component(program ${COMMAND} NAME)
string(STRIP "./${program} ${NAME}" run)
set(more)
if(MORE)
  set(more --include=${MORE})
endif()
execute_process(
  COMMAND ${HELP2MAN} --locale=C.UTF-8 --no-info --include=${PAGE}.h2m ${more} --version-string=${VERSION}
          "--source=profinst ${VERSION}" ${run}
  WORKING_DIRECTORY ${binaries} OUTPUT_VARIABLE page COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${PAGE}.h2m)

# The day of the release instead of the day of the build.
string(REGEX REPLACE "\n(\\.TH [^ ]+ \"1\") \"[^\"]*\"" "\n\\1 \"${RELEASED}\"" page "${page}")

# Choices are an argument as a whole, and the bracket around one is no part of the option.
string(REGEX REPLACE "(\\\\fI\\\\,[A-Za-z]+)\\\\/\\\\fR([|][A-Za-z|]+)" "\\1\\2\\\\/\\\\fR" page "${page}")
string(REPLACE "[\\fR=" "\\fR[=" page "${page}")

# Options have a section, and groups of them a heading.
string(FIND "${page}" "\n.TP\n\\fB\\-" at)
string(SUBSTRING "${page}" 0 ${at} head)
string(SUBSTRING "${page}" ${at} -1 tail)
string(REGEX REPLACE "\n\\.IP\n([A-Z][^\n]*):\n\\.TP" "\n.SS \"\\1\"\n.TP" tail "${tail}")

# So has what is said behind them, but for a sentence that everybody knows.
string(REPLACE ".PP\nMandatory or optional arguments to long options are also mandatory or optional\nfor any \
corresponding short options.\n" ".SH NOTES\n" tail "${tail}")
string(REPLACE "\n.SH NOTES\n.PP\n" "\n.SH NOTES\n" tail "${tail}")
string(REPLACE "\n.SH NOTES\nExit codes: " "\n.PP\nExit codes: " tail "${tail}")

# And the exit codes, which are a sentence in a command's page.
string(REPLACE "\n.SS \"Exit codes:\"\n" "\n.SH \"EXIT STATUS\"\n" tail "${tail}")
string(FIND "${tail}" "\n.PP\nExit codes: " at)
if(NOT at EQUAL -1)
  string(SUBSTRING "${tail}" ${at} -1 codes)
  string(SUBSTRING "${tail}" 0 ${at} tail)
  string(FIND "${codes}" "\n.SH" at)
  string(SUBSTRING "${codes}" ${at} -1 rest)
  string(SUBSTRING "${codes}" 0 ${at} codes)
  string(REPLACE "\n.PP\nExit codes: " "; " codes "${codes}")
  string(REGEX REPLACE "[.]$" "" codes "${codes}")
  string(REGEX REPLACE "; *\n?([0-9]+) " "\n.TP\n\\1\n" codes "${codes}")
  string(APPEND tail "\n.SH \"EXIT STATUS\"${codes}${rest}")
endif()
file(WRITE ${PAGE} "${head}\n.SH OPTIONS${tail}")
