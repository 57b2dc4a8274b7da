# Includes go down only, and a library's header is included by its one file (tests/lint/floors.sh SOURCE BUILD).
set -eu
cd "$1"
faults=0

fault() {
	echo "$*"
	faults=$((faults + 1))
}

# floor: the folders whose headers its files may include
allowed() {
	case "$1" in
	agent/base) echo "base postflight" ;;
	agent/model) echo "model base postflight" ;;
	agent/drivers) echo "drivers model base postflight" ;;
	agent/worker) echo "worker drivers model base postflight" ;;
	agent/evaluate) echo "evaluate model base postflight" ;;
	agent/run) echo "run evaluate model base postflight" ;;
	agent/report) echo "report evaluate model base postflight" ;;
	agent/store) echo "store evaluate model base postflight" ;;
	agent/command) echo "command report store run evaluate model base postflight" ;;
	agent) echo "command report store run evaluate worker model base postflight" ;; # the two programs
	probes) echo "postflight" ;;
	include/postflight) echo "postflight" ;;
	esac
}

for file in $(find agent probes include -name '*.[ch]' | sort); do
	floor=$(dirname "$file")
	for header in $(sed -n 's/^#include "\(.*\)"$/\1/p' "$file"); do
		case "$header" in
		*/PROBES.def) [ "$file" = agent/run/registry.c ] || fault "$file: only agent/run/registry.c lists the probes" ;;
		*/*)
			folder=${header%%/*}
			case " $(allowed "$floor") " in
			*" $folder "*) ;;
			*) fault "$file: includes $header, which is not below $floor" ;;
			esac
			;;
		*) [ "$floor" = probes ] || fault "$file: includes $header without its folder" ;;
		esac
	done
done

# library header: the files that may include it
only() {
	pattern=$1
	shift
	for file in $(grep -rlE "^#include <$pattern" agent probes include || true); do
		case " $* " in
		*" $file "*) ;;
		*) fault "$file: includes <$pattern...>, which belongs to: $*" ;;
		esac
	done
}
only 'curl/' agent/drivers/http.c agent/drivers/s3.c agent/drivers/transfer.c agent/drivers/loop.c
only 'libpq' agent/drivers/sql.c agent/store/postgres.c
only 'sqlite3' agent/store/sqlite.c
only 'hiredis/' agent/drivers/redis.c agent/drivers/redis_reply.c
only '(cjson/)?cJSON' agent/model/json.c
only 'yaml' agent/model/site_file.c agent/model/yaml.c
only 'archive' agent/drivers/archive.c agent/drivers/drill_unpack.c
only 'zlib' agent/drivers/archive_inflate.c
only 'seccomp' agent/worker/filter.c agent/worker/confine.c

# Drivers know nothing of each other: a file may include the ground they share, and headers whose name begins with its own
# driver's (http_exact.c: http_*.h).
shared="driver transport turn pace page tags access below command journal transfer"
for file in agent/drivers/*.c; do
	driver=$(basename "$file" .c)
	driver=${driver%%_*}
	for header in $(sed -n 's/^#include "drivers\/\(.*\)\.h"$/\1/p' "$file"); do
		case "$header" in
		"$driver" | "$driver"_*) continue ;;
		esac
		case " $shared " in
		*" $header "*) ;;
		*) fault "$file: includes drivers/$header.h, another driver's own" ;;
		esac
	done
done

[ "$faults" -eq 0 ] && echo "every include goes down"
exit $((faults > 0))
