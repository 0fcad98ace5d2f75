// Destructors at the end of a thread call hooked functions: of thread_local objects, and of keys of
// pthreads, in their first round and a second that the destructor asks for.
#include "common.h"
#include <pthread.h>
#include <thread>

NOINLINE static void from_object() { __asm__ volatile(""); }
NOINLINE static void from_key() { __asm__ volatile(""); }
NOINLINE static void from_body() { __asm__ volatile(""); }

struct Object {
  UNHOOKED ~Object() { from_object(); }
  int x = 0;
};

thread_local Object object;
static pthread_key_t key;

UNHOOKED static void end_of_key(void *value)
{
  from_key();
  const long rounds = reinterpret_cast<long>(value);
  if (rounds > 1)
    pthread_setspecific(key, reinterpret_cast<void *>(rounds - 1));
}

UNHOOKED static void body()
{
  object.x++;
  pthread_setspecific(key, reinterpret_cast<void *>(2));
  from_body();
}

UNHOOKED int main()
{
  pthread_key_create(&key, end_of_key);
  for (int i = 0; i < 100; i++)
    std::thread(body).join();
}
