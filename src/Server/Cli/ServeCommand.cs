using System.CommandLine;

namespace Ringwright.Server.Cli;

internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run a node. Each flag has an environment twin: --api-rate is RINGWRIGHT_API_RATE.");
        var options = new ServeOptions(command);
        // For the programs that start a node and must not leave it behind: it stops when its standard input ends.
        var endWithInput = new Option<bool>("--end-with-input") { Hidden = true };
        command.Options.Add(endWithInput);
        command.SetAction((parsed, stop) => { options.Read(parsed); return Task.FromResult(0); });
        return command;
    }
}
