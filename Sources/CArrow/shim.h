// Carries the compiler and linker flags of Arrow C++ (millrace-arrow.pc) to CParquet.
