/* Stands in for libcudart.so.13 and libcupti.so.13, with which libtorch is linked though the processor's half uses them
 * for profiling GPUs alone: says that there is no GPU. NVIDIA's own would be 5 MB under terms that a free program should
 * not pass on. ./package compiles it twice, with CUDART and with CUPTI defined; the names are those that
 * `nm -D --undefined-only libtorch_cpu.so` lists. */

enum { NO_DEVICE = 100 /* cudaErrorNoDevice */, NOT_INITIALIZED = 15 /* CUPTI_ERROR_NOT_INITIALIZED */ };

#ifdef CUDART
static int none(int *number) {
  *number = 0;
  return NO_DEVICE;
}
int cudaGetDeviceCount(int *count) { return none(count); }
int cudaDriverGetVersion(int *version) { return none(version); }
int cudaRuntimeGetVersion(int *version) { return none(version); }
int cudaDeviceSynchronize(void) { return NO_DEVICE; }
int cudaGetDeviceProperties(void) { return NO_DEVICE; }
const char *cudaGetErrorString(void) { return "no CUDA-capable device is detected"; }
#endif

#ifdef CUPTI
int cuptiGetVersion(unsigned *version) {
  *version = 0;
  return NOT_INITIALIZED;
}
int cuptiGetResultString(int result, const char **text) {
  (void)result;
  *text = "CUPTI is not there";
  return 0;
}
#define NOTHING(name) \
  int name(void) { return NOT_INITIALIZED; }
NOTHING(cuptiActivityDisable)
NOTHING(cuptiActivityEnable)
NOTHING(cuptiActivityEnableCudaEventDeviceTimestamps)
NOTHING(cuptiActivityEnableDriverApi)
NOTHING(cuptiActivityEnableRuntimeApi)
NOTHING(cuptiActivityFlushAll)
NOTHING(cuptiActivityGetNextRecord)
NOTHING(cuptiActivityGetNumDroppedRecords)
NOTHING(cuptiActivityPopExternalCorrelationId)
NOTHING(cuptiActivityPushExternalCorrelationId)
NOTHING(cuptiActivityRegisterCallbacks)
NOTHING(cuptiActivityRegisterTimestampCallback)
NOTHING(cuptiActivitySetAttribute)
NOTHING(cuptiEnableCallback)
NOTHING(cuptiEnableDomain)
NOTHING(cuptiFinalize)
NOTHING(cuptiSubscribe)
NOTHING(cuptiUnsubscribe)
#endif
