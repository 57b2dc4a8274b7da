# No function or object is defined twice: with static libraries the linker would take the first it meets, without a word
# (tests/lint/symbols.sh SOURCE BUILD).
set -eu
cd "$2"
libraries=$(ls libpf_*.a)
twice=$(nm -g --defined-only $libraries 2>/dev/null | awk 'NF == 3 && $2 ~ /^[TDBRVW]$/ {print $3}' | grep '^pf_' | sort | uniq -d)
if [ -n "$twice" ]; then
	echo "defined twice:"
	echo "$twice"
	exit 1
fi
echo "every symbol of $(echo "$libraries" | wc -w) libraries is defined once"
