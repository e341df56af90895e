/** Keys of the selectable rows: what stays the same from one snapshot to the next. */
export const jobKey = ({ name }: { readonly name: string }): string => `job ${name}`;
export const workerKey = ({ id }: { readonly id: number }): string => `worker ${id}`;
