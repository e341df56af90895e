import sharp from 'sharp';

// Pages are read once, and every core has its own reading thread: neither libvips' cache nor its
// threads would help, and both cost memory.
sharp.cache(false);
sharp.concurrency(1);

// Only the formats of scans are decoded. Vector formats and the loaders that call other programs
// (SVG, PDF, ImageMagick) are doors that a page file must not open.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadTiff',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
  ],
});

export { sharp };
