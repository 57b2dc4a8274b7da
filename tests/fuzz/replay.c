/* Runs a fuzz target over every file of its corpus, so that what was found once stays found. */
#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

enum { LARGEST = 4 * 1024 * 1024 };

static int replay(const char *folder, const char *name)
{
	static unsigned char bytes[LARGEST];
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return 0;
	}
	size_t count = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	/* A copy of the exact size: a byte read beyond it is seen by the sanitizer. */
	unsigned char *exact = malloc(count ? count : 1);
	if (!exact)
		return 0;
	for (size_t i = 0; i < count; i++)
		exact[i] = bytes[i];
	LLVMFuzzerTestOneInput(exact, count);
	free(exact);
	return 1;
}

int main(int argc, char *argv[])
{
	int ran = 0, failed = 0;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	for (struct dirent *entry; folder && (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			*(replay(argv[1], entry->d_name) ? &ran : &failed) += 1;
	if (folder)
		closedir(folder);
	printf("%d inputs replayed\n", ran);
	return ran == 0 || failed;
}
