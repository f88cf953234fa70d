return await Ringwright.Bench.Cli.BenchCommand.RunAsync(args);
