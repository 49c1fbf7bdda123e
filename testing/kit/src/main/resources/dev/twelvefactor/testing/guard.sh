# $1: a directory to make. When stdin ends, whatever ended it, the servers that the directory names are stopped and the directory is removed.
trap '' INT TERM HUP QUIT TSTP PIPE
PATH=$PATH:/usr/bin:/bin; export PATH
# A session of its own, where there is a setsid: then killing the whole process group spares this, too.
if [ -z "$GUARD_SESSION" ] && command -v setsid >/dev/null 2>&1; then
  GUARD_SESSION=1; export GUARD_SESSION
  exec setsid sh -c "$GUARD_SCRIPT" guard "$1"
fi
umask 077
cd / && mkdir "$1" || exit 1
echo ready
exec >/dev/null 2>&1
cat

# Whether process $1 still works in directory $2, or anywhere if that says so. Where there is a /proc, a zombie does not pass.
alive() {
  [ -e /proc/self/cwd ] || { kill -0 "$1"; return; }
  [ -e "$2/anywhere" ] || { [ "/proc/$1/cwd" -ef "$2" ]; return; }
  [ -r "/proc/$1/stat" ] && read -r pid_ comm_ state_ rest_ < "/proc/$1/stat" && [ "$state_" != Z ]
}
busy() {
  [ -e /proc/self/cwd ] || return 1
  for d in "$1"/*/; do
    for p in /proc/[0-9]*; do [ "$p/cwd" -ef "$d" ] && return 0; done
  done
  return 1
}
# Stops what the pid file $1 names: a signal of $3..., then up to $2 seconds, then the next signal.
stop() {
  [ -s "$1" ] || return 0
  read -r pid rest < "$1"; pid=${pid#-}
  case $pid in ''|*[!0-9]*) return 0;; esac
  work=${1%/*}; ticks=$(($2 * 10)); shift 2
  for signal; do
    alive "$pid" "$work" || return 0
    kill -s "$signal" "$pid"
    n=0
    while [ $n -lt $ticks ] && alive "$pid" "$work"; do sleep 0.1; n=$((n+1)); done
  done
}
# In the middle of a start: wait until it has ended or left something to stop. To kill an initdb leaks shared memory.
n=0; quiet=0
while [ -e "$1/starting" ] && [ $n -lt 50 ] && [ $quiet -lt 5 ]; do
  busy "$1" && quiet=0 || quiet=$((quiet+1))
  sleep 0.1; n=$((n+1))
done
for f in "$1"/*.stop; do
  [ -e "$f" ] || continue
  read -r pidfile seconds signals < "$f"
  stop "$1/$pidfile" "$seconds" $signals
done
n=0
while [ -e "$1" ] && [ $n -lt 50 ]; do
  if [ -e /proc/self/cwd ]; then
    for d in "$1"/*/; do
      for p in /proc/[0-9]*; do [ "$p/cwd" -ef "$d" ] && kill -s KILL "${p#/proc/}"; done
    done
  fi
  rm -rf "$1"
  [ -e "$1" ] && sleep 0.2
  n=$((n+1))
done
