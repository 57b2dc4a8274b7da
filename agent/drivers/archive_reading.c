/* What is noted of a backup while it is read. */
#include "drivers/archive_reading.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

enum { NAME_BYTES = 200 };

void pf_reading_begin(struct pf_reading *reading, struct pf_arena *arena,
                      const struct pf_ask_archive *ask)
{
	struct pf_facts_archive *facts = &reading->facts;
	*reading = (struct pf_reading){.arena = arena, .ask = ask};
	facts->tables.at = pf_arena_array(arena, PF_TABLES_SHOWN, sizeof(char *));
	facts->databases.at = pf_arena_array(arena, PF_DATABASES_SHOWN, sizeof(char *));
	facts->suspicious.at = pf_arena_array(arena, PF_SUSPICIOUS_SHOWN, sizeof(char *));
	facts->found.at = pf_arena_array(arena, ask->look_for.count + 1, sizeof(char *));
	facts->form = "";
	facts->proven = "nothing";
}

static void add(struct pf_words *words, size_t room, const char *word)
{
	if (words->count < room && !pf_words_have(*words, word))
		((const char **)words->at)[words->count++] = word;
}

void pf_reading_table(struct pf_reading *reading, const char *name, size_t length)
{
	reading->facts.table_count++;
	add(&reading->facts.tables, PF_TABLES_SHOWN,
	    pf_escape(reading->arena, name, length, NAME_BYTES));
}

void pf_reading_database(struct pf_reading *reading, const char *name, size_t length)
{
	add(&reading->facts.databases, PF_DATABASES_SHOWN,
	    pf_escape(reading->arena, name, length, NAME_BYTES));
}

void pf_reading_suspicious(struct pf_reading *reading, const char *words)
{
	if (reading->facts.suspicious.count < PF_SUSPICIOUS_SHOWN)
		add(&reading->facts.suspicious, PF_SUSPICIOUS_SHOWN,
		    pf_escape_text(reading->arena, words, NAME_BYTES));
}

void pf_reading_broken(struct pf_reading *reading, const char *words)
{
	if (!reading->facts.error)
		reading->facts.error = pf_escape_text(reading->arena, words, PF_DETAIL_BYTES);
}

void pf_reading_look(struct pf_reading *reading, const char *name, size_t length)
{
	struct pf_words wanted = reading->ask->look_for;
	if (reading->facts.found.count == wanted.count)
		return;
	for (size_t i = 0; i < wanted.count; i++) {
		size_t tail = strlen(wanted.at[i]);
		if (tail <= length && memcmp(name + length - tail, wanted.at[i], tail) == 0 &&
		    (tail == length || name[length - tail - 1] == '/'))
			add(&reading->facts.found, wanted.count, wanted.at[i]);
	}
}
