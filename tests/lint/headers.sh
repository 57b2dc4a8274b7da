# Every header compiles alone (tests/lint/headers.sh SOURCE BUILD).
set -eu
cd "$1"
faults=0
count=0
for header in include/postflight/*.h agent/*/*.h probes/*.h; do
	[ -e "$header" ] || continue
	count=$((count + 1))
	name=${header#include/}
	name=${name#agent/}
	name=${name#probes/}
	if ! echo "#include \"$name\"" |
		"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Iinclude -Iagent -Iprobes -Wall -Wextra -Werror -fsyntax-only -x c - 2>&1; then
		echo "$header: does not compile alone"
		faults=$((faults + 1))
	fi
done
[ "$count" -gt 10 ] || { echo "found only $count headers"; exit 1; }
[ "$faults" -eq 0 ] && echo "$count headers compile alone"
exit $((faults > 0))
