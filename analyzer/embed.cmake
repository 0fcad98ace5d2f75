# Writes a file's content as a C string: cmake -D INPUT=FILE -D OUTPUT=FILE -D NAME=IDENTIFIER -P embed.cmake
# As single characters, because a string literal of that length is more than ISO C promises.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
string(REGEX REPLACE "(....................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "extern const char ${NAME}[];\n\nconst char ${NAME}[] = {\n${bytes}0};\n")
