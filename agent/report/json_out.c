/* Writing JSON piece by piece. */
#include "report/json_out.h"

#include "model/codec.h"

void pf_out_member(struct pf_json_out *json, const char *name)
{
	if (json->comma)
		fputc(',', json->out);
	if (name)
		fprintf(json->out, "\"%s\":", name);
	json->comma = true;
}

void pf_out_begin(struct pf_json_out *json, const char *name, char bracket)
{
	pf_out_member(json, name);
	fputc(bracket, json->out);
	json->comma = false;
}

void pf_out_end(struct pf_json_out *json, char bracket)
{
	fputc(bracket, json->out);
	json->comma = true;
}

void pf_out_text(struct pf_json_out *json, const char *name, const char *value)
{
	struct pf_arena_mark mark = pf_arena_mark(json->arena);
	pf_out_member(json, name);
	fputs(value ? pf_json_string(json->arena, value) : "null", json->out);
	pf_arena_rewind(json->arena, mark);
}

void pf_out_true(struct pf_json_out *json, const char *name)
{
	pf_out_member(json, name);
	fputs("true", json->out);
}

void pf_out_whole(struct pf_json_out *json, const char *name, int64_t value)
{
	pf_out_member(json, name);
	fprintf(json->out, "%lld", (long long)value);
}

void pf_out_line(struct pf_json_out *json)
{
	if (!json->one_line)
		fputs("\n ", json->out);
}

void pf_out_words(struct pf_json_out *json, const char *name, struct pf_words list)
{
	pf_out_begin(json, name, '[');
	for (size_t i = 0; i < list.count; i++)
		pf_out_text(json, NULL, list.at[i]);
	pf_out_end(json, ']');
}
