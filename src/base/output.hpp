// Standard output, which may be a full disk or a pipe that nobody reads any more.
#pragma once

#include <filesystem>
#include <string>

namespace lockstep {

/// For the start of the program, before it opens a file: a standard stream that is closed would otherwise be the next
/// file that is opened, and take what is printed. What is printed to a closed standard output fails when it is flushed.
void keep_standard_streams();

/// True once something that was printed could not be written. Prints themselves do not fail: they fill a buffer.
bool output_failed();

/// Writes what was printed. Throws Error with the cause, and with what that means, when it, or something before it,
/// cannot be written.
void flush_output(const std::string& meaning = "part of what was to be said is lost");

/// What is printed from now on is added to a file; its folder is made. Throws Error with the cause when it cannot.
void print_to(const std::filesystem::path& path);

}  // namespace lockstep
