return await Ringwright.Server.Cli.CommandLine.RunAsync(args);
