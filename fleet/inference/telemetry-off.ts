/**
 * Import this before anything that imports onnxruntime-node: on Linux it reports its use to its
 * maker by default, and keeps a device id under the user's cache folder. Only the main thread's
 * assignment reaches the native library (a worker thread has a copy of the environment), so
 * whatever starts threads that infer imports it as well.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
