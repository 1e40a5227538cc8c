// Signals that ask the program to stop, as batch systems and people send them.
#pragma once

namespace lockstep {

/// From now on SIGTERM, SIGINT, SIGHUP (unless it was ignored, as nohup has it) and SIGUSR1 are noted and nothing more,
/// so that work can be brought to a good end. Another SIGTERM, SIGINT or SIGHUP, a second or more after the first
/// signal, ends the process at once; earlier ones are echoes, since launchers pass on signals that a batch system has
/// sent to every process. SIGUSR1 asks, however often. SIGPIPE is ignored: output that nobody reads is noticed where it
/// is written.
void listen_for_stop_signals();

/// True once a signal has come.
bool stop_requested();

}  // namespace lockstep
