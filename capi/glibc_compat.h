/*
 * Given to every C file of a release build (-include): binds functions that moved or changed in glibc 2.32 to 2.34 to their first
 * version, so that the library loads on glibc 2.17. It includes nothing, since files must still be able to define _GNU_SOURCE.
 */
#ifndef SAWLOG_GLIBC_COMPAT_H
#define SAWLOG_GLIBC_COMPAT_H
#if defined(__linux__) && !defined(__ASSEMBLER__) && (defined(__x86_64__) || defined(__aarch64__))
#if defined(__x86_64__)
#define SAW_OLD(name) __asm__(".symver " #name "," #name "@GLIBC_2.2.5")
#else
#define SAW_OLD(name) __asm__(".symver " #name "," #name "@GLIBC_2.17")
#endif
SAW_OLD(pthread_create);
SAW_OLD(pthread_join);
SAW_OLD(pthread_key_create);
SAW_OLD(pthread_getspecific);
SAW_OLD(pthread_setspecific);
SAW_OLD(pthread_sigmask);
SAW_OLD(pthread_attr_getstack);
SAW_OLD(pthread_attr_setstack);
SAW_OLD(pthread_attr_getstacksize);
SAW_OLD(pthread_attr_setstacksize);
SAW_OLD(dlopen);
SAW_OLD(dlsym);
SAW_OLD(dlerror);
SAW_OLD(dladdr);
#endif
#endif
