// Linked into sanitizer builds: Open MPI's plugins stay loaded until the process ends, so that the leak checker can name
// the library that memory belongs to.
int dlclose(void* handle);

int dlclose(void* handle) {
  (void)handle;
  return 0;
}
