Ringwright.Server.Nodes.PrivateFiles.Begin();
return await Ringwright.Server.Cli.CommandLine.RunAsync(args);
