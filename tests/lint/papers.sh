# Manual pages and completions are made from the tables; what is written by hand beside them must fit (tests/lint/papers.sh
# SOURCE BUILD).
set -eu
cd "$1"
papers=$2/papers
faults=0

fault() {
	echo "$*"
	faults=$((faults + 1))
}

"$2/write_papers" check || faults=$((faults + 1))

for page in "$papers"/*.[157]; do
	# A page of this very set is not installed yet.
	said=$(mandoc -Tlint -Wwarning "$page" | grep -v 'referenced manual not found' || true)
	[ -z "$said" ] || fault "$said"
	said=$(MANWIDTH=140 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
	[ -z "$said" ] || fault "$page: $said"
done
bash -n "$papers/postflight.bash" || fault "the completion for bash is no bash"
zsh -n "$papers/_postflight" || fault "the completion for zsh is no zsh"
fish -n "$papers/postflight.fish" || fault "the completion for fish is no fish"

# Commands and options that pages, README and units name are there.
options=$("$2/postflight" --help >/dev/null && sed -n 's/^complete .* -l \([a-z-]*\).*/\1/p' "$papers/postflight.fish" | sort -u)
commands=$(sed -n 's/^complete .*__fish_use_subcommand -a \([a-z]*\) .*/\1/p' "$papers/postflight.fish")
[ "$(echo "$commands" | wc -l)" -gt 5 ] || fault "no commands found in the completion for fish"
for option in $(sed -n 's/^\.\(It \)*Fl Fl \([a-z-]*\).*/\2/p' packaging/man/*.in); do
	echo "$options" | grep -qxF -e "$option" || fault "packaging/man names --$option, which there is not"
done
named=$(grep -hoE '(^|[ `/])postflight (run|[a-z]+) [^`#|]*' README.md packaging/man/*.in packaging/systemd/* packaging/cron.d/* |
	sed 's/.*postflight //' | grep -vE '^(is|has|looks|never|and|reads|asks|there|of|or|to|on|in|run_scenarios) ' || true)
echo "$named" | {
	status=0
	while read -r command rest; do
		case " $(echo $commands) " in
		*" $command "*) ;;
		*) continue ;;
		esac
		for word in $rest; do
			case $word in
			--*) word=${word#--}; word=${word%%[=,.;:)]*}
				echo "$options" | grep -qxF -e "$word" ||
					{ echo "postflight $command $rest: there is no --$word"; status=1; } ;;
			esac
		done
	done
	exit $status
} || faults=$((faults + 1))

[ "$faults" -eq 0 ] && echo "the papers are as the tables have them"
exit $((faults > 0))
