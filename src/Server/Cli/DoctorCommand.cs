using System.CommandLine;
using Ringwright.Server.Doctor;

namespace Ringwright.Server.Cli;

internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Check ports, clock, RTP, native libraries and the database, and say what to do.");
        command.Subcommands.Add(ProviderDoctorCommand.Create());
        var options = new ServeOptions(command);
        command.SetAction((parsed, stop) => DoctorReport.RunAsync(options.Read(parsed), Console.Out, stop));
        return command;
    }
}
