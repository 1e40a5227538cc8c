# Writes the source file that says from which commit the program is built: cmake -DREPOSITORY=... -DOUTPUT=... -P
find_package(Git QUIET)
if(GIT_FOUND)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} -c safe.directory=${REPOSITORY} -C ${REPOSITORY} describe --always --abbrev=40 --exclude=* --dirty=-modified
    OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT COMMIT)
  set(COMMIT unknown)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/cli/commit.cpp.in ${OUTPUT} @ONLY)  # a file that stays the same is not touched
