# Probes call nothing but pf_* and the pure part of libc (tests/lint/purity.sh SOURCE BUILD).
set -eu
cd "$2"
# Text and memory only: no file, no socket, no clock, no environment, no allocation. The rest is what compilers add.
pure='mem(cmp|cpy|move|set|chr)|str(len|cmp|ncmp|chr|rchr|str|spn|cspn|casecmp|ncasecmp|tol|toll|toul|toull|nlen)|__ctype_b_loc|__isoc23_strto(l|ll|ul|ull)|(v?snprintf|__v?snprintf_chk)'
added='__asan_.*|__ubsan_.*|__tsan_.*|__sanitizer_.*|__gcov_.*|__llvm_.*|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__mem(cpy|move|set)_chk'
objects=$(find . -path '*pf_probes.dir*' -name '*.o')
[ -n "$objects" ] || { echo "no object files of probes below $2"; exit 1; }
impure=$(nm -A -u $objects | awk '{print $1, $NF}' | grep -vE " (pf_.*|$pure|$added)\$" || true)
if [ -n "$impure" ]; then
	echo "probes must not call:"
	echo "$impure"
	exit 1
fi
echo "$(echo "$objects" | wc -l) object files are pure"
