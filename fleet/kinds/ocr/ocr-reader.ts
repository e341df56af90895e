import type { GrayImage } from '../../image/decode-frame.ts';
import { defaultLimits } from '../../image/limits.ts';
import { type OpenedImage, openImage } from '../../image/open-image.ts';
import type { Reader } from '../kind.ts';
import type { ModelFile, PageInput, PageResult } from '../../page/page.ts';
import { failedPage } from '../page-failure.ts';
import type { OcrParameters } from './parameters.ts';
import { type OcrModels, readPage } from './read-page.ts';

/** Reads pages with opened models, frame by frame. */
export class OcrReader implements Reader {
  readonly models: readonly ModelFile[];
  readonly #opened: OcrModels;
  readonly #parameters: OcrParameters;

  constructor(files: readonly ModelFile[], opened: OcrModels, parameters: OcrParameters) {
    this.models = files;
    this.#opened = opened;
    this.#parameters = parameters;
  }

  async read(page: PageInput, signal: AbortSignal): Promise<readonly PageResult[]> {
    const opened = this.#open(page);
    if ('failure' in opened) return [opened.failure];
    const results: PageResult[] = [];
    for (let frame = 0; frame < opened.image.frames; frame++) {
      signal.throwIfAborted();
      results.push(await this.#readFrame(opened.image, frame, signal));
    }
    return results;
  }

  async close(): Promise<void> {
    const { detector, recogniser, classifier } = this.#opened;
    await Promise.all([detector.close(), recogniser.close(), classifier?.close()]);
  }

  #open(page: PageInput): { readonly image: OpenedImage } | { readonly failure: PageResult } {
    try {
      const maxPixels = this.#parameters.max_pixels;
      return { image: openImage(page.bytes, { ...defaultLimits, maxPixels }) };
    } catch (error) {
      return { failure: failedPage('decode', error) };
    }
  }

  async #readFrame(opened: OpenedImage, frame: number, signal: AbortSignal): Promise<PageResult> {
    const start = performance.now();
    let image: GrayImage;
    try {
      image = await opened.decode(frame);
    } catch (error) {
      return failedPage('decode', error, frame);
    }
    const decode = performance.now() - start;
    const { width, height, warning } = image;
    try {
      const page = await readPage(this.#opened, image, this.#parameters, signal);
      return { ...page, frame, width, height, warning, timings: { decode, ...page.timings } };
    } catch (error) {
      signal.throwIfAborted();
      return { ...failedPage('infer', error, frame), width, height, warning, timings: { decode } };
    }
  }
}
