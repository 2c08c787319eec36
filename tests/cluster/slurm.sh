#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A Slurm of two nodes of one core each on the loopback interface, all its files in one folder.
#   slurm.sh start FOLDER   starts munged, slurmctld and two slurmd; then export SLURM_CONF=FOLDER/slurm.conf
#   slurm.sh stop FOLDER    ends them, and whatever jobs are left
# Needs root and Debian's slurm-wlm and munge (apt-get install --no-install-recommends slurm-wlm munge).
set -euo pipefail
action=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)

stop() {
  [ ! -e "$folder/slurm.conf" ] || SLURM_CONF=$folder/slurm.conf timeout 10 scancel --full -u root 2>/dev/null || true
  for name in slurmd-n1 slurmd-n2 slurmctld munged; do
    [ ! -e "$folder/$name.pid" ] || kill "$(cat "$folder/$name.pid")" 2>/dev/null || true
  done
  rm -f "$folder"/*.pid
}

if [ "$action" = stop ]; then
  stop
  exit 0
fi

for program in munged slurmctld slurmd sbatch; do
  command -v $program >/dev/null || { echo "$program is not installed (Debian: slurm-wlm, munge)" >&2; exit 2; }
done
stop
rm -rf "$folder/state" "$folder/spool"*
mkdir -p "$folder/state" "$folder/spool-n1" "$folder/spool-n2"
chmod 755 "$folder"
host=$(hostname -s)
if [ ! -e "$folder/munge.key" ]; then
  (umask 077; head -c 1024 /dev/urandom > "$folder/munge.key")
fi
cat > "$folder/slurm.conf" <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
SlurmctldPort=16817
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,batch_sched_delay=1
MpiDefault=none
ReturnToService=2
SlurmdTimeout=600
MinJobAge=60
KillWait=2
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[16821-16822] CPUs=1 RealMemory=3000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf
# --force: its socket and log may lie in a folder that others can read.
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munge.seed"
slurmctld -c
slurmd -c -N n1
slurmd -c -N n2
for ((second = 0; second < 60; second++)); do
  if [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 2 ]; then
    exit 0
  fi
  sleep 1
done
sinfo >&2 || true
tail -n 5 "$folder"/slurm*.log >&2
echo "the nodes are not idle after a minute" >&2
exit 1
