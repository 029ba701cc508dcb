import fc from '../../node_modules/fast-check/lib/fast-check.js';

// A change is judged on the same examples each time; without CI every run hunts for new ones.
if (process.env['CI']) fc.configureGlobal({ seed: 20_261_122 });

export default fc;
