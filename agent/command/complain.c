/* What every command says to the person, and how it hears that it should stop. */
#include "command/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

volatile sig_atomic_t pf_signal;

void pf_complain(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("postflight: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

bool pf_flush_output(void)
{
	bool failed_before = ferror(stdout) != 0;
	errno = 0;
	if (fflush(stdout) == 0 && !failed_before)
		return true;
	pf_complain("standard output: cannot write: %s",
	            errno ? strerror(errno) : "something was lost");
	return false;
}

static void note_signal(int number)
{
	pf_signal = number;
}

void pf_catch_signals(void)
{
	/* Once each: a second signal of the kind ends the process at once. No SA_RESTART: poll(2)
	 * returns. */
	struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < PF_COUNT(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}
