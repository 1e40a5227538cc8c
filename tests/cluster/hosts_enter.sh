#!/bin/bash
# What mpirun takes for ssh (plm_rsh_agent) on the hosts of hosts.py: hosts_enter.sh HOST COMMAND...
# The file of a host's name says how to enter it.
read -ra enter <"$LOCKSTEP_HOSTS/$1" || [[ -n ${enter[*]} ]] || exit 255
exec "${enter[@]}" bash -c "${*:2}"
