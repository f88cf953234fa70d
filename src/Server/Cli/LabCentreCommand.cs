using System.CommandLine;
using System.Net.Sockets;
using Ringwright.Lab.Centres;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary><c>lab smsc</c>: a centre of texts before the people of the lab, by SMPP. It runs until it is stopped.</summary>
internal static class LabCentreCommand
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen")
        {
            Description = "where it listens [default: 127.0.0.1:2775]", HelpName = "HOST:PORT",
            DefaultValueFactory = _ => "127.0.0.1:2775",
        };
        var name = new Option<string>("--system-id") { Description = "lets in this system id alone", HelpName = "NAME" };
        var password = new Option<string>("--password-file") { Description = "asks for the password in this file", HelpName = "FILE" };
        var rate = new Option<int?>("--rate") { Description = "messages that one bind may submit in a second", HelpName = "N" };
        rate.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !(int.TryParse(token.Value, out int asked) && asked > 0))
                given.AddError($"--rate must be a whole number above 0, not '{token.Value}'");
        });
        var command = new Command("smsc", "Stand in for the message centre of a carrier, by SMPP 3.4.") { listen, name, password, rate };
        command.SetAction(async (parsed, stop) =>
        {
            var options = new LabCentreOptions
            {
                Listen = new SettingText("--listen", parsed.GetRequiredValue(listen)).EndPoint(), SystemId = parsed.GetValue(name),
                Password = parsed.GetValue(password) is { } file ? (await LabModelCommand.ReadAsync(file, stop)).Trim() : null,
                Rate = parsed.GetValue(rate),
            };
            await RunAsync(options, stop);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(LabCentreOptions options, CancellationToken stop)
    {
        LabCentre centre;
        try
        {
            centre = new(options, TimeProvider.System, line => Console.Out.WriteLine(line));
        }
        catch (SocketException taken)
        {
            throw new StartRefused($"--listen {options.Listen}: {taken.Message}", taken);
        }
        await using var _ = centre;
        await Console.Out.WriteLineAsync($"people of the lab get texts by SMPP 3.4 at {centre.Local}");
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
