// Stands for the migration in tests of the supervisor.
if (process.env.TEST_MIGRATION === 'fail') {
  console.error('keel: migration failed: on purpose');
  process.exitCode = 1;
}
