# Every check is tested in every direction: judged to pass, to fail and to be unknown, and turned red by a real fault
# on the live test bed (tests/lint/directions.sh SOURCE BUILD).
set -eu
cd "$1"
faults=0
ids=$("$2/postflight" checks --format json | tr ',{' '\n\n' | sed -n 's/^ *"id": *"\([^"]*\)".*/\1/p' | sort -u)
[ -n "$ids" ] || { echo "postflight checks lists nothing"; exit 1; }
# What the scenarios turn red, and not what else they name.
red=$(python3 - <<'END'
import ast, pathlib
for path in pathlib.Path('tests/live/scenarios').glob('*.py'):
    for line in ast.parse(path.read_text()).body:
        if isinstance(line, ast.Assign) and line.targets[0].id == 'RED':
            print(*ast.literal_eval(line.value), sep='\n')
END
)
for id in $ids; do
	name=$(echo "$id" | tr '.-' '__')
	for direction in passes fails is_unknown; do
		grep -rqE "\\b${name}__${direction}" tests/judge/ ||
			{ echo "$id: no test ${name}__${direction}... in tests/judge"; faults=$((faults + 1)); }
	done
	echo "$red" | grep -qxF "$id" ||
		{ echo "$id: no scenario in tests/live/scenarios turns it red"; faults=$((faults + 1)); }
done
[ "$faults" -eq 0 ] && echo "$(echo "$ids" | wc -l) checks are tested in every direction"
exit $((faults > 0))
