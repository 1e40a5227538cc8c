-- A module file for Lmod, installed in PREFIX/share/modulefiles. module use PREFIX/share/modulefiles; module load lockstep
local prefix = myFileName():match("^(.*)/@CMAKE_INSTALL_DATADIR@/modulefiles/")

whatis("Name: lockstep")
whatis("Version: @PROJECT_VERSION@")
whatis("Description: @PROJECT_DESCRIPTION@")
help("lockstep --help, man lockstep; configurations and batch scripts are in $LOCKSTEP_ROOT/@CMAKE_INSTALL_DATADIR@/lockstep")

setenv("LOCKSTEP_ROOT", prefix)
prepend_path("PATH", pathJoin(prefix, "@CMAKE_INSTALL_BINDIR@"))
prepend_path("LD_LIBRARY_PATH", pathJoin(prefix, "@CMAKE_INSTALL_LIBDIR@"))
prepend_path("PKG_CONFIG_PATH", pathJoin(prefix, "@CMAKE_INSTALL_LIBDIR@/pkgconfig"))
prepend_path("CMAKE_PREFIX_PATH", prefix)
